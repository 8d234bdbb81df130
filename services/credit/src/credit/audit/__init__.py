"""The audit of an agency for its inspectorate: the chained entries and moves of its people, to be verified without Jejak."""
