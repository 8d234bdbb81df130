"""Plausibility: what points at records that were not earned as told, what the person says to it, and what was found."""
