"""From a container to the source of its program: links, what `env --reads` shows, and what a run reads."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from cmlint.bundle.links import Link, matched
from cmlint.bundle.programs import Program, Reading, can_be_cut
from cmlint.config.config import Config
from cmlint.knowledge.programs import SYNONYMS
from cmlint.kube.near import distance_of_variables
from cmlint.model.facts import SourceFacts
from cmlint.pipeline.check import check
from cmlint.pipeline.read import read
from cmlint.sources.request import Request
from tests.support.command import cmlint
from tests.support.run import inside, rules, run, write

POD = """apiVersion: v1
kind: Pod
metadata:
  name: shop
spec:
  containers:
    - name: shop
      image: IMAGE
      env:
        - name: GCS_BUCKET_NAME
          value: prod
"""
SOURCE = 'const bucket = process.env.GCS_BUCKET || "dev"\n'
DOCKERFILE = "FROM node:22\nCOPY . .\n"

Files = dict[str, str]


def files(image: str, **more: str) -> Files:
    """A pod that runs an image, and a program in the folder `app`; other files by their names with `__` for `/`."""
    others = {name.replace("__", "/").replace("_DOT_", "."): text for name, text in more.items()}
    return {"pod.yaml": POD.replace("IMAGE", image), "app/Dockerfile": DOCKERFILE, "app/index.js": SOURCE, **others}


def link_in(folder: Path, given: Files, config: Config | None = None) -> Link:
    """Where the source of the one container is."""
    write(folder, given)
    with inside(folder):
        bundles = read(Request(config=config or Config(), reads=True)).bundles
        (bundle,) = (bundle for bundle in bundles if bundle.placed)
        (placed,) = (placed for placed in bundle.placed if placed.document.pods)
        assert bundle.programs
        return bundle.programs.link(placed.document.pods[0].containers[0], placed, guess=True)


Case = dict[str, Any]
LINKS: dict[str, Case] = {
    case["name"]: case for case in yaml.safe_load(Path(__file__).with_name("links.yaml").read_text(encoding="utf-8"))
}


COMPOSE = {"compose_DOT_yaml": LINKS["compose"]["files"]["compose.yaml"]}


@pytest.mark.parametrize("name", LINKS)
def test_a_build_that_names_an_image_and_a_folder_links_them(name: str, tmp_path: Path) -> None:
    case = LINKS[name]
    link = link_in(tmp_path, files(case["image"]) | case["files"])
    assert (link.grade, link.context, link.dockerfile) == ("certain", "app", "app/Dockerfile")
    assert link.where == case["proof"]


@pytest.mark.parametrize(("more", "context"), [("", "app"), ("buildContext: .", ""), ("buildContext: app", "app")])
def test_azure_builds_in_the_folder_of_the_dockerfile_unless_it_names_another(
    tmp_path: Path, more: str, context: str
) -> None:
    build = f"steps:\n- task: Docker@2\n  inputs:\n    repository: shop\n    tags: latest\n    {more}\n"
    link = link_in(tmp_path, files("r.azurecr.io/shop:1") | {"azure-pipelines.yml": build})
    assert (link.grade, link.context, link.dockerfile) == ("certain", context, "app/Dockerfile")


def test_builds_of_several_folders_link_none(tmp_path: Path) -> None:
    given = files("org/shop:1", build_DOT_sh="#!/bin/sh\ndocker build -t org/shop app\ndocker build -t org/shop web\n")
    link = link_in(tmp_path, {**given, "web/Dockerfile": DOCKERFILE})
    assert (link.grade, link.why) == ("none", "it is built of `app` and `web`")


def test_of_several_folders_with_one_dockerfile_the_widest_counts(tmp_path: Path) -> None:
    """In a pipeline the folder is the top of the repository, in a compose file that of the service."""
    given = files("org/shop:1", build_DOT_sh="#!/bin/sh\ndocker build -t org/shop -f app/Dockerfile .\n", **COMPOSE)
    link = link_in(tmp_path, given)
    assert (link.grade, link.context, link.dockerfile) == ("certain", "", "app/Dockerfile")


STEPS = """on: push
jobs:
  web:
    defaults:
      run:
        working-directory: web
    steps:
      - run: make
  app:
    steps:
      - working-directory: web
        run: make
      - run: docker build -t org/shop:1 FOLDER
      - run: make
        working-directory: web
"""


def test_the_folder_of_another_step_or_job_does_not_count(tmp_path: Path) -> None:
    given = files("org/shop:1", _DOT_github__workflows__ci_DOT_yml=STEPS.replace("FOLDER", "app"))
    assert link_in(tmp_path, given).context == "app"


@pytest.mark.parametrize(
    ("image", "path", "text"),
    [
        ("other-shop:1", "compose.yaml", "name: proj\nservices:\n  shop:\n    build: ./app\n"),
        ("shop:1", "deploy/compose.yaml", "services:\n  shop:\n    build: ../app\n"),
        ("org/shop:1", "ci.sh", "/kaniko/executor --context git://example.com/o/r --destination org/shop:1\n"),
        (
            "org/shop:1",
            "app/pom.xml",
            "<project><modules></modules><to><image>org/shop:1</image></to> jib </project>\n",
        ),
        ("org/shop:1", "Jenkinsfile", "dir('gone') {\n  sh 'docker build -t org/shop:1 .'\n}\n"),
        ("org/shop:1", "docker-bake.json", '{"target": {"a": {"context": "app"}, "shop": {"tags": ["org/shop:1"]}}}\n'),
        ("${REGISTRY}/${NAME}:1", "build.sh", "#!/bin/sh\ndocker build -t org/shop:1 app\n"),
    ],
)
def test_what_is_not_said_for_certain_links_none(image: str, path: str, text: str, tmp_path: Path) -> None:
    assert link_in(tmp_path, files(image) | {path: text}).grade == "none"


def test_a_folder_with_the_name_of_an_image_is_a_guess(tmp_path: Path) -> None:
    link = link_in(tmp_path, files("ghcr.io/org/app:1"))
    assert (link.grade, link.context, link.sure) == ("likely", "app", False)


def test_an_image_that_is_tagged_is_that_of_its_own_build_alone(tmp_path: Path) -> None:
    script = "#!/bin/sh\ndocker build -t local/a app\ndocker build -t local/b web\ndocker tag local/a org/shop:1\n"
    given = files("org/shop:1", build_DOT_sh=f"{script}docker push org/shop:1\n")
    assert link_in(tmp_path, {**given, "web/Dockerfile": DOCKERFILE}).context == "app"


def test_a_build_of_another_image_links_none(tmp_path: Path) -> None:
    link = link_in(tmp_path, files("org/other:1", build_DOT_sh="#!/bin/sh\ndocker build -t $IMAGE app\n"))
    assert (link.grade, link.why) == ("none", "no build in these files names the image and a folder")


def test_a_folder_without_its_dockerfile_links_none(tmp_path: Path) -> None:
    link = link_in(tmp_path, files("org/shop:1", build_DOT_sh="#!/bin/sh\ndocker build -t org/shop gone\n"))
    assert link.grade == "none"


def test_the_configuration_links_an_image(tmp_path: Path) -> None:
    write(tmp_path, files("ghcr.io/org/shop:1", _DOT_cmlint_DOT_yaml='sources: {"ghcr.io/org/sh*": app}\n'))
    done = cmlint(tmp_path, "check", "--select", "near-env", "--format", "concise")
    assert "pod.yaml:10:17: warning[near-env]" in done.stdout
    assert done.returncode == 1


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("sources: {a: ../..}", "`sources` names `../..`, which is not in the repository"),
        ("sources: {a: pod.yaml}", "`sources` names `pod.yaml`, which is not a folder"),
    ],
)
def test_a_folder_that_is_none_is_an_error(setting: str, message: str, tmp_path: Path) -> None:
    write(tmp_path, files("org/shop:1", _DOT_cmlint_DOT_yaml=f"{setting}\n"))
    done = cmlint(tmp_path, "check")
    assert done.returncode == 2
    assert message in done.stderr


def test_env_shows_what_is_read(tmp_path: Path) -> None:
    write(tmp_path, files("org/shop:1", **COMPOSE))
    assert cmlint(tmp_path, "env", "--reads").stdout == (
        "Pod shop  pod.yaml\n"
        "  container shop: source in app, certain (compose.yaml:4)\n"
        "    GCS_BUCKET  soft     not set  app/index.js:1\n"
        "    ! GCS_BUCKET_NAME: given, but nothing in the source has this name\n"
    )


def test_env_says_it_as_json(tmp_path: Path) -> None:
    write(tmp_path, files("org/shop:1", **COMPOSE))
    (workload,) = json.loads(cmlint(tmp_path, "env", "--reads", "--format", "json").stdout)["workloads"]
    assert workload["containers"] == [
        {
            "name": "shop",
            "image": "org/shop:1",
            "source": {
                "grade": "certain",
                "path": "app",
                "dockerfile": "app/Dockerfile",
                "proof": {"path": "compose.yaml", "line": 4},
                "reason": None,
            },
            "reads": [
                {
                    "name": "GCS_BUCKET",
                    "kind": "soft",
                    "declarative": False,
                    "given": False,
                    "preset": False,
                    "path": "app/index.js",
                    "line": 1,
                }
            ],
            "given": ["GCS_BUCKET_NAME"],
            "complete": True,
            "unread": ["GCS_BUCKET_NAME"],
            "unknown": None,
        }
    ]


def test_env_says_what_is_not_linked(tmp_path: Path) -> None:
    write(tmp_path, files("org/other:1"))
    done = cmlint(tmp_path, "env", "--reads")
    assert "container shop: source not known: no build in these files names the image and a folder" in done.stdout


OTHER = 'const other = process.env.OTHER || "dev"\n'
COMMANDS = {
    "app/index.js": "",
    "app/cmd/shop/a.go": 'os.Getenv("SHOP_A")',
    "app/cmd/other/a.go": 'os.Getenv("OTHER_A")',
}
ON_TOP = {"compose.yaml": "services:\n  shop:\n    build: .\n    image: org/shop:1\n", "Dockerfile": DOCKERFILE}
INSIDE = ON_TOP["compose.yaml"].replace("build: .", "build: {context: app, dockerfile: m/Dockerfile}")


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ({"app/other.js": OTHER}, ["GCS_BUCKET", "OTHER"]),
        ({"app/sub/other.js": OTHER}, ["GCS_BUCKET", "OTHER"]),
        ({"app/other.js": OTHER, "app/Dockerfile": "FROM node:22\nCOPY index.js .\n"}, ["GCS_BUCKET"]),
        ({"app/sub/other.js": OTHER, "app/sub/Dockerfile": DOCKERFILE}, ["GCS_BUCKET"]),
        ({"app/Dockerfile": "FROM node:22\nCOPY src .\n"}, []),
        ({"app/scripts/other.js": OTHER}, ["GCS_BUCKET"]),
        ({"app/other.sh": "echo $OTHER\n"}, ["GCS_BUCKET"]),
        ({"app/entrypoint.sh": "echo $OTHER\n"}, ["OTHER", "GCS_BUCKET"]),
        ({**COMMANDS, "app/Dockerfile": "FROM golang:1\nCOPY . .\nRUN go build ./cmd/shop\n"}, ["SHOP_A"]),
        ({**COMMANDS, "app/Dockerfile": "FROM golang:1\nCOPY . .\nRUN go build ./...\n"}, ["OTHER_A", "SHOP_A"]),
        ({**ON_TOP, "web/other.js": OTHER}, ["OTHER"]),
        ({**ON_TOP, "web/other.js": OTHER, "web/Dockerfile": DOCKERFILE}, []),
        (
            {
                "compose.yaml": INSIDE,
                **dict.fromkeys(("app/m/Dockerfile", "app/a/Dockerfile"), DOCKERFILE),
                **{"app/m/x.js": OTHER, "app/a/x.js": OTHER.replace("OTHER", "THIRD")},
            },
            ["GCS_BUCKET", "OTHER"],
        ),
    ],
    ids=[
        *("beside", "below", "not copied", "of another image", "nothing copied"),
        *("run by hand", "of another script", "of the script that starts it", "of its command", "of all commands"),
        *("below the top", "of another image below the top", "of another image beside its own Dockerfile"),
    ],
)
def test_a_program_reads_what_its_image_holds(given: Files, read: list[str], tmp_path: Path) -> None:
    write(tmp_path, files("org/shop:1", **COMPOSE) | given)
    (workload,) = json.loads(cmlint(tmp_path, "env", "--reads", "--format", "json").stdout)["workloads"]
    assert [each["name"] for each in workload["containers"][0]["reads"]] == read


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"app/index.js": ""}, "its folder has no source"),
        ({"app/Dockerfile": "COPY . .\n"}, "what its image is based on is not known"),
        ({"app/Dockerfile": "FROM $BASE\nCOPY . .\n"}, "what its image is based on is not known"),
        ({"app/Dockerfile": "FROM scratch\nCOPY . .\n"}, None),
    ],
)
def test_why_a_program_may_read_more(given: Files, why: str | None, tmp_path: Path) -> None:
    write(tmp_path, files("org/shop:1", **COMPOSE) | given)
    (workload,) = json.loads(cmlint(tmp_path, "env", "--reads", "--format", "json").stdout)["workloads"]
    assert workload["containers"][0]["unknown"] == why


@pytest.mark.parametrize(("dockerfile", "why"), [("app/Dockerfile", "its Dockerfile cannot be read"), ("", "")])
def test_a_program_may_read_more_where_its_dockerfile_is_not_known(dockerfile: str, why: str) -> None:
    source = SourceFacts(words="HOME")
    assert Program(Link("certain", "app", dockerfile), Reading({"app/index.js": source}), ()).open == why


def test_env_tells_what_the_image_sets(tmp_path: Path) -> None:
    given = files("org/shop:1", **COMPOSE) | {"app/Dockerfile": "FROM node:22\nENV GCS_BUCKET=dev\nCOPY . .\n"}
    write(tmp_path, given)
    assert "    GCS_BUCKET  soft     preset   app/index.js:1\n" in cmlint(tmp_path, "env", "--reads").stdout


@pytest.mark.parametrize("words", [("env", "nosuch"), ("env", "--reads", "nosuch")])
def test_a_path_that_is_not_there_is_all_that_env_says(words: tuple[str, ...], tmp_path: Path) -> None:
    done = cmlint(tmp_path, *words)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", "cmlint: error: nosuch: no such file or folder\n")


def test_a_tag_that_is_put_in_later_does_not_matter(tmp_path: Path) -> None:
    given = files("${REGISTRY}/shop:${TAG}", build_DOT_sh="#!/bin/sh\ndocker build -t $REGISTRY/shop:$TAG app\n")
    assert link_in(tmp_path, given).grade == "certain"


def test_without_a_link_no_source_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, files("org/other:1"))
    request = Request(rules=rules())
    with inside(tmp_path):
        assert not [f for f in check(request).outcome.findings if f.rule == "near-env"]
    assert not any(path.endswith("index.js") for path in request.seen.files)


def test_more_source_than_is_read_is_said(tmp_path: Path) -> None:
    more = {f"app/{i}.py": f"# {'x' * 900_000}\n" for i in range(6)}
    write(tmp_path, {**files("org/shop:1", **COMPOSE), **more})
    assert (
        "what it does not read is not known: it has more than 4 MB of source"
        in cmlint(tmp_path, "env", "--reads").stdout
    )
    assert cmlint(tmp_path, "check", "--select", "near-env").returncode == 0


def test_no_link_leads_out_of_the_repository(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "outside/index.js": SOURCE.replace("GCS_BUCKET ", "GCS_BUCKET_NAME "),
            **{f"repo/{k}": v for k, v in files("org/shop:1", **COMPOSE).items()},
        },
    )
    (tmp_path / "repo" / ".git").mkdir()
    (tmp_path / "repo" / "app" / "more.js").symlink_to(tmp_path / "outside" / "index.js")
    (tmp_path / "repo" / "app" / "lib").symlink_to(tmp_path / "outside")
    assert cmlint(tmp_path / "repo", "check", "--select", "near-env").returncode == 1


def test_a_default_that_may_be_a_secret_is_not_shown(tmp_path: Path) -> None:
    text = 'x = process.env.SHOP_API_TOKEN || "hunter2-of-mine"\n'
    given = files("org/shop:1", **COMPOSE) | {"app/index.js": text}
    given["pod.yaml"] = given["pod.yaml"].replace("GCS_BUCKET_NAME", "SHOP_API_TOKENS")
    write(tmp_path, given)
    for form in ("text", "json", "html", "sarif", "markdown"):
        done = cmlint(tmp_path, "check", "--select", "near-env", "--format", form)
        assert "near-env" in done.stdout
        assert "hunter2" not in done.stdout + done.stderr


def test_a_changed_source_is_noticed_by_the_next_run(tmp_path: Path) -> None:
    write(tmp_path, files("org/shop:1", **COMPOSE))
    cache = {"XDG_CACHE_HOME": str(tmp_path / "cache")}
    words = ("check", "app", "pod.yaml", "compose.yaml", ".", "--select", "near-env", "--format", "concise")
    assert cmlint(tmp_path, *words, **cache).returncode == 1
    assert cmlint(tmp_path, *words, **cache).returncode == 1
    (tmp_path / "app" / "index.js").write_text("process.env.GCS_BUCKET_NAME\n")
    assert cmlint(tmp_path, *words, **cache).returncode == 0


def git(folder: Path, *words: str) -> None:
    """Runs git in a folder."""
    subprocess.run(
        ["git", "-c", "user.name=a", "-c", "user.email=a@example.com", *words],
        cwd=folder,
        check=True,
        capture_output=True,
    )


@pytest.mark.parametrize(("service", "setter"), [("shop", ["the compose service sets it"]), ("other", [])])
def test_who_sets_a_variable_that_is_missing_is_the_service_of_its_dockerfile(
    tmp_path: Path, service: str, setter: list[str]
) -> None:
    builds = {"shop": "app", "other": "{context: app, dockerfile: Dockerfile.other}"}
    services = [f"  {name}:\n    build: {build}\n    image: org/{name}:1\n" for name, build in builds.items()]
    compose = "".join(["services:\n", *services])
    image = f"    image: org/{service}:1\n"
    compose = compose.replace(image, f"{image}    environment: {{SHOP_TOKEN: example}}\n")
    source = {
        "app/index.js": "",
        "app/Dockerfile.other": DOCKERFILE,
        "app/main.py": 'TOKEN = os.environ["SHOP_TOKEN"]\n',
    }
    write(tmp_path, {**files("org/shop:1"), **source, "compose.yaml": compose})
    (found,) = run(tmp_path, config=Config(select=("missing-env",), pedantic=True)).outcome.findings
    assert found.message == "the program requires `SHOP_TOKEN`, which is not set"
    told = [each.label for each in found.related]
    assert told == ["it is required here", *setter, "the image is built of `app` here"]


CHANGES = [("app/index.js", 1), ("pod.yaml", 1), ("config.yaml", 1), ("other.txt", 0)]


@pytest.mark.parametrize(("changed", "status"), CHANGES)
def test_since_reads_the_sources_of_what_changed_alone(changed: str, status: int, tmp_path: Path) -> None:
    given = files("org/shop:1", **COMPOSE)
    pod = POD.replace("IMAGE", "org/shop:1") + "      envFrom:\n        - configMapRef: {name: shop}\n"
    config = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: shop}\ndata: {A_B: a}\n"
    given["pod.yaml"] = pod.replace("GCS_BUCKET_NAME", "GCS_BUCKET")
    given["app/index.js"] = f"{SOURCE}const port = process.env.SHOP_PORT\n"
    write(tmp_path, {**given, "other.txt": "a\n", "config.yaml": config})
    git(tmp_path, "init", "-q", ".")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "a")
    new = {
        "app/index.js": SOURCE.replace("GCS_BUCKET", "GCS_BUCKETS"),
        "pod.yaml": pod,
        "config.yaml": config.replace("A_B", "SHOP_PORTS"),
        "other.txt": "b\n",
    }
    write(tmp_path, {changed: new[changed]})
    done = cmlint(tmp_path, "check", "--since", "HEAD", "--select", "near-env", "--no-cache")
    assert done.returncode == status, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("given", "wanted", "distance"),
    [
        ("DB_HOST", "DATABASE_ADDR", 0),
        ("MONGO_URI", "MONGODB_URI", 2),
        ("USERS_DB_ADDR", "USER_DB_ADDR", 1),
        ("GCS_BUCKET_NAME", "GCS_BUCKET", 3),
        ("DB_READ_HOST", "DB_HOST", 3),
        ("DB_HOST", "HOST", None),
        ("DB_HOST_1", "DB_HOST_2", None),
        ("DB_HOST_1", "DB_HOST", None),
        ("DB_USER", "DB_PASSWORD", None),
        ("DB_HOST", "DB_HOST", None),
    ],
)
def test_variables_are_near(given: str, wanted: str, distance: int | None) -> None:
    assert distance_of_variables(given, wanted, SYNONYMS) == distance


@pytest.mark.parametrize(
    ("parts", "words", "cut"),
    [
        (["mail", "host"], {"mail", "host"}, True),
        (["mail", "host"], {"mailhost"}, True),
        (["mail", "host", "port"], {"mailhost", "port"}, True),
        (["mail", "host", "port"], {"mail", "port"}, False),
        (["mail", "host"], {"mail"}, False),
        (["mail", "host"], {"host"}, False),
        (["mail"], {"mailhost"}, False),
    ],
)
def test_a_name_is_cut_into_known_words(parts: list[str], words: set[str], cut: bool) -> None:
    assert can_be_cut(parts, words) is cut


def test_variables_of_a_link_may_have_any_name() -> None:
    """A function of a shell calls them by their numbers."""
    assert matched("r/{-1}:{-2}", "r/shop:dev") == {"1": "shop", "2": "dev"}
    assert matched("{-A}/x{-B}x", "q/xyx") == {"A": "q", "B": "y"}
    assert matched("r/{-A}-{-A}", "r/q-q") == {"A": "q"}
    assert matched("r/{-A}-{-A}", "r/q-z") is None
    assert matched("r/a*b", "r/acb") == {}


def test_a_name_of_many_unknown_parts_is_not_searched() -> None:
    assert matched("r/{-A}{-B}", "r/shop") == {"A": "shop", "B": ""}
    assert matched("r/{-A}{-B}{-C}", "r/shop") is None
    assert matched("*/{-A}{-B}", "r/shop") is None
