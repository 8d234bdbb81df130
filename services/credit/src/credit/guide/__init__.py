"""What counts for somebody's jenjang now, what does not, and why."""
