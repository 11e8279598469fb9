"""`cmlint env` and `cmlint check` agree: what one calls missing, the other reports at the same place."""

from __future__ import annotations

from pathlib import Path

import pytest

from cmlint.bundle.workloads import workloads
from cmlint.check import check, read_bundles
from tests.support.run import ROOT, config_here, inside, rules

FOLDERS = sorted(path for path in (ROOT / "fixtures" / "projects").iterdir() if path.is_dir())


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.name)
def test_a_container_that_misses_something_has_a_finding(folder: Path) -> None:
    """Where `env` says that a reference leads nowhere, `check` reports it at that very place."""
    with inside(folder):
        config = config_here()
        bundles, texts = read_bundles(["."], config, [])
        outcome = check(["."], config, dict(rules())).outcome
        reported = {(f.location.path, f.location.start.offset) for f in outcome.everything}
        related = {(r.location.path, r.location.start.offset) for f in outcome.everything for r in f.related}
        for workload in workloads(bundles):
            if not workload.bundle.settled or workload.bundle.unbuilt:
                continue
            for _, environment in workload.environments():
                for unresolved in environment.unresolved:
                    if unresolved.missing and not unresolved.reference.optional and workload.pod.exact:
                        reference = unresolved.reference
                        spans = [reference.name.span, *(key.span for key in reference.keys)]
                        places = [texts.locate(*workload.placed.written(span)) for span in spans]
                        found = {(place.path, place.start.offset) for place in places}
                        assert found & (reported | related), (reference.name.value, unresolved.key)
