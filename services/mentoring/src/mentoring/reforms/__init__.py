"""What mentoring holds of an agency that is to be reformed."""
