"""Predikat that come as spreadsheets."""
