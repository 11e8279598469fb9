"""What commands do to manifests before they are applied: words are replaced, builds are read, files are written."""

from __future__ import annotations

from pathlib import Path

import pytest

from cmlint.manifest.documents import handovers_in
from tests.support.manifests import POD, pod
from tests.support.run import concise, failures, run, write

HELMIFY = {
    "chart/kustomization.yaml": "resources: [../base]\npatches: [{path: for-helm.yaml}]\n",
    "chart/for-helm.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n"
    '  HELMSUBST_LIMIT: ""\n  template:\n    spec:\n      containers:\n'
    "      - name: web\n        volumeMounts: [{name: HELMSUBST_MOUNT, mountPath: /extra}]\n",
    "base/kustomization.yaml": "resources: [web.yaml]\n",
    "base/web.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  selector: {}\n"
    "  template:\n    spec:\n      containers: [{name: web, image: web:1.2.3}]\n",
}
PIPE = "manifests:\n\t$(KUSTOMIZE) build \\\n\t  chart | go run ./hack/*.go\n"


@pytest.mark.parametrize(
    ("text", "consumed"),
    [
        ("kustomize build deploy/chart | helmify shop", ("deploy/chart",)),
        ("$(KUSTOMIZE) build config/default | $(HELMIFY) chart", ("config/default",)),
        ("kubectl kustomize ./overlays/x/ | python3 hack/split.py", ("overlays/x",)),
        ("kustomize build --enable-helm $(DIR)/prod | tee all.yaml | node gen.js", ("*/prod",)),
        ("kustomize build prod | kubectl apply -f -", ()),
        ("kustomize build prod | kubeconform -strict", ()),
        ("kustomize build prod > all.yaml; python3 test.py", ()),
    ],
)
def test_programs_read_what_is_built(text: str, consumed: tuple[str, ...]) -> None:
    assert handovers_in(text)[1] == consumed


@pytest.mark.parametrize(
    ("text", "replaced"),
    [
        ('sed -i "s|IMAGE_TAG|$TAG|g" k8s/*.yaml', ("IMAGE_TAG",)),
        ("sed 's/name: APP_NAME/name: web/;s/NAMESPACE/prod/' a.yaml", ("APP_NAME", "name:", "NAMESPACE")),
        ("perl -pi -e 's,MY_VOLUME,data,' a.yaml", ("MY_VOLUME",)),
        ("sed 's/debug/info/' a.yaml", ()),
        ("echo s/IMAGE_TAG/x/", ()),
    ],
)
def test_words_are_replaced(text: str, replaced: tuple[str, ...]) -> None:
    assert handovers_in(text)[0] == replaced


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("cat <&0 > all.yaml", ("all.yaml",)),
        ("sops -d secret.enc.yaml > deploy/secret.yaml", ("deploy/secret.yaml",)),
        ("cp .env.example deploy/.env", ("deploy/.env",)),
        ("cd deploy && helm template . | tee all.yaml", ("all.yaml", "deploy/all.yaml")),
        ("helm template x --output all.yaml", ("all.yaml",)),
        ('envsubst < a.tmpl \\\n  > "${PROJECT_DIR}/deploy/all.yaml"', ("deploy/all.yaml",)),
        ('cp a.yaml "$ROOT"/deploy/all.yaml', ("deploy/all.yaml",)),
        ("helm template x -o $(ROOT)/all.yaml", ("all.yaml",)),
        ('cat a > "${NAME}.yaml"', ()),
        ("kubectl get pods -o json", ()),
        ("if [ a -> b.yaml ]", ()),
    ],
)
def test_files_are_written(text: str, written: tuple[str, ...]) -> None:
    assert handovers_in(text)[2] == written


def test_what_a_program_reads_may_become_anything(tmp_path: Path) -> None:
    write(tmp_path, HELMIFY)
    assert len([line for line in concise(run(tmp_path)) if "HELMSUBST" in line]) == 2
    write(tmp_path, {"Makefile": PIPE})
    assert not concise(run(tmp_path))


def test_what_a_program_may_add_to_a_build_is_not_missing(tmp_path: Path) -> None:
    absent = pod("envFrom: [{configMapRef: {name: absent}}]")
    write(tmp_path, {"prod/kustomization.yaml": "namespace: shop\nresources: [pod.yaml]\n", "prod/pod.yaml": absent})
    assert [line.partition("] ")[2] for line in concise(run(tmp_path))] == ["nothing defines the ConfigMap `absent`"]
    write(tmp_path, {"Makefile": PIPE.replace("chart |", "prod |")})
    result = run(tmp_path)
    assert not concise(result)
    assert [each.why for each in result.outcome.unverified] == [
        "a command in Makefile hands what is built to another program"
    ]


def test_a_program_reads_only_the_folder_that_is_named(tmp_path: Path) -> None:
    write(tmp_path, {**HELMIFY, "Makefile": PIPE.replace("chart |", "base |")})
    assert len([line for line in concise(run(tmp_path)) if "HELMSUBST" in line]) == 2


@pytest.mark.parametrize(
    ("named", "folder", "leads"),
    [
        ("deploy/prod", "shop/deploy/prod", True),
        ("prod", "shop/deploy/prod", False),
        ("../deploy/prod", "shop/deploy/prod", False),
        ("../deploy/prod", "deploy/prod", True),
        ("deploy/prod", "shop/till-deploy/prod", False),
    ],
)
def test_a_folder_may_be_named_from_one_above_the_script(tmp_path: Path, named: str, folder: str, leads: bool) -> None:
    absent = pod("envFrom: [{configMapRef: {name: absent}}]")
    script = f"#!/bin/sh\nkustomize build {named} | helmify shop\n"
    built = {f"{folder}/kustomization.yaml": "resources: [pod.yaml]\n", f"{folder}/pod.yaml": absent}
    write(tmp_path, {"bin/chart.sh": script, **built})
    found = [line.partition("] ")[2] for line in concise(run(tmp_path))]
    assert found == ([] if leads else ["nothing defines the ConfigMap `absent`"])


def test_a_word_that_a_script_replaces_is_no_name_yet(tmp_path: Path) -> None:
    text = pod("envFrom: [{configMapRef: {name: APP_CONFIG}}]", name="APP_NAME")
    write(tmp_path, {"pod.yaml": text})
    assert len(concise(run(tmp_path))) == 2
    write(tmp_path, {"deploy.sh": "sed -e 's/APP_NAME/web/' -e \"s#APP_CONFIG#$1#\" pod.yaml | kubectl apply -f -\n"})
    result = run(tmp_path)
    assert not concise(result)
    assert [each.name for each in result.outcome.unverified] == ["ConfigMap/APP_CONFIG"]
    write(tmp_path, {"pod.yaml": text.replace("APP_CONFIG", "absent")})
    assert [line.partition("] ")[2] for line in concise(run(tmp_path))] == ["nothing defines the ConfigMap `absent`"]


def test_a_file_that_a_command_writes_is_no_mistake(tmp_path: Path) -> None:
    write(tmp_path, {"over/kustomization.yaml": "resources: [pod.yaml, all.yaml]\n", "over/pod.yaml": POD})
    assert "error[not-built]" in concise(run(tmp_path))[0]
    write(tmp_path, {"over/render.sh": "#!/bin/sh\ncat > all.yaml\nkustomize build .\n"})
    result = run(tmp_path)
    assert concise(result) == [
        "over/kustomization.yaml:1:23: info[not-built] the kustomization is built without `all.yaml`: a command in "
        "over/render.sh writes it"
    ]


FLEET = {
    "app/over/dev/kustomization.yaml": "resources: [service.yaml]\npatches:\n- path: patch.yaml\n",
    "app/over/dev/service.yaml": "apiVersion: v1\nkind: Service\nmetadata: {name: slave}\n",
    "app/over/dev/patch.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: slave}\nspec: {replicas: 3}\n",
}


@pytest.mark.parametrize(
    ("fleet", "built"),
    [
        ("helm: {chart: https://example.org/a.tgz}\ntargetCustomizations:\n- kustomize: {dir: over/dev}\n", False),
        ("helm: {repo: https://example.org, chart: a}\nkustomize: {dir: ./over/dev/}\n", False),
        ("kustomize: {dir: over/dev}\n", True),
        ("helm: {chart: a}\nkustomize: {dir: over/prod}\n", True),
    ],
)
def test_fleet_lays_kustomizations_over_charts(tmp_path: Path, fleet: str, built: bool) -> None:
    write(tmp_path, {**FLEET, "app/fleet.yaml": fleet})
    assert bool(failures(run(tmp_path))) == built


TERRAFORM = (
    'resource "github_repository_file" "vars" {\n  file    = "${local.folder}/.vars.env"\n  content = "${var.x}"\n}\n'
)
MAKES = "resources: [pod.yaml]\nsecretGenerator: [{name: s, envs: [.vars.env]}]\n"


@pytest.mark.parametrize(
    ("path", "text", "why"),
    [
        (".gitignore", "*.env\n", "line 1 of `.gitignore` leaves it out"),
        ("infra/main.tf", TERRAFORM, "a command in infra/main.tf writes it"),
        ("README.md", "Put your values into `over/.vars.env`.\n", "README.md says how to make it"),
        ("README.md", "There is no .vars.env here.\n", ""),
    ],
)
def test_who_makes_a_file_that_is_not_there(tmp_path: Path, path: str, text: str, why: str) -> None:
    write(tmp_path, {".git/HEAD": "", "over/pod.yaml": POD, "over/kustomization.yaml": MAKES, path: text})
    (found,) = concise(run(tmp_path))
    end = f"info[not-built] the kustomization is built without `.vars.env`: {why}"
    assert found.partition(": ")[2] == end if why else found.endswith("no such file or folder")


def test_a_name_that_may_be_a_secret_is_ignored_by_git_as_well(tmp_path: Path) -> None:
    text = MAKES.replace("envs: [.vars.env]", "files: [session]")
    write(tmp_path, {".git/HEAD": "", ".gitignore": "session\n", "pod.yaml": POD, "kustomization.yaml": text})
    (found,) = concise(run(tmp_path))
    assert found.endswith(
        "info[not-built] the kustomization is built without `...`: line 1 of `.gitignore` leaves it out"
    )


def test_flux_puts_quotes_into_yaml(tmp_path: Path) -> None:
    flux = (
        "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: a, namespace: flux-system}\n"
        "spec: {path: ./apps, postBuild: {substituteFrom: [{kind: ConfigMap, name: vars}]}}\n"
    )
    text = "configMapGenerator: [{name: vars, envs: [a.env], options: {disableNameSuffixHash: true}}]\n"
    write(tmp_path, {"kustomization.yaml": text, "a.env": 'COUNT="3"\n'})
    assert [line for line in concise(run(tmp_path)) if "misread-env-file" in line]
    write(tmp_path, {"flux/a.yaml": flux})
    assert not concise(run(tmp_path))


STANDING_IN = """\
apiVersion: v1
kind: Secret
metadata: {name: store}
data:
  access-key: <YOUR ACCESS KEY>
  token: VALUE
"""


@pytest.mark.parametrize(
    ("script", "value", "found"),
    [
        ('sed -i -E "s|(.*access-key:).*|\\1 $KEY|" secret.yaml', "dG9rZW4=", []),
        ('sed -i "s/access-key: .*/access-key: $KEY/" secret.yaml', "dG9rZW4=", []),
        ('sed -i -E "s|(.*access-key:).*|\\1 $KEY|" secret.yaml', "<YOUR TOKEN>", ["token"]),
        ('sed -i -E "s|(.*access-key:).*|\\1 $KEY|" secret.yaml', "dG9rZW4", ["token"]),
        ('sed -i -E "s|(.*key:).*|\\1 $KEY|" secret.yaml', "dG9rZW4=", ["access-key"]),
        ("sed -i -E 's|access-key|key|' secret.yaml", "dG9rZW4=", ["access-key"]),
        ('sed -i -E "s|(.*token:).*|\\1 $KEY|" secret.yaml', "dG9rZW4", ["access-key", "token"]),
    ],
)
def test_a_key_whose_value_a_command_writes_is_filled_in(
    tmp_path: Path, script: str, value: str, found: list[str]
) -> None:
    write(tmp_path, {"secret.yaml": STANDING_IN.replace("VALUE", value), "up.sh": f"#!/bin/sh\n{script}\n"})
    findings = run(tmp_path).outcome.findings
    assert [each.rule for each in findings] == ["invalid-base64"] * len(found)
    assert [each.message.split("`")[1] for each in findings] == found
