"""Trainings, and predikat of e-Kinerja, that come as spreadsheets."""
