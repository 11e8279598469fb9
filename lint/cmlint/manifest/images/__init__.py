"""What a text does to images: which it pushes, builds, loads onto nodes, or puts into manifests.

One module for each kind of text; `KINDS` names them with the words that a text must hold before a module reads it. What
is found depends on the text alone: which images it concerns is decided in `bundle/proofs.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module
from itertools import islice
from typing import NamedTuple

from cmlint.model.facts import ImageFact


class Kind(NamedTuple):
    """A kind of text: the module that reads it, and words of which it has at least one, and one of `also` if any.

    In `manifests` nothing else is looked for: their commands are those of containers.
    """

    module: str
    words: tuple[str, ...]
    also: tuple[str, ...] = ()
    manifests: bool = False


KINDS = (
    Kind(
        "commands",
        (
            *(
                "docker ",
                "DOCKER",
                "docker-compose ",
                "podman",
                "buildah",
                "nerdctl",
                "kind ",
                "KIND",
                "minikube",
                "k3d ",
            ),
            *(
                "K3D",
                "kubectl",
                "KUBECTL",
                "oc ",
                "kustomize",
                "KUSTOMIZE",
                "sed ",
                "perl ",
                "yq ",
                "helm ",
                "HELM",
                "skopeo",
            ),
            *("crane ", "pack ", "buildctl", "az acr", "gcloud", "ibmcloud", "CONTAINER", "PODMAN", "--destination"),
            *("jib", "img push", "-Dimage", "build-image", "container-image", "ko ", "KO", "make ", "mvn ", "mvnw "),
            *(
                "run: task ",
                "- task ",
                "&& task ",
                "run: just ",
                "- just ",
                "&& just ",
                ".sh ",
                ".sh\n",
                '.sh"',
                ".sh'",
            ),
            *("regctl ", "executor", "earthly", "argocd ", "skaffold ", "-replace "),
        ),
        (
            *(
                "push",
                "publish",
                "release",
                "deploy",
                "--publish",
                " load",
                " import",
                "set image",
                "rollout restart",
                "s/",
                "s|",
                "s#",
            ),
            *(
                "s@",
                "s,",
                "s~",
                "s:",
                "s%",
                "image",
                "--set",
                " save",
                " build",
                " bud",
                "submit",
                "imagetools",
                "cache add",
            ),
            *("ko apply", "ko resolve", "ko create"),
            *("copy", "tag", "--destination", "--to", "executor", " mod ", "-replace "),
        ),
    ),
    Kind(
        "workflows",
        ("uses:",),
        (
            *(
                "build-push",
                "build-and-push",
                "bake-action",
                "push-to",
                "docker-build",
                "Publish-Docker",
                "publish-docker",
            ),
            *(
                "ecr-action",
                "action-kaniko",
                "gp-docker-action",
                "k8s-deploy",
                "k8s-bake",
                "uses: ./",
                "docker-publish",
                "metadata-action",
                "yaml-update-action",
                "gha-find-replace",
            ),
        ),
    ),
    Kind(
        "pipelines",
        (
            *(
                "Docker@",
                "plugins/docker",
                "plugins/ecr",
                "plugins/gcr",
                "plugins/acr",
                "plugins/kaniko",
                "plugins/buildx",
            ),
            *("plugin-docker", "plugin-kaniko", "drone-kaniko", "DockerCompose@", "Kubernetes@", "container-image:"),
            *("KUBECTL_COMMAND", "gke-deploy", "cloud-builders", "\nimages:", "docker/publish", "docker/push"),
            *(
                "docker/build",
                "aws-ecr/",
                "gcp-gcr/",
                "push-image:",
                "KubernetesManifest@",
                "drone-docker",
                "docker-buildx",
            ),
        ),
    ),
    Kind(
        "passing",
        ("IMG", "IMAGE", "TAG", "REGISTRY", "REPO", "image", "registry"),
        ("=", "local:", "include", "source ", ". "),
    ),
    Kind("jenkins", ("docker.build", "docker.image"), (".push",)),
    Kind("compose", ("\nservices:", "services:\n"), ("build",)),
    Kind(
        "builders",
        (
            *("docker_build", "custom_build", "podman_build", "nerdctl_build", "ko_build", "earthly_build"),
            *("SAVE IMAGE", 'target "', '"target"', "jib {", "jib.to", "jib{", "releases:"),
        ),
    ),
    Kind(
        "maven",
        ("<to>", "-maven-plugin", "<jib.to.image>", "<jkube.image.name>"),
        ("<image>", "jib.to.image", "jkube.image.name", "<docker.image>", "dockerfile-maven-plugin"),
    ),
    Kind("written", ("<<",), ("newTag:", "digest:")),
    Kind("renovate", ("pinDigests", "best-practices"), ("managerFilePatterns", "fileMatch")),
    Kind("manifests", ("skaffold/", "image-updater", "tekton.dev"), manifests=True),
)
"""Every kind of text that is read."""

LONGEST = 300_000
LONGEST_JSON = 50_000
"""A program has written a longer text, so it is not read."""

MOST = 2000
"""The maximum number of facts that are kept of one kind of text: a few lists can have millions of pairs."""


def images_in(text: str, *, script: bool = False) -> tuple[ImageFact, ...]:
    """What a text does to images; a few words say first whether there can be any.

    A `script` is not a manifest, although it may contain one in a here-document or as an example.
    """
    if len(text) > (LONGEST_JSON if text.startswith(("{", "[")) else LONGEST):
        return ()
    manifest = not script and (text.startswith("apiVersion:") or "\napiVersion:" in text)
    found: dict[ImageFact, None] = {}
    for kind in KINDS:
        if kind.manifests >= manifest and has_any(text, kind.words) and (not kind.also or has_any(text, kind.also)):
            read: Callable[[str], Iterator[ImageFact]] = import_module(f"cmlint.manifest.images.{kind.module}").read
            found.update(dict.fromkeys(islice(read(text), MOST)))
    return tuple(found)


def has_any(text: str, words: tuple[str, ...]) -> bool:
    """Whether a text has one of a few words. A loop is faster than `any`."""
    for word in words:  # noqa: SIM110
        if word in text:
            return True
    return False
