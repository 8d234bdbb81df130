"""SIASN (BKN): verified trainings and PAK told to it, changed when they are corrected, and listed where they were revoked."""
