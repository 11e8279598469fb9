"""What the API server says of a manifest, and what cmlint says of it: whether it is refused."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

from cmlint.config.config import Config
from cmlint.kube.names import why_not_label
from cmlint.manifest.documents import cut, read_text
from tests.support.apiserver import API, Cluster, path_of, plural, version_of
from tests.support.run import lint_texts

HEAD = r"""(?m)(?:^|[{,])[ ]*["']?%s["']?:[ ]*["']?([\w./-]+)"""
NOTHING = r"(?m)^(---.*|[ \t]*#.*|\s*)$"
STRICT = "dryRun=All&fieldValidation=Strict"
THREADS = 8
SHOWN = 3000
"""So many characters of a manifest are shown when a test fails."""


class Written(NamedTuple):
    """One object as it is written: where, its text, and whether cmlint calls it rejected, and why."""

    place: str
    text: str
    rejected: tuple[str, ...]

    def head(self, field: str) -> str:
        """The `kind`, `apiVersion` or `namespace` that a text names, even a broken one."""
        found = re.search(HEAD % field, self.text)
        return found[1] if found else ""


class Verdict(NamedTuple):
    """One object, and why the API server refuses it, if it does."""

    written: Written
    refused: str | None

    def __str__(self) -> str:
        why = f"the server refuses it: {self.refused}" if self.refused else "the server accepts it"
        said = "; ".join(self.written.rejected) or "nothing"
        return f"{self.written.place}: {why}\n  cmlint says: {said}\n{self.written.text[:SHOWN]}"

    @property
    def differs(self) -> bool:
        """Whether cmlint and the server disagree."""
        return bool(self.refused) != bool(self.written.rejected)


def objects_in(files: Mapping[str, str]) -> Iterator[Written]:
    """The objects of texts that reach the cluster together, as kubectl takes them apart: lists are sent one by one."""
    outcome = lint_texts(files, Config(select=("all",)))
    assert not outcome.crashed
    for path, text in files.items():
        said = [
            (f.location.start.offset, f"[{f.rule}] {f.message}")
            for f in outcome.findings
            if f.location.path == path and f.consequence == "rejected"
        ]
        for start, end in parts_of(text):
            indent = " " * (start - text.rfind("\n", 0, start) - 1)
            why = tuple(message for offset, message in said if start <= offset < end)
            yield Written(f"{path}:{text.count(chr(10), 0, start) + 1}", indent + text[start:end], why)


def parts_of(text: str) -> Iterator[tuple[int, int]]:
    """Where the objects of a text stand: whole documents, and of a list each of its items."""
    documents = read_text(text).documents
    for start, end in cut(text):
        spans = [(d.span.start, d.span.end) for d in documents if start < d.span.start and d.span.end <= end]
        if spans and re.search(HEAD % "kind", text[start:end])[1].endswith("List"):  # type: ignore[index]
            yield from spans
        elif re.sub(NOTHING, "", text[start:end]):
            yield start, end


def verdicts(cluster: Cluster, objects: Iterable[Written]) -> list[Verdict]:
    """What the server says of objects, each for itself; it changes nothing."""
    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(lambda written: Verdict(written, refusal(cluster, written)), objects))


def refusal(cluster: Cluster, written: Written) -> str | None:
    """Why the server refuses to create an object, or None when it would."""
    namespace = written.head("namespace")
    path = target(
        written.head("apiVersion"), written.head("kind"), "default" if why_not_label(namespace) else namespace
    )
    answer = cluster.send("POST", f"{path}?{STRICT}", written.text.encode(), media="application/yaml")
    assert answer.status in (201, 400, 422), f"{written.place}: {path}: {answer}"
    return None if answer.ok else answer.message


def target(api_version: str, kind: str, namespace: str) -> str:
    """The path to create an object at."""
    if kind in API and api_version == version_of(kind):
        return path_of(kind, namespace)
    return f"/apis/{api_version}/namespaces/{namespace}/{plural(kind)}"
