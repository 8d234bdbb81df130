"""Exemptions from the yearly duty: asked for, approved by somebody else, ended."""
