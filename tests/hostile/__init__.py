"""Attacks: each fails, and what is like them and harmless works."""
