"""The configuration of a project: its settings, the files that hold them, and which counts in which folder."""
