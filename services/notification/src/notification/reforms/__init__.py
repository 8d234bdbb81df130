"""What notification holds of an agency that is to be reformed."""
