"""The rules of notices and mails, in plain Python."""
