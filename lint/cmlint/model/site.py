"""The documentation site: where its pages are, and how reports lead to the page of a rule."""

from __future__ import annotations

BASE = "https://cmlint.dev"
"""The address of the site; every address of a page that cmlint prints begins with it."""

PUBLISHED: bool = False
"""Whether the site is online. Until then, reports name the command that shows the page."""


def page_of(rule: str) -> str:
    """The address of a rule's page."""
    return f"{BASE}/rules/{rule}"


def see(rule: str, url: str) -> str:
    """What to open or run to read about a rule: `url` if it is the page of the rule and online, else a command."""
    return url if PUBLISHED and url == page_of(rule) else f"cmlint rule {rule}"
