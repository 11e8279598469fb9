"""What objects and comments in manifests say of images: skaffold, Tekton and Argo CD Image Updater."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import structs

from cmlint.manifest.images import builds
from cmlint.manifest.images.facts import Text
from cmlint.manifest.images.trees import Mapping, mappings
from cmlint.model.facts import Build, ImageFact

UPDATER = r"argocd-image-updater\.argoproj\.io/image-list[\"']?:[ \t]*(?:[>|]-?\n)?[ \t\"']*([^\n\"']+)"
"""https://argocd-image-updater.readthedocs.io/en/stable/basics/update-strategies/"""


IMAGES = ("IMAGE", "APP_IMAGE", "DESTINATION", "OUTPUT-IMAGE")
"""The parameters with the image that a task builds."""


def read(place: Text) -> Iterator[ImageFact]:
    """What is replaced or pushed by controllers and tools that read a manifest."""
    text = place.text
    for found in re.finditer(UPDATER, text) if "image-updater" in text else ():
        for entry in found[1].split(","):
            image = entry.rpartition("=")[2].strip()
            yield from place.fact("replaced", "Argo CD Image Updater", f"{image.partition(':')[0]}:*", found.start())
    if "kind: ImageUpdater" in text:
        yield from image_updater(place)
    if "skaffold/" in text:
        yield from skaffold(place)
    if "tekton.dev" in text:
        yield from tekton(place)


def image_updater(place: Text) -> Iterator[ImageFact]:
    """The images of an ImageUpdater of Argo CD: https://argocd-image-updater.readthedocs.io/en/stable/configuration/images/."""
    for node, top in mappings(place.text):
        if top.text("kind") == "ImageUpdater" and node.text("imageName"):
            name = node.text("imageName").partition(":")[0]
            yield from place.fact("replaced", "Argo CD Image Updater", f"{name}:*", node.at("imageName"))


def skaffold(place: Text) -> Iterator[ImageFact]:
    """The artifacts of skaffold.yaml, into which it puts a tag of its own: https://skaffold.dev/docs/taggers/."""
    for node, top in mappings(place.text):
        if top.text("apiVersion").startswith("skaffold/") and "artifacts" in node.entries:
            for artifact in node.items("artifacts"):
                if name := artifact.text("image"):
                    image, build = place.variables.fill(name), artifact_of(artifact, place)
                    yield place.of("replaced", "skaffold", image, "*", artifact.at("image"), builds=(build,))


def artifact_of(artifact: Mapping, place: Text) -> Build:
    """Of what an artifact is built: https://skaffold.dev/docs/references/yaml/#build-artifacts."""
    context = artifact.text("context") or "."
    dockerfile = artifact.get("docker").text("dockerfile") or artifact.get("kaniko").text("dockerfile")
    builder = next((name for name in ("jib", "ko", "buildpacks", "bazel", "custom") if name in artifact.entries), "")
    image = builds.named(builds.partly(place.variables, artifact.text("image")))
    return Build(image, context, builds.below(context, dockerfile), builder)


def tekton(place: Text) -> Iterator[ImageFact]:
    """A parameter for the image that is given to a task of kaniko or buildah; that of Konflux is `output-image`."""
    if not re.search("kaniko|buildah|buildpacks|jib|docker-build", place.text):
        return
    of: dict[int, Build] = {}
    for node, _ in mappings(place.text):
        of.update(of_task(node.items("params")))
        given = node.text("value", "default")
        if given and node.text("name").upper() in IMAGES:
            image = place.variables.fill(re.sub(PARAMETER, "*", given))
            build = of.get(id(node.node))
            of_image = (structs.replace(build, image=builds.named(image)),) if build else ()
            yield from place.fact("pushed", "Tekton", image, node.at("value", "default"), builds=of_image)


PARAMETER = r"\$\((?:params|tt)\.[\w.-]+\)"


def of_task(given: list[Mapping]) -> Iterator[tuple[int, Build]]:
    """Of what a task builds the image among its parameters, if one of them names the folder."""
    values = {each.text("name").upper().replace("-", "_"): each.text("value") for each in given}
    context = values.get("CONTEXT") or values.get("PATH_CONTEXT", "")
    if context and "$" not in context:
        build = Build("", context, values.get("DOCKERFILE", ""))
        yield from ((id(each.node), build) for each in given if each.text("name").upper() in IMAGES)
