"""`cmlint explain`: what is at a place or behind a name, and whether what it says of changes is true."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from cmlint.config.config import Config
from cmlint.model.evidence import IGNORABLE, Code
from tests.support.command import cmlint
from tests.support.manifests import pod
from tests.support.run import CONFIG, lint, write
from tests.test_evidence import CASES

Json = dict[str, Any]

APP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: app}\ndata: {PORT: '1'}\n"
KEY = pod("env:", "  - {name: A, valueFrom: {configMapKeyRef: {name: app, key: PORT}}}")
ALL = pod("envFrom:", "  - configMapRef:", "      name: app")


def explained(folder: Path, target: str, *words: str) -> Json:
    """What the command says in JSON."""
    done = cmlint(folder, "explain", target, "--format", "json", *words)
    assert done.returncode == 0, done.stderr
    found: Json = json.loads(done.stdout)
    return found


def only(folder: Path, target: str, *words: str) -> Json:
    """The only reference that it explains."""
    (reference,) = explained(folder, target, *words)["references"]
    return dict(reference)


def changes(reference: Json) -> dict[str, str]:
    """What would change, and what becomes of it then."""
    return {each["setting"]: each["effect"] for each in reference["changes"]}


def candidates(reference: Json) -> list[tuple[str, bool, str]]:
    """The path of each candidate, whether it is taken, and why."""
    return [(each["location"]["path"], each["taken"], each["why"]) for each in reference["candidates"]]


@pytest.mark.parametrize("git", [True, False])
def test_a_file_in_a_folder_beside(tmp_path: Path, git: bool) -> None:
    shop = tmp_path / "shop"
    write(shop, {"k8s/pod.yaml": KEY, "k8s/config.yaml": APP, "docs/a.md": "", **({".git/HEAD": ""} if git else {})})
    reference = only(shop / "docs", "../k8s/pod.yaml:9")
    assert (reference["end"], reference["location"]["path"]) == ("resolved", "../k8s/pod.yaml")
    assert only(shop / "docs", str(shop / "k8s/pod.yaml:9"))["end"] == "resolved"
    assert only(tmp_path, "shop/k8s/pod.yaml:9")["end"] == "resolved"


def test_an_image_that_a_kustomization_replaces(tmp_path: Path) -> None:
    write(tmp_path, {"base/pod.yaml": pod(image="web:latest"), "base/kustomization.yaml": "resources: [pod.yaml]\n"})
    write(tmp_path, {"over/kustomization.yaml": "resources: [../base]\nimages: [{name: web, newTag: 1.2.3}]\n"})
    (image,) = explained(tmp_path, "base/pod.yaml:7")["images"]
    assert (image["image"], image["location"]["path"]) == ("web:1.2.3", "over/kustomization.yaml")
    assert not explained(tmp_path, "base/pod.yaml:6")["images"]


def test_a_reference_that_resolves(tmp_path: Path) -> None:
    far = APP.replace("app}", "app, namespace: other}")
    write(tmp_path, {"a/pod.yaml": KEY, "a/config.yaml": APP, "b/config.yaml": APP, "c/config.yaml": far})
    reference = only(tmp_path, "a/pod.yaml:9")
    assert (reference["end"], reference["keys"], reference["object"]) == ("resolved", ["PORT"], "Pod `web`")
    assert candidates(reference) == [
        ("a/config.yaml", True, "it is the nearest definition; it has the key `PORT`"),
        ("b/config.yaml", False, "another definition is nearer"),
        ("c/config.yaml", False, "another definition is nearer"),
    ]
    assert (reference["reasons"], reference["changes"]) == ([], [])


def test_a_reference_to_another_namespace(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "pod.yaml": KEY.replace("name: web}", "name: web, namespace: shop}"),
            "config.yaml": APP.replace("app}", "app, namespace: till}"),
        },
    )
    reference = only(tmp_path, "pod.yaml:9")
    assert (reference["end"], [each["rule"] for each in reference["findings"]]) == ("reported", ["wrong-namespace"])
    assert candidates(reference) == [
        ("config.yaml", False, "it is in the namespace `till`, and the reference in `shop`"),
    ]
    assert changes(reference) == {
        "external: [ConfigMap/app]": "it is excused: the setting `external` names it",
        "namespace: till": "it resolves",
    }


def test_a_near_name_and_a_command_are_considered(tmp_path: Path) -> None:
    near = APP.replace("app}", "appl}")
    make = "kubectl create configmap app -n till --from-literal=PORT=1\n"
    write(
        tmp_path,
        {"pod.yaml": KEY.replace("name: web}", "name: web, namespace: shop}"), "near.yaml": near, "up.sh": make},
    )
    reference = only(tmp_path, "configmap/app")
    assert candidates(reference) == [
        ("up.sh", False, "it is in the namespace `till`, and the reference in `shop`"),
    ]


CREATE = "kubectl create configmap app --from-literal=PORT=1\n"
NEAREST = "it is the nearest definition"


@pytest.mark.parametrize(
    ("files", "end", "expected"),
    [
        ({"up.sh": CREATE}, "excused", [("up.sh", True, "a command in up.sh creates it; it has the key `PORT`")]),
        (
            {"up.sh": CREATE.replace("PORT", "OTHER")},
            "reported",
            [("up.sh", True, "a command in up.sh creates it; it has no key `PORT`")],
        ),
        (
            {"b.sh": CREATE, "a.sh": CREATE},
            "excused",
            [(path, True, f"a command in {path} creates it; it has the key `PORT`") for path in ("a.sh", "b.sh")],
        ),
        (
            {"up.sh": CREATE, CONFIG: "evidence: {command: ignore}\n"},
            "reported",
            [("up.sh", False, "the setting `evidence` turns commands off")],
        ),
        (
            {"up.sh": CREATE, "app.yaml": APP.replace("PORT", "OTHER")},
            "excused",
            [
                ("app.yaml", True, f"{NEAREST}; it has no key `PORT`"),
                ("up.sh", True, "its keys count as well; it has the key `PORT`"),
            ],
        ),
        (
            {"up.sh": "kubectl create configmap app --from-env-file=x\n", "app.yaml": APP},
            "resolved",
            [
                ("app.yaml", True, f"{NEAREST}; it has the key `PORT`"),
                ("up.sh", True, "its keys count as well; it shows no key `PORT`, and may have more keys"),
            ],
        ),
    ],
)
def test_what_commands_create_is_a_candidate(
    tmp_path: Path, files: dict[str, str], end: str, expected: list[tuple[str, bool, str]]
) -> None:
    write(tmp_path, {"pod.yaml": KEY, **files})
    reference = only(tmp_path, "pod.yaml:9")
    assert (reference["end"], candidates(reference)) == (end, expected)
    if end == "excused":
        path = next(path for path, *_ in expected if "app.yaml" not in path)
        assert reference["reasons"][0]["reason"] == f"a command in {path} creates it"


def test_a_near_name_is_a_candidate(tmp_path: Path) -> None:
    write(tmp_path, {"pod.yaml": KEY.replace("app", "settings"), "near.yaml": APP.replace("app", "setings")})
    assert candidates(only(tmp_path, "pod.yaml:9")) == [("near.yaml", False, "its name differs from `settings`")]


@pytest.mark.parametrize(
    ("resources", "why"),
    [
        ("config.yaml", "another build has it"),
        ("config.yaml, pod.yaml", "it belongs to an alternative build"),
    ],
)
def test_what_another_build_has_is_a_candidate(tmp_path: Path, resources: str, why: str) -> None:
    files = {"web/pod.yaml": KEY, "web/kustomization.yaml": "resources: [pod.yaml]\n"}
    files |= {
        "other/pod.yaml": KEY,
        "other/config.yaml": APP,
        "other/kustomization.yaml": f"resources: [{resources}]\n",
    }
    write(tmp_path, files)
    assert candidates(only(tmp_path, "web/pod.yaml:9")) == [("other/config.yaml", False, why)]


def test_what_goes_to_the_same_cluster_is_a_candidate(tmp_path: Path) -> None:
    flux = "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\n"
    deploys = [f"{flux}metadata: {{name: {each}}}\nspec: {{path: ./{each}}}\n" for each in ("web", "other")]
    files = {
        "web/pod.yaml": KEY.replace("name: web}", "name: web, namespace: shop}"),
        "web/kustomization.yaml": "resources: [pod.yaml]\n",
        "other/config.yaml": APP.replace("app}", "app, namespace: till}"),
        "other/kustomization.yaml": "resources: [config.yaml]\n",
        "cluster/all.yaml": "---\n".join(deploys),
    }
    write(tmp_path, files)
    assert candidates(only(tmp_path, "web/pod.yaml:9")) == [
        ("other/config.yaml", False, "it is in the namespace `till`, and the reference in `shop`")
    ]


def test_every_reason_for_an_excuse_counts(tmp_path: Path) -> None:
    operator = "apiVersion: example.com/v1\nkind: Shop\nmetadata: {name: shop}\n"
    write(tmp_path, {"pod.yaml": KEY, "shop.yaml": operator, "more.yaml": "{{ if .X }}\n" + APP + "{{ end }}\n"})
    reference = only(tmp_path, "pod.yaml:9")
    assert [(each["code"], each["counts"], each["why"]) for each in reference["reasons"]] == [
        ("template", True, ""),
        ("shown-in-document", True, ""),
        ("custom-resource", True, ""),
    ]


@pytest.mark.parametrize("code", CASES)
def test_every_reason_is_named_and_its_changes_are_true(tmp_path: Path, code: Code) -> None:
    write(tmp_path, CASES[code][0])
    before = lint(tmp_path).outcome
    (excused,) = before.unverified
    place = f"{excused.location.path}:{excused.location.start.line}:{excused.location.start.column}"
    reference = only(tmp_path, place)
    first = reference["reasons"][0]
    assert (first["code"], first["reason"], first["counts"]) == (code, excused.why, True)
    offered = changes(reference)
    assert (f"evidence: {{{code}: ignore}}" in offered) == (code in IGNORABLE)
    for setting, effect in offered.items():
        if re.match("(external|evidence|references|secrets):", setting):
            write(tmp_path, {CONFIG: f"{setting}\n"})
            assert effect_in(tmp_path) == effect, setting


@pytest.mark.parametrize(
    ("code", "place"),
    [
        ("command", ("make.sh", 1, 9)),
        ("shown-in-document", ("README.md", 4, 18)),
        ("unparsable", ("broken.yaml", 5, 3)),
        ("placeholder-name", ("a.yaml", 3, 18)),
        ("defined-elsewhere", None),
    ],
)
def test_a_reason_has_its_place(tmp_path: Path, code: Code, place: tuple[str, int, int] | None) -> None:
    write(tmp_path, CASES[code][0])
    reason = only(tmp_path, "configmap/settings" if code != "defined-elsewhere" else "a/pod.yaml:8")["reasons"][0]
    location = reason["location"]
    start = location and location["start"]
    assert reason["code"] == code
    assert (location and (location["path"], start["line"], start["column"])) == place


def effect_in(folder: Path) -> str:
    """What became of the only reference, in the words of an explanation."""
    outcome = lint(folder).outcome
    if outcome.ends == {"reported": 1}:
        return "it is reported"
    (excused,) = outcome.unverified
    return f"it is excused: {excused.why}"


def test_what_does_not_count_is_named(tmp_path: Path) -> None:
    files, sentence, _ = CASES["shown-in-document"]
    write(tmp_path, files | {CONFIG: "evidence: {shown-in-document: ignore}\n"})
    reference = only(tmp_path, "pod.yaml:8")
    assert reference["end"] == "reported"
    assert [(each["reason"], each["counts"], each["why"]) for each in reference["reasons"]] == [
        (sentence, False, "the setting `evidence` turns it off")
    ]
    write(tmp_path, files | {CONFIG: "references: strict\n"})
    (reason,) = only(tmp_path, "pod.yaml:8")["reasons"]
    assert reason["why"] == "`references: strict` ignores it"


def test_a_secret_that_is_kept_elsewhere(tmp_path: Path) -> None:
    write(tmp_path, {"pod.yaml": KEY.replace("configMap", "secret")})
    reference = only(tmp_path, "secret/app")
    assert (reference["end"], reference["reasons"][0]["code"]) == ("excused", "secret-elsewhere")
    assert changes(reference) == {
        "external: [Secret/app]": "it is excused: the setting `external` names it",
        "evidence: {secret-elsewhere: ignore}": "it is reported",
        "references: strict": "it is reported",
        "secrets: all": "it is reported",
        "--live, or --against SNAPSHOT": "cmlint looks it up in the cluster",
    }


def test_an_optional_reference(tmp_path: Path) -> None:
    write(tmp_path, {"pod.yaml": KEY.replace("key: PORT", "key: PORT, optional: true")})
    reference = only(tmp_path, "pod.yaml:9")
    assert (reference["end"], changes(reference)["optional: false"]) == ("optional", "it is reported")


@pytest.mark.parametrize(("name", "code"), [("setings", "rule-off"), ("db", "secret-elsewhere")])
def test_only_a_secret_without_a_near_name_is_kept_elsewhere(tmp_path: Path, name: str, code: str) -> None:
    secret = f"apiVersion: v1\nkind: Secret\nmetadata: {{name: {name}}}\nstringData: {{PORT: not-a-real-one}}\n"
    reading = KEY.replace("app", "settings").replace("configMap", "secret")
    write(tmp_path, {"pod.yaml": reading, "secret.yaml": secret, CONFIG: "ignore: [missing-secret]\n"})
    assert [each["code"] for each in only(tmp_path, "pod.yaml:9")["reasons"]] == [code]


def test_a_namespace_would_keep_a_custom_resource_away(tmp_path: Path) -> None:
    operator = "apiVersion: example.com/v1\nkind: Shop\nmetadata: {name: shop, namespace: till}\n"
    write(tmp_path, {"pod.yaml": KEY, "shop.yaml": operator})
    assert changes(only(tmp_path, "pod.yaml:9"))["namespace: NAMESPACE"] == "it is reported"


def test_a_definition_has_its_readers(tmp_path: Path) -> None:
    write(tmp_path, {"pod.yaml": KEY, "other.yaml": ALL.replace("web", "till"), "config.yaml": APP})
    for target in ("config.yaml:3", "config.yaml:4:8", "configmap/app", "cm/app"):
        found = explained(tmp_path, target)
        (definition,) = found["definitions"]
        assert (definition["what"], definition["keys"], definition["open"]) == ("ConfigMap `app`", ["PORT"], False)
        assert sorted((each["object"], each["end"]) for each in found["references"]) == [
            ("Pod `till`", "resolved"),
            ("Pod `web`", "resolved"),
        ]


@pytest.mark.parametrize("target", ["pod.yaml:8", "pod.yaml:9", "pod.yaml:10", "pod.yaml:10:20", "./pod.yaml:10:1"])
def test_a_place_may_be_any_line_of_the_reference(tmp_path: Path, target: str) -> None:
    write(tmp_path, {"pod.yaml": ALL})
    assert only(tmp_path, target)["location"]["start"] == {"line": 10, "column": 19, "offset": 163}


def test_a_column_chooses_among_several(tmp_path: Path) -> None:
    line = "  - {name: A, valueFrom: {configMapKeyRef: {name: app, key: B}}}"
    flow = "envFrom: [{configMapRef: {name: a}}, {secretRef: {name: b}}]"
    write(tmp_path, {"pod.yaml": pod(flow, "env:", line)})
    assert [each["name"] for each in explained(tmp_path, "pod.yaml:8")["references"]] == ["ConfigMap/a", "Secret/b"]
    column = len("      envFrom: [{configMapRef: {name: a}}, {secretRef: {name: b")
    assert only(tmp_path, f"pod.yaml:8:{column}")["name"] == "Secret/b"


def test_a_line_without_any(tmp_path: Path) -> None:
    write(tmp_path, {"pod.yaml": KEY, "chart.yaml": APP + "{{ if .X }}\n  B: c\n{{ end }}\n", "x.yaml": "a: b\n"})
    line = "this line of pod.yaml has no deployed image, ConfigMap or Secret"
    nothing = f"{line}; it is a part of the Pod `web`"
    assert explained(tmp_path, "pod.yaml:2")["note"] == nothing
    assert cmlint(tmp_path, "explain", "pod.yaml:2").stdout == f"{nothing}\n"
    assert explained(tmp_path, "chart.yaml:1")["note"].endswith("is not checked: a template, not rendered")
    assert explained(tmp_path, "x.yaml:1")["note"].endswith("is not checked: not a Kubernetes object")


def test_a_kustomization_that_is_not_built_has_its_reason(tmp_path: Path) -> None:
    chart = "helmCharts: [{name: redis}]\n"
    write(tmp_path, {"kustomization.yaml": chart, "part/kustomization.yaml": COMPONENT})
    write(tmp_path, {"part/pod.yaml": KEY})
    assert explained(tmp_path, "kustomization.yaml:1")["note"] == (
        "this part of kustomization.yaml is not checked: the kustomization is not built: a Helm chart is rendered only "
        "with `--enable-helm`"
    )
    note = "this part of part/kustomization.yaml is not checked: a kustomization that is not built"
    assert explained(tmp_path, "part/kustomization.yaml:1")["note"] == note


COMPONENT = """\
apiVersion: kustomize.config.k8s.io/v1alpha1
kind: Component
resources: [pod.yaml]
"""


def test_what_a_kustomization_is_built_without_may_define_a_name(tmp_path: Path) -> None:
    write(tmp_path, {"kustomization.yaml": "resources: [pod.yaml, gone.yaml]\n", "pod.yaml": KEY})
    lines = cmlint(tmp_path, "explain", "pod.yaml:9").stdout.splitlines()
    assert lines[2:4] == [
        "  not looked at: kustomization.yaml is built without `gone.yaml`, which may define it [not-built]",
        "    A kustomization or chart is not built, or it is built without a part that may define the name.",
    ]


def test_a_template_that_is_not_rendered_has_its_reason(tmp_path: Path) -> None:
    template = f'{APP}{{{{ required "give a name" .Values.name }}}}\n'
    write(tmp_path, {"web/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n", "web/templates/a.yaml": template})
    note = explained(tmp_path, "web/templates/a.yaml:1")["note"]
    assert note.startswith("this part of web/templates/a.yaml is not checked: the chart is not built: ")
    assert note.endswith(": give a name")


BASE = "base/kustomization.yaml"
UNKNOWN = 'the kustomization is not built: in base: json: unknown field "nosuch"'


@pytest.mark.parametrize(
    ("base", "overlay", "told"),
    [
        ("resources: [pod.yaml]\nnosuch: 1\n", "resources: [../base]\n", UNKNOWN),
        (
            "kind: Component\nresources: [pod.yaml]\n",
            "components: [../base]\nnosuch: 1\n",
            'the kustomization over/kustomization.yaml, which uses it, is not built: json: unknown field "nosuch"',
        ),
    ],
)
def test_a_file_that_only_a_failing_build_uses_has_the_reason(
    tmp_path: Path, base: str, overlay: str, told: str
) -> None:
    write(tmp_path, {"base/pod.yaml": KEY, BASE: base, "over/kustomization.yaml": overlay})
    done = cmlint(tmp_path, "explain", f"{BASE}:1")
    assert (done.returncode, done.stderr) == (2, f"cmlint: error: {BASE}: not checked: {told}\nhelp: fix that first\n")


def test_an_image_that_a_failing_build_uses_may_be_changed_by_it(tmp_path: Path) -> None:
    text = KEY.replace("web:1.2.3", "ghcr.io/a/b:main")
    write(tmp_path, {"base/pod.yaml": text, BASE: "resources: [pod.yaml]\n", "over/kustomization.yaml": "[../base\n"})
    (image,) = explained(tmp_path, "base/pod.yaml:7")["images"]
    why = "somebody else publishes it, and its tag moves by its name; but an overlay that is not built may change it"
    assert image["why"] == why


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("pod.yaml", "`pod.yaml` is neither a location nor a name"),
        ("pod.yaml:99", "pod.yaml has no line 99"),
        ("pod.yaml:0", "pod.yaml has no line 0"),
        ("none.yaml:1", "none.yaml: not found"),
        ("vendor/x/pod.yaml:1", "vendor/x/pod.yaml: not among the files that were read"),
        ("service/app", "`service/app` is neither a location nor a name"),
        ("configmap/", "`configmap/` is neither a location nor a name"),
        ("configmap/apps", "nothing defines or reads the ConfigMap `apps`"),
        ("", "nothing to explain"),
    ],
)
def test_what_cannot_be_explained(tmp_path: Path, target: str, message: str) -> None:
    write(tmp_path, {"pod.yaml": KEY, "vendor/x/pod.yaml": KEY, "vendor/modules.txt": ""})
    done = cmlint(tmp_path, "explain", *([target] if target else []))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"cmlint: error: {message}\n")


def test_a_file_elsewhere_is_read_with_its_repository(tmp_path: Path) -> None:
    write(tmp_path / "shop", {".git/HEAD": "", "a/pod.yaml": KEY, "config.yaml": APP})
    (tmp_path / "here").mkdir()
    found = only(tmp_path / "here", f"{tmp_path}/shop/a/pod.yaml:9")
    assert found["end"] == "resolved"


def test_no_hash_of_a_secret_is_shown(tmp_path: Path) -> None:
    build = "resources: [pod.yaml]\nsecretGenerator: [{name: app, literals: [PORT=1]}]\nnamePrefix: shop-\n"
    write(tmp_path, {"pod.yaml": KEY.replace("configMap", "secret"), "kustomization.yaml": build})
    printed = [cmlint(tmp_path, "explain", "secret/app", "--format", form).stdout for form in ("text", "json")]
    assert "Secret `app`" in printed[0]
    assert not re.search("app-[0-9a-z]{10}", "".join(printed))


def test_a_rule_that_does_not_run_is_named(tmp_path: Path) -> None:
    write(tmp_path, {"pod.yaml": KEY, CONFIG: "ignore: [missing-configmap]\n"})
    reference = only(tmp_path, "pod.yaml:9")
    assert (reference["end"], reference["reasons"][0]["code"]) == ("not-looked-at", "rule-off")
    assert changes(reference)["`select` and `ignore`"] == "the rule reports it"


def test_a_suppressed_finding_is_shown(tmp_path: Path) -> None:
    write(tmp_path, {"pod.yaml": KEY.replace("PORT}}}", "PORT}}}  # cmlint: ignore[missing-configmap]")})
    assert lint(tmp_path, config=Config()).outcome.suppressed
    assert [(each["rule"], each["suppressed"]) for each in only(tmp_path, "pod.yaml:9")["findings"]] == [
        ("missing-configmap", True)
    ]


def test_the_release_of_a_chart_is_called_as_in_findings(tmp_path: Path) -> None:
    name = "{{ .Release.Name }}-web"
    entry = f'configMapKeyRef: {{name: "{name}", key: PORT}}'
    text = f'apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: "{name}"}}\ndata: {{LEVEL: info}}\n---\n'
    reader = pod("env:", f"  - {{name: X, valueFrom: {{{entry}}}}}", name=f'"{name}"')
    write(tmp_path, {"Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n", "templates/a.yaml": text + reader})
    reference = only(tmp_path, "configmap/RELEASE-web")
    assert (reference["name"], reference["built_as"], reference["object"]) == (
        "ConfigMap/RELEASE-web",
        "",
        "Pod `RELEASE-web`",
    )


WORKFLOW = (
    "on: push\njobs:\n  a:\n    steps:\n      - run: |\n"
    "          docker push org/app:develop\n          docker push org/app:v1\n"
)
DEPLOYMENT = """apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  selector: {matchLabels: {a: b}}
  template:
    metadata: {labels: {a: b}}
    spec:
      containers:
      - name: web
        image: IMAGE
"""
IMAGES = {
    ".git/HEAD": "",
    ".github/workflows/ci.yml": WORKFLOW,
    "Makefile": "load:\n\tkind load docker-image shop:dev\n",
}
RESTART = "run `kubectl rollout restart deployment/web -n shop`"
VERSION = "name the new version here, and apply this file"


def pictured(folder: Path, image: str, *words: str) -> Json:
    """What is said of an image."""
    write(folder, {**IMAGES, "web.yaml": DEPLOYMENT.replace("IMAGE", image)})
    (found,) = explained(folder, "web.yaml:11", *words)["images"]
    return dict(found)


def test_an_image_that_ci_pushes_again(tmp_path: Path) -> None:
    found = pictured(tmp_path, "org/app:develop")
    assert (found["reported"], found["why"]) == (True, ".github/workflows/ci.yml:6 pushes it again")
    assert (found["policy"], found["default"]) == ("IfNotPresent", True)
    assert [each["rule"] for each in found["findings"]] == ["mutable-tag"]
    assert [(each["location"]["start"]["line"], each["counts"], each["why"]) for each in found["lines"]] == [
        (6, True, ""),
        (7, False, "it has another tag"),
    ]
    assert found["arrives"] == f"set `imagePullPolicy: Always`, and after each push {RESTART}"
    assert cmlint(tmp_path, "explain", "web.yaml:11").stdout == (
        "image `org/app:develop` in the namespace `shop`\n"
        "  named at web.yaml:11:16 by Deployment `web`, container `web`\n"
        "  pull policy: `IfNotPresent`, the default\n"
        "  reported: .github/workflows/ci.yml:6 pushes it again\n"
        "  warning[mutable-tag]: `org/app:develop` is pushed again by .github/workflows/ci.yml:6, but nodes pull it"
        " only once (`IfNotPresent`, the default): a restart starts the old build\n"
        "  what is done to it:\n"
        "    .github/workflows/ci.yml:6:11: docker push pushes it\n"
        "    .github/workflows/ci.yml:7:11: docker push pushes it, but does not count: it has another tag\n"
        "  how a new build arrives:\n"
        f"    set `imagePullPolicy: Always`, and after each push {RESTART}\n"
    )


@pytest.mark.parametrize(
    ("image", "why", "arrives"),
    [
        ("shop:dev", "kind load puts it onto the nodes: Makefile:2", f"after each load {RESTART}"),
        (
            "shop:dev\n        imagePullPolicy: Always",
            "nodes pull it each time that a container starts",
            f"set `imagePullPolicy: IfNotPresent`, and after each load {RESTART}",
        ),
        (
            "org/app:develop\n        imagePullPolicy: Always",
            "nodes pull it each time that a container starts",
            f"after each push {RESTART}",
        ),
        (
            "quay.io/x/y:develop\n        imagePullPolicy: Never",
            "no node pulls it",
            f"load it onto the nodes, and after that {RESTART}",
        ),
        ("nginx:1.27.1", "its tag names one build, and nothing that cmlint reads pushes it again", VERSION),
        ("nginx:1.27.1@sha256:" + "a" * 64, "its digest names one build", VERSION.replace("version", "digest")),
        (
            "nginx:stable",
            "somebody else publishes it, and its tag follows a line of versions; only `--pedantic` reports it",
            VERSION,
        ),
        ("org/x:${TAG}", "it has a placeholder, which something else replaces before it is applied", ""),
        ("'org/App Two:1'", "it is not a valid image", ""),
        ("nginx:1\n        imagePullPolicy: always", "its pull policy is not valid", ""),
    ],
)
def test_an_image_that_is_not_reported(tmp_path: Path, image: str, why: str, arrives: str) -> None:
    found = pictured(tmp_path, image)
    assert (found["reported"], found["why"], found["arrives"]) == (False, why, arrives)


def test_what_the_configuration_says_of_images(tmp_path: Path) -> None:
    write(tmp_path, {CONFIG: "mutable-tags: ['*:1.27.1']\nkubernetes-version: '1.14'\n"})
    found = pictured(tmp_path, "nginx:1.27.1")
    assert (found["reported"], found["why"]) == (True, "`mutable-tags` in the configuration says that it moves")
    assert "`kubectl patch deployment/web -n shop -p" in found["arrives"]
    write(tmp_path, {CONFIG: "ignore: [mutable-tag]\n"})
    found = pictured(tmp_path, "org/app:develop")
    assert not found["reported"]
    assert found["why"] == ".github/workflows/ci.yml:6 pushes it again; but `mutable-tag` does not run"


def test_an_image_that_a_command_replaces(tmp_path: Path) -> None:
    script = "kubectl set image deployment/web web=org/app:$(git rev-parse HEAD) -n shop\n"
    write(tmp_path, {"deploy.sh": script})
    found = pictured(tmp_path, "org/app:develop")
    assert not found["reported"]
    assert found["arrives"] == "kubectl set image names each build when it is applied: deploy.sh:1"
    assert found["lines"][0]["deed"] == "replaced"


def test_what_loads_an_image_counts_if_its_tag_may_be_this_one(tmp_path: Path) -> None:
    write(
        tmp_path,
        {"up.sh": "kind load docker-image shop:$TAG\nminikube image load shop:$TAG\nk3d image import shop:v1\n"},
    )
    assert [
        (each["location"]["path"], each["location"]["start"]["line"], each["counts"], each["why"])
        for each in pictured(tmp_path, "shop:dev")["lines"]
    ] == [
        ("Makefile", 2, True, ""),
        ("up.sh", 1, True, ""),
        ("up.sh", 2, True, ""),
        ("up.sh", 3, False, "it has another tag"),
    ]


def test_a_push_of_a_tag_that_is_not_known_does_not_count(tmp_path: Path) -> None:
    write(tmp_path, {"up.sh": "docker push org/app:$TAG\n"})
    found = pictured(tmp_path, "org/app:develop")["lines"]
    assert [each["why"] for each in found if each["location"]["path"] == "up.sh"] == ["its tag is not known"]


def test_an_image_of_a_kustomization_is_explained_where_its_tag_is_written(tmp_path: Path) -> None:
    build = "resources: [web.yaml]\nimages:\n- name: app\n  newName: org/app\n  newTag: develop\n"
    write(tmp_path, {**IMAGES, "web.yaml": DEPLOYMENT.replace("IMAGE", "app"), "kustomization.yaml": build})
    (found,) = explained(tmp_path, "kustomization.yaml:5")["images"]
    assert (found["image"], found["reported"]) == ("org/app:develop", True)


@pytest.mark.parametrize("place", ["web.yaml:12", "kustomization.yaml:3", "kustomization.yaml:4"])
def test_what_a_kustomization_puts_in_place_of_an_image_is_explained_at_both(tmp_path: Path, place: str) -> None:
    build = "resources: [web.yaml]\nimages:\n- name: app\n  newName: org/app\n  newTag: develop\n- name: other\n"
    push = "docker push org/app:develop\n"
    web = DEPLOYMENT.replace("IMAGE", "app")
    write(tmp_path, {**IMAGES, "web.yaml": web, "kustomization.yaml": build, "push.sh": push})
    (found,) = explained(tmp_path, place.replace("12", str(line_of("image: app", web))))["images"]
    assert (found["image"], found["location"]["path"]) == ("org/app:develop", "kustomization.yaml")
    assert ("pushed", "push.sh") in [(line["deed"], line["location"]["path"]) for line in found["lines"]]


@pytest.mark.parametrize("place", ["web.yaml:4", "kustomization.yaml:1", "kustomization.yaml:6"])
def test_no_image_is_explained_beside_one(tmp_path: Path, place: str) -> None:
    build = "resources: [web.yaml]\nimages:\n- name: app\n  newName: org/app\n  newTag: develop\n- name: other\n"
    write(tmp_path, {**IMAGES, "web.yaml": DEPLOYMENT.replace("IMAGE", "app"), "kustomization.yaml": build})
    assert explained(tmp_path, place)["images"] == []


def line_of(part: str, text: str) -> int:
    """The line on which a part of a text is."""
    return text[: text.index(part)].count("\n") + 1
