"""A value that should be base64 and is not."""

import posixpath
from collections.abc import Iterator

from cmlint.api import Context, Draft, Fault, rule
from cmlint_rules.configmaps import is_example


@rule(
    name="invalid-base64",
    summary="a value that should be base64 and is not",
    consequence="rejected",
    since="0.1.0",
    codes=("base64",),
)
def invalid_base64(fault: Fault, ctx: Context) -> Iterator[Draft]:
    """`data` of a Secret and `binaryData` of a ConfigMap; several plain texts in one object are one mistake."""
    field, _, key = fault.path.partition(".")
    plain_texts = [each for each in ctx.document.faults if each.kind == "stand-in"] if fault.kind == "stand-in" else []
    if plain_texts and plain_texts[0] is not fault:
        return
    replaced = field == "data" and (is_example(ctx) or (bool(plain_texts) and is_replaced(ctx)))
    message = f"the value of `{key}` {fault.reason}"
    draft = ctx.finding(fault.span, message, consequence="tidiness" if replaced else None)
    for other in plain_texts[1:]:
        draft.also(other.span, "plain text as well")
    plain = "stringData" if field == "data" else "data"
    yield draft.help(f"put plain text under `{plain}`, or encode it: `base64 -w0 FILE`")


def is_replaced(ctx: Context) -> bool:
    """Whether a command or a SealedSecret makes the Secret, so that the manifest only shows what it holds."""
    name = ctx.document.name
    if name is None:
        return False
    return bool(ctx.bundle.index.created("Secret", name.value)) or is_sealed(ctx, name.value)


def is_sealed(ctx: Context, name: str) -> bool:
    """Whether a SealedSecret beside a Secret that no build has makes the same one: the file is what was encrypted.

    `kubeseal --format yaml < secret.yaml > sealed-secret.yaml` leaves both: README.md in bitnami-labs/sealed-secrets.
    """
    if ctx.placed.built:
        return False
    folder = posixpath.dirname(ctx.placed.path)
    return any(
        definition.provider.kind == "SealedSecret"
        and posixpath.dirname(definition.placed.written(definition.provider.name.span)[0]) == folder
        for definition in ctx.bundle.scope.everywhere("Secret", name)
    )
