"""The jobs of mentoring: matching runs."""
