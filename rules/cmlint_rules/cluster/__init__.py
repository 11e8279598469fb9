"""Clusters: what only those that run show, and what a change would do to them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence, Set
from typing import TYPE_CHECKING, NamedTuple

from cmlint.api import Bundle, Container, Context, Definition, Draft, PodSpec, Reference, Target
from cmlint_rules.rollout import renewal

if TYPE_CHECKING:
    from cmlint.api import Cluster, Held, Pod, Running

IMAGE_REASONS = (
    "ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull", "ImageInspectError",
    "RegistryUnavailable", "SignatureValidationFailed",
)  # fmt: skip
"""Why a container waits for its image (`pkg/kubelet/images/types.go`; the last two are in `image_manager.go`)."""

CONFIG_REASONS = ("CreateContainerConfigError", "CreateContainerError")
"""Why a container waits for its configuration (`pkg/kubelet/kuberuntime/kuberuntime_container.go`)."""

ABSENT = r'\b(configmap|secret)s? "([^"]+)" not found'
NO_KEY = r"couldn't find key (\S+) in (ConfigMap|Secret) [^/\s]+/([^\s,]+)"
NO_FILE = r"references non-existent (config|secret) key: (\S+)"
CREDENTIALS = r"(?<=://)[^/@\s\"']+@"
"""The user and password of a URL."""

VOLUME = r'volume "([^"]+)"'
"""What the kubelet says of a reference that leads nowhere (`pkg/kubelet/kubelet_pods.go`,
`pkg/volume/configmap/configmap.go`, `pkg/volume/secret/secret.go`)."""

SHOWN_PODS = 3

LONGEST = 400
"""The characters of a message that are shown."""


class Blamed(NamedTuple):
    """What a message of the kubelet is about: a ConfigMap or Secret, a key of it, and the volume, as far as it says."""

    target: Target | None
    name: str | None
    key: str | None
    volume: str | None

    def is_in(self, reference: Reference) -> bool:
        """Whether a reference is what is meant."""
        keys = {key.value for key in reference.keys}
        return (
            self.target in (None, reference.target)
            and self.name in (None, reference.name.value)
            and (self.key is None or self.key in keys or not keys)
        )


def blamed(message: str) -> Blamed | None:
    """What a message is about, or None where it is about something else than ConfigMaps and Secrets."""
    volume = re.search(VOLUME, message)
    where = volume[1] if volume else None
    if found := re.search(ABSENT, message):
        return Blamed("ConfigMap" if found[1] == "configmap" else "Secret", found[2], None, where)
    if found := re.search(NO_KEY, message):
        return Blamed("ConfigMap" if found[2] == "ConfigMap" else "Secret", found[3], found[1], where)
    if found := re.search(NO_FILE, message):
        return Blamed("ConfigMap" if found[1] == "config" else "Secret", None, found[2], where)
    return None


def shown(message: str) -> str:
    """What the kubelet says, in one line and without the credentials of a URL."""
    line = " ".join(re.sub(CREDENTIALS, "***@", message).split())
    return line if len(line) <= LONGEST else f"{line[:LONGEST]}…"


def references_of_container(container: Container) -> Iterator[Reference]:
    """The references of a container's environment."""
    yield from (entry.reference for entry in container.env_from if entry.reference)
    yield from (entry.reference for entry in container.env if entry.reference)


def references_of_volumes(pod: PodSpec, name: str | None) -> Iterator[Reference]:
    """The references of a volume, or of all."""
    for volume in pod.volumes:
        if name is None or (volume.name and volume.name.value == name):
            yield from (source.reference for source in volume.sources)


def named(pods: Sequence[str]) -> str:
    """Pods in words; of many the first few."""
    shown = [f"`{name}`" for name in sorted(pods)[:SHOWN_PODS]]
    more = len(pods) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")


def counted(number: int) -> str:
    """A number of pods."""
    return f"{number} pod{'' if number == 1 else 's'}"


def held_for(definition: Definition, cluster: Cluster) -> Held | None:
    """What a cluster has in the place of what a bundle alone defines, if that is a plain ConfigMap or Secret.

    Where several files define a name, they are alternatives, of which it is not known which one goes to this cluster.
    """
    provider = definition.provider
    namespace = definition.namespace or cluster.namespace
    if provider.kind != provider.target or provider.open or provider.glob or namespace is None:
        return None
    if cluster.times_defined(provider.target, provider.name.value, definition.namespace) != 1:
        return None
    return cluster.held(provider.target, provider.name.value, namespace)


def definitions_of(bundle: Bundle) -> Iterator[Definition]:
    """All providers that a bundle of files defines."""
    for placed in () if bundle.live else bundle.placed:
        yield from (Definition(placed, provider) for provider in placed.document.providers)


def listed(keys: Sequence[str]) -> str:
    """Keys in words; of many the first few."""
    shown = [f"`{key}`" for key in keys[:6]]
    more = f" and {len(keys) - 6} more" if len(keys) > 6 else ""
    return ("the key " if len(keys) == 1 else "the keys ") + ", ".join(shown) + more


class KeysRead(NamedTuple):
    """A reference, and the keys of its object that are read when a container starts; None for all keys."""

    reference: Reference
    keys: Set[str] | None


class Change(NamedTuple):
    """When an object was written, where that is known, and whether data that is read has surely changed then."""

    time: str
    sure: bool


def outdated(rule: str, container: Container, reads: Iterable[KeysRead], ctx: Context) -> Iterator[Draft]:
    """Once for each object: the pods in which a container runs since before a change of the data that it reads.

    Changes that are not sure are reported only where pedantic findings of the `rule` are wanted.
    """
    for read in reads:
        for cluster in ctx.bundle.clusters:
            name = read.reference.name.value
            held = cluster.held(read.reference.target, name, ctx.placed.namespace)
            if held is not None and (found := older(container, held, read.keys, ctx.pods)):
                if any(change.sure for change in found) or ctx.wants_pedantic(rule):
                    yield draft_of(read.reference, found, cluster, ctx)
                break


def older(container: Container, held: Held, keys: Set[str] | None, pods: Iterable[Pod]) -> dict[Change, list[str]]:
    """The pods that are older than a change, by the change."""
    name = container.name.value if container.name else ""
    found: dict[Change, list[str]] = {}
    for pod in pods:
        for running in pod.containers:
            if running.name == name and running.started and (change := change_since(pod, running, held, keys)):
                found.setdefault(change, []).append(pod.name)
    return found


def change_since(pod: Pod, running: Running, held: Held, keys: Set[str] | None) -> Change | None:
    """What has changed since a container has started.

    A manager that owns nothing but keys that are read has surely changed one of them; of any other, it may have been a
    label, or another key. An object that was created since may have been there before. Where the API server has kept no
    times, the order of changes tells: the pod's state has not changed since the object has.
    """
    if not held.writes:
        return Change("", False) if 0 < pod.revision < held.revision else None
    read = set(keys if keys is not None else held.keys or ())
    since = [
        Change(write.time, write.only and held.created < write.time and read.issuperset(write.keys))
        for write in held.writes
        if running.started < write.time and (not read or not read.isdisjoint(write.keys))
    ]
    return max(since, key=lambda change: (change.sure, change.time), default=None)


def draft_of(reference: Reference, found: dict[Change, list[str]], cluster: Cluster, ctx: Context) -> Draft:
    """The finding about one object; a change that is not sure counts only where none is."""
    sure = {change: pods for change, pods in found.items() if change.sure}
    pods = sorted({name for each in (sure or found).values() for name in each})
    what, last = f"the {reference.target} `{reference.name.value}`", max(change.time for change in sure or found)
    when = f" at {last}" if last else ""
    if sure:
        said = f"{what} was last changed{when}, and may run with old values"
    else:
        said = f"{what} was last written{when}, perhaps with the same data"
    draft = ctx.finding(reference.name.span, f"{counted(len(pods))} started before {said}", pedantic=not sure)
    draft.severity = None if sure else "info"
    definition = cluster.definition(reference.target, reference.name.value, ctx.placed.namespace or "")
    draft.also(definition.provider.name.span, "changed since" if sure else "written since", definition.placed)
    draft.now(pods, last)
    return draft.help(f"{renewal(ctx, 'to let them read it')} ({named(pods)})")
