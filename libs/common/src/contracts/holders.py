"""The services that keep something of people and of agencies, which the registry asks, and for whose answers it waits."""

HOLDERS = ("training", "credit", "mentoring", "notification", "connectors")
"""All beside the registry, in the order in which people read of them. No service imports another: tests hold this against `services/*/`."""
