"""Sessions that mentoring tells of, as records."""
