"""The hook in a configuration of pre-commit, added to what is there."""

from __future__ import annotations

import re

from cmlint import __version__
from cmlint.config.parse import read_yaml
from cmlint.config.written import plain
from cmlint.errors import FatalError
from cmlint.manifest.nodes import MappingNode, Node, SequenceNode, compose

FILE = ".pre-commit-config.yaml"

ENTRY = f"""\
- repo: local
  hooks:
    - id: cmlint
      name: cmlint
      entry: cmlint check --staged --allow-empty
      language: python
      additional_dependencies: ["cmlint[kustomize]=={__version__}"]
      always_run: true
      pass_filenames: false
"""


def with_hook(text: str) -> str | None:
    """The configuration with the hook, or None where it has it; raises FatalError where there is no room for it."""
    if re.search(r"(?m)\bid:\s*['\"]?cmlint(-fix)?['\"]?\s*(#.*)?$", text):
        return None
    before = plain(read_yaml(text, FILE)) or {}
    if not isinstance(before, dict) or not isinstance(before.get("repos", []), list):
        raise FatalError(f"{FILE}: it has no list of `repos`", "see https://pre-commit.com for its format")
    added = insert(text, before)
    hook = plain(read_yaml(ENTRY, FILE))
    if not says(added, {**before, "repos": [*before.get("repos", ()), *hook]}):
        raise FatalError(f"{FILE}: cannot find where to add the hook", "add it by hand:", ENTRY)
    return added


def says(text: str, expected: object) -> bool:
    """Whether a text can be read, and says what is expected."""
    try:
        return bool(plain(read_yaml(text, FILE)) == expected)
    except FatalError:
        return False


def insert(text: str, before: object) -> str:
    """The text with the entry where it most likely belongs."""
    repos = repos_in(compose(text)) if before else None
    if repos is None:
        gap = "" if not text or text.endswith("\n") else "\n"
        return f"{text}{gap}repos:\n{indented(2)}"
    start, end = repos.start_mark.index, repos.end_mark.index
    if not repos.value:
        return f"{text[:start].rstrip(' ')}\n{indented(2)}{text[end:].lstrip(' ').removeprefix(chr(10))}"
    last = len(text[:end].rstrip())
    last = (text.find("\n", last) + 1) or len(text)
    gap = "" if text[:last].endswith("\n") else "\n"
    return f"{text[:last]}{gap}{indented(repos.start_mark.column)}{text[last:]}"


def repos_in(root: Node | None) -> SequenceNode | None:
    """The list of repositories."""
    entries = root.value if isinstance(root, MappingNode) else ()
    return next((value for key, value in entries if key.value == "repos" and isinstance(value, SequenceNode)), None)


def indented(columns: int) -> str:
    """The entry in a list at a column."""
    return re.sub(r"(?m)^(?=.)", " " * columns, ENTRY)
