"""The environment of a container, exactly as the kubelet makes it (`pkg/kubelet/kubelet_pods.go`)."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from cmlint.bundle.documents import Definition, Placed
from cmlint.bundle.evidence.question import LookupOptions
from cmlint.bundle.resolve import Resolution, Resolver
from cmlint.knowledge.placeholders import is_placeholder
from cmlint.knowledge.services import may_be_service, variables_of
from cmlint.kube import expansion, names
from cmlint.model.facts import Container, Env, EnvFrom, Key, Reference, Service, Span


class Origin(msgspec.Struct, frozen=True):
    """Where a variable's value comes from.

    `kind` is `literal`, `ConfigMap`, `Secret`, `field`, `resource`, `file` or `service`, `key` what is read of it;
    `definition` is where the value is defined, `span` where it is brought into the container.
    """

    kind: str
    name: str | None
    key: str | None
    via: str
    span: Span
    definition: Definition | None = None
    key_fact: Key | None = None


class Variable(msgspec.Struct, frozen=True):
    """One variable: `value` is None when it is masked, or known only in the running pod."""

    name: str
    value: str | None
    masked: bool
    origin: Origin
    shadows: list[Origin] = []


class Word(msgspec.Struct, frozen=True):
    """A word of a command: `value` is None when it is masked, or known only in the running pod."""

    value: str | None
    masked: bool


class Unresolved(msgspec.Struct, frozen=True):
    """A reference, or one key of it, that leads nowhere or into the unknown; of a key the variable that reads it."""

    reference: Reference
    key: str | None
    missing: bool
    variable: str | None = None


class Environment(msgspec.Struct, kw_only=True):
    """A container's variables by name.

    `complete` says that no variable can exist besides those listed and those for services, of which there are only the
    API server's without `service_links`. `starts` is False when the container surely does not start. One that is
    `too_large` has more characters than `room`, hidden values included: from there on values are not known, and no
    further keys are taken from `envFrom`. `refused` are names that no version of Kubernetes accepts.
    """

    room: int
    service_links: bool
    starts: bool
    variables: dict[str, Variable] = msgspec.field(default_factory=dict)
    unresolved: list[Unresolved] = msgspec.field(default_factory=list)
    complete: bool = True
    size: int = 0
    too_large: bool = False
    command: tuple[Word, ...] = ()
    args: tuple[Word, ...] = ()
    refused: list[str] = msgspec.field(default_factory=list)

    def set(self, name: str, value: str | None, masked: bool, origin: Origin) -> None:
        """Sets a variable, remembering what it hides."""
        if not self.fits(len(name) + len("=") + len(value or "")):
            value = None
        before = self.variables.pop(name, None)
        shadows = before.shadows if before else []
        if before:
            shadows.append(before.origin)
        self.variables[name] = Variable(name, value, masked, origin, shadows)

    def fits(self, size: int) -> bool:
        """Whether there is room for this number of characters; if so, it is used up."""
        self.size += size
        if self.size > self.room:
            self.too_large, self.complete = True, False
        return not self.too_large

    def may_have(self, name: str) -> bool:
        """Whether the running container may have a variable that is not listed."""
        if name in self.variables:
            return False
        return not self.complete or may_be_service(name, links=self.service_links)

    def lookup(self, name: str) -> str | None:
        """A variable's value for `$(NAME)`, or None when it has none that can be shown."""
        variable = self.variables.get(name)
        return variable.value if variable else None


def environment_of(
    container: Container,
    placed: Placed,
    resolver: Resolver,
    services: Iterable[Service] = (),
    *,
    room: int = expansion.LARGEST,
) -> Environment:
    """A container's environment, with its command and arguments expanded in it; `services` become variables.

    It may have as many characters as there is `room` for.
    """
    links = has_service_links(container, placed)
    environment = Environment(room=room, service_links=links, starts=not is_refused(placed))
    for service in services if environment.service_links else ():
        if environment.too_large:
            break
        for name, value in variables_of(service):
            environment.set(name, value, False, Origin("service", service.name.value, None, "service", container.span))
    for entry in container.env_from:
        add_from(environment, entry, placed, resolver)
    for variable in container.env:
        add_variable(environment, variable, placed, resolver)
    environment.command = tuple(word(environment, text.value) for text in container.command)
    environment.args = tuple(word(environment, text.value) for text in container.args)
    return environment


def is_refused(placed: Placed) -> bool:
    """Whether the API server refuses the object, so that none of its containers starts.

    What is wrong with a volume is left to it: of a container that the kubelet would start, the environment is known.
    """
    last_wins = placed.built is not None and placed.built.last_wins
    faults = [fault for fault in placed.document.faults if "volumes[" not in fault.path]
    return any(fault.code != "repeated-key" or not last_wins for fault in faults)


def word(environment: Environment, text: str) -> Word:
    """A word of a command, expanded."""
    value, masked = expand(environment, text)
    return Word(value if environment.fits(len(value or "")) else None, masked)


def has_service_links(container: Container, placed: Placed) -> bool:
    """Whether the pod of a container asks for the variables of services."""
    pods = (pod for pod in placed.document.pods if any(each.path == container.path for each in pod.containers))
    return all(pod.service_links for pod in pods)


def add_from(environment: Environment, entry: EnvFrom, placed: Placed, resolver: Resolver) -> None:
    """All keys of one `envFrom` source, a prefix put before each."""
    reference = entry.reference
    if reference is None or environment.too_large:
        environment.complete = False
        return
    resolution, ways = resolver.resolve(reference, placed), resolver.scope.ways(placed)
    kept = is_kept_elsewhere(reference, resolution, ways)
    if resolution.open or kept:
        note_unresolved(environment, reference, None, resolution, ways)
        absent = resolution.status in ("missing", "wrong-namespace") and reference.optional
        environment.complete = environment.complete and absent and not kept
    prefix = entry.prefix.value if entry.prefix else ""
    if is_placeholder(prefix):
        environment.complete = False
        return
    for definition in (*resolution.definitions[:1],) if resolution.status == "found" else ():
        for key in definition.provider.keys:
            if environment.too_large:
                return
            if not key.binary:
                secret = reference.target == "Secret"
                name = reference.name.value
                origin = Origin(
                    kind=reference.target,
                    name=name,
                    key=key.name,
                    via="envFrom",
                    span=reference.span,
                    definition=definition,
                    key_fact=key,
                )
                environment.set(prefix + key.name, key.value, secret, origin)


def add_variable(environment: Environment, entry: Env, placed: Placed, resolver: Resolver) -> None:
    """One entry of `env`."""
    if entry.name is None or not entry.name.value:
        return
    name = entry.name.value
    if names.why_not_env_name(name, relaxed=True) and not is_placeholder(name):
        environment.refused.append(name)
        environment.starts = False
        return
    if entry.source == "literal":
        text = entry.value.value if entry.value else ""
        value, masked = expand(environment, text)
        environment.set(name, value, masked, Origin("literal", None, None, "env", entry.span))
    elif entry.reference is not None:
        add_key(environment, name, entry.reference, placed, resolver)
    elif entry.source in ("field", "resource", "file"):
        if entry.source == "file":
            environment.complete = environment.complete and not entry.optional
        key = entry.value.value if entry.value else None
        environment.set(name, None, False, Origin(entry.source, None, key, "env", entry.span))
    else:
        environment.set(name, None, False, Origin("literal", None, None, "env", entry.span))


def add_key(environment: Environment, name: str, reference: Reference, placed: Placed, resolver: Resolver) -> None:
    """One key of a ConfigMap or Secret; an optional one that is absent leaves the variable as it was."""
    resolution, ways = resolver.resolve(reference, placed), resolver.scope.ways(placed)
    key = reference.keys[0].value
    found = [(d, k) for d, k in resolution.keys(key) if not k.binary] if resolution.status == "found" else []
    if not found:
        open_ = resolution.status == "found" and resolution.open
        note_unresolved(environment, reference, key, resolution, ways, name)
        kept = is_kept_elsewhere(reference, resolution, ways)
        if resolution.status in ("unknown", "external", "placeholder") or open_ or kept:
            origin = Origin(reference.target, reference.name.value, key, "env", reference.span)
            environment.set(name, None, reference.target == "Secret", origin)
        return
    definition, fact = found[0]
    origin = Origin(
        kind=reference.target,
        name=reference.name.value,
        key=key,
        via="env",
        span=reference.span,
        definition=definition,
        key_fact=fact,
    )
    environment.set(name, fact.value, reference.target == "Secret", origin)


def is_kept_elsewhere(reference: Reference, resolution: Resolution, ways: LookupOptions) -> bool:
    """Whether a Secret that no file defines is likely made elsewhere, as most are, so that nothing is known of it.

    One that is written without a key is likely filled elsewhere. Without a near name, a cluster that was asked, or a
    setting that wants every Secret, `check` does not report it.
    """
    empty = resolution.status == "found" and not any(each.provider.keys for each in resolution.definitions)
    if reference.target != "Secret" or not (empty or resolution.status == "missing"):
        return False
    return not (resolution.shown or ways.wants_secrets)


def note_unresolved(
    environment: Environment,
    reference: Reference,
    key: str | None,
    resolution: Resolution,
    ways: LookupOptions,
    variable: str | None = None,
) -> None:
    """Remembers a reference that leads nowhere; unless it is optional, the container does not start."""
    missing = resolution.status in ("missing", "wrong-namespace") or (
        resolution.status == "found" and not resolution.open
    )
    missing = missing and not is_kept_elsewhere(reference, resolution, ways)
    if resolution.status == "found" and key is None:
        return
    environment.unresolved.append(Unresolved(reference, key, missing, variable))
    if missing and not reference.optional:
        environment.starts = False


def expand(environment: Environment, text: str) -> tuple[str | None, bool]:
    """A text with its `$(NAME)` replaced, and whether it had to be masked; None when it cannot be shown."""
    if environment.too_large:
        return None, False
    if "$" not in text:
        return text, False
    named = [name for name, _ in expansion.names(text)]
    used = [environment.variables[name] for name in named if name in environment.variables]
    if any(variable.masked for variable in used):
        return None, True
    if any(variable.value is None for variable in used) or any(environment.may_have(name) for name in named):
        return None, False
    try:
        return expansion.expand(text, environment.lookup, expansion.LARGEST - environment.size), False
    except expansion.TooLargeError:
        environment.too_large, environment.complete = True, False
        return None, False
