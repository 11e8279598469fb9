"""The values that a chart is rendered with, and where each is written.

Helm lays files over one another (`pkg/chartutil/coalesce.go` in helm/helm); the values of a subchart are its own file,
and over it the fields below its name in what the chart around it is given.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from cmlint.kube.near import nearest
from cmlint.kube.numbers import is_rewritten, numbers_in
from cmlint.model.facts import Span
from cmlint.model.values import Value
from cmlint.sources.helm.actions import Condition, Route, is_value
from cmlint.sources.yaml_tree import Part

GLOBAL = "global"
NOTHING = ("", "null", "~", "false", "0")
"""The scalars that count as false in a condition."""


class Layer(NamedTuple):
    """Values with the text that they are written in; those of a chart are below the fields `above`.

    What is in no file has no text.
    """

    root: Part
    text: str
    above: Route = ()

    def at(self, route: Route) -> Part | None:
        """The value at a route of the chart."""
        return self.root.at(*(() if route[:1] == (GLOBAL,) else self.above), *route)


class Values:
    """The values of a chart and its subcharts in one rendering; the last of the layers wins.

    `settings` are routes that options of helm set. `own` gives the file of a subchart by the names that lead to it, and
    `mentions` says whether such a chart, or the chart itself, knows of a value that is in none of the layers.
    """

    def __init__(
        self,
        layers: Sequence[Layer],
        settings: Iterable[Route],
        own: Callable[[Route], Layer | None],
        mentions: Callable[[Route, Route], bool],
    ) -> None:
        self.layers, self.settings, self.own, self.mentions = layers, list(settings), own, mentions

    def of(self, names: Route) -> list[Layer]:
        """The layers for the chart that some names lead to."""
        inner = [(self.own(names[:end]), names[end:]) for end in range(len(names), 0, -1)]
        found = [layer._replace(above=above) for layer, above in inner if layer]
        return [*found, *(layer._replace(above=names) for layer in self.layers)]

    def layer(self, names: Route, route: Route) -> Layer | None:
        """The layer that gives a value; None where an option does, or nothing."""
        whole = (*names, *route)
        if any(one[: len(whole)] == whole[: len(one)] for one in self.settings):
            return None
        return next((layer for layer in reversed(self.of(names)) if layer.at(route)), None)

    def written(self, names: Route, route: Route, text: str) -> Written | None:
        """Where the value at a route is written that is a part of a text; inside a collection, the only one that is it.

        A number may have become another text.
        """
        layer = self.layer(names, route)
        part = layer.at(route) if layer else None
        numbers = numbers_in(text)

        def fits(value: str) -> bool:
            is_text = value in text if part and part.text is not None else value == text.strip("\"'")
            return bool(value) and (is_text or any(is_rewritten(value, number) for number in numbers))

        found = [each for each in scalars_in(part, route) if fits(each[1].text or "")] if part else []
        return Written(layer, *found[0]) if layer and layer.text and len(found) == 1 else None

    def near(self, names: Route, route: Route) -> Written | None:
        """The value that was probably meant by a route which no layer has, but all that is around it."""
        above, name = route[:-1], route[-1]
        fields = {field for layer in self.of(names) if (part := layer.at(above)) for field in part.fields}
        meant = None if name in fields or self.mentions(names, route) else nearest(name, fields)
        layer = self.layer(names, (*above, meant)) if meant else None
        part = layer.at((*above, meant)) if layer and meant else None
        return Written(layer, (*above, meant), part) if layer and layer.text and part and meant else None

    def holds(self, names: Route, condition: Condition) -> bool:
        """Whether a condition surely holds with these values."""
        match condition:
            case (tuple() as route,):
                return self.is_true(names, route)
            case ("not", tuple() as route):
                return is_value(route) and not self.is_true(names, route)
            case ("and", *rest):
                return all(isinstance(each, tuple) and self.is_true(names, each) for each in rest)
            case ("or", *rest):
                return any(isinstance(each, tuple) and self.is_true(names, each) for each in rest)
            case _:
                return False

    def is_true(self, names: Route, path: Route) -> bool:
        """Whether what a path leads to is a value that counts as true."""
        layer = self.layer(names, path[2:]) if is_value(path) else None
        part = layer.at(path[2:]) if layer else None
        return part is not None and (bool(part.fields or part.items) or part.text not in (None, *NOTHING))


def scalars_in(part: Part, route: Route) -> Iterator[tuple[Route, Part]]:
    """The scalars in the value at a route, and their routes; items of a list have the one of the list."""
    if part.text is not None:
        yield route, part
    for name, (_, value) in part.fields.items():
        yield from scalars_in(value, (*route, name))
    for item in part.items:
        yield from scalars_in(item, route)


class Written(NamedTuple):
    """A value where a layer has it, and its route there."""

    layer: Layer
    route: Route
    part: Part

    @property
    def value(self) -> Value:
        """The value as others see it, with its route in the file."""
        path, start, end = self.part.place
        above = () if self.route[0] == GLOBAL else self.layer.above
        return Value(".".join((*above, *self.route)), self.layer.text[start:end], path, Span(start, end))
