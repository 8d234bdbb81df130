"""What this service holds of a person, for the file of their data."""
