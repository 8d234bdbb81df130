"""The platform kit: what every service needs and no business word."""
