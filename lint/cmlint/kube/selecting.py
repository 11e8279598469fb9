"""Regular expressions by which kustomize and Flux select what a patch is for.

Go matches them in linear time. Python may take for ever for the same pattern and a name made for it.
"""

from __future__ import annotations

import re

LONGEST = 253
"""No object has a longer name."""

REPEATS = r"(?<!\\)(?:[*+{]|(?<!\()\?)"
"""What repeats something in a pattern, or makes it optional."""

REPEATED_GROUP = r"\)[*+?{]"
MOST_REPEATS = 2
"""With more repetitions, or with a repeated group, a search may take long."""


def may_match(pattern: str, text: str, *, whole: bool = False) -> bool:
    """Whether a pattern is found in a text, or matches the `whole` text.

    A pattern that may take long, or that Python cannot read, counts as found.
    """
    if len(text) > LONGEST or len(re.findall(REPEATS, pattern)) > MOST_REPEATS or re.search(REPEATED_GROUP, pattern):
        return True
    try:
        return (re.fullmatch if whole else re.search)(pattern, text) is not None
    except (re.error, OverflowError, RecursionError):
        return True
