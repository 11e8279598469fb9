"""Pods that wait for an image, a ConfigMap or a Secret."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from cmlint.api import Container, Context, Document, Draft, PodSpec, Reference, Span, rule
from cmlint_rules.cluster import (
    CONFIG_REASONS,
    IMAGE_REASONS,
    Blamed,
    blamed,
    counted,
    named,
    references_of_container,
    references_of_volumes,
    shown,
)

if TYPE_CHECKING:
    from cmlint.api import Mounting, Pod, Running


@rule(
    name="stuck-pod",
    summary="pods that wait for an image, a ConfigMap or a Secret",
    consequence="stuck",
    since="0.1.0",
)
def stuck_pod(document: Document, ctx: Context) -> Iterator[Draft]:
    """Once for each reason, at the reference or the image that pods wait for."""
    for spec in document.pods:
        yield from waiting_containers(spec, ctx)
        yield from waiting_volumes(spec, ctx)


class Wait(NamedTuple):
    """What containers of one name wait for: an image, or what a message of the kubelet says."""

    container: str
    reason: str
    what: str
    ephemeral: bool


def waiting_containers(spec: PodSpec, ctx: Context) -> Iterator[Draft]:
    """Containers that wait, pods that wait for the same together."""
    groups: dict[Wait, list[tuple[Pod, Running]]] = {}
    for pod in ctx.pods:
        for running in pod.containers:
            if running.reason in IMAGE_REASONS:
                what = running.image
            elif running.reason in CONFIG_REASONS and blamed(running.message):
                what = running.message
            else:
                continue
            wait = Wait(running.name, running.reason, what, running.ephemeral)
            groups.setdefault(wait, []).append((pod, running))
    for wait, found in groups.items():
        yield draft_of(wait, found, spec, ctx)


def draft_of(wait: Wait, found: list[tuple[Pod, Running]], spec: PodSpec, ctx: Context) -> Draft:
    """The message about containers that wait for the same."""
    container = next((c for c in spec.containers if c.name and c.name.value == wait.container), None)
    image = wait.reason in IMAGE_REASONS
    message = min(running.message for _, running in found)
    said = f"its image `{wait.what}`{f': {shown(message)}' if message else ''}" if image else shown(wait.what)
    words = f"the container `{wait.container}` of {counted(len(found))} waits in `{wait.reason}`: {said}"
    place = (container and (image_place(container, wait.what) if image else config_place(container, wait.what))) or None
    draft = ctx.finding(place or ctx.document.head, words, container=wait.container)
    if wait.ephemeral:
        advice = "`kubectl debug` has added this container; it stays as it is until the pod is deleted"
    else:
        advice = cure(wait.reason, current=place is not None)
    draft.now([pod.name for pod, _ in found], min(pod.since for pod, _ in found))
    return draft.help(f"{advice} ({named([pod.name for pod, _ in found])})")


def image_place(container: Container, image: str) -> Span | None:
    """Where the image is that pods wait for, unless the object names another by now."""
    return container.image.span if container.image and container.image.value == image else None


def config_place(container: Container, message: str) -> Span | None:
    """Where the reference is that pods wait for."""
    about = blamed(message)
    return next((place_of(r, about.key) for r in references_of_container(container) if about and about.is_in(r)), None)


def place_of(reference: Reference, key: str | None) -> Span:
    """The key that is missing, else the name."""
    return next((each.span for each in reference.keys if each.value == key), reference.name.span)


def waiting_volumes(spec: PodSpec, ctx: Context) -> Iterator[Draft]:
    """Volumes that cannot be mounted."""
    groups: dict[str, list[Pod]] = {}
    for pod in ctx.pods:
        for event in () if pod.mounted else pod.events:
            about = blamed(event.message)
            if about and not is_past(event, about, spec, ctx):
                groups.setdefault(event.message, []).append(pod)
    for message, pods in groups.items():
        reference, about = blamed_reference(spec, blamed(message))
        place = place_of(reference, about.key) if reference and about else None
        draft = ctx.finding(place or ctx.document.head, f"{counted(len(pods))} cannot mount a volume: {shown(message)}")
        names = [pod.name for pod in pods]
        draft.now(names, min(pod.since for pod in pods))
        yield draft.help(f"{cure('', current=place is not None)} ({named(names)})")


def blamed_reference(spec: PodSpec, about: Blamed | None) -> tuple[Reference | None, Blamed | None]:
    """The reference of a volume that a message is about."""
    found = references_of_volumes(spec, about.volume if about else None)
    return next((each for each in found if about and about.is_in(each)), None), about


def is_past(event: Mounting, about: Blamed, spec: PodSpec, ctx: Context) -> bool:
    """Whether what an event misses is there by now: the kubelet mounts it at the next try."""
    reference, _ = blamed_reference(spec, about)
    name = about.name or (reference.name.value if reference else None)
    target = about.target or (reference.target if reference else None)
    for cluster in ctx.bundle.clusters:
        held = cluster.held(target, name, ctx.placed.namespace) if name and target else None
        if held and (event.last < held.created or about.key is None or about.key in (held.keys or ())):
            return True
    return False


ABSENT_IMAGE = "ErrImageNeverPull"
"""With `imagePullPolicy: Never`, the image must be on the node (`pkg/kubelet/images/image_manager.go`)."""


def cure(reason: str, *, current: bool) -> str:
    """What ends the waiting."""
    if not current:
        return "the object no longer asks for it: these pods are of an earlier revision"
    if reason == ABSENT_IMAGE:
        return "`imagePullPolicy` is `Never`: load the image onto the nodes, or set another policy"
    if reason in IMAGE_REASONS:
        return "see whether the image exists and may be pulled; the kubelet tries again by itself"
    return "create what is missing, or fix the reference; the kubelet tries again by itself"
