"""Kustomizations: built by the real program, and led back to what was written."""
