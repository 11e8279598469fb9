"""What goes wrong on the way to a cluster: it ends in a true part and a note, or in one clear line."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.support.apiserver import Cluster, running
from tests.support.command import COMMAND, PATIENCE, cmlint, started, wait_until
from tests.support.live import (
    NO_KEY,
    PLACE,
    WARNING,
    Ran,
    audit,
    config_map,
    deployment,
    env,
    no_keys,
    of_both,
    pod_file,
    run,
    spec,
)
from tests.support.proxy import Meddle, Reply, proxy

SOON = """\
from cmlint.sources.cluster import manners
manners.FIRST_WAIT = 0.02
"""
"""Asks again sooner."""

# what goes wrong


def busy(path: str, before: int) -> Reply | None:
    """Twice too busy for ConfigMaps, and says how long."""
    return (
        Reply(429, '{"message": "too many requests"}', (("Retry-After", "1"),))
        if "configmaps" in path and before < 2
        else None
    )


def failing(path: str, before: int) -> Reply | None:
    """Fails twice for ConfigMaps, once by its status and once by a cut connection."""
    return [Reply(503, "oh"), Reply()][before] if "configmaps" in path and before < 2 else None


@pytest.mark.parametrize("meddle", [busy, failing])
def test_what_fails_for_a_moment_is_asked_for_again(cluster: Cluster, spaces: list[str], meddle: object) -> None:
    begun = time.monotonic()
    with proxy(cluster, meddle) as between:  # type: ignore[arg-type]
        found = audit(between.kubeconfig(cluster), "-n", spaces[0])
    assert (found.said, of_both(found, spaces, "missing-key")) == ("", no_keys(spaces[0]))
    assert between.paths().count(f"/api/v1/namespaces/{spaces[0]}/configmaps") == 3
    assert time.monotonic() - begun > (2 if meddle is busy else 1)


def test_pages_that_expire_are_read_again_from_the_first(tmp_path: Path) -> None:
    with running(tmp_path, "--feature-gates=ListFromCacheSnapshot=false") as own:
        for number in range(501):
            config_map(own, "default", f"c-{number:03}")

        def compact(path: str, before: int) -> None:
            if "configmaps" in path and "continue=" in path and not compacted:
                compacted.append(path)
                config_map(own, "default", "late")
                own.compact()

        compacted: list[str] = []
        with proxy(own, compact) as between:
            found = audit(between.kubeconfig(own), "-n", "default", "--select", "unused-configmap")
    assert found.said == ""
    assert len(found.lines) == 502
    assert between.paths().count("/api/v1/namespaces/default/configmaps") == 4


def test_a_server_that_stops_in_the_middle_gives_a_true_part_and_a_note(cluster: Cluster, spaces: list[str]) -> None:
    with proxy(cluster, lambda path, before: Reply() if "secrets" in path else None) as between:
        found = audit(between.kubeconfig(cluster), "-n", spaces[0], "--select", "references", before=SOON)
    assert found.lines == no_keys(spaces[0])
    assert found.said.startswith(WARNING.format(f"Secrets in `{spaces[0]}` could not be listed: ").rstrip("\n"))


def test_an_answer_that_is_no_list(cluster: Cluster, spaces: list[str]) -> None:
    with proxy(
        cluster, lambda path, before: Reply(200, '{"items": [{"metadata"') if "secrets" in path else None
    ) as between:
        found = audit(between.kubeconfig(cluster), "-n", spaces[0], "--select", "references")
    said = f"Secrets in `{spaces[0]}` could not be listed: the answer cannot be read: DecodeError"
    assert (found.said, found.lines) == (WARNING.format(said), no_keys(spaces[0]))


def test_objects_that_vanish_between_two_lists(cluster: Cluster) -> None:
    space = cluster.namespace("vanishing")
    body = spec(env("configMapKeyRef", "settings", "HOTS"))
    config_map(cluster, space, "settings", "HOST")
    top = deployment(cluster, space, "web", body)
    reference = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "name": "web",
        "uid": top["metadata"]["uid"],
        "controller": True,
    }
    deployment(cluster, space, "web-1", body, "ReplicaSet", metadata={"ownerReferences": [reference]})
    gone = '{"items": [], "metadata": {}}'
    with proxy(cluster, lambda path, before: Reply(200, gone) if "deployments" in path else None) as between:
        found = audit(between.kubeconfig(cluster), "-n", space, "--select", "references")
    assert found.lines == [f"replicaset/{space}/web-1:{PLACE}.env[0].valueFrom.configMapKeyRef.key: {NO_KEY}"]


def test_large_and_binary_objects(cluster: Cluster) -> None:
    space = cluster.namespace("large")
    config_map(cluster, space, "large", data={"text": "ä" * 500_000})
    config_map(cluster, space, "binary", binaryData={"raw": "//79AAE="}, data={})
    done = subprocess.run(
        [COMMAND, "snapshot", "-n", space],
        env={**os.environ, "KUBECONFIG": str(cluster.admin)},
        capture_output=True,
        text=True,
        check=True,
    )
    (found,) = json.loads(done.stdout)["clusters"]
    assert found["namespaces"][space]["configMaps"] == {
        "binary": {"binary": ["raw"], "keys": {"raw": 5}},
        "large": {"keys": {"text": 1_000_000}},
    }


# no cluster at all


def test_a_server_that_is_not_there(cluster: Cluster) -> None:
    path = cluster.kubeconfig("nowhere", cluster.token, server="https://127.0.0.1:1")
    found = audit(path)
    assert (found.status, found.lines) == (2, [])
    assert found.said == (
        "cmlint: error: the cluster `test` (https://127.0.0.1:1) cannot be reached: [Errno 111] Connection refused\n"
        "help: see whether `kubectl version` reaches it\n"
    )
    named = audit(cluster.kubeconfig("admin", cluster.token, server="https://127.0.0.1:1"), "--context", "test")
    assert named.said.endswith("help: see whether `kubectl version --context test` reaches it\n")


def test_a_token_that_is_no_longer_good(cluster: Cluster) -> None:
    found = audit(cluster.kubeconfig("expired", "no-such-token"))
    assert (found.status, found.lines) == (2, [])
    assert found.said == (
        f"cmlint: error: the cluster `test` ({cluster.url}) does not accept the credentials: Unauthorized\n"
        "help: log in to the cluster again\n"
    )
    assert "no-such-token" not in found.said


BROKEN = {
    "absent": (None, "not found"),
    "yaml": ("users: [{token: sesame\n", "cannot be read: ParserError, line 2"),
    "empty": ("{}\n", "Invalid kube-config file. Expected key current-context in"),
    "list": ("[sesame]\n", "cannot be read: "),
    "certificate": (
        json.dumps(
            {
                "current-context": "a",
                "contexts": [{"name": "a", "context": {"cluster": "a", "user": "a"}}],
                "clusters": [
                    {"name": "a", "cluster": {"server": "https://127.0.0.1:1", "certificate-authority-data": "sesame!"}}
                ],
                "users": [{"name": "a", "user": {"token": "sesame"}}],
            }
        ),
        "cannot be read: ",
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_kubeconfig_that_is_broken(tmp_path: Path, case: str) -> None:
    text, why = BROKEN[case]
    path = tmp_path / "kubeconfig"
    if text is not None:
        path.write_text(text, encoding="utf-8")
    found = audit(path)
    assert (found.status, found.lines) == (2, [])
    error, hint = found.said.splitlines()
    assert error.startswith(f"cmlint: error: {path}: {why}")
    assert hint.startswith("help: ")
    assert "sesame" not in found.said


def test_a_context_that_is_not_there(cluster: Cluster) -> None:
    found = audit(cluster.admin, "--context", "nowhere")
    assert (found.status, found.lines) == (2, [])
    message = f"cmlint: error: {cluster.admin}: there is no context `{{}}`\n"
    assert found.said == message.format("nowhere") + "help: `kubectl config get-contexts` lists the contexts\n"
    near = audit(cluster.admin, "--context", "tets")
    assert (near.status, near.said) == (2, message.format("tets") + "help: did you mean `test`?\n")


# an answer that does not come to its end

POD = pod_file("envFrom: [{secretRef: {name: logni}}]")


def whole(cluster: Cluster, path: str) -> str:
    """The body of the server's own answer."""
    return json.dumps(cluster.send("GET", path).body)


def of_secrets(cluster: Cluster, times: int, reply: Reply) -> Meddle:
    """Answers so many times to the list of Secrets with the server's own body, but otherwise like a reply."""
    return lambda path, before: (
        reply._replace(body=whole(cluster, path)) if "/secrets" in path and before < times else None
    )


def both(space: str) -> list[str]:
    """All that is wrong in a namespace."""
    secret = "error[missing-secret] nothing defines the Secret `logni`"
    return [*no_keys(space), f"deployment/{space}/web:{PLACE}.env[1].valueFrom.secretKeyRef.name: {secret}"]


def test_a_list_that_is_cut_once_is_asked_for_again_and_whole(cluster: Cluster, spaces: list[str]) -> None:
    with proxy(cluster, of_secrets(cluster, 1, Reply(200, part=0.5))) as between:
        found = audit(between.kubeconfig(cluster), "-n", spaces[0], "--select", "references")
        assert between.paths().count(f"/api/v1/namespaces/{spaces[0]}/secrets") == 2
    assert found == Ran(1, both(spaces[0]), "")


def test_a_list_that_is_always_cut_gives_a_true_part_and_a_note(
    cluster: Cluster, spaces: list[str], tmp_path: Path
) -> None:
    (tmp_path / "pod.yaml").write_text(POD, encoding="utf-8")
    with proxy(cluster, of_secrets(cluster, 99, Reply(200, part=0.5))) as between:
        path = between.kubeconfig(cluster)
        found = audit(path, "-n", spaces[0], "--select", "references", before=SOON)
        assert between.paths().count(f"/api/v1/namespaces/{spaces[0]}/secrets") == 5
        checked = run(path, "check", "--live", "--format", "json", "-n", spaces[0], folder=tmp_path, before=SOON)
        written = cmlint(tmp_path, "snapshot", "-n", spaces[0], KUBECONFIG=str(path), before=SOON)
    size = len(whole(cluster, f"/api/v1/namespaces/{spaces[0]}/secrets?limit=50"))
    why = f"Connection broken: IncompleteRead({size // 2} bytes read, {size - size // 2} more expected)"
    said = WARNING.format(f"Secrets in `{spaces[0]}` could not be listed: {why}")
    assert found == Ran(1, no_keys(spaces[0]), said)
    assert (checked.status, checked.said, written.returncode, written.stderr) == (0, said, 0, said)
    report = json.loads("\n".join(checked.lines))
    reason = f"Secrets in the namespace `{spaces[0]}` of test could not be listed: {why}"
    assert [(each["name"], each["reason"]) for each in report["unverified"]] == [("Secret/logni", reason)]
    (held,) = json.loads(written.stdout)["clusters"]
    assert held["namespaces"][spaces[0]] == {
        "configMaps": {"settings": {"keys": {"HOST": 13}}},
        "unread": {"Secret": why},
    }


def test_half_of_a_list_that_claims_to_be_all_of_it(cluster: Cluster, spaces: list[str]) -> None:
    def half(path: str, before: int) -> Reply | None:
        return Reply(200, whole(cluster, path)[:-200]) if "/secrets" in path else None

    with proxy(cluster, half) as between:
        found = audit(between.kubeconfig(cluster), "-n", spaces[0], "--select", "references")
        assert between.paths().count(f"/api/v1/namespaces/{spaces[0]}/secrets") == 1
    said = f"Secrets in `{spaces[0]}` could not be listed: the answer cannot be read: DecodeError"
    assert found == Ran(1, no_keys(spaces[0]), WARNING.format(said))


@pytest.mark.parametrize("drips", [False, True])
@pytest.mark.parametrize(
    "command", [("audit", "--format", "concise"), ("check", "--live", "--format", "concise", "pod.yaml")]
)
def test_a_list_that_never_ends_is_asked_for_once(
    cluster: Cluster, spaces: list[str], tmp_path: Path, drips: bool, command: tuple[str, ...]
) -> None:
    (tmp_path / "pod.yaml").write_text(POD, encoding="utf-8")
    with proxy(cluster, of_secrets(cluster, 9, Reply(200, part=0.5, stalls=not drips, drips=drips))) as between:
        words = (*command, "-n", spaces[0], "--select", "references", "--timeout", "2")
        found = run(between.kubeconfig(cluster), *words, folder=tmp_path)
        assert between.paths().count(f"/api/v1/namespaces/{spaces[0]}/secrets") == 1
    why = "no complete answer within 2 s (see `--timeout`)"
    said = WARNING.format(f"Secrets in `{spaces[0]}` could not be listed: {why}")
    lines = no_keys(spaces[0]) if command[0] == "audit" else []
    assert found == Ran(int(bool(lines)), lines, said)


def test_a_server_that_stops_before_the_first_list(cluster: Cluster, spaces: list[str]) -> None:
    with proxy(cluster, lambda path, before: Reply() if path != "/version" else None) as between:
        found = audit(between.kubeconfig(cluster), "-n", spaces[0], before=SOON)
        why = "Connection aborted: Remote end closed connection without response"
        said = f"cmlint: error: the cluster `test` ({between.url}) cannot be reached: {why}\n"
    assert found == Ran(2, [], f"{said}help: see whether `kubectl version` reaches it\n")


PAGE = "<!doctype html><title>Sign in</title><p>The cluster is behind a login.</p>"


def test_a_page_in_the_place_of_a_list(cluster: Cluster, spaces: list[str], tmp_path: Path) -> None:
    (tmp_path / "pod.yaml").write_text(POD, encoding="utf-8")
    html = (("Content-Type", "text/html; charset=utf-8"),)
    with proxy(cluster, lambda path, before: Reply(200, PAGE, html) if "/secrets" in path else None) as between:
        found = audit(between.kubeconfig(cluster), "-n", spaces[0], "--select", "references")
    why = "not the API server but something before it answers, in text/html; charset=utf-8"
    said = WARNING.format(f"Secrets in `{spaces[0]}` could not be listed: {why}")
    assert found == Ran(1, no_keys(spaces[0]), said)
    with proxy(cluster, lambda path, before: Reply(200, PAGE, html)) as between:
        alone = f"cmlint: error: the cluster `test` ({between.url}) does not answer: {{}}\n"
        help_ = "help: see whether `kubectl version` reaches it\n"
        for words in (("audit",), ("snapshot",), ("check", "--live", "pod.yaml")):
            done = cmlint(tmp_path, *words, KUBECONFIG=str(between.kubeconfig(cluster)))
            assert (done.returncode, done.stdout, done.stderr) == (2, "", alone.format(why) + help_)
    with proxy(cluster, lambda path, before: Reply(200, PAGE)) as between:
        found = audit(between.kubeconfig(cluster))
        why = f"cmlint: error: the cluster `test` ({between.url}) does not answer: "
    assert found == Ran(2, [], f"{why}the answer cannot be read: DecodeError\n{help_}")


def test_an_interrupt_does_not_wait_for_a_list_that_never_ends(cluster: Cluster, spaces: list[str]) -> None:
    with proxy(cluster, of_secrets(cluster, 9, Reply(200, part=0.5, stalls=True))) as between:
        environment = {**os.environ, "KUBECONFIG": str(between.kubeconfig(cluster))}
        pipes = dict.fromkeys(("stdout", "stderr"), subprocess.PIPE)
        with started(COMMAND, "audit", "-n", spaces[0], env=environment, **pipes) as process:
            wait_until(lambda: any("/secrets" in path for path in between.paths()))
            process.send_signal(signal.SIGINT)
            assert process.communicate(timeout=PATIENCE) == ("", "")
    assert process.returncode == 130
