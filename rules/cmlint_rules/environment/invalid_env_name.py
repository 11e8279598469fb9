"""A variable whose name Kubernetes does not accept."""

from collections.abc import Iterator

from cmlint.api import Container, Context, Draft, EnvFrom, Reference, Scalar, names, placeholders, rule, versions
from cmlint_rules.references import short


@rule(
    name="invalid-env-name",
    summary="a variable whose name Kubernetes refuses, or skips",
    consequence="rejected",
    since="0.1.0",
    codes=("env-name",),
)
def invalid_env_name(container: Container, ctx: Context) -> Iterator[Draft]:
    """Which names are accepted depends on the version (RelaxedEnvironmentVariableValidation)."""
    relaxed = ctx.settings.kubernetes_version >= versions.RELAXED_ENV_NAMES
    yield from unreadable(container, ctx)
    if ctx.pod and ctx.pod.exact:
        written = [(entry.name, "variable name") for entry in container.env]
        written += [(entry.prefix, "prefix") for entry in container.env_from]
        for name, what in written:
            if name and name.value:
                yield from refused(name, what, relaxed, ctx)
    if not relaxed:
        for entry in container.env_from:
            yield from skipped(entry, ctx)


def unreadable(container: Container, ctx: Context) -> Iterator[Draft]:
    """Names that are absent or no strings."""
    for fault in ctx.document.faults:
        if fault.code == "env-name" and fault.path.startswith(f"{container.path}.env["):
            written = f": {fault.text}" if fault.text else ""
            draft = ctx.finding(fault.span, f"`{short(fault)}{written}` {fault.reason}")
            yield draft.help(f'quote it: `name: "{fault.text}"`') if fault.text else draft


def refused(name: Scalar, what: str, relaxed: bool, ctx: Context) -> Iterator[Draft]:
    """A name or prefix that validation refuses (ValidateEnv, ValidateEnvFrom)."""
    reason = names.why_not_env_name(name.value, relaxed)
    if reason and not placeholders.is_placeholder(name.value):
        draft = ctx.finding(name.span, f"the {what} `{name.value}` {reason}")
        if not names.why_not_env_name(name.value, relaxed=True):
            draft.help("Kubernetes accepts it from 1.32 on")
        elif "=" in name.value:
            draft.help("remove the `=` and what follows; write the value under `value`")
        yield draft


def skipped(entry: EnvFrom, ctx: Context) -> Iterator[Draft]:
    """Keys that the kubelet leaves out because they would be no names (`pkg/kubelet/kubelet_pods.go` before 1.32)."""
    prefix = entry.prefix.value if entry.prefix else ""
    if entry.reference is None or names.why_not_env_name(prefix or "_", relaxed=False):
        return
    for definition in ctx.resolve(entry.reference).definitions:
        keys = [key for key in definition.provider.keys if not key.binary]
        bad = [key for key in keys if names.why_not_env_name(prefix + key.name, relaxed=False)]
        if bad:
            draft = ctx.finding(entry.reference.name.span, skipping(entry.reference, [prefix + k.name for k in bad]))
            for key in bad:
                draft.also(key.span, "defined here", definition.placed)
            yield draft.help("Kubernetes before 1.32 skips such keys; rename them, or add a `prefix`")


def skipping(reference: Reference, bad: list[str]) -> str:
    """The message about names that are left out."""
    listed = ", ".join(f"`{name}`" for name in bad)
    verb = "is not a valid variable name and is" if len(bad) == 1 else "are not valid variable names and are"
    return f"{listed} of the {reference.target} `{reference.name.value}` {verb} left out"
