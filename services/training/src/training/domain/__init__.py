"""The rules of learning hours (JP), in plain Python."""
