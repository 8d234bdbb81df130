"""Where a number comes from: inputs, rule, case, decisions, event."""
