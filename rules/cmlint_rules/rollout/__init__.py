"""Rollouts: whether what has changed ever reaches the pods that run."""

from __future__ import annotations

from cmlint.api import Context, PodSpec, Reference, Resolution, readers, renewals

ROLLING, LASTING, replaces_pods = renewals.ROLLING, renewals.LASTING, renewals.replaces_pods


def renewal(ctx: Context, when: str) -> str:
    """What makes new pods of the object at hand, in words that begin with when it is due."""
    options = ctx.bundle.options_for(ctx.placed.namespace)
    return renewals.renewal(ctx.document, ctx.settings.kubernetes_version, when, options)


def follows(pod: PodSpec, reference: Reference, resolution: Resolution, ctx: Context) -> bool:
    """Whether the pods start again by themselves when this object changes."""
    definition = resolution.definitions[0] if resolution.definitions else None
    if not replaces_pods(ctx.document):
        return False
    return readers.rolls(ctx.document, pod, reference.target, reference.name.value, definition) is not None


def is_fixed(resolution: Resolution) -> bool:
    """Whether a ConfigMap is known and keeps its name when its content changes."""
    return resolution.status == "found" and readers.is_fixed(resolution.definitions[0].provider)
