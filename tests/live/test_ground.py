"""On its ground cmlint calls rejected what the API server refuses, and nothing else, whatever anyone writes there."""

from __future__ import annotations

from tests.support.apiserver import Cluster
from tests.support.ground import Generator
from tests.support.verdicts import objects_in, verdicts

COUNT = 3000


def test_the_server_refuses_exactly_what_is_called_rejected(cluster: Cluster) -> None:
    objects = [written for seed in range(COUNT) for written in objects_in({f"{seed}.yaml": Generator(seed).text()})]
    assert len(objects) == COUNT
    said = verdicts(cluster, objects)
    wrong = [verdict for verdict in said if verdict.differs]
    assert not wrong, f"{len(wrong)} of {COUNT}\n" + "\n".join(map(str, wrong))
    refused = sum(verdict.refused is not None for verdict in said)
    assert COUNT / 3 < refused < COUNT * 2 / 3, "there must be enough of both"
