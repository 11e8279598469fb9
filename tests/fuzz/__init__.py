"""Inputs that nobody would write: every part that reads something is given damaged ones, and must stay correct.

`make fuzz MINUTES=10` searches; `tests/test_fuzz.py` replays what was found, and tries a few hundred inputs each time.
"""
