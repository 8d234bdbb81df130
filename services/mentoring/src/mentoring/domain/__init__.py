"""The rules of mentoring, in plain Python."""
