"""Files to facts: what the cache knows as it is, all else in this process or, where that pays, in several."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from typing import Literal, cast, get_args

import msgspec

from cmlint.cache.facts import FactsCache
from cmlint.errors import mistake
from cmlint.manifest.documents import (
    commands_in,
    examples_in,
    handovers_in,
    is_kustomization,
    read_encrypted,
    read_expectation,
    read_foreign,
    read_input,
    read_kustomization,
    read_template,
    read_text,
)
from cmlint.manifest.images import images_in
from cmlint.manifest.providers import Makers
from cmlint.model.facts import LARGE, Decoded, FileFacts, Language, Packed, SourceFacts
from cmlint.sources import files, paths
from cmlint.sources.request import Request
from cmlint.system.files import SCRIPT, TooLargeError
from cmlint.system.filesystem import FileSystem, State

Mode = Literal["text", "template", "kustomization", "expectation", "script", "input"] | Language
"""How a file is read: as manifests, as a script, as what a build takes in, or as a program's source in a language."""

LANGUAGES = frozenset(get_args(Language))

PAYS = 400
"""The number of files from which on a second process is worth its start."""


class Wanted(msgspec.Struct, frozen=True):
    """A file to read: the path under which it is shown, its path, how, and the folder that it must be in."""

    shown: str
    path: str
    mode: Mode
    root: str | None = None


class FileRead(msgspec.Struct, frozen=True):
    """What is known of a file: its facts, encoded where they came so or will be kept, or the reason why there are none.

    `digest` is the hash of its text where that was read for the cache, in the `state` in which the file then was.
    """

    facts: FileFacts | None = None
    raw: bytes | None = None
    reason: str = ""
    digest: bytes = b""
    state: State | None = None


class Reader:
    """Reads the files of a request, as far as the cache does not know them."""

    def __init__(self, request: Request) -> None:
        self.request, self.disk, self.makers, self.jobs = request, request.disk, request.makers, request.jobs
        self.size, self.decoded = 0, Decoded()

    @property
    def cache(self) -> FactsCache | None:
        """What is kept of earlier runs."""
        return self.request.caches.facts

    def read(self, file: Wanted) -> FileRead:
        """The facts of one file."""
        state = self.disk.state(file.path) if self.cache else None
        try:
            content = content_of(self.disk, file)
            digest = self.cache.digest(content) if self.cache else b""
            known = self.cache.of_text(digest, file.mode) if self.cache else None
            if known is not None:
                return FileRead(None, known, "", digest, state)
            found = text_in(content, file)
            del content  # a large file is not in memory twice while it is parsed
            facts = facts_of(found, file.mode, self.makers) if isinstance(found, str) else found
            if self.cache is None:
                return FileRead(facts)
            raw, large = encode(facts), isinstance(facts.documents, Packed)
            return FileRead(None if large else facts, raw, "", digest, state)
        except (OSError, UnicodeDecodeError) as error:
            return FileRead(reason=paths.reason(error))
        except MemoryError:
            return FileRead(reason="there is not enough memory to read it")
        except Exception as error:
            return FileRead(reason=f"{mistake(error)}: this is a mistake in cmlint, please report it")

    def known(self, file: Wanted) -> FileFacts | None:
        """The facts of a file that need not be read."""
        if held := self.request.caches.held:
            facts = held.get(file.path, file.mode, self.disk)
            return None if facts is None else self.held(facts)
        if self.cache is None:
            return None
        state = self.disk.state(file.path)
        self.request.seen.files[file.path] = state
        raw = self.cache.unread(file.path, file.mode, state)
        facts = decode_or_none(raw) if raw is not None else None
        return self.held(facts) if facts else None

    def held(self, facts: FileFacts) -> FileFacts:
        """Facts as they are held in memory: packed, once those of many documents are."""
        if not isinstance(facts.documents, Packed):
            self.size += sum(document.span.end - document.span.start for document in facts.documents)
            if self.size <= LARGE:
                return facts
            facts = packed(facts)
        assert isinstance(facts.documents, Packed)
        facts.documents.together = self.decoded
        return facts

    def keep(self, file: Wanted, read: FileRead) -> FileFacts | str:
        """The facts of a file that was read, after what is new has been given to the cache."""
        if read.reason:
            return read.reason
        if self.cache and read.raw is not None:
            if read.state is not None:
                self.cache.note(file.path, read.state, read.digest)
            if self.cache.of_text(read.digest, file.mode) is None:
                self.cache.put(read.digest, file.mode, msgspec.Raw(read.raw))
        if read.facts is not None:
            return self.held(read.facts)
        assert read.raw is not None
        facts = decode_or_none(read.raw)
        if facts is not None or self.cache is None:
            return self.held(facts or decode(read.raw))
        self.cache.forget(read.digest, file.mode)
        return self.keep(file, self.read(file))


class Reading:
    """Files that are being read: where several processes do that, they have begun."""

    def __init__(self, reader: Reader, wanted: Sequence[Wanted]) -> None:
        self.reader, self.wanted = reader, wanted
        self.facts: list[FileFacts | str | None] = [reader.known(file) for file in wanted]
        self.unknown = [number for number, facts in enumerate(self.facts) if facts is None]
        holds = reader.request.caches.held is not None
        self.versions = {number: reader.disk.version(wanted[number].path) for number in self.unknown} if holds else {}
        self.workers = None
        if reader.jobs > 1 and len(self.unknown) >= PAYS and hasattr(os, "fork"):
            from cmlint.sources.workers import Workers

            self.workers = Workers(reader.jobs, self.unknown, self.work)

    def work(self, number: int) -> bytes:
        """What a process has to say of one file."""
        read = self.reader.read(self.wanted[number])
        raw = encode(read.facts) if read.raw is None and read.facts is not None else read.raw
        return msgspec.msgpack.encode((None if raw is None else bytes(raw), read.reason, read.digest, read.state))

    def results(self) -> dict[str, FileFacts | str]:
        """The facts of all files, or the reason why one cannot be read, by the paths under which they are shown."""
        if self.workers:
            for number, answer in self.workers.answers():
                self.facts[number] = self.reader.keep(self.wanted[number], self.taken(answer))
        else:
            for number in self.unknown:
                self.facts[number] = self.reader.keep(self.wanted[number], self.reader.read(self.wanted[number]))
        if held := self.reader.request.caches.held:
            for number in self.unknown:
                if isinstance(facts := self.facts[number], FileFacts):
                    held.put(self.wanted[number].path, self.wanted[number].mode, self.versions[number], facts)
        return {file.shown: facts for file, facts in zip(self.wanted, self.facts, strict=True) if facts is not None}

    def taken(self, answer: bytes | str) -> FileRead:
        """What a process has said, or why it has not."""
        if isinstance(answer, str):
            return FileRead(reason=answer)
        raw, reason, digest, state = msgspec.msgpack.decode(answer, type=tuple[bytes | None, str, bytes, State | None])
        return FileRead(None, raw, reason, digest, state)


def mode_of(name: str, *, templated: bool, compared: bool = False) -> Mode:
    """How a manifest is read, by its file's name, whether helm renders it, and whether a test compares with it."""
    if name in files.KUSTOMIZATIONS:
        return "kustomization"
    if compared:
        return "expectation"
    if ("assert" in name or "error" in name) and re.fullmatch(files.EXPECTATION, name):
        return "expectation"
    return "template" if templated else "text"


def content_of(disk: FileSystem, file: Wanted) -> bytes:
    """What a file holds; nothing of a script that nobody can have written by hand. Raises OSError."""
    if file.mode != "script" and file.mode not in LANGUAGES:
        return disk.read(file.path, file.root)
    try:
        return disk.read(file.path, file.root, SCRIPT)
    except TooLargeError:
        return b""


def text_in(content: bytes, file: Wanted) -> str | FileFacts:
    """The text that a file holds, or the facts of one that holds no manifests, such as a script."""
    if file.mode == "script":
        return script_facts(content, os.path.basename(file.path))
    if file.mode == "input" and b"create" not in content:
        return FileFacts(())
    if file.mode in LANGUAGES:
        return source_facts(content, cast("Language", file.mode))
    if content.startswith(files.ENCRYPTED):
        return read_encrypted(len(content))
    try:
        return files.decode(content)
    except UnicodeDecodeError:
        if files.is_object(content):
            raise
        return read_foreign(len(content))


def facts_of(text: str, mode: Mode, makers: Makers) -> FileFacts:
    """The facts of the text of a manifest, read in a certain way."""
    if mode == "kustomization" and is_kustomization(text):
        return read_kustomization(text)
    if mode == "expectation":
        return read_expectation(text)
    if mode == "input":
        return read_input(text)
    return read_template(text, makers) if mode == "template" else read_text(text, makers)


def script_facts(content: bytes, name: str) -> FileFacts:
    """The commands of a text that holds no manifests, and what it does to images."""
    creates = files.is_script(content, name)
    handles = files.handles_images(content, name)
    if not creates and not handles and not files.handles_files(content, name):
        return FileFacts(())
    try:
        text = files.decode(content)
    except UnicodeDecodeError:
        return FileFacts(())
    commands = (*commands_in(text), *examples_in(text, manifest=False)) if creates else ()
    replaced, consumed, written = handovers_in(text)
    return FileFacts(
        (),
        commands=commands,
        images=images_in(text, script=True) if handles else (),
        replaced=replaced,
        consumed=consumed,
        written=written,
    )


def source_facts(content: bytes, language: Language) -> FileFacts:
    """What a source file says of the environment; nothing where it is not text."""
    from cmlint.sources import code

    try:
        return FileFacts((), source=code.read(files.decode(content), language))
    except UnicodeDecodeError:
        return FileFacts((), source=SourceFacts())


def packed(facts: FileFacts) -> FileFacts:
    """Facts with packed documents."""
    documents = Packed()
    for document in facts.documents:
        documents.append(document)
    return msgspec.structs.replace(facts, documents=documents)


def encode(facts: FileFacts) -> bytes:
    """Facts as they are kept, and as one process tells them to another."""
    return msgspec.msgpack.encode(facts, enc_hook=unpacked)


def unpacked(documents: object) -> msgspec.Raw:
    """Packed documents as others are encoded."""
    assert isinstance(documents, Packed)
    return documents.encoded


def decode(raw: bytes | msgspec.Raw) -> FileFacts:
    """Encoded facts; the documents of a large text stay encoded."""
    if len(memoryview(raw)) <= LARGE:
        return msgspec.msgpack.decode(raw, type=FileFacts)
    first, *others = msgspec.msgpack.decode(raw, type=list[msgspec.Raw])
    lengths = [len(memoryview(part)) for part in msgspec.msgpack.decode(first, type=list[msgspec.Raw])]
    documents = Packed(memoryview(first), len(memoryview(first)) - sum(lengths))
    for length in lengths:
        documents.ends.append(documents.ends[-1] + length)
    facts = msgspec.msgpack.decode(msgspec.msgpack.encode([(), *others]), type=FileFacts)
    return msgspec.structs.replace(facts, documents=documents)


def decode_or_none(raw: bytes | msgspec.Raw) -> FileFacts | None:
    """Encoded facts; None where they cannot be decoded, whatever the reason is."""
    try:
        return decode(raw)
    except Exception:
        return None


def processors(wished: int | None) -> int:
    """How many processes may read: as many as are wished for, else as there are processors to run on."""
    if wished:
        return wished
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1
