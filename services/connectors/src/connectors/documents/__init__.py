"""Documents that platforms keep: of an activity, of an agent, and of where an agent stands in an activity."""
