"""Pods that wait for an image, a ConfigMap or a Secret."""

from collections.abc import Iterator

from cmlint.api import Container, Context, Document, Draft, PodSpec, Reference, Span, rule
from cmlint_rules.cluster import (
    CONFIG_REASONS,
    IMAGE_REASONS,
    blamed,
    counted,
    named,
    references_of_container,
    references_of_volumes,
)


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


def waiting_containers(spec: PodSpec, ctx: Context) -> Iterator[Draft]:
    """Containers that wait, pods that wait for the same together."""
    groups: dict[tuple[str, str, str], list[str]] = {}
    for pod in ctx.pods:
        for running in pod.containers:
            if running.reason in IMAGE_REASONS:
                groups.setdefault((running.name, running.reason, running.image), []).append(pod.name)
            elif running.reason in CONFIG_REASONS and blamed(running.message):
                groups.setdefault((running.name, running.reason, running.message), []).append(pod.name)
    for (name, reason, what), pods in groups.items():
        container = next((c for c in spec.containers if c.name and c.name.value == name), None)
        image = reason in IMAGE_REASONS
        said = f"its image `{what}`" if image else what
        message = f"the container `{name}` of {counted(len(pods))} waits in `{reason}`: {said}"
        place = (container and (image_place(container, what) if image else config_place(container, what))) or None
        draft = ctx.finding(place or ctx.document.head, message, container=name)
        yield draft.help(f"{cure(image=image, current=place is not None)} ({named(pods)})")


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
    groups: dict[str, list[str]] = {}
    for pod in ctx.pods:
        if any(running.started for running in pod.containers):
            continue  # the event is about a time before it could start
        for message in pod.events:
            if blamed(message):
                groups.setdefault(message, []).append(pod.name)
    for message, pods in groups.items():
        about = blamed(message)
        found = references_of_volumes(spec, about.volume if about else None)
        place = next((place_of(r, about.key) for r in found if about and about.is_in(r)), None)
        draft = ctx.finding(place or ctx.document.head, f"{counted(len(pods))} cannot mount a volume: {message}")
        yield draft.help(f"{cure(image=False, current=place is not None)} ({named(pods)})")


def cure(*, image: bool, current: bool) -> str:
    """What ends the waiting."""
    if not current:
        return "the object no longer asks for it: these pods are of an earlier revision"
    if image:
        return "see whether the image is there and may be pulled; the kubelet tries again by itself"
    return "create what is missing, or mend the reference; the kubelet tries again by itself"
