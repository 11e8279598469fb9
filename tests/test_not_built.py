"""What is not built is a finding, and is ignored, chosen and kept as any other."""

from __future__ import annotations

from pathlib import Path

import pytest

from cmlint.model.findings import ObjectId
from tests.support.command import cmlint
from tests.support.manifests import POD, pod
from tests.support.run import concise, failures, run, write

LINE = "kustomization.yaml:1:23: error[not-built] the kustomization is built without `gone.yaml`"
FOUND = f"{LINE}: no such file or folder\n"
BRIEF = ("--format", "concise", "-q")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A kustomization that names a file which is not there."""
    write(tmp_path, {"kustomization.yaml": "resources: [pod.yaml, gone.yaml]\n", "pod.yaml": POD, ".git/HEAD": ""})
    return tmp_path


def test_it_is_about_the_kustomization(project: Path) -> None:
    (finding,) = run(project).outcome.findings
    assert finding.object == ObjectId("kustomize.config.k8s.io/v1beta1", "Kustomization", None, None)


@pytest.mark.parametrize("word", ["not-built", "not-built/missing-file", "all"])
def test_a_comment_ignores_it(project: Path, word: str) -> None:
    text = (project / "kustomization.yaml").read_text(encoding="utf-8")
    write(project, {"kustomization.yaml": f"# cmlint: ignore[{word}]\n{text}"})
    done = cmlint(project, "check", *BRIEF)
    assert (done.returncode, done.stdout) == (0, "")


def test_a_comment_about_another_cause_does_not(project: Path) -> None:
    text = (project / "kustomization.yaml").read_text(encoding="utf-8")
    write(project, {"kustomization.yaml": f"# cmlint: ignore[not-built/remote]\n{text}"})
    done = cmlint(project, "check", *BRIEF)
    assert FOUND.replace(":1:", ":2:") in done.stdout


@pytest.mark.parametrize(
    "setting",
    [
        "ignore: [not-built]",
        "ignore: [not-built/missing-file]",
        "per-path-ignore: {kustomization.yaml: [not-built]}",
        "per-path-ignore: {kustomization.yaml: [not-built/missing-file]}",
    ],
)
def test_a_configuration_ignores_it(project: Path, setting: str) -> None:
    write(project, {".cmlint.yaml": f"{setting}\n"})
    assert cmlint(project, "check", *BRIEF).stdout == ""
    write(
        project, {".cmlint.yaml": f"{setting}\n".replace("missing-file", "broken").replace("built]", "built/broken]")}
    )
    assert cmlint(project, "check", *BRIEF).stdout == FOUND


def test_a_configuration_gives_it_another_severity(project: Path) -> None:
    write(project, {".cmlint.yaml": "severity: {not-built/missing-file: info}\n"})
    assert cmlint(project, "check", *BRIEF).stdout == FOUND.replace("error[", "info[")
    write(project, {".cmlint.yaml": "severity: {not-built/remote: info, not-built: warning}\n"})
    assert cmlint(project, "check", *BRIEF).stdout == FOUND.replace("error[", "warning[")


def test_it_is_chosen_as_any_rule(project: Path) -> None:
    assert cmlint(project, "check", "--select", "not-built", *BRIEF).stdout == FOUND
    assert cmlint(project, "check", "--select", "missing-key", *BRIEF).stdout == ""


def test_a_kept_result_notices_the_file(project: Path) -> None:
    words = ("check", *BRIEF, "--cache-dir", "cache")
    for _ in range(2):
        assert cmlint(project, *words).stdout == FOUND
    write(project, {"gone.yaml": POD.replace("{name: a}", "{name: b}")})
    for _ in range(2):
        assert cmlint(project, *words).stdout == ""
    (project / "gone.yaml").unlink()
    assert cmlint(project, *words).stdout == FOUND


def test_a_file_that_git_ignores_is_an_info(project: Path) -> None:
    write(project, {".gitignore": "# Made.\ngone.yaml\n"})
    done = cmlint(project, "check", *BRIEF)
    reason = "line 2 of `.gitignore` leaves it out"
    assert done.stdout == f"{LINE.replace('error[', 'info[')}: {reason}\n"


@pytest.mark.parametrize("build", ["resources: [../apps/pod.yaml]\n", "resources: [../apps]\n"])
def test_what_a_kustomization_must_not_read_is_counted(tmp_path: Path, build: str) -> None:
    write(tmp_path, {"base/kustomization.yaml": build, "apps/pod.yaml": pod("envFrom: [{configMapRef: {name: a}}]")})
    outcome = run(tmp_path).outcome
    assert outcome.references == 1
    assert dict(outcome.ends) == ({"not-looked-at": 1} if "pod" in build else {"reported": 1})


INLINE = {
    "a patch on one line": ("patches:\n  - patch: '$patch: delete'\n    target: {kind: Pod}\n", 3, "broken: "),
    "a patch that is a file": ("patches:\n  - path: gone.yaml\n    target: {kind: Pod}\n", 3, "missing-file: "),
    "a merge that is a file": ("patchesStrategicMerge:\n  - gone.yaml\n", 3, "missing-file: "),
}
"""Patches that kustomize refuses, each with the line and the cause that are reported."""


@pytest.mark.parametrize("name", INLINE)
def test_the_text_of_a_patch_names_no_file(tmp_path: Path, name: str) -> None:
    text, line, cause = INLINE[name]
    write(tmp_path, {"kustomization.yaml": f"resources: [pod.yaml]\n{text}", "pod.yaml": POD})
    (failure,) = failures(run(tmp_path))
    assert failure.startswith(f"kustomization.yaml:{line}: {cause}")


def test_a_component_that_nobody_uses_is_none(tmp_path: Path) -> None:
    text = "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nresources: [pod.yaml]\n"
    write(tmp_path, {"kustomization.yaml": text, "pod.yaml": POD})
    assert cmlint(tmp_path, "check", *BRIEF).stdout == ""


def test_a_file_of_secrets_that_git_ignores_is_named(tmp_path: Path) -> None:
    text = "resources: [pod.yaml]\nsecretGenerator:\n- name: a\n  envs: [secret.env]\n"
    write(tmp_path, {"kustomization.yaml": text, "pod.yaml": POD, ".git/HEAD": "", ".gitignore": "secret.env\n"})
    done = cmlint(tmp_path, "check", *BRIEF)
    found = "kustomization.yaml:4:10: info[not-built] the kustomization is built without `secret.env`"
    assert done.stdout == f"{found}: line 1 of `.gitignore` leaves it out\n"


def test_a_value_in_the_place_of_a_file_is_not_shown(tmp_path: Path) -> None:
    text = "resources: [pod.yaml]\nsecretGenerator:\n- name: a\n  envs: [PASSWORD=hunter2]\n"
    write(tmp_path, {"kustomization.yaml": text, "pod.yaml": POD, ".git/HEAD": "", ".gitignore": "*hunter2\n"})
    done = cmlint(tmp_path, "check")
    assert "built without `...`: no such file or folder\n" in done.stdout
    assert "hunter2" not in done.stdout + done.stderr


CONFIG = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\n"
PATCH = "  - patch: |\n      apiVersion: v1\n      kind: ConfigMap\n      metadata: {name: NAME}\n"

CULPRITS = {
    "a number for a tag": ("images:\n  - name: web\n    newTag: 123\n", 4),
    "a patch for nothing": (f"patches:\n{PATCH.replace('NAME', 'settings')}{PATCH.replace('NAME', 'other')}", 7),
    "a merge into nothing": ("configMapGenerator:\n  - name: none\n    behavior: merge\n    literals: [A=b]\n", 3),
    "an object that is there": (
        "configMapGenerator:\n  - {name: a, literals: [A=b]}\n  - {name: a, literals: [A=b]}\n",
        3,
    ),
    "an unknown field": ("resource: []\n", 2),
    "an unknown field of a generator": ("configMapGenerator:\n  - name: a\n    literal: [A=b]\n", 4),
    "a literal without a value": ("configMapGenerator:\n  - name: a\n    literals:\n      - A=b\n      - B\n", 6),
    "a file without a key": ("configMapGenerator:\n  - name: a\n    files:\n      - =settings.yaml\n", 5),
}
"""Kustomizations that kustomize refuses, each with the line that is reported."""


@pytest.mark.parametrize("name", CULPRITS)
def test_the_line_that_is_at_fault_is_shown(tmp_path: Path, name: str) -> None:
    text, line = CULPRITS[name]
    write(tmp_path, {"kustomization.yaml": f"resources: [settings.yaml]\n{text}", "settings.yaml": CONFIG})
    (failure,) = failures(run(tmp_path))
    assert failure.startswith(f"kustomization.yaml:{line}: broken: ")


def test_of_two_that_bring_the_same_object_the_one_that_merges_them_is_at_fault(tmp_path: Path) -> None:
    base = {"base/kustomization.yaml": "resources: [settings.yaml]\n", "base/settings.yaml": CONFIG}
    write(tmp_path, {**base, "other/kustomization.yaml": "resources: [../base]\n"})
    write(tmp_path, {"top/kustomization.yaml": "resources:\n  - ../base\n  - ../other\n"})
    (failure,) = failures(run(tmp_path))
    assert failure.startswith("top/kustomization.yaml:3: broken: ")


def test_misspelt_fields_are_reported_where_nothing_can_be_built(tmp_path: Path) -> None:
    pod = (
        "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  containers:\n    - name: web\n"
        "      image: registry.example.com/web:1.2.3\n      env:\n        - name: A\n"
        "          valueForm: {configMapKeyRef: {name: settings, key: A}}\n"
    )
    write(tmp_path, {"kustomization.yaml": "resources: [web.yaml, web.yaml]\npatches: []\n", "web.yaml": pod})
    found = [(f.rule, f.location.path, f.location.start.line) for f in run(tmp_path).outcome.findings]
    assert found == [("not-built", "kustomization.yaml", 1), ("malformed-reference", "web.yaml", 10)]


def test_a_file_that_a_secret_is_made_of_is_named(tmp_path: Path) -> None:
    kustomization = "secretGenerator:\n  - name: web\n    envs:\n      - secret.env\n"
    write(tmp_path, {"kustomization.yaml": kustomization})
    assert concise(run(tmp_path)) == [
        "kustomization.yaml:4:9: error[not-built] the kustomization is built without `secret.env`: no such "
        "file or folder"
    ]


def test_a_value_in_the_place_of_a_file_is_not_named(tmp_path: Path) -> None:
    kustomization = "secretGenerator:\n  - name: web\n    envs:\n      - hunter2hunter2\n"
    write(tmp_path, {"kustomization.yaml": kustomization})
    (found,) = concise(run(tmp_path))
    assert "hunter2" not in found


def test_a_chart_of_helm_asks_for_helm(tmp_path: Path) -> None:
    write(tmp_path, {"kustomization.yaml": "resources: []\nhelmCharts:\n- {name: web, repo: 'https://example.org'}\n"})
    (finding,) = run(tmp_path).outcome.findings
    assert (finding.location.start.line, finding.location.start.column) == (3, 3)
    assert finding.help == (
        "run cmlint with `--enable-helm`, and with `--allow-remote` where the chart is not in the repository"
    )


def test_that_nothing_else_is_there_is_not_said(project: Path) -> None:
    (project / "pod.yaml").unlink()
    write(project, {"kustomization.yaml": "resources: [gone.yaml]\n"})
    done = cmlint(project, "check", "--format", "concise")
    found = "kustomization.yaml:1:13: error[not-built] the kustomization is built without `gone.yaml`"
    assert done.stdout.startswith(f"{found}: no such file or folder (unchecked)\n")
    assert (done.returncode, done.stderr) == (1, "")


def test_a_file_of_what_is_not_built_is_not_called_checked(tmp_path: Path) -> None:
    reader = pod("envFrom:", "  - configMapRef: {name: settings}")
    write(
        tmp_path, {".git/HEAD": "", "kustomization.yaml": "resources: [pod.yaml]\nresource: []\n", "pod.yaml": reader}
    )
    done = cmlint(tmp_path, "check", "pod.yaml", "--no-cache")
    first = done.stdout.splitlines()[0]
    assert first == "no problems in 1 file (1 document, 1 container, 1 reference), but a part of it is not built"
    assert "but a part" not in cmlint(tmp_path, "check", "--no-cache").stdout


def test_what_yaml_expects_is_said_of_a_kustomization_that_cannot_be_parsed(tmp_path: Path) -> None:
    write(tmp_path, {"kustomization.yaml": "resources: [pod.yaml\nnamePrefix: x-\n", "pod.yaml": POD})
    done = cmlint(tmp_path, "check", *BRIEF)
    found = "kustomization.yaml:2:11: error[yaml-syntax] not valid YAML: did not find expected ',' or ']'"
    assert done.stdout == f"{found}\n"


def test_a_repeated_key_is_reported_in_its_file_alone(tmp_path: Path) -> None:
    repeated = CONFIG.replace("{name: settings}", "{name: a, name: b}")
    resources = "resources:\n  - settings.yaml\n  - repeated.yaml\n"
    write(tmp_path, {"kustomization.yaml": resources, "settings.yaml": CONFIG, "repeated.yaml": repeated})
    result = run(tmp_path)
    assert (failures(result), [each.rpartition(":")[0] for each in concise(result)]) == ([], ["repeated.yaml:3:21"])


def test_a_mistake_besides_a_missing_file_is_reported_as_well(tmp_path: Path) -> None:
    text = "resources: [settings.yaml, gone.yaml]\nimages:\n  - name: web\n    newTag: 123\n"
    write(tmp_path, {"kustomization.yaml": text, "settings.yaml": CONFIG})
    first, second = failures(run(tmp_path))
    assert first.startswith("kustomization.yaml:1: missing-file: ")
    assert second.startswith("kustomization.yaml:4: broken: ")


def test_a_patch_that_does_not_apply_is_found_by_its_path(tmp_path: Path) -> None:
    patch = "  - target: {kind: ConfigMap}\n    patch: |-\n      - {op: OP, path: PATH, value: x}\n"
    first, second = (
        patch.replace("OP", op).replace("PATH", path) for op, path in (("add", "/kept"), ("replace", "/a/b"))
    )
    for patches, line in ((first + second, 7), (second * 2, 1)):
        write(tmp_path, {"kustomization.yaml": f"resources: [a.yaml]\npatches:\n{patches}", "a.yaml": CONFIG})
        (found,) = failures(run(tmp_path))
        assert found.startswith(f"kustomization.yaml:{line}: broken: ")
        assert found.endswith("replace operation does not apply: doc is missing path: /a/b")


HEADER = "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n"
BROUGHT = "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: a}\nspec: {path: ./PATH}\n"
EMPTY = "broken: the kustomization is not built: kustomization.yaml is empty"
GONE = "missing-file: the kustomization is built without `gone.yaml`: no such file or folder"

PODS = "resources: [pod.yaml]\n"

UNUSED = {
    "nothing in it": ({"a/kustomization.yaml": HEADER}, []),
    "comments in it": ({"a/kustomization.yaml": f"{HEADER}resources:\n# - pod.yaml\n", "a/README.md": "x\n"}, []),
    "comments in it, and what they name": (
        {"a/kustomization.yaml": f"{HEADER}resources:\n# - pod.yaml\n", "a/pod.yaml": POD},
        [],
    ),
    "in a folder of templates, without something in a folder": (
        {"templates/a/kustomization.yaml": "components: [../b]\nresources: [pod.yaml]\n", "templates/a/pod.yaml": POD}
        | {"templates/b/kustomization.yaml.j2": ""},
        [],
    ),
    "a manifest beside it": ({"a/kustomization.yaml": HEADER, "a/pod.yaml": POD}, [f"a/kustomization.yaml:1: {EMPTY}"]),
    "a folder beside it": ({"a/kustomization.yaml": HEADER, "a/b/pod.yaml": POD}, [f"a/kustomization.yaml:1: {EMPTY}"]),
    "Flux brings it": (
        {"a/kustomization.yaml": HEADER, "flux.yaml": BROUGHT.replace("PATH", "a")},
        [f"a/kustomization.yaml:1: {EMPTY}"],
    ),
    "Flux brings what is around it": (
        {"a/b/kustomization.yaml": HEADER, "flux.yaml": BROUGHT.replace("PATH", "a")},
        [f"a/b/kustomization.yaml:1: {EMPTY}"],
    ),
    "Flux brings one of two": (
        {"a/kustomization.yaml": HEADER, "b/kustomization.yaml": HEADER, "flux.yaml": BROUGHT.replace("PATH", "b")},
        [f"b/kustomization.yaml:1: {EMPTY}"],
    ),
    "Flux brings it to a namespace": (
        {
            "a/kustomization.yaml": HEADER,
            "flux.yaml": BROUGHT.replace("./PATH", "./a, targetNamespace: shop"),
        },
        [],
    ),
    "Flux brings it to a namespace, and files are beside it": (
        {
            "a/kustomization.yaml": HEADER,
            "a/pod.yaml": POD,
            "flux.yaml": BROUGHT.replace("./PATH", "./a, targetNamespace: shop"),
        },
        [],
    ),
    "Flux brings what is around it to a namespace": (
        {
            "a/b/kustomization.yaml": HEADER,
            "flux.yaml": BROUGHT.replace("./PATH", "./a, targetNamespace: shop"),
        },
        [f"a/b/kustomization.yaml:1: {EMPTY}"],
    ),
    "Flux brings another": ({"a/kustomization.yaml": HEADER, "flux.yaml": BROUGHT.replace("PATH", "ab")}, []),
    "another one uses it": (
        {"a/kustomization.yaml": HEADER, "b/kustomization.yaml": "resources: [../a]\n"},
        ["a/kustomization.yaml:1: broken: the kustomization is not built: in a: kustomization.yaml is empty"],
    ),
    "put away": ({"archive/a/kustomization.yaml": "resources: [gone.yaml, pod.yaml]\n", "archive/a/pod.yaml": POD}, []),
    "put away as old": ({"old/a/kustomization.yaml": "resources: [gone.yaml]\n"}, []),
    "with an empty file beside it": ({"a/kustomization.yaml": "", "a/release.yaml": ""}, []),
    "with an empty file and a full one beside it": (
        {"a/kustomization.yaml": "", "a/release.yaml": "", "a/pod.yaml": POD},
        [f"a/kustomization.yaml:1: {EMPTY}"],
    ),
    "put away with a dot": ({".archived/kustomization.yaml": "resources: [gone.yaml]\n"}, []),
    "put away, and Flux brings it": (
        {"archive/a/kustomization.yaml": "resources: [gone.yaml]\n", "flux.yaml": BROUGHT.replace("PATH", "archive")},
        [f"archive/a/kustomization.yaml:1: {GONE}"],
    ),
    "put away, and Flux brings what somebody has packed": (
        {
            "archive/a/kustomization.yaml": "resources: [gone.yaml]\n",
            "flux.yaml": BROUGHT.replace("PATH", ", sourceRef: {kind: OCIRepository, name: flux-manifests}"),
        },
        [],
    ),
    "put away, and Flux brings all": (
        {
            "archive/a/kustomization.yaml": "resources: [gone.yaml]\n",
            "flux.yaml": BROUGHT.replace("PATH", ", sourceRef: {kind: GitRepository, name: own}"),
        },
        [f"archive/a/kustomization.yaml:1: {GONE}"],
    ),
    "put away, and Argo CD brings the top of a repository": (
        {
            "archive/a/kustomization.yaml": "resources: [gone.yaml]\n",
            "app.yaml": "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: a}\n"
            "spec: {source: {repoURL: https://git.example/other, path: .}, destination: {namespace: shop}}\n",
        },
        [],
    ),
    "put away, and Argo CD brings a folder": (
        {
            "archive/a/kustomization.yaml": "resources: [gone.yaml]\n",
            "app.yaml": "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: a}\n"
            "spec: {source: {repoURL: https://git.example/own, path: archive/a}, destination: {namespace: shop}}\n",
        },
        [f"archive/a/kustomization.yaml:1: {GONE}"],
    ),
    "put away, as is what Flux brings": (
        {
            ".archive/a/kustomization.yaml": "resources: [gone.yaml]\n",
            ".archive/flux.yaml": BROUGHT.replace("PATH", "a"),
        },
        [],
    ),
    "put away, and another one uses it": (
        {"archive/kustomization.yaml": "resources: [gone.yaml, pod.yaml]\n", "archive/pod.yaml": POD}
        | {"b/kustomization.yaml": "resources: [../archive]\n"},
        [f"archive/kustomization.yaml:1: {GONE}"],
    ),
    "turned off": (
        {"all/kustomization.yaml": "resources:\n- ../pods\n#- ../hook\n", "pods/kustomization.yaml": HEADER + PODS}
        | {"pods/pod.yaml": POD, "hook/kustomization.yaml": "resources: [gone.yaml]\n"},
        [],
    ),
    "turned off, and Flux brings it": (
        {"all/kustomization.yaml": "resources:\n- ../pods\n#- ../hook\n", "pods/kustomization.yaml": HEADER + PODS}
        | {"pods/pod.yaml": POD, "hook/kustomization.yaml": "resources: [gone.yaml]\n"}
        | {"flux.yaml": BROUGHT.replace("PATH", "hook")},
        [f"hook/kustomization.yaml:1: {GONE}"],
    ),
    "turned off in one place only": (
        {"all/kustomization.yaml": "resources:\n- ../hook\n", "few/kustomization.yaml": "resources:\n# - ../hook\n"}
        | {"hook/kustomization.yaml": "resources: [gone.yaml, pod.yaml]\n", "hook/pod.yaml": POD},
        [f"hook/kustomization.yaml:1: {GONE}"],
    ),
    "Flux would bring it, but is turned off": (
        {"apps/kustomization.yaml": "resources:\n- pod.yaml\n# - ./web/flux.yaml\n", "apps/pod.yaml": POD}
        | {"apps/web/app/kustomization.yaml": "resources: [gone.yaml]\n"}
        | {"apps/web/flux.yaml": BROUGHT.replace("PATH", "apps/web/app")},
        [],
    ),
    "Flux would bring it, and another file that is turned off": (
        {"apps/kustomization.yaml": "resources:\n- pod.yaml\n# - ./web/other.yaml\n", "apps/pod.yaml": POD}
        | {"apps/web/app/kustomization.yaml": "resources: [gone.yaml]\n", "apps/web/other.yaml": CONFIG}
        | {"apps/web/flux.yaml": BROUGHT.replace("PATH", "apps/web/app")},
        [f"apps/web/app/kustomization.yaml:1: {GONE}"],
    ),
    "Flux brings it, and a part of it is turned off": (
        {"apps/kustomization.yaml": "resources:\n- pod.yaml\n# - ./web/flux.yaml\n", "apps/pod.yaml": POD}
        | {"apps/web/app/kustomization.yaml": "resources: [gone.yaml]\n"}
        | {"apps/web/flux.yaml": BROUGHT.replace("PATH", "apps/web/app")}
        | {
            "more/kustomization.yaml": "resources: [flux.yaml]\n",
            "more/flux.yaml": BROUGHT.replace("PATH", "apps/web/app"),
        },
        [f"apps/web/app/kustomization.yaml:1: {GONE}"],
    ),
    "another one is turned off": (
        {"all/kustomization.yaml": "resources:\n- ../pods\n#- hook\n", "pods/kustomization.yaml": HEADER + PODS}
        | {"pods/pod.yaml": POD, "hook/kustomization.yaml": "resources: [gone.yaml, pod.yaml]\n", "hook/pod.yaml": POD},
        [f"hook/kustomization.yaml:1: {GONE}"],
    ),
    "only patches in it": (
        {
            "a/kustomization.yaml": "patches: [{path: patch.yaml}]\n",
            "a/patch.yaml": POD.replace("{name: a}", "{name: b}"),
        },
        [],
    ),
    "a longer name": (
        {"archiver/kustomization.yaml": "resources: [gone.yaml, pod.yaml]\n", "archiver/pod.yaml": POD},
        [f"archiver/kustomization.yaml:1: {GONE}"],
    ),
}
"""Kustomizations that fail, and what is reported of them."""


@pytest.mark.parametrize("name", UNUSED)
def test_what_nobody_applies_need_not_be_built(tmp_path: Path, name: str) -> None:
    texts, found = UNUSED[name]
    write(tmp_path, texts)
    assert failures(run(tmp_path)) == found


@pytest.mark.parametrize(
    ("files", "advice"),
    [
        (
            {"Chart.yaml": "apiVersion: v2\nname: a\nversion: 1.0.0\nkubeVersion: < 1.20.0-0\n"},
            "name the version of your cluster with `--kubernetes-version`, or with the setting `kubernetes-version`",
        ),
        ({"kustomization.yaml": HEADER, "pod.yaml": POD}, "name what it builds in `resources`, or remove it"),
    ],
)
def test_the_advice_fits_the_reason(tmp_path: Path, files: dict[str, str], advice: str) -> None:
    write(tmp_path, files)
    found = [each for each in run(tmp_path).outcome.findings if each.rule == "not-built"]
    assert [each.help for each in found] == [advice]
    assert found[0].location.start.line == (4 if "Chart.yaml" in files else 1)


CONFLICT = """\
apiVersion: v1
kind: Pod
metadata:
<<<<<<< HEAD
  name: one
=======
  name: two
>>>>>>> main
spec:
  containers: [{name: web, image: "registry.example.com/web:1.0.0"}]
"""


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (CONFLICT, "pod.yaml:4:1: error[yaml-syntax] not valid YAML: a merge conflict is not resolved"),
        (POD.replace("kind: Pod", "kind: Pod\nkind: Pod"), "pod.yaml:3:1: error[repeated-mapping-key]"),
    ],
)
def test_a_file_that_cannot_be_read_is_reported_once(tmp_path: Path, text: str, found: str) -> None:
    other = POD.replace("{name: a}", "{name: b}")
    write(
        tmp_path, {"kustomization.yaml": "resources: [pod.yaml, other.yaml]\n", "pod.yaml": text, "other.yaml": other}
    )
    (line,) = cmlint(tmp_path, "check", *BRIEF).stdout.splitlines()
    assert line.startswith(found)


OPERATOR = {
    "config/all/kustomization.yaml": "resources: [../crd, ../csv, ../hook, pod.yaml]\n",
    "config/all/pod.yaml": POD,
    "config/crd/kustomization.yaml": "resources: [bases/a.yaml]\n",
    "config/csv/kustomization.yaml": "resources: [../manifests/bases/a.yaml]\n",
    "config/hook/kustomization.yaml": "resources: [../webhook/manifests.yaml]\n",
}
RUNS = "manifests:\n\tcontroller-gen crd webhook paths=./...\n\toperator-sdk generate kustomize manifests -q\n"


@pytest.mark.parametrize(
    ("makefile", "tools"), [(RUNS, ["controller-gen", "operator-sdk", "controller-gen"]), ("", [])]
)
def test_what_a_tool_of_the_makefile_writes_is_an_info(tmp_path: Path, makefile: str, tools: list[str]) -> None:
    write(tmp_path, {**OPERATOR, "Makefile": f"all:\n\ttrue\n{makefile}"})
    done = cmlint(tmp_path, "check", *BRIEF)
    found = [line for line in done.stdout.splitlines() if "not-built" in line]
    said = [line.rpartition(" with ")[2] for line in found if "info[not-built]" in line and "Makefile makes it" in line]
    assert (said, len(found), done.returncode) == (tools, 3, 0 if tools else 1)


@pytest.mark.parametrize("entry", ["resources: [gone.yaml]", "configMapGenerator: [{name: a, files: [gone.conf]}]"])
def test_what_is_missing_is_looked_for_up_to_the_top_of_the_machine(tmp_path: Path, entry: str) -> None:
    write(tmp_path, {"kustomization.yaml": f"{entry}\n", "pod.yaml": POD})
    done = cmlint(Path("/"), "check", str(tmp_path.relative_to("/")), "--no-cache", *BRIEF)
    assert (done.returncode, done.stdout.count("[not-built]"), done.stderr) == (1, 1, "")


@pytest.mark.parametrize(("name", "made"), [("flux-system", True), ("flux", False)])
def test_what_flux_writes_when_it_begins_is_an_info(tmp_path: Path, name: str, made: bool) -> None:
    write(tmp_path, {"kustomization.yaml": f"resources: [pod.yaml, {name}]\n", "pod.yaml": POD})
    found = "kustomization.yaml:1:23: {}[not-built] the kustomization is built without `{}`: {}\n"
    said = ("info", name, "`flux bootstrap` makes it") if made else ("error", name, "no such file or folder")
    assert cmlint(tmp_path, "check", *BRIEF).stdout == found.format(*said)


def test_what_a_folder_would_have_brought_is_not_missed_again(tmp_path: Path) -> None:
    generator = "configMapGenerator: [{name: settings, behavior: merge, literals: [A=c]}]\n"
    write(tmp_path, {"kustomization.yaml": "configMapGenerator: [{name: settings, literals: [A=b]}]\n"})
    write(tmp_path, {"prod/kustomization.yaml": f"resources: [pod.yaml, ../]\n{generator}", "prod/pod.yaml": POD})
    cycle = "cycle detected: it comes back to `prod`"
    assert failures(run(tmp_path)) == [
        f"prod/kustomization.yaml:1: broken: the kustomization is built without `../`: {cycle}"
    ]


PLACES = {
    "a remote configuration": (
        "resources: [pod.yaml]\nconfigurations:\n  - https://example.org/names.yaml\n",
        "remote: the kustomization is not built: `https://example.org/names.yaml` would have to be fetched, which"
        " `--allow-remote` allows",
    ),
    "a plugin": (
        "resources: [pod.yaml]\ngenerators:\n  - plugin.yaml\n",
        "refused: the kustomization is built without `plugin.yaml`: in base: cmlint never runs plugins such as "
        "`Secrets`",
    ),
}
"""Bases that are not built, or only in part, for something on their third line."""


@pytest.mark.parametrize("name", PLACES)
def test_what_keeps_a_base_from_being_built_is_shown_there(tmp_path: Path, name: str) -> None:
    text, reason = PLACES[name]
    plugin = "apiVersion: example.org/v1\nkind: Secrets\nmetadata: {name: secrets}\n"
    write(tmp_path, {"kustomization.yaml": "resources: [base]\n", "base/kustomization.yaml": text})
    write(tmp_path, {"base/pod.yaml": POD, "base/plugin.yaml": plugin})
    assert failures(run(tmp_path)) == [f"base/kustomization.yaml:3: {reason}"]


EXAMPLE = "the kustomization is built without `NAME`: it is to be made from EXAMPLE"


@pytest.mark.parametrize(
    ("entry", "name", "example", "made"),
    [
        ("secretGenerator: [{name: a, envs: [app.env]}]", "app.env", "app.env.example", True),
        ("secretGenerator: [{name: a, envs: [.env]}]", ".env", ".env.sample", True),
        ("configMapGenerator: [{name: a, files: [app.conf]}]", "app.conf", "app.template.conf", True),
        ("components: []\nresources: [pod.yaml, secret.yaml]", "secret.yaml", "secret.example.yaml", True),
        ("secretGenerator: [{name: a, envs: [app.env]}]", "app.env", "other.env.example", False),
        ("secretGenerator: [{name: a, envs: [app.env]}]", "app.env", "example/app.env", False),
    ],
)
def test_a_file_to_be_made_from_an_example_is_an_info(
    tmp_path: Path, entry: str, name: str, example: str, made: bool
) -> None:
    text = f"{entry}\n" if "resources" in entry else f"resources: [pod.yaml]\n{entry}\n"
    write(tmp_path, {"kustomization.yaml": text, "pod.yaml": POD, example: "A=b\n"})
    done = cmlint(tmp_path, "check", *BRIEF)
    said = EXAMPLE.replace("NAME", name).replace("EXAMPLE", example)
    gone = f"the kustomization is built without `{name}`: no such file or folder"
    assert f"{'info' if made else 'error'}[not-built] {said if made else gone}" in done.stdout
    assert done.returncode == (0 if made else 1)


def test_an_example_of_a_file_whose_name_may_be_a_secret_is_not_shown(tmp_path: Path) -> None:
    text = "resources: [pod.yaml]\nsecretGenerator:\n- name: a\n  envs: [PASSWORD=hunter2]\n"
    write(tmp_path, {"kustomization.yaml": text, "pod.yaml": POD, "PASSWORD=hunter2.example": "A=b\n"})
    done = cmlint(tmp_path, "check")
    assert "built without `...`: no such file or folder\n" in done.stdout
    assert "hunter2" not in done.stdout + done.stderr


REGISTRY = "secretGenerator: [{name: pull, type: kubernetes.io/dockerconfigjson, files: [.dockerconfigjson=FILE]}]\n"


@pytest.mark.parametrize("ignored", [True, False])
def test_nothing_is_said_of_the_content_of_a_file_that_is_not_there(tmp_path: Path, ignored: bool) -> None:
    write(tmp_path, {"kustomization.yaml": REGISTRY.replace("FILE", "config.json"), ".git/HEAD": ""})
    write(tmp_path, {".gitignore": "config.json\n" * ignored})
    assert [finding.rule for finding in run(tmp_path).outcome.findings] == ["not-built"]
    write(tmp_path, {"config.json": "text"})
    assert [finding.rule for finding in run(tmp_path).outcome.findings] == ["incomplete-secret"]


def test_files_outside_of_the_folder_are_one_problem_of_each_kustomization(tmp_path: Path) -> None:
    outside = "resources: [../base/pod.yaml, ../base/more.yaml]\n"
    write(tmp_path, {"base/pod.yaml": POD, "base/more.yaml": POD.replace("{name: a}", "{name: b}")})
    write(tmp_path, {"dev/kustomization.yaml": outside, "prod/kustomization.yaml": outside})
    found = [each.partition(": the file ")[0] for each in failures(run(tmp_path))]
    said = "the kustomization is built without `../base/pod.yaml` and 1 more"
    assert found == [f"{folder}/kustomization.yaml:1: broken: {said}" for folder in ("dev", "prod")]


@pytest.mark.parametrize(
    ("base", "severity", "reason"),
    [
        ("../../base", "warning", "it is outside of the repository, where something else may put it"),
        ("../base", "error", "no such file or folder"),
    ],
)
def test_a_base_outside_of_the_repository_may_be_put_there(
    tmp_path: Path, base: str, severity: str, reason: str
) -> None:
    write(tmp_path, {"own/.git/HEAD": ""})
    write(tmp_path, {"own/dev/kustomization.yaml": f"resources: [{base}]\npatches: [{{path: a.yaml}}]\n"})
    write(tmp_path, {"own/dev/a.yaml": POD})
    (found,) = run(tmp_path / "own").outcome.findings
    assert (found.severity, found.message.rpartition(": ")[2]) == (severity, reason)


TEMPLATED = "metadata: {name: a}\nspec: {containers: [{name: web, image: {{ .tag }}}]}\n"
RENDERED = "its file is a template, which another program renders first"


@pytest.mark.parametrize(
    ("entries", "part"),
    [
        ("resources: [pod.yaml]\npatches: [{path: patch.yaml}]\n", "patches[0]"),
        ("resources: [pod.yaml]\npatchesStrategicMerge: [patch.yaml]\n", "patchesStrategicMerge[0]"),
        ("resources: [pod.yaml, more.yaml]\n", "more.yaml"),
    ],
)
def test_a_template_of_another_program_is_left_out(tmp_path: Path, entries: str, part: str) -> None:
    text = f"apiVersion: v1\nkind: Pod\n{TEMPLATED}"
    write(tmp_path, {"kustomization.yaml": entries, "pod.yaml": POD, "patch.yaml": text})
    write(tmp_path, {"more.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: b}\ndata:\n  a: {{ .a }}\n"})
    result = run(tmp_path)
    (said,) = failures(result)
    assert said.partition(" refused: ")[2] == f"the kustomization is built without `{part}`: {RENDERED}"
    assert [(each.severity, each.rule) for each in result.outcome.findings] == [("warning", "not-built")]
    assert result.outcome.containers == 1


def test_a_template_explains_no_other_mistake(tmp_path: Path) -> None:
    write(tmp_path, {"kustomization.yaml": "resources: [pod.yaml, gone/more.yaml]\npatches: [{path: patch.yaml}]\n"})
    write(tmp_path, {"pod.yaml": POD, "patch.yaml": POD.replace("name: a", 'name: "{{ .name }}"', 1)})
    assert [each.rpartition(":")[0].split(": ")[1] for each in failures(run(tmp_path))] == ["missing-file"]
    write(tmp_path, {"kustomization.yaml": "resources: [pod.yaml, pod.yaml]\npatches: [{path: patch.yaml}]\n"})
    assert all("template" not in each for each in failures(run(tmp_path)))


def test_the_file_of_a_repeated_key_is_found_by_its_lines(tmp_path: Path) -> None:
    kind = "apiVersion: example.com/v1\nkind: Shop\nmetadata:\n  name: a\n"
    text = "resources:\n  - a.yaml\n  - b.yaml\n"
    other = kind.replace("name: a", "name: c")
    write(tmp_path, {"kustomization.yaml": text, "a.yaml": kind, "b.yaml": f"{other}  spec:\n  name: b\n"})
    reason = "line 6: the same key is in the mapping already, on line 4"
    assert failures(run(tmp_path)) == [
        f"kustomization.yaml:3: broken: the kustomization is built without `b.yaml`: {reason}"
    ]
    write(tmp_path, {"a.yaml": f"{kind}  spec:\n  name: b\n"})
    assert failures(run(tmp_path)) == [f"kustomization.yaml:1: broken: the kustomization is not built: {reason}"]


@pytest.mark.parametrize(
    ("number", "drawn", "more"), [(6, 6, ""), (7, 4, "also at 3 more places: 4/kustomization.yaml:2:3")]
)
def test_of_many_places_a_few_are_drawn_and_the_others_listed(
    tmp_path: Path, number: int, drawn: int, more: str
) -> None:
    for each in range(number):
        write(tmp_path, {f"{each}/kustomization.yaml": "helmCharts:\n- {name: web, repo: 'https://example.org'}\n"})
    text = cmlint(tmp_path, "check").stdout
    assert text.startswith(f"warning[not-built]: {number} kustomizations are not built: a Helm chart is rendered only")
    assert text.count("{name: web") == drawn
    assert (more in text) and ("also at" in text) == bool(more)
    everything = cmlint(tmp_path, "check", "--verbose").stdout
    assert everything.count("{name: web") == number and "also at" not in everything
    page = cmlint(tmp_path, "check", "--format", "html").stdout
    assert page.count("{name: web") == drawn
    assert (more in page) and ("also at" in page) == bool(more)


OVER = {
    "over/kustomization.yaml": "resources: [pod.yaml]\n",
    "over/pod.yaml": POD,
    "shared/config.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n",
}


@pytest.mark.parametrize(
    ("files", "place", "advice"),
    [
        (
            {"over/kustomization.yaml": "resources: [pod.yaml, ../shared/config.yaml]\n"},
            "kustomization.yaml:1:23",
            "move the file into that folder, or write a kustomization beside the file, and name the file's folder",
        ),
        (
            {
                "over/kustomization.yaml": "resources: [pod.yaml]\npatches:\n- path: patch.yaml\n",
                "over/patch.yaml": "apiVersion: v1\nkind: Pod\nmetadata: {name: nobody}\n",
            },
            "kustomization.yaml:3:9",
            "correct the kind, name or namespace in the patch, or remove the entry",
        ),
        (
            {
                "over/kustomization.yaml": "resources: [pod.yaml, ingress.yaml]\n",
                "over/ingress.yaml": "apiVersion: networking.k8s.io/v1\nkind: Ingress\n spec: {}\n",
            },
            "kustomization.yaml:1:23",
            "fix the YAML of this file",
        ),
        (
            {"over/kustomization.yaml": "resources: [pod.yaml]\nreplicas: [{name: nobody, count: 2}]\n"},
            "kustomization.yaml:2:19",
            "fix the entry; `kustomize build` shows the same error",
        ),
    ],
)
def test_advice_fits_why_kustomize_fails(tmp_path: Path, files: dict[str, str], place: str, advice: str) -> None:
    write(tmp_path, OVER | files)
    (finding,) = run(tmp_path / "over").outcome.findings
    start = finding.location.start
    assert (f"{finding.location.path}:{start.line}:{start.column}", finding.help) == (place, advice)


# answers of other commands


WEB = """\
apiVersion: v1
kind: Pod
metadata: {name: web}
spec: {containers: [{name: web, image: web:1.2.3, envFrom: [{configMapRef: {name: web}}]}]}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: web}
data: {A: a}
"""
APART = {
    "web/kustomization.yaml": "resources: [web.yaml]\npatches: [{path: gone.yaml}]\n",
    "web/web.yaml": WEB,
    "other/kustomization.yaml": "resources: [other.yaml, lost.yaml]\n",
    "other/other.yaml": WEB.replace("web", "other"),
}
GONE = "cmlint: warning: web/kustomization.yaml: built without `gone.yaml`: no such file or folder\n"
LOST = "cmlint: warning: other/kustomization.yaml: built without `lost.yaml`: no such file or folder\n"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("env",), {GONE, LOST}),
        (("env", "-w", "web"), {GONE}),
        (("env", "-w", "other"), {LOST}),
        (("env", "-w", "nosuch"), {GONE, LOST}),
        (("impact", "cm/web"), {GONE}),
        (("impact", "cm/other"), {LOST}),
        (("impact", "cm/nosuch"), {GONE, LOST}),
        (("impact", "web/web.yaml"), {GONE}),
    ],
)
def test_an_answer_warns_only_of_builds_that_it_depends_on(
    tmp_path: Path, words: tuple[str, ...], told: set[str]
) -> None:
    write(tmp_path, APART)
    lines = cmlint(tmp_path, *words).stderr.splitlines(keepends=True)
    assert {line for line in lines if line.startswith("cmlint: warning")} == told
