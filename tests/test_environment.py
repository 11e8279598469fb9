"""Environments and volumes are those that the kubelet makes, held against its own code, written again line by line."""

from __future__ import annotations

import json
import re
import tempfile
from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmlint.bundle.bundle import Bundle
from cmlint.bundle.environment import environment_of
from cmlint.bundle.material import Material
from cmlint.bundle.volumes import Contents
from cmlint.bundle.workloads import workloads
from cmlint.config.config import Config
from cmlint.manifest.documents import read_text
from cmlint.pipeline.read import read
from cmlint.report.environments import render_json, render_text
from cmlint.report.view import View
from cmlint.sources.request import Request
from tests.support.command import cmlint
from tests.support.run import concise, inside, lint, write

Json = dict[str, Any]

MARK = "s-"
"""Every value of a Secret begins with it, and nothing else contains it."""


class StuckError(Exception):
    """The kubelet does not start the container, or does not mount the volume."""


def environment(container: Json, maps: dict[str, Json], secrets: dict[str, Json]) -> dict[str, str]:
    """`pkg/kubelet/kubelet_pods.go`, makeEnvironmentVariables; a ConfigMap or Secret is its data."""
    result: dict[str, str] = {}
    for entry in container.get("envFrom", []):
        kind, known = ("configMapRef", maps) if "configMapRef" in entry else ("secretRef", secrets)
        source = known.get(entry[kind]["name"])
        if source is None:
            if entry[kind].get("optional"):
                continue
            raise StuckError
        for key, value in source.get("data", {}).items():
            result[entry.get("prefix", "") + key] = value
    for entry in container.get("env", []):
        value = entry.get("value", "")
        if value:
            value = expand(value, result)
        elif "valueFrom" in entry:
            (kind, reference), *_ = entry["valueFrom"].items()
            source = (maps if kind == "configMapKeyRef" else secrets).get(reference["name"])
            if source is None or reference["key"] not in source.get("data", {}):
                if reference.get("optional"):
                    continue
                raise StuckError
            value = source["data"][reference["key"]]
        result[entry["name"]] = value
    return result


def expand(text: str, variables: dict[str, str]) -> str:
    """`third_party/forked/golang/expansion/expand.go`, Expand."""
    found, checkpoint, cursor = "", 0, 0
    while cursor < len(text):
        if text[cursor] == "$" and cursor + 1 < len(text):
            found += text[checkpoint:cursor]
            read, is_variable, advance = try_name(text[cursor + 1 :])
            found += variables.get(read, f"$({read})") if is_variable else read
            cursor += advance
            checkpoint = cursor + 1
        cursor += 1
    return found + text[checkpoint:]


def try_name(text: str) -> tuple[str, bool, int]:
    """`third_party/forked/golang/expansion/expand.go`, tryReadVariableName."""
    if text[0] == "$":
        return "$", False, 1
    if text[0] == "(":
        end = text.find(")", 1)
        return (text[1:end], True, end + 1) if end > 0 else ("$(", False, 1)
    return "$" + text[0], False, 1


def payload(source: Json, optional: bool, items: list[Json] | None) -> set[str]:
    """`pkg/volume/configmap/configmap.go`, MakePayload: the names of the files."""
    present = {**source.get("data", {}), **source.get("binaryData", {})}
    if not items:
        return set(present)
    if not optional and any(item["key"] not in present for item in items):
        raise StuckError
    return {item["path"] for item in items if item["key"] in present}


def files(volume: Json, maps: dict[str, Json], secrets: dict[str, Json]) -> set[str]:
    """`pkg/volume/configmap`, `secret` and `projected`, SetUpAt: the files of a volume."""
    sources = volume["projected"]["sources"] if "projected" in volume else [volume]
    found: set[str] = set()
    for source in sources:
        kind, known = ("configMap", maps) if "configMap" in source else ("secret", secrets)
        name = source[kind].get("name") or source[kind].get("secretName")
        optional = bool(source[kind].get("optional"))
        if name not in known and not optional:
            raise StuckError
        found |= payload(known.get(name, {}), optional, source[kind].get("items"))
    return found


# what is invented

NAMES = st.sampled_from(["one", "two", "ghost"])
KEYS = st.sampled_from(["A", "B", "a.b", "with-dash", "1ST", "NOPE", "_U"])
OPTIONAL = st.sampled_from([{}, {}, {"optional": True}, {"optional": False}])
PIECES = st.sampled_from(
    ["$(A)", "$(B)", "$(NOPE)", "$(a.b)", "$(P_A)", "$$(A)", "$$$(A)", "$(", "$", "$x", "()", "$()", "x", " "]
)
VALUES = st.lists(PIECES, max_size=4).map("".join)


def mapping(value: st.SearchStrategy[str]) -> st.SearchStrategy[Json]:
    """The data of a ConfigMap or Secret."""
    return st.dictionaries(KEYS.filter(lambda key: key != "NOPE"), value, max_size=5)


def reference(draw: st.DrawFn, **more: str) -> Json:
    """A reference to a name."""
    return {"name": draw(NAMES), **more, **draw(OPTIONAL)}


@st.composite
def env_entries(draw: st.DrawFn) -> Json:
    """One entry of `env`."""
    name = draw(KEYS)
    if draw(st.booleans()):
        return {"name": name, "value": draw(VALUES)}
    kind = draw(st.sampled_from(["configMapKeyRef", "secretKeyRef"]))
    return {"name": name, "valueFrom": {kind: reference(draw, key=draw(KEYS))}}


@st.composite
def env_sources(draw: st.DrawFn) -> Json:
    """One entry of `envFrom`."""
    kind = draw(st.sampled_from(["configMapRef", "secretRef"]))
    return {kind: reference(draw), **draw(st.sampled_from([{}, {"prefix": "P_"}, {"prefix": ""}]))}


@st.composite
def volumes(draw: st.DrawFn) -> Json:
    """One volume from a ConfigMap, a Secret or both."""

    def source(names: dict[str, str]) -> Json:
        kind = draw(st.sampled_from(sorted(names)))
        keys = draw(st.lists(KEYS, max_size=3, unique=True))
        items = {"items": [{"key": key, "path": f"dir/{key}"} for key in keys]} if draw(st.booleans()) else {}
        return {kind: {names[kind]: draw(NAMES), **draw(OPTIONAL), **items}}

    if draw(st.booleans()):
        return source({"configMap": "name", "secret": "secretName"})
    return {"projected": {"sources": [source({"configMap": "name"}), source({"secret": "name"})]}}


@st.composite
def clusters(draw: st.DrawFn) -> tuple[Json, dict[str, Json], dict[str, Json]]:
    """A pod, and the ConfigMaps and Secrets around it."""
    container = {
        "name": "c",
        "image": "app:1.2.3",
        "envFrom": draw(st.lists(env_sources(), max_size=3)),
        "env": draw(st.lists(env_entries(), max_size=5)),
        "command": draw(st.lists(VALUES, max_size=2)),
        "args": draw(st.lists(VALUES, max_size=2)),
    }
    made = [{"name": f"v{i}", **volume} for i, volume in enumerate(draw(st.lists(volumes(), max_size=2)))]
    maps = {name: {"data": draw(mapping(VALUES))} for name in ("one", "two")}
    if draw(st.booleans()):
        maps["one"]["binaryData"] = {"BIN": "YQ==", "NOPE": "YQ=="}
    secrets = {name: {"data": draw(mapping(VALUES.map(lambda text: MARK + text)))} for name in ("one", "two")}
    return {"containers": [container], "volumes": made}, maps, secrets


def manifest(kind: str, name: str, **fields: Any) -> str:
    """One document."""
    return json.dumps({"apiVersion": "v1", "kind": kind, "metadata": {"name": name}, **fields})


def printed(spec: Json, maps: dict[str, Json], secrets: dict[str, Json]) -> tuple[Json, str]:
    """What `cmlint env` prints, as JSON and as text."""
    encoded = {
        name: {key: b64encode(value.encode()).decode() for key, value in s["data"].items()}
        for name, s in secrets.items()
    }
    documents = [manifest("Pod", "p", spec=spec)]
    documents += [manifest("ConfigMap", name, **fields) for name, fields in maps.items()]
    documents += [manifest("Secret", name, data=data) for name, data in encoded.items()]
    with tempfile.TemporaryDirectory() as folder, inside(Path(folder)):
        write(Path(folder), {"all.yaml": "\n---\n".join(documents)})
        found = list(workloads(read(Request(config=Config(secrets="all"))).bundles))
        workload: Json = json.loads(render_json(found))["workloads"][0]
        return workload, render_text(found, View())


@given(clusters())
def test_environments_and_volumes_are_the_kubelets(cluster: tuple[Json, dict[str, Json], dict[str, Json]]) -> None:
    spec, maps, secrets = cluster
    workload, text = printed(*cluster)
    assert MARK not in text
    check_container(spec["containers"][0], workload["containers"][0], maps, secrets)
    for volume, found in zip(spec["volumes"], workload["volumes"], strict=True):
        check_volume(volume, found, maps, secrets)


def check_container(container: Json, found: Json, maps: dict[str, Json], secrets: dict[str, Json]) -> None:
    """A container as printed must be what the kubelet makes of it, but for values of Secrets."""
    try:
        expected = environment(container, maps, secrets)
    except StuckError:
        assert not found["starts"]
        return
    assert found["starts"]
    shown = {variable["name"]: variable["value"] for variable in found["variables"]}
    assert shown == {name: None if MARK in value else value for name, value in expected.items()}
    assert all(variable["masked"] == (variable["value"] is None) for variable in found["variables"])
    for field in ("command", "args"):
        expanded = [expand(word, expected) for word in container[field]]
        assert found[field] == [None if MARK in word else word for word in expanded]


def check_volume(volume: Json, found: Json, maps: dict[str, Json], secrets: dict[str, Json]) -> None:
    """A volume as printed must hold the files that are mounted."""
    try:
        expected = files(volume, maps, secrets)
    except StuckError:
        assert not found["mounts"]
        return
    assert found["mounts"]
    assert found["files"] == sorted(expected)


POD = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  selector: {}
  template:
    spec:
      containers:
        - name: app
          image: app:1.2.3
          envFrom:
            - configMapRef: {name: app}
            - secretRef: {name: app, optional: true}
          env:
%s
"""
MAP = "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: app, namespace: shop}\ndata: {A: a, B: b}\n"
SECRET = "---\napiVersion: v1\nkind: Secret\nmetadata: {name: app, namespace: shop}\nstringData: {A: s-a, KEY: s-k}\n"


def variables(folder: Path, env: str, *more: str) -> dict[str, Json]:
    """The variables of the one container, by name."""
    lines = "\n".join(f"            - {line}" for line in env.splitlines()) or "            []"
    write(folder, {"a.yaml": POD % lines + "".join(more)})
    done = cmlint(folder, "env", "--format", "json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)["workloads"][0]["containers"][0]
    return {variable["name"]: variable for variable in found["variables"]} | {"": found}


LITERAL = {"kind": "literal", "name": None, "key": None, "via": "env"}


def test_origins_and_what_they_shadow(tmp_path: Path) -> None:
    found = variables(tmp_path, "{name: A, value: x}\n{name: A, value: z}", MAP, SECRET)
    from_map = {"kind": "ConfigMap", "name": "app", "key": "A", "via": "envFrom"}
    from_secret = {"kind": "Secret", "name": "app", "key": "A", "via": "envFrom"}
    assert found["A"] == {
        "name": "A",
        "value": "z",
        "masked": False,
        "origin": LITERAL,
        "shadows": [from_map, from_secret, LITERAL],
    }
    assert found["KEY"]["origin"] == from_secret | {"key": "KEY"}
    assert (found["KEY"]["value"], found["KEY"]["masked"]) == (None, True)


@pytest.mark.parametrize(
    ("source", "origin"),
    [
        ("fieldRef: {fieldPath: status.podIP}", {"kind": "field", "key": "status.podIP"}),
        ("resourceFieldRef: {resource: limits.cpu}", {"kind": "resource", "key": "limits.cpu"}),
        ("fileKeyRef: {volumeName: v, path: a, key: K}", {"kind": "file", "key": "K"}),
    ],
)
def test_what_only_the_running_pod_knows(tmp_path: Path, source: str, origin: Json) -> None:
    found = variables(tmp_path, f"{{name: X, valueFrom: {{{source}}}}}\n{{name: Z, value: 'is $(X)'}}", MAP)
    assert (found["X"]["value"], found["X"]["masked"]) == (None, False)
    assert found["X"]["origin"] == {"name": None, "via": "env"} | origin
    assert (found["Z"]["value"], found["Z"]["masked"]) == (None, False)


def test_a_source_without_a_kind_gives_no_value_and_is_no_secret(tmp_path: Path) -> None:
    found = variables(tmp_path, "{name: X, valueFrom: {}}\n{name: Z, value: 'is $(X)'}", MAP)
    assert [(found[name]["value"], found[name]["masked"]) for name in "XZ"] == [(None, False), (None, False)]


def test_an_unsatisfied_optional_reference_leaves_a_variable_as_it_was(tmp_path: Path) -> None:
    env = "{name: A, valueFrom: {configMapKeyRef: {name: app, key: NOPE, optional: true}}}"
    found = variables(tmp_path, env, MAP)
    assert found["A"]["value"] == "a"
    assert found[""]["starts"]
    assert found[""]["unresolved"] == [
        {"kind": "Secret", "name": "app", "key": None, "variable": None, "optional": True},
        {"kind": "ConfigMap", "name": "app", "key": "NOPE", "variable": "A", "optional": True},
    ]


@pytest.mark.parametrize(
    ("secret", "starts"),
    [(SECRET, False), (SECRET.replace("{A: s-a, KEY: s-k}", "{}"), True), ("", True)],
    ids=["keys", "no keys", "no Secret"],
)
def test_a_secret_without_any_key_is_filled_elsewhere(tmp_path: Path, secret: str, starts: bool) -> None:
    env = "{name: X, valueFrom: {secretKeyRef: {name: app, key: NOPE}}}"
    assert variables(tmp_path, env, MAP, secret)[""]["starts"] is starts


def test_a_name_that_services_may_bring_is_not_said_to_stay(tmp_path: Path) -> None:
    found = variables(tmp_path, "{name: X, value: $(DB_SERVICE_HOST)}\n{name: Z, value: $(NOPE)}", MAP, SECRET)
    assert (found["X"]["value"], found["X"]["masked"]) == (None, False)
    assert found["Z"]["value"] == "$(NOPE)"


@pytest.mark.parametrize("data", ["", "data: [{secretKey: KEY}], "])
def test_a_name_that_an_unknown_source_may_bring_is_not_said_to_stay(tmp_path: Path, data: str) -> None:
    made = "---\napiVersion: external-secrets.io/v1\nkind: ExternalSecret\nmetadata: {name: app, namespace: shop}\n"
    made += f"spec: {{{data}dataFrom: [{{extract: {{key: a}}}}]}}\n"
    found = variables(tmp_path, "{name: Z, value: $(MAYBE)}", MAP, made)
    assert (found["Z"]["value"], found["Z"]["masked"]) == (None, False)


def test_a_key_that_an_open_object_may_have_sets_its_variable(tmp_path: Path) -> None:
    made = "---\napiVersion: external-secrets.io/v1\nkind: ExternalSecret\nmetadata: {name: app, namespace: shop}\n"
    made += "spec: {data: [{secretKey: Z}], dataFrom: [{extract: {key: a}}]}\n"
    found = variables(tmp_path, "{name: X, valueFrom: {secretKeyRef: {name: app, key: K}}}", MAP, made)
    assert (found["X"]["value"], found["X"]["masked"], found[""]["starts"]) == (None, True, True)


@pytest.mark.parametrize(("prefix", "names", "value"), [("P_", ["P_A", "P_B", "X"], "$(MAYBE)"), ("${P}", ["X"], None)])
def test_a_prefix_with_a_placeholder_may_bring_any_name(prefix: str, names: list[str], value: str | None) -> None:
    pod = POD.replace("name: app}", f"name: app}}\n              prefix: '{prefix}'", 1)
    pod = pod.replace("            - secretRef: {name: app, optional: true}\n", "")
    bundle = Bundle(Material(files=[("a.yaml", read_text(pod % "            - {name: X, value: $(MAYBE)}" + MAP))]))
    container = bundle.placed[0].document.pods[0].containers[0]
    environment = bundle.environment(container, bundle.placed[0])
    assert sorted(environment.variables) == names
    assert environment.variables["X"].value == value
    assert environment.complete == (value is not None)


CROWDED = """\
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers:
  - name: app
    image: app:1.2.3
    command: [$(A), run]
    args: ['$(A)$(A)']
    env: [{name: A, value: abc}, {name: B, value: $(A)}]
"""


@pytest.mark.parametrize(
    ("room", "values", "command", "args"),
    [
        (22, ["abc", "abc"], ["abc", "run"], ["abcabc"]),
        (21, ["abc", "abc"], ["abc", "run"], [None]),
        (16, ["abc", "abc"], ["abc", "run"], [None]),
        (15, ["abc", "abc"], ["abc", None], [None]),
        (13, ["abc", "abc"], ["abc", None], [None]),
        (12, ["abc", "abc"], [None, None], [None]),
        (10, ["abc", "abc"], [None, None], [None]),
        (9, ["abc", None], [None, None], [None]),
        (4, [None, None], [None, None], [None]),
    ],
)
def test_an_environment_has_as_many_characters_as_there_is_room(
    room: int, values: list[str | None], command: list[str | None], args: list[str | None]
) -> None:
    bundle = Bundle(Material(files=[("a.yaml", read_text(CROWDED))]))
    container = bundle.placed[0].document.pods[0].containers[0]
    found = environment_of(container, bundle.placed[0], bundle.resolver, room=room)
    assert [found.variables[name].value for name in "AB"] == values
    assert [[word.value for word in words] for words in (found.command, found.args)] == [command, args]
    assert found.too_large is not found.complete is (room == 22)


def test_a_value_that_is_refused_is_not_known(tmp_path: Path) -> None:
    assert variables(tmp_path, "{name: X, value: 8080}", MAP)["X"]["value"] is None


# which workloads

TWO = f"""\
{POD % "            []"}---
apiVersion: v1
kind: Pod
metadata: {{name: web}}
spec: {{containers: [{{name: c, image: a}}]}}
---
apiVersion: batch/v1
kind: CronJob
metadata: {{name: job, namespace: shop}}
spec: {{schedule: "", jobTemplate: {{spec: {{template: {{spec: {{containers: [{{name: c, image: a}}]}}}}}}}}}}
"""


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ((), ["Deployment", "Pod", "CronJob"]),
        (("--workload", "web"), ["Deployment", "Pod"]),
        (("-w", "deployment/web"), ["Deployment"]),
        (("-w", "Deployments/web"), ["Deployment"]),
        (("-w", "deploy/web"), ["Deployment"]),
        (("-w", "po/web"), ["Pod"]),
        (("-w", "cj/job"), ["CronJob"]),
        (("-n", "shop"), ["Deployment", "CronJob"]),
        (("-n", "shop", "-w", "web"), ["Deployment"]),
    ],
)
def test_which_workloads_are_shown(tmp_path: Path, words: tuple[str, ...], names: list[str]) -> None:
    write(tmp_path, {"a.yaml": TWO + MAP})
    done = cmlint(tmp_path, "env", *words)
    assert done.returncode == 0
    assert re.findall(r"^(\w+) .*  a\.yaml$", done.stdout, re.MULTILINE) == names


def test_files_that_are_excluded_are_not_read(tmp_path: Path) -> None:
    write(tmp_path, {"a.yaml": TWO, "b.yaml": MAP, ".cmlint.yaml": "exclude: [b.yaml]\nexternal: [app]\n"})
    assert "ConfigMap app: not known from these files" in cmlint(tmp_path, "env", "-w", "deploy/web").stdout


def test_files_without_workloads_are_told(tmp_path: Path) -> None:
    write(tmp_path, {"a.yaml": MAP})
    done = cmlint(tmp_path, "env", "--format", "json")
    assert (done.returncode, done.stderr) == (0, "cmlint: warning: no workload found in these files\n")
    assert json.loads(done.stdout) == {"version": 1, "workloads": []}


SERVICE = "---\napiVersion: v1\nkind: Service\nmetadata: {name: db, namespace: shop}\nspec: {ports: [{port: 5432}]}\n"


def test_the_variables_of_a_service_are_shown_and_expanded(tmp_path: Path) -> None:
    found = variables(tmp_path, "{name: AT, value: 'db:$(DB_SERVICE_PORT)'}", MAP, SERVICE)
    origin = {"kind": "service", "name": "db", "key": None, "via": "service"}
    assert (found["DB_SERVICE_PORT"]["value"], found["DB_SERVICE_PORT"]["origin"]) == ("5432", origin)
    assert (found["DB_SERVICE_HOST"]["value"], found["DB_SERVICE_HOST"]["masked"]) == (None, False)
    assert found["AT"]["value"] == "db:5432"


def test_the_variables_of_services_are_counted_and_on_request_listed_last(tmp_path: Path) -> None:
    write(tmp_path, {"a.yaml": POD % "            - {name: DB_PORT, value: '1'}" + MAP + SECRET + SERVICE})
    shown = [line.split() for line in cmlint(tmp_path, "env").stdout.splitlines()[2:]]
    assert " ".join(shown[-1]) == "and 6 variables of 1 Service (`--services` lists them)"
    assert shown[-3:-1] == [["DB_PORT", "1", "env"], ["hides", "service", "db"]]
    assert not any(line[0].startswith("DB_SERVICE") for line in shown)
    listed = [line.split() for line in cmlint(tmp_path, "env", "--services").stdout.splitlines()[2:]]
    assert listed[: len(shown) - 1] == shown[:-1]
    assert listed[len(shown) - 1 :] == [
        ["DB_SERVICE_HOST", "(when", "it", "runs)", "service", "db"],
        ["DB_SERVICE_PORT", "5432", "service", "db"],
        ["DB_PORT_5432_TCP", "(when", "it", "runs)", "service", "db"],
        ["DB_PORT_5432_TCP_PROTO", "tcp", "service", "db"],
        ["DB_PORT_5432_TCP_PORT", "5432", "service", "db"],
        ["DB_PORT_5432_TCP_ADDR", "(when", "it", "runs)", "service", "db"],
    ]


@pytest.mark.parametrize(
    ("own", "reader", "known"), [("", "", True), ("shop", "shop", True), ("", "shop", False), ("till", "shop", False)]
)
def test_a_service_is_known_to_the_pods_of_its_namespace(own: str, reader: str, known: bool) -> None:
    service, pod = (
        text.replace(", namespace: shop", f", namespace: {namespace}" if namespace else "")
        for text, namespace in ((SERVICE, own), (POD % "            []", reader))
    )
    bundle = Bundle(Material(files=[("a.yaml", read_text(pod + service))]))
    container = bundle.placed[0].document.pods[0].containers[0]
    assert ("DB_SERVICE_PORT" in bundle.environment(container, bundle.placed[0]).variables) is known


def test_of_equally_near_definitions_the_first_gives_the_value() -> None:
    entry = "            - {name: X, valueFrom: {configMapKeyRef: {name: app, key: A}}}"
    texts = {"pod.yaml": POD % entry, "a/map.yaml": MAP, "b/map.yaml": MAP.replace("A: a", "A: other")}
    bundle = Bundle(Material(files=[(path, read_text(text)) for path, text in texts.items()]))
    container = bundle.placed[0].document.pods[0].containers[0]
    variable = bundle.environment(container, bundle.placed[0]).variables["X"]
    assert variable.origin.definition
    assert (variable.value, variable.origin.definition.placed.path) == ("a", "a/map.yaml")


@pytest.mark.parametrize(
    ("sources", "files"),
    [
        ("{configMap: {name: app}}, {secret: {name: app}}", ("A", "B", "KEY")),
        ("{configMap: {name: app}}, {secret: {name: made}}", None),
        ("{secret: {name: made}}, {configMap: {name: app}}", None),
        ("{secret: {name: made, items: [{key: KEY, path: p}]}}", None),
        ("{configMap: {name: '${MAP}'}}", None),
    ],
)
def test_of_a_volume_whose_sources_are_not_all_known_no_file_is_shown(
    sources: str, files: tuple[str, ...] | None
) -> None:
    made = "---\napiVersion: external-secrets.io/v1\nkind: ExternalSecret\nmetadata: {name: made, namespace: shop}\n"
    made += "spec: {dataFrom: [{extract: {key: a}}]}\n"
    volumes = f"      volumes:\n        - {{name: v, projected: {{sources: [{sources}]}}}}\n"
    bundle = Bundle(Material(files=[("a.yaml", read_text(POD % "            []" + volumes + MAP + SECRET + made))]))
    (volume,) = bundle.placed[0].document.pods[0].volumes
    assert bundle.contents(volume, bundle.placed[0]) == Contents(True, files)


def test_without_service_links_a_variable_of_a_service_stays_as_it_is_written(tmp_path: Path) -> None:
    lines = "            - {name: AT, value: 'db:$(DB_SERVICE_PORT)'}"
    pod = (POD % lines).replace("      containers:", "      enableServiceLinks: false\n      containers:")
    write(tmp_path, {"a.yaml": pod + MAP + SECRET + SERVICE})
    (container,) = json.loads(cmlint(tmp_path, "env", "--format", "json").stdout)["workloads"][0]["containers"]
    found = {variable["name"]: variable["value"] for variable in container["variables"]}
    assert found == {"A": None, "B": "b", "KEY": None, "AT": "db:$(DB_SERVICE_PORT)"}


def test_the_containers_of_a_custom_resource_are_shown_once(tmp_path: Path) -> None:
    pod = (POD % "            []").replace("apiVersion: apps/v1", "apiVersion: argoproj.io/v1alpha1")
    write(tmp_path, {"a.yaml": pod.replace("kind: Deployment", "kind: Rollout") + MAP})
    (workload,) = json.loads(cmlint(tmp_path, "env", "--format", "json").stdout)["workloads"]
    assert [container["name"] for container in workload["containers"]] == ["app"]


def test_a_variable_whose_name_is_refused_is_shown_as_refused(tmp_path: Path) -> None:
    write(tmp_path, {"a.yaml": POD % "            - {name: 'A=B', value: x}" + MAP})
    shown = cmlint(tmp_path, "env").stdout.splitlines()
    assert [line for line in shown if "A=B" in line] == [
        "    ! A=B: not a valid variable name: the API server rejects it"
    ]


FILLED = """\
apiVersion: v1
kind: Pod
metadata: {name: web}
spec: {containers: [{name: web, image: 'IMAGE', env: [{name: VERSION, value: $(IMAGE_TAG)}]}]}
"""


@pytest.mark.parametrize(
    ("image", "script", "reported"),
    [
        ("registry.example/web:1.0.0", "", True),
        ("registry.example/web:$(IMAGE_TAG)", "", False),
        ("registry.example/web:$(OTHER_TAG)", "", True),
        ("registry.example/web:1.0.0", 'sed -i "s|\\$(IMAGE_TAG)|$TAG|g" web.yaml\n', False),
        ("registry.example/web:1.0.0", 'sed -i "s|\\$(OTHER_TAG)|$TAG|g" web.yaml\n', True),
    ],
)
def test_what_something_fills_in_before_is_no_variable(tmp_path: Path, image: str, script: str, reported: bool) -> None:
    write(tmp_path, {"web.yaml": FILLED.replace("IMAGE'", f"{image}'"), "deploy.sh": script})
    found = [each.rule for each in lint(tmp_path).outcome.findings]
    assert found == ["undefined-expansion"] * reported


LATER = """\
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers:
  - name: web
    image: registry.example/web:1.0.0
    env:
    - {name: URL, value: VALUE}
    - {name: USER, value: web}
    - {name: HOST, value: db}
"""


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("$(HOST)", ["web.yaml:9:26: `HOST` is defined only later, so `$(HOST)` stays as it is written"]),
        ("$(HOST)$(HOST)", ["web.yaml:9:26: `HOST` is defined only later, so `$(HOST)` stays as it is written"]),
        (
            "$(USER)@$(HOST)",
            ["web.yaml:9:26: `USER` and `HOST` are defined only later, so they stay as they are written"],
        ),
        (
            "$(NONE):$(USER)@$(HOST)",
            [
                "web.yaml:9:26: nothing defines `NONE`, so `$(NONE)` stays as it is written",
                "web.yaml:9:34: `USER` and `HOST` are defined only later, so they stay as they are written",
            ],
        ),
    ],
)
def test_the_variables_of_a_value_that_are_defined_later_are_one_finding(
    tmp_path: Path, value: str, expected: list[str]
) -> None:
    write(tmp_path, {"web.yaml": LATER.replace("VALUE", value)})
    assert concise(lint(tmp_path)) == [line.replace(": ", ": warning[undefined-expansion] ", 1) for line in expected]


def test_each_definition_of_what_is_used_too_early_is_a_place_of_the_finding(tmp_path: Path) -> None:
    write(tmp_path, {"web.yaml": LATER.replace("VALUE", "$(HOST)$(USER)$(HOST)")})
    (finding,) = lint(tmp_path).outcome.findings
    assert [each.location.start.line for each in finding.related] == [11, 10]
    assert finding.help == "move the entries that define them above this one"


RELEASE = """\
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: photos}
spec:
  values:
    controllers:
      web:
        containers:
          main: {env: [{name: MODE, value: fast}]}
      worker:
        containers:
          main: {env: [{name: MODE, value: slow}]}
"""
SAMPLE = "apiVersion: example.com/v1\nkind: Load\nmetadata: {name: test}\nspec: {image: 'load:1.2.3', env: []}\n"


def test_containers_without_a_name_are_called_by_the_field_that_holds_them(tmp_path: Path) -> None:
    write(tmp_path, {"release.yaml": RELEASE})
    assert cmlint(tmp_path, "env").stdout.splitlines() == [
        "HelmRelease photos  release.yaml",
        "  container spec.values.controllers.web.containers.main",
        "    MODE  fast  env",
        "",
        "HelmRelease photos  release.yaml",
        "  container spec.values.controllers.worker.containers.main",
        "    MODE  slow  env",
    ]


def test_a_container_without_a_name_of_which_nothing_is_known_is_left_out(tmp_path: Path) -> None:
    write(tmp_path, {"sample.yaml": SAMPLE})
    done = cmlint(tmp_path, "env")
    warning = "cmlint: warning: nothing is known of the environments in these files\n"
    assert (done.returncode, done.stdout, done.stderr) == (0, "", warning)
    (workload,) = json.loads(cmlint(tmp_path, "env", "--format", "json").stdout)["workloads"]
    assert [container["name"] for container in workload["containers"]] == [None]
    write(tmp_path, {"release.yaml": RELEASE})
    done = cmlint(tmp_path, "env")
    assert done.stdout.startswith("HelmRelease photos") and "Load" not in done.stdout and done.stderr == ""
