"""How far mentee and mentor see the mentee at the start and at the end, by the same items."""
