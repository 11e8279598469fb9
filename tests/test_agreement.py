"""`cmlint env` and `cmlint check` agree: what one says does not start, the other reports, and the other way round."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cmlint.bundle.workloads import Workload, workloads
from cmlint.pipeline.check import check
from cmlint.pipeline.read import read
from cmlint.pipeline.result import Result
from cmlint.sources.request import Request
from cmlint.texts import Texts
from tests.support import pages
from tests.support.run import FIXTURES, REAL, config_here, inside, rules, write

FOLDERS = sorted(
    [
        *(FIXTURES / name for name in ("demo", "report", "seeds")),
        *(path for part in ("projects", "ok", "err", "secrets", "mutation") for path in (FIXTURES / part).iterdir()),
    ]
)
SECTIONS = [
    (page, section)
    for page in map(pages.read, pages.rule_pages() + pages.extra_pages())
    for section in page.sections
    if section.runs and pages.CLUSTER not in section.files
]
STUCK = {
    *("missing-configmap", "missing-key", "missing-secret", "missing-secret-key", "wrong-namespace"),
    *("binary-key-in-env", "missing-container", "nul-in-value", "overlapping-files", "oversized-environment"),
}
"""The rules about containers that do not start and volumes that are not mounted."""


def disagreements() -> Iterator[str]:
    """Where the two say different things of the working directory."""
    config = config_here()
    request = Request(config=config, rules=dict(rules()))
    manifests, result = read(request), check(request)
    found = list(workloads(manifests.bundles))
    for workload in found:
        if workload.bundle.complete and not workload.bundle.unbuilt and workload.pod.exact:
            yield from unreported(workload, result, manifests.texts)
    running = {path for workload in found for path in paths_of(workload)}
    broken = {path for workload in found if is_broken(workload) for path in paths_of(workload)}
    for finding in result.outcome.everything:
        places = {finding.location.path, *(related.location.path for related in finding.related)}
        sure = finding.rule in STUCK and finding.severity == "error" and finding.reader == "pod"
        if sure and places & running and not places & broken:
            yield f"{finding.location.path}: {finding.message}: but everything starts"


def unreported(workload: Workload, result: Result, texts: Texts) -> Iterator[str]:
    """What keeps a workload from starting and has no finding at its place, or none in its file."""
    outcome = result.outcome
    places = {(each.location.path, each.location.start.offset) for each in outcome.everything}
    places |= {(r.location.path, r.location.start.offset) for each in outcome.everything for r in each.related}
    for container, environment in workload.environments():
        for unresolved in environment.unresolved:
            reference = unresolved.reference
            if unresolved.missing and not reference.optional:
                spans = [reference.name.span, *(key.span for key in reference.keys)]
                located = [texts.locate(*workload.placed.written(span)) for span in spans]
                if not places & {(place.path, place.start.offset) for place in located}:
                    yield f"{workload.name}: {reference.name.value} {unresolved.key} is missing"
        for stop in workload.stops(container, environment):
            if not any(stop.name in each.message for each in outcome.everything if each.severity == "error"):
                yield f"{workload.name}: {stop}"
    for name, contents in workload.volumes():
        stuck = [each for each in outcome.everything if each.rule in STUCK]
        if not contents.mounts and not any(each.location.path in paths_of(workload) for each in stuck):
            yield f"{workload.name}: the volume {name} cannot be mounted"


def is_broken(workload: Workload) -> bool:
    """Whether a container does not start or a volume is not mounted."""
    environments = list(workload.environments())
    starts = all(environment.starts and not workload.stops(each, environment) for each, environment in environments)
    return not starts or not all(contents.mounts for _, contents in workload.volumes())


def paths_of(workload: Workload) -> set[str]:
    """The files that a workload is written in."""
    places = [workload.placed.document.span, workload.pod.span, *(each.span for each in workload.pod.containers)]
    places += [each.span for each in workload.pod.volumes]
    places += [source.reference.name.span for each in workload.pod.volumes for source in each.sources]
    for container in workload.pod.containers:
        references = [each.reference for each in container.env if each.reference]
        references += [each.reference for each in container.env_from if each.reference]
        places += [span for each in references for span in (each.name.span, *(key.span for key in each.keys))]
    return {workload.placed.written(span)[0] for span in places}


@pytest.mark.parametrize("path", [*FOLDERS, *REAL], ids=lambda path: f"{path.parent.name}/{path.name}")
def test_they_agree_on_every_fixture_and_real_repository(path: Path, tmp_path: Path) -> None:
    if path.is_file():
        write(tmp_path, {path.name: path.read_bytes().decode()})
    with inside(path if path.is_dir() else tmp_path):
        assert list(disagreements()) == []


@pytest.mark.parametrize(("page", "section"), SECTIONS, ids=lambda item: getattr(item, "title", None) or item.rule)
def test_they_agree_on_every_page(page: pages.Page, section: pages.Section, tmp_path: Path) -> None:
    write(tmp_path, dict(section.files))
    with inside(tmp_path):
        assert list(disagreements()) == []
