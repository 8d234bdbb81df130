"""How the services do, for whoever runs them."""
