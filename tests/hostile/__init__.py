"""Attacks: what a stranger may write into a repository, and what must not come of it."""
