"""What a text creates by command: `kubectl create configmap|secret ...`, and objects in here-documents.

How kubectl gets from its arguments to an object is in `staging/src/k8s.io/kubectl/pkg/cmd/create/create_configmap.go`
and `create_secret*.go`, and from a source to a key in `pkg/util/util.go` beside them (ParseFileSource,
ParseLiteralSource). A name or key with a variable is not known; neither is what is in a folder or an env file.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from itertools import islice
from typing import NamedTuple

import msgspec

from cmlint.knowledge.placeholders import is_placeholder
from cmlint.kube.names import SUBDOMAIN, why_not_data_key
from cmlint.manifest.shell import (
    BLANK,
    EXPANSION,
    LIMIT,
    LONGEST,
    VARIABLE,
    Lines,
    PlacedCutter,
    Quotes,
    Word,
    marked,
    word_of,
)
from cmlint.model.facts import COMMAND, Document, FileFacts, Key, Provider, Scalar, Span, Target

CREATE = re.compile(r"create(?:[ \t]|\\\s)+(?:[-$][^;|\n]{0,200}?[ \t])?(?:configmap|cm|secret)(?:[ \t]|\\\s)")
PROGRAM = re.compile(
    r"([\"']?)(?:\$?(?:\(|\{\{?)[\w.-]{0,100}kubectl[\w.-]{0,100}(?:\)|\}\}?)"
    r"|(?<![\w./~\\:$-])[\w./~\\:$-]{0,300}kubectl[\w.:-]{0,100}"
    r"|(?<![\w./-])(?:\$?(?:oc|k|kc|kubecolor)|\$\(oc\)|\$\{oc\}))\1(?=\s|\Z)",
    re.IGNORECASE,
)
ALIAS = re.compile(
    r"[ \t$#>]*[a-z]\w{0,11}(?=(?:[ \t]+--?[\w-]+(?:[ \t]*=[= \t]*[\w.$-]+|[ \t]+(?!-)[\w.$-]+)?)*[ \t]+\Z)"
)
"""A program of another name at the beginning of a command, as people call kubectl: `kl -n shop create ...`."""

VALUE = re.compile(rf"""(["']?)([\w.{VARIABLE}-]+)\1[ \t]*(?:[;#&,].*)?\r?\Z""")
HEREDOC = re.compile(r"<<[-~]?[ \t]*(?P<quote>[\"']?)(?P<tag>[A-Za-z_]\w*)(?P=quote)[^\n]*\n")

VALUED = frozenset(
    (
        "--as", "--as-group", "--as-uid", "--cache-dir", "--cert", "--certificate-authority", "--client-certificate",
        "--client-key", "--cluster", "--context", "--docker-email", "--docker-password", "--docker-server",
        "--docker-username", "--field-manager", "--from-env-file", "--from-file", "--from-literal", "--key",
        "--kubeconfig", "--log-flush-frequency", "--namespace", "--output", "--password", "--profile",
        "--profile-output", "--request-timeout", "--server", "--template", "--tls-server-name", "--token", "--type",
        "--user", "--username",
        "--v", "--vmodule", "-n", "-o", "-p", "-s", "-v",
    )
)  # fmt: skip
"""The options of kubectl whose value may be the next word."""

SOURCES = ("--from-literal", "--from-file", "--from-env-file", "--cert", "--key", "--docker-")
FIXED = {"tls": ("tls.crt", "tls.key"), "docker-registry": (".dockerconfigjson",)}
"""The keys of the Secrets that have always the same."""

PRIVATE = ("--docker-password", "--docker-username", "--docker-email", "--token", "--password")

FILE = re.compile(r"[^/]+\.(?!d\Z)[A-Za-z]\w*\Z")
"""A name that is surely a file's and not a folder's."""

ASSIGNMENT = re.compile(r"(?<![\w$.{(=-])(\w+)[ \t]*(?:[:?]?=|:(?!=)|[ \t]in[ \t])[ \t]*")
CLOSING = re.compile(r"^[ \t]*([A-Za-z_]\w*)[ \t]*\r?$", re.MULTILINE)

FUNCTION = re.compile(r"(?m)^(?:function[ \t]+)?([A-Za-z_][\w-]*)[ \t]*\(\)[ \t\r]*\n?\{[ \t\r]*$")
"""Where a function of a shell begins."""

PARAMETER = re.compile(r"(?<![\w$.{(=-])(\w+)=([\"']?)\$\{?([1-9])\}?\2(?![\w$\"'{])")
"""A variable that gets an argument of the function, as it is."""

SHIFT = re.compile(r"(?m)^[ \t]*shift\b")

ALIAS_REACH = 1000
"""The number of characters before a command in which a program of another name is looked for."""

FEW = 100
"""The number of names for which a text is searched one by one, of functions that are read, and of calls of each."""

LETTERS = 3
"""The number of letters and digits that a pattern needs to identify a name."""


def read_commands(text: str, found: Iterable[Document], read: Callable[[str], FileFacts]) -> tuple[Document, ...]:
    """What a text's commands create, as documents of the kind `command`.

    `found` are the text's own objects, `read` reads those in a here-document.
    """
    return (*called(text), *from_arguments(found), *from_heredocs(text, read))


# calls of kubectl


def called(text: str) -> Iterator[Document]:
    """What the calls of kubectl in a text create.

    Commands without an end between them are read again and again, each as a part of those before it. As soon as that
    is more than the text itself, the rest counts as one command that may create anything.
    """
    assigned = Assigned(text).value
    lines, quotes, cut = Lines(text), Quotes(text, 0), 0
    functions = Functions(text)
    searched, last = 0, None
    for found in CREATE.finditer(text):
        position = found.start()
        start = lines.start_of(position)
        if start != quotes.start:
            quotes, last = Quotes(text, start), None
        last = max(PROGRAM.finditer(text, max(start, searched), position), key=re.Match.start, default=last)
        searched = position
        program = last or alias_before(text, start, position)
        if program and text[position - 1].isspace():
            if cut > len(text) + LIMIT:
                yield from anything(Scalar("*", program.start(), found.end()))
                return
            cutter = PlacedCutter(text, program.end(), quotes.around(program.start()), assigned)
            words = cutter.cut_with_places()
            cut += cutter.position - program.end()
            made = list(created(words, whole=cutter.complete, surely=bool(last)))
            yield from made
            if any(each.name and each.name.value == "*" for each in made):
                for arguments in functions.arguments_at(position):
                    given = PlacedCutter(text, program.end(), quotes.around(program.start()), arguments.get)
                    yield from created(given.cut_with_places(), whole=given.complete)
                    cut += given.position - program.end()


class Functions:
    """The functions of a shell in a text, and what it calls them with; only a few of them are read."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.read: dict[int, list[dict[str, str]]] = {}

    @cached_property
    def begun(self) -> list[re.Match[str]]:
        """Where each function begins."""
        return list(FUNCTION.finditer(self.text))

    @cached_property
    def ends(self) -> list[int]:
        """Where functions end."""
        return [found.start() for found in re.finditer(r"(?m)^\}", self.text)]

    def arguments_at(self, position: int) -> list[dict[str, str]]:
        """The values of variables in the function that a position is in, once for each call."""
        number = bisect_left(self.begun, position, key=re.Match.start) - 1
        if number < 0:
            return []
        function = self.begun[number]
        end = bisect_left(self.ends, function.end())
        if end == len(self.ends) or self.ends[end] < position:
            return []
        if number not in self.read:
            self.read[number] = list(self.arguments_of(function, self.ends[end])) if len(self.read) < FEW else []
        return self.read[number]

    def arguments_of(self, function: re.Match[str], end: int) -> Iterator[dict[str, str]]:
        """The same for a function; after `shift`, the numbers mean other arguments."""
        shift = SHIFT.search(self.text, function.end(), end)
        before = shift.start() if shift else end
        named = [(found[1], found[3]) for found in PARAMETER.finditer(self.text, function.end(), before)]
        calls = re.finditer(rf"(?m)^[ \t]*{re.escape(function[1])}(?=[ \t]+[^ \t(=])", self.text)
        for call in islice(calls, FEW):
            words = PlacedCutter(self.text, call.end(), "", lambda _: None).cut()
            given = {str(number): word for number, word in enumerate(words, 1) if VARIABLE not in word}
            yield {name: given[number] for name, number in named if number in given} | ({} if shift else given)


def anything(name: Scalar) -> Iterator[Document]:
    """What a command creates that is not read: it may be any ConfigMap and any Secret."""
    targets: tuple[Target, ...] = ("ConfigMap", "Secret")
    for target in targets:
        yield document_of(
            Provider(
                target=target, kind=COMMAND, name=name, keys=(), open=True, immutable=False, span=name.span, glob=True
            ),
            None,
            (),
        )


def alias_before(text: str, start: int, end: int) -> re.Match[str] | None:
    """A program that is at the beginning of the command that goes on at `end`."""
    reach = max(start, end - ALIAS_REACH)
    begin = max(text.rfind(mark, reach, end) + 1 for mark in "|;&(`") or start
    return ALIAS.match(text, begin, end) if begin >= reach else None


def from_arguments(found: Iterable[Document]) -> Iterator[Document]:
    """What the containers of manifests create whose command lists kubectl's arguments one by one."""
    for document in found:
        for pod in document.pods:
            for container in pod.containers:
                words = [word_of(scalar) for scalar in (*container.command, *container.args) if scalar.value]
                if any(word.text == "create" for word in words):
                    programs = [i + 1 for i, word in enumerate(words) if PROGRAM.fullmatch(word.text)]
                    yield from created(words[max(programs, default=0) :], whole=True)


class Assigned:
    """The values that a text gives to variables."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.known: dict[str, str | None] = {}
        self.searched: dict[str, list[str]] = {}

    def value(self, name: str) -> str | None:
        """The value of a variable, if it is always the same; parts of it may be variables again."""
        if name not in self.known:
            values = {VALUE.match(EXPANSION.sub(VARIABLE, place)) for place in self.of(name)}
            found = {value[2] if value else VARIABLE for value in values}
            self.known[name] = found.pop() if len(found) == 1 else None
        return self.known[name]

    def of(self, name: str) -> list[str]:
        """What is behind each assignment to a name on its line; of several on a line, the first counts.

        The text is searched for each of a few names, and for all names at once if more are asked for.
        """
        if name not in self.searched:
            if len(self.searched) == FEW:
                return self.places.get(name, [])
            self.searched[name] = self.found(self.assignments_to(name)).get(name, [])
        return self.searched[name]

    def assignments_to(self, name: str) -> Iterator[re.Match[str]]:
        """The assignments to a name."""
        at = self.text.find(name) if name else -1
        while at >= 0:
            if (found := ASSIGNMENT.match(self.text, at)) and found[1] == name:
                yield found
            at = self.text.find(name, at + len(name))

    @cached_property
    def places(self) -> dict[str, list[str]]:
        """The same by each name."""
        return self.found(ASSIGNMENT.finditer(self.text))

    def found(self, assignments: Iterator[re.Match[str]]) -> dict[str, list[str]]:
        """What is behind assignments, by their names."""
        found: dict[str, list[str]] = {}
        lines: dict[str, int] = {}
        line_end = -1
        for assignment in assignments:
            name, place = assignment[1], assignment.end()
            if place > line_end:
                line_end = self.text.find("\n", place) % (len(self.text) + 1)
            if lines.get(name) != line_end:
                lines[name] = line_end
                found.setdefault(name, []).append(self.text[place : min(line_end, place + LONGEST)])
        return found


class Option(NamedTuple):
    """An option of a command: its value as a word, which is empty where it has none."""

    name: str
    value: Word


class Call(msgspec.Struct):
    """The arguments of a call, as kubectl tells them apart."""

    arguments: list[Word] = []
    options: list[Option] = []
    unknown: bool = False

    def values(self, *names: str) -> list[Word]:
        """The values of an option."""
        return [option.value for option in self.options if option.name in names]


def parse(words: list[Word]) -> Call:
    """Tells options from arguments; a variable may hold any of them."""
    call = Call()
    rest = iter(words)
    for word in rest:
        name, equals, value = word.text.partition("=")
        if word.text == "--" or not word.text or (word.text == VARIABLE and not call.arguments):
            continue
        if not name.startswith("-"):
            call.arguments.append(word)
            call.unknown = call.unknown or word.text == VARIABLE
        elif equals:
            begin = len(word.text) - len(value)
            call.options.append(Option(name, Word(value, word.places[begin:])))
        elif name[:2] == "-n" and len(name) > 2 and name[2] != "-":
            call.options.append(Option("-n", Word(name[2:], word.places[2:])))
        else:
            call.options.append(Option(name, (next(rest, None) if name in VALUED else None) or Word("", [])))
    return call


def created(words: list[Word], *, whole: bool, surely: bool = True) -> Iterator[Document]:
    """What a call with these arguments creates: one ConfigMap, one Secret, or nothing.

    One that is not `surely` of kubectl must have an option that only kubectl has.
    """
    call = parse(words)
    verbs = [word.text for word in call.arguments[:3]]
    if verbs[:1] != ["create"]:
        return
    if verbs[1:2] in (["configmap"], ["cm"]):
        target: Target = "ConfigMap"
        rest = call.arguments[2:]
    elif verbs[1:2] == ["secret"] and verbs[2:] in (["generic"], ["tls"], ["docker-registry"]):
        target = "Secret"
        rest = call.arguments[3:]
    else:
        return
    sourced = any(option.name.startswith(SOURCES) for option in call.options)
    written = [word for word in rest if word.text != VARIABLE] or rest[:1]
    if not written or not (sourced or (surely and len(written) == 1)):
        return
    name = name_of(written[0], call)
    if name is None:
        return
    keys = list(keys_of(call, target, FIXED.get(verbs[-1], ())))
    known = [key for key in keys if key is not None]
    is_open = not whole or len(rest) > 1 or len(known) < len(keys) or not keys or call.unknown
    places = [word.scalar for word in words if word.text]
    span = Span(places[0].start, places[-1].end)
    provider = Provider(
        target=target,
        kind=COMMAND,
        name=name,
        keys=tuple(known),
        open=is_open,
        immutable=False,
        span=span,
        glob="*" in name.value,
    )
    masked = tuple(secrets_in(call, rest[1:])) if target == "Secret" else ()
    yield document_of(provider, namespace_of(call), masked)


def document_of(provider: Provider, namespace: Scalar | None, masked: tuple[Span, ...]) -> Document:
    """A provider as a document."""
    name = provider.name
    return Document(
        span=provider.span,
        head=name.span,
        api_version="",
        kind=COMMAND,
        name=name,
        namespace=namespace,
        providers=(provider,),
        masked=masked,
    )


def name_of(word: Word, call: Call) -> Scalar | None:
    """The name as a pattern, or None when it can be none; `*` alone when nothing is known of it."""
    if BLANK in word.text or not SUBDOMAIN.match(word.text.replace(VARIABLE, "x")):
        return None
    pattern = word.text.replace(VARIABLE, "*")
    if call.values("--append-hash") and "false" not in (value.text for value in call.values("--append-hash")):
        pattern += "-*"
    if "*" in pattern and sum(map(str.isalnum, pattern)) < LETTERS:
        pattern = "*"
    return Scalar(pattern, word.scalar.start, word.scalar.end)


def namespace_of(call: Call) -> Scalar | None:
    """The namespace, where it is written as it is."""
    words = [word for word in call.values("-n", "--namespace") if SUBDOMAIN.match(word.text)]
    return words[-1].scalar if words else None


def keys_of(call: Call, target: Target, fixed: tuple[str, ...]) -> Iterator[Key | None]:
    """The keys that the options give; None for each that is not known, or for any number of them."""
    name = call.arguments[-1]
    for key in fixed:
        yield Key(key, key, name.scalar.span, None, False)
    if fixed:
        return
    for word in call.values("--from-literal"):
        key, equals, value = word.text.partition("=")
        plain = target == "ConfigMap" and not (VARIABLE in value or BLANK in value)
        yield key_at(word, 0, len(key), value if plain else None) if equals else None
    for word in call.values("--from-file"):
        for start, end in parts_of(word.text):
            yield from keys_of_file(word, start, end)
    if call.values("--from-env-file"):
        yield None


def parts_of(text: str) -> Iterator[tuple[int, int]]:
    """The parts of a text that commas separate."""
    start = 0
    for part in text.split(","):
        yield start, start + len(part)
        start += len(part) + 1


def keys_of_file(word: Word, start: int, end: int) -> Iterator[Key | None]:
    """The key that `[KEY=]PATH` gives; a path alone could be a folder, in which every file gives one."""
    source = word.text[start:end]
    key, equals, _ = source.partition("=")
    if equals:
        yield key_at(word, start, start + len(key), None) if source.count("=") == 1 else None
        return
    base = source.rpartition("/")[2]
    yield key_at(word, end - len(base), end, None)
    if not FILE.match(base):
        yield None


def key_at(word: Word, start: int, end: int, value: str | None) -> Key | None:
    """A key that is in a word, if it can be one."""
    key = word.text[start:end]
    if why_not_data_key(key):
        return None
    return Key(key, key, word.part(start, end).span, value, False)


def secrets_in(call: Call, rest: list[Word]) -> Iterator[Span]:
    """The places of values that must never be shown."""
    for word in call.values("--from-literal"):
        value = word.text.find("=") + 1
        if value < len(word.text):
            yield word.part(value, len(word.text)).span
    for word in (*call.values(*PRIVATE), *rest):
        if word.text:
            yield word.scalar.span


# here-documents


def from_heredocs(text: str, read: Callable[[str], FileFacts]) -> Iterator[Document]:
    """The ConfigMaps, Secrets and whatever makes them in the here-documents of a text."""
    closings: dict[str, list[tuple[int, int]]] = {}
    for closing in CLOSING.finditer(text) if "<<" in text else ():
        closings.setdefault(closing[1], []).append(closing.span())
    position = kind = 0
    last = text.rfind("\n") + 1
    while found := HEREDOC.search(text, position, last):
        position = found.end()
        if kind < position and (kind := text.find("kind", position)) < 0:
            return
        ends = closings.get(found["tag"], [])
        number = bisect_left(ends, (position, 0))
        if number < len(ends) and kind <= ends[number][0] - len("kind"):
            start, end = ends[number]
            body = Dedented(text, position, start)
            yield from from_heredoc(body, read(body.text), not found["quote"])
            position = end


class Dedented:
    """A part of a text without the indentation that all its lines have; `place` leads back to the complete text."""

    def __init__(self, text: str, start: int, end: int) -> None:
        lines = text[start:end].splitlines(keepends=True)
        indent = min((len(line) - len(line.lstrip(" \t")) for line in lines if line.strip()), default=0)
        parts: list[str] = []
        self.starts, self.places = [0], [start]
        for line in lines:
            cut = min(indent, len(line) - len(line.lstrip(" \t")))
            parts.append(line[cut:])
            self.places[-1] += cut
            self.starts.append(self.starts[-1] + len(parts[-1]))
            self.places.append(self.places[-1] - cut + len(line))
        self.text = "".join(parts)

    def place(self, offset: int) -> int:
        """Where a character is in the complete text."""
        line = bisect_right(self.starts, offset) - 1
        return self.places[line] + offset - self.starts[line]

    def span(self, span: Span) -> Span:
        """A span in the complete text."""
        return Span(self.place(span.start), self.place(span.end))

    def scalar(self, scalar: Scalar) -> Scalar:
        """A scalar in the complete text."""
        return Scalar(scalar.value, self.place(scalar.start), self.place(scalar.end))


def from_heredoc(body: Dedented, facts: FileFacts, expands: bool) -> Iterator[Document]:
    """The providers of one here-document, in which a shell may still expand variables."""
    for document in facts.documents:
        for provider in document.providers:
            found = as_created(provider, body, expands)
            if found:
                namespace = provider.namespace or document.namespace
                known = body.scalar(namespace) if namespace and SUBDOMAIN.match(namespace.value) else None
                yield document_of(found, known, tuple(map(body.span, document.masked)))


def as_created(provider: Provider, body: Dedented, expands: bool) -> Provider | None:
    """A provider as one that a command makes, at its place in the complete text."""
    written = provider.name.value.replace("*", VARIABLE)
    text = marked(written) if expands else written
    name = name_of(Word(text, [provider.name.span] * len(text)), Call())
    if name is None:
        return None
    keys: list[Key] = []
    for key in provider.keys:
        if not is_placeholder(key.name):
            value = None if expands and key.value and VARIABLE in marked(key.value) else key.value
            keys.append(Key(key.name, key.written, body.span(key.span), value, key.binary))
    opened = provider.open or len(keys) < len(provider.keys)
    glob, span = "*" in name.value, body.span(provider.span)
    return Provider(
        target=provider.target,
        kind=COMMAND,
        name=body.scalar(name),
        keys=tuple(keys),
        open=opened,
        immutable=False,
        span=span,
        glob=glob,
    )
