"""Checking: records that nobody has confirmed yet are given out, and confirmed or refused with a reason."""
