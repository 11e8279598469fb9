"""From places in a built text back to where they were written.

A built object has no lines of its own, so a place in it is described by its path (`spec.containers[name=web].image`),
and looked for in whatever may have written it, the last writer first: exactly the same text counts most, then one that
the built text contains (a name before its prefix and suffix), then another text at the same path. What is found nowhere
is at the head of the object's own document.
"""

from __future__ import annotations

import os
import re
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

from cmlint.bundle.documents import is_hashed
from cmlint.manifest.comments import read_ignores
from cmlint.manifest.documents import cut
from cmlint.model.facts import Document, FileFacts, Ignore, ImageSetting, Scalar, Span
from cmlint.model.values import Changed, Missing, Value
from cmlint.sources.files import KUSTOMIZATIONS, SUFFIXES
from cmlint.sources.kustomize import writers
from cmlint.sources.kustomize.kustomization import Kustomization, Project
from cmlint.sources.kustomize.origins import Origin
from cmlint.sources.kustomize.secrets import masked_in
from cmlint.sources.yaml_tree import FileSpan, Part, read_part

SAME, CONTAINED = 2, 1


class Step(NamedTuple):
    """One step from a value to a part of it: the name of a field, or the index and the content of an item."""

    name: str | None
    number: int
    built: Part


class WrittenPart(NamedTuple):
    """Where something was written: its place, its value, and how like the built one it is."""

    place: FileSpan
    part: Part
    likeness: int


class BuiltText:
    """A text that was built in `folder`; `leaf` is the kustomization that builds it, where that is known.

    `names` are those of its ConfigMaps and Secrets. It is not `complete` if something that it names is left out.
    """

    last_wins = False
    values: str | None = None
    rendered = False

    def __init__(  # noqa: PLR0913 - all that leads back from what is built
        self,
        shown: str,
        text: str,
        origins: list[Origin],
        *,
        folder: str,
        project: Project,
        leaf: Kustomization | None,
        names: Mapping[str, Scalar],
        complete: bool = True,
    ) -> None:
        self.shown, self.text, self.origins, self.folder = shown, text, origins, folder
        self.project, self.leaf = project, leaf
        self.starts = [origin.start for origin in origins]
        self.objects: dict[int, BuiltObject] = {}
        self.names, self.complete = names, complete
        self.led_to: set[str] = set()

    def object_at(self, offset: int) -> BuiltObject | None:
        """The object at a character of the text, unless it has no origin."""
        number = bisect_right(self.starts, offset) - 1
        if number < 0:
            return None
        if number not in self.objects:
            start = self.starts[number]
            end = self.starts[number + 1] if number + 1 < len(self.starts) else len(self.text)
            root = read_part(self.shown, self.text[start:end], start) or Part(FileSpan(self.shown, start, end))
            self.objects[number] = BuiltObject(self, root, self.origins[number])
        return self.objects[number]

    def lead(self, span: Span) -> tuple[str, Span]:
        """Where a stretch of the text was written; the text itself where nothing is known of it."""
        built = self.object_at(span.start)
        place = built.lead(span) if built else FileSpan(self.shown, span.start, span.end)
        self.led_to.add(place.path)
        return place.path, place.span

    def spelled(self, name: Scalar) -> str:
        """An object's name as it was written, without the prefixes, suffixes and hashes that building adds."""
        built = self.object_at(name.start)
        return built.least if built and built.least and built.least in name.value else name.value

    def kustomizations(self) -> Iterable[str]:
        """The paths of the kustomizations that it was built from."""
        return (one.shown for one in self.project.tree(self.leaf)) if self.leaf else ()

    def reword(self, text: str) -> str:
        """A text in which the ConfigMaps and Secrets of this one have their names as they were written."""
        parts = text.split("`")
        return "`".join(
            self.spelled(self.names[part]) if i % 2 and part in self.names else part for i, part in enumerate(parts)
        )

    def advise(self, text: str) -> str:
        """A help about it."""
        return self.reword(text)

    def ignores(self, path: str) -> Sequence[Ignore]:
        """The suppressions in a text that it was built from."""
        return ignores_in(self.project, path)

    def masked(self) -> Mapping[str, Sequence[Span]]:
        """What must not be shown of the texts that it has led to."""
        return {path: masked_in(self.project, path) for path in self.led_to if path in self.project.texts}

    def image_settings(self) -> Iterator[ImageSetting]:
        """The entries of `images` of the kustomization that builds it, and of those that it uses.

        Where something is left out, nobody knows to which images they apply.
        """
        for one in self.project.tree(self.leaf) if self.leaf and self.complete else ():
            names = [(name, entry) for entry in one.root.entries("images") if (name := entry.at("name")) and name.text]
            texts = self.texts_below(one) if names and one is not self.leaf else ()
            for name, entry in names if texts is not None else ():
                path, start, end = name.place
                named = name.text or ""
                yield ImageSetting(path, Scalar(named, start, end), entry.word("newName") or named, texts or ())

    def texts_below(self, one: Kustomization) -> tuple[str, ...] | None:
        """The texts to which a kustomization applies its settings; None where not all of them are here.

        A component applies them to all that is before it: `accumulateComponents` in `api/internal/target/kusttarget.go`
        of kubernetes-sigs/kustomize.
        """
        tree = self.project.tree(self.leaf if one.is_component and self.leaf else one)
        if any(each.remotes or each.charts or each.plugins or not each.is_read for each in tree):
            return None
        files = sorted(self.project.used_by(tree) - {self.project.disk.real_path(one.path)})
        patches = (patch.text or "" for patch in one.inline_patches)
        return (*map(self.project.readable, files), *patches)

    def values_of(self, span: Span) -> Sequence[Value]:
        """A kustomization has none."""
        return ()

    def missing(self) -> Iterator[Missing]:
        """A kustomization reads no values."""
        return iter(())

    def changed(self) -> Iterator[Changed]:
        """A kustomization reads no values."""
        return iter(())

    def through(self, path: str) -> tuple[str, Span] | None:
        """The entry by which the leaf brings in the file at a path, unless it names that itself."""
        if self.leaf is None:
            return None
        real = self.project.disk.real_path(path)
        if real in self.project.used_by([self.leaf]):
            return None
        for part in self.leaf.named:
            folder = self.leaf.full(part.text or "")
            used = self.project.in_folder(folder) if self.project.disk.is_folder(folder) else None
            if used and real in self.project.used_by(self.project.tree(used)):
                return part.place.path, part.place.span
        return self.leaf.shown, self.leaf.root.place.span

    @cached_property
    def sources(self) -> dict[str, str]:
        """The files that it was built from: their paths as shown, and the real ones."""
        if self.leaf is None:
            return {}
        used = self.project.used_by(self.project.tree(self.leaf))
        inside = (path for path in sorted(used) if self.project.is_inside(path))
        return {self.project.shown(path): path for path in inside if self.project.disk.is_file(path)}

    def paths(self) -> Iterable[str]:
        """The paths of the texts that it was built from; of one from elsewhere, its own."""
        return self.sources or (self.shown,)

    def turned_off(self) -> Collection[str]:
        """The paths of files that its kustomizations name in a comment only."""
        tree = self.project.tree(self.leaf) if self.leaf else ()
        return {self.project.shown(path) for one in tree for path in one.turned_off}

    def renames(self, target: str, kind: str, path: str) -> bool:
        """Whether its kustomizations tell kustomize that a field of a custom resource names an object of this kind."""
        tree = self.project.tree(self.leaf) if self.leaf else ()
        field = re.sub(r"\[[^\]]*\]", "", path).replace(".", "/")
        specs = (spec for one in tree for spec in one.name_references(target) if spec.word("kind") in ("", kind))
        return any(spec.word("path").replace("[]", "") in (field, f"{field}/name") for spec in specs)

    def used(self) -> Iterator[tuple[str, FileFacts]]:
        """Those of these texts that have suppressions."""
        for shown, path in self.sources.items():
            if path.endswith((*SUFFIXES, *KUSTOMIZATIONS)) and (facts := suppressing(self.project, path)):
                yield shown, facts


class BuiltObject:
    """One object of a built text."""

    def __init__(self, text: BuiltText, root: Part, origin: Origin) -> None:
        self.text, self.root, self.origin = text, root, origin
        self.project = text.project

    def full(self, path: str) -> str:
        """The real path of what the origin names."""
        return self.project.disk.real_path(os.path.join(self.text.folder, path))

    @cached_property
    def document(self) -> Part | None:
        """The document that the object was made of; None for a generated one.

        A patch may write any origin, so only a file that was used is read.
        """
        if not self.origin.path or self.origin.repo:
            return None
        path = self.full(self.origin.path)
        used = self.text.leaf is None or path in self.text.sources.values()
        return writers.own_document(self.project.read_parts(path), self.root) if used else None

    @cached_property
    def first(self) -> Part | None:
        """The document, or what the generator wrote."""
        generator = self.kustomization_at(self.origin.configured_in) if not self.origin.repo else None
        found = writers.generated(self.project, generator, self.root) if generator else []
        return found[0] if found else self.document

    @cached_property
    def chain(self) -> list[Kustomization]:
        """The kustomizations that the object went through, the last first."""
        paths = dict.fromkeys(reversed(self.origin.transformed_in))
        return [found for path in paths if (found := self.kustomization_at(path))]

    @cached_property
    def generating(self) -> list[Kustomization]:
        """The kustomizations whose generators may add to the object: all, the last first."""
        tree = self.project.tree(self.text.leaf) if self.text.leaf else self.chain
        return list(reversed(tree))

    @cached_property
    def writers(self) -> list[Part]:
        """What may have written parts of the object, the last first."""
        least = self.least
        found = [part for k in self.chain for part in writers.patched(self.project, k, self.root, least)]
        if least:
            found += [p for k in self.generating for p in writers.generated(self.project, k, self.root, least)]
        return [*found, self.first] if self.first else found

    @property
    def least(self) -> str:
        """The name that the object began with."""
        return self.first.word("metadata", "name") if self.first else ""

    def kustomization_at(self, path: str) -> Kustomization | None:
        """The kustomization whose file is at a path, where it is on this machine."""
        folder = os.path.dirname(self.full(path)) if path else ""
        tree = self.project.tree(self.text.leaf) if self.text.leaf and folder else ()
        return next((one for one in tree if one.folder == folder), None)

    @property
    def head(self) -> FileSpan:
        """The place that represents the object: its name, else its document, else the kustomization that adds it."""
        if self.first:
            name = self.first.at("metadata", "name")
            return name.place if name else self.first.place
        generator = self.kustomization_at(self.origin.configured_in)
        if generator and not self.origin.repo:
            return next((chart.place for chart in generator.charts), generator.root.place)
        if self.text.leaf:
            remote = next(iter(self.text.leaf.remotes), None)
            return remote.place if remote else self.text.leaf.root.place
        return self.root.place

    def lead(self, span: Span) -> FileSpan:
        """Where a stretch of the object was written."""
        target = target_of(self.root, span)
        found = self.find(target)
        return self.within(found.place, target.place, span) if found else self.head

    def find(self, target: Target) -> WrittenPart | None:
        """What was written for a part of the object: the most alike, and of those the last that was written."""
        if not target.steps:
            return WrittenPart(self.first.place, self.first, SAME) if self.first else None
        return max(self.all_found(target), key=lambda found: found.likeness, default=None)

    def all_found(self, target: Target) -> Iterator[WrittenPart]:
        """The same part in everything that may have written it, the last first."""
        steps, part = target.steps, target.part
        if steps[-1].name == "image" and part.text and not target.key:
            for kustomization in self.chain:
                yield from (WrittenPart(p.place, p, SAME) for p in writers.image_settings(kustomization, part.text))
        path = [step.name for step in steps if step.name is not None]
        if path == ["metadata", "namespace"] and not target.key:
            spaces = (one.root.at("namespace") for one in self.chain)
            yield from (WrittenPart(p.place, p, SAME) for p in spaces if p and p.text == part.text)
        if part.text and not target.key:
            for kustomization in self.chain:
                found = writers.replaced(self.project, kustomization, self.root, self.least, path)
                yield from (WrittenPart(p.place, p, CONTAINED) for p in found)
        for writer in self.writers:
            parent = follow(writer, steps[:-1])
            own = step_into(parent, steps[-1]) if parent else None
            if parent and own:
                likeness = likeness_of(own, part)
                if target.key and steps[-1].name:
                    yield WrittenPart(parent.fields[steps[-1].name].key, own, likeness)
                elif likeness or part.text is not None:
                    yield WrittenPart(own.place, own, likeness)

    def within(self, place: FileSpan, target: FileSpan, span: Span) -> FileSpan:
        """The same part of another place as a stretch is of its own, where that has the same text once."""
        if (span.start, span.end) == target[1:]:
            return place
        written = self.project.texts[place.path][place.start : place.end]
        wanted = self.text.text[span.start : span.end]
        if written.count(wanted) != 1:
            return place
        start = place.start + written.index(wanted)
        return FileSpan(place.path, start, start + len(wanted))


class Target(NamedTuple):
    """What a stretch of a built object belongs to: the steps to a value, the value, and whether it is its key."""

    steps: list[Step]
    part: Part
    key: FileSpan | None = None

    @property
    def place(self) -> FileSpan:
        """Where it is."""
        return self.key or self.part.place


def target_of(root: Part, span: Span) -> Target:
    """The smallest value, or key, that a stretch is in; one that is several entries long belongs to the first key."""
    target = Target([], root)
    while inner := inside(target, span):
        target = inner
        if target.key:
            return target
    for name, field in target.part.fields.items():
        if field.key.start == span.start and (span.start, span.end) != target.place[1:]:
            return Target([*target.steps, Step(name, 0, field.value)], field.value, field.key)
    return target


def inside(target: Target, span: Span) -> Target | None:
    """The part of a value that a stretch is in, or None."""
    for name, field in target.part.fields.items():
        key = field.key if covers(field.key, span) else None
        if key or covers(field.value.place, span):
            return Target([*target.steps, Step(name, 0, field.value)], field.value, key)
    for index, item in enumerate(target.part.items):
        if covers(item.place, span):
            return Target([*target.steps, Step(None, index, item)], item)
    return None


def covers(place: FileSpan, span: Span) -> bool:
    """Whether a stretch is in a place."""
    return place.start <= span.start and span.end <= place.end


def follow(part: Part | None, steps: list[Step]) -> Part | None:
    """What is at the end of the steps in another tree, or None."""
    for step in steps:
        part = step_into(part, step) if part else None
    return part


def step_into(part: Part, step: Step) -> Part | None:
    """One step in another tree."""
    if step.name is not None:
        field = part.fields.get(step.name)
        return field.value if field else None
    name = step.built.word("name")
    best: tuple[int, bool] = (0, False)
    found: Part | None = None
    for index, item in enumerate(part.items):
        own = item.word("name")
        rank = likeness_of(item, step.built), index == step.number
        if (is_called(own, name) if own else any(rank)) and (found is None or rank > best):
            best, found = rank, item
    return found


def is_called(own: str, name: str) -> bool:
    """Whether an entry of a list is the one with a name in what is built; the name of a generated object has a hash."""
    return own == name or (own in name and is_hashed(name))


def likeness_of(part: Part, built: Part) -> int:
    """How much of a built value another has: twice for each scalar that is the same, once for each contained in it."""
    if part.text is not None and built.text is not None:
        if part.text == built.text:
            return SAME
        return CONTAINED if part.text and part.text in built.text else 0
    total = sum(
        likeness_of(field.value, built.fields[name].value)
        for name, field in part.fields.items()
        if name in built.fields
    )
    for item in part.items:
        total += max((likeness_of(item, other) for other in built.items), default=0)
    return total


def ignores_in(project: Project, shown: str) -> tuple[Ignore, ...]:
    """The suppressions in comments of a text."""
    text = project.texts.get(shown, "")
    return tuple(read_ignores(text, cut(text))) if "cmlint:" in text else ()


def suppressing(project: Project, path: str) -> FileFacts | None:
    """The facts of a file that has suppressions; a kustomization counts as an object, which it is not."""
    try:
        text = project.text(path)
    except (OSError, UnicodeDecodeError):
        return None
    if "cmlint" not in text:
        return None
    if os.path.basename(path) not in KUSTOMIZATIONS:
        return project.facts(path)
    whole = Span(0, len(text))
    return FileFacts(
        (Document(span=whole, head=whole, api_version="", kind="Kustomization", name=None, namespace=None),),
        ignores=ignores_in(project, project.shown(path)),
    )


def names_in(facts: FileFacts) -> dict[str, Scalar]:
    """The names of all ConfigMaps and Secrets that are called after their document, and where each is written."""
    return {
        provider.name.value: provider.name
        for document in facts.documents
        for provider in document.providers
        if provider.name == document.name
    }
