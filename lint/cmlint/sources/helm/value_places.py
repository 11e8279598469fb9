"""What helm renders of a chart, with the places in files of values that its templates read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

from cmlint.kube.credentials import may_be_secret
from cmlint.kube.numbers import exponents_in, is_rewritten
from cmlint.model.facts import Span
from cmlint.model.values import Changed, Missing, Value
from cmlint.sources.helm.actions import Reading, Route
from cmlint.sources.helm.template import entry_behind
from cmlint.sources.helm.template_places import RenderedText, Templates
from cmlint.sources.helm.values import Values, Written
from cmlint.sources.kustomize.places import target_of
from cmlint.sources.yaml_tree import Part

COLLECTING = frozenset(("toYaml", "toJson", "indent", "nindent"))
"""The functions that print a mapping or a list as well as a scalar."""

LONGEST = 1000
"""The most characters of a text in which the values are looked for that it is made of."""


class TemplateRead(NamedTuple):
    """A reading in the template at a path, for the chart that some names lead to."""

    path: str
    names: Route
    reading: Reading

    @property
    def route(self) -> Route:
        """The route in the values of the chart that is rendered."""
        return (*self.names, *self.reading.route)


class ChartText(RenderedText):
    """What helm renders of a chart with some values; `mine` says that cmlint knows all of these."""

    def __init__(
        self,
        shown: str,
        text: str,
        templates: Templates,
        given: Values,
        *,
        values: str | None = None,
        mine: bool = True,
    ) -> None:
        super().__init__(shown, text, templates, values)
        self.given, self.mine = given, mine

    def values_of(self, span: Span) -> list[Value]:
        """The values that a stretch of the text was made of, where files have them; none that may be a secret."""
        text = self.text[span.start : span.end]
        if len(text) > LONGEST:
            return []
        return list(dict.fromkeys(written.value for _, written in self.read_in(span, text)))

    def read_in(self, span: Span, text: str) -> Iterator[tuple[TemplateRead, Written]]:
        """What was read for a stretch, as far as it can have become a part of this text."""
        for read in self.reads_at(span):
            known = not self.may_be_secret(read.route)
            written = self.given.written(read.names, read.reading.route, text) if known else None
            if written:
                self.point_to(written, shown=True)
                yield read, written

    def point_to(self, written: Written, *, shown: bool) -> None:
        """Notes that a finding points to a value, and whether that may be shown."""
        place = written.part.place
        _, spans = self.templates.pointed.setdefault(place.path, (written.layer, set()))
        spans.update([place.span] * shown)

    def reads_at(self, span: Span) -> Iterator[TemplateRead]:
        """What the lines of a template read from which a stretch was rendered."""
        rendered = self.object_at(span.start)
        path, place = self.lead(span)
        if rendered is None or rendered.chunk is None or path != rendered.chunk.path:
            return
        start = self.templates.text(path).rfind("\n", 0, place.start) + 1
        end = entry_behind(rendered.chunk, self.templates.text(path), place.end)
        yield from self.reads(path, self.names_at(span.start), start, end)

    def reads(self, path: str, names: Route, start: int, end: int) -> Iterator[TemplateRead]:
        """What a part of a template reads, with the helpers that it includes."""
        for inner, reading in self.templates.reach(self.templates.actions(path), start, end):
            yield TemplateRead(inner or path, names, reading)

    def may_be_secret(self, route: Route) -> bool:
        """Whether a value has the name of a credential, or a template of a Secret reads it."""
        named = any(map(may_be_secret, route))
        return named or any(one[: len(route)] == route[: len(one)] for one in self.secret)

    @cached_property
    def secret(self) -> set[Route]:
        """The routes that templates of Secrets read."""
        found: set[Route] = set()
        for start, path, names in self.sources:
            rendered = self.object_at(start) if path else None
            if path and rendered and rendered.root.word("kind") == "Secret":
                found |= {read.route for read in self.reads(path, names, 0, len(self.templates.text(path)))}
        return found

    def masked(self) -> Mapping[str, Sequence[Span]]:
        """What must not be shown, of files of values all that no finding is about."""
        found = dict(super().masked())
        for path, (layer, shown) in self.templates.pointed.items():
            hidden = [span for span in found.get(path, ()) if not any(map(span.overlaps, shown))]
            scalars = (scalar.place.span for scalar in layer.root.scalars())
            found[path] = [*hidden, *(span for span in scalars if span not in shown)]
        return found

    # mistakes

    def missing(self) -> Iterator[Missing]:
        """The places that read a value which no file has, where one of a near name is."""
        for read in self.all_reads if self.mine else ():
            reading, names = read.reading, read.names
            if reading.route in self.optional or not reading.plain:
                continue
            if not all(self.given.holds(names, condition) for condition in reading.conditions):
                continue
            near = self.given.near(names, reading.route)
            if near and (near.part.text is not None or reading.words & {"toYaml", "toJson"}):
                self.point_to(near, shown=not self.may_be_secret((*names, *near.route)))
                meant = ".".join(near.route)
                yield Missing(read.path, reading.span, ".".join(reading.route), meant, near.value)

    @cached_property
    def all_reads(self) -> list[TemplateRead]:
        """All that the templates read that have written something, and the helpers of the chart."""
        paths = dict.fromkeys((path, names) for _, path, names in self.sources if path)
        actions = [(path, names, self.templates.actions(path)) for path, names in paths]
        actions += ((path, (), inner) for path, inner in dict(self.templates.helpers.values()).items())
        return list(
            dict.fromkeys(TemplateRead(path, names, each) for path, names, inner in actions for each in inner.readings)
        )

    @cached_property
    def optional(self) -> set[Route]:
        """The routes of which some template says what to do where they are missing."""
        actions = map(self.templates.actions, self.templates.paths)
        return {reading.route for each in actions for reading in each.readings if not reading.plain}

    def changed(self) -> Iterator[Changed]:
        """The places that write a large number of the values into a text, in another form."""
        for start, end in pairwise((*self.starts, len(self.text))):
            rendered = self.object_at(start) if exponents_in(self.text[start:end]) else None
            if rendered and rendered.root.word("kind") != "Secret":
                for scalar in rendered.root.scalars():
                    yield from self.changed_in(rendered.root, scalar)

    def changed_in(self, root: Part, scalar: Part) -> Iterator[Changed]:
        """The same in one value; a plain number and a tag are other mistakes."""
        span = scalar.place.span
        numbers = exponents_in(scalar.text or "")
        if (
            not numbers
            or self.text[span.start : span.end] in numbers
            or target_of(root, span).steps[-1].name == "image"
        ):
            return
        last = {written.value: (read, written) for read, written in self.read_in(span, scalar.text or "")}
        for read, written in last.values():
            for number in numbers:
                if is_rewritten(written.value.written, number):
                    yield Changed(read.path, read.reading.action, number, written.value)
