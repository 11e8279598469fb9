"""What a text does to images: which it pushes, builds, loads onto nodes, or puts into manifests.

One module for each kind of text; `KINDS` names them with the words that a text must hold before a module reads it. What
is found depends on the text alone: which images it concerns is decided in `bundle/proofs.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module
from itertools import islice
from typing import NamedTuple

from cmlint.manifest.images.words import words_of
from cmlint.model.facts import ImageFact


class Kind(NamedTuple):
    """A kind of text: the module that reads it, and what such a text has.

    It has one of some `words`, or one of some `parts` of words; and one of `also`, if there are any. In `manifests`
    nothing else is looked for: their commands are those of containers.
    """

    module: str
    words: frozenset[str]
    also: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    manifests: bool = False

    def reads(self, text: str) -> bool:
        """Whether a text may be of this kind."""
        found = bool(self.words) and not self.words.isdisjoint(words_of(text))
        return (found or has_any(text, self.parts)) and (not self.also or has_any(text, self.also))


_PROGRAMS = """
    docker docker-compose podman podman-compose buildah nerdctl lima buildctl skopeo crane regctl pack img kind minikube
    k3d kubectl oc kustomize sed gsed perl yq helm az gcloud ibmcloud skaffold argocd ko mvn mvnw make
    gradle gradlew earthly jib executor -replace -Dimage -Djib.to.image --destination build-image
    DOCKER CONTAINER PODMAN KUSTOMIZE KIND MINIKUBE KUBECTL HELM K3D NERDCTL KO
"""
"""The programs that do something to images, a few options by which they do, and words in variables for programs."""

_TASKS = """
    Docker DockerCompose Kubernetes KubernetesManifest plugins plugin-docker plugin-docker-buildx plugin-kaniko
    drone-docker drone-kaniko docker-buildx KUBECTL gke-deploy cloud-builders cloudsdktool images docker aws-ecr
    gcp-gcr
"""
"""The words in tasks, plugins, orbs and builders of pipelines."""

KINDS = (
    Kind("commands", frozenset(_PROGRAMS.split()), parts=(".sh", "container-image")),
    Kind(
        "commands",
        frozenset(("task", "just")),
        tuple(f"{before} {runner} " for before in ("run:", "-", "&&") for runner in ("task", "just")),
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
            *("Docker@", "plugins/docker", "plugins/ecr", "plugins/gcr", "plugins/acr", "plugins/kaniko"),
            *("plugins/buildx", "plugin-docker", "plugin-kaniko", "drone-kaniko", "DockerCompose@", "Kubernetes@"),
            *(
                "container-image:",
                "KUBECTL_COMMAND",
                "gke-deploy",
                "cloud-builders",
                "cloudsdktool",
                "\nimages:",
                "docker/publish",
            ),
            *("docker/push", "docker/build", "aws-ecr/", "gcp-gcr/", "push-image:", "KubernetesManifest@"),
            *("drone-docker", "docker-buildx"),
        ),
        ("push-image:", "container-image:"),
    ),
    Kind("pipelines", frozenset(("template",)), ("parameters:",)),
    Kind("pipelines", frozenset(("local",)), ("inputs:",)),
    Kind("pipelines", frozenset(("include",)), ("extends:", "!reference")),
    Kind("pipelines", frozenset(("executor", "Image")), ("nx-container", "nx-docker", "docker:", "docker-build:")),
    Kind(
        "passing",
        frozenset(),
        ("=", "local:", "include", "source ", ". "),
        ("IMG", "IMAGE", "TAG", "REGISTRY", "REPO", "image", "registry"),
    ),
    Kind("jenkins", frozenset(("docker.build", "docker.image")), (".push",)),
    Kind("jenkins", frozenset(("docker", "podman")), ('" +', "' +")),
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

LONGEST = 300_000
LONGEST_JSON = 50_000
"""A program has written a longer text, so it is not read."""

MOST = 2000
"""The maximum number of facts that are kept of one kind of text: a few lists can have millions of pairs."""


def images_in(text: str, *, script: bool = False) -> tuple[ImageFact, ...]:
    """What a text does to images.

    A `script` is not a manifest, although it may contain one in a here-document or as an example.
    """
    found: dict[ImageFact, None] = {}
    for module in readers_of(text, script=script):
        read: Callable[[str], Iterator[ImageFact]] = import_module(f"cmlint.manifest.images.{module}").read
        found.update(dict.fromkeys(islice(read(text), MOST)))
    return tuple(found)


def readers_of(text: str, *, script: bool = False) -> tuple[str, ...]:
    """The modules that read a text: a few words say first whether it can do anything to images."""
    if len(text) > (LONGEST_JSON if text.startswith(("{", "[")) else LONGEST):
        return ()
    manifest = not script and (text.startswith("apiVersion:") or "\napiVersion:" in text)
    kinds = OF_MANIFESTS if manifest else KINDS
    return tuple(dict.fromkeys(kind.module for kind in kinds if kind.reads(text)))


def has_any(text: str, words: tuple[str, ...]) -> bool:
    """Whether a text has one of a few words. A loop is faster than `any`."""
    for word in words:  # noqa: SIM110
        if word in text:
            return True
    return False
