"""The copy of agencies that training keeps: by which clock each worked on any day, and where it was."""
