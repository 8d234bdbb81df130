"""The copy of agencies that training keeps: by which clock each works, and where it is."""
