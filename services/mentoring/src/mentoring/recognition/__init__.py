"""What mentors have done: told as events, thanked for, and on a certificate."""
