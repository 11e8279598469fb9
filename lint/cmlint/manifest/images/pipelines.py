"""Pipelines of other CI systems, and what else names images in YAML: tasks, plugins, orbs, pipes and resources.

Commands in these texts are read in `commands.py`, and tasks of Azure in `azure.py`. Drone and Woodpecker: plugins;
Google: cloudbuild.yaml; CircleCI: orbs; Bitbucket: pipes; Nx: targets; Pulumi: resources; DevSpace: devspace.yaml.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from cmlint.kube.names import bare_path
from cmlint.manifest.images import azure, builds
from cmlint.manifest.images.commands import google, kubectl, set_image
from cmlint.manifest.images.facts import Text, combinations, passed_on
from cmlint.manifest.images.trees import Mapping, mappings
from cmlint.model.facts import Build, ImageFact

PLUGIN = re.compile(
    r"(?:[\w.-]+/)*(?:[\w-]*plugins?/(?:docker|docker-buildx|ecr|gcr|acr|kaniko\S*|buildx\S*)"
    r"|plugin-(?:docker-buildx|kaniko|docker)|drone-\w*(?:docker|kaniko)\S*)(?::|\Z)"
)
UPDATE_ORB = re.compile(r"(?:kubernetes|aws-eks)/update[-_]container[-_]image\Z")
"""https://circleci.com/developer/orbs/orb/circleci/kubernetes#commands-update-container-image"""

ORB = re.compile(
    r"docker/(?:publish|push|build)|aws-ecr/\S*(?:build|push)\S*|gcp-gcr/(?:push-image|build-and-push-image)"
)
DEVSPACE = re.compile(r"v\d+(?:alpha|beta)?\d*\Z")
"""The versions of devspace.yaml (https://www.devspace.sh/docs/configuration/images/)."""

PIPE = re.compile(r"atlassian/(?:aws-ecr|google-gcr)-push-image|atlassian/\S*push-image")


BUILDER = re.compile("cloud-builders/|cloudsdktool/")
"""https://cloud.google.com/build/docs/cloud-builders"""

KUBECTL = "atlassian/kubectl-run:"
"""https://bitbucket.org/atlassian/kubectl-run"""


def read(place: Text) -> Iterator[ImageFact]:
    """What the tasks of a pipeline push."""
    for node, top in mappings(place.text):
        yield from task(node, place)
        yield from resource(node, place)
        for name in node.entries:
            if ORB.match(name):
                yield from orb(node.get(name), name, node.at(name), place)
            elif UPDATE_ORB.match(name):
                given = node.get(name)
                arguments = f"{given.text('resource-name', 'resource_name')} "
                arguments += given.text("container-image-updates", "container_image_updates")
                yield from set_image(arguments, node.at(name), place)
        yield from called(node, place)
        yield from extended(node, top, place)
        yield from whole_file(node, place) if node.node is top.node else ()
        if BUILDER.search(node.text("name")):
            yield from step(node, place)


def called(node: Mapping, place: Text) -> Iterator[ImageFact]:
    """The files that a pipeline takes in, with what it gives to them: templates of Azure, includes of GitLab.

    https://learn.microsoft.com/en-us/azure/devops/pipelines/process/templates and https://docs.gitlab.com/ci/inputs/
    """
    for key, values in (("template", "parameters"), ("local", "inputs")):
        path, given = node.text(key).partition("@")[0], node.get(values)
        if path and given.entries:
            pairs = ((name, place.variables.fill(given.text(name))) for name in given.entries)
            file = re.sub(r"^(?:\.{0,2}/)+", "", path)
            yield place.of(
                "calls", key, "", "", node.at(key), files=(file,), given=tuple(passed_on(*pair) for pair in pairs)
            )


def extended(job: Mapping, top: Mapping, place: Text) -> Iterator[ImageFact]:
    """What a job of GitLab gives to one of an included file of the repository whose script it takes over.

    https://docs.gitlab.com/ci/yaml/#extends and https://docs.gitlab.com/ci/yaml/yaml_optimization/#reference-tags
    """
    given = job.get("variables")
    taken = [word for word, _ in job.words("extends")] + re.findall(REFERENCE, job.written(place.text, "script"))
    if not (given.entries and taken):
        return
    include = top.get("include")
    named = [include.text(), include.text("local"), *(each.text() or each.text("local") for each in include.items())]
    pairs = tuple(passed_on(name, place.variables.fill(given.text(name))) for name in given.entries)
    for path in dict.fromkeys(map(bare_path, filter(None, named))):
        if path.endswith((".yml", ".yaml")) and "*" not in path:
            more = {"was": " ".join(taken), "files": (path,), "given": pairs}
            yield place.of("calls", "extends", "", "", job.at("variables"), **more)


REFERENCE = r"!reference[ \t]*\[[ \t]*[\"']?([\w.-]+)"


def resource(node: Mapping, place: Text) -> Iterator[ImageFact]:
    """What a target of Nx or a resource of Pulumi pushes, of which the file itself says so.

    https://github.com/gperdomor/nx-tools/tree/main/packages/nx-container and
    https://www.pulumi.com/registry/packages/docker/api-docs/image/
    """
    if re.match(NX, node.text("executor")):
        options = node.get("options")
        for word, at in options.words("tags") if options.text("push") == "true" else ():
            yield from place.fact("pushed", "nx-container", place.variables.fill(word), at)
    given = node.get("properties")
    if re.fullmatch(PULUMI, node.text("type")) and given.text("skipPush") != "true":
        for name, at in given.words("imageName"):
            yield from place.fact("pushed", "Pulumi", place.variables.fill(name), at)
        for tag, at in given.words("tags") if given.text("push") == "true" else ():
            yield from place.fact("pushed", "Pulumi", place.variables.fill(tag), at)


NX = r"@nx-tools/nx-(?:container|docker):build\Z"
PULUMI = r"docker(?:-build)?:(?:index:)?Image"


def task(node: Mapping, place: Text) -> Iterator[ImageFact]:
    """What a task, a plugin or a pipe pushes."""
    image, pipe = node.text("image"), node.text("pipe")
    if node.text("task"):
        yield from azure.task(node.text("task"), node.get("inputs"), place)
    elif PLUGIN.match(image):
        yield from plugin(node.get("settings") if "settings" in node.entries else node, image, place)
    elif pipe.startswith(KUBECTL):
        command = node.get("variables").text("KUBECTL_COMMAND")
        if command.startswith("set image "):
            yield from set_image(command.removeprefix("set image "), node.at("variables"), place)
    elif PIPE.match(pipe):
        given = node.get("variables")
        tags = [tag for tag, _ in given.words("TAGS")] or ["latest"]
        for (word, at), tag in combinations(given.words("IMAGE_NAME"), tags):
            yield from place.fact("pushed", "pipe", place.variables.fill(f"*/{word}:{tag}"), at)


def whole_file(top: Mapping, place: Text) -> Iterator[ImageFact]:
    """What cloudbuild.yaml pushes, and what devspace.yaml replaces."""
    if "steps" in top.entries and "images" in top.entries:
        for word, at in top.words("images"):
            begin = place.text.find(word, at)
            yield from place.fact("pushed", "Cloud Build", place.variables.fill(word), begin)
            if "$" in word:
                opened = place.fact("pushed", "Cloud Build", place.variables.left_open(word), begin)
                yield from map(place.opened, opened)
    elif DEVSPACE.match(top.text("version")):
        yield from devspace(top.get("images"), place)


def devspace(images: Mapping, place: Text) -> Iterator[ImageFact]:
    """The images of devspace.yaml, which DevSpace builds and puts into what it deploys, with a tag of its own."""
    for built in map(images.get, images.entries):
        if name := built.text("image"):
            image = builds.named(builds.partly(place.variables, name))
            of = Build(image, built.text("context") or ".", built.text("dockerfile"))
            yield place.of("replaced", "DevSpace", place.variables.fill(name), "*", built.at("image"), builds=(of,))


def plugin(given: Mapping, image: str, place: Text) -> Iterator[ImageFact]:
    """A plugin of Drone or Woodpecker."""
    if given.text("dry_run", "dry-run") == "true" or not given.text("repo"):
        return
    registry, repo = (place.variables.fill(given.text(name)) for name in ("registry", "repo"))
    full = f"{registry.rstrip('/')}/{repo}" if registry and "." not in repo.partition("/")[0] else repo
    automatic = given.text("auto_tag", "auto-tag") == "true"
    tags = [place.variables.fill(tag) for tag, _ in given.words("tags", "tag")] or ["latest"]
    context, dockerfile = (builds.partly(place.variables, given.text(name)) for name in ("context", "dockerfile"))
    of = builds.either(full, context, dockerfile)
    for tag in (*tags, *(["latest"] if automatic else [])):
        yield from place.fact("pushed", image.partition(":")[0], f"{full}:{tag}", given.at("repo"), builds=of)


def orb(given: Mapping, name: str, at: int, place: Text) -> Iterator[ImageFact]:
    """A job or step of an orb; without a tag it pushes one of the commit."""
    if name.startswith("docker/build") and given.text("push") == "false":
        return
    image = place.variables.fill(given.text("image", "repo", "name"))
    context, dockerfile = (builds.partly(place.variables, given.text(*keys)) for keys in (ORB_PATHS, ("dockerfile",)))
    of = builds.either(f"*/{image}", context, dockerfile)
    for tag, _ in given.words("tag", "tags", "tag-name"):
        yield from place.fact("pushed", name, f"*/{image}:{place.variables.fill(tag)}", at, builds=of)


ORB_PATHS = ("docker-context", "docker_context", "build-path", "build_path", "path")
"""The parameters of orbs with the folder that is built."""


def step(node: Mapping, place: Text) -> Iterator[ImageFact]:
    """A step of Cloud Build that runs docker, kubectl or gke-deploy with a list of arguments."""
    words = [(place.variables.fill(item.text()), item.at()) for item in node.items("args")]
    builder, first = node.text("name"), words[0] if words else ("", 0)
    if first[0] == "build":
        yield from cloud_build(node, place)
    elif first[0] == "push" and "/docker" in builder:
        for word, at in words[1:]:
            if not word.startswith("-"):
                yield from place.fact("pushed", "docker push", word, at)
    elif (program := node.text("entrypoint") or builder.rpartition("/")[2].partition(":")[0]) in STEPS:
        yield from STEPS[program](place, program, [word for word, _ in words], first[1], "")
    elif "/gke-deploy" in builder:
        given = " ".join(word for word, _ in words)
        for image in re.findall(r"(?:--image|-i)[= ](\S+)", given):
            yield from place.fact("replaced", "gke-deploy", image, first[1])


STEPS = {"kubectl": kubectl, "gcloud": google}
"""The programs of steps, each with what its arguments do."""


def cloud_build(node: Mapping, place: Text) -> Iterator[ImageFact]:
    """A step of Cloud Build that builds: https://cloud.google.com/build/docs/build-config-file-schema#dir."""
    arguments = [(builds.partly(place.variables, item.text()), item.at()) for item in node.items("args")]
    words, folder = [word for word, _ in arguments], node.text("dir")
    paths = [*builds.following(words, "-f"), *builds.following(words, "--file"), ""]
    for (flag, _), (image, at) in pairwise(arguments):
        if flag in ("-t", "--tag"):
            build = Build(builds.named(image), builds.below(folder, words[-1]), builds.below(folder, paths[0]))
            yield from place.fact("built", "docker build", builds.unknown(image), at, builds=(build,))
