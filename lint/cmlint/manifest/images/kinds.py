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


class Kind(NamedTuple):
    """A kind of text: the module that reads it, and what such a text has.

    It has one of some `words`, or one with one of its `verbs`, or one of some `parts` of words; and one of `also`, if
    there are any. In `manifests` nothing else is looked for: their commands are those of containers.
    """

    module: str
    words: frozenset[str]
    also: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    verbs: Mapping[str, Sequence[str]] = {}
    manifests: bool = False

    def reads(self, text: str) -> bool:
        """Whether a text may be of this kind."""
        return self.begins(text) and (not self.also or has_any(text, self.also))

    def begins(self, text: str) -> bool:
        """Whether a text has a word of this kind."""
        if self.words and not self.words.isdisjoint(words_of(text)):
            return True
        if self.verbs and any(has_any(text, self.verbs[word]) for word in self.verbs.keys() & words_of(text)):
            return True
        return has_any(text, self.parts)


_PROGRAMS = """
    buildctl make earthly jib mvn mvnw gradle gradlew
    executor -replace -Dimage -Djib.to.image --destination build-image
"""
"""The programs that do something to images by more than one verb, and a few options by which they do."""

_TASKS = """
    Docker DockerCompose Kubernetes KubernetesManifest plugins plugin-docker plugin-docker-buildx plugin-kaniko
    drone-docker drone-kaniko docker-buildx KUBECTL gke-deploy cloud-builders images docker aws-ecr
    gcp-gcr
"""
"""The words in tasks, plugins, orbs and builders of pipelines."""

SHORT = 4
"""The length of the names of programs that are also words of sentences, or parts of others."""

KINDS = (
    Kind("commands", frozenset(_PROGRAMS.split()), parts=(".sh", "container-image"), verbs={**VERBS, **IN_VARIABLES}),
    Kind(
        "commands",
        frozenset(("task", "just")),
        (
            *(f"{before} {runner} " for before in ("run:", "-", "&&") for runner in ("task", "just")),
            *(program for program in VERBS if len(program) > SHORT),
        ),
    ),
    Kind(
        "workflows",
        frozenset(("uses",)),
        (
            *("build-push", "build-and-push", "bake-action", "push-to", "docker-build", "ublish-", "ecr-action"),
            *("action-kaniko", "gp-docker-action", "k8s-deploy", "k8s-bake", "uses: ./", "docker-publish"),
            *("metadata-action", "yaml-update-action", "gha-find-replace"),
        ),
    ),
    Kind(
        "pipelines",
        frozenset(_TASKS.split()),
        (
            *("Docker@", "DockerCompose@", "Kubernetes@", "KubernetesManifest@", "KUBECTL_COMMAND"),
            *("plugins/docker", "plugins/ecr", "plugins/gcr", "plugins/acr", "plugins/kaniko", "plugins/buildx"),
            *("plugin-docker", "plugin-kaniko", "drone-kaniko", "drone-docker", "docker-buildx"),
            *("docker/publish", "docker/push", "docker/build:", "aws-ecr/", "gcp-gcr/"),
            *("push-image:", "update-container-image:", "gke-deploy", "cloud-builders", "\nimages:"),
        ),
        ("push-image:", "update-container-image:"),
    ),
    Kind("pipelines", frozenset(("template",)), ("parameters:",)),
    Kind("pipelines", frozenset(("local",)), ("inputs:",)),
    Kind("pipelines", frozenset(("executor", "Image")), ("nx-container", "nx-docker", "docker:", "docker-build:")),
    Kind(
        "passing",
        frozenset(),
        ("=", "local:", "include", "source ", ". "),
        ("IMG", "IMAGE", "TAG", "REGISTRY", "REPO", "image", "registry"),
    ),
    Kind("jenkins", frozenset(("docker.build", "docker.image")), (".push",)),
    Kind("compose", frozenset(("services",)), ("build:", '"build"')),
    Kind(
        "builders",
        frozenset(
            ("build", "SAVE", "target", "jib", "jib.to", "jib.to.image", "releases", "kubernetes", "bootBuildImage")
        ),
        (
            *("docker_build", "custom_build", "podman_build", "nerdctl_build", "ko_build", "earthly_build"),
            *("SAVE IMAGE", 'target "', '"target"', "jib {", "jib.to", "jib{", "releases:", "jkube", "bootBuildImage"),
        ),
    ),
    Kind(
        "maven",
        frozenset(("image", "jib.to.image", "jkube.image.name", "docker.image", "dockerfile-maven-plugin")),
        ("</",),
    ),
    Kind("written", frozenset(("newTag", "digest")), ("<<",)),
    Kind("renovate", frozenset(("pinDigests", "best-practices")), ("managerFilePatterns", "fileMatch")),
    Kind("manifests", frozenset(), parts=("skaffold/", "image-updater", "tekton.dev"), manifests=True),
)
"""Every kind of text that is read."""

OF_MANIFESTS = tuple(kind for kind in KINDS if kind.manifests)
"""The kinds that a manifest may be of: its commands are those of containers."""

KNOWN = frozenset(word for kind in KINDS for word in (*kind.words, *kind.verbs))
"""The words that are looked for."""


@lru_cache(maxsize=1)
def words_of(text: str) -> frozenset[str]:
    """The words of a text that are looked for. Bytes are translated several times faster than characters."""
    return KNOWN.intersection(
        text.encode(errors="surrogatepass").translate(BETWEEN).decode(errors="surrogatepass").split()
    )


def has_any(text: str, words: Sequence[str]) -> bool:
    """Whether a text has one of a few words. A loop is faster than `any`."""
    for word in words:  # noqa: SIM110
        if word in text:
            return True
    return False
