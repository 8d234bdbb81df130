"""The token endpoint: OAuth 2.0 client credentials for platforms that do not sign in by HTTP Basic."""
