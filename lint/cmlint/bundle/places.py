"""What is written at an offset of a text: the document, and the innermost fact in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar

import msgspec

from cmlint.bundle.documents import Placed
from cmlint.model.facts import Container, Env, EnvFrom, Key, PodSpec, Provider, Reference, Scalar, Span, Volume

T = TypeVar("T")


class Place(msgspec.Struct, frozen=True):
    """Everything around one offset, from the document inwards; None where nothing of that kind is there.

    `key` is a key of the provider, `read_key` one that the reference reads.
    """

    placed: Placed
    pod: PodSpec | None = None
    container: Container | None = None
    variable: Env | None = None
    env_from: EnvFrom | None = None
    volume: Volume | None = None
    reference: Reference | None = None
    read_key: Scalar | None = None
    provider: Provider | None = None
    key: Key | None = None


def place_at(documents: list[Placed], offset: int) -> Place | None:
    """What is at an offset of a text, of which these are the documents; None between documents."""
    placed = next((each for each in documents if holds(each.document.span, offset)), None)
    if placed is None:
        return None
    pod = innermost(offset, ((each, each.span) for each in placed.document.pods))
    container = innermost(offset, ((each, each.span) for each in pod.containers)) if pod else None
    volume = innermost(offset, ((each, each.span) for each in pod.volumes)) if pod else None
    variable = innermost(offset, ((each, each.span) for each in container.env)) if container else None
    env_from = innermost(offset, ((each, each.span) for each in container.env_from)) if container else None
    reference = reference_at(offset, placed, variable, env_from, volume)
    keys = reference.keys if reference else ()
    provider = provider_at(offset, placed)
    return Place(
        placed=placed,
        pod=pod,
        container=container,
        variable=variable,
        env_from=env_from,
        volume=volume,
        reference=reference,
        read_key=innermost(offset, ((each, each.span) for each in keys)),
        provider=provider,
        key=innermost(offset, ((each, each.span) for each in provider.keys)) if provider else None,
    )


def reference_at(
    offset: int, placed: Placed, variable: Env | None, env_from: EnvFrom | None, volume: Volume | None
) -> Reference | None:
    """The reference at an offset, of a variable, an `envFrom` entry or a volume around it, or in another field."""
    found: list[Reference | None] = [variable.reference if variable else None]
    found.append(env_from.reference if env_from else None)
    found += [source.reference for source in volume.sources] if volume else []
    found += placed.document.references
    return innermost(offset, ((each, each.span) for each in found if each))


def provider_at(offset: int, placed: Placed) -> Provider | None:
    """The provider at an offset; of several that one document makes, the one whose name or key is there."""
    providers = placed.document.providers
    named = (each for each in providers if any(holds(span, offset) for span in spans_of(each)))
    return next(named, None) or innermost(offset, ((each, each.span) for each in providers))


def spans_of(provider: Provider) -> Iterator[Span]:
    """Where the name and the keys of a provider are written."""
    yield provider.name.span
    yield from (key.span for key in provider.keys)


def innermost(offset: int, found: Iterable[tuple[T, Span]]) -> T | None:
    """The fact with the shortest span that holds an offset."""
    here = [(fact, span) for fact, span in found if holds(span, offset)]
    return min(here, key=lambda each: each[1].end - each[1].start)[0] if here else None


def holds(span: Span, offset: int) -> bool:
    """Whether an offset is in a span, or right behind it, where a cursor is after a word."""
    return span.start <= offset <= span.end
