"""The event bus of Open edX: certificates and passing, read from its Kafka."""
