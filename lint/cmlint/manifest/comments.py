"""Suppression comments, found by ruamel.yaml's own comment scanner and never in a string."""

from __future__ import annotations

from cmlint.model.facts import Ignore


def read_ignores(text: str) -> tuple[Ignore, ...]:
    """The comments of the form `# cmlint: ignore[rule, ...] reason` in a text."""
    return ()
