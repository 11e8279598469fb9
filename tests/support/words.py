"""The words of cmlint: what its texts avoid, by the table in CONTRIBUTING.md and a few patterns.

`python -m tests.support.words` lists the offences in all files, or in those named.
"""

from __future__ import annotations

import ast
import re
import sys
import tokenize
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tests.support.run import ROOT

TABLE = re.compile(r"^\| Term \|.*\n\|[-| ]+\n((?:\|.*\n)+)", re.MULTILINE)
CODE = re.compile(r"(?ms)^```.*?^```|`[^`\n]*`")

PATTERNS = {
    r"(?<!\b[Tt]here\s)\b(?:is|are|was|were) no\b(?! (?:longer|more)\b)": "`is not a`",
    r", too\b(?=[.;:)]|$)": "`also`, before the verb",
    r"\b(?:Nor|Neither|Never|Only then|Thus) (?:is|are|does|do|did|can|may|must|has|have)\b": "subject, then verb",
    r"[,;] (?:and )?so (?:is|are|does|do|has|have)\b": "subject, then verb",
    r"(?:^|[.:;] )(?:Of|To|In|From|By|With|Under|Below|Beside|Behind|Above) [^.,;:]{3,60}"
    r" (?:comes?|goes?|stands?|lies?|belongs?|follows?) (?:the|a|an|what|all|each|files?)\b": "subject, then verb",
    r"\bbut for\b": "`except`",
}
"""What no list of words can find, each with what to write."""


@cache
def banned() -> re.Pattern[str]:
    """Everything that no text says, as one pattern."""
    table = TABLE.search((ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"))
    assert table
    words = [word for row in table[1].splitlines() for word in re.findall(r"`([^`]+)`", row.rsplit("|", 2)[1])]
    return re.compile("|".join([rf"\b(?i:{'|'.join(map(re.escape, words))})\b", *PATTERNS]), re.MULTILINE)


def files() -> Iterator[Path]:
    """Every file with texts that people read."""
    for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md"):
        yield ROOT / name
    for top, ending in (("docs", "md"), ("rules", "md"), ("rules", "py"), ("lint", "py")):
        yield from sorted((ROOT / top).rglob(f"*.{ending}"))


def texts(path: Path) -> Iterator[tuple[int, str]]:
    """The texts of a file, each with the line on which it begins: of a module its strings and comments."""
    if path.suffix == ".md":
        yield 1, CODE.sub(lambda found: re.sub(r"[^\n]", "_", found[0]), path.read_text(encoding="utf-8"))
        return
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value:
            yield node.lineno, CODE.sub("_", node.value)
    with path.open("rb") as file:
        comments = (each for each in tokenize.tokenize(file.readline) if each.type == tokenize.COMMENT)
        yield from ((each.start[0], CODE.sub("_", each.string.lstrip("# "))) for each in comments)


def offences(path: Path) -> list[str]:
    """What a file says that it should not, `line: words`."""
    found = [
        (start + text.count("\n", 0, match.start()), match[0].strip())
        for start, text in texts(path)
        for match in banned().finditer(text)
    ]
    return [f"{line}: {words}" for line, words in sorted(found)]


if __name__ == "__main__":
    for named in [Path(name).resolve() for name in sys.argv[1:]] or files():
        sys.stdout.write("".join(f"{named}:{offence}\n" for offence in offences(named)))
