"""Mutants of the code that decides what is silent: each must fail a test, or stand in `explained.txt`."""

MODULE, TEXT = "CMLINT_MUTANT_MODULE", "CMLINT_MUTANT_TEXT"
"""The variables that name a module and the file with its other text, for a mutant of what runs on import."""
