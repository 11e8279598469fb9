"""Where images are named, and how nodes pull them."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from cmlint.bundle import renewal
from cmlint.bundle.bundle import Bundle
from cmlint.bundle.documents import Placed
from cmlint.bundle.proofs import Subject, image_of
from cmlint.kube import images
from cmlint.kube.versions import ROLLOUT_RESTART, Version
from cmlint.model.changes import Add, Change, Rewrite
from cmlint.model.facts import Container, Document, Scalar

POLICIES = ("Always", "IfNotPresent", "Never")
LISTS = ("containers", "initContainers", "ephemeralContainers", "steps", "sidecars")

PATTERN = r"[*!|]"
"""What an image has in a policy, which compares images with it."""

RESOLVED_KINDS = ("DeploymentConfig",)
RESOLVED_GROUPS = ("serving.knative.dev/",)
RESOLVED_ANNOTATION = "image.openshift.io/triggers"


class Use(msgspec.Struct, frozen=True):
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


class Pull(msgspec.Struct, frozen=True):
    """A valid image in its place, and the policy by which it is pulled in effect.

    A `stored` policy is written nowhere: the live object was created with it, and keeps it.
    """

    use: Use
    image: images.Image
    policy: str
    placed: Placed
    stored: bool = False

    @property
    def by_default(self) -> bool:
        """Whether the API server has set the policy."""
        return self.use.policy is None

    @property
    def subject(self) -> Subject:
        """The image as the evidence is asked for it."""
        written = self.use.written
        return Subject(written.value, self.image, self.placed, written.span, self.use.container_name)


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


def pulls_of(placed: Placed, bundle: Bundle, *, always: bool) -> Iterator[Pull]:
    """The valid images of an object, with the policy that a node follows, which is `Always` where all of them are.

    None where a controller puts a digest in place of the tag, and none whose policy is none of the three. Where
    something in the name is a placeholder, the tag must be written out.
    """
    for use in () if resolves_tags(placed.document) else uses(placed.document):
        if pull := pull_of(use, placed, bundle, always=always):
            yield pull


def pull_of(use: Use, placed: Placed, bundle: Bundle, *, always: bool) -> Pull | None:
    """How the image in a place is pulled; None where it is not valid, or its policy is none of the three."""
    image = image_of(use.written.value)
    if image is None:
        return None
    stored = None if use.policy or bundle.live else stored_policy(use, placed, bundle)
    policy = use.policy.value if use.policy else stored or images.default_pull_policy(image)
    if policy not in POLICIES:
        return None
    return Pull(use, image, "Always" if always else policy, placed, stored is not None and not always)


def stored_policy(use: Use, placed: Placed, bundle: Bundle) -> str | None:
    """The policy that the live object was created with: a default is set once, and no later apply takes it away.

    `SetDefaults_Container` in `pkg/apis/core/v1/defaults.go` sets what is empty, which in a live object it never is.
    """
    if use.container_name is None:
        return None
    found = (cluster.pull_policy(placed, use.container_name) for cluster in bundle.clusters)
    return next((policy for policy in found if policy), None)


def resolves_tags(document: Document) -> bool:
    """Whether a controller puts digests in place of tags, so that the policy written here decides nothing."""
    return (
        document.kind in RESOLVED_KINDS
        or document.api_version.startswith(RESOLVED_GROUPS)
        or RESOLVED_ANNOTATION in document.annotations
    )


def arrival(pull: Pull, version: Version, options: str = "") -> str:
    """What makes each push of an image arrive in new pods, in words.

    `options` are those by which kubectl reaches them.
    """
    document, other = pull.placed.document, renewal.with_options(other_spelling(pull, version), options)
    renewed = f"{renewal.renewal(document, version, 'after each push', options)}{other}"
    return renewed if pull.policy == "Always" else f"set `{pull.use.field}: Always`, and {renewed}"


def other_spelling(pull: Pull, version: Version) -> str:
    """The other way to roll what runs `latest` where kubectl cannot restart: `app` and `app:latest` are the same."""
    document = pull.placed.document
    old = version < ROLLOUT_RESTART and document.kind in renewal.ROLLING
    if not old or pull.image.tag not in (None, "latest") or not pull.use.container_name:
        return ""
    other = pull.image.short if pull.image.tag else f"{pull.image.short}:latest"
    return f", or `{renewal.set_image(document, pull.use.container_name, other)}`"
