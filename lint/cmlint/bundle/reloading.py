"""What makes a workload roll when a ConfigMap or Secret changes: hashes in its template, Reloader and Wave.

Reloader's rules are those of `ShouldReload` in `pkg/common/common.go` and of `getContainerUsingResource` in
`internal/pkg/handler/upgrade.go` of https://github.com/stakater/Reloader. Wave's are those of `getChildNamesByType` and
`hasRequiredAnnotation` in `pkg/core/` of https://github.com/wave-k8s/wave.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal, NamedTuple

from cmlint.bundle.documents import Definition
from cmlint.kube.selecting import LONGEST
from cmlint.model.facts import Document, PodSpec, Reference, Target

Roller = Literal["hash", "Reloader", "Wave", "controller"]
"""What makes a workload roll: an annotation with a hash in its template, a known controller, or one like these."""

HASHES = "(?i)checksum|hash|sha1|sha256|digest|config-?version|rollme|timestamp"
"""What is in the name of an annotation by which a pod template changes with its configuration."""

RESTARTERS = "(?i)reload|wave"
"""What is in the name of an annotation of a controller that restarts pods."""

RELOADER = "reloader.stakater.com/"
AUTO, SEARCH, MATCH, IGNORE = (f"{RELOADER}{name}" for name in ("auto", "search", "match", "ignore"))
WAVE = "wave.pusher.com/update-on-config-change"
EXTRA: dict[Target, str] = {"ConfigMap": "wave.pusher.com/extra-configmaps", "Secret": "wave.pusher.com/extra-secrets"}
WAVED = ("Deployment", "StatefulSet", "DaemonSet")
"""The kinds that Wave updates."""

KINDS: dict[Target, tuple[str, str]] = {"ConfigMap": ("configmap.", "configmaps."), "Secret": ("secret.", "secrets.")}

IMAGES: dict[Roller, str] = {
    "Reloader": r"(?:^|/)stakater/reloader(?:[:@]|\Z)",
    "Wave": r"(?:^|/)(?:wave-k8s|pusher)/wave(?:[:@]|\Z)",
}
"""The images by which files or a cluster show that a controller runs."""

PLAIN = r"[A-Za-z0-9-]*"
HARD = r"[(){}|?]|(?<![.\w\]])[*+]"
"""What is in a regular expression that may take long, besides more than two parts of any length."""

MOST = 20
"""The maximum number of regular expressions of one annotation that are tried."""


class Rolls(NamedTuple):
    """What makes a workload roll, and the name of the annotation that says so."""

    by: Roller
    annotation: str


def rolls(
    document: Document, pod: PodSpec, target: Target, name: str, definition: Definition | None = None
) -> Rolls | None:
    """What makes a workload roll when an object changes; None where nothing does."""
    if hashed := next((each for each in pod.annotations if re.search(HASHES, each)), ""):
        return Rolls("hash", hashed)
    own, of_pod = dict(document.watched), dict(pod.watched)
    if own.get(WAVE) == "true" and document.kind in WAVED and is_waved(own, pod, target, name):
        return Rolls("Wave", WAVE)
    if reason := reloads(own, of_pod, pod, target, name, definition=definition):
        return Rolls("Reloader", reason)
    others = [each for each in (*document.annotations, *pod.annotations) if each not in own and each not in of_pod]
    unknown = next((each for each in others if re.search(RESTARTERS, each)), "")
    return Rolls("controller", unknown) if unknown else None


def reloads(
    own: Mapping[str, str],
    of_pod: Mapping[str, str],
    pod: PodSpec,
    target: Target,
    name: str,
    *,
    definition: Definition | None,
) -> str:
    """The annotation for which Reloader restarts a workload; empty where it does not.

    `own` are the annotations of the workload, `of_pod` those of its template, which count where `own` has none of the
    four that matter.
    """
    of_object = dict(definition.placed.document.watched) if definition else {}
    if of_object.get(IGNORE) == "true":
        return ""
    kind, kinds = KINDS[target]
    named, typed = f"{kind}{RELOADER}reload", f"{kind}{RELOADER}auto"
    if name in names_in(own.get(f"{kinds}exclude.{RELOADER}reload")):
        return ""
    said = own if {named, typed, AUTO, SEARCH} & own.keys() else of_pod
    if any_matches(names_in(said.get(named)), name):
        return named
    marked = definition is None or of_object.get(MATCH) == "true"
    candidates = (
        (SEARCH, said.get(SEARCH) == "true" and marked),
        (AUTO, is_true(said.get(AUTO))),
        (typed, is_true(said.get(typed))),
    )
    found = next((annotation for annotation, counts in candidates if counts), "")
    return found if found and is_used(pod, target, name) else ""


def is_used(pod: PodSpec, target: Target, name: str) -> bool:
    """Whether Reloader sees that a pod uses an object: it looks at the first volume of it, and at no mere volume."""
    containers = [each for each in pod.containers if each.list != "ephemeralContainers"]
    volume = next(
        (v.name.value for v in pod.volumes if v.name and any(is_of(s.reference, target, name) for s in v.sources)),
        None,
    )
    if volume is not None and any(mount.name.value == volume for each in containers for mount in each.mounts):
        return True
    references = [entry.reference for each in containers for entry in each.env]
    references += [entry.reference for each in containers for entry in each.env_from]
    return any(is_of(reference, target, name) for reference in references)


def is_waved(own: Mapping[str, str], pod: PodSpec, target: Target, name: str) -> bool:
    """Whether an object is in Wave's hash: of a volume, of the environment of a container, or named by an annotation.

    What only init containers read is in no hash.
    """
    containers = [each for each in pod.containers if each.list == "containers"]
    references: list[Reference | None] = [source.reference for volume in pod.volumes for source in volume.sources]
    references += [entry.reference for each in containers for entry in each.env]
    references += [entry.reference for each in containers for entry in each.env_from]
    extra = {each.rpartition("/")[2] for each in names_in(own.get(EXTRA[target]))}
    return name in extra or any(is_of(reference, target, name) for reference in references)


def is_of(reference: Reference | None, target: Target, name: str) -> bool:
    """Whether a reference names an object."""
    return reference is not None and reference.target == target and reference.name.value == name


def is_true(value: str | None) -> bool:
    """Whether an annotation says yes, as Go reads it (`strconv.ParseBool`)."""
    return value in ("1", "t", "T", "TRUE", "true", "True")


def names_in(value: str | None) -> list[str]:
    """The names in a list that is separated by commas."""
    return [part for each in (value or "").split(",") if (part := each.strip())]


def any_matches(patterns: list[str], name: str) -> bool:
    """Whether `^pattern$` matches a name for one of some patterns; with more than anybody writes, one surely does."""
    if name in patterns:
        return True
    others = [each for each in patterns if not re.fullmatch(PLAIN, each)]
    return len(others) > MOST or any(matches(each, name) for each in others)


def matches(pattern: str, name: str) -> bool:
    """Whether `^pattern$` matches a name; a pattern that may take long to try counts as one that does."""
    if len(name) > LONGEST or re.search(HARD, pattern) or len(re.findall(r"[*+]", pattern)) > 2:
        return True
    try:
        return re.search(f"^{pattern}$", name) is not None
    except re.error:
        return False
