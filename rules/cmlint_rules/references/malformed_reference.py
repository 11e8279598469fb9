"""A reference, volume or mount that the API server refuses."""

from collections.abc import Iterator

from cmlint.api import Context, Draft, Fault, Quote, Rewrite, names, only_near, rule
from cmlint_rules.references import parent_and_field, short

UNDER_VALUE_FROM = "it goes under `valueFrom`"
ONE_OR_ALL = "one key is read in `env`, by `valueFrom` and {one}; all of them in `envFrom`, by {all}"
CONFIGMAP_ONE_OR_ALL = ONE_OR_ALL.format(one="`configMapKeyRef`", all="`configMapRef`")
SECRET_ONE_OR_ALL = ONE_OR_ALL.format(one="`secretKeyRef`", all="`secretRef`")
NAMED_BY_NAME = "here the object is named by `name`"
OWN_NAMESPACE = "a pod reaches only what is in its own namespace"

MEANT = {
    "env.configMapKeyRef": UNDER_VALUE_FROM,
    "env.secretKeyRef": UNDER_VALUE_FROM,
    "env.fieldRef": UNDER_VALUE_FROM,
    "env.resourceFieldRef": UNDER_VALUE_FROM,
    "env.configMapRef": CONFIGMAP_ONE_OR_ALL,
    "env.secretRef": SECRET_ONE_OR_ALL,
    "valueFrom.configMapRef": CONFIGMAP_ONE_OR_ALL,
    "valueFrom.secretRef": SECRET_ONE_OR_ALL,
    "valueFrom.name": "it goes one level deeper, under `configMapKeyRef` or `secretKeyRef`",
    "valueFrom.key": "it goes one level deeper, under `configMapKeyRef` or `secretKeyRef`",
    "envFrom.configMapKeyRef": CONFIGMAP_ONE_OR_ALL,
    "envFrom.secretKeyRef": SECRET_ONE_OR_ALL,
    "envFrom.configMap": "did you mean `configMapRef`?",
    "envFrom.secret": "did you mean `secretRef`?",
    "envFrom.name": "it goes one level deeper, under `configMapRef` or `secretRef`",
    "configMapRef.key": CONFIGMAP_ONE_OR_ALL,
    "secretRef.key": SECRET_ONE_OR_ALL,
    "configMapRef.prefix": "it goes one level up, beside `configMapRef`",
    "secretRef.prefix": "it goes one level up, beside `secretRef`",
    "configMapKeyRef.configMap": NAMED_BY_NAME,
    "configMapKeyRef.configMapName": NAMED_BY_NAME,
    "secretKeyRef.secret": NAMED_BY_NAME,
    "secretKeyRef.secretName": NAMED_BY_NAME,
    "configMap.configMapName": NAMED_BY_NAME,
    "secret.secretName": NAMED_BY_NAME,
    "secret.name": "a volume's Secret is named by `secretName`",
    "configMapKeyRef.namespace": OWN_NAMESPACE,
    "secretKeyRef.namespace": OWN_NAMESPACE,
    "configMapRef.namespace": OWN_NAMESPACE,
    "secretRef.namespace": OWN_NAMESPACE,
    "configMap.namespace": OWN_NAMESPACE,
    "secret.namespace": OWN_NAMESPACE,
    "imagePullSecrets.namespace": OWN_NAMESPACE,
}
"""The help for fields at the wrong level."""


@rule(
    name="malformed-reference",
    summary="a reference, volume or mount that the API server refuses",
    consequence="rejected",
    since="0.1.0",
    fixable=True,
    codes=("reference",),
)
def malformed_reference(fault: Fault, ctx: Context) -> Iterator[Draft]:
    """A misspelt field, a part that is missing or cannot be one, wrong nesting, a mount of no volume."""
    path = short(fault)
    written = "" if fault.text is None or path.endswith(f".{fault.text}") else f": {fault.text}"
    draft = ctx.finding(fault.span, f"`{path}{written}` {fault.reason}", container=fault.container)
    if fault.kind == "misspelt":
        draft.consequence = "silent"
    if fault.other:
        draft.also(fault.other, fault.label)
    if help_text := advice(fault):
        draft.help(help_text)
    if fault.quotable:
        draft.fix("quote it", Quote(fault.span), safe=True)
    elif meant := word_meant(fault, ctx):
        draft.fix(f"write `{meant}`", Rewrite(fault.span, fault.text or "", meant), safe=False)
    yield draft


def word_meant(fault: Fault, ctx: Context) -> str | None:
    """The one word that was probably meant; of several that are near, none."""
    if fault.kind == "no-volume":
        volumes = [volume.name.value for pod in ctx.document.pods for volume in pod.volumes if volume.name]
        return only_near(fault.text or "", volumes)
    return fault.near or tidy_name(fault)


def tidy_name(fault: Fault) -> str | None:
    """A name in the letters that names have, where it has others."""
    text = fault.text or ""
    tidied = text.lower().replace("_", "-")
    named = fault.path.endswith(".name") and tidied != text
    return tidied if named and not names.why_not_subdomain(tidied) else None


def advice(fault: Fault) -> str | None:
    """What was probably meant."""
    field, text = fault.path.rpartition(".")[2], fault.text or ""
    if fault.near:
        return f"did you mean `{fault.near}`?"
    if fault.kind == "unknown-field":
        return MEANT.get(parent_and_field(fault))
    if fault.expected == "mapping" and field in ("configMapRef", "secretRef"):
        return f"write `{field}: {{name: {text}}}`"
    if fault.expected == "mapping" and "imagePullSecrets[" in field:
        return f"write `name: {text}`" if text else "write an entry with a `name`"
    if field == "spec" and fault.found == "list":
        return "did you forget `containers:` above the list?"
    if fault.expected == "string" and text:
        return f'quote it: `{field}: "{text}"`'
    if fault.kind == "no-volume":
        return "add an entry of this name to the pod's `volumes`"
    if fault.expected == "list" and field == "env":
        return "write each variable as an entry of its own, with `name` and `value`"
    tidied = tidy_name(fault)
    return f"did you mean `{tidied}`?" if tidied else None
