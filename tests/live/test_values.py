"""No value of a Secret leaves the cluster, in whatever way cmlint is called and whatever goes wrong."""

from __future__ import annotations

import base64
import json
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from cmlint.report import FORMATS
from tests.support.apiserver import Cluster
from tests.support.command import COMMAND
from tests.support.live import deployment, env, pod, runs, secret, spec, waits
from tests.support.proxy import Reply, proxy
from tests.support.run import write


class Hidden(NamedTuple):
    """A namespace whose Secrets have known random values."""

    space: str
    values: list[str]

    def shown_in(self, raw: bytes) -> list[str]:
        """The values that a text shows, as they are or in base64."""
        forms = [(value, value.encode()) for value in self.values]
        forms += [(value, base64.b64encode(value.encode())) for value in self.values]
        return [value for value, form in forms if form in raw]


@pytest.fixture(scope="module")
def hidden(cluster: Cluster) -> Hidden:
    """Secrets that are created in every way that leaves their values somewhere."""
    space = cluster.namespace("hidden")
    values = [secrets.token_hex(12) for _ in range(8)]
    given = iter(values)
    for name in ("login", "logins"):
        data = {key: next(given) for key in ("password", "token")}
        secret(cluster, space, name, stringData=data)
    text = f"apiVersion: v1\nkind: Secret\nmetadata: {{name: applied}}\nstringData: {{password: {next(given)}}}\n"
    assert cluster.kubectl("apply", "-n", space, "-f", "-", stdin=text).returncode == 0
    applied = cluster.get("Secret", space, "applied")["metadata"]["annotations"]
    assert any(value in applied["kubectl.kubernetes.io/last-applied-configuration"] for value in values)
    fixed = {"password": next(given), "key": next(given)}
    secret(cluster, space, "fixed", stringData=fixed, immutable=True)
    entries = [
        env("secretKeyRef", "login", "pasword"),
        env("secretKeyRef", "logi", "x"),
        env("secretKeyRef", "fixed", "key"),
    ]
    body = spec(
        *entries, volumes=[{"name": "v", "secret": {"secretName": "applied", "items": [{"key": "no", "path": "x"}]}}]
    )
    body["containers"][0]["envFrom"] = [{"secretRef": {"name": "logins"}}]
    top = deployment(cluster, space, "web", body)
    pod(
        cluster,
        space,
        "web-1",
        body,
        waits("CreateContainerConfigError", f"couldn't find key pasword in Secret {space}/login"),
        top,
    )
    pod(cluster, space, "web-2", body, runs("2020-01-31T10:00:00Z"), top)
    return Hidden(space, values)


def lines(space: str) -> Iterator[list[str]]:
    """Command lines that read the cluster."""
    for form in FORMATS:
        yield ["audit", "-n", space, "--format", form, "--pedantic", "--verbose", "--no-ignores", "--select", "all"]
        yield ["check", "--live", "-n", space, "--format", form, "--pedantic", "--verbose", "--select", "all"]
    yield ["audit", "-n", space, "--custom-resources", "--metadata-only-secrets", "--pedantic"]
    yield ["snapshot", "-n", space]


MANIFESTS = {
    "fixed.yaml": "apiVersion: v1\nkind: Secret\nmetadata: {name: fixed}\nstringData: {other: ''}\n",
    "login.yaml": "apiVersion: v1\nkind: Secret\nmetadata: {name: login}\nstringData: {}\n",
    "pod.yaml": "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  containers:\n"
    "    - name: c\n      image: c:1.2.3\n"
    "      envFrom: [{secretRef: {name: applied}}]\n"
    "      env: [{name: A, valueFrom: {secretKeyRef: {name: logins, key: tokem}}}]\n",
}


def test_no_output_shows_a_value(cluster: Cluster, hidden: Hidden, tmp_path: Path) -> None:
    write(tmp_path, MANIFESTS)
    home = tmp_path / "home"
    home.mkdir()
    environment = {
        "PATH": os.environ["PATH"],
        "KUBECONFIG": str(cluster.admin),
        "HOME": str(home),
        "PYTHONFAULTHANDLER": "1",
    }
    said = 0
    for words in lines(hidden.space):
        done = subprocess.run([COMMAND, *words], cwd=tmp_path, env=environment, capture_output=True, check=False)
        assert done.returncode in (0, 1), (words, done.stderr)
        assert not hidden.shown_in(done.stdout + done.stderr), words
        said += b"login" in done.stdout
    assert said > len(FORMATS)
    left = [path for path in tmp_path.rglob("*") if path.is_file() and path.name not in MANIFESTS]
    assert not [path for path in left if hidden.shown_in(path.read_bytes())]


def mistyped(cluster: Cluster, path: str) -> Reply:
    """The server's own answer, with a field of the wrong type."""
    body = cluster.send("GET", path).body
    for item in body["items"]:
        item["metadata"]["resourceVersion"] = 7
    return Reply(200, json.dumps(body))


def test_no_error_shows_a_value(cluster: Cluster, hidden: Hidden, tmp_path: Path) -> None:
    def half(path: str, before: int) -> Reply | None:
        if "secrets" not in path:
            return None
        text = cluster.pool.request(
            "GET", cluster.url + path, headers={"Authorization": f"Bearer {cluster.token}"}
        ).data.decode()
        return Reply(200, text[: text.index(base64.b64encode(hidden.values[0].encode()).decode()) + 5])

    def wrong(path: str, before: int) -> Reply | None:
        return mistyped(cluster, path) if "secrets" in path else None

    def error(path: str, before: int) -> Reply | None:
        return Reply(400, f'{{"message": 7, "data": "{hidden.values[0]}"}}') if "secrets" in path else None

    for meddle in (half, wrong, error):
        with proxy(cluster, meddle) as between:
            environment = {"PATH": os.environ["PATH"], "KUBECONFIG": str(between.kubeconfig(cluster))}
            words = [str(COMMAND), "audit", "-n", hidden.space, "--verbose"]
            done = subprocess.run(words, cwd=tmp_path, env=environment, capture_output=True, check=False)
        assert b"Secrets in `hidden` could not be listed: " in done.stderr
        assert not hidden.shown_in(done.stdout + done.stderr)


def test_no_crash_shows_a_value(cluster: Cluster, hidden: Hidden, tmp_path: Path) -> None:
    code = (
        "import sys\nfrom cmlint.sources.cluster import objects\n"
        "def crash(raw):\n    raise RuntimeError(bytes(raw))\n"
        "objects.decoded_length = crash\n"
        "from cmlint.__main__ import main\nsys.exit(main(sys.argv[1:]))\n"
    )
    environment = {"PATH": os.environ["PATH"], "KUBECONFIG": str(cluster.admin)}
    words = [sys.executable, "-c", code, "audit", "-n", hidden.space]
    done = subprocess.run(words, cwd=tmp_path, env=environment, capture_output=True, check=False)
    assert done.returncode == 2
    assert b"RuntimeError in " in done.stderr
    assert not hidden.shown_in(done.stdout + done.stderr)
