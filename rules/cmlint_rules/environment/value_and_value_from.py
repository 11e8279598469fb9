"""A variable with `value` and `valueFrom`, or with none or several sources."""

from collections.abc import Iterator

from cmlint.api import Context, Document, Draft, Env, Fault, Scalar, Span, rule
from cmlint_rules.environment import name_of, variable_of

IN_PATCH = "a patch keeps what it does not name: write `valueFrom: null` beside `value`"


@rule(
    name="value-and-value-from",
    summary="a variable with `value` and `valueFrom`, or whose `valueFrom` has none or several sources",
    consequence="rejected",
    since="0.1.0",
    codes=("env-sources",),
)
def value_and_value_from(document: Document, ctx: Context) -> Iterator[Draft]:
    """Each variable has exactly one place that its value comes from; an empty `value` counts for nothing."""
    for fault in document.faults:
        if fault.code == "env-sources":
            yield refused(fault, ctx)
    for pod in document.pods:
        for container in pod.containers:
            for entry in container.env:
                if entry.beside:
                    owner = container.name.value if container.name else None
                    yield without_effect(entry, entry.beside, owner, ctx)


def without_effect(entry: Env, value: Scalar, owner: str | None, ctx: Context) -> Draft:
    """The message about an empty value beside a source; where no patch wrote it, it is only superfluous."""
    read = entry.reference.span if entry.reference else entry.value.span if entry.value else entry.span
    patched = is_patched(value.span, read, ctx)
    message = f"the empty `value` of `{name_of(entry)}` has no effect: `valueFrom` is used"
    draft = ctx.finding(value.span, message, consequence="silent", pedantic=not patched, container=owner)
    return draft.help(IN_PATCH if patched else "keep the one that you want")


def refused(fault: Fault, ctx: Context) -> Draft:
    """The message about what the API server refuses; where a patch wrote the value, that is the place to change."""
    message = f"`valueFrom` of `{variable_of(fault, ctx)}` {fault.reason}"
    if fault.other and is_patched(fault.other, fault.span, ctx):
        draft = ctx.finding(fault.other, message, container=fault.container)
        return draft.also(fault.span, "`valueFrom` is set here").help(IN_PATCH)
    draft = ctx.finding(fault.span, message, container=fault.container)
    if fault.other:
        draft.also(fault.other, fault.label)
    return draft.help("keep the one that you want" if fault.kind == "several-sources" else "name the source")


def is_patched(value: Span, source: Span, ctx: Context) -> bool:
    """Whether a value was written in another text than the `valueFrom` beside it."""
    return ctx.placed.written(value)[0] != ctx.placed.written(source)[0]
