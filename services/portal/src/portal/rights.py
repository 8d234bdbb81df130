"""Who a page is for, by the hats that people wear; whose data it shows is decided by the services it asks."""

from portal.visits import Page

ANYBODY = Page()
SIGNED_IN = Page(signed_in=True)
PERSON = Page("person")
