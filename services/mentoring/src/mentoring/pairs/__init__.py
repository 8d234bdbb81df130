"""Pairs: drafted from a run or by hand, offered, accepted or declined, and what becomes of them."""
