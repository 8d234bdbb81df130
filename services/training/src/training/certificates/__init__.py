"""Certificates of classes: numbered without gaps, signed when they are handed out, and checked by whoever has one."""
