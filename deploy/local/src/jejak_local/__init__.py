"""Jejak on one machine with nothing but Python: real PostgreSQL, Kafka, SMTP, tokens and traces, for people and tests."""
