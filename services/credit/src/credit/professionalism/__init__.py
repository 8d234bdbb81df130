"""The index of professionalism (IP ASN) of a person, and what one more training would change."""
