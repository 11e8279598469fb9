"""Attacks on cmlint by what it checks, one file for each theme."""
