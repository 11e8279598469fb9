"""The kinds of texts that do something to images, each with the words by which it is known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

_MARKS = b"\"'`()[]{}<>|&;,@!=+*/\\%?^~#_$:"
BETWEEN = bytes.maketrans(_MARKS, b" " * len(_MARKS))
"""What is between words in commands; a program may have any of these before it."""

_VERBS = {
    "docker podman buildah nerdctl lima": "push build bud bake tag save commit imagetools",
    "docker-compose podman-compose": "push",
    "skopeo crane regctl": "copy cp push tag mod create",
    "pack img": "build push",
    "kubectl oc": "set restart patch build",
    "kustomize": "edit",
    "sed gsed perl": "s",
    "yq": "=",
    "helm": "upgrade install template",
    "az": "acr",
    "gcloud": "submit tag releases",
    "skaffold": "--images",
    "mvn mvnw": ":push",
    "gradle gradlew": "k8sPush ocPush",
    "argocd": "set",
    "ibmcloud": "build",
    "kind": "load",
    "minikube": "load build cache",
    "k3d": "import load",
    "ko": "build publish resolve apply create run",
}
VERBS = {program: verbs.split() for programs, verbs in _VERBS.items() for program in programs.split()}
"""The programs that do something to images, each with the words for that; most calls do something else."""

_IN_VARIABLES = ("podman", "nerdctl", "kustomize", "kind", "minikube", "kubectl", "helm", "k3d", "ko")
IN_VARIABLES = {
    **dict.fromkeys(("DOCKER", "CONTAINER"), VERBS["docker"]),
    **{program.upper(): VERBS[program] for program in _IN_VARIABLES},
}
"""The words in variables for programs, each with the words for what these do."""

_OTHERS = """
    buildctl make earthly jib mvn mvnw gradle gradlew
    executor -replace -Dimage -Djib.to.image -Dquarkus.container-image.image --destination build-image
"""
OTHERS = dict.fromkeys(_OTHERS.split(), ())
"""The programs that do something to images by more than one verb, and a few options by which they do."""

RUNNERS = {
    runner: (*(f"{before} {runner} " for before in ("run:", "-", "&&")), *(name for name in VERBS if len(name) > 4))
    for runner in ("task", "just")
}
"""The runners of tasks whose names are also words of sentences: in a step, or beside a program with a longer name."""

TASKS = {
    **{task: (f"{task}@",) for task in ("Docker", "DockerCompose", "Kubernetes", "KubernetesManifest")},
    **dict.fromkeys(("plugin-docker", "plugin-docker-buildx", "plugin-kaniko", "drone-docker", "drone-kaniko"), ()),
    **dict.fromkeys(("docker-buildx", "cloud-builders", "gke-deploy", "update-container-image"), ()),
    "cloudsdktool": (),
    "include": ("extends:", "!reference"),
    "plugins": tuple(f"plugins/{name}" for name in ("docker", "ecr", "gcr", "acr", "kaniko", "buildx")),
    "docker": ("docker/publish", "docker/push", "docker/build:"),
    "aws-ecr": ("aws-ecr/",),
    "gcp-gcr": ("gcp-gcr/",),
    "images": ("\nimages:",),
    "KUBECTL": ("KUBECTL_COMMAND",),
    "atlassian": ("push-image:",),
    "executor": ("nx-container", "nx-docker"),
    "Image": ("docker:", "docker-build:"),
}
"""The words in tasks, plugins, orbs and builders of pipelines."""

USES = r"uses[\"']?:[ \t]*[\"']?([^\s\"']+)"
ACTIONS = (
    *("build-push", "build-and-push", "bake-action", "push-to", "docker-build", "ublish-", "ecr-action"),
    *("action-kaniko", "gp-docker-action", "k8s-deploy", "k8s-bake", "./", "/.github/", "docker-publish"),
    *("metadata-action", "yaml-update-action", "gha-find-replace"),
)
"""How a step of a workflow names an action or a workflow, and what is in the names of those that are read."""

BUILDERS = {
    "build": ("_build(", "_build_"),
    "SAVE": ("SAVE IMAGE",),
    "target": ('target "', '"target"'),
    "jib": ("jib {", "jib{"),
    **dict.fromkeys(("jib.to", "jib.to.image", "bootBuildImage"), ()),
    "releases": ("releases:",),
    "kubernetes": ("jkube",),
}
"""The words in files of tools that build or deploy."""

JENKINS = {
    **dict.fromkeys(("docker.build", "docker.image"), (".push",)),
    **dict.fromkeys(("docker", "podman"), ('" +', "' +")),
}
"""The words in Jenkinsfiles: steps with images, and commands that are joined of strings."""

MAVEN = ("image", "jib.to.image", "jkube.image.name", "docker.image", "dockerfile-maven-plugin")
SHARED = ("image", "registry", "IMAGE", "REPO", "REGISTRY", "TAG", "IMG")
"""What is in the names of variables that are given to other files."""


class Kind(NamedTuple):
    """A kind of text: the module that reads it, and what such a text has.

    It has one of some `words` with one of the texts that must be beside this word, or one of some `parts` of words; and
    one of `also`, in what a pattern finds if that is `where`. Nothing else is looked for where no texts are given.
    """

    module: str
    words: Mapping[str, Sequence[str]] = {}
    parts: Sequence[str] = ()
    also: Sequence[str] = ()
    where: str = ""


KINDS = (
    Kind("commands", {**VERBS, **IN_VARIABLES, **OTHERS, **RUNNERS}, (".sh",)),
    Kind("workflows", {"uses": ()}, also=ACTIONS, where=USES),
    Kind("pipelines", TASKS),
    Kind("pipelines", {"template": ("template: ",)}, also=("parameters:",)),
    Kind("pipelines", {"local": ("local: ",)}, also=("inputs:",)),
    Kind("passing", parts=("=", "local:", "include", "source ", ". "), also=SHARED),
    Kind("jenkins", JENKINS),
    Kind("compose", {"services": ("build:", '"build"')}),
    Kind("builders", BUILDERS),
    Kind("maven", dict.fromkeys(MAVEN, ("</",))),
    Kind("written", dict.fromkeys(("newTag", "digest"), ("<<",))),
    Kind("renovate", dict.fromkeys(("pinDigests", "best-practices"), ("managerFilePatterns", "fileMatch"))),
    Kind("manifests", {"skaffold": ("skaffold/",), "argocd-image-updater.argoproj.io": (), "tekton.dev": ()}),
)
"""The kinds of all texts but manifests."""

OF_MANIFESTS = Kind("manifests", parts=("skaffold/", "image-updater", "tekton.dev"))
"""The kind that a manifest may be of: its commands are those of containers. It is not cut into words."""

OF_WORD: dict[str, list[tuple[int, Sequence[str]]]] = {}
for _number, _kind in enumerate(KINDS):
    for _word, _beside in _kind.words.items():
        OF_WORD.setdefault(_word, []).append((_number, _beside))
"""The words that are looked for: each with the kinds, by their numbers, and with what must be beside it."""

OF_PARTS = [(number, kind.parts) for number, kind in enumerate(KINDS) if kind.parts]
"""The kinds that parts of words tell."""

KNOWN = frozenset(OF_WORD)


@lru_cache(maxsize=1)
def words_of(text: str) -> frozenset[str]:
    """The words of a text that are looked for. Bytes are translated several times faster than characters."""
    return KNOWN.intersection(
        text.encode(errors="surrogatepass").translate(BETWEEN).decode(errors="surrogatepass").split()
    )
