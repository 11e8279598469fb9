"""Puts mistakes into repositories, one at a time, and counts how many are reported at a line of a reader.

    python -m bench.seeds FOLDER [FOLDER ...] [--each N] [--list]

Each FOLDER is a repository that can be built. It is checked with `secrets: all` in a copy; then, up to N times for each
kind of mistake, one is made in the copy, which is checked again. A mistake is made only where a reference resolves to
one definition, which has the key that is read. It is found where a new finding, or a related place of one, is at a
place that reads the object, or where the mistake is; another wording, rule or severity makes no difference. What is
missed is printed with the reason for which the reference is excused. A mistake after which something else has the name
and the key that are read (a second file with the same object, a script or CI step that creates it) breaks nothing that
the files show: it is printed, and not counted. A command in a document is no such thing, for its reader may follow it
or not. `--list` prints what is found as well.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from cmlint.bundle.documents import Definition, Placed, references_of
from cmlint.bundle.resolve import Resolution, Resolver, key_of
from cmlint.config.config import Config
from cmlint.engine.registry import load_rules
from cmlint.model.facts import EXAMPLE, Reference, Span
from cmlint.pipeline.check import check
from cmlint.pipeline.result import Result
from cmlint.sources.request import Request

CONFIG = Config(secrets="all")
FIELDS = ("configMapKeyRef", "configMapRef", "secretKeyRef", "secretRef", "secretName", "configMap")


class Use(NamedTuple):
    """A reference that resolves to one definition: the texts of both, and where their names and keys are written."""

    reference: Reference
    placed: Placed
    definition: Definition

    @property
    def reader(self) -> tuple[str, Span]:
        """Where the name is read."""
        return self.placed.written(self.reference.name.span)

    @property
    def key(self) -> tuple[str, Span] | None:
        """Where a key is read."""
        return self.placed.written(self.reference.keys[0].span) if self.reference.keys else None

    @property
    def defined(self) -> tuple[str, Span]:
        """Where the definition has its name."""
        return self.definition.placed.written(self.definition.provider.name.span)

    @property
    def kind(self) -> str:
        """The kind of the object."""
        return self.reference.target


class Seed(NamedTuple):
    """A mistake: the path of a text and a stretch of it, with what takes its place."""

    path: str
    span: Span
    text: str


Make = Callable[[Use, Callable[[str], str]], Seed | None]


def swapped(word: str) -> str:
    """A word with two neighbouring characters exchanged, as one mistypes it."""
    for at in range(len(word) // 2, len(word) - 1):
        if word[at] != word[at + 1] and word[at : at + 2].isalnum():
            return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    return f"{word}x"


def replaced(place: tuple[str, Span] | None, read: Callable[[str], str], become: Callable[[str], str]) -> Seed | None:
    """A seed that puts another word at a place where a plain word is written."""
    if place is None:
        return None
    path, span = place
    word = read(path)[span.start : span.end]
    bare = word.strip("\"'")
    if not re.fullmatch(r"[\w.-]{3,}", bare):
        return None
    return Seed(path, span, word.replace(bare, become(bare)))


def similar_name(use: Use, read: Callable[[str], str]) -> Seed | None:
    """The reader misspells the name."""
    return replaced(use.reader, read, swapped)


def other_name(use: Use, read: Callable[[str], str]) -> Seed | None:
    """The reader has another name."""
    return replaced(use.reader, read, lambda _: "quite-another-thing")


def similar_key(use: Use, read: Callable[[str], str]) -> Seed | None:
    """The reader misspells the key."""
    return replaced(use.key, read, swapped)


def other_key(use: Use, read: Callable[[str], str]) -> Seed | None:
    """The reader has another key."""
    return replaced(use.key, read, lambda _: "QUITE_ANOTHER_KEY")


def renamed(use: Use, read: Callable[[str], str]) -> Seed | None:
    """The definition has another name."""
    return replaced(use.defined, read, lambda _: "quite-another-thing")


def removed(use: Use, read: Callable[[str], str]) -> Seed | None:
    """The document with the definition is gone."""
    path, span = use.defined
    text = read(path)
    start = text.rfind("\n---", 0, span.start) + 1
    end = text.find("\n---", span.start)
    end = len(text) if end < 0 else end + 1
    return Seed(path, Span(start, end), "") if re.search(rf"(?m)^kind: *[\"']?\w*{use.kind}", text[start:end]) else None


def key_removed(use: Use, read: Callable[[str], str]) -> Seed | None:
    """The definition has the key under another name."""
    keys = [
        each for each in use.definition.provider.keys if use.reference.keys and each.name == use.reference.keys[0].value
    ]
    return replaced(use.definition.placed.written(keys[0].span), read, lambda _: "QUITE_ANOTHER_KEY") if keys else None


def other_namespace(use: Use, read: Callable[[str], str]) -> Seed | None:
    """The definition is in another namespace."""
    document = use.definition.placed.document
    if document.namespace is None or "kustomization" in use.definition.placed.written(document.namespace.span)[0]:
        return None
    return replaced(use.definition.placed.written(document.namespace.span), read, lambda _: "another-namespace")


def entry_dropped(use: Use, read: Callable[[str], str]) -> Seed | None:
    """The kustomization beside the definition no longer lists its file, which does not hold the reader."""
    if use.defined[0] == use.reader[0]:
        return None
    folder, _, name = use.defined[0].rpartition("/")
    for kustomization in ("kustomization.yaml", "kustomization.yml"):
        path = f"{folder}/{kustomization}" if folder else kustomization
        with suppress(OSError):
            found = re.search(rf"(?m)^[ \t]*- *[\"']?(?:\./)?{re.escape(name)}[\"']?[ \t]*\n", read(path))
            if found:
                return Seed(path, Span(*found.span()), "")
    return None


def field_misspelt(use: Use, read: Callable[[str], str]) -> Seed | None:
    """The field that holds the name is misspelt."""
    path, span = use.reader
    before = read(path)[: span.start]
    found = [match for field in FIELDS for match in re.finditer(rf"\b{field}(?=:)", before[-200:])]
    if not found:
        return None
    last, base = max(found, key=re.Match.start), len(before) - len(before[-200:])
    return Seed(path, Span(base + last.start(), base + last.end()), swapped(last[0]))


def wrong_type(use: Use, read: Callable[[str], str]) -> Seed | None:
    """The value of a key is a number without quotes."""
    path, span = use.defined
    found = re.compile(r"(?m)^(?:data|stringData):\n[ \t]+[\w.-]+: *([\"']?[\w./:-]+[\"']?)[ \t]*$").search(
        read(path), span.start
    )
    if use.kind == "Secret" and found and not found[0].startswith("stringData"):
        return None
    return Seed(path, Span(*found.span(1)), "8080") if found else None


def generator_broken(use: Use, read: Callable[[str], str]) -> Seed | None:
    """The line of a generator names a file that is not there, or is not `key=value`."""
    path, span = use.defined
    if os.path.basename(path) not in ("kustomization.yaml", "kustomization.yml"):
        return None
    found = re.compile(r"(?m)^[ \t]*- +([\w.-]+=?[\w./-]*)[ \t]*$").search(read(path), span.end)
    return Seed(path, Span(*found.span(1)), "not-there.txt") if found and found.start() - span.end < 120 else None


KINDS: dict[str, Make] = {
    "a similar name is read": similar_name,
    "another name is read": other_name,
    "a similar key is read": similar_key,
    "another key is read": other_key,
    "the definition has another name": renamed,
    "the definition is removed": removed,
    "the key has another name": key_removed,
    "the definition is in another namespace": other_namespace,
    "an entry of `resources` is dropped": entry_dropped,
    "a field is misspelt": field_misspelt,
    "a value is a number": wrong_type,
    "the line of a generator is broken": generator_broken,
}
"""The mistakes that are made."""


def checked() -> Result:
    """What cmlint finds in the working directory."""
    return check(Request(config=CONFIG, rules=dict(load_rules())))


def places(result: Result) -> set[tuple[str, int, str]]:
    """The lines of all findings and of their related places, each with the rule."""
    return {
        (place.path, place.start.line, finding.rule)
        for finding in result.outcome.findings
        for place in (finding.location, *(related.location for related in finding.related))
    }


def uses_in(result: Result) -> Iterator[Use]:
    """The references that resolve to one definition in a text, which names the object itself."""
    for bundle in result.bundles:
        for placed in bundle.placed if not bundle.unbuilt and bundle.complete else ():
            for reference in references_of(placed):
                found = bundle.resolver.resolve(reference, placed)
                known = found.sure and not found.command and has_keys(found, reference)
                if known and len(found.definitions) == 1 and not found.definitions[0].provider.glob:
                    yield Use(reference, placed, found.definitions[0])


def has_keys(found: Resolution, reference: Reference) -> bool:
    """Whether a reference leads to an object with all keys that it reads."""
    return found.status == "found" and (any(found.opened) or all(found.keys(key.value) for key in reference.keys))


def seeds_in(result: Result, each: int) -> Iterator[tuple[str, Use, Seed]]:
    """The mistakes to make, spread over the repository."""

    def read(path: str) -> str:
        return Path(path).read_text(encoding="utf-8")

    uses = list({(use.reader, use.key): use for use in uses_in(result)}.values())
    for name, make in KINDS.items():
        for target in ("ConfigMap", "Secret"):
            made: dict[str, tuple[Use, Seed]] = {}
            for use in uses:
                with suppress(OSError, UnicodeDecodeError):
                    seed = make(use, read) if use.kind == target else None
                    if seed is not None and not is_reported(result, seed):
                        made.setdefault(seed.path, (use, seed))
            step = max(len(made) // each, 1)
            yield from ((name, use, seed) for use, seed in list(made.values())[::step][:each])


def is_reported(result: Result, seed: Seed) -> bool:
    """Whether something is found at the line of a mistake before it is made."""
    line = result.texts.get(seed.path).text.count("\n", 0, seed.span.start) + 1
    return any((path, at) == (seed.path, line) for path, at, _ in places(result))


def is_found(before: Result, after: Result, use: Use, seed: Seed, shift: int) -> bool:
    """Whether a new finding is where the object is read, or where the mistake is."""
    new = places(after) - places(before)
    path, span = use.reader
    line = before.texts.get(path).text.count("\n", 0, span.start) + 1
    own = before.texts.get(seed.path).text.count("\n", 0, seed.span.start) + 1
    near = {line - 1, line, line + 1, line + shift}
    if use.key:
        key = before.texts.get(path).text.count("\n", 0, use.key[1].start) + 1
        near |= {key, key + shift}
    return any((where == path and at in near) or (where == seed.path and abs(at - own) <= 1) for where, at, _ in new)


def is_harmless(after: Result, use: Use, name: str, shift: int, before: Result) -> bool:
    """Whether a manifest still has the name and the key that are read, although one was renamed or removed."""
    path, span = use.reader
    line = before.texts.get(path).text.count("\n", 0, span.start) + 1 + shift
    return name in REMOVING and any(
        is_defined(bundle.resolver, reference, placed)
        for bundle in after.bundles
        for placed in bundle.placed
        for reference in references_of(placed)
        if is_at(after, placed.written(reference.name.span), (path, line)) and reference.path == use.reference.path
    )


def is_at(result: Result, place: tuple[str, Span], where: tuple[str, int]) -> bool:
    """Whether a place is on a line of a text."""
    path, span = place
    return path == where[0] and result.texts.get(path).text.count("\n", 0, span.start) + 1 == where[1]


def is_defined(resolver: Resolver, reference: Reference, placed: Placed) -> bool:
    """Whether manifests, or commands that something runs, make an object with all keys that are read."""
    found = resolver.resolve(reference, placed)
    made = [each for each in (*found.definitions, *found.created) if is_made(each)] if found.status == "found" else []
    return bool(made) and all(any(key_of(each, key.value) for each in made) for key in reference.keys)


def is_made(definition: Definition) -> bool:
    """Whether an object is in a manifest, or created by what something runs."""
    return definition.provider.kind != EXAMPLE and not definition.placed.path.endswith(DOCUMENTS)


DOCUMENTS = (".md", ".txt", ".rst", ".adoc")
"""How files end that are for a reader, who may do what they say or not."""


REMOVING = (
    "the definition has another name",
    "the definition is removed",
    "the key has another name",
    "the definition is in another namespace",
    "an entry of `resources` is dropped",
)
"""The mistakes that another definition of the same object makes up for."""


def described(before: Result, after: Result, use: Use, seed: Seed, shift: int) -> str:
    """Where a mistake is, where the object is read, and the reasons for which references around that are excused."""

    def at(path: str, span: Span) -> str:
        return f"{path}:{before.texts.get(path).text.count(chr(10), 0, span.start) + 1}"

    path, span = use.reader
    line = before.texts.get(path).text.count("\n", 0, span.start) + 1
    whys = [
        f"{each.code}: {each.why}"
        for each in after.outcome.unverified
        if each.location.path == path and abs(each.location.start.line - line - shift) <= 1
    ]
    return (
        f"at {at(seed.path, seed.span)}, read at {at(path, span)} ({use.definition.provider.kind}): {'; '.join(whys)}"
    )


def run(folder: Path, each: int, *, verbose: bool) -> Counter[tuple[str, str, bool]]:
    """Makes mistakes in a copy of a repository, and counts those that are found."""
    counts: Counter[tuple[str, str, bool]] = Counter()
    with tempfile.TemporaryDirectory(prefix="cmlint-seeds-") as temporary:
        copy = Path(temporary) / folder.name
        shutil.copytree(folder, copy, symlinks=True)
        os.chdir(copy)
        before = checked()
        for name, use, seed in seeds_in(before, each):
            text = Path(seed.path).read_text(encoding="utf-8")
            changed = text[: seed.span.start] + seed.text + text[seed.span.end :]
            Path(seed.path).write_text(changed, encoding="utf-8")
            after = checked()
            Path(seed.path).write_text(text, encoding="utf-8")
            after_seed = seed.path == use.reader[0] and seed.span.start < use.reader[1].start
            shift = changed.count("\n") - text.count("\n") if after_seed else 0
            found = is_found(before, after, use, seed, shift)
            harmless = not found and is_harmless(after, use, name, shift, before)
            counts[name, use.kind, found] += not harmless
            if verbose or not found:
                what = "found" if found else "harmless" if harmless else "MISSED"
                print(f"{what}: {name}: {use.kind} {described(before, after, use, seed, shift)}", flush=True)
        os.chdir("/")
    return counts


def main() -> int:
    """Prints how many mistakes of each kind are found."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--each", type=int, default=2, help="how often each mistake is made (default 2)")
    parser.add_argument("--list", action="store_true", help="print what is found as well")
    options = parser.parse_args()
    counts: Counter[tuple[str, str, bool]] = Counter()
    for folder in options.folders:
        counts += run(folder.resolve(), options.each, verbose=options.list)
    print(f"{'mistake':40} {'ConfigMap':>12} {'Secret':>12}")
    for name in [*KINDS, "all"]:
        figures = []
        for kind in ("ConfigMap", "Secret"):
            done = [
                (found, number) for (each, of, found), number in counts.items() if name in (each, "all") and of == kind
            ]
            figures.append(f"{sum(n for found, n in done if found)} of {sum(n for _, n in done)}")
        print(f"{name:40} {figures[0]:>12} {figures[1]:>12}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
