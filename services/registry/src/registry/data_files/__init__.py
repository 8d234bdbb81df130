"""The file of a person's data, from all services (UU 27/2022)."""
