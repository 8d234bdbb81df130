"""What agencies and providers have connected: platforms, and the credentials by which these sign in."""
