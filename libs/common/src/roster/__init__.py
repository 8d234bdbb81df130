"""What services other than the registry keep of its people and agencies, and what a day asks of it."""
