"""`cmlint audit` on a real cluster: what is judged, and what is said of it."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from tests.support.apiserver import Cluster, Tree, path_of
from tests.support.command import cmlint
from tests.support.live import audit, config_map, deployment, env, owned, pod, runs, secret, spec, waits
from tests.support.proxy import Reply, proxy

OLD, NEW = "2020-01-31T10:00:00Z", "2999-01-31T10:00:00Z"
PATH = "spec.template.spec.containers[0]"
KEY = "valueFrom.configMapKeyRef.key"


def test_each_workload_is_judged_once_at_its_top_owner(cluster: Cluster) -> None:
    space = cluster.namespace("tops")
    config_map(cluster, space, "settings", "HOST")
    broken = spec(env("configMapKeyRef", "settings", "HOTS"))
    once = {"template": {"spec": {**broken, "restartPolicy": "Never"}}}
    for kind in ("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet"):
        top = deployment(cluster, space, f"of-{kind.lower()}", broken, kind)
        made = (
            deployment(cluster, space, "made-x1", broken, "ReplicaSet", metadata={"ownerReferences": owned(top)})
            if kind == "Deployment"
            else top
        )
        pod(cluster, space, f"{kind.lower()}-pod", broken, {"phase": "Pending"}, {**made, "kind": made["kind"]})
    cron = cluster.create(
        {
            "kind": "CronJob",
            "metadata": {"name": "of-cronjob", "namespace": space},
            "spec": {"schedule": "0 0 * * *", "jobTemplate": {"spec": once}},
        }
    )
    cluster.create(
        {
            "kind": "Job",
            "metadata": {"name": "made-by-cron", "namespace": space, "ownerReferences": owned(cron)},
            "spec": once,
        }
    )
    cluster.create({"kind": "Job", "metadata": {"name": "of-job", "namespace": space}, "spec": once})
    pod(cluster, space, "of-pod", broken, {"phase": "Pending"})
    pod(cluster, space, "finished", broken, {"phase": "Succeeded"})
    found = audit(cluster.admin, "-n", space, "--select", "missing-key")
    assert found.status == 1
    message = "error[missing-key] the ConfigMap `settings` has no key `HOTS`"
    where = {"cronjob": "spec.jobTemplate.spec.template.spec.containers[0]", "pod": "spec.containers[0]"}
    kinds = ("cronjob", "daemonset", "deployment", "job", "pod", "replicaset", "statefulset")
    assert found.lines == [
        f"{kind}/{space}/of-{kind}:{where.get(kind, PATH)}.env[0].{KEY}: {message}" for kind in kinds
    ]


def test_jobs_that_have_ended_are_left_out(cluster: Cluster) -> None:
    space = cluster.namespace("ended")
    broken = {**spec(env("configMapKeyRef", "settings", "HOST")), "restartPolicy": "Never"}
    ended = {"type": "Failed", "status": "True", "lastTransitionTime": OLD, "lastProbeTime": OLD}
    first = {**ended, "type": "FailureTarget"}
    status = {"startTime": OLD, "failed": 1, "conditions": [first, ended]}
    cluster.create(
        {
            "kind": "Job",
            "metadata": {"name": "done", "namespace": space},
            "spec": {"template": {"spec": broken}},
            "status": status,
        }
    )
    assert audit(cluster.admin, "-n", space).lines == []


def test_pods_that_wait_are_matched_to_what_they_wait_for(cluster: Cluster) -> None:
    space = cluster.namespace("waiting")
    config_map(cluster, space, "settings", "HOST")
    volumes = [{"name": "conf", "configMap": {"name": "nginx"}}]
    body = spec(
        env("configMapKeyRef", "settings", "HOTS"),
        env("secretKeyRef", "login", "password"),
        image="web:9.9.9",
        volumes=volumes,
    )
    top = deployment(cluster, space, "web", body)
    no_key = f"couldn't find key HOTS in ConfigMap {space}/settings"
    for name in ("web-1", "web-2"):
        pod(cluster, space, name, body, waits("CreateContainerConfigError", no_key), top)
    pod(cluster, space, "web-3", body, waits("CreateContainerConfigError", 'secret "login" not found'), top)
    pod(cluster, space, "web-4", body, waits("ImagePullBackOff", "Back-off pulling image"), top)
    pod(cluster, space, "web-5", body, waits("ContainerCreating"), top)
    mount = 'MountVolume.SetUp failed for volume "conf" : configmap "nginx" not found'
    about = {"kind": "Pod", "namespace": space, "name": "web-5"}
    cluster.create(
        {
            "kind": "Event",
            "metadata": {"name": "one", "namespace": space},
            "type": "Warning",
            "reason": "FailedMount",
            "involvedObject": about,
            "message": mount,
        }
    )
    found = audit(cluster.admin, "-n", space, "--select", "stuck-pod")
    place = f"deployment/{space}/web:spec.template.spec"
    waiting, secret_name = "waits in `CreateContainerConfigError`", "env[1].valueFrom.secretKeyRef.name"
    web, back_off = "error[stuck-pod] the container `web` of", "Back-off pulling image"
    assert found.lines == [
        f"{place}.containers[0].image: {web} 1 pod waits in `ImagePullBackOff`: its image `web:9.9.9`: {back_off}",
        f"{place}.containers[0].env[0].{KEY}: {web} 2 pods {waiting}: {no_key}",
        f'{place}.containers[0].{secret_name}: {web} 1 pod {waiting}: secret "login" not found',
        f"{place}.volumes[0].configMap.name: error[stuck-pod] 1 pod cannot mount a volume: {mount}",
    ]


def test_builds_that_differ_under_one_tag_are_a_redeploy_that_did_not_arrive(cluster: Cluster) -> None:
    space = cluster.namespace("drift")
    body = spec(image="registry.example.com/web:stable")
    top = deployment(cluster, space, "web", body)
    for number, digit in enumerate("112"):
        pod(cluster, space, f"web-{number}", body, runs(NEW, f"registry.example.com/web@sha256:{digit * 64}"), top)
    found = audit(cluster.admin, "-n", space, "--select", "drifted-tag")
    said = "warning[drifted-tag] 3 pods run 2 different builds of `registry.example.com/web:stable`"
    assert found.lines == [f"deployment/{space}/web:{PATH}.image: {said}"]


def test_containers_older_than_their_configuration_run_with_old_values(cluster: Cluster) -> None:
    space = cluster.namespace("stale")
    body = spec(env("configMapKeyRef", "settings", "HOST"), env("secretKeyRef", "login", "password"))
    config_map(cluster, space, "settings", "HOST THEME")
    secret(cluster, space, "login", "password")
    top = deployment(cluster, space, "web", body)
    pod(cluster, space, "old", body, runs(OLD), top)
    pod(cluster, space, "new", body, runs(NEW), top)
    words = ("-n", space, "--select", "stale-environment")
    web = f"deployment/{space}/web:{PATH}"
    weak = "info[stale-environment] 1 pod started before the {} was last written at {}, perhaps with the same data"
    places = ("ConfigMap", space, "settings"), ("Secret", space, "login")
    created = [max(written_at(cluster, *place).values()) for place in places]
    told = [
        f"{web}.env[0].valueFrom.configMapKeyRef.name: {weak.format('ConfigMap `settings`', created[0])}",
        f"{web}.env[1].valueFrom.secretKeyRef.name: {weak.format('Secret `login`', created[1])}",
    ]
    assert audit(cluster.admin, *words).lines == told  # created after the pod started, perhaps again
    assert audit(cluster.admin, "-n", space).lines == []  # which only those hear who ask for it
    wait_for_another_second()
    # another key of another owner, labels and annotations are no data that the container reads
    patched(cluster, ("ConfigMap", space, "settings"), {"data": {"THEME": "dark"}}, "designer")
    patched(cluster, ("Secret", space, "login"), {"metadata": {"labels": {"helm.sh/chart": "web-2"}}}, "helm")
    assert audit(cluster.admin, *words).lines == told
    # data that it reads is
    patched(cluster, ("ConfigMap", space, "settings"), {"data": {"HOST": "db-2"}}, "kubectl-edit")
    patched(cluster, ("Secret", space, "login"), {"data": {"password": "eA=="}}, "rotator")
    changed = [
        written_at(cluster, "ConfigMap", space, "settings")["kubectl-edit"],
        written_at(cluster, "Secret", space, "login")["rotator"],
    ]
    said = "warning[stale-environment] 1 pod started before the {} was last changed at {}, and may run with old values"
    assert audit(cluster.admin, "-n", space).lines == [
        f"{web}.env[0].valueFrom.configMapKeyRef.name: {said.format('ConfigMap `settings`', changed[0])}",
        f"{web}.env[1].valueFrom.secretKeyRef.name: {said.format('Secret `login`', changed[1])}",
    ]


def written_at(cluster: Cluster, kind: str, namespace: str, name: str) -> dict[str, str]:
    """When each manager has last changed an object."""
    managed = cluster.get(kind, namespace, name)["metadata"]["managedFields"]
    return {each["manager"]: each["time"] for each in managed}


def patched(cluster: Cluster, place: tuple[str, str, str], patch: Tree, manager: str) -> None:
    """Changes an object as one of its managers."""
    path = f"{path_of(*place)}?fieldManager={manager}"
    answer = cluster.send("PATCH", path, patch, media="application/merge-patch+json")
    assert answer.ok, answer.message


def wait_for_another_second() -> None:
    """Waits until moments, which have no fractions, differ."""
    time.sleep(1.1)


def unmanaged(cluster: Cluster, kind: str, namespace: str, name: str) -> int:
    """Clears what the server has noted of who changed an object and when; gives its resource version."""
    patch: Tree = {"metadata": {"managedFields": [{}]}}
    answer = cluster.send("PATCH", path_of(kind, namespace, name), patch, media="application/merge-patch+json")
    assert answer.ok, answer.message
    assert "managedFields" not in answer.body["metadata"]
    return int(answer.body["metadata"]["resourceVersion"])


def test_without_times_the_order_of_changes_tells_what_is_older(cluster: Cluster) -> None:
    space = cluster.namespace("ordered")
    body = spec(env("configMapKeyRef", "settings", "HOST"), env("secretKeyRef", "login", "password"))
    config_map(cluster, space, "settings", "HOST")
    secret(cluster, space, "login", "password")
    before = [unmanaged(cluster, *each) for each in (("ConfigMap", space, "settings"), ("Secret", space, "login"))]
    top = deployment(cluster, space, "web", body)
    first = pod(cluster, space, "first", body, runs(OLD), top)
    assert int(first["metadata"]["resourceVersion"]) > max(before)
    words = ("-n", space, "--select", "stale-environment")
    assert audit(cluster.admin, *words).lines == []  # the pod has changed since, so it may have started since
    for kind, name, data in (("ConfigMap", "settings", {"HOST": "x"}), ("Secret", "login", {"password": "eA=="})):
        media = "application/merge-patch+json"
        assert cluster.send("PATCH", path_of(kind, space, name), {"data": data}, media=media).ok
        unmanaged(cluster, kind, space, name)
    pod(cluster, space, "second", body, runs(OLD), top)
    pod(cluster, space, "waiting", body, waits("ContainerCreating"), top)
    found = audit(cluster.admin, *words)
    said = "info[stale-environment] 1 pod started before the {} was last written, perhaps with the same data"
    web = f"deployment/{space}/web:{PATH}"
    assert found.lines == [
        f"{web}.env[0].valueFrom.configMapKeyRef.name: {said.format('ConfigMap `settings`')}",
        f"{web}.env[1].valueFrom.secretKeyRef.name: {said.format('Secret `login`')}",
    ]
    report = cmlint(cluster.folder, "audit", *words, "--format", "json", KUBECONFIG=str(cluster.admin))
    helps = {each["help"] for each in json.loads(report.stdout)["findings"]}
    assert helps == {f"to let them read it run `kubectl rollout restart deployment/web -n {space}` (`first`)"}


def test_what_nothing_reads_is_told_with_who_may_read_it_after_all(cluster: Cluster) -> None:
    space = cluster.namespace("unused")
    config_map(cluster, space, "read", "A B")
    config_map(cluster, space, "whole", "A B")
    config_map(cluster, space, "left-over", "A")
    release = {"annotations": {"meta.helm.sh/release-name": "shop"}, "labels": {"app.kubernetes.io/managed-by": "Helm"}}
    config_map(cluster, space, "of-a-release", "A", metadata=release)
    config_map(cluster, space, "of-an-earlier-revision", "A")
    config_map(cluster, space, "dashboard", "A", metadata={"labels": {"grafana_dashboard": "1"}})
    config_map(cluster, space, "named-in-args", "A")
    top = deployment(
        cluster,
        space,
        "web",
        spec(
            env("configMapKeyRef", "read", "A"),
            {"name": "FROM", "value": "named-in-args"},
            volumes=[{"name": "v", "configMap": {"name": "whole"}}],
        ),
    )
    earlier = spec(env("configMapKeyRef", "of-an-earlier-revision", "A"))
    deployment(cluster, space, "web-1", earlier, "ReplicaSet", replicas=0, metadata={"ownerReferences": owned(top)})
    config_map(cluster, space, "of-a-controller", "A", metadata={"ownerReferences": owned(top)})
    assert audit(cluster.admin, "-n", space).lines == []
    found = audit(cluster.admin, "-n", space, "--select", "unused-configmap,unused-key")
    assert found.status == 0
    assert found.lines == [
        *(
            f"configmap/{space}/{name}:metadata.name: info[unused-configmap] nothing reads the ConfigMap `{name}`"
            for name in ("left-over", "of-a-release")
        ),
        f"configmap/{space}/read:data.B: info[unused-key] nothing reads the key `B` of the ConfigMap `read`",
    ]
    text = cmlint(
        cluster.folder, "audit", "-n", space, "--select", "unused-configmap", KUBECONFIG=str(cluster.admin)
    ).stdout
    assert "take it out of the Helm release `shop`, unless a program reads it by the API" in text


def test_custom_resources_are_read_and_judged_when_asked_for(cluster: Cluster) -> None:
    space = cluster.namespace("custom")
    anything = {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}}
    served = {"name": "v1", "served": True, "storage": True, "schema": anything}
    names = {"kind": "Rocket", "plural": "rockets"}
    cluster.create(
        {
            "kind": "CustomResourceDefinition",
            "metadata": {"name": "rockets.space.example.com"},
            "spec": {"group": "space.example.com", "names": names, "scope": "Namespaced", "versions": [served]},
        }
    )
    body = spec(env("configMapKeyRef", "settings", "HOTS"))
    rocket = {
        "apiVersion": "space.example.com/v1",
        "kind": "Rocket",
        "metadata": {"name": "one"},
        "spec": {"fuel": 3, "template": {"spec": body}, "notes": "left-over"},
    }
    path = f"/apis/space.example.com/v1/namespaces/{space}/rockets"
    while not (made := cluster.send("POST", path, rocket)).ok:
        assert made.status == 404, made.message
    config_map(cluster, space, "settings", "HOST")
    config_map(cluster, space, "left-over", "A")
    pod(cluster, space, "one-1", body, {"phase": "Pending"}, made.body)
    pod(cluster, space, "one-2", body, {"phase": "Pending"}, made.body)
    message = "error[missing-key] the ConfigMap `settings` has no key `HOTS`"
    unseen = audit(cluster.admin, "-n", space, "--pedantic")
    unused = f"configmap/{space}/settings:data.HOST: info[unused-key] nothing reads"
    assert unseen.lines == [
        f"configmap/{space}/left-over:metadata.name: info[unused-configmap] nothing reads the ConfigMap `left-over`",
        f"{unused} the key `HOST` of the ConfigMap `settings`",
        f"pod/{space}/one-2:spec.containers[0].env[0].{KEY}: {message}",
    ]
    seen = audit(cluster.admin, "-n", space, "--pedantic", "--custom-resources")
    assert seen.lines == [
        f"rocket/{space}/one:{PATH}.env[0].{KEY}: {message}",
    ]


@pytest.mark.parametrize(
    ("version", "command"),
    [
        ((), "`kubectl rollout restart deployment/web -n {}`"),
        (("--kubernetes-version", "1.15"), "`kubectl rollout restart deployment/web -n {}`"),
        (("--kubernetes-version", "1.14"), '`kubectl patch deployment/web -n {} -p \'{{"spec":'),
        (
            ("--kubernetes-version", "1.14"),
            ", or `kubectl set image deployment/web -n {} web=registry.example.com/web:latest`",
        ),
    ],
)
def test_commands_are_those_of_the_clusters_version(cluster: Cluster, version: tuple[str, ...], command: str) -> None:
    space = f"commands-{len(version)}-{len(command)}"
    cluster.namespace(space)
    body = spec(image="registry.example.com/web")
    body["containers"][0]["imagePullPolicy"] = "IfNotPresent"
    deployment(cluster, space, "web", body)
    done = cmlint(cluster.folder, "audit", "-n", space, *version, KUBECONFIG=str(cluster.admin))
    assert command.format(space) in done.stdout


def test_bare_pods_are_deleted_and_jobs_left_alone(cluster: Cluster) -> None:
    space = cluster.namespace("bare")
    body = {**spec(image="registry.example.com/web:develop"), "restartPolicy": "Never"}
    pod(cluster, space, "alone", body, runs(NEW))
    cluster.create(
        {"kind": "Job", "metadata": {"name": "once", "namespace": space}, "spec": {"template": {"spec": body}}}
    )
    done = cmlint(cluster.folder, "audit", "-n", space, "--format", "json", KUBECONFIG=str(cluster.admin))
    helps = {
        found["object"]["kind"]: found["help"]
        for found in json.loads(done.stdout)["findings"]
        if found["rule"] == "mutable-tag"
    }
    assert f"`kubectl delete pod/alone -n {space}`" in helps["Pod"]
    assert "kubectl" not in helps["Job"]


def test_several_contexts_are_several_clusters(cluster: Cluster, tmp_path: Path) -> None:
    for space in ("here", "there"):
        cluster.namespace(space)
        config_map(cluster, space, "settings", "A")
    known = json.loads(cluster.admin.read_text(encoding="utf-8"))
    known["contexts"] = [
        {"name": name, "context": {"cluster": "test", "user": "admin", "namespace": name}} for name in ("here", "there")
    ]
    both = tmp_path / "kubeconfig"
    both.write_text(json.dumps(known), encoding="utf-8")
    found = audit(both, "--pedantic", "--context", "here", "--context", "there")
    assert not found.said
    assert found.lines == [
        f"{name}/configmap/{name}/settings:metadata.name: info[unused-configmap] nothing reads the ConfigMap `settings`"
        for name in ("here", "there")
    ]


def test_commands_name_the_context_that_was_asked_for(cluster: Cluster) -> None:
    space = cluster.namespace("context")
    name = json.loads(cluster.admin.read_text(encoding="utf-8"))["contexts"][0]["name"]
    deployment(cluster, space, "web", spec(image="registry.example.com/web:develop"))
    words = ("audit", "-n", space, "--select", "mutable-tag")
    restart = f"kubectl rollout restart deployment/web -n {space}"
    for asked, context in (((), ""), (("--context", name), f" --context {name}")):
        done = cmlint(cluster.folder, *words, *asked, KUBECONFIG=str(cluster.admin))
        assert f"`{restart}{context}`" in done.stdout


def test_annotations_suppress_in_a_cluster_too(cluster: Cluster) -> None:
    space = cluster.namespace("ignored")
    config_map(cluster, space, "settings", "A", metadata={"annotations": {"cmlint.dev/ignore": "unused-configmap"}})
    assert audit(cluster.admin, "-n", space, "--pedantic").lines == []
    assert len(audit(cluster.admin, "-n", space, "--pedantic", "--no-ignores").lines) == 1


def test_examples_of_the_help_run(cluster: Cluster, tmp_path: Path) -> None:
    cluster.namespace("shop")
    known = json.loads(cluster.admin.read_text(encoding="utf-8"))
    known["contexts"] += [
        {"name": name, "context": {"cluster": "test", "user": "admin"}} for name in ("prod", "staging")
    ]
    path = tmp_path / "kubeconfig"
    path.write_text(json.dumps(known), encoding="utf-8")
    (tmp_path / "a.yaml").write_text("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n", encoding="utf-8")
    for command in ("audit", "snapshot"):
        shown = cmlint(tmp_path, command, "--help").stdout
        lines = [line.strip().split()[1:] for line in shown.splitlines() if line.startswith("  cmlint ")]
        assert lines
        for words in lines:
            ran = cmlint(tmp_path, *words, KUBECONFIG=str(path))
            assert ran.returncode in (0, 1), (words, ran.stderr)


def test_the_page_for_a_team_says_what_is_broken_and_what_mends_it(cluster: Cluster) -> None:
    space = cluster.namespace("team")
    body = spec(env("configMapKeyRef", "settings", "HOTS"), image="registry.example.com/web:develop")
    config_map(cluster, space, "settings", "HOST")
    config_map(cluster, space, "left-over", "A")
    top = deployment(cluster, space, "web", body)
    no_key = f"couldn't find key HOTS in ConfigMap {space}/settings"
    pod(cluster, space, "web-1", body, waits("CreateContainerConfigError", no_key), top)
    words = ("audit", "-n", space, "--pedantic", "--format", "html")
    page = cmlint(cluster.folder, *words, KUBECONFIG=str(cluster.admin)).stdout
    titles = [part.partition(" <small>")[0] for part in page.split("<h2>")[1:]]
    assert titles[:3] == ["Broken now", "Stale", "Unused or untidy"]
    assert f"kubectl rollout restart deployment/web -n {space}" in page.rpartition("<h2>Commands</h2>")[2]
    sections = dict(zip(titles, page.split("<h2>")[1:], strict=True))
    assert 'data-rule="missing-key"' in sections["Broken now"]
    assert (
        "stuck-pod" not in page.partition("</form>")[2]
    )  # it is the consequence of the missing key, and no problem more
    assert 'data-rule="mutable-tag"' in sections["Stale"]
    assert 'data-rule="unused-configmap"' in sections["Unused or untidy"]
    assert f'data-path="deployment/{space}/web"' in sections["Broken now"]
    assert UNLOOKED not in page


UNLOOKED = "<p>Unused objects are not listed: run <code>cmlint audit --pedantic</code>.</p>"


@pytest.mark.parametrize(
    ("words", "title"),
    [((), True), (("--pedantic",), False), (("--select", "references"), False)],
)
def test_the_page_says_how_to_see_what_is_unused(cluster: Cluster, words: tuple[str, ...], title: bool) -> None:
    space = cluster.namespace("unlooked")
    command = ("audit", "-n", space, "--format", "html", *words)
    page = cmlint(cluster.folder, *command, KUBECONFIG=str(cluster.admin)).stdout
    assert (f"<h2>Unused or untidy</h2>\n{UNLOOKED}" in page) == title
    assert ("Unused or untidy" in page) == title


def test_cron_jobs_of_clusters_before_1_21(cluster: Cluster) -> None:
    space = cluster.namespace("early")
    config_map(cluster, space, "settings", "HOST")
    once = {"template": {"spec": {**spec(env("configMapKeyRef", "settings", "HOTS")), "restartPolicy": "Never"}}}
    body = {"schedule": "0 0 * * *", "jobTemplate": {"spec": once}}
    cron = cluster.create({"kind": "CronJob", "metadata": {"name": "nightly", "namespace": space}, "spec": body})
    made = {"name": "nightly-1", "namespace": space, "ownerReferences": owned(cron)}
    cluster.create({"kind": "Job", "metadata": made, "spec": once})

    def early(path: str, before: int) -> Reply | None:
        """Knows CronJobs as `batch/v1beta1` only."""
        if "cronjobs" not in path:
            return None
        if path.startswith("/apis/batch/v1/"):
            return Reply(404, "404 page not found\n")
        found = cluster.send("GET", path.replace("/batch/v1beta1/", "/batch/v1/")).body
        return Reply(200, json.dumps(found).replace('"batch/v1"', '"batch/v1beta1"'))

    listed = f"/namespaces/{space}/cronjobs"
    with proxy(cluster, early) as between:
        words = ("audit", "-n", space, "--format", "json")
        done = cmlint(cluster.folder, *words, KUBECONFIG=str(between.kubeconfig(cluster)))
        asked = [path for path in between.paths() if "cronjobs" in path]
    assert (done.stderr, asked) == ("", [f"/apis/batch/v1{listed}", f"/apis/batch/v1beta1{listed}"])
    (found,) = json.loads(done.stdout)["findings"]
    assert (found["rule"], found["location"]["path"]) == ("missing-key", f"cronjob/{space}/nightly")
    assert found["object"] == {
        "apiVersion": "batch/v1beta1",
        "kind": "CronJob",
        "namespace": space,
        "name": "nightly",
    }
    with proxy(cluster) as between:
        audit(between.kubeconfig(cluster), "-n", space)
        assert [path for path in between.paths() if "cronjobs" in path] == [f"/apis/batch/v1{listed}"]
    with proxy(cluster, lambda path, before: Reply(404, "") if "cronjobs" in path else None) as between:
        neither = audit(between.kubeconfig(cluster), "-n", space)
    assert neither.said == ""
    assert [line.partition(":")[0] for line in neither.lines] == [f"job/{space}/nightly-1"]
