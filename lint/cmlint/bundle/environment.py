"""The environment of a container, exactly as the kubelet makes it (`pkg/kubelet/kubelet_pods.go`)."""

from __future__ import annotations

import msgspec

from cmlint.bundle.placed import Definition, Placed
from cmlint.bundle.resolve import Resolution, Resolver
from cmlint.knowledge.placeholders import is_placeholder
from cmlint.knowledge.services import may_be_service
from cmlint.kube import expansion
from cmlint.model.facts import Container, Env, EnvFrom, Key, Reference, Span


class Origin(msgspec.Struct, frozen=True):
    """Where a variable's value comes from.

    `kind` is `literal`, `ConfigMap`, `Secret`, `field`, `resource` or `file`, `key` what is read of it; `definition` is
    where the value is defined, `span` where it is brought into the container.
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


class Unresolved(msgspec.Struct, frozen=True):
    """A reference, or one key of it, that leads nowhere or into the unknown."""

    reference: Reference
    key: str | None
    missing: bool


class Environment(msgspec.Struct):
    """A container's variables by name.

    `complete` says that no variable can exist besides those listed and those for services, of which there are only the
    API server's without `service_links`. `starts` is False when the container surely does not start. One that is
    `too_large` has more than `expansion.LARGEST` characters, hidden values included: from there on values are not
    known, and no further keys are taken from `envFrom`.
    """

    variables: dict[str, Variable] = msgspec.field(default_factory=dict)
    unresolved: list[Unresolved] = msgspec.field(default_factory=list)
    complete: bool = True
    service_links: bool = True
    starts: bool = True
    size: int = 0
    too_large: bool = False
    command: tuple[str | None, ...] = ()
    args: tuple[str | None, ...] = ()

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
        """Whether there is still room for so many characters, which are then taken."""
        self.size += size
        if self.size > expansion.LARGEST:
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


def environment_of(container: Container, placed: Placed, resolver: Resolver) -> Environment:
    """A container's environment, with its command and arguments expanded in it."""
    environment = Environment(service_links=has_service_links(container, placed))
    for entry in container.env_from:
        add_from(environment, entry, placed, resolver)
    for variable in container.env:
        add_variable(environment, variable, placed, resolver)
    environment.command = tuple(word(environment, text.value) for text in container.command)
    environment.args = tuple(word(environment, text.value) for text in container.args)
    return environment


def word(environment: Environment, text: str) -> str | None:
    """A word of a command, expanded; None when it cannot be shown."""
    value, _ = expand(environment, text)
    return value if environment.fits(len(value or "")) else None


def has_service_links(container: Container, placed: Placed) -> bool:
    """Whether the pod of a container asks for the variables of services."""
    pods = (pod for pod in placed.document.pods if any(each is container for each in pod.containers))
    return all(pod.service_links for pod in pods)


def add_from(environment: Environment, entry: EnvFrom, placed: Placed, resolver: Resolver) -> None:
    """All keys of one `envFrom` source, a prefix put before each."""
    reference = entry.reference
    if reference is None or environment.too_large:
        environment.complete = False
        return
    resolution = resolver.resolve(reference, placed)
    if resolution.open:
        note_unresolved(environment, reference, None, resolution)
        absent = resolution.status in ("missing", "wrong-namespace") and reference.optional
        environment.complete = environment.complete and absent
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
                origin = Origin(reference.target, name, key.name, "envFrom", reference.span, definition, key)
                environment.set(prefix + key.name, key.value, secret, origin)


def add_variable(environment: Environment, entry: Env, placed: Placed, resolver: Resolver) -> None:
    """One entry of `env`."""
    if entry.name is None or not entry.name.value:
        return
    name = entry.name.value
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
    resolution = resolver.resolve(reference, placed)
    key = reference.keys[0].value
    found = [(d, k) for d, k in resolution.keys(key) if not k.binary] if resolution.status == "found" else []
    if not found:
        open_ = resolution.status == "found" and resolution.open
        note_unresolved(environment, reference, key, resolution)
        if resolution.status in ("unknown", "external", "placeholder") or open_:
            origin = Origin(reference.target, reference.name.value, key, "env", reference.span)
            environment.set(name, None, reference.target == "Secret", origin)
        return
    definition, fact = found[0]
    origin = Origin(reference.target, reference.name.value, key, "env", reference.span, definition, fact)
    environment.set(name, fact.value, reference.target == "Secret", origin)


def note_unresolved(environment: Environment, reference: Reference, key: str | None, resolution: Resolution) -> None:
    """Remembers a reference that leads nowhere; unless it is optional, the container does not start."""
    missing = resolution.status in ("missing", "wrong-namespace") or (
        resolution.status == "found" and not resolution.open
    )
    if resolution.status == "found" and key is None:
        return
    environment.unresolved.append(Unresolved(reference, key, missing))
    if missing and not reference.optional:
        environment.starts = False


def expand(environment: Environment, text: str) -> tuple[str | None, bool]:
    """A text with its `$(NAME)` replaced, and whether it had to be masked; None when it cannot be shown."""
    if environment.too_large:
        return None, False
    if "$" not in text:
        return text, False
    names = [name for name, _ in expansion.names(text)]
    used = [environment.variables[name] for name in names if name in environment.variables]
    if any(variable.masked for variable in used):
        return None, True
    if any(variable.value is None for variable in used) or any(environment.may_have(name) for name in names):
        return None, False
    try:
        return expansion.expand(text, environment.lookup, expansion.LARGEST - environment.size), False
    except expansion.TooLargeError:
        environment.too_large, environment.complete = True, False
        return None, False
