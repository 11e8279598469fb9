"""What the files of a repository prove about a tag, and what is said of it then."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cmlint.report import formatter
from cmlint.report.view import View
from tests.support.run import concise, lint, write

MANIFEST = """apiVersion: apps/v1
kind: Deployment
metadata:
  name: api
spec:
  selector:
    matchLabels: {app: api}
  template:
    metadata:
      labels: {app: api}
    spec:
      containers:
      - name: api
        image: IMAGE
"""
SHOP = MANIFEST.replace("name: api", "name: shop").replace("app: api", "app: shop")
ONCE = "nodes pull it only once (`IfNotPresent`, the default)"
BY_NAME = f"the tag `develop` moves by its name, but {ONCE}: a newer push does not arrive"
IMAGE = "registry.example.com/api:develop"


def said(folder: Path, image: str, files: dict[str, str]) -> list[str]:
    """What is said of an image."""
    write(folder, {"k8s/api.yaml": MANIFEST.replace("IMAGE", image), **files})
    return [line.partition("] ")[2] for line in concise(lint(folder))]


@pytest.mark.parametrize(
    ("image", "path", "text", "where"),
    [
        (IMAGE, "push.sh", f"#!/bin/sh\ndocker push {IMAGE}\n", "push.sh:2"),
        (IMAGE, "Makefile", f"push:\n\tdocker push {IMAGE}\n", "Makefile:2"),
        (IMAGE, ".gitlab-ci.yml", f"a:\n  script:\n  - docker push {IMAGE}\n", ".gitlab-ci.yml:3"),
        (IMAGE, "Jenkinsfile", f"sh 'docker push {IMAGE}'\n", "Jenkinsfile:1"),
        (IMAGE, "ci.sh", "#!/bin/sh\ndocker push $REGISTRY/api:develop\n", "ci.sh:2"),
    ],
)
def test_what_is_pushed_is_said_with_its_line(tmp_path: Path, image: str, path: str, text: str, where: str) -> None:
    expected = f"`{image}` is pushed again by {where}, but {ONCE}: a restart starts the old build"
    assert said(tmp_path, image, {path: text}) == [expected]


@pytest.mark.parametrize(
    "files",
    [
        {"a.sh": f"kubectl set image deployment/api api={IMAGE[:-8]}:$SHA\n"},
        {"a.sh": f"kubectl set image deploy api '*={IMAGE[:-8]}:$SHA'\n"},
        {"a.sh": f'#!/bin/bash\nsed -i "s|{IMAGE[:-7]}.*|{IMAGE[:-7]}$SHA|" k8s/api.yaml\n'},
        {"a.sh": f"#!/bin/sh\ncd k8s && kustomize edit set image {IMAGE[:-8]}:$SHA\n"},
        {"a.sh": "yq -i '.spec.template.spec.containers[0].image = \"x:1\"' k8s/api.yaml\n"},
        {"Tiltfile": f"docker_build('{IMAGE[:-8]}', '.')\n"},
        {"a.sh": f"kind load docker-image {IMAGE}\n"},
        {"README.md": f"    minikube image load {IMAGE}\n"},
    ],
)
def test_what_is_replaced_or_loaded_is_fine(tmp_path: Path, files: dict[str, str]) -> None:
    assert said(tmp_path, IMAGE, files) == []


@pytest.mark.parametrize(("registry", "pushed"), [("local", False), ("registry.example.com", True)])
def test_a_value_that_keeps_a_push_from_being_run_proves_none(tmp_path: Path, registry: str, pushed: bool) -> None:
    script = f"#!/bin/sh\nREG=${{REG:-{registry}}}\ndocker build -t $REG/api:develop .\n"
    script += 'if [ "$REG" != "local" ]; then\n  docker push $REG/api:develop\nfi\n'
    image = f"{registry}/api:develop"
    found = f"`{image}` is pushed again by up.sh:5, but {ONCE}: a restart starts the old build"
    assert said(tmp_path, image, {"up.sh": script}) == ([found] if pushed else [])


@pytest.mark.parametrize(
    "files",
    [
        {},
        {"a.sh": f"kubectl set image deployment/other api={IMAGE[:-8]}:$SHA\n"},
        {"a.sh": f"kubectl set image deployment/api other={IMAGE[:-8]}:$SHA\n"},
        {"a.sh": f"#!/bin/sh\nsed -i 's|{IMAGE}|x:1|' k8s/other.yaml\n"},
        {"a.sh": "yq -i '.spec.template.spec.containers[0].image = \"x:1\"' k8s/other.yaml\n"},
        {"a.sh": "#!/bin/sh\nsed -i 's|registry.example.com/other:.*|x:1|' k8s/api.yaml\n"},
        {"a.sh": f"#!/bin/sh\ncd elsewhere && kustomize edit set image {IMAGE[:-8]}:$SHA\n"},
        {"a.sh": "kind load docker-image registry.example.com/api:other\n"},
        {"README.md": f"    kubectl set image deployment/api api={IMAGE[:-8]}:$SHA\n"},
        {"a.sh": f"#!/bin/sh\n# docker push {IMAGE}\n"},
        {"a.sh": "#!/bin/sh\ndocker push $IMAGE\n"},
        {"a.sh": "#!/bin/sh\ndocker push registry.example.com/api:$TAG\n"},
    ],
)
def test_what_is_about_another_image_proves_nothing(tmp_path: Path, files: dict[str, str]) -> None:
    assert said(tmp_path, IMAGE, files) == [BY_NAME]


def test_a_pattern_replaces_only_what_is_on_its_line(tmp_path: Path) -> None:
    side = f"{IMAGE}\n      - name: side\n        image: registry.example.com/side:1.2.3"
    command = "#!/bin/sh\nsed -i 's|registry.example.com/NAME:.*|x:1|' k8s/api.yaml\n"
    assert said(tmp_path / "side", side, {"a.sh": command.replace("NAME", "side")}) == [BY_NAME]
    assert said(tmp_path / "api", side, {"a.sh": command.replace("NAME", "api")}) == []


@pytest.mark.parametrize("start", [4000, 4001, 9000])
def test_a_line_has_its_beginning_wherever_it_is_in_a_file(tmp_path: Path, start: int) -> None:
    manifest = MANIFEST.replace("IMAGE", IMAGE)
    manifest = f"#{'-' * (start - manifest.index(IMAGE) - 2)}\n{manifest}"
    assert manifest.index(IMAGE) == start
    for before, found in (("image: ", []), ("name: ", [BY_NAME])):
        command = f"#!/bin/sh\nsed -i 's|{before}{IMAGE[:-8]}:.*|x|' k8s/api.yaml\n"
        assert said(tmp_path, IMAGE, {"k8s/api.yaml": manifest, "a.sh": command}) == found


TEAM = "registry.example.com/team/api:develop"


@pytest.mark.parametrize(
    ("name", "proven"),
    [
        ("$REGISTRY/team/$NAME", True),
        ("$REGISTRY/$TEAM/api", True),
        ("$REGISTRY/other/$NAME", False),
        ("$REGISTRY/$NAME", False),
        ("registry.example.com/$TEAM/$NAME", False),
        ("registry.example.com/$NAME", False),
    ],
)
def test_of_a_name_with_variables_the_namespace_or_the_last_part_is_written(
    tmp_path: Path, name: str, proven: bool
) -> None:
    pushed = f"`{TEAM}` is pushed again by a.sh:2, but {ONCE}: a restart starts the old build"
    files = {"a.sh": f"#!/bin/sh\ndocker push {name}:develop\n"}
    assert said(tmp_path, TEAM, files) == [pushed if proven else BY_NAME]


REMOTE = '[remote "origin"]\n\turl = https://github.com/OWNER/shop.git\n'


@pytest.mark.parametrize(
    ("files", "own"),
    [
        ({}, False),
        ({".git/HEAD": "", ".git/config": REMOTE.replace("OWNER", "team")}, True),
        ({".git/HEAD": "", ".git/config": REMOTE.replace("OWNER", "teams")}, False),
        ({"push.sh": "#!/bin/sh\ndocker push quay.io/team/web:develop\n"}, True),
        ({"push.sh": "#!/bin/sh\ndocker push quay.io/teams/web:develop\n"}, False),
        ({"README.md": "    docker push quay.io/team/web:develop\n"}, False),
        ({"build.sh": "#!/bin/sh\ndocker build -t quay.io/team/web:develop .\n"}, False),
        ({"other/Dockerfile": "FROM scratch\n"}, True),
        ({"others/Dockerfile": "FROM scratch\n"}, False),
        ({"Dockerfile": "FROM scratch\n"}, False),
    ],
)
def test_whose_image_it_is_is_seen_by_owner_registry_and_name(tmp_path: Path, files: dict[str, str], own: bool) -> None:
    (message,) = said(tmp_path, "quay.io/team/other:latest\n        imagePullPolicy: IfNotPresent", files)
    assert message.startswith("the tag `latest` moves by its name" if own else "the publisher moves `latest`")


def test_the_name_of_an_official_image_is_that_of_others_only_in_their_namespace(tmp_path: Path) -> None:
    policy = "\n        imagePullPolicy: IfNotPresent"
    files = {".git/HEAD": "", ".git/config": REMOTE.replace("OWNER", "team")}
    (message,) = said(tmp_path, f"quay.io/team/nginx:latest{policy}", files)
    assert message.startswith("the tag `latest` moves by its name")
    files[".git/config"] = REMOTE.replace("OWNER", "library")
    (message,) = said(tmp_path, f"nginx:latest{policy}", files)
    assert message.startswith("the publisher moves `latest`")


def cases() -> Iterator[tuple[str, tuple[str, str, dict[str, str]]]]:
    """Of each case in proofs.txt the name, and what is found, the image with its policy, and the files."""
    for case in Path(__file__).with_name("proofs.txt").read_text(encoding="utf-8").split("\n== ")[1:]:
        head, *files = case.split("\n-- ")
        title, image = head.split("\n", 1)
        name, _, found = title.rpartition(": ")
        texts = {path: text.rstrip("\n") + "\n" for path, _, text in (file.partition("\n") for file in files)}
        yield name, (found, image.strip().replace("\n", "\n        "), texts)


CASES = dict(cases())


@pytest.mark.parametrize("name", CASES)
def test_what_the_files_prove(tmp_path: Path, name: str) -> None:
    found, image, files = CASES[name]
    git = {".git/HEAD": "ref: refs/heads/main\n"} if ".git/config" in files else {}
    write(tmp_path, {"k8s/shop.yaml": SHOP.replace("IMAGE", image), **files, **git})
    said = [line.partition("] ")[2] for line in concise(lint(tmp_path))]
    written, _, policy = image.partition("\n")
    once = "nodes pull it only once (`IfNotPresent`" + ", the default" * (not policy) + ")"
    how, _, where = found.partition(" ")
    begins = {
        "pushed": f"`{written}` is pushed again {'as described in' if where.endswith('.md:2') else 'by'} {where}",
        "named": f"the tag `develop` moves by its name, but {once}: a newer push does not arrive",
    }
    if written.endswith(":v0.1"):
        begins["pushed"] = f"`v0.1` looks like one build, and {where} pushes it again on every run"
    if how == "pushed":
        begins["pushed"] += f", but {once}: a restart starts the old build"
    assert said == ([begins[how]] if how in begins else [])


def test_the_marker_of_flux_is_enough(tmp_path: Path) -> None:
    assert said(tmp_path, f'{IMAGE} # {{"$imagepolicy": "flux-system:api"}}', {}) == []


@pytest.mark.parametrize(
    "files",
    [
        {},
        {"push.sh": "#!/bin/sh\ndocker push $REGISTRY/team/web:develop\n"},
        {"push.sh": "#!/bin/sh\ndocker push quay.io/team/web:develop\n"},
        {"README.md": "    docker build -t web:develop .\n"},
    ],
)
def test_a_name_of_no_registry_is_no_image_of_any_registry(tmp_path: Path, files: dict[str, str]) -> None:
    assert said(tmp_path, "web:develop", files) == []


def test_the_push_of_a_name_of_no_registry_gives_no_safe_fix(tmp_path: Path) -> None:
    write(tmp_path, {"api.yaml": MANIFEST.replace("IMAGE", "web:develop"), "push.sh": "docker push web:develop\n"})
    (finding,) = lint(tmp_path).outcome.findings
    assert finding.message == f"`web:develop` is pushed again by push.sh:1, but {ONCE}: a restart starts the old build"
    assert [fix.safe for fix in finding.fixes] == [False]


def test_of_several_pushes_the_most_certain_is_shown(tmp_path: Path) -> None:
    files = {"a.sh": "docker push $REGISTRY/api:develop\n", "b.sh": f"docker push {IMAGE}\n"}
    assert said(tmp_path, IMAGE, files) == [
        f"`{IMAGE}` is pushed again by b.sh:1, but {ONCE}: a restart starts the old build"
    ]


@pytest.mark.parametrize(
    ("command", "silent"),
    [
        ("cd k8s && kustomize edit set image controller=$IMG", True),
        ("cd k8s && kustomize edit set image other=$IMG", False),
        (f"cd k8s && kustomize edit set image controller={IMAGE}", False),
    ],
)
@pytest.mark.parametrize("indented", ["", "  "])
def test_a_kustomization_is_edited_by_the_name_of_its_entry(
    tmp_path: Path, command: str, indented: str, silent: bool
) -> None:
    files = {
        "k8s/api.yaml": MANIFEST.replace("IMAGE", "controller:1.2.3"),
        "k8s/kustomization.yaml": "resources: [api.yaml]\nimages:\nIN- name: other\nIN  newTag: 1.2.3\n"
        "IN- name: controller\nIN  newName: registry.example.com/api # ours\nIN  newTag: develop\n"
        "labels:\nIN- pairs: {name: controller}\n".replace("IN", indented),
        "a.sh": f"#!/bin/sh\n{command}\n",
    }
    write(tmp_path, files)
    found = [line.partition("] ")[2] for line in concise(lint(tmp_path))]
    assert [line for line in found if "develop" in line] == ([] if silent else [BY_NAME])


@pytest.mark.parametrize(
    ("helmfile", "silent"),
    [
        ("releases:\n- name: api\n  chart: ./chart\n  values: [api.yaml]\n", True),
        ("releases:\n- name: api\n  chart: ./chart\n", False),
        ("releases:\n- name: api\n  chart: ./other\n  values: [api.yaml]\n", False),
    ],
)
def test_a_helmfile_gives_a_chart_other_values(tmp_path: Path, helmfile: str, silent: bool) -> None:
    template = MANIFEST.replace("IMAGE", "registry.example.com/api:{{ .Values.tag }}")
    files = {
        "chart/Chart.yaml": "apiVersion: v2\nname: api\nversion: 1.0.0\n",
        "chart/values.yaml": "tag: develop\n",
        "chart/templates/api.yaml": template,
        "helmfile.yaml": helmfile,
    }
    write(tmp_path, files)
    found = [line.partition("] ")[2] for line in concise(lint(tmp_path))]
    assert found == ([] if silent else [BY_NAME])


@pytest.mark.parametrize(
    ("command", "silent"),
    [
        ("helm upgrade -i api ./chart --set tag=$SHA", True),
        ("helm upgrade -i api ./chart --set tag=develop", False),
        ("helm upgrade -i api ./chart --set tag=other", True),
    ],
)
def test_a_value_that_is_set_to_the_same_tag_replaces_nothing(tmp_path: Path, command: str, silent: bool) -> None:
    files = {
        "chart/Chart.yaml": "apiVersion: v2\nname: api\nversion: 1.0.0\n",
        "chart/values.yaml": "tag: develop\n",
        "chart/templates/api.yaml": MANIFEST.replace("IMAGE", "registry.example.com/api:{{ .Values.tag }}"),
        "up.sh": f"#!/bin/sh\n{command}\n",
    }
    write(tmp_path, files)
    found = [line.partition("] ")[2] for line in concise(lint(tmp_path))]
    assert found == ([] if silent else [BY_NAME])


@pytest.mark.parametrize(
    ("command", "silent"),
    [
        ("sed -i 's|registry.example.com/api|registry.example.com/api:'$SHA'|' chart/values.yaml", True),
        ("sed -i 's|image: .*|image: registry.example.com/api:'$SHA'|' chart/values.yaml", True),
        ("sed -i 's|registry.example.com/web|registry.example.com/web:'$SHA'|' chart/values.yaml", False),
        ("sed -i 's|registry.example.com/api|registry.example.com/api:'$SHA'|' other/values.yaml", False),
        ("yq -i '.api.image = \"registry.example.com/api:1\"' chart/values.yaml", True),
        ("yq -i '.web.image = \"registry.example.com/api:1\"' chart/values.yaml", False),
        ("yq -i '.api.image = \"registry.example.com/api:1\"' other/values.yaml", False),
        ("yq -i '.api.image = \"registry.example.com/api:1\"' chart/values.release.yaml", True),
        ("yq -i '.web.image = \"registry.example.com/api:1\"' chart/values.release.yaml", False),
        ("yq -i '.api.image = \"registry.example.com/api:1\"' chart/settings.yaml", False),
        ("yq -i '.api.image = \"registry.example.com/api:1\"' other/values.release.yaml", False),
        ("yq -i '.api.image = \"registry.example.com/api:1\"' values.release.yaml", False),
    ],
)
def test_the_values_of_a_chart_are_edited(tmp_path: Path, command: str, silent: bool) -> None:
    files = {
        "chart/Chart.yaml": "apiVersion: v2\nname: api\nversion: 1.0.0\n",
        "chart/values.yaml": "web:\n  name: web\napi:\n  image: registry.example.com/api:develop\n",
        "chart/templates/api.yaml": MANIFEST.replace("IMAGE", "{{ .Values.api.image }}"),
        "up.sh": f"#!/bin/sh\n{command}\n",
    }
    write(tmp_path, files)
    found = [line.partition("] ")[2] for line in concise(lint(tmp_path))]
    assert found == ([] if silent else [BY_NAME])


@pytest.mark.parametrize(
    ("files", "silent"),
    [
        ({"up.sh": "#!/bin/sh\nsed 's/:develop/:'$SHA'/g' .k8s/api.yaml > .k8s/api.release.yaml\n"}, True),
        ({"up.sh": "#!/bin/sh\nsed 's/:develop/:'$SHA'/g' ./.k8s/api.yaml | kubectl apply -f -\n"}, True),
        ({"up.sh": "#!/bin/sh\nsed 's/:develop/:'$SHA'/g' k8s/api.yaml\n"}, False),
        ({"up.sh": "#!/bin/sh\ncd .k8s && kustomize edit set image registry.example.com/api:$SHA\n"}, True),
        ({"up.sh": "#!/bin/sh\ncd k8s && kustomize edit set image registry.example.com/api:$SHA\n"}, False),
    ],
)
def test_the_name_of_a_folder_may_begin_with_a_point(tmp_path: Path, files: dict[str, str], silent: bool) -> None:
    write(tmp_path, {".k8s/api.yaml": MANIFEST.replace("IMAGE", IMAGE), **files})
    found = [line.partition("] ")[2] for line in concise(lint(tmp_path))]
    assert found == ([] if silent else [BY_NAME])


@pytest.mark.parametrize(("chart", "silent"), [(".helm", True), ("./.helm", True), ("helm", False)])
def test_the_folder_of_a_chart_may_begin_with_a_point(tmp_path: Path, chart: str, silent: bool) -> None:
    files = {
        ".helm/Chart.yaml": "apiVersion: v2\nname: api\nversion: 1.0.0\n",
        ".helm/values.yaml": "tag: develop\n",
        ".helm/templates/api.yaml": MANIFEST.replace("IMAGE", "registry.example.com/api:{{ .Values.tag }}"),
        "up.sh": f"#!/bin/sh\nhelm upgrade api ./{chart} --install --set tag=$SHA\n",
    }
    write(tmp_path, files)
    found = [line.partition("] ")[2] for line in concise(lint(tmp_path))]
    assert found == ([] if silent else [BY_NAME])


def test_what_people_push_and_load_is_pedantic(tmp_path: Path) -> None:
    makefile = f"IMG ?= {IMAGE}\npush:\n\tdocker push $(IMG)\nkind:\n\tkind load docker-image $(IMG)\n"
    assert said(tmp_path, IMAGE, {"Makefile": makefile}) == []
    ci = {".gitlab-ci.yml": f"a:\n  script:\n  - docker push {IMAGE}\n"}
    (message,) = said(tmp_path, IMAGE, {"Makefile": makefile, **ci})
    assert message.startswith(f"`{IMAGE}` is pushed again by .gitlab-ci.yml:3, ")


def test_a_full_version_that_people_push_is_pedantic(tmp_path: Path) -> None:
    image = f"{IMAGE[:-7]}1.2.3"
    build = f"steps:\n- name: gcr.io/cloud-builders/docker\n  args: [push, '{image}']\n"
    for name, path, text, pedantic in (
        ("cloud", "cloudbuild.yaml", build, True),
        ("script", "push.sh", f"docker push {image}\n", True),
        ("ci", ".gitlab-ci.yml", f"a:\n  script:\n  - docker push {image}\n", False),
    ):
        assert (said(tmp_path / name, image, {path: text}) == []) is pedantic


KEEL = "metadata:\n  annotations: {keel.sh/policy: force}\n"


@pytest.mark.parametrize(
    ("image", "files", "why"),
    [
        (IMAGE, {"a.sh": f"kind load docker-image {IMAGE}\n"}, "kind load puts it onto the nodes: a.sh:1"),
        (
            IMAGE,
            {"a.sh": f"set -e\nkubectl set image deployment/api api={IMAGE[:-8]}:$SHA\n"},
            "kubectl set image puts another image in its place: a.sh:2",
        ),
        (f'{IMAGE} # {{"$imagepolicy": "flux:api"}}', {}, "Flux puts another image in its place: k8s/api.yaml:14"),
        ("ko.local/api:develop", {}, "by its name it is only on the nodes themselves"),
        ("team/api:local-dev", {}, "by its name it is only on the nodes themselves"),
        ("local/api:develop", {}, "by its name it is only on the nodes themselves"),
        ("api:develop", {}, "it names no registry, and Docker Hub has no official image of this name"),
        (f"{IMAGE[:-7]}1.2.3", {"a.sh": f"kind load docker-image {IMAGE[:-7]}1.2.3\n"}, ""),
        (f"{IMAGE}\n        imagePullPolicy: Always", {"a.sh": f"kind load docker-image {IMAGE}\n"}, ""),
    ],
)
def test_what_is_not_reported_is_listed_with_the_reason(
    tmp_path: Path, image: str, files: dict[str, str], why: str
) -> None:
    write(tmp_path, {"k8s/api.yaml": MANIFEST.replace("IMAGE", image), **files})
    result = lint(tmp_path)
    name = image.partition(" ")[0]
    listed = f"images that are not reported:\n  k8s/api.yaml:14:16: {name}: {why}\n"
    assert concise(result) == []
    assert (listed in formatter("text")(result, View(verbose=True))) is bool(why)
    assert bool(result.outcome.excused) is bool(why)
    assert "not reported" not in formatter("text")(result, View())


def test_a_registry_has_every_image_that_is_called_local(tmp_path: Path) -> None:
    (message,) = said(tmp_path, "registry.example.com/api:local-dev", {})
    assert message == BY_NAME.replace("develop", "local-dev")
    assert said(tmp_path, "registry.example.com/local/api:develop", {}) == [BY_NAME]
    assert said(tmp_path, "local/api:develop", {"ci.sh": "docker push local/api:develop\n"}) == [
        f"`local/api:develop` is pushed again by ci.sh:1, but {ONCE}: a restart starts the old build"
    ]


def test_keel_is_a_reason(tmp_path: Path) -> None:
    text = MANIFEST.replace("IMAGE", IMAGE).replace("metadata:\n", KEEL, 1)
    write(tmp_path, {"api.yaml": text})
    assert [each.why for each in lint(tmp_path).outcome.excused] == ["Keel puts new tags in its place"]


def test_a_fix_is_safe_only_where_the_image_is_pushed(tmp_path: Path) -> None:
    files = {"k8s/api.yaml": MANIFEST.replace("IMAGE", IMAGE), "push.sh": f"#!/bin/sh\ndocker push {IMAGE}\n"}
    manifest = {"k8s/api.yaml": files["k8s/api.yaml"]}
    ci = f"a:\n  script:\n  - docker push {IMAGE}\n"
    loaded = {**files, ".gitlab-ci.yml": ci, "up.sh": f"#!/bin/sh\nkind load docker-image {IMAGE}\n"}
    for name, texts, wanted in (("pushed", files, True), ("unknown", manifest, False), ("loaded", loaded, False)):
        write(tmp_path / name, texts)
        (finding,) = lint(tmp_path / name).outcome.findings
        assert [fix.safe for fix in finding.fixes] == [wanted]


@pytest.mark.parametrize(
    ("kind", "field", "help_"),
    [
        ("Deployment", "replicas: 2", "the restart in ci.sh:3 changes nothing before, and brings each push then"),
        ("StatefulSet", "replicas: 2", "the restart in ci.sh:3 changes nothing before, and brings each push then"),
        ("Deployment", "paused: true", "after each push run `kubectl rollout resume deployment/api` first"),
        ("StatefulSet", "updateStrategy: {type: OnDelete}", "after each push delete its pods one by one with"),
    ],
)
def test_a_restart_that_is_there_already_is_named_where_it_replaces_pods(
    tmp_path: Path, kind: str, field: str, help_: str
) -> None:
    manifest = MANIFEST.replace("Deployment", kind).replace("spec:\n", f"spec:\n  {field}\n", 1)
    script = f"#!/bin/sh\ndocker push {IMAGE}\nkubectl rollout restart {kind.lower()}/api\n"
    write(tmp_path, {"api.yaml": manifest.replace("IMAGE", IMAGE), "ci.sh": script})
    (finding,) = lint(tmp_path).outcome.findings
    assert finding.help is not None and help_ in finding.help


@pytest.mark.parametrize(
    ("restarted", "help_"),
    [
        ("deployment/api", "the restart in ci.sh:3 changes nothing before, and brings each push then"),
        ("deployment", "the restart in ci.sh:3 changes nothing before, and brings each push then"),
        ("deployment/other", "after each push run `kubectl rollout restart deployment/api`"),
        ("statefulset/api", "after each push run `kubectl rollout restart deployment/api`"),
    ],
)
def test_a_restart_of_another_workload_is_not_named(tmp_path: Path, restarted: str, help_: str) -> None:
    script = f"#!/bin/sh\ndocker push {IMAGE}\nkubectl rollout restart {restarted}\n"
    write(tmp_path, {"api.yaml": MANIFEST.replace("IMAGE", IMAGE), "ci.sh": script})
    (finding,) = lint(tmp_path).outcome.findings
    assert finding.help is not None and help_ in finding.help


@pytest.mark.parametrize(
    ("path", "command", "rules"),
    [
        ("README.md", "kubectl set image deployment/api api=api:v2", ["unpullable-image"]),
        ("up.sh", "kubectl set image deployment/api api=api:v2", []),
        ("up.sh", "kubectl set image deployment/other api=api:v2", []),
    ],
)
def test_a_document_puts_no_image_in_the_place_of_one_that_no_registry_has(
    tmp_path: Path, path: str, command: str, rules: list[str]
) -> None:
    files = {"build.sh": "#!/bin/sh\ndocker build -t api:latest .\n", path: f"    {command}\n"}
    write(tmp_path, {"k8s/api.yaml": MANIFEST.replace("IMAGE", "api:latest"), **files})
    assert [finding.rule for finding in lint(tmp_path).outcome.findings] == rules


@pytest.mark.parametrize(("built", "rules"), [("api:latest", ["unpullable-image"]), ("api:1.0.0", [])])
def test_a_name_that_is_built_under_another_tag_is_not_on_the_node(
    tmp_path: Path, built: str, rules: list[str]
) -> None:
    files = {"api.yaml": MANIFEST.replace("IMAGE", "api:latest"), "up.sh": f"#!/bin/sh\ndocker build -t {built} .\n"}
    write(tmp_path, files)
    assert [finding.rule for finding in lint(tmp_path).outcome.findings] == rules


@pytest.mark.parametrize("path", ["up.sh", "README.md"])
def test_a_text_that_shows_a_manifest_loads_images_all_the_same(tmp_path: Path, path: str) -> None:
    text = f"    kubectl apply -f - <<EOF\napiVersion: v1\nkind: Namespace\nEOF\n    kind load docker-image {IMAGE}\n"
    assert said(tmp_path / "loaded", IMAGE, {path: text}) == []
    assert said(tmp_path / "other", IMAGE, {path: text.replace("develop", "other")}) == [BY_NAME]


@pytest.mark.parametrize(("command", "policies"), [(f"kustomize edit set image {IMAGE[:-8]}=x:$SHA", 0), ("true", 1)])
def test_an_image_that_is_replaced_may_have_several_policies(tmp_path: Path, command: str, policies: int) -> None:
    files = {
        "k8s/api.yaml": MANIFEST.replace("IMAGE", IMAGE),
        "k8s/job.yaml": SHOP.replace("IMAGE", f"{IMAGE}\n        imagePullPolicy: Always"),
        "deploy.sh": f"#!/bin/sh\n{command}\n",
    }
    write(tmp_path, files)
    assert [f.rule for f in lint(tmp_path).outcome.findings].count("inconsistent-pull-policy") == policies


@pytest.mark.parametrize(
    ("path", "repositories", "how"),
    [
        (".github/workflows/ci.yml", (".",), "by"),
        ("shop/.github/workflows/ci.yml", (".",), "as described in"),
        ("shop/.github/workflows/ci.yml", (".", "shop"), "by"),
        ("shop/.github/workflows/ci.yml", (), "as described in"),
        (".github/workflows/ci.yml", (), "by"),
        (".github/workflows/later/ci.yml", (".",), "as described in"),
    ],
)
def test_a_workflow_runs_only_in_the_root_of_a_repository(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str, repositories: tuple[str, ...], how: str
) -> None:
    monkeypatch.chdir(tmp_path)
    git = {f"{folder}/.git/HEAD": "ref: refs/heads/main\n" for folder in repositories}
    workflow = f"on: push\njobs:\n  a:\n    steps:\n    - run: docker push {IMAGE}\n"
    write(tmp_path, {"k8s/api.yaml": MANIFEST.replace("IMAGE", IMAGE), path: workflow, **git})
    (finding,) = lint(tmp_path).outcome.findings
    assert finding.message == f"`{IMAGE}` is pushed again {how} {path}:5, but {ONCE}: a restart starts the old build"
    assert [fix.safe for fix in finding.fixes] == [how == "by"]


@pytest.mark.parametrize("folder", ["", "shop/"])
def test_a_workflow_that_never_runs_still_says_that_an_image_is_replaced(tmp_path: Path, folder: str) -> None:
    workflow = f"jobs:\n  a:\n    steps:\n    - run: kubectl set image deployment/api api={IMAGE[:-7]}$SHA\n"
    assert said(tmp_path, IMAGE, {f"{folder}.github/workflows/cd.yml": workflow, ".git/HEAD": "x\n"}) == []


PUSH = f"IMG ?= {IMAGE[:-8]}:1.2.3\npush:\n\tdocker push $(IMG)\ntest:\n\ttrue\n"
SCRIPT = f"#!/bin/sh\nTAG=$1\ndocker push {IMAGE[:-8]}:$TAG\n"
ACTION = f"runs:\n  steps:\n  - run: docker push {IMAGE[:-8]}:${{{{ inputs.tag }}}}\n"
REUSED = (
    "on:\n  workflow_call:\n    inputs:\n      tag: {type: string}\njobs:\n  a:\n    steps:\n"
    "    - uses: docker/build-push-action@v6\n      with:\n        push: true\n"
    f"        tags: {IMAGE[:-8]}:${{{{ inputs.tag }}}}\n"
)


@pytest.mark.parametrize(
    ("path", "text", "step", "proven"),
    [
        ("Makefile", PUSH, f"run: make push IMG={IMAGE}", True),
        ("Makefile", PUSH, f"run: make test IMG={IMAGE}", False),
        ("Makefile", PUSH, f"run: make push OTHER={IMAGE}", False),
        ("Makefile", PUSH, "run: make push IMG=registry.example.com/other:develop", False),
        ("shop/Makefile", PUSH, f"run: make -C shop push IMG={IMAGE}", True),
        ("shop/Makefile", PUSH, f"run: make push IMG={IMAGE}", False),
        ("ci/push.sh", SCRIPT, "run: ./ci/push.sh develop", True),
        ("ci/push.sh", SCRIPT, "run: ./ci/push.sh $SHA", False),
        ("ci/push.sh", SCRIPT, "run: ./ci/other.sh develop", False),
        (".github/actions/push/action.yml", ACTION, "uses: ./.github/actions/push\n      with: {tag: develop}", True),
        (".github/actions/push/action.yml", ACTION, "uses: ./.github/actions/other\n      with: {tag: develop}", False),
        (".github/workflows/push.yml", REUSED, "uses: ./.github/workflows/push.yml\n      with: {tag: develop}", True),
        (".github/workflows/push.yml", REUSED, "uses: ./.github/workflows/push.yml\n      with: {tag: other}", False),
    ],
)
def test_a_tag_is_passed_to_the_file_that_pushes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str, text: str, step: str, proven: bool
) -> None:
    monkeypatch.chdir(tmp_path)
    ci = f"on: push\njobs:\n  a:\n    steps:\n    - {step}\n"
    pushed = f"`{IMAGE}` is pushed again by .github/workflows/ci.yml:5, but {ONCE}: a restart starts the old build"
    files = {path: text, ".github/workflows/ci.yml": ci, ".git/HEAD": "x\n"}
    assert said(tmp_path, IMAGE, files) == [pushed if proven else BY_NAME]


@pytest.mark.parametrize(
    ("script", "folder", "proven"),
    [
        ("shop/ci.sh", "", True),
        ("shop/ci/release.sh", "", True),
        ("web/ci.sh", "", False),
        ("ci.sh", "", False),
        ("ci.sh", "-C shop", True),
        ("ci.sh", "-C hop", False),
    ],
)
def test_make_takes_the_file_of_its_folder(tmp_path: Path, script: str, folder: str, proven: bool) -> None:
    files = {"shop/Makefile": PUSH, script: f"#!/bin/sh\nmake {folder} push IMG={IMAGE}\n"}
    pushed = f"`{IMAGE}` is pushed again by {script}:2, but {ONCE}: a restart starts the old build"
    assert said(tmp_path, IMAGE, files) == [pushed if proven else BY_NAME]
