"""The rules themselves, for everybody who is judged by them."""
