"""Runs cmlint on mutations, many in one process."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from cmlint.config.config import Config
from cmlint.model.findings import Finding
from cmlint.pipeline.check import check
from cmlint.sources.request import Request
from tests.mutation.mutations import Found, Mutation
from tests.support.run import inside, rules, write
from tests.support.tools import put_on_path


class Answer(NamedTuple):
    """What cmlint says: what it finds, and what it warns of."""

    found: tuple[Found, ...]
    problems: tuple[str, ...]


def answer(folder: Path, *, all_secrets: bool = False) -> Answer:
    """What cmlint says of a folder."""
    with inside(folder):
        result = check(Request(config=Config(secrets="all" if all_secrets else "evidence"), rules=dict(rules())))
    found = sorted((f.rule, *place) for f in result.outcome.findings for place in places(f))
    return Answer(tuple(found), tuple(f"{problem.path}: {problem.message}" for problem in result.problems))


def places(finding: Finding) -> Iterator[tuple[str, int]]:
    """Where a finding is, and where its container names the same object again."""
    again = (related.location for related in finding.related if related.label == "named here as well")
    yield from ((location.path, location.start.line) for location in (finding.location, *again))


def differences(folder: Path, mutations: Sequence[Mutation]) -> list[str]:
    """What cmlint should have found and has not, or the other way round, for mutations of one bundle."""
    put_on_path()
    told: list[str] = []
    with TemporaryDirectory(prefix="cmlint-") as temporary:
        work = Path(temporary).resolve() / folder.name
        shutil.copytree(folder, work)
        for mutation in mutations:
            before = {path: (work / path).read_text(encoding="utf-8") for path in mutation.texts}
            write(work, {path: text for path, text in mutation.texts.items() if text is not None})
            for path in (path for path, text in mutation.texts.items() if text is None):
                (work / path).unlink()
            said = answer(work, all_secrets=mutation.all_secrets)
            if said != Answer(mutation.expected, ()):
                told.append(f"{mutation.what}\n    expected {mutation.expected}\n    {said}")
            write(work, before)
    return told
