"""What this service does with each of its tables, and so what its role may do: see `common.store.grants`."""

from common.store.grants import EDITED, REPLACED, Grants

GRANTS = Grants({"sessions": EDITED, "parked_forms": REPLACED, "sent_forms": EDITED, "saved_views": EDITED})
