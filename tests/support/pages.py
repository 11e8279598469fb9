"""Rule pages as tests: what stands under `Example`, `Use instead` and `Case: ...` is run and must find what it says."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from cmlint.clusters import judge, resolve_against
from cmlint.fixes.save import save
from cmlint.fixes.selection import Fixed, fix
from cmlint.pipeline.check import check
from cmlint.pipeline.result import Result
from cmlint.report import formatter
from cmlint.report.view import View
from cmlint.sources.request import Request
from cmlint.system.filesystem import FileSystem
from tests.support import assertions, clusters
from tests.support.run import ROOT, config_here, inside, rules, write

HEADINGS = (
    "What it does",
    "Why is this bad?",
    "Example",
    "Use instead",
    "Options",
    "Fix safety",
    "When not to use it",
    "Case",
    "Kubernetes",
)
OPTIONAL = {"Options", "Fix safety", "When not to use it", "Case"}
CLUSTER = "cluster"
"""The name of a block that is no file, but what a cluster holds."""

LABEL = re.compile(r"`([^`]+)`:")


@dataclass
class Section:
    """A `##` section: its heading, the files in it by name, and the shown output.

    `end` is the 0-based number of the line behind the last file, `output_lines` are those of the output's first line
    and the one behind it.
    """

    title: str
    files: dict[str, str] = field(default_factory=dict)
    end: int = 0
    output: str | None = None
    output_lines: tuple[int, int] = (0, 0)

    @property
    def runs(self) -> bool:
        """Whether the section is a test."""
        return self.title in {"Example", "Use instead"} or self.title.startswith("Case: ")

    @property
    def name(self) -> str:
        """The heading; all cases have the same."""
        return self.title.partition(":")[0] if self.title.startswith("Case: ") else self.title


@dataclass
class Page:
    """A page: the rule it is about, its sections, and what is wrong with its form."""

    path: Path
    rule: str
    sections: list[Section] = field(default_factory=list)
    mistakes: list[str] = field(default_factory=list)

    def section(self, title: str) -> Section:
        """The section with a heading."""
        return next(section for section in self.sections if section.title == title)


def read(path: Path) -> Page:
    """Reads a page."""
    lines = path.read_text(encoding="utf-8").split("\n")
    page = Page(path, lines[0].removeprefix("# "))
    number, label = 1, None
    while number < len(lines):
        line = lines[number]
        if line.startswith("```"):
            end = next((i for i in range(number + 1, len(lines)) if lines[i] == "```"), len(lines))
            if page.sections and page.sections[-1].runs:
                add_block(page, label, lines, number, end)
            number, label = end, None
        elif line.startswith("## "):
            page.sections.append(Section(line.removeprefix("## ")))
        elif line.startswith("#"):
            page.mistakes.append(f"{path}:{number + 1}: only the name and `##` headings belong in a page")
        elif line:
            match = LABEL.fullmatch(line)
            label = match[1] if match else None
        number += 1
    return page


def add_block(page: Page, label: str | None, lines: list[str], start: int, end: int) -> None:
    """Adds a fenced block to the section it stands in."""
    section = page.sections[-1]
    text = "\n".join(lines[start + 1 : end]) + "\n"
    if label and label not in section.files:
        section.files[label] = text
        section.end = end + 1
    elif lines[start] == "```output" and section.title == "Example" and section.output is None:
        section.output, section.output_lines = text, (start, end + 1)
    else:
        page.mistakes.append(
            f"{page.path}:{start + 1}: a file needs a line with its own name above, like `deploy.yaml`:"
        )


@dataclass(frozen=True)
class Outcome:
    """What a section gave: how it differs from what it says, and what cmlint prints about it."""

    differences: list[str]
    expected: list[assertions.Expected]
    printed: str


def run(page: Page, section: Section) -> Outcome:
    """Runs the page's rule on a section's files; their assertions are blanked out before."""
    files: dict[str, str] = {}
    expected: list[assertions.Expected] = []
    for name, text in section.files.items():
        files[name], found = assertions.read(name, text)
        expected += found
    with tempfile.TemporaryDirectory() as folder, inside(Path(folder)):
        files.pop(CLUSTER, None)
        write(Path(folder), files)
        result = check_here(page, section.files.get(CLUSTER))
        differences = assertions.differences(expected, result.outcome.findings)
        differences += [f"not readable: {problem}" for problem in result.problems]
        return Outcome(differences, expected, formatter("text")(result, View(width=100, quiet=True)))


def check_here(page: Page, live: str | None = None, texts: Mapping[str, str] | None = None) -> Result:
    """What the page's rule finds in the working directory, on a cluster if there is one; in that one if it is alone.

    `texts` are in the place of what files hold.
    """
    config = config_here()
    if not config.select:
        config = msgspec.structs.replace(config, select=(page.rule,))
    if live is None:
        return check(Request(config=config, rules=dict(rules()), disk=FileSystem(texts)))
    found = [clusters.cluster(live)]
    if not any(path.suffix == ".yaml" for path in Path().rglob("*")):
        return judge(found, config, dict(rules()), [], suppress=True)
    request = Request(config=config, rules=dict(rules()), disk=FileSystem(texts))
    return check(msgspec.structs.replace(request, clusters=lambda b, t, c, _: resolve_against(found, b, t, c)))


@dataclass(frozen=True)
class FixedSection:
    """A section's files before and after all fixes are made, and what came of that."""

    before: dict[str, str]
    after: dict[str, str]
    found: Result
    fixed: Fixed
    again: Fixed


def fix_section(page: Page, section: Section) -> FixedSection:
    """Makes all fixes for a section, unsafe ones too, writes them and tries once more; each file gets some comments."""
    before = {name: commented(assertions.read(name, text)[0]) for name, text in section.files.items()}
    live = before.pop(CLUSTER, None)
    with tempfile.TemporaryDirectory() as folder, inside(Path(folder)):
        write(Path(folder), before)
        found = check_here(page, live)
        fixed = fix(found, lambda texts: check_here(page, live, texts), unsafe=True)
        for path, change in fixed.changes.items():
            save(path, change.old, change.new)
        after = {name: Path(name).read_bytes().decode() for name in before}
        again = fix(check_here(page, live), lambda texts: check_here(page, live, texts), unsafe=True)
        return FixedSection(before, after, found, fixed, again)


def commented(text: str) -> str:
    """A text with a comment behind each `image`, above each container's name and at the end."""
    text = re.sub(r"(?m)^( *image: [^\n#{]*[^\n# {])$", r"\1  # the image", text)
    text = re.sub(r"(?m)^( *)(containers:)$", r"\1# the containers\n\1\2", text)
    return f"{text}# the end\n" if ":" in text and not text.startswith("{") else text


def updated(page: Page) -> str:
    """The text of a page with the output that its example has now."""
    lines = page.path.read_text(encoding="utf-8").split("\n")
    example = page.section("Example")
    block = ["```output", *run(page, example).printed.rstrip("\n").split("\n"), "```"]
    if example.output is None:
        lines[example.end : example.end] = ["", *block]
    else:
        start, end = example.output_lines
        lines[start:end] = block
    return "\n".join(lines)


def rule_pages() -> list[Path]:
    """The pages of cmlint's own rules."""
    return sorted((ROOT / "rules").rglob("*.md"))


def extra_pages() -> list[Path]:
    """The pages that hold further cases and nothing else."""
    return sorted((ROOT / "tests" / "pages").glob("*.md"))
