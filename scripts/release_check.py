"""Checks that a release is ready: its tag is the version, and the changelog has an entry for it."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    """Exits with a message if something is missing."""
    source = (ROOT / "lint" / "cmlint" / "__init__.py").read_text(encoding="utf-8")
    found = re.search(r'__version__ = "([^"]+)"', source)
    version = found[1] if found else ""
    tag = os.environ.get("GITHUB_REF_NAME", f"v{version}")
    if tag != f"v{version}":
        sys.exit(f"the tag is {tag}, but the version is {version}")
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    entry = re.search(rf"^## {re.escape(version)}\b.*?\n(.*?)(?=^## |\Z)", changes, re.MULTILINE | re.DOTALL)
    if not entry or not entry[1].strip():
        sys.exit(f"CHANGELOG.md has no entry for {version}")


if __name__ == "__main__":
    main()
