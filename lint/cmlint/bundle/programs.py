"""The programs of containers: what their source reads, what it is given, and what of both does not fit."""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from functools import cached_property

import msgspec

from cmlint.bundle.documents import LIVE, Placed
from cmlint.bundle.environment import Environment, Variable
from cmlint.bundle.links import Link, Links, below, is_below, is_dockerfile
from cmlint.bundle.proofs import Proof, Proofs, Subject, file_kind, image_of
from cmlint.knowledge.programs import NAMES, SYNONYMS, VARIABLE, VARIANTS, is_library, is_runtime
from cmlint.knowledge.services import may_be_service
from cmlint.kube.near import NearVariables
from cmlint.model.facts import COMMAND, Container, Dockerfile, Document, FileFacts, SourceFacts, Span, VariableRead

Sources = Mapping[str, SourceFacts]
"""The facts of source files by the paths under which they are shown."""


class Reading(msgspec.Struct, frozen=True):
    """What is read of a folder: its files, and why some of them are not read, if so."""

    files: Sources
    left: str = ""


class SourceRead(msgspec.Struct, frozen=True):
    """A read, and the source file that it is in."""

    read: VariableRead
    path: str

    @property
    def placed(self) -> Placed:
        """The place of a finding."""
        return source_at(self.path, self.read.span)


class NearMiss(msgspec.Struct, frozen=True):
    """A variable that a container is given and its program reads nowhere, and a read of one with a near name."""

    variable: Variable
    place: SourceRead


class Program:
    """A program: where its source is, and everything that is known of what it reads.

    `open` says why it may read more than its source shows; empty where it does not.
    """

    def __init__(self, link: Link, reading: Reading, dockerfiles: Sequence[str]) -> None:
        self.link, self.files = link, reading.files
        self.dockerfiles = dockerfiles
        self.dockerfile = self.dockerfile_facts()
        self.open = reading.left or self.why_open()

    def dockerfile_facts(self) -> Dockerfile | None:
        """What its Dockerfile says."""
        facts = self.files.get(self.link.dockerfile)
        return facts.dockerfile if facts else None

    def why_open(self) -> str:
        """Why the image may hold another program than the source."""
        if not any(facts.reads or facts.words for path, facts in self.files.items() if not is_dockerfile(path)):
            return "its folder has no source"
        if self.dockerfile is None:
            return "" if not self.link.dockerfile else "its Dockerfile cannot be read"
        if not self.dockerfile.base:
            return "what its image is based on is not known"
        return "" if is_runtime(self.dockerfile.base) else f"its image is based on `{self.dockerfile.base}`"

    @cached_property
    def reads(self) -> list[SourceRead]:
        """The reads of the program itself, without those of other programs in the same folder."""
        found = [(path, facts) for path, facts in sorted(self.files.items()) if facts.reads and self.is_own(path)]
        return [SourceRead(read, path) for path, facts in found for read in facts.reads]

    def is_own(self, path: str) -> bool:
        """Whether a source file is the program's own: in what its image holds, and of no other program there."""
        inner = path[len(self.link.context) :].lstrip("/")
        if is_dockerfile(path) or re.search(MADE, f"/{inner}") or (self.is_script(path) and not self.starts(path)):
            return False
        commands = self.dockerfile.commands if self.dockerfile else ()
        command = re.search(COMMANDS, f"/{inner}")
        if command and commands and command[1] not in commands:
            return False
        return any(covers(copy, inner) for copy in self.copies) or (self.copies_all and not self.is_others(path))

    @cached_property
    def copies(self) -> list[str]:
        """The files and folders of the context that its Dockerfile copies one by one."""
        found = self.dockerfile.copies if self.dockerfile else ()
        return [copy.removeprefix("./").strip("/") for copy in found if copy.strip("./") and "$" not in copy]

    @cached_property
    def copies_all(self) -> bool:
        """Whether its image may hold everything in the context."""
        found = self.dockerfile.copies if self.dockerfile else ()
        return not found or any(not copy.strip("./") or "$" in copy for copy in found)

    def is_others(self, path: str) -> bool:
        """Whether a file is in the folder of another Dockerfile, which the program's own is not in."""
        own = f"{posixpath.dirname(self.link.dockerfile)}/"
        folder = posixpath.dirname(path)
        while is_below(folder, self.link.context) and folder != self.link.context:
            if folder in self.with_dockerfiles and not own.startswith(f"{folder}/"):
                return True
            folder = posixpath.dirname(folder)
        return False

    @cached_property
    def with_dockerfiles(self) -> set[str]:
        """The folders of its context that have Dockerfiles."""
        return {posixpath.dirname(path) for path in below(self.dockerfiles, self.link.context)}

    def is_script(self, path: str) -> bool:
        """Whether a file is a script of a shell, of which a folder may have others than that which starts it."""
        return path.endswith((".sh", ".bash")) or "." not in posixpath.basename(path)

    def starts(self, path: str) -> bool:
        """Whether a script starts the program, by its name."""
        return re.search(STARTS, posixpath.basename(path)) is not None

    @cached_property
    def by_name(self) -> dict[str, list[SourceRead]]:
        """The reads by the names of variables."""
        found: dict[str, list[SourceRead]] = {}
        for place in self.reads:
            found.setdefault(place.read.name, []).append(place)
        return found

    @cached_property
    def words(self) -> frozenset[str]:
        """All words of its files that may be names of variables, and all names that are read."""
        found = {word for facts in self.files.values() for word in facts.words.split()}
        return frozenset(found | {read.name for facts in self.files.values() for read in facts.reads})

    @cached_property
    def settings(self) -> frozenset[str]:
        """The names of settings, from which a library may make names of variables."""
        return frozenset(word for facts in self.files.values() for word in facts.settings.split())

    @cached_property
    def pieces(self) -> frozenset[str]:
        """The patterns of names that the program puts together."""
        return frozenset(piece for facts in self.files.values() for piece in facts.pieces)

    @cached_property
    def preset(self) -> frozenset[str]:
        """The variables that its image gives, unless the container does."""
        return frozenset(self.dockerfile.sets if self.dockerfile else ())

    @cached_property
    def sets(self) -> frozenset[str]:
        """The variables that a script that starts it gives."""
        scripts = (facts.sets for path, facts in self.files.items() if self.is_script(path) and self.starts(path))
        return frozenset(name for names in scripts for name in names)

    def knows(self, name: str) -> bool:
        """Whether the source has the name of a variable anywhere, in whatever form."""
        if name in self.words or any(fnmatchcase(name, piece) for piece in self.pieces):
            return True
        return self.is_nested(name) or self.is_setting([part for part in name.lower().split("_") if part])

    def is_nested(self, name: str) -> bool:
        """Whether a library may make a name of settings in settings: .NET and pydantic put `__` between them."""
        first, *rest = name.lower().replace("__", " ").replace("_", "").split(" ")
        known = first in self.settings or first in self.prefixes
        return bool(rest) and known and all(part in self.settings for part in rest)

    def is_setting(self, parts: list[str]) -> bool:
        """Whether a library may make a name of a setting, of a prefix and a setting, or of several settings."""
        whole = "".join(parts)
        if whole in self.settings or any(whole.removeprefix(each) in self.settings for each in self.prefixes):
            return True
        return self.is_loose and can_be_cut(parts, self.settings)

    @cached_property
    def is_loose(self) -> bool:
        """Whether a library may make names of variables from settings that are put together."""
        return any(facts.loose for facts in self.files.values())

    @cached_property
    def prefixes(self) -> frozenset[str]:
        """What libraries put before the names of settings."""
        return frozenset(prefix for facts in self.files.values() for prefix in facts.prefixes)


COMMANDS = r"/cmd/([\w.-]+)/"
"""A folder of a command, as programs in Go have them."""

STARTS = r"(?i)entry|start|run|init|boot|launch|^cmd|docker|serve|procfile"
"""What is in the names of scripts that start programs."""

MADE = r"(?:^|/)(?:dist|build|out|target|\.next|\.nuxt|coverage|public|static|docs|examples?|scripts?|samples?)/"
"""The folders of what is made of the source, shown, or run by hand."""


class Programs:
    """The programs of all containers of a run.

    `links` are made, and sources are read by `read`, only when a program is asked for. Where only a change matters,
    `changed` gives the paths that it touches.
    """

    def __init__(
        self,
        links: Callable[[], Links] | None = None,
        read: Callable[[Link], Reading] | None = None,
        changed: Callable[[], frozenset[str]] | None = None,
    ) -> None:
        self.make_links, self.read, self.changed = links, read, changed
        self.known: dict[Link, Program] = {}

    @cached_property
    def links(self) -> Links:
        """What leads from images to folders."""
        return self.make_links() if self.make_links else Links(Proofs(), tuple)

    def link(self, container: Container, placed: Placed, *, guess: bool = False) -> Link:
        """Where the source of a container's program is, perhaps as a guess."""
        if container.image is None:
            return Link("none", why="it has no image")
        image = image_of(container.image.value, tagged=False)
        if image is None:
            return Link("none", why="its image is not valid, or a placeholder")
        name = container.name.value if container.name else None
        subject = Subject(container.image.value, image, placed, container.image.span, name)
        return self.links.guess(subject) if guess else self.links.link(subject)

    def builds_of(self, link: Link) -> list[Proof]:
        """The facts that say of what the image of a link is built."""
        return [proof for proof in self.links.proofs.found if proof.fact.builds and self.links.leads(proof, link)]

    def masked(self) -> Iterator[tuple[str, Span]]:
        """What must not be shown of the source files that were read."""
        for program in self.known.values():
            for path, facts in program.files.items():
                yield from ((path, read.hidden) for read in facts.reads if read.hidden)

    def program(self, link: Link) -> Program | None:
        """The program of a link; None where there is none."""
        if link.grade == "none" or self.read is None:
            return None
        if link not in self.known:
            self.known[link] = Program(link, self.read(link), self.links.dockerfiles)
        return self.known[link]

    def is_changed(self, link: Link, placed: Placed, environment: Environment) -> bool:
        """Whether a change touches a container, its environment or its program; always true without a change."""
        if self.changed is None:
            return True
        paths = {placed.path, placed.written(placed.document.head)[0], link.proof.path if link.proof else ""}
        for variable in environment.variables.values():
            paths.add(placed.written(variable.origin.span)[0])
            if definition := variable.origin.definition:
                paths.add(definition.placed.written(definition.provider.span)[0])
        changed = self.changed()
        return not paths.isdisjoint(changed) or any(is_below(path, link.context) for path in changed)


def can_be_cut(parts: list[str], words: Collection[str]) -> bool:
    """Whether the parts of a name, alone or several joined, are all words."""
    reached = [True, *(False for _ in parts)]
    for end in range(1, len(parts) + 1):
        reached[end] = any(reached[start] and "".join(parts[start:end]) in words for start in range(end))
    return reached[-1]


def covers(copy: str, path: str) -> bool:
    """Whether what a Dockerfile copies has a path in the context, which it may name by a pattern."""
    return is_below(path, copy) or path == copy or ("*" in copy and fnmatchcase(path, copy))


def source_at(path: str, span: Span) -> Placed:
    """A stretch of a source file as the place of a finding."""
    source = Document(span=span, head=span, api_version="", kind=COMMAND, name=None, namespace=None)
    return Placed(path, source, FileFacts(()), LIVE)


# what is given and what is read


def is_described(environment: Environment) -> bool:
    """Whether all keys are taken of an object that only a document shows, whose command may have a few of them."""
    origins = (variable.origin for variable in environment.variables.values() if variable.origin.via == "envFrom")
    return any(each.definition and file_kind(each.definition.placed.path) == "document" for each in origins)


def given_names(container: Container, environment: Environment) -> set[str]:
    """The names of the variables that a container declares, whether or not their values are there."""
    return {*environment.variables, *(entry.name.value for entry in container.env if entry.name)}


def unread(program: Program, container: Container, environment: Environment, texts: Iterable[str]) -> list[Variable]:
    """The variables that a container is given and that nothing reads; `texts` are of files that it mounts.

    Those are left out that other variables, the command or its files use.
    """
    own = [entry.value.value for entry in container.env if entry.source == "literal" and entry.value]
    words = [text.value for text in (*container.command, *container.args)]
    used = set(re.findall(r"[A-Z][A-Z0-9_]+", "\n".join((*own, *words, *texts))))
    return [
        variable
        for name, variable in environment.variables.items()
        if variable.origin.kind != "service"
        and re.fullmatch(VARIABLE, name)
        and name not in used
        and not program.knows(name)
    ]


def surely_unread(program: Program, container: Container, environment: Environment) -> list[str]:
    """The names of the variables that are given and that neither the program nor a library reads."""
    names = (variable.name for variable in unread(program, container, environment, ()))
    return sorted(name for name in names if not is_library(name))


def not_given(program: Program, container: Container, environment: Environment) -> dict[str, list[SourceRead]]:
    """The reads of variables that a container does not get."""
    given = given_names(container, environment)
    return {
        name: places for name, places in program.by_name.items() if name not in given and re.fullmatch(VARIABLE, name)
    }


def near_misses(
    program: Program, container: Container, environment: Environment, texts: Iterable[str]
) -> Iterator[NearMiss]:
    """The variables that are given and read nowhere, each with the read that is nearest to it and gets nothing.

    Of several variables with a prefix, of which the program reads none, `XSUAA_CLIENT_ID` is not meant for `CLIENT_ID`:
    they are for something else.
    """
    lacking = {name for name in not_given(program, container, environment) if name not in program.sets}
    dead = unread(program, container, environment, texts) if lacking else []
    names = NearVariables(lacking, SYNONYMS)
    others = {name.partition("_")[0] for name in given_names(container, environment) if program.knows(name)}
    groups = Counter(variable.name.partition("_")[0] for variable in dead)
    for variable in dead:
        group = variable.name.partition("_")[0]
        foreign = f"{group}_" if groups[group] > 1 and group not in others else ""
        found = [
            (distance, name)
            for distance, name in names.near(variable.name)
            if is_meant(variable.name, name, distance) and f"{foreign}{name}" != variable.name
        ]
        if found:
            name = min(found)[1]
            yield NearMiss(variable, program.by_name[name][0])


def is_meant(given: str, read: str, distance: int) -> bool:
    """Whether one variable is meant for another: where a library may read one of them, only by a slip of a letter."""
    if given in NAMES or not VARIANTS.isdisjoint({*given.split("_")} ^ {*read.split("_")}):
        return False
    return distance in SLIPS or not (is_library(given) or is_library(read))


SLIPS = (1, 2)
"""The distances of names that differ in a letter, or in how their words are separated."""


def missing(program: Program, container: Container, environment: Environment) -> Iterator[SourceRead]:
    """The reads without which the program does not start, of variables that neither the container nor its image has."""
    for name, places in not_given(program, container, environment).items():
        if (
            is_library(name)
            or name in program.sets | program.preset
            or may_be_service(name, links=environment.service_links)
        ):
            continue
        if any(place.read.how == "soft" for place in places):
            continue
        needed = [place for place in places if place.read.declarative]
        if needed:
            yield needed[0]


def name_span(variable: Variable, container: Container) -> Span:
    """Where a variable is named: the key of an object in `envFrom`, else the name of its entry."""
    origin = variable.origin
    if origin.via == "envFrom":
        return origin.key_fact.span if origin.key_fact else origin.span
    entries = [entry.name for entry in container.env if entry.name and entry.name.value == variable.name]
    return entries[-1].span if entries else origin.span
