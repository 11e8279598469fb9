"""From places in what helm renders back to the templates.

Helm says above each object from which template it comes (`# Source:`), but not from which line. The place of a value is
looked for by the fields that lead to it, first where its text is word for word, then where an action may have
written it. What is not found is shown at the nearest field around it that is, else at the object's `kind`.
"""

from __future__ import annotations

import os
import re
from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property

from cmlint.manifest.comments import read_ignores
from cmlint.manifest.documents import cut
from cmlint.manifest.masks import masked_lines
from cmlint.model.facts import Document, FileFacts, Ignore, ImageSetting, Scalar, Span
from cmlint.model.values import Changed, Missing, Value
from cmlint.sources import files
from cmlint.sources.helm.actions import Actions, Reading
from cmlint.sources.helm.template import (
    ANYTHING,
    OTHER,
    VERBATIM,
    Chunk,
    Entry,
    as_yaml,
    filled,
    likeness_of,
    read_template,
    without_actions,
)
from cmlint.sources.helm.values import Layer
from cmlint.sources.kustomize.places import Step, Target, target_of
from cmlint.sources.yaml_tree import FileSpan, Part, read_part, read_parts
from cmlint.system.files import is_within
from cmlint.system.filesystem import FileSystem

SOURCE = r"(?m)^# Source: ([^\r\n]*[^\s])[ \t]*\r?$"

UNNAMED = r"(?<!meta\.helm\.sh/)\brelease-name\b"
"""What `helm template` calls a release that has no name (helm/helm, `cmd/helm/template.go`)."""

RELEASE = "RELEASE"
"""How it is shown."""

WHOLE: tuple[tuple[str, ...], ...] = (("spec",), ("metadata",))
"""Fields that say no more of a place than the object itself."""


class Templates:
    """The templates of the chart in a folder; `find` gives the path of the file that `# Source:` names, or None."""

    def __init__(self, folder: str, disk: FileSystem, find: Callable[[str], str | None]) -> None:
        self.folder, self.disk, self.find = folder, disk, find
        self.texts: dict[str, str] = {}
        self.chunks: dict[str, list[Chunk]] = {}
        self.known: dict[str, Actions] = {}
        self.pointed: dict[str, tuple[Layer, set[Span]]] = {}

    @property
    def shown(self) -> str:
        """The place that represents the chart."""
        return self.disk.shown(os.path.join(self.folder, files.CHART))

    def path(self, source: str) -> str | None:
        """The path of the template that `# Source:` names, or None where it is not in the chart."""
        path = self.find(source)
        return self.disk.shown(path) if path else None

    def text(self, path: str) -> str:
        """A template's text; none of one that cannot be read, or to which a link leads out of the repository."""
        if path not in self.texts:
            root = self.disk.root_of(self.folder)
            try:
                inside = is_within(self.disk.real_path(path), root)
                self.texts[path] = files.read(self.disk, path, root) if inside else ""
            except (OSError, UnicodeDecodeError):
                self.texts[path] = ""
        return self.texts[path]

    def read(self, path: str) -> list[Chunk]:
        """The parts of a template."""
        if path not in self.chunks:
            self.chunks[path] = read_template(path, self.text(path))
        return self.chunks[path]

    def actions(self, path: str) -> Actions:
        """What a template reads."""
        if path not in self.known:
            self.known[path] = Actions(self.text(path))
        return self.known[path]

    @cached_property
    def helpers(self) -> dict[str, tuple[str, Actions]]:
        """The templates of the chart's own that others include: by name, the path and actions of the file."""
        own = os.path.normpath(self.disk.shown(os.path.join(os.path.normpath(self.folder), "templates", "")))
        paths = (path for path in self.paths if os.path.normpath(path).startswith(own))
        return {name: (path, self.actions(path)) for path in paths for name in self.actions(path).helpers}

    @cached_property
    def paths(self) -> list[str]:
        """All files of templates, those of subcharts and those that write nothing included."""
        entries = (entry for _, found in self.disk.tree(self.folder) for entry in found)
        named = (entry.path for entry in entries if entry.name.endswith((".tpl", ".yaml", ".yml", ".txt")))
        return [path for path in map(self.disk.shown, named) if "templates" in path.split("/")]

    def reach(self, actions: Actions, start: int, end: int) -> Iterator[tuple[str, Reading]]:
        """What is read between two places of a template, and by the helpers that are included there."""
        names = [call.name for call in actions.calls if start <= call.action.start < end and not call.helper]
        yield from (("", each) for each in actions.readings if start <= each.action.start < end and not each.helper)
        done: set[str] = set()
        while names:
            name = names.pop()
            if name in self.helpers and name not in done:
                done.add(name)
                path, inner = self.helpers[name]
                yield from ((path, each) for each in inner.readings if each.helper == name)
                names += (call.name for call in inner.calls if call.helper == name)

    def ignores(self, path: str) -> tuple[Ignore, ...]:
        """The suppressions in a template."""
        text = self.text(path)
        if "cmlint:" not in text:
            return ()
        plain = as_yaml(text)
        return tuple(read_ignores(plain, cut(plain)))

    def masked_in(self, path: str) -> list[Span]:
        """The places of a template that must not be shown, as far as its text says so."""
        text = self.text(path)
        return [span for start, end in cut(text) for span in masked_lines(text[start:end], start)]


class RenderedText:
    """What helm renders of a chart; `values` is the file of values, where the chart is rendered with several."""

    last_wins = True
    rendered = True

    def __init__(self, shown: str, text: str, templates: Templates, values: str | None = None) -> None:
        self.shown, self.text, self.templates, self.values = shown, text, templates, values
        self.sources: list[tuple[int, str | None, tuple[str, ...]]] = []
        for start, end in cut(text):
            if source := re.search(SOURCE, text[start:end]):
                self.sources.append((start, templates.path(source[1]), names_in(source[1])))
        self.starts = [start for start, _, _ in self.sources]
        self.objects: dict[int, RenderedObject] = {}

    def object_at(self, offset: int) -> RenderedObject | None:
        """The object at a character of the text, where its template is there."""
        number = bisect_right(self.starts, offset) - 1
        if number < 0 or (path := self.sources[number][1]) is None:
            return None
        if number not in self.objects:
            start = self.starts[number]
            end = self.starts[number + 1] if number + 1 < len(self.starts) else len(self.text)
            root = read_part(self.shown, self.text[start:end], start) or Part(FileSpan(self.shown, start, end))
            self.objects[number] = RenderedObject(root, self.templates.read(path))
        return self.objects[number]

    def names_at(self, offset: int) -> tuple[str, ...]:
        """The names that lead to the subchart from which the object at a character comes."""
        number = bisect_right(self.starts, offset) - 1
        return self.sources[number][2] if number >= 0 else ()

    @property
    def parts(self) -> Iterator[Chunk]:
        """The parts of templates that have written something here."""
        objects = (self.object_at(start) for start in self.starts)
        yield from (item.chunk for item in objects if item and item.chunk)

    def lead(self, span: Span) -> tuple[str, Span]:
        """The place in a template from which a stretch of the text was rendered; the chart where there is none."""
        rendered = self.object_at(span.start)
        if rendered is None:
            return (self.shown, span) if self.shown == files.STDIN else (self.shown, Span(0, 0))
        target = target_of(rendered.root, span)
        place = rendered.find(target)
        return place.path, self.within(place, span)

    def within(self, place: FileSpan, span: Span) -> Span:
        """The part of a place that has the text of a stretch, where it has it once."""
        written = without_actions(self.templates.text(place.path)[place.start : place.end])
        wanted = self.text[span.start : span.end]
        if not wanted or written.count(wanted) != 1:
            return place.span
        start = place.start + written.index(wanted)
        return Span(start, start + len(wanted))

    def lacks_value(self, span: Span, path: str = "") -> bool:
        """Whether an action has rendered nothing in the value that a stretch belongs to, or in the one at a path."""
        rendered = self.object_at(span.start)
        if rendered is None or rendered.chunk is None:
            return False
        targets = (target_of(rendered.root, span), target_at(rendered.root, path))
        return any(rendered.lacks_value(target) for target in targets if target)

    def through(self, path: str) -> tuple[str, Span] | None:
        """The file of values that the chart was rendered with: its first field."""
        if self.values is None:
            return None
        found = next((part for part in read_parts(self.values, self.templates.text(self.values)) if part.fields), None)
        first = next(iter(found.fields.values())).key.span if found else Span(0, 0)
        return self.values, first

    def image_settings(self) -> Iterator[ImageSetting]:
        """A chart has none."""
        return iter(())

    def values_of(self, span: Span) -> Sequence[Value]:
        """The values that a stretch was made of, where these are known."""
        return ()

    def missing(self) -> Iterator[Missing]:
        """The places that read a value which no file has, where one of a near name is."""
        return iter(())

    def changed(self) -> Iterator[Changed]:
        """The places that write a large number of the values into a text, in another form."""
        return iter(())

    def spelled(self, name: Scalar) -> str:
        """An object's name, which is shown as helm renders it."""
        return name.value

    def kustomizations(self) -> Iterable[str]:
        """None, for it is rendered by helm."""
        return ()

    def reword(self, text: str) -> str:
        """A text about it, with RELEASE in the place of the name that helm gives to a release that has none."""
        return re.sub(UNNAMED, RELEASE, text)

    def advise(self, text: str) -> str:
        """A help about it, which says what RELEASE means."""
        reworded = self.reword(text)
        return f"{reworded} ({RELEASE} is the name of your release)" if reworded != text else text

    def ignores(self, path: str) -> Sequence[Ignore]:
        """The suppressions in a template."""
        return self.templates.ignores(path)

    def paths(self) -> Iterable[str]:
        """The templates that objects come from; of one from elsewhere, the text itself."""
        return dict.fromkeys(path for _, path, _ in self.sources if path) or (self.shown,)

    def turned_off(self) -> Collection[str]:
        """A chart has no kustomizations."""
        return ()

    def renames(self, target: str, kind: str, path: str) -> bool:
        """Nothing renames what a chart makes."""
        return False

    def used(self) -> Iterator[tuple[str, FileFacts]]:
        """Those templates that have suppressions."""
        for path in self.paths():
            if ignores := self.templates.ignores(path):
                whole = Span(0, len(self.templates.text(path)))
                yield (
                    path,
                    FileFacts(
                        (Document(span=whole, head=whole, api_version="", kind="Template", name=None, namespace=None),),
                        ignores=ignores,
                    ),
                )

    def masked(self) -> Mapping[str, Sequence[Span]]:
        """What must not be shown: values, and in templates of Secrets all but the names of fields at the top."""
        found = {path: self.masked_in(path) for path in self.templates.chunks}
        if self.values and (place := self.through(self.values)):
            text = self.templates.text(self.values)
            end = text.find("\n", place[1].end)
            found[self.values] = [Span(place[1].end, end if end >= 0 else len(text))]
        return found

    def masked_in(self, path: str) -> list[Span]:
        """The places of one template that must not be shown."""
        text, found = self.templates.text(path), self.templates.masked_in(path)
        led_to = (item for number, item in self.objects.items() if self.sources[number][1] == path)
        if not found and any(item.root.word("kind") == "Secret" for item in led_to):
            return [Span(0, len(text))]
        return found


def names_in(source: str) -> tuple[str, ...]:
    """The names of the subcharts in what `# Source:` says."""
    return tuple(re.findall(r"/charts/([^/]+)(?=/)", source.partition("/templates/")[0] + "/"))


class RenderedObject:
    """One object of a rendered text, and the parts of the template that it comes from."""

    def __init__(self, root: Part, chunks: list[Chunk]) -> None:
        self.root, self.chunks = root, chunks

    @cached_property
    def chunk(self) -> Chunk | None:
        """The part of the template that writes the object, or None where none has its kind."""
        best = max(self.chunks, key=lambda chunk: chunk.likeness(self.root), default=None)
        return best if best and best.likeness(self.root)[0] else None

    def find(self, target: Target) -> FileSpan:
        """Where a part of the object is written, as nearly as the template shows."""
        if self.chunk is None:
            return self.chunks[0].first
        return self.written(target) or self.around(target) or self.chunk.head

    def written(self, target: Target) -> FileSpan | None:
        """Where a value or a key is written; of a mapping or a list, its first scalar is looked for."""
        if target.part.text is None and not target.key:
            scalar = next(target.part.scalars(), None)
            if scalar is None or scalar is self.root:
                return None
            target = target_of(self.root, scalar.place.span)
        entry = self.best(target)
        if entry is None:
            return None
        return entry.key if target.key and entry.key else entry.value

    def best(self, target: Target) -> Entry | None:
        """The entry that most likely wrote a part; None where several may have.

        Of several below the same fields, the one with the fewest other fields around it: a field at the top of an
        object is not one of the same name in a container.
        """
        names = names_of(target.steps)
        ranked: dict[tuple[int, ...], list[Entry]] = {}
        assert self.chunk
        for entry in self.chunk.entries:
            if bool(entry.key) == (target.steps[-1].name is not None) and entry.path[-1:] == names[-1:]:
                likeness, near = likeness_to(entry, target.part), shared(entry.path, names)
                items = self.items_alike(entry, target.steps)
                if (likeness == VERBATIM or (likeness and near == len(names) == len(entry.path))) and items is not None:
                    rank = near, likeness, items, near - len(entry.path), len(entry.text.replace(ANYTHING, ""))
                    ranked.setdefault(rank, []).append(entry)
        if not ranked:
            return None
        found = ranked[max(ranked)]
        return found[0] if len(found) == 1 or likeness_to(found[0], target.part) == VERBATIM else None

    def items_alike(self, entry: Entry, steps: list[Step]) -> int | None:
        """How many of the items around an entry surely have the name of those around a part; None where one has not."""
        assert self.chunk
        total = 0
        for number, step in zip(entry.items, (step for step in steps if step.name is None), strict=False):
            name, wanted = self.chunk.names.get(number), step.built.word("name")
            if name is not None:
                likeness = likeness_of(name, wanted)
                if likeness == OTHER:
                    return None
                total += likeness
        return total

    def lacks_value(self, target: Target) -> bool:
        """Whether an action has rendered nothing in a value."""
        entry = self.best(target._replace(key=None)) if target.steps and target.part.text is not None else None
        return entry is not None and "" in filled(entry.text, target.part.text or "")

    def around(self, target: Target) -> FileSpan | None:
        """The nearest field around a part that the template has once at the same path."""
        assert self.chunk
        names = names_of(target.steps)
        while names and names not in WHOLE:
            ranked: dict[int, list[FileSpan]] = {}
            for entry in self.chunk.entries:
                if entry.path == names and entry.key and (alike := self.items_alike(entry, target.steps)) is not None:
                    ranked.setdefault(alike, []).append(FileSpan(entry.key.path, entry.key.start, entry.value.end))
            if ranked and len(found := ranked[max(ranked)]) == 1:
                return found[0]
            names = names[:-1]
        return None


def target_at(root: Part, path: str) -> Target | None:
    """What is at a path like `spec.containers[0].image`, or None."""
    steps: list[Step] = []
    part = root
    for name, number in re.findall(r"([^.\[\]]+)|\[([0-9]{1,9})\]", path):
        if name and (field := part.fields.get(name)):
            part = field.value
        elif number and int(number) < len(part.items):
            part = part.items[int(number)]
        else:
            return None
        steps.append(Step(name or None, int(number or 0), part))
    return Target(steps, part)


def names_of(steps: list[Step]) -> tuple[str, ...]:
    """The names of the fields on a way."""
    return tuple(step.name for step in steps if step.name is not None)


def shared(path: tuple[str, ...], names: tuple[str, ...]) -> int:
    """How many fields two ways have in common, counted from their ends."""
    count = 0
    for one, other in zip(reversed(path), reversed(names), strict=False):
        if one != other:
            break
        count += 1
    return count


def likeness_to(entry: Entry, part: Part) -> int:
    """How like a rendered value what an entry writes is; a mapping or a list has no text on its line but actions."""
    if part.text is None:
        return VERBATIM if not entry.text or ANYTHING in entry.text or entry.text[0] in "{[" else OTHER
    return likeness_of(entry.text, part.text)
