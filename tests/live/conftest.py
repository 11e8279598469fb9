"""The cluster that the tests of this folder share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.apiserver import Cluster, running
from tests.support.live import config_map, deployment, env, secret, spec


@pytest.fixture(scope="package")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A cluster without controllers, which all tests of this folder write to: each uses namespaces of its own.

    It ends with the last of them. Other tests start no cluster that runs beside it until the end.
    """
    with running(tmp_path_factory.mktemp("cluster")) as started:
        yield started


@pytest.fixture(scope="package")
def spaces(cluster: Cluster) -> list[str]:
    """Two namespaces, each with a workload that names a wrong key and a Secret that is not there."""
    made = [cluster.namespace(f"manners-{number}") for number in range(2)]
    for space in made:
        config_map(cluster, space, "settings", "HOST")
        secret(cluster, space, "login", "password")
        deployment(
            cluster, space, "web", spec(env("configMapKeyRef", "settings", "HOTS"), env("secretKeyRef", "logni", "pw"))
        )
    return made
