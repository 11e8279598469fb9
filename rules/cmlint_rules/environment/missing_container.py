"""A `resourceFieldRef` to a container that the pod does not have."""

from collections.abc import Iterator

from cmlint.api import Container, Context, Draft, PodSpec, Scalar, Volume, nearest, rule, stops


@rule(
    name="missing-container",
    summary="a `resourceFieldRef` to a container that the pod does not have",
    consequence="stuck",
    since="0.1.0",
)
def missing_container(pod: PodSpec, ctx: Context) -> Iterator[Draft]:
    """The API server does not look for it, the kubelet does (`pkg/api/v1/resource/helpers.go`)."""
    names = stops.container_names(pod)
    for owner, of in named(pod) if names else ():
        if names and stops.is_unknown(of, names):
            name = owner.name.value if isinstance(owner, Container) and owner.name else None
            draft = ctx.finding(of.span, f"the pod has no container `{of.value}`", container=name)
            near, volume = nearest(of.value, names), isinstance(owner, Volume)
            otherwise = "name a container of this pod" if volume else "leave it out to mean this container"
            draft.help(f"did you mean `{near}`?" if near else otherwise)
            yield draft.idle() if isinstance(owner, Volume) and owner.idle else draft


def named(pod: PodSpec) -> Iterator[tuple[Container | Volume, Scalar]]:
    """The names of containers in a `resourceFieldRef`, each with the container or volume that it is in."""
    for container in pod.containers:
        yield from ((container, entry.of) for entry in container.env if entry.of)
    for volume in pod.volumes:
        yield from ((volume, of) for of in volume.of)
