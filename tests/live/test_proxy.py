"""What stands between client and server passes everything on, and breaks what it is told to."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import urllib3

from tests.support.apiserver import Cluster, path_of
from tests.support.proxy import Fault, between

PATH = path_of("ConfigMap", "proxy")
PAGE = f"{PATH}?limit=1"


@pytest.fixture(scope="module", autouse=True)
def namespace(cluster: Cluster) -> None:
    cluster.namespace("proxy")
    for name in "ab":
        cluster.create({"kind": "ConfigMap", "metadata": {"name": name, "namespace": "proxy"}})


@pytest.fixture
def ask(cluster: Cluster) -> Iterator[urllib3.PoolManager]:
    """A client that trusts the server's certificate, and tries nothing twice."""
    headers = {"Authorization": f"Bearer {cluster.token}"}
    with urllib3.PoolManager(ca_certs=str(cluster.authority), headers=headers, retries=False) as pool:
        yield pool


def test_passes_on_what_nothing_is_wrong_with(cluster: Cluster, ask: urllib3.PoolManager) -> None:
    with between(cluster, Fault("/secrets", status=403)) as proxy:
        answer = ask.request("GET", proxy.url + PATH)
        assert [item["metadata"]["name"] for item in answer.json()["items"]] == ["a", "b"]
        path = cluster.kubeconfig("admin", cluster.token, server=proxy.url)
        assert cluster.kubectl("get", "cm", "-n", "proxy", "-o", "name", f"--kubeconfig={path}").stdout == (
            "configmap/a\nconfigmap/b\n"
        )
        assert ("GET", PATH) in proxy.requests


def test_answers_in_place_of_the_server_as_often_as_it_is_told(cluster: Cluster, ask: urllib3.PoolManager) -> None:
    with between(cluster, Fault(PATH, skip=1, times=2, status=429, headers={"Retry-After": "1"})) as proxy:
        answers = [ask.request("GET", proxy.url + PATH) for _ in range(4)]
        assert [answer.status for answer in answers] == [200, 429, 429, 200]
        assert answers[1].headers["Retry-After"] == "1"
        assert answers[1].json()["reason"] == "TooManyRequests"


def test_ends_in_the_middle_of_an_answer(cluster: Cluster, ask: urllib3.PoolManager) -> None:
    with between(cluster, Fault(PATH, times=1, cut=100)) as proxy:
        with pytest.raises(urllib3.exceptions.ProtocolError):
            ask.request("GET", proxy.url + PATH)
        assert ask.request("GET", proxy.url + PATH).status == 200


def test_stops_in_the_middle_of_a_list(cluster: Cluster, ask: urllib3.PoolManager) -> None:
    with between(cluster, Fault("continue=", cut=10, stop=True)) as proxy:
        first = ask.request("GET", proxy.url + PAGE).json()
        for _ in range(2):
            with pytest.raises(urllib3.exceptions.HTTPError):
                ask.request("GET", f"{proxy.url}{PAGE}&continue={first['metadata']['continue']}")


def test_does_something_in_between(cluster: Cluster, ask: urllib3.PoolManager) -> None:
    cluster.create({"kind": "ConfigMap", "metadata": {"name": "c", "namespace": "proxy"}})
    gone = Fault(PATH, skip=1, times=1, before=lambda: cluster.send("DELETE", f"{PATH}/c"))
    with between(cluster, gone) as proxy:
        counts = [len(ask.request("GET", proxy.url + PATH).json()["items"]) for _ in range(3)]
        assert counts == [3, 2, 2]
