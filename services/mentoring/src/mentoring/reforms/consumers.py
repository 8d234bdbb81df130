"""What mentoring holds of an agency, for whoever plans a reform of it: the heir goes on with its programmes."""

from contracts.reforms import Held, telling

HELD = (Held("programmes", "heir", "SELECT count(*) FROM programmes WHERE agency_id = :agency AND state = 'open'"),)
subscription = telling(__name__, HELD)
