"""A ConfigMap or Secret that holds too much."""

from collections.abc import Iterator

from cmlint.api import Context, Document, Draft, Provider, rule

OTHERWISE = (
    "argocd.argoproj.io/sync-options",
    "kustomize.toolkit.fluxcd.io/ssa",
    "helm.sh/hook",
    "meta.helm.sh/release-name",
)
"""Annotations of objects that are hardly applied by a plain `kubectl apply`."""


@rule(
    name="too-large",
    summary="a ConfigMap or Secret larger than 1 MiB, or too large for the annotation of `kubectl apply`",
    consequence="rejected",
    since="0.1.0",
    codes=("size",),
)
def too_large(document: Document, ctx: Context) -> Iterator[Draft]:
    """`kubectl apply` keeps a copy of the object in an annotation, and all annotations together hold 256 KiB."""
    faults = [fault for fault in document.faults if fault.code == "size"]
    for fault in faults:
        draft = ctx.finding(fault.span, f"`{fault.path}` {fault.reason}")
        yield draft.help("split it, or put large files into an image or a volume")
    if not faults and is_applied(ctx):
        yield from (uncopied(provider, ctx) for provider in document.providers if provider.copied)


def is_applied(ctx: Context) -> bool:
    """Whether somebody likely runs `kubectl apply`: no chart, nothing of GitOps, no live object."""
    bundle, placed = ctx.bundle, ctx.placed
    if bundle.live or bundle.scope.siblings or (placed.built and placed.built.rendered):
        return False
    return not bundle.has_gitops and not any(name in OTHERWISE for name in placed.document.annotations)


def uncopied(provider: Provider, ctx: Context) -> Draft:
    """The message about an object that can be created, and not applied."""
    message = f"a copy of the {provider.kind} `{provider.name.value}` has at least {provider.copied} bytes"
    message = f"{message}, and the annotation in which `kubectl apply` keeps it holds 262096"
    draft = ctx.finding(provider.name.span, message, consequence="stale")
    return draft.help("apply it with `kubectl apply --server-side`, which keeps no copy; or split it")
