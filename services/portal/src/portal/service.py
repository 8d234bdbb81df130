"""The portal: the pages where people look. It decides nothing, and stores of its users no more than their sessions."""

from contracts.service import Service
from portal.features import FEATURES
from portal.outfit import outfit
from portal.settings import Settings

SERVICE = Service(
    name="portal",
    title="Jejak: portal",
    port=8007,
    features=FEATURES,
    settings=Settings,
    withheld="SELECT NULL::uuid WHERE false",  # it shows what services answer, who look for themselves what rests
    outfit=outfit,
)
