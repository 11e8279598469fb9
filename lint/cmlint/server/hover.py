"""What hover shows of a name, a key, a variable, an image or a rule under the cursor, but never a value of a Secret."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import quote

from cmlint.bundle.documents import LIVE, Definition
from cmlint.bundle.environment import Origin, Variable
from cmlint.bundle.image_explanation import ImageSettings, known_of
from cmlint.bundle.places import holds
from cmlint.bundle.readers import Effect, effect_of
from cmlint.config.selection import settings_of
from cmlint.kube.credentials import may_be_secret
from cmlint.model.facts import Key, Span
from cmlint.server import at, navigate
from cmlint.server.at import Spot, Word
from cmlint.server.positions import Range
from cmlint.system.markdown import code, coded, plain
from cmlint.system.text import printable

MOST_LINES, MOST_CHARACTERS = 20, 80
"""The most keys or readers in a list, and the most characters of a value."""

HIDDEN = "not shown"
NOT_A_STRING = "not a string, so the API server rejects it"
UNKNOWN = "not known from these files"
LATE = "known only when it runs"
"""What is shown in the place of a value that may be a secret."""

EFFECTS: dict[Effect, str] = {
    "breaks": "breaks",
    "rejected": "a change is refused",
    "next-start": "restart needed",
    "next-run": "from the next run on",
    "rolls": "rolls by itself",
    "refreshes": "file, in about a minute",
    "controller": "its controller decides",
    "none": "no effect",
}
"""What a change does to a reader, in few words."""


class Hover(NamedTuple):
    """What is shown, in Markdown or as plain text, and of which place."""

    text: str
    range: Range


class Page:
    """Lines of Markdown, or the same as plain text."""

    def __init__(self, *, markdown: bool) -> None:
        self.markdown, self.lines = markdown, list[str]()

    def head(self, text: str) -> None:
        """Adds a heading."""
        self.lines.append(f"**{text}**" if self.markdown else text)

    def say(self, text: str) -> None:
        """Adds a paragraph."""
        self.lines.append(f"\n{text}" if self.markdown else text)

    def item(self, text: str) -> None:
        """Adds an item of a list."""
        self.lines.append(f"- {text}")

    def code(self, text: str) -> str:
        """A text from the files as code, in one line."""
        return code(text) if self.markdown else printable(text)

    def plain(self, text: str) -> str:
        """A text from the files, which is not Markdown, in one line."""
        return plain(text) if self.markdown else printable(text)

    def sentence(self, text: str) -> str:
        """A sentence that may quote the files between backticks, in one line."""
        return coded(text) if self.markdown else printable(text)

    def link(self, text: str, uri: str) -> str:
        """A link."""
        return f"[{self.plain(text)}]({quote(uri, safe=':/%#?=&')})" if self.markdown else self.plain(text)

    def listed(self, items: Sequence[str], noun: str) -> None:
        """Adds a list, of which only the beginning is shown where it is long."""
        for each in items[:MOST_LINES]:
            self.item(each)
        if len(items) > MOST_LINES:
            self.say(f"and {len(items) - MOST_LINES} more {noun}")

    @property
    def text(self) -> str:
        """The page."""
        return "\n".join(self.lines)


def hover(spot: Spot, *, markdown: bool) -> Hover | None:
    """What is shown of what is under the cursor; None where nothing is known."""
    page = Page(markdown=markdown)
    span = (
        about_word(spot, page)
        or about_expansion(spot, page)
        or about_variable(spot, page)
        or about_image(spot, page)
        or about_rule(spot, page)
    )
    place = spot.locator.place(spot.point.path, span) if span and page.lines else None
    return Hover(page.text, place.range) if place else None


def about_word(spot: Spot, page: Page) -> Span | None:
    """The name of an object, or one of its keys."""
    word = at.word_at(spot)
    meant = at.defined_for(word) if word else []
    if not word or not meant:
        return None
    definition = meant[0][1]
    title = f"{word.target} {page.code(definition.spelled)}"
    page.head(f"{title}, key {page.code(word.key)}" if word.key is not None else title)
    for _, each in meant[:MOST_LINES]:
        page.say(f"defined in {where(each, word.key, spot, page)}")
    if word.key is None:
        page.say("")
        page.listed(keys_of(definition, page), "keys")
    else:
        for key in [key for key in definition.provider.keys if key.name == word.key][-1:]:
            page.say(f"value: {value_of(key, definition, page)}")
    tell_readers(spot, word, page)
    return word.span


def where(definition: Definition, key: str | None, spot: Spot, page: Page) -> str:
    """Where a definition is, with a link to it."""
    if definition.placed.number == LIVE:
        return f"the cluster: {page.code(definition.placed.path)}"
    place = navigate.place_of(definition, key, spot.locator)
    if place is None:
        return page.code(definition.placed.path)
    line = place.range.start.line + 1
    name = f"{spot.project.shown(place.path)}:{line}"
    return page.link(name, f"{spot.locator.workspace.uri_of(place.path)}#L{line}")


def keys_of(definition: Definition, page: Page) -> list[str]:
    """The keys of an object with their values."""
    found = [f"{page.code(key.name)}: {value_of(key, definition, page)}" for key in definition.provider.keys]
    return [*found, "and perhaps other keys"] if definition.provider.open else found or ["no keys"]


def value_of(key: Key, definition: Definition, page: Page) -> str:
    """The value of a key, as far as it may be shown."""
    if definition.provider.target == "Secret" or may_be_secret(key.name):
        return HIDDEN
    if key.binary:
        return "binary"
    if key.value is not None:
        return shortened(key.value, page)
    if definition.placed.number == LIVE:
        return HIDDEN
    return NOT_A_STRING if definition.provider.kind == "ConfigMap" else UNKNOWN


def shortened(value: str, page: Page) -> str:
    """The beginning of a value."""
    cut = value if len(value) <= MOST_CHARACTERS else f"{value[:MOST_CHARACTERS]}…"
    return page.code(cut) if cut else "empty"


def tell_readers(spot: Spot, word: Word, page: Page) -> None:
    """Who reads it, each with what a change does."""
    found = dict.fromkeys(said(each, page) for each in navigate.readers(spot, word) if not each.apart)
    if found:
        page.say(f"read by {len(found)}:")
        page.listed(list(found), "readers")
    else:
        page.say("nothing here reads it")


def said(reader: navigate.Reader, page: Page) -> str:
    """A reader in one line."""
    read = reader.read
    document = read.placed.document
    name = read.placed.as_written(document.name.value) if document.name else "?"
    who = f"{page.plain(document.kind)} {page.code(name)}"
    if read.container and read.container.name:
        who = f"{who}, container {page.code(read.container.name.value)}"
    return f"{who} ({read.how}): {EFFECTS[effect_of(read, reader.definition)]}"


def about_expansion(spot: Spot, page: Page) -> Span | None:
    """`$(NAME)`."""
    found = at.expansion_at(spot)
    if found is None:
        return None
    name, span, inside = found
    variable = inside.bundle.environment(inside.container, inside.placed).variables.get(name)
    tell_variable(name, variable, page)
    return span


def about_variable(spot: Spot, page: Page) -> Span | None:
    """The name of a variable in `env`."""
    for inside in at.containers_at(spot):
        for entry in inside.container.env:
            path, span = inside.placed.written(entry.name.span) if entry.name else ("", Span(0, 0))
            if entry.name and path == spot.point.path and holds(span, spot.point.first):
                name = entry.name.value
                variable = inside.bundle.environment(inside.container, inside.placed).variables.get(name)
                tell_variable(name, variable, page)
                return span
    return None


def value_in(variable: Variable, page: Page) -> str:
    """The value of a variable, as far as it may be shown."""
    if variable.masked or may_be_secret(variable.name):
        return HIDDEN
    if variable.value is not None:
        return shortened(variable.value, page)
    origin = variable.origin
    if origin.definition and origin.key_fact:
        return value_of(origin.key_fact, origin.definition, page)
    return LATE if origin.kind in ("field", "resource", "file", "service") else UNKNOWN


def tell_variable(name: str, variable: Variable | None, page: Page) -> None:
    """The value of a variable, its origin, and what it hides; nothing where nothing is known of it."""
    if variable is None:
        return
    page.head(f"variable {page.code(name)}")
    page.say(f"value: {value_in(variable, page)}")
    page.say(f"from {origin_of(variable.origin, page)}")
    for shadowed in variable.shadows:
        page.say(f"hides the value from {origin_of(shadowed, page)}")


def origin_of(origin: Origin, page: Page) -> str:
    """Where a value comes from, in words."""
    if origin.kind in ("ConfigMap", "Secret"):
        key = f", key {page.code(origin.key)}" if origin.key else ""
        return f"{origin.kind} {page.code(origin.name or '?')}{key} ({origin.via})"
    named = origin.key or origin.name
    return f"{origin.kind} {page.code(named)}" if named else "this entry"


def about_image(spot: Spot, page: Page) -> Span | None:
    """An image: how it is pulled, and whether its tag moves."""
    used = at.image_at(spot)
    if used is None:
        return None
    settings = settings_of(spot.snapshot.request.config)
    ways = ImageSettings(
        settings.kubernetes_version, settings.assume_always_pull, settings.mutable_tags, settings.pinned_tags
    )
    known = known_of(used.use, used.placed, used.bundle, ways)
    page.head(f"image {page.code(used.use.written.value)}")
    if known.pull:
        image = known.pull.image
        name = f"{image.repository}{f':{image.tag}' if image.tag else ''}{f'@{image.digest}' if image.digest else ''}"
        page.say(f"Kubernetes reads {page.code(name if image.tag or image.digest else f'{name}:latest')}")
        page.say(f"pull policy: {known.pull.policy}{' (by default)' if known.pull.by_default else ''}")
    page.say(f"{'its tag moves' if known.moves else 'not reported'}: {page.sentence(known.why)}")
    if known.arrives:
        page.say(page.sentence(known.arrives))
    return used.placed.written(used.use.written.span)[1]


def about_rule(spot: Spot, page: Page) -> Span | None:
    """A rule that a suppression names."""
    found = at.rule_at(spot)
    rule = spot.project.rules.get(found[0]) if found else None
    if not found or not rule:
        return None
    page.head(f"rule {page.code(rule.name)}")
    page.say(rule.summary)
    return found[1]
