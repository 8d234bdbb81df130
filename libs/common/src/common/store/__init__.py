"""The floor of the database: sessions and tables, sets of rows, and the outbox that a transaction fills."""
