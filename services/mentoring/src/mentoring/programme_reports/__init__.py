"""What came of a programme, in figures."""
