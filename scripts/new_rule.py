"""Begins a rule: writes its module and its page, with TODO where something has to be said.

`make new-rule NAME=references/bad-thing`. The tests fail for the new rule, and for no other, until every TODO is gone.
"""

from __future__ import annotations

import sys
from pathlib import Path

from cmlint import __version__
from cmlint.engine.rules import BAD_NAME, NAME

RULES = Path(__file__).parents[1] / "rules" / "cmlint_rules"

MODULE = '''\
"""TODO: the problem, in one line."""

from collections.abc import Iterator

from cmlint.api import Container, Context, Draft, rule


@rule(
    name="{name}",
    summary="TODO: the problem, in one line",
    consequence="silent",
    since="{version}",
)
def {function}(container: Container, ctx: Context) -> Iterator[Draft]:
    """TODO: where it is looked for, and where nothing is said."""
    if container.image and container.image.value == "TODO":
        yield ctx.finding(container.image.span, "TODO: the fact").help("TODO: what to do")
'''

PAGE = """\
# {name}

## What it does

TODO

## Why is this bad?

TODO

## Example

`pod.yaml`:

```yaml
apiVersion: v1
kind: Pod
metadata:
  name: app
spec:
  containers:
    - name: app
      image: example.com/app:1.0.0  # warning: [{name}] 14 "TODO: the whole message"
```

## Use instead

`pod.yaml`:

```yaml
apiVersion: v1
kind: Pod
metadata:
  name: app
spec:
  containers:
    - name: app
      image: example.com/app:1.0.0
```

## Kubernetes

TODO: where Kubernetes' own source says so
"""


def mistake(name: str) -> str | None:
    """Why a rule cannot be called so, or None."""
    family, _, short = name.partition("/")
    families = sorted(path.parent.name for path in RULES.glob("*/__init__.py"))
    if family not in families:
        return f"`{name}` must begin with a family: {', '.join(families)}"
    if not NAME.match(short) or BAD_NAME.match(short):
        return f"`{short}` must name the problem in kebab-case, like `missing-key`"
    if any(RULES.rglob(f"{module_of(short)}.py")):
        return f"there is a rule `{short}` already"
    return None


def module_of(short: str) -> str:
    """The name of a rule's module and function."""
    return short.replace("-", "_")


def main(name: str) -> int:
    """Writes both files."""
    if why := mistake(name):
        print(f"new_rule: error: {why}\nhelp: make new-rule NAME=references/bad-thing", file=sys.stderr)
        return 2
    family, _, short = name.partition("/")
    for suffix, text in ((".py", MODULE), (".md", PAGE)):
        path = RULES / family / f"{module_of(short)}{suffix}"
        path.write_text(text.format(name=short, function=module_of(short), version=__version__), encoding="utf-8")
        print(path.relative_to(RULES.parents[1]).as_posix())
    print(f"Replace every TODO, then: make docs && .venv/bin/pytest tests/test_pages.py -k {short}; at last: make test")
    return 0


if __name__ == "__main__":
    sys.exit(main(" ".join(sys.argv[1:])))
