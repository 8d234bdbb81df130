"""Units: the parts of an agency, with their dated names and places in its tree."""
