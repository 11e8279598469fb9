"""Fixes: which of them go together, their proof, and the files that they are written to."""
