"""Pods of one workload that run different builds of one image."""

from collections.abc import Iterator

from cmlint.api import Context, Document, Draft, rule
from cmlint_rules.cluster import counted
from cmlint_rules.rollout import renewal

DIGEST = "@sha256:"
SHOWN = 12
"""The characters of a digest that are shown, as Docker shows them."""


@rule(
    name="drifted-tag",
    summary="pods of one workload that run different builds of one image",
    consequence="stale",
    since="0.1.0",
)
def drifted_tag(document: Document, ctx: Context) -> Iterator[Draft]:
    """By the digests that nodes have pulled for the same tag: a build has reached some pods and others not."""
    builds: dict[tuple[str, str], dict[str, list[str]]] = {}
    for pod in ctx.pods:
        for running in pod.containers:
            name, found, digest = running.image_id.rpartition(DIGEST)
            if found and name and (running.started or running.failed) and "@" not in running.image:
                here = builds.setdefault((running.name, running.image), {})
                here.setdefault(digest[:SHOWN], []).append(pod.name)
    for spec in document.pods:
        for container in spec.containers:
            if container.name is None or container.image is None:
                continue
            found_here = builds.get((container.name.value, container.image.value), {})
            if len(found_here) > 1:
                pods = sum(map(len, found_here.values()))
                message = f"{counted(pods)} run {len(found_here)} different builds of `{container.image.value}`"
                draft = ctx.finding(container.image.span, message, container=container.name.value)
                ran = "; ".join(f"`{digest}` in {counted(len(each))}" for digest, each in sorted(found_here.items()))
                draft.now({name for each in found_here.values() for name in each})
                yield draft.help(f"{ran}: pin a digest, or {renewal(ctx, 'with `imagePullPolicy: Always`')}")
