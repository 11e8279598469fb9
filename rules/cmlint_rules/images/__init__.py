"""Images: which build a container runs, and whether a new one ever reaches it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from cmlint.api import (
    Add,
    Change,
    Container,
    Context,
    Document,
    Placed,
    Rewrite,
    Scalar,
    Settings,
    images,
    placeholders,
    tags,
)

POLICIES = ("Always", "IfNotPresent", "Never")
LISTS = ("containers", "initContainers", "ephemeralContainers", "steps", "sidecars")

LOADED_REGISTRIES = ("ko.local", "kind.local", "dev.local")

PATTERN = r"[*!|]"
"""What an image has in a policy, which compares images with it."""

RESOLVED_KINDS = ("DeploymentConfig",)
RESOLVED_GROUPS = ("serving.knative.dev/",)
RESOLVED_ANNOTATION = "image.openshift.io/triggers"


class Use(NamedTuple):
    """A place that names an image: a container, or without one an image volume.

    `policy` is the pull policy as it is written there.
    """

    written: Scalar
    policy: Scalar | None
    container: Container | None

    @property
    def field(self) -> str:
        """The field that the policy has in this place."""
        return "imagePullPolicy" if self.container else "pullPolicy"

    @property
    def always(self) -> Change:
        """What makes nodes pull the image each time."""
        if self.policy:
            return Rewrite(self.policy.span, self.policy.value, "Always")
        return Add(self.written.span, "image" if self.container else "reference", self.field, "Always")

    @property
    def container_name(self) -> str | None:
        """The container's name."""
        return self.container.name.value if self.container and self.container.name else None


class Pull(NamedTuple):
    """A valid image in its place, and the policy by which it is pulled in effect.

    A `stored` policy is written nowhere: the live object was created with it, and keeps it.
    """

    use: Use
    image: images.Image
    policy: str
    stored: bool = False

    @property
    def by_default(self) -> bool:
        """Whether the API server has set the policy."""
        return self.use.policy is None


def uses(document: Document) -> Iterator[Use]:
    """Every image of an object; in a custom resource only those that become a pod's own for certain."""
    for pod in document.pods:
        for container in pod.containers:
            if container.image and (pod.exact or (container.list in LISTS and is_image(container.image.value))):
                yield Use(container.image, container.pull_policy, container)
        for volume in pod.volumes:
            if volume.image:
                yield Use(volume.image, volume.pull_policy, None)


def is_image(text: str) -> bool:
    """Whether a text in a custom resource is meant as an image: triggers fill a blank, policies have patterns.

    https://docs.openshift.com/container-platform/4.15/openshift_images/triggering-updates-on-imagestream-changes.html
    """
    return bool(text.strip()) and not re.search(PATTERN, text)


def pulls(placed: Placed, ctx: Context) -> Iterator[Pull]:
    """The valid images of an object, with the policy that a node follows.

    None where a controller puts a digest in place of the tag, and none whose policy is none of the three.
    """
    document = placed.document
    for use in () if resolves_tags(document) else uses(document):
        if placeholders.is_placeholder_image(use.written.value):
            continue
        try:
            image = images.parse_image(use.written.value)
        except images.BadImageError:
            continue
        stored = None if use.policy or ctx.bundle.live else stored_policy(use, placed, ctx)
        policy = use.policy.value if use.policy else stored or images.default_pull_policy(image)
        if policy in POLICIES:
            always = ctx.settings.assume_always_pull
            yield Pull(use, image, "Always" if always else policy, stored is not None and not always)


def stored_policy(use: Use, placed: Placed, ctx: Context) -> str | None:
    """The policy that the live object was created with: a default is set once, and no later apply takes it away.

    `SetDefaults_Container` in `pkg/apis/core/v1/defaults.go` sets what is empty, which in a live object it never is.
    """
    if use.container_name is None:
        return None
    found = (cluster.pull_policy(placed, use.container_name) for cluster in ctx.bundle.clusters)
    return next((policy for policy in found if policy), None)


def resolves_tags(document: Document) -> bool:
    """Whether a controller puts digests in place of tags, so that the policy written here decides nothing."""
    return (
        document.kind in RESOLVED_KINDS
        or document.api_version.startswith(RESOLVED_GROUPS)
        or RESOLVED_ANNOTATION in document.annotations
    )


def is_loaded(image: images.Image) -> bool:
    """Whether tools put an image on the nodes themselves (`kind load`, ko), so that a restart starts the newest one."""
    built_here = image.registry == "docker.io" and "local" in re.split("[-_.]", image.tag or "")
    return built_here or image.registry in LOADED_REGISTRIES


def movement(pull: Pull, settings: Settings) -> tags.Movement:
    """Whether an image moves; the configuration's patterns come first."""
    return tags.movement(pull.image, settings.mutable_tags, settings.pinned_tags)
