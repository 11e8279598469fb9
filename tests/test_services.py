"""Services and the variables that the kubelet makes of them (`pkg/kubelet/envvars/envvars_test.go`)."""

from __future__ import annotations

import json

import pytest
import yaml

from cmlint.knowledge.services import may_be_service, variables_of
from cmlint.manifest.documents import read_text
from cmlint.model.facts import Port, Service

DB = """\
apiVersion: v1
kind: Service
metadata:
  name: db-main
  namespace: shop
spec:
  ports:
    - {name: p-q, port: 5432}
    - {name: dns, port: 53, protocol: UDP}
"""


def services(text: str) -> list[tuple[str, str | None, tuple[Port, ...]]]:
    """The Services of a text: name, namespace and ports."""
    return [(found.name.value, found.namespace, found.ports) for found in read_text(text).services]


def only(text: str) -> Service:
    """The single Service of a text."""
    (service,) = read_text(text).services
    return service


def test_variables_of_a_service() -> None:
    assert list(variables_of(only(DB))) == [
        ("DB_MAIN_SERVICE_HOST", None),
        ("DB_MAIN_SERVICE_PORT", "5432"),
        ("DB_MAIN_SERVICE_PORT_P_Q", "5432"),
        ("DB_MAIN_SERVICE_PORT_DNS", "53"),
        ("DB_MAIN_PORT", None),
        ("DB_MAIN_PORT_5432_TCP", None),
        ("DB_MAIN_PORT_5432_TCP_PROTO", "tcp"),
        ("DB_MAIN_PORT_5432_TCP_PORT", "5432"),
        ("DB_MAIN_PORT_5432_TCP_ADDR", None),
        ("DB_MAIN_PORT_53_UDP", None),
        ("DB_MAIN_PORT_53_UDP_PROTO", "udp"),
        ("DB_MAIN_PORT_53_UDP_PORT", "53"),
        ("DB_MAIN_PORT_53_UDP_ADDR", None),
    ]


def test_a_port_without_a_name_gives_no_variable_of_a_name() -> None:
    text = DB.replace("name: p-q, ", "").replace("    - {name: dns, port: 53, protocol: UDP}\n", "")
    assert [name for name, _ in variables_of(only(text))][:3] == [
        "DB_MAIN_SERVICE_HOST",
        "DB_MAIN_SERVICE_PORT",
        "DB_MAIN_PORT",
    ]


def test_each_variable_is_known_as_one_of_a_service() -> None:
    for name, _ in variables_of(only(DB)):
        assert may_be_service(name, links=True)
        assert not may_be_service(name, links=False)
    assert may_be_service("KUBERNETES_SERVICE_HOST", links=False)
    for name in ("DB_HOST", "SERVICE_HOST", "db_SERVICE_HOST", "PORT", "DB_PORT_TCP"):
        assert not may_be_service(name, links=True), name


PORTS = (Port("p-q", 5432, "TCP"), Port("dns", 53, "UDP"))


@pytest.mark.parametrize(
    "text",
    [
        DB,
        json.dumps(yaml.safe_load(DB)),
        f"# image of a Secret\n{DB}",
        json.dumps({"apiVersion": "v1", "kind": "List", "items": [yaml.safe_load(DB)]}),
        DB.replace("spec:\n", "spec:\n  type: NodePort\n"),
        DB.replace("spec:\n", "spec:\n  clusterIP: 10.0.0.7\n"),
        f"{DB}---\nkind: [\n",
    ],
)
def test_a_service_is_read_in_every_form(text: str) -> None:
    assert services(text) == [("db-main", "shop", PORTS)]


@pytest.mark.parametrize(
    "text",
    [
        DB.replace("spec:\n", "spec:\n  clusterIP: None\n"),
        DB.replace("spec:\n", 'spec:\n  clusterIP: "None"\n'),
        DB.replace("spec:\n", "spec:\n  type: ExternalName\n  externalName: example.com\n"),
        DB.partition("  ports:")[0] + "  ports: []\n",
        DB.partition("spec:")[0],
        DB.replace("name: db-main", "generateName: db-"),
        DB.replace("name: db-main", "name: 5"),
        DB.replace("v1", "serving.knative.dev/v1"),
        DB.replace("port: 5432", "port: http").replace("port: 53,", "port: dns,"),
        DB.replace("ports:", "ports: ["),
    ],
)
def test_what_gives_no_variables(text: str) -> None:
    assert services(text) == []
