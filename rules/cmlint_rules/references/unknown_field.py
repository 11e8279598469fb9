"""A field that Kubernetes does not know."""

from collections.abc import Iterator

from cmlint.api import Context, Draft, Fault, Rewrite, rule
from cmlint_rules.references import parent_and_field, short

BELONGS_TO_POD = "it belongs to the pod, under the `spec` of `template`"

MEANT = {
    "stringData": "a ConfigMap has only `data` and `binaryData`; `stringData` is a field of Secrets",
    "containers.environment": "did you mean `env`?",
    "containers.environments": "did you mean `env`?",
    "containers.envVars": "did you mean `env`?",
    "containers.pullPolicy": "did you mean `imagePullPolicy`?",
    "containers.configMapRef": "it goes under `envFrom`",
    "containers.secretRef": "it goes under `envFrom`",
    "containers.volumes": "volumes belong to the pod, beside `containers`; here they are mounted, by `volumeMounts`",
    "volumes.configMapRef": "did you mean `configMap`?",
    "volumes.secretRef": "did you mean `secret`?",
    "volumes.secretName": "it goes one level deeper, under `secret`",
    "spec.env": "variables belong to a container",
    "spec.envFrom": "variables belong to a container",
    "spec.volumeMounts": "mounts belong to a container",
    "spec.image": "an image belongs to a container",
    "annotations": "it goes one level deeper, under `metadata`",
    "labels": "it goes one level deeper, under `metadata`",
    "template.annotations": "it goes one level deeper, under the template's `metadata`",
    "template.labels": "it goes one level deeper, under the template's `metadata`",
    "spec.containers": BELONGS_TO_POD,
    "spec.initContainers": BELONGS_TO_POD,
    "spec.volumes": BELONGS_TO_POD,
    "spec.restartPolicy": BELONGS_TO_POD,
    "template.containers": BELONGS_TO_POD,
    "template.volumes": BELONGS_TO_POD,
    "jobTemplate.containers": BELONGS_TO_POD,
    "jobTemplate.template": "it goes one level deeper, under the `spec` of `jobTemplate`",
    "metadata.data": "it goes one level higher, beside `metadata`",
    "metadata.spec": "it goes one level higher, beside `metadata`",
    "spec.imagePullPolicy": "a pull policy belongs to a container",
    "spec.command": "a command belongs to a container",
    "spec.args": "arguments belong to a container",
    "spec.ports": "ports belong to a container",
}
"""What was meant by fields that are far from every right one."""


@rule(
    name="unknown-field",
    summary="a field that Kubernetes does not know, on a ConfigMap, Secret, workload, pod, container or volume",
    consequence="rejected",
    since="0.1.0",
    fixable=True,
    codes=("unknown-field",),
)
def unknown_field(fault: Fault, ctx: Context) -> Iterator[Draft]:
    """kubectl's strict validation refuses it; without that, the API server drops the field in silence."""
    draft = ctx.finding(fault.span, f"`{short(fault)}` {fault.reason}", container=fault.container)
    if fault.other:
        draft.also(fault.other, fault.label)
        for place in fault.more:
            draft.also(place, "the same here")
        draft.help("indent it by two blanks")
    elif fault.near:
        draft.help(f"did you mean `{fault.near}`?")
        draft.fix(f"write `{fault.near}`", Rewrite(fault.span, fault.text or "", fault.near), safe=False)
    else:
        draft.help(MEANT.get(parent_and_field(fault), "remove it: if it is not rejected, it is dropped silently"))
    yield draft
