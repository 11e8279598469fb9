"""`$(NAME)` that stays as it is written, because nothing defines the name, or only later."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain

from cmlint.api import (
    Container,
    Context,
    Draft,
    Env,
    Environment,
    Scalar,
    Span,
    expansion,
    in_words,
    nearest,
    rule,
    services,
    stops,
)
from cmlint_rules.environment import Arriving, name_of

VARIABLE = r"[A-Z][A-Z0-9_]*\Z"
"""What is surely meant as a variable: `$(date)` may be meant for a shell."""


@rule(
    name="undefined-expansion",
    summary="`$(NAME)` of a variable that nothing defines, or that is defined later",
    consequence="silent",
    since="0.1.0",
)
def undefined_expansion(container: Container, ctx: Context) -> Iterator[Draft]:
    """Only where all variables are known, and no operator and no kustomization (`vars`) still puts others in."""
    if not (ctx.pod and (ctx.pod.exact or ctx.placed.plain_pods)):
        return
    yield from in_providers(container, ctx)
    yield from in_mounts(container, ctx)
    if not any("$(" in text.value for text in texts_of(container)):
        return
    environment = ctx.environment(container)
    if not environment.complete:
        return
    drafts = [*in_env(container, environment, ctx), *in_command(container, environment, ctx)]
    if drafts and not ctx.bundle.is_kustomized(ctx.placed):
        yield from drafts


def in_providers(container: Container, ctx: Context) -> Iterator[Draft]:
    """The values of ConfigMaps and Secrets, in which nothing is expanded (makeEnvironmentVariables)."""
    if not container.env_from and not any(entry.reference for entry in container.env):
        return
    variables = ctx.environment(container).variables
    for variable in variables.values():
        key, definition = variable.origin.key_fact, variable.origin.definition
        if key is None or definition is None:
            continue
        names = [name for name, _ in expansion.names(key.value or "") if name in variables and name != variable.name]
        if names or "expansion" in key.traits:
            found = Arriving(variable.name, key.traits, key.span, definition.placed, variable.origin)
            named = f"`$({names[0]})`" if names else "`$(...)`"
            message = f"{named} in {found.what} stays as it is written: only `env`, `command` and `args` are expanded"
            draft = found.finding(message, ctx)
            yield draft.help(f"set `{variable.name}` in `env` with a `value`, below the variables that are in it")


def in_mounts(container: Container, ctx: Context) -> Iterator[Draft]:
    """The `subPathExpr` of mounts, with which nothing starts while a variable is missing (makeMounts)."""
    if not any(mount.sub_path and mount.expands for mount in container.mounts):
        return
    environment = ctx.environment(container)
    for path, name in stops.unknown_in_paths(container, environment):
        draft = ctx.finding(path.span, f"nothing defines `{name}`, which `subPathExpr` needs")
        draft.consequence = "stuck"
        near = nearest(name, environment.variables)
        yield draft.help(f"did you mean `$({near})`?" if near else "define it in `env`")


def texts_of(container: Container) -> Iterator[Scalar]:
    """The texts in which variables may be used."""
    yield from (entry.value for entry in container.env if entry.source == "literal" and entry.value)
    yield from container.command
    yield from container.args


def in_env(container: Container, environment: Environment, ctx: Context) -> Iterator[Draft]:
    """The values of `env`, which see `envFrom` and the entries above."""
    known = from_sources(environment)
    later: dict[str, list[Env]] = {}
    for entry in reversed(container.env):
        later.setdefault(name_of(entry), []).append(entry)
    for entry in container.env:
        itself = name_of(entry)
        later[itself].pop()
        if not later[itself]:
            del later[itself]
        if entry.source == "literal" and entry.value and "$(" in entry.value.value:
            found = list(unknown(entry.value, known, ctx))
            early = [(name, span) for name, span in found if name in later]
            if early:
                yield too_early(early, later, ctx)
            for name, span in found:
                if name not in later:
                    yield undefined(name, span, chain(known, (n for n in later if n not in known)), ctx)
        known.add(itself)


def in_command(container: Container, environment: Environment, ctx: Context) -> Iterator[Draft]:
    """The command and its arguments, which see all variables."""
    known = {name_of(entry) for entry in container.env} | set(environment.variables)
    for text in (*container.command, *container.args):
        for name, span in unknown(text, known, ctx):
            yield undefined(name, span, known, ctx)


def from_sources(environment: Environment) -> set[str]:
    """The variables that `envFrom` brings in."""
    variables = environment.variables.values()
    return {v.name for v in variables if any(origin.via == "envFrom" for origin in (v.origin, *v.shadows))}


def unknown(text: Scalar, known: set[str], ctx: Context) -> Iterator[tuple[str, Span]]:
    """The variables in a text that are not known, and where each is."""
    for name, offset in expansion.names(text.value):
        if name in known or not re.match(VARIABLE, name) or made_for_service(name, ctx) or filled_in(name, ctx):
            continue
        yield name, part(text, offset, len(name) + len("$()"))


def filled_in(name: str, ctx: Context) -> bool:
    """Whether something fills in `$(NAME)` before the manifest is applied: a script, or whatever fills it into images.

    Kubernetes expands nothing in an image.
    """
    containers = ctx.pod.containers if ctx.pod else ()
    images = (container.image.value for container in containers if container.image)
    return name in ctx.bundle.scope.replaced or any(f"$({name})" in image for image in images)


def made_for_service(name: str, ctx: Context) -> bool:
    """Whether the kubelet may make a variable of this name for a service."""
    return services.may_be_service(name, links=ctx.pod is not None and ctx.pod.service_links)


def part(text: Scalar, offset: int, length: int) -> Span:
    """A part of a string where it is written as it is read, else all of it."""
    quotes = (text.end - text.start - len(text.value)) / 2
    if quotes not in (0, 1):
        return text.span
    start = text.start + int(quotes) + offset
    return Span(start, start + length)


def too_early(found: Sequence[tuple[str, Span]], later: Mapping[str, list[Env]], ctx: Context) -> Draft:
    """The message about the variables of one value that are defined below it: to move the value helps all of them."""
    names = list(dict.fromkeys(name for name, _ in found))
    if len(names) > 1:
        message = f"{in_words(names)} are defined only later, so they stay as they are written"
        help_text = "move the entries that define them above this one"
    else:
        message = f"`{names[0]}` is defined only later, so `$({names[0]})` stays as it is written"
        help_text = "move the entry that defines it above this one"
    draft = ctx.finding(found[0][1], message)
    for name in names:
        if defined := later[name][-1].name:
            draft.also(defined.span, "defined here")
    return draft.help(help_text)


def undefined(name: str, span: Span, known: Iterable[str], ctx: Context) -> Draft:
    """The message about one variable that nothing defines where it is used."""
    draft = ctx.finding(span, f"nothing defines `{name}`, so `$({name})` stays as it is written")
    near = nearest(name, known)
    if near:
        return draft.help(f"did you mean `$({near})`?")
    return draft.help("only variables of the manifest are known here, none of the image; define it in `env`")
