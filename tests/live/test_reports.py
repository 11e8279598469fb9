"""What an audit reports of a real cluster: one problem for each cause, its state and age, gauges and baselines."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from cmlint import __version__
from cmlint.sources.cluster.begin import Wanted, begun
from tests.support.apiserver import Cluster, Tree, path_of, running
from tests.support.command import cmlint
from tests.support.live import (
    WARNING,
    Ran,
    audit,
    config_map,
    deployment,
    env,
    pod,
    run,
    runs,
    secret,
    spec,
    waits,
)
from tests.support.proxy import Reply, proxy
from tests.support.run import ROOT

OLD = "2020-01-31T10:00:00Z"
SINCE = "2026-01-31T10:00:00Z"
PATH = "spec.template.spec.containers[0]"


def output(cluster: Cluster, *words: str, **how: str) -> str:
    """What an audit prints."""
    return cmlint(cluster.folder, "audit", *words, KUBECONFIG=str(cluster.admin), **how).stdout


def findings(cluster: Cluster, *words: str) -> list[dict[str, Any]]:
    """The findings of an audit."""
    found: list[dict[str, Any]] = json.loads(output(cluster, *words, "--format", "json"))["findings"]
    return found


def waiting(reason: str, message: str) -> Tree:
    """The state of a pod that waits since a moment."""
    ready = {"type": "Ready", "status": "False", "lastTransitionTime": SINCE, "lastProbeTime": None}
    return {**waits(reason, message), "conditions": [ready]}


# one cause is one problem


@pytest.fixture(scope="module")
def lost(cluster: Cluster) -> str:
    """A namespace in which two workloads read a ConfigMap that is gone: one pod waits for it, three run on."""
    space = cluster.namespace("lost")
    body = spec(env("configMapKeyRef", "gone", "HOST"))
    said = 'configmap "gone" not found'
    for name in ("one", "two"):
        top = deployment(cluster, space, name, body)
        pod(cluster, space, f"{name}-runs", body, runs(OLD), top)
    pod(cluster, space, "two-runs-too", body, runs(OLD), top)
    pod(cluster, space, "two-waits", body, waiting("CreateContainerConfigError", said), top)
    quiet = deployment(cluster, space, "three", spec(env("configMapKeyRef", "also-gone", "HOST")))
    pod(cluster, space, "three-runs", body, runs(OLD), quiet)
    deployment(cluster, space, "four", spec(env("configMapKeyRef", "gone-too", "HOST")))
    return space


def test_a_cause_is_one_problem_with_what_it_means_now_and_later(cluster: Cluster, lost: str) -> None:
    text = output(cluster, "-n", lost, "--select", "missing-configmap,stuck-pod")
    blocks = text.split("\n\n")
    heads = [block.split("\n", 1)[0] for block in blocks]
    assert heads[:-1] == [
        "Broken now: 1 problem",
        f"namespace `{lost}` of test: 1 problem",
        "error[missing-configmap]: nothing defines the ConfigMap `gone`",
        "Breaks at the next restart: 2 problems",
        f"namespace `{lost}` of test: 2 problems",
        "error[missing-configmap]: nothing defines the ConfigMap `gone-too`",
        "error[missing-configmap]: nothing defines the ConfigMap `also-gone`",
    ]
    assert heads[-1].startswith("3 problems at 5 places: 5 errors")
    broken, never, later = blocks[2], blocks[5], blocks[6]
    assert re.search(rf"1 pod does not start now, since {SINCE} \(\d+ d\)", " ".join(broken.split()))
    assert "at the next restart, 3 running pods will not start again" in broken
    assert f"also at 1 more place: deployment/{lost}/two:{PATH}" in broken
    assert "at the next restart, 1 running pod will not start again" in later
    assert "does not start" not in later
    assert "its pods will not start" in never


def test_the_fields_of_json(cluster: Cluster, lost: str) -> None:
    found = findings(cluster, "-n", lost, "--select", "missing-configmap,stuck-pod")
    known = [(each["rule"], each["object"]["name"], each["audit"]) for each in found]
    where = {"cluster": "test", "namespace": lost}
    waits = {"since": SINCE, "pods": ["two-waits"], "running": 2}
    assert known == [
        ("missing-configmap", "four", {**where, "state": "at-restart"}),
        ("missing-configmap", "one", {**where, "state": "at-restart", "running": 1}),
        ("missing-configmap", "three", {**where, "state": "at-restart", "running": 1}),
        ("missing-configmap", "two", {**where, "state": "broken", **waits}),
        ("stuck-pod", "two", {**where, "state": "broken", **waits}),
    ]
    groups = [each["group"] for each in found]
    assert groups[1] == groups[3] == groups[4]
    assert len(set(groups)) == 3
    (stale,) = findings(cluster, "-n", stale_space(cluster), "--select", "mutable-tag")
    restart = f"kubectl rollout restart deployment/web -n {stale['audit']['namespace']}"
    assert (stale["audit"]["state"], stale["audit"]["commands"]) == ("stale", [restart])


def stale_space(cluster: Cluster) -> str:
    """A namespace with an image whose tag moves, in a Deployment and in a pod of its own."""
    space = cluster.namespace("stale-tags")
    if not cluster.get("Deployment", space)["items"]:
        deployment(cluster, space, "web", spec(image="registry.example.com/web:develop"))
    return space


def test_with_verbose_each_finding_is_shown(cluster: Cluster, lost: str) -> None:
    text = output(cluster, "-n", lost, "--select", "missing-configmap,stuck-pod", "-v")
    assert text.count("error[stuck-pod]") == 1
    assert text.count("error[missing-configmap]") == 4


# gauges


def samples(text: str) -> dict[str, list[tuple[dict[str, str], float]]]:
    """The samples of a text by their gauge, as Prometheus' own library reads them."""
    families = list(text_string_to_metric_families(text))
    assert {family.type for family in families} == {"gauge"}
    assert all(family.documentation for family in families)
    return {each.name: [(sample.labels, sample.value) for sample in each.samples] for each in families}


def test_gauges_count_problems(cluster: Cluster, lost: str, tmp_path: Path) -> None:
    file = tmp_path / "cmlint.prom"
    words = ("-n", lost, "-n", stale_space(cluster), "--output", str(file), "--format", "prometheus")
    output(cluster, *words, "--select", "missing-configmap,stuck-pod,mutable-tag")
    text = file.read_text(encoding="utf-8")
    assert text.endswith("\n")
    found = samples(text)
    here = {"cluster": "test", "namespace": lost, "rule": "missing-configmap", "severity": "error"}
    assert found["cmlint_problems"] == [
        ({**here, "state": "at-restart"}, 2.0),
        ({**here, "state": "broken"}, 1.0),
        ({**here, "namespace": "stale-tags", "rule": "mutable-tag", "severity": "warning", "state": "stale"}, 1.0),
    ]
    assert found["cmlint_unread"] == [({}, 0.0)]
    clean = samples(output(cluster, "-n", cluster.namespace("clean-gauges"), "--format", "prometheus"))
    assert (clean["cmlint_problems"], clean["cmlint_objects"]) == ([], [({}, 0.0)])


def test_gauges_show_what_could_not_be_read(cluster: Cluster) -> None:
    with proxy(cluster, lambda path, before: Reply(403, "{}") if "/pods" in path else None) as between:
        words = ("audit", "-n", cluster.namespace("unread-gauges"), "--format", "prometheus")
        done = cmlint(cluster.folder, *words, KUBECONFIG=str(between.kubeconfig(cluster)))
    assert done.returncode == 2
    assert samples(done.stdout)["cmlint_unread"] == [({"cluster": "test"}, 1.0)]


# baselines


def test_a_baseline_leaves_out_what_was_wrong_before(cluster: Cluster, tmp_path: Path) -> None:
    space, other = cluster.namespace("baseline"), cluster.namespace("baseline-other")
    for name in (space, other):
        config_map(cluster, name, "settings", "HOST")
        deployment(cluster, name, "web", spec(env("configMapKeyRef", "settings", "HOTS")))
    file = str(tmp_path / "known.json")
    select = ("--select", "missing-key")
    both = audit(cluster.admin, "-n", space, "-n", other, *select, "--write-baseline", file)
    assert (both.status, both.lines) == (0, [])
    known = json.loads(Path(file).read_text(encoding="utf-8"))["findings"]
    assert [each["path"] for each in known] == [f"deployment/{name}/web" for name in (other, space)]
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    with_it = ("audit", "--format", "concise", "-n", space, *select, "--baseline", file)
    assert run(cluster.admin, *with_it, folder=elsewhere) == Ran(0, [], "")
    deployment(cluster, space, "late", spec(env("configMapKeyRef", "settings", "HOTS")))
    new = run(cluster.admin, *with_it, folder=elsewhere)
    assert (new.status, [line.partition(":")[0] for line in new.lines]) == (1, [f"deployment/{space}/late"])
    # what is fixed is gone, and only what was looked at can be
    assert cluster.send("DELETE", path_of("Deployment", space, "web")).ok
    report = json.loads("\n".join(run(cluster.admin, *with_it[:1], "--format", "json", *with_it[3:]).lines))
    assert [each["path"] for each in report["gone"]] == [f"deployment/{space}/web"]
    audit(cluster.admin, "-n", space, *select, "--baseline", file, "--write-baseline", file)
    known = json.loads(Path(file).read_text(encoding="utf-8"))["findings"]
    assert [each["path"] for each in known] == [f"deployment/{other}/web"]


def test_no_baseline_is_written_of_what_could_not_be_read(cluster: Cluster, tmp_path: Path) -> None:
    file = tmp_path / "known.json"
    with proxy(cluster, lambda path, before: Reply(403, "{}") if "/pods" in path else None) as between:
        path = between.kubeconfig(cluster)
        found = audit(path, "-n", cluster.namespace("half"), "--write-baseline", str(file))
    assert found.status == 2
    assert found.said.endswith("not written: not everything could be read\nhelp: see the errors above\n")
    assert not file.exists()


# the CronJob


def test_the_cron_job_is_accepted_and_its_account_may_read_all_it_needs(cluster: Cluster) -> None:
    for name in ("clusterrole.yaml", "cronjob.yaml"):
        done = cluster.kubectl("apply", "-f", str(ROOT / "docs" / name))
        assert done.returncode == 0, done.stderr
    wish = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {}}
    answer = cluster.send("POST", f"{path_of('ServiceAccount', 'cmlint', 'cmlint')}/token", wish)
    assert answer.ok, answer.message
    job = cluster.get("CronJob", "cmlint", "cmlint-audit")["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    assert job["containers"][0]["image"] == f"ghcr.io/cmlint/cmlint:{__version__}"
    words = [word for word in job["containers"][0]["args"] if not word.startswith("--output")]
    cluster.wait_until_allowed("system:serviceaccount:cmlint:cmlint", rules()[-1], "")
    path = cluster.kubeconfig("cronjob", answer.body["status"]["token"])
    done = cmlint(cluster.folder, *words, KUBECONFIG=str(path))
    assert (done.returncode, done.stderr) == (0, "")
    assert "cmlint_problems" in samples(done.stdout)


def rules() -> list[Tree]:
    """The rules of the documented role."""
    found: list[Tree] = yaml.safe_load((ROOT / "docs" / "clusterrole.yaml").read_text(encoding="utf-8"))["rules"]
    return found


# Services


@pytest.mark.parametrize(("number", "links", "said"), [(1000, True, True), (999, True, False), (1000, False, False)])
def test_a_namespace_with_thousands_of_services(cluster: Cluster, number: int, links: bool, said: bool) -> None:
    space = cluster.namespace(f"services-{number}-{links}".lower())
    deployment(cluster, space, "web", spec(enableServiceLinks=links))
    port = {"port": 80, "protocol": "TCP"}
    services = [
        {"metadata": {"name": f"service-{n}", "namespace": space}, "spec": {"clusterIP": "10.0.0.1", "ports": [port]}}
        for n in range(number)
    ]
    headless = {"metadata": {"name": "headless", "namespace": space}, "spec": {"clusterIP": "None", "ports": [port]}}
    listed = json.dumps({"metadata": {}, "items": [*services, headless]})
    with proxy(
        cluster, lambda path, before: Reply(200, listed) if path.partition("?")[0].endswith("/services") else None
    ) as between:
        found = audit(between.kubeconfig(cluster), "-n", space)
    why = (
        f"1000 Services in `{space}` give each container 7000 variables, about 0.3 MiB of the 2 MiB that Linux allows: "
        "pods start slowly, and in the end fail with `argument list too long`; set `enableServiceLinks: false` in 1 of "
        "its workloads"
    )
    assert found == Ran(0, [], WARNING.format(why) if said else "")


# what is asked, and what is kept


def test_only_lists_and_discovery_are_asked_for(tmp_path: Path) -> None:
    policy, log = tmp_path / "policy.yaml", tmp_path / "audit.log"
    policy.write_text("apiVersion: audit.k8s.io/v1\nkind: Policy\nrules: [{level: Metadata}]\n", encoding="utf-8")
    folder = tmp_path / "server"
    folder.mkdir()
    flags = (f"--audit-policy-file={policy}", f"--audit-log-path={log}", "--audit-log-mode=blocking-strict")
    with running(folder, *flags) as own:
        config_map(own, "default", "settings", "HOST")
        secret(own, "default", "login", "password")
        deployment(own, "default", "web", spec(env("configMapKeyRef", "settings", "HOTS")))
        token = own.account("watched", [*rules(), {"apiGroups": ["*"], "resources": ["*"], "verbs": ["list"]}])
        path = own.kubeconfig("watched", token)
        (tmp_path / "a.yaml").write_text("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n", encoding="utf-8")
        for words in (
            ("audit", "-A", "--custom-resources", "--pedantic"),
            ("audit", "-n", "absent"),
            ("snapshot", "-A", "--metadata-only-secrets"),
            ("check", "--live", "a.yaml"),
            ("explain", "--live", "configmap/settings"),
            ("graph", "--live", "a.yaml"),
            ("impact", "--live", "configmap/settings"),
        ):
            assert cmlint(tmp_path, *words, KUBECONFIG=str(path)).returncode in (0, 1, 2)
    events = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    by_cmlint = [each for each in events if each["userAgent"] == "cmlint"]
    assert len(by_cmlint) > 40
    assert {each["verb"] for each in by_cmlint if "objectRef" in each} == {"list"}
    discovery = {each["requestURI"] for each in by_cmlint if "objectRef" not in each}
    assert {uri for uri in discovery if not re.fullmatch(r"/version|/apis(/[^/]+/[^/]+)?", uri)} == set()


@pytest.mark.parametrize("only_metadata", [False, True])
def test_what_was_last_applied_of_a_secret_is_never_kept(cluster: Cluster, tmp_path: Path, only_metadata: bool) -> None:
    space = cluster.namespace(f"applied-{only_metadata}".lower())
    value, plain = "bWFya2VyLW9mLWEtdGVzdA==", "marker-of-a-test"
    manifest = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "login", "namespace": space},
        "data": {"password": value},
    }
    done = cluster.kubectl("apply", "-f", "-", stdin=json.dumps(manifest))
    assert done.returncode == 0, done.stderr
    assert value in json.dumps(cluster.get("Secret", space, "login")["metadata"]["annotations"])
    words = ("--metadata-only-secrets",) if only_metadata else ()
    for command in (("audit", "--format", "json", "-v"), ("audit", "--format", "html"), ("snapshot",)):
        shown = cmlint(tmp_path, *command, "-n", space, *words, KUBECONFIG=str(cluster.admin))
        assert value not in shown.stdout + shown.stderr
    wanted = Wanted(kubeconfig=str(cluster.admin), namespaces=(space,), metadata_only_secrets=only_metadata)
    with begun(wanted, lambda what: None) as (one,):
        reading = one.reading.result()
    held = reading.inventory.spaces[space].secrets["login"]
    assert held.annotations == ("kubectl.kubernetes.io/last-applied-configuration",)
    kept = repr(reading)
    assert "login" in kept
    assert value not in kept
    assert plain not in kept
