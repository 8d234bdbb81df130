"""Statements: taken all or none, never changed, voided by others; the activities and attachments they bring."""
