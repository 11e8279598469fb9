"""A chart or a kustomization that is not built, or only without a part."""

import re
from collections.abc import Iterator

from cmlint.api import FAILURES, Bundle, Context, Draft, Failure, Severity, rule

HELPS = {
    ("broken", "chart"): "fix the template; `helm template` shows the same error",
    ("broken", "kustomization"): "fix the entry; `kustomize build` shows the same error",
    ("values", "chart"): "give it values with `--helm-values`, or with `helm: values:` in the configuration",
    ("program", "chart"): "install helm, or name it with `--helm`; `--no-build` checks the files as they are",
    ("program", "kustomization"): "run `pip install 'cmlint[kustomize]'`, or install kustomize or kubectl; "
    "`--no-build` checks the files as they are",
    ("remote", "kustomization"): "fetch it with `--allow-remote`, or accept this: `ignore: [not-built/remote]`",
    ("dependency", "chart"): "run `helm dependency build` first, or cmlint with `--build-dependencies`",
    ("limit", "chart"): "allow more seconds with `build-timeout` in the configuration",
    ("limit", "kustomization"): "allow more seconds with `build-timeout` in the configuration",
}
"""What to do about a failure, by its cause and by what is not built."""

UNASKED = "a Helm chart is rendered only with `--enable-helm`"
"""Why a chart in a kustomization is not rendered."""

ADVICE = {
    r" is not in or below .*, and kustomize reads no other by default$": "move the file into that folder, or write a "
    "kustomization beside the file, and name the file's folder",
    r"no matches for Id .*; failed to find unique target for patch$": "correct the kind, name or namespace in the "
    "patch, or remove the entry",
    r"(?:^|: )in \S+: yaml: |^(?:cannot load values\.yaml|failed to parse [^:]+): ": "fix the YAML of this file",
    r"cannot unmarshal (?:number|bool) into Go (?:struct field \S+|value) of type string": "put the value in quotes",
    r"^chart requires kubeVersion: ": "name the version of your cluster with `--kubernetes-version`, or with the "
    "setting `kubernetes-version`",
    r"kustomization\.yaml is empty$": "name what it builds in `resources`, or remove it",
    r"the line is indented less than the first one$": "give all keys of the first level the same indentation",
    r"^the chart `[^`]*` is not there, ": "add the chart, or its `repo`",
    r"^helm, which renders its charts, is not installed$": "install helm",
    rf"{UNASKED}$": "run cmlint with `--enable-helm`, and with "
    "`--allow-remote` where the chart is not in the repository",
}
"""What to do about reasons that kustomize and helm give, by what is in their words."""

LACKS = "`charts/` lacks "
"""How the reason begins when nothing was fetched; otherwise `--build-dependencies` has failed."""

OURS = ("broken", "missing-file")
"""The causes for which `kubectl apply -k` or `helm install` would also refuse it."""


@rule(
    name="not-built",
    summary="a chart or kustomization that cannot be built",
    consequence="unchecked",
    since="0.1.0",
    causes=FAILURES,
)
def not_built(bundle: Bundle, ctx: Context) -> Iterator[Draft]:
    """One finding for each cause, with all the places that have it."""
    for failure, placed, others, aimed in bundle.failed():
        draft = ctx.finding(failure.span, message_of(failure), placed=placed)
        draft.cause, draft.severity = failure.cause, severity_of(failure)
        for other in others:
            draft.also(other.document.span, "the same here", other)
        if aimed:
            draft.also(aimed.document.span, "nothing here builds this object", aimed)
        yield draft.help(help_for(failure))


def severity_of(failure: Failure) -> Severity:
    """A mistake is an error, what may be there elsewhere is a warning, what is left out on purpose is an info."""
    if failure.ignored or failure.made:
        return "info" if failure.partly else "warning"
    return "error" if failure.cause in OURS else "warning"


def message_of(failure: Failure) -> str:
    """What is not built, and why. Several entries of one file are about one chart or kustomization."""
    number = len({path for path, _ in failure.places})
    return f"{f'{number} {failure.thing}s are' if number > 1 else f'the {failure.thing} is'} {failure.words}"


def help_for(failure: Failure) -> str:
    """What to do about it."""
    if (failure.ignored or failure.made) and failure.partly:
        return "everything but what the file may define is checked"
    if failure.values and failure.cause == "values" and not failure.near:
        return f"give the value in `{failure.values}`, or a default in the chart's own values"
    if failure.near and not failure.made:
        return f"did you mean `{failure.near}`?"
    if failure.cause == "refused" and failure.partly and not failure.reason.endswith(UNASKED):
        return "everything but what it adds is checked; accept this: `ignore: [not-built/refused]`"
    if advice := next((advice for words, advice in ADVICE.items() if re.search(words, failure.reason)), None):
        return advice
    if failure.ignored or failure.made:
        return "create the file before the check, or accept this: `ignore: [not-built/missing-file]`"
    if failure.cause == "missing-file":
        return "add the file, or remove the entry"
    if failure.cause == "dependency" and not failure.partly and not failure.reason.startswith(LACKS):
        return "fix that, or leave out `--build-dependencies`: the chart is then rendered without them"
    return HELPS.get((failure.cause, failure.thing), "skip it with `exclude`, or ignore this finding")
