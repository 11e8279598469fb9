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
    Draft,
    Fault,
    FileFacts,
    Placed,
    Rewrite,
    Scalar,
    Settings,
    Span,
    Subject,
    Value,
    images,
    numbers,
    placeholders,
    tags,
)

FILLED = "0filled0"
"""Stands for a placeholder in an image's name."""

POLICIES = ("Always", "IfNotPresent", "Never")
LISTS = ("containers", "initContainers", "ephemeralContainers", "steps", "sidecars")

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
    yield from (
        pull for pull in open_pulls(placed, ctx) if not placeholders.is_placeholder_image(pull.use.written.value)
    )


def open_pulls(placed: Placed, ctx: Context) -> Iterator[Pull]:
    """The same with images in whose name something is still to be filled in, as long as their tag is written out."""
    document = placed.document
    for use in () if resolves_tags(document) else uses(document):
        image = image_of(use.written.value)
        if image is None:
            continue
        stored = None if use.policy or ctx.bundle.live else stored_policy(use, placed, ctx)
        policy = use.policy.value if use.policy else stored or images.default_pull_policy(image)
        if policy in POLICIES:
            always = ctx.settings.assume_always_pull
            yield Pull(use, image, "Always" if always else policy, stored is not None and not always)


def image_of(text: str) -> images.Image | None:
    """A valid image; one with placeholders in its name only is read as if they were words."""
    if placeholders.is_placeholder_image(text):
        if text == placeholders.INJECTED or text.startswith("ko://"):
            return None
        filled = placeholders.filled_image(text, FILLED)
        _, colon, tag = filled.rpartition(":")
        named = colon and "/" not in tag
        if FILLED in (tag if named else filled.rpartition("/")[2]) or placeholders.is_placeholder_image(filled):
            return None
        text = filled
    try:
        return images.parse_image(text)
    except images.BadImageError:
        return None


def number_in_values(span: Span, text: str, ctx: Context) -> Shown | None:
    """The number in the values of a chart that helm has written as this text, which is another form of it."""
    built = ctx.placed.built
    found = (each for each in built.values_of(span) if numbers.is_rewritten(each.written, text)) if built else ()
    return next(map(Shown.of, found), None)


def rewritten(number: Shown, fault: Fault, name: str, ctx: Context) -> Draft:
    """The finding about a number in the values of a chart that helm writes in another form, where a text has to be."""
    message = f"`{number.route}` is the number {number.written}, of which helm makes another text for `{name}`"
    draft = ctx.finding(number.span, message, placed=number.placed, container=fault.container)
    draft.also(fault.span, "must be a string", ctx.placed)
    return draft.help(f'quote it: `"{number.written}"`, and in the template with `| quote`')


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


class Shown(NamedTuple):
    """A value in the values of a chart, as a place of a finding."""

    route: str
    written: str
    span: Span
    placed: Placed

    @classmethod
    def of(cls, value: Value) -> Shown:
        """A value as a place."""
        document = Document(value.span, value.span, "", "values", None, None)
        return cls(value.route, value.written, value.span, Placed(value.path, document, FileFacts(()), -1))


def subject_of(pull: Pull, ctx: Context) -> Subject:
    """The image as the evidence is asked for it."""
    return Subject(pull.use.written.value, pull.image, ctx.placed, pull.use.written.span, pull.use.container_name)


def movement(pull: Pull, settings: Settings) -> tags.Movement:
    """Whether an image moves; the configuration's patterns come first."""
    return tags.movement(pull.image, settings.mutable_tags, settings.pinned_tags)
