"""The floor of Kafka: the relay that sends, the inbox that takes in, dead letters, and events that wait."""
