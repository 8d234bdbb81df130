"""The floor of HTTP: who calls, what a request may hold, how it is refused, and what a route may ask for."""
