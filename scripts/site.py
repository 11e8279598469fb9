"""Writes the sources of the documentation site, from which `make site` builds it: `python scripts/site.py FOLDER`.

The pages are the documents of the repository and the pages of rules. Links between them become links between pages.
"""

from __future__ import annotations

import json
import posixpath
import re
import shutil
import sys
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any

from cmlint.cli.rule import page
from cmlint.cli.schema import schema, schema_of_report
from cmlint.engine.registry import load_rules
from cmlint.engine.rules import Rule
from cmlint.model.findings import SEVERITIES, WHAT_HAPPENS
from cmlint.model.site import BASE

ROOT = Path(__file__).resolve().parent.parent

TOP = {
    "README.md": "index.md",
    "CONTRIBUTING.md": "contributing.md",
    "SECURITY.md": "security.md",
    "CHANGELOG.md": "changelog.md",
    "CODE_OF_CONDUCT.md": "code-of-conduct.md",
    "LICENSE": "LICENSE.txt",
    "constraints-light.txt": "constraints-light.txt",
}
"""The documents at the top of the repository, and their names on the site."""

LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)(#[^)\s]*)?\)")
"""A link from one document to another."""

CODE = re.compile(r"^```.*?^```|`[^`\n]*`", re.MULTILINE | re.DOTALL)


def places() -> dict[str, str]:
    """Each document of the repository with its place on the site."""
    found = dict(TOP)
    for path in sorted((ROOT / "docs").iterdir()):
        if path.is_file():
            found[f"docs/{path.name}"] = path.name
    found["docs/rules/README.md"] = "rules/index.md"
    for path in sorted((ROOT / "rules").rglob("*.md")):
        found[path.relative_to(ROOT).as_posix()] = f"rules/{path.stem.replace('_', '-')}.md"
    return found


def relinked(text: str, source: str, found: dict[str, str]) -> str:
    """A document with its links as they are on the site; links to files that are not on it raise KeyError."""
    here, folder = posixpath.dirname(found[source]), posixpath.dirname(source)

    def moved(link: re.Match[str]) -> str:
        target = posixpath.normpath(posixpath.join(folder, link[1]))
        if target not in found:
            target = posixpath.normpath(posixpath.join(folder, link[1].replace("-", "_")))
        return f"]({posixpath.relpath(found[target], here or '.')}{link[2] or ''})"

    def local(link: re.Match[str]) -> str:
        name = link[1].strip("/") or "index"
        name = "rules/index" if name == "rules" else name
        return f"]({posixpath.relpath(f'{name}.md', here or '.')}{link[2] or ''})"

    of_site = re.compile(rf"\]\({re.escape(BASE)}(/[\w/-]*)?(#[^)\s]*)?\)")
    parts = re.split(f"({CODE.pattern})", text, flags=CODE.flags)
    return "".join(
        part if number % 2 else of_site.sub(local, LINK.sub(moved, part)) for number, part in enumerate(parts)
    )


def rows(rules: dict[str, Rule]) -> Iterator[str]:
    """The table of all rules, which a script filters by consequence and family."""
    for what, names in (
        ("consequence", list(WHAT_HAPPENS)),
        ("family", sorted({rule.family for rule in rules.values()})),
    ):
        options = "".join(f"<option>{escape(name)}</option>" for name in names)
        select = f'<select data-filter="{what}"><option value="">all</option>{options}</select>'
        yield f"<label>{what.title()} {select}</label>"
    heads = "".join(f"<th>{head}</th>" for head in ("Rule", "Finds", "Consequence", "Severity", "Fix"))
    yield f'<table id="rules"><thead><tr>{heads}</tr></thead><tbody>'
    for rule in rules.values():
        fix = ("yes" if rule.fixable else "") + (" (pedantic)" if rule.pedantic else "")
        yield (
            f'<tr data-family="{escape(rule.family)}" data-consequence="{escape(rule.consequence)}">'
            f'<td><a href="{escape(rule.name)}/"><code>{escape(rule.name)}</code></a></td>'
            f"<td>{coded(rule.summary)}</td><td>{escape(rule.consequence)}</td>"
            f"<td>{escape(SEVERITIES[rule.consequence])}</td><td>{fix}</td></tr>"
        )
    yield "</tbody></table>"


def coded(text: str) -> str:
    """A text in HTML, with what is between backticks as code."""
    return re.sub("`([^`]*)`", r"<code>\1</code>", escape(text))


INDEX = """\
# Rules

Each rule has a page with tested examples. Pedantic rules run only with `--pedantic`.

{table}
"""


def settings(fields: dict[str, Any], prefix: str = "") -> Iterator[str]:
    """The settings of the schema: name, what it may be, default and description."""
    for name, field in fields.items():
        kind = field.get("type") or " or ".join(str(each.get("type", "")) for each in field.get("anyOf", ()))
        one_of = field.get("enum") or field.get("items", {}).get("enum", ())
        if 0 < len(one_of) <= 8:
            kind = ", ".join(f"`{each}`" for each in one_of)
        default = f" Default: `{json.dumps(field['default'])}`." if field.get("default") not in (None, [], {}) else ""
        yield f"### `{prefix}{name}`\n\n{field.get('description', '')}{default}\n\nType: {kind}\n"
        yield from settings(field.get("properties", {}), f"{prefix}{name}.")


def write_sources(folder: Path) -> None:
    """Writes all pages and files of the site into a folder, which is emptied first."""
    shutil.rmtree(folder, ignore_errors=True)
    found, rules = places(), load_rules()
    builtin = {name: rule for name, rule in rules.items() if rule.module.startswith("cmlint_rules.")}
    described = schema(rules)
    for source, place in found.items():
        path = folder / place
        path.parent.mkdir(parents=True, exist_ok=True)
        name = path.stem
        text = (ROOT / source).read_text(encoding="utf-8")
        if place == "rules/index.md":
            text = INDEX.format(table="\n".join(rows(builtin)))
        elif path.parent.name == "rules":
            text = relinked(page(builtin[name], cases=True), source, found)
        elif path.suffix == ".md":
            text = relinked(text, source, found)
        if place == "configuration.md":
            text += "\n## Settings\n\n" + "\n".join(settings(described["properties"]))
        path.write_text(text, encoding="utf-8")
    for name, what in (
        ("schema.json", described),
        ("impact-schema.json", schema_of_report("impact")),
        ("graph-schema.json", schema_of_report("graph")),
    ):
        (folder / name).write_text(json.dumps(what, indent=2) + "\n", encoding="utf-8")
    (folder / "assets").mkdir()
    for asset in (ROOT / "docs" / "assets").iterdir():
        shutil.copy(asset, folder / "assets" / asset.name)


if __name__ == "__main__":
    write_sources(Path(sys.argv[1]).resolve())
