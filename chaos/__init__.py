"""Faults that find what tests do not: clients insist, servers and services break, and then the books must balance."""
