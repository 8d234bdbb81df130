"""Decrees by which people rise in rank (kenaikan pangkat) and in level (kenaikan jenjang)."""
