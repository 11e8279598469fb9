"""Mutants of the code that decides what is silent: each must fail a test, or stand in `explained.txt`."""
