"""Variables from a ConfigMap whose change reaches no pod."""

from collections.abc import Iterator

from cmlint.api import Container, Context, Draft, PodSpec, Reference, rule
from cmlint_rules.rollout import ROLLING, follows, is_fixed, renewal, replaces_pods

WAYS = (
    "let its name (kustomize's `configMapGenerator`) or an annotation of the pod template carry a hash of its content"
)

NAMED = "add its name to the annotation of Reloader, separated by a comma"


@rule(
    name="config-not-rolled-out",
    summary="variables from a ConfigMap whose change reaches no running pod",
    consequence="stale",
    since="0.1.0",
    pedantic=True,
)
def config_not_rolled_out(pod: PodSpec, ctx: Context) -> Iterator[Draft]:
    """Once for each ConfigMap, where neither the pod template changes with it nor a controller restarts the pods."""
    if not pod.exact or ctx.document.kind not in ROLLING:
        return
    watched = ctx.document.reloads
    seen: set[str] = set()
    for container in pod.containers:
        for reference in read_at_start(container):
            resolution, name = ctx.resolve(reference), reference.name.value
            if name in seen or not is_fixed(resolution) or follows(pod, reference, resolution, ctx):
                continue
            seen.add(name)
            message = f"a change of the ConfigMap `{name}` reaches no running pod: variables are set when it starts"
            container_name = container.name.value if container.name else None
            draft = ctx.finding(reference.name.span, message, container=container_name)
            draft.also(resolution.definitions[0].provider.name.span, "defined here", resolution.definitions[0].placed)
            if watched and replaces_pods(ctx.document):
                draft.also(watched[0].span, "only what is named here is watched")
            other = f"; or {NAMED if watched else WAYS}" * replaces_pods(ctx.document)
            yield draft.help(f"{renewal(ctx, 'after a change')}{other}")


def read_at_start(container: Container) -> Iterator[Reference]:
    """The ConfigMaps that a container's environment is made of."""
    references = [entry.reference for entry in container.env_from] + [entry.reference for entry in container.env]
    yield from (reference for reference in references if reference and reference.target == "ConfigMap")
