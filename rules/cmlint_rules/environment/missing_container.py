"""A `resourceFieldRef` to a container that the pod does not have."""

from collections.abc import Iterator

from cmlint.api import Context, Draft, PodSpec, Scalar, nearest, rule, stops


@rule(
    name="missing-container",
    summary="a `resourceFieldRef` to a container that the pod does not have",
    consequence="stuck",
    since="0.1.0",
)
def missing_container(pod: PodSpec, ctx: Context) -> Iterator[Draft]:
    """The API server does not look for it, the kubelet does (`pkg/api/v1/resource/helpers.go`)."""
    names = stops.container_names(pod)
    for owner, of, otherwise in named(pod) if names else ():
        if names and stops.is_unknown(of, names):
            draft = ctx.finding(of.span, f"the pod has no container `{of.value}`", container=owner)
            near = nearest(of.value, names)
            yield draft.help(f"did you mean `{near}`?" if near else otherwise)


def named(pod: PodSpec) -> Iterator[tuple[str | None, Scalar, str]]:
    """The containers that a `resourceFieldRef` names: who reads it, the name, and what else to do."""
    for container in pod.containers:
        owner = container.name.value if container.name else None
        yield from ((owner, entry.of, "leave it out to mean this container") for entry in container.env if entry.of)
    for volume in pod.volumes:
        yield from ((None, of, "name a container of this pod") for of in volume.of)
