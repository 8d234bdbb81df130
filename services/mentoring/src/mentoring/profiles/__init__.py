"""What is known of somebody for a match, each part with where it comes from."""
