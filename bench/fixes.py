"""Fixes everything that can be fixed in a folder of repositories, and proves that nothing else has changed.

    python bench/fixes.py CORPUS_DIR [NAME ...] [--damage]

Each folder in CORPUS_DIR, or each of those named, is copied, checked with every rule and every pedantic finding, and
fixed, unsafe fixes included. Then each changed file is compared with what it was, by means of its own and not of
cmlint's: line by line, value by value (PyYAML, by which every value is text; ruamel.yaml, by which it has a type) and
comment by comment. A second run must fix nothing.

With `--damage`, mistakes are put into each copy first: quotes are taken away, pull policies and fields misspelt. Then
fixing must bring back every line as it was, or leave it damaged.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError as RoundTripError

from cmlint.config.config import Config
from cmlint.engine.registry import load_rules
from cmlint.fixes.save import save
from cmlint.fixes.selection import Change, Fixed, fix
from cmlint.model.findings import Finding
from cmlint.pipeline.check import check
from cmlint.pipeline.result import Result
from cmlint.sources.request import Request
from cmlint.system.filesystem import FileSystem

EVERYTHING = Config(select=("all",), pedantic=True)
DAMAGE = (
    (r'(?m)^([ \t]*(?:- )?value: )"(\d+|true|false|yes|no)"([ \t]*\r?)$', r"\1\2\3"),
    (r"imagePullPolicy: IfNotPresent", "imagePullPolicy: ifNotPresent"),
    (r"configMapKeyRef:", "configMapKeyref:"),
    (r"secretKeyRef:", "secretkeyRef:"),
)
"""Mistakes that people make, and how to make them."""

MENDING = ("non-string-env", "invalid-pull-policy", "malformed-reference")

POLICY = r"[ \t]*\"?(?:imagePullPolicy|pullPolicy)\"?: ?\"?Always\"?,?"
WORD = r"`([^`]*)`"

Leaf = tuple[str, str]
"""A value as text, with the name of the field that it stands in."""


class Repository(NamedTuple):
    """What became of a repository, and what was wrong with it."""

    fixed: Fixed
    seconds: float
    fix_seconds: float
    files: int
    mistakes: list[str]


def run(folder: Path) -> Repository:
    """Fixes a copy of a repository, and looks at what has changed."""
    with tempfile.TemporaryDirectory(prefix="cmlint-fixes-") as temporary:
        copy = Path(temporary) / folder.name
        shutil.copytree(folder, copy, symlinks=True)
        before = bytes_below(copy)
        os.chdir(copy)
        started = time.perf_counter()
        found = look({})
        checked = time.perf_counter()
        fixed = fix(found, look, unsafe=True)
        for path, change in fixed.changes.items():
            save(path, change.old, change.new)
        ended = time.perf_counter()
        mistakes = [*compared(before, bytes_below(copy), fixed), *fixed_again()]
        os.chdir("/")
        return Repository(fixed, checked - started, ended - checked, len(before), mistakes)


def run_damaged(folder: Path) -> tuple[Counter[str], list[str]]:
    """Damages a copy of a repository and fixes that: how many lines were damaged and restored, and what went wrong."""
    with tempfile.TemporaryDirectory(prefix="cmlint-fixes-") as temporary:
        copy = Path(temporary) / folder.name
        shutil.copytree(folder, copy, symlinks=True)
        os.chdir(copy)
        originals = bytes_below(copy)
        damaged = {path: damage(raw) for path, raw in originals.items() if path.endswith((".yaml", ".yml"))}
        for path, raw in damaged.items():
            Path(path).write_bytes(raw)
        fixed = fix(look_for_damage({}), look_for_damage, unsafe=True)
        for path, change in fixed.changes.items():
            save(path, change.old, change.new)
        counts: Counter[str] = Counter(f"not restored: {refused.why}" for refused in fixed.refused)
        mistakes: list[str] = []
        for path, raw in damaged.items():
            lines = [content.splitlines() for content in (originals[path], raw, Path(path).read_bytes())]
            for old, worse, new in zip(*lines, strict=True):
                counts["damaged"] += old != worse
                counts["restored"] += old != worse and new == old
                if new not in (old, worse):
                    mistakes.append(f"{path}: {old!r} has become {new!r}")
        os.chdir("/")
        return counts, mistakes


def damage(raw: bytes) -> bytes:
    """A manifest with mistakes; a text of another kind as it is."""
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        return raw
    for right, wrong in DAMAGE if "kind:" in text else ():
        text = re.sub(right, wrong, text)
    return text.encode()


def look_for_damage(texts: Mapping[str, str]) -> Result:
    """What is found of the mistakes in the working directory, with texts in the place of what files hold."""
    return check(Request(config=Config(select=MENDING), rules=load_rules(), disk=FileSystem(texts)))


def look(texts: Mapping[str, str]) -> Result:
    """Everything that is found in the working directory, with texts in the place of what files hold."""
    return check(Request(config=EVERYTHING, rules=load_rules(), disk=FileSystem(texts)))


def bytes_below(folder: Path) -> dict[str, bytes]:
    """The content of every file."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {os.path.realpath(path): path.read_bytes() for path in files}


def fixed_again() -> Iterator[str]:
    """What a second run would still fix."""
    again = fix(look({}), look, unsafe=True)
    yield from (f"a second run fixes {finding.rule} in {finding.location.path}" for finding in again.findings)


def compared(before: dict[str, bytes], after: dict[str, bytes], fixed: Fixed) -> Iterator[str]:
    """Whatever has changed and should not."""
    if before.keys() != after.keys():
        yield f"other files: {sorted(before.keys() ^ after.keys())}"
    changed = {path for path in before if after.get(path) != before[path]}
    if changed != fixed.changes.keys():
        yield f"other files changed: {sorted(changed ^ fixed.changes.keys())}"
    for path in sorted(changed & fixed.changes.keys()):
        change = Change(fixed.changes[path].path, before[path].decode(), after[path].decode())
        own = [finding for finding in fixed.findings if os.path.realpath(finding.fixes[0].edits[0].path) == path]
        yield from (f"{change.path}: {mistake}" for mistake in mistakes_in(change, own))


def mistakes_in(change: Change, findings: list[Finding]) -> Iterator[str]:
    """What is wrong with a change, if these findings should be mended by it."""
    titles = [finding.fixes[0].title for finding in findings]
    words = {word for title in titles for word in re.findall(WORD, title)}
    yield from (f"changed line: {line!r}" for line in odd_lines(change, words))
    removed, added = leaves(change.old), leaves(change.new)
    removed, added = removed - added, added - removed
    for name, value in added:
        if not {value, name, f"{name}: {value}"} & words:
            yield f"new value: {name}: {value}"
    taken_out = sum(len(finding.fixes[0].edits) for finding in findings if finding.rule == "duplicate-env")
    if removed.total() > added.total() + 4 * taken_out:
        yield f"{removed.total()} values less, {added.total()} more"
    for old, new in zip(typed(change.old), typed(change.new), strict=False) if not added and not removed else ():
        if old != new and (not isinstance(new, str) or "quote it" not in titles):
            yield f"`{old}` has become `{new}`"
    if comments(change.old) - comments(change.new) and "unused-ignore" not in {f.rule for f in findings}:
        yield "a comment is gone"
    if comments(change.new) - comments(change.old) and "unused-ignore" not in {f.rule for f in findings}:
        yield "a comment more"


def odd_lines(change: Change, words: set[str]) -> Iterator[str]:
    """Changed lines that differ in more than quotes, words that were meant, and pull policies."""
    old, new = change.old.splitlines(keepends=True), change.new.splitlines(keepends=True)
    for kind, start, end, new_start, new_end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind in ("insert", "replace"):
            kept = [plain(line) for line in old[start:end]]
            for line in new[new_start:new_end]:
                if plain(line) in kept:
                    kept.remove(plain(line))
                elif not re.fullmatch(POLICY, line.rstrip("\r\n")) and not any(word in plain(line) for word in words):
                    yield line


def plain(line: str) -> str:
    """A line without quotes and its end."""
    return line.replace('"', "").rstrip("\r\n")


def leaves(text: str) -> Counter[Leaf]:
    """Every scalar of a text, and every key, as text."""
    found: Counter[Leaf] = Counter()
    for document in yaml.load_all(text, Loader=yaml.CBaseLoader):
        found.update(leaves_in(document, ""))
    return found


def leaves_in(value: Any, name: str) -> Iterator[Leaf]:
    """Every scalar in a value."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves_in(inner, str(key))
    elif isinstance(value, list):
        for inner in value:
            yield from leaves_in(inner, name)
    else:
        yield name, str(value)


def typed(text: str) -> list[Any]:
    """Every scalar of a text with its type, in order; none of one that ruamel.yaml does not read."""
    try:
        documents = list(YAML(typ="safe", pure=True).load_all(text))
    except RoundTripError:
        return []
    return [value for document in documents for value in values_in(document)]


def values_in(value: Any) -> Iterator[Any]:
    """Every scalar in a value."""
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for part in parts:
        yield from values_in(part)
    if not isinstance(value, dict | list):
        yield value


def comments(text: str) -> Counter[str]:
    """What stands behind each `#` that begins a comment, or may."""
    return Counter(re.findall(r"(?m)(?:^|[ \t])(#[^\r\n]*)", text))


def show(name: str, repository: Repository) -> None:
    """Prints what became of a repository."""
    fixed = repository.fixed
    print(
        f"{name}: {repository.files} files, {len(fixed.findings)} findings fixed in {len(fixed.changes)} files,"
        f" {len(fixed.refused)} refused; checked in {repository.seconds:.1f} s, fixed in {repository.fix_seconds:.1f} s"
    )
    for rule, count in sorted(Counter(finding.rule for finding in fixed.findings).items()):
        print(f"  {count:6} {rule}")
    for (rule, why), count in sorted(Counter((refused.rule, refused.why) for refused in fixed.refused).items()):
        print(f"  {count:6} {rule} not fixed: {why}")
    for mistake in repository.mistakes:
        print(f"  WRONG: {mistake}")


def main() -> int:
    """Fixes a corpus; the exit status says whether anything was wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path, metavar="CORPUS_DIR")
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--damage", action="store_true")
    given = parser.parse_args()
    corpus = given.corpus.resolve()
    folders = [folder for folder in sorted(corpus.iterdir()) if folder.is_dir()]
    wrong = 0
    for folder in folders:
        if given.names and folder.name not in given.names:
            continue
        if given.damage:
            counts, mistakes = run_damaged(folder)
            print(f"{folder.name}: {counts.pop('damaged', 0)} lines damaged, {counts.pop('restored', 0)} restored")
            for what, count in sorted(counts.items()):
                print(f"  {count:6} {what}")
            for mistake in mistakes:
                print(f"  WRONG: {mistake}")
            wrong += len(mistakes)
        else:
            repository = run(folder)
            show(folder.name, repository)
            wrong += len(repository.mistakes)
        sys.stdout.flush()
    print(f"{wrong} mistakes")
    return int(wrong > 0)


if __name__ == "__main__":
    raise SystemExit(main())
