"""cmlint agrees with Kubernetes' own functions in every row of `fixtures/truth`."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from tests.support.command import Found, cmlint, findings
from tests.support.run import FIXTURES

Row = dict[str, Any]

MOVES = {"develop", "main", "nightly", "1.2.3-SNAPSHOT", "latest-slim", "Latest"}
PINNED = {"v1.2.3", "20240131", "5c3dda6b", "build-1234", "sha-5c3dda6"}


def rows(table: str) -> list[Row]:
    """The rows of a table."""
    with (FIXTURES / "truth" / f"{table}.jsonl").open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def write_each(folder: Path, texts: Iterable[str]) -> None:
    """Writes each text to a folder of its own, named by its number."""
    for number, text in enumerate(texts):
        (folder / str(number)).mkdir()
        (folder / str(number) / "m.yaml").write_text(text, encoding="utf-8")


def number_of(finding: Found) -> int:
    """The number of the folder that a finding is in."""
    return int(finding.location.path.split("/")[-2])


def agree(disagreements: Iterable[str]) -> None:
    """Fails with all disagreements."""
    wrong = list(disagreements)
    assert not wrong, f"{len(wrong)} rows\n" + "\n".join(wrong)


def test_rejected_exactly_where_the_api_server_refuses(tmp_path: Path) -> None:
    table = rows("accepted")
    write_each(tmp_path, (row["manifest"] for row in table))
    found = findings(tmp_path, "--select", "all")
    rejected = {number_of(finding) for finding in found if finding.consequence == "rejected"}
    agree(
        f"{'false alarm' if row['accepted'] else 'missed'}: {row['manifest']!r} {row['why']}"
        for number, row in enumerate(table)
        if row["accepted"] == (number in rejected)
    )


def test_scalars_and_keys_as_kubernetes_reads_them(tmp_path: Path) -> None:
    table = [row for row in rows("yaml") if is_one_entry(row)]
    head = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: m}\ndata:\n  "
    write_each(tmp_path, (head + row["text"] for row in table))
    fired: defaultdict[int, set[str]] = defaultdict(set)
    for finding in findings(tmp_path, "--select", "all"):
        fired[number_of(finding)].add(finding.rule)
    agree(line for number, row in enumerate(table) for line in entry_disagreements(row, fired[number]))


def is_one_entry(row: Row) -> bool:
    """Whether a row is one entry of a mapping on one line, so that it can stand in a ConfigMap's `data`."""
    return isinstance(row.get("json"), dict) and len(row["json"]) == 1 and row["text"].count("\n") == 1


def entry_disagreements(row: Row, rules: set[str]) -> Iterator[str]:
    """What `non-string-data` and `renamed-key` say wrongly about one entry."""
    ((key, value),) = row["json"].items()
    not_string = value is not None and not isinstance(value, str)
    if not_string != ("non-string-data" in rules):
        yield f"non-string-data {'missed' if not_string else 'false alarm'}: {row['text']!r} is {row['json']}"
    plain = re.fullmatch(r"([A-Za-z0-9._+~-]+): x\n", row["text"])
    if plain and re.fullmatch(r"[-._a-zA-Z0-9]+", key) and (key != plain[1]) != ("renamed-key" in rules):
        yield f"renamed-key {'missed' if key != plain[1] else 'false alarm'}: {row['text']!r} is {row['json']}"


def test_images_as_kubernetes_parses_and_defaults_them(tmp_path: Path) -> None:
    table = [row for row in rows("images") if not any(mark in row["image"] for mark in ("${", "{{", "$("))]
    pod = "apiVersion: v1\nkind: Pod\nmetadata: {{name: p{}}}\nspec:\n  containers:\n  - name: c\n    image: {}\n"
    documents = (pod.format(number, json.dumps(row["image"])) for number, row in enumerate(table))
    (tmp_path / "pods.yaml").write_text("---\n".join(documents), encoding="utf-8")
    fired: defaultdict[str, set[str]] = defaultdict(set)
    for finding in findings(tmp_path):
        assert finding.object
        fired[finding.object.name or ""].add(finding.rule)
    agree(line for number, row in enumerate(table) for line in image_disagreements(row, fired[f"p{number}"]))


def image_disagreements(row: Row, rules: set[str]) -> Iterator[str]:
    """What `invalid-image` and `mutable-tag` say wrongly about one image; a bare name may be only loaded onto nodes."""
    if ("error" in row) != ("invalid-image" in rules):
        yield f"invalid-image {'missed' if 'error' in row else 'false alarm'}: {row}"
    always = row.get("pullPolicy") == "Always"
    if "mutable-tag" in rules and (always or row.get("digest") or row.get("tag") in PINNED):
        yield f"mutable-tag false alarm: {row}"
    if row.get("tag") in MOVES and "/" in row["image"] and not row.get("digest") and "mutable-tag" not in rules:
        yield f"mutable-tag missed: {row}"


def test_environments_and_volumes_as_the_kubelet_makes_them(tmp_path: Path) -> None:
    table = rows("environments")
    documents = [json.dumps(document) for number, row in enumerate(table) for document in objects_of(row, number)]
    (tmp_path / "all.yaml").write_text("\n---\n".join(documents), encoding="utf-8")
    (tmp_path / ".cmlint.yaml").write_text("secrets: all\n", encoding="utf-8")
    done = cmlint(tmp_path, "env", ".", "--format", "json")
    assert done.returncode == 0, done.stderr
    workloads = {workload["namespace"]: workload for workload in json.loads(done.stdout)["workloads"]}
    stuck: defaultdict[str, set[str | None]] = defaultdict(set)
    for finding in findings(tmp_path):
        if finding.consequence == "stuck" and finding.object:
            stuck[finding.object.namespace or ""].add(finding.container)
    agree(
        f"row {number}, {line}"
        for number, row in enumerate(table)
        for line in pod_disagreements(row, workloads[f"ns{number}"], stuck[f"ns{number}"])
    )


def objects_of(row: Row, number: int) -> Iterator[Row]:
    """The objects of a row, in a namespace of their own."""
    parts = [
        ("Pod", row["pod"]),
        *(("ConfigMap", o) for o in row["configMaps"]),
        *(("Secret", o) for o in row["secrets"]),
    ]
    for kind, body in parts:
        metadata = body["metadata"] | {"namespace": f"ns{number}"}
        yield {"apiVersion": "v1", "kind": kind, **body, "metadata": metadata}


def pod_disagreements(row: Row, workload: Row, stuck: set[str | None]) -> Iterator[str]:
    """What `cmlint env` and the `stuck` findings say wrongly about one Pod."""
    printed = {container["name"]: container for container in workload["containers"]}
    for name, real in row["containers"].items():
        starts = "error" not in real
        if printed[name]["starts"] != starts or (name in stuck) == starts:
            yield f"container {name}: the kubelet says {real.get('error', 'it starts')}"
        elif starts:
            yield from (f"container {name}: {line}" for line in environment_disagreements(printed[name], real))
    volumes = {volume["name"]: volume for volume in workload["volumes"]}
    for name, real in row["volumes"].items():
        mounts, files = volumes[name]["mounts"], volumes[name]["files"]
        if mounts == ("error" in real) or (mounts and files is not None and sorted(files) != real["files"]):
            yield f"volume {name}: {volumes[name]}, Kubernetes makes {real}"


def environment_disagreements(printed: Row, real: Row) -> Iterator[str]:
    """What `cmlint env` prints wrongly about a container that starts."""
    variables = {variable["name"]: variable["value"] for variable in printed["variables"]}
    if variables.keys() != real["env"].keys():
        yield f"other names: {sorted(variables.keys() ^ real['env'].keys())}"
        return
    for name, value in real["env"].items():
        if not is_shown_rightly(variables[name], value):
            yield f"{name} is shown as {variables[name]!r}, the kubelet makes {value!r}"
    for part in ("command", "args"):
        for shown, made in zip(printed[part], real.get(part) or [], strict=True):
            if not is_shown_rightly(shown, made):
                yield f"{part}: {shown!r}, the kubelet makes {made!r}"


def is_shown_rightly(shown: str | None, real: str) -> bool:
    """Whether a text is shown exactly, or hidden because of a Secret in it or because only the running pod knows it."""
    if "s-" in real or "str-" in real:
        return shown is None
    return shown == real or (shown is None and ("pod" in real or "default" in real))
