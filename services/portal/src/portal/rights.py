"""Who a page is for, by the hats that people wear; whose data it shows is decided by the services it asks."""

from portal.visits import Page

ANYBODY = Page()
SIGNED_IN = Page(signed_in=True)
PERSON = Page("person")
AGENCY = Page("agency_hr", "agency_head", "pic", "inspector", "lan", "analis")
OWN_AGENCY = Page("agency_hr", "agency_head", "pic", "inspector")
AGENCY_PEOPLE = Page("agency_hr", "agency_head", "inspector", "lan", "analis")
HR = Page("agency_hr")
NATION = Page("lan", "analis", "inspector", "steward")
WITHOUT_PIC = Page("lan", "analis")
HEAD = Page("agency_head")
PROMOTIONS = Page("agency_head", "agency_hr")
PROVIDER = Page("provider")
DESK = Page("programme_manager")
PLATFORMS = Page("platform_admin", "agency_hr", "provider", "lan")
VIEWS = Page("agency_hr", "agency_head", "pic", "inspector", "lan", "analis", "steward")
CHECKER = Page("verifier")
JUDGES = Page("verifier", "validator")
APPEALS = Page("validator", "agency_head")
OPERATOR = Page("operator")
LAN = Page("lan")
