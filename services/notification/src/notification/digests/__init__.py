"""What each agency is told in a round: its rows, and what they say in numbers."""
