"""What connectors holds of an agency, for whoever plans a reform of it: its heir keeps the connections and their keys."""

from contracts.reforms import Held, telling

HELD = (Held("connections", "heir", "SELECT count(*) FROM connections WHERE agency_id = :agency", "/v1/connections"),)
subscription = telling(__name__, HELD)
