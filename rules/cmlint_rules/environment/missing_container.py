"""A `resourceFieldRef` to a container that the pod does not have."""

from collections.abc import Iterator

from cmlint.api import Context, Draft, PodSpec, nearest, placeholders, rule

RUNNING = ("containers", "initContainers")


@rule(
    name="missing-container",
    summary="a `resourceFieldRef` to a container that the pod does not have",
    consequence="stuck",
    since="0.1.0",
)
def missing_container(pod: PodSpec, ctx: Context) -> Iterator[Draft]:
    """The API server does not look for it, the kubelet does (`pkg/api/v1/resource/helpers.go`)."""
    names = {each.name.value for each in pod.containers if each.name and each.list in RUNNING}
    if not pod.exact or any(map(placeholders.is_placeholder, names)):
        return
    for container in pod.containers:
        owner = container.name.value if container.name else None
        for of in (entry.of for entry in container.env if entry.of):
            if of.value not in names and not placeholders.is_placeholder(of.value):
                draft = ctx.finding(of.span, f"the pod has no container `{of.value}`", container=owner)
                near = nearest(of.value, names)
                yield draft.help(f"did you mean `{near}`?" if near else "leave it out to mean this container")
