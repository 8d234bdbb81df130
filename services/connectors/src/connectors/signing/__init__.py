"""How platforms sign in: connections and their credentials as they are kept, and the right that they have."""
