"""The cluster that the tests of this folder share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.apiserver import Cluster, running


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A cluster without controllers, which all tests of a run write to: each uses namespaces of its own."""
    with running(tmp_path_factory.mktemp("cluster")) as started:
        yield started
