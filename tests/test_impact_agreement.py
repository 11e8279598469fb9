"""Environments, impact and graph agree about who reads what: in fixtures, and in real repositories if there are any."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from cmlint.bundle.bundle import Bundle
from cmlint.bundle.documents import Definition, Placed
from cmlint.bundle.graph import build
from cmlint.bundle.impact import Defined, Subject, impact
from cmlint.bundle.readers import ALL
from cmlint.bundle.workloads import workloads
from cmlint.cli.impact import Options, ways_of
from cmlint.model.facts import EXAMPLE, Span
from cmlint.pipeline.check import check
from cmlint.pipeline.read import read
from cmlint.report.graph import model
from cmlint.report.json import encode
from cmlint.sources.request import Request
from tests.support.run import FIXTURES, REAL, inside, rules

FOLDERS = [
    *(FIXTURES / name for name in ("demo", "report", "mutation", "ok")),
    *sorted((FIXTURES / "projects").iterdir()),
    *REAL,
]
Read = tuple[Placed, str, Placed, Span, str]
"""The workload, the container, the object, the place of its name, and the key."""


def bundles_in(folder: Path) -> list[Bundle]:
    with inside(folder):
        return list(read(Request()).bundles)


def subjects_in(bundles: list[Bundle]) -> Iterator[Subject]:
    """Every object that is defined."""
    for bundle in bundles:
        for placed in (*bundle.placed, *bundle.commands):
            for provider in placed.document.providers:
                if provider.kind != EXAMPLE:
                    definition = Definition(placed, provider)
                    defined = (Defined(bundle, definition),)
                    yield Subject(
                        provider.target, definition.namespace, definition.spelled, ALL, "asked", defined, None
                    )


def of_environments(bundles: list[Bundle]) -> set[Read]:
    """What variables have for an origin, or hide."""
    found: set[Read] = set()
    for workload in workloads(bundles):
        for container, environment in workload.environments():
            for variable in environment.variables.values():
                for origin in (variable.origin, *variable.shadows):
                    if origin.definition and origin.key is not None:
                        placed, provider = origin.definition.placed, origin.definition.provider
                        found.add((workload.placed, container.path, placed, provider.name.span, origin.key))
    return found


def of_impact(bundles: list[Bundle]) -> set[Read]:
    """The keys that reach variables, as impact has them; a key that is not there reaches none.

    Of several definitions that are equally near, an environment shows the first one.
    """
    found: set[Read] = set()
    for each in impact(bundles, list(subjects_in(bundles))).touched:
        read, definition = each.read, each.subject.defined[0].definition
        resolution = each.bundle.resolver.resolve(read.reference, read.placed)
        if read.container is None or read.how not in ("env", "envFrom") or resolution.status != "found":
            continue
        for key in (key for key in definition.provider.keys if not key.binary and read.key in (ALL, key.name)):
            having = [each for each, known in resolution.keys(key.name) if not known.binary]
            shown = (resolution.definitions if read.how == "envFrom" else having)[0]
            if shown.provider is definition.provider:
                found.add((read.placed, read.container.path, *place_of(definition), key.name))
    return found


def place_of(definition: Definition) -> tuple[Placed, Span]:
    return definition.placed, definition.provider.name.span


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_impact_and_environments_agree(folder: Path) -> None:
    bundles = bundles_in(folder)
    expected, found = of_environments(bundles), of_impact(bundles)
    assert [described(each) for each in expected - found] == []
    assert [described(each) for each in found - expected] == []


def described(read: Read) -> str:
    return f"{read[0].path} {read[0].described} {read[1]} -> {read[2].path} {read[4]}"


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_impact_and_graph_agree(folder: Path) -> None:
    bundles = bundles_in(folder)
    graph = build(bundles)
    reads = [
        (each, (each.read.reference.name.span, each.read.placed, each.read.key, each.read.how))
        for each in graph.edges
        if each.read
    ]
    drawn = {
        read
        for edge, read in reads
        if graph.nodes[edge.target].status in ("found", "command") and "*" not in edge.target
    }
    touched = [
        (each, (each.read.reference.name.span, each.read.placed, each.read.key, each.read.how))
        for each in impact(bundles, list(subjects_in(bundles))).touched
    ]
    found = {
        read
        for each, read in touched
        if each.bundle.resolver.resolve(each.read.reference, each.read.placed).status == "found"
    }
    assert drawn <= {read for _, read in touched}
    assert found <= {read for _, read in reads}
    again = build(bundles)
    assert (list(graph.nodes), graph.edges) == (list(again.nodes), again.edges)


ABOUT_READS = frozenset(name for name, rule in rules().items() if rule.node == "Reference")
"""The rules about references, whose findings are where a name or a key is read."""


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_findings_about_reads_are_drawn(folder: Path) -> None:
    with inside(folder):
        request = Request(rules=dict(rules()))
        result = check(request)
        ways = ways_of(Options(), request.config, result.bundles)
        report, again = (
            model.build(build(result.bundles), result.outcome.findings, result.texts, ways) for _ in range(2)
        )
    drawn = {number for each in report.nodes for number in each.problems}
    drawn |= {number for each in report.edges for number in each.problems}
    left = [f for n, f in enumerate(report.findings) if f.rule in ABOUT_READS and n not in drawn]
    assert [(each.rule, each.location.path, each.location.start.line) for each in left] == []
    assert encode(report) == encode(again)
    msgspec.json.decode(encode(report), type=model.Report)
