"""Who takes part in competence development, in which role, with which contribution: dated, and kept by LAN."""
