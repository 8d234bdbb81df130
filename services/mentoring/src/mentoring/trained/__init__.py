"""What people have been trained in, as training tells it: the hours by which a profile shows levels."""
