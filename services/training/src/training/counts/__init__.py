"""How many have met their duty, are short or exempt: of the nation, a region, an agency or a unit, on any day."""
