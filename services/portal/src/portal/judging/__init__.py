"""Cases of credit points that wait for a decision, and objections against what was decided."""
