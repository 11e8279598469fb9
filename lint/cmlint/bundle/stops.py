"""What keeps a container from starting although the API server accepts it and every reference leads somewhere.

`cmlint env` and the rules ask the same functions, so that both say the same.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from cmlint.bundle.environment import Environment, Variable
from cmlint.knowledge.placeholders import is_placeholder
from cmlint.kube import expansion
from cmlint.model.facts import Container, PodSpec, Scalar

LONGEST = 131_072
"""The bytes of `NAME=value` from which on it is too long: `MAX_ARG_STRLEN` of Linux, the closing NUL included."""

LARGEST = 2 * 1024 * 1024
"""About the bytes that arguments and environment may have together: a quarter of the usual stack of 8 MiB."""

RUNNING = ("containers", "initContainers")
"""The lists that `findContainerInPod` in `pkg/api/v1/resource/helpers.go` looks into."""


class Stop(msgspec.Struct, frozen=True):
    """One reason in words, and what it is about: a variable, a container or a text."""

    name: str
    reason: str


def stops_of(container: Container, pod: PodSpec, environment: Environment) -> Iterator[Stop]:
    """All reasons of one container."""
    for variable in environment.variables.values():
        if has_nul(variable):
            yield Stop(variable.name, "it has a NUL, which no variable can hold")
        if size_of(variable) >= LONGEST:
            yield Stop(variable.name, "Linux starts no program with a variable of 128 KiB or more")
    if total_of(environment) >= LARGEST:
        yield Stop("all variables", "Linux starts no program with 2 MiB or more")
    for _, name in unknown_in_paths(container, environment) if pod.exact else ():
        yield Stop(name, "nothing defines it, and `subPathExpr` needs it")
    names = container_names(pod)
    for of in (entry.of for entry in container.env if entry.of):
        if is_unknown(of, names):
            yield Stop(of.value, "the pod has no container of this name")


def has_nul(variable: Variable) -> bool:
    """Whether a variable has a NUL, with which a string of the operating system ends."""
    key = variable.origin.key_fact
    return "\0" in (variable.value or "") or (key is not None and "nul" in key.traits)


def size_of(variable: Variable) -> int:
    """The bytes of `NAME=value`, as far as the value is known; of a Secret only large ones count."""
    key = variable.origin.key_fact
    known = len(variable.value.encode("utf-8", "surrogatepass")) if variable.value else 0
    return len(variable.name.encode("utf-8", "surrogatepass")) + len("=") + (key.size if key and key.size else known)


def total_of(environment: Environment) -> int:
    """The bytes of all variables, as far as they are known."""
    return sum(map(size_of, environment.variables.values()))


def unknown_in_paths(container: Container, environment: Environment) -> Iterator[tuple[Scalar, str]]:
    """The variables that a `subPathExpr` needs and that surely do not exist, each with the text (makeMounts)."""
    paths = [mount.sub_path for mount in container.mounts if mount.sub_path and mount.expands]
    for path in paths if environment.complete else ():
        for name, _ in expansion.names(path.value):
            if name not in environment.variables and not environment.may_have(name):
                yield path, name


def container_names(pod: PodSpec) -> frozenset[str] | None:
    """The names that a `resourceFieldRef` may have; None where they are not known."""
    names = frozenset(each.name.value for each in pod.containers if each.name and each.list in RUNNING)
    return names if pod.exact and not any(map(is_placeholder, names)) else None


def is_unknown(of: Scalar, names: frozenset[str] | None) -> bool:
    """Whether a `resourceFieldRef` names a container that surely does not exist."""
    return names is not None and of.value not in names and not is_placeholder(of.value)
