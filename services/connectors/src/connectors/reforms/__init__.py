"""What a reform of an agency would move here."""
