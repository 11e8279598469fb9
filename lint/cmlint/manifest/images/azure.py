"""Tasks of Azure Pipelines that push images or put them into manifests.

https://learn.microsoft.com/en-us/azure/devops/pipelines/tasks/reference/
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cmlint.manifest.images import builds
from cmlint.manifest.images.commands import set_image
from cmlint.manifest.images.facts import Text
from cmlint.manifest.images.trees import Mapping
from cmlint.model.facts import Build, ImageFact

ANYWHERE = "**/Dockerfile"
"""Which Dockerfile Azure takes by default: any in the repository."""


def task(name: str, given: Mapping, place: Text) -> Iterator[ImageFact]:
    """What a task does, by its name with its version and its inputs."""
    if name.startswith(("Docker@0", "Docker@1")):
        yield from old_docker_task(given, place)
    elif name.startswith("Docker@"):
        yield from docker_task(given, place)
    elif name.startswith("DockerCompose@"):
        if given.text("action").lower() in ("push services", "push service images"):
            yield place.of("pushed", name, "{compose}", "", given.at("action"))
    elif name.startswith("Kubernetes@"):
        if given.text("command") == "set" and given.text("arguments").startswith("image "):
            yield from set_image(given.text("arguments").removeprefix("image "), given.at("arguments"), place)
    elif name.startswith("KubernetesManifest@"):
        for word, at in given.words("containers"):
            yield from place.fact("replaced", name, place.variables.fill(word), at)


def docker_task(given: Mapping, place: Text) -> Iterator[ImageFact]:
    """Azure's `Docker@2`, which builds and pushes unless it has another command; the registry is a connection."""
    if given.text("command").lower() not in ("", "push", "buildandpush"):
        return
    repository = place.variables.fill(given.text("repository", "imageName"))
    dockerfile = builds.partly(place.variables, given.text("Dockerfile", "dockerfile") or ANYWHERE)
    path = re.sub(r"^\{-\w+\}/", "", dockerfile)
    context = given.text("buildContext").removeprefix("$(Build.SourcesDirectory)").strip("/")
    folder = builds.partly(place.variables, context) or path.rpartition("/")[0] or "."
    build = Build(f"*/{builds.partly(place.variables, given.text('repository', 'imageName'))}", folder, path)
    for tag, at in given.words("tags"):
        image = f"{repository}:{place.variables.fill(tag)}"
        begin = max(place.text.find(tag, at), at)
        yield from place.fact("pushed", "Docker@2", f"*/{image}", begin, builds=(build,))
        written = f"*/{given.text('repository', 'imageName')}:{tag}"
        if "parameters." in written:
            opened = place.fact("pushed", "Docker@2", place.variables.left_open(written), begin)
            yield from map(place.opened, opened)


def old_docker_task(given: Mapping, place: Text) -> Iterator[ImageFact]:
    """Azure's tasks before `Docker@2`, which take the name with its tag; the registry is a connection.

    https://learn.microsoft.com/en-us/azure/devops/pipelines/tasks/reference/docker-v1
    """
    if given.text("command", "action").lower() in ("push an image", "push images", "push"):
        image = place.variables.fill(given.text("imageName"))
        latest = [f"{image.rpartition(':')[0] or image}:latest"] if given.text("includeLatestTag") == "true" else []
        for one in (image, *latest):
            yield from place.fact("pushed", "Docker@1", f"*/{one}", given.at("command", "action"))
