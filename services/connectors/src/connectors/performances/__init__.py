"""Predikat kinerja that e-Kinerja exports, told to credit."""
