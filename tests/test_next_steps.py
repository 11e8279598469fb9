"""The commands that make a change arrive, in order and only where they are needed."""

from __future__ import annotations

import pytest

from cmlint.kube.versions import parse_version
from tests.support.impacts import advice, impact_in

MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: app, namespace: shop}\ndata: {A: one}\n"
READER = """---
apiVersion: apps/v1
kind: KIND
metadata: {name: NAME, namespace: shop}
spec:
  MORE
  selector: {matchLabels: {app: NAME, part: 'x y'}}
  template:
    spec:
      containers: [{name: c, image: 'web:1.2.3', HOW}]
      volumes: [{name: v, configMap: {name: app}}]
"""
ENV_FROM = "envFrom: [{configMapRef: {name: app}}]"
MOUNT = "volumeMounts: [{name: v, mountPath: /etc/app}]"
APPLY = "kubectl apply -f all.yaml"
REPLACES = "# this deletes everything in all.yaml and creates it again:"


def reader(kind: str, name: str = "web", more: str = "replicas: 2", how: str = ENV_FROM) -> str:
    return READER.replace("KIND", kind).replace("NAME", name).replace("MORE", more).replace("HOW", how)


def asked(*readers: str, what: str = "ConfigMap/app:A", version: str = "1.31", options: str = "") -> list[str]:
    files = {"all.yaml": MAP + "".join(readers)}
    return advice(impact_in(files, what), files, parse_version(version), options)


def show(kind: str = "deployment", name: str = "web") -> str:
    return f"kubectl exec {kind}/{name} -n shop -c c -- printenv A"


def status(kind: str, name: str = "web") -> str:
    return f"kubectl rollout status {kind}/{name} -n shop --timeout=5m"


@pytest.mark.parametrize(
    ("kind", "more", "expected"),
    [
        (
            "Deployment",
            "replicas: 2",
            [APPLY, "kubectl rollout restart deployment/web -n shop", status("deployment"), show()],
        ),
        (
            "Deployment",
            "paused: true",
            [
                APPLY,
                "kubectl rollout resume deployment/web -n shop",
                "kubectl rollout restart deployment/web -n shop",
                status("deployment"),
                show(),
            ],
        ),
        ("Deployment", "replicas: 0", [APPLY, "# deployment/web has no pods (`replicas: 0`)"]),
        (
            "StatefulSet",
            "updateStrategy: {type: OnDelete}",
            [
                APPLY,
                "kubectl get pod -l 'app=web,part=x y' -n shop",
                "# delete these pods of statefulset/web one by one, each when the one before is Ready,"
                " for its `updateStrategy` is `OnDelete`:",
                "# kubectl delete pod NAME -n shop",
            ],
        ),
        (
            "DaemonSet",
            "updateStrategy: {type: OnDelete}",
            [
                APPLY,
                "kubectl get pod -l 'app=web,part=x y' -n shop",
                "# delete these pods of daemonset/web one by one, each when the one before is Ready,"
                " for its `updateStrategy` is `OnDelete`:",
                "# kubectl delete pod NAME -n shop",
            ],
        ),
        (
            "ReplicaSet",
            "replicas: 2",
            [
                APPLY,
                "kubectl get pod -l 'app=web,part=x y' -n shop",
                "# delete these pods of replicaset/web one by one, each when the one before is Ready,"
                " for a ReplicaSet replaces only pods that are gone:",
                "# kubectl delete pod NAME -n shop",
            ],
        ),
        ("Job", "backoffLimit: 1", [APPLY, REPLACES, "# kubectl replace --force -f all.yaml"]),
    ],
)
def test_one_workload(kind: str, more: str, expected: list[str]) -> None:
    assert asked(reader(kind, more=more)) == expected


def test_workloads_of_a_namespace_are_restarted_together() -> None:
    other = reader("Deployment", "b").replace("namespace: shop", "namespace: other")
    found = asked(reader("StatefulSet", "z"), reader("Deployment", "a"), other)
    assert found == [
        APPLY,
        "kubectl rollout restart deployment/a statefulset/z -n shop",
        status("deployment", "a"),
        status("statefulset", "z"),
        show("statefulset", "z"),
    ]


def test_what_gets_new_files_is_left_alone() -> None:
    assert asked(reader("Deployment", how=MOUNT)) == [APPLY]


def test_a_cronjob_can_be_run_now() -> None:
    name = "c" * 62
    pod = f"{{template: {{spec: {{containers: [{{name: c, image: 'web:1.2.3', {ENV_FROM}}}]}}}}}}"
    text = f"---\napiVersion: batch/v1\nkind: CronJob\nmetadata: {{name: {name}, namespace: shop}}\n"
    text += f"spec: {{schedule: '0 * * * *', jobTemplate: {{spec: {pod}}}}}\n"
    assert asked(text) == [APPLY, f"# kubectl create job {name[:59]}-now --from=cronjob/{name} -n shop"]


def test_a_pod_is_replaced() -> None:
    text = "---\napiVersion: v1\nkind: Pod\nmetadata: {name: p, namespace: shop}\n"
    text += f"spec: {{containers: [{{name: c, image: 'web:1.2.3', {ENV_FROM}}}]}}\n"
    assert asked(text) == [APPLY, REPLACES, "# kubectl replace --force -f all.yaml"]


def test_a_rollout_of_argo_has_its_own_command() -> None:
    text = reader("Rollout").replace("apps/v1", "argoproj.io/v1alpha1")
    assert asked(text) == [APPLY, "kubectl argo rollouts restart web -n shop"]


def test_a_custom_resource_is_left_to_its_controller() -> None:
    text = reader("Shop").replace("apps/v1", "example.com/v1")
    assert asked(text) == [APPLY]


def test_before_rollout_restart_the_template_is_patched() -> None:
    patch = '{"spec":{"template":{"metadata":{"annotations":{"restartedAt":"\'$(date +%s)\'"}}}}}'
    assert asked(reader("Deployment"), version="1.14") == [
        APPLY,
        f"kubectl patch deployment/web -n shop -p '{patch}'",
        status("deployment"),
        show(),
    ]


def test_a_secret_is_never_shown() -> None:
    secret = "---\napiVersion: v1\nkind: Secret\nmetadata: {name: app, namespace: shop}\nstringData: {A: x}\n"
    text = reader("Deployment", how="envFrom: [{secretRef: {name: app}}]")
    assert asked(secret, text, what="Secret/app:A") == [
        APPLY,
        "kubectl rollout restart deployment/web -n shop",
        status("deployment"),
    ]


def test_objects_without_a_namespace_go_to_the_one_that_is_meant() -> None:
    pod = "---\napiVersion: v1\nkind: Pod\nmetadata: {name: p}\n"
    pod += f"spec: {{containers: [{{name: c, image: 'web:1.2.3', {ENV_FROM}}}]}}\n"
    files = {"map.yaml": MAP.replace(", namespace: shop", ""), "pod.yaml": pod}
    files["web.yaml"] = reader("Deployment").replace(", namespace: shop", "")
    assert "namespace" not in "".join(files.values())
    found = advice(impact_in(files, "ConfigMap/app:A"), files, options="--context prod", namespace="blue team")
    assert found == [
        "kubectl apply -f map.yaml -n 'blue team' --context prod",
        "kubectl rollout restart deployment/web -n 'blue team' --context prod",
        "# kubectl replace --force -f pod.yaml -n 'blue team' --context prod",
        "kubectl rollout status deployment/web --timeout=5m -n 'blue team' --context prod",
        "kubectl exec deployment/web -c c -n 'blue team' --context prod -- printenv A",
    ]
    files["map.yaml"] += "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: other, namespace: red}\ndata: {}\n"
    assert advice(impact_in(files, "ConfigMap/app:A"), files, namespace="blue")[0] == "kubectl apply -f map.yaml"


def test_another_context_is_named() -> None:
    assert asked(reader("Deployment"), options="--context 'the prod'") == [
        "kubectl apply -f all.yaml --context 'the prod'",
        "kubectl rollout restart deployment/web -n shop --context 'the prod'",
        "kubectl rollout status deployment/web -n shop --timeout=5m --context 'the prod'",
        "kubectl exec deployment/web -n shop -c c --context 'the prod' -- printenv A",
    ]


@pytest.mark.parametrize(
    ("text", "tool"),
    [
        (
            "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: a, namespace: flux}\n"
            "spec: {path: ./shop, sourceRef: {kind: GitRepository, name: a}}\n",
            "Flux",
        ),
        (
            "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: a, namespace: argo}\n"
            "spec: {source: {repoURL: https://example.com/a.git, path: shop}, destination: {namespace: shop}}\n",
            "Argo CD",
        ),
    ],
)
def test_what_gitops_brings_is_committed(text: str, tool: str) -> None:
    files = {"shop/all.yaml": MAP + reader("Deployment", how=MOUNT), "apps/app.yaml": text}
    found = impact_in(files, "ConfigMap/app:A")
    assert advice(found, files) == [f"# commit the change of shop/all.yaml: {tool} brings it to the cluster"]


@pytest.mark.parametrize(
    ("path", "text", "first"),
    [
        ("up.sh", "kubectl create configmap app -n shop --from-literal=A=1\n", "# run the command in up.sh again"),
        ("<stdin>", MAP, "# apply what standard input holds"),
        ("a b/map.yaml", MAP, "kubectl apply -f 'a b/map.yaml'"),
    ],
)
def test_an_object_is_applied_as_it_came(path: str, text: str, first: str) -> None:
    files = {path: text, "web.yaml": reader("Deployment", how=MOUNT)}
    assert advice(impact_in(files, "ConfigMap/app:A"), files) == [first]


def test_a_replication_controller_replaces_only_pods_that_are_gone() -> None:
    assert asked(reader("ReplicationController").replace("apps/v1", "v1")) == [
        APPLY,
        "kubectl get pod -l 'app=web,part=x y' -n shop",
        "# delete these pods of replicationcontroller/web one by one, each when the one before is Ready,"
        " for a ReplicationController replaces only pods that are gone:",
        "# kubectl delete pod NAME -n shop",
    ]


def test_what_would_not_start_is_not_restarted() -> None:
    env = "env: [{name: A, valueFrom: {configMapKeyRef: {name: app, key: A}}}]"
    files = {"all.yaml": MAP + reader("Deployment", "bad", how=env) + reader("Deployment", "good")}
    found = impact_in(files, "ConfigMap/app:A", "removed")
    assert advice(found, files) == [
        "# do not restart deployment/bad -n shop before it no longer needs what is removed, or reads it as optional",
        APPLY,
        "kubectl rollout restart deployment/good -n shop",
        status("deployment", "good"),
    ]


def test_names_are_only_names_to_a_shell() -> None:
    files = {"$(touch x).yaml": MAP + reader("Deployment").replace("name: c,", "name: '; reboot #',")}
    assert advice(impact_in(files, "ConfigMap/app:A"), files) == [
        "kubectl apply -f '$(touch x).yaml'",
        "kubectl rollout restart deployment/web -n shop",
        status("deployment"),
        "kubectl exec deployment/web -n shop -c '; reboot #' -- printenv A",
    ]


def test_a_comment_ends_with_its_line() -> None:
    name = "a\n reboot\u2028.yaml"
    pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: p, namespace: shop}\nspec:\n"
    pod += f"  containers: [{{name: c, image: 'web:1.2.3', {ENV_FROM}}}]\n"
    found = advice(impact_in({name: f"{MAP}---\n{pod}"}, "ConfigMap/app:A"), {name: ""})
    assert "# this deletes everything in 'a  reboot .yaml' and creates it again:" in found
    assert [line for line in found if line.startswith("#") and len(line.splitlines()) > 1] == []


def test_of_files_with_the_same_object_somebody_chooses() -> None:
    files = {"dev/all.yaml": MAP, "prod/all.yaml": MAP, "eu/all.yaml": MAP.replace("shop", "eu")}
    assert advice(impact_in(files, "ConfigMap/app"), files, parse_version("1.31"), "--context a") == [
        "kubectl apply -f eu/all.yaml --context a",
        "# several of the next lines bring the same object: run only those of your cluster",
        "# kubectl apply -f dev/all.yaml --context a",
        "# kubectl apply -f prod/all.yaml --context a",
    ]
    files = {"dev/all.yaml": MAP, "prod/all.yaml": MAP.replace("shop", "prod")}
    assert advice(impact_in(files, "ConfigMap/app"), files, parse_version("1.31")) == [
        "kubectl apply -f dev/all.yaml",
        "kubectl apply -f prod/all.yaml",
    ]
