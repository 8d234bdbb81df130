"""My team: who of those below somebody is short, and a message that reminds them."""
