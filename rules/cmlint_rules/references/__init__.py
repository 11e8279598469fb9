"""References: names and keys that nothing defines, and references that cannot be one."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cmlint.api import (
    Context,
    Definition,
    Draft,
    Fault,
    Reference,
    Resolution,
    Rewrite,
    Scalar,
    Target,
    nearest,
    only_near,
    placeholders,
)

SHOWN_KEYS = 6

ABOVE = re.compile(r".*\b(?:\w*[cC]ontainers\[\d+\]\.|(?=volumes\[))")
"""What of a field's path lies above its container or volume."""


def absent_provider(reference: Reference, resolution: Resolution, ctx: Context) -> Draft:
    """What is said of a ConfigMap or Secret that nothing defines; an optional one may well be meant so."""
    what = f"optional {reference.target}" if reference.optional else reference.target
    draft = ctx.finding(reference.name.span, f"nothing defines the {what} `{reference.name.value}`")
    if resolution.near:
        meant = resolution.near[0].provider.name.value
        for definition in resolution.near:
            draft.also(definition.provider.name.span, f"`{meant}` is defined here", definition.placed)
        if resolution.only:
            rename(draft, reference.name, resolution.near[0].spelled)
        return draft.help(f"did you mean `{meant}`?")
    if reference.optional:
        draft.consequence = "tidiness"
        return draft.help(outcome(reference))
    return draft.help(f"until it exists, {outcome(reference)}; create it: {creation(reference, ctx)}")


def absent_keys(reference: Reference, ctx: Context) -> Iterator[Draft]:
    """What is said of each key that a definition surely lacks."""
    resolution = ctx.resolve(reference)
    if resolution.status == "found":
        for key in reference.keys:
            if resolution.lacking(key.value) and not placeholders.is_placeholder(key.value):
                yield absent_key(reference, key, resolution, ctx)


def absent_key(reference: Reference, key: Scalar, resolution: Resolution, ctx: Context) -> Draft:
    """What is said of one key; when only some of several equally near definitions lack it, the message names those."""
    lacking = resolution.lacking(key.value)
    what = "optional key" if reference.optional else "key"
    some = "" if len(lacking) == len(resolution.definitions) else f" in {places(lacking)}"
    message = f"the {reference.target} `{reference.name.value}` has no {what} `{key.value}`{some}"
    draft = ctx.finding(key.span, message)
    for definition in lacking:
        draft.also(definition.provider.name.span, "defined here, without it", definition.placed)
    read = keys_read(reference, ctx)
    others = {k.name for d in lacking for k in d.provider.keys if k.name not in read}
    near = nearest(key.value, others)
    if near and near == only_near(key.value, others):
        rename(draft, key, near)
    for definition, found in resolution.keys(near or ""):
        draft.also(found.span, "a near key is defined here", definition.placed)
    if reference.optional and not near:
        draft.consequence = "tidiness"
    return draft.help(f"did you mean `{near}`?" if near else listed(lacking[0]))


def rename(draft: Draft, written: Scalar, meant: str) -> Draft:
    """Offers the name that was probably meant, which only the author can tell."""
    return draft.fix(f"write `{meant}`", Rewrite(written.span, written.value, meant), safe=False)


def keys_read(reference: Reference, ctx: Context) -> set[str]:
    """The keys that the container, or the volume, reads of the same object: none of them is another one misspelt."""
    entries = ctx.container.env if ctx.container else ()
    others = [entry.reference for entry in entries if entry.reference]
    same = [r for r in (*others, reference) if (r.target, r.name.value) == (reference.target, reference.name.value)]
    return {key.value for other in same for key in other.keys}


def speaks_of(target: Target, resolution: Resolution, ctx: Context) -> bool:
    """Whether a name that nothing defines is worth a word: most Secrets are kept where no file shows them."""
    if resolution.near or resolution.looked_up:
        return True
    return target == "ConfigMap" or ctx.settings.secrets == "all" or ctx.settings.references == "strict"


def binary_key(reference: Reference, ctx: Context) -> Iterator[Draft]:
    """What is said of a variable whose key is in `binaryData` only, where the kubelet does not look for it."""
    if (
        reference.target != "ConfigMap"
        or reference.via != "env"
        or placeholders.is_placeholder(reference.keys[0].value)
    ):
        return
    key, name = reference.keys[0], reference.name.value
    binary = [(definition, found) for definition, found in ctx.resolve(reference).keys(key.value) if found.binary]
    if binary:
        what = "optional key" if reference.optional else "key"
        where = "is in `binaryData`, which no variable can be read from"
        draft = ctx.finding(key.span, f"the {what} `{key.value}` of the ConfigMap `{name}` {where}")
        for definition, found in binary:
            draft.also(found.span, "defined here, in `binaryData`", definition.placed)
        yield draft.help("if it is text, move it to `data`; if it is not, mount it as a file")


def listed(definition: Definition) -> str:
    """The keys that a definition has, in words."""
    keys = [f"`{key.name}`" for key in definition.provider.keys]
    if not keys:
        return "it has no keys at all"
    more = f" and {len(keys) - SHOWN_KEYS} more" if len(keys) > SHOWN_KEYS else ""
    return f"it has {'the key' if len(keys) == 1 else 'the keys'} {', '.join(keys[:SHOWN_KEYS])}{more}"


def places(definitions: tuple[Definition, ...]) -> str:
    """The files of definitions, in words."""
    paths = [f"`{path}`" for path in dict.fromkeys(definition.placed.path for definition in definitions)]
    return " and ".join((", ".join(paths[:-1]), paths[-1])) if len(paths) > 1 else paths[0]


def outcome(reference: Reference) -> str:
    """What the kubelet does when a reference leads nowhere."""
    volume = reference.via in ("volume", "projected")
    if reference.via == "pull":
        return "the pod stays in ImagePullBackOff where the registry asks for it"
    if reference.optional:
        return "as it is, its files are left out of the volume" if volume else "as it is, this entry sets nothing"
    if volume:
        return "the pod stays in ContainerCreating with FailedMount"
    return "the container stays in CreateContainerConfigError"


def creation(reference: Reference, ctx: Context) -> str:
    """The command that would make the object."""
    kind = "configmap" if reference.target == "ConfigMap" else "secret generic"
    namespace = f" -n {ctx.placed.namespace}" if ctx.placed.namespace else ""
    if reference.via == "pull":
        return f"`kubectl create secret docker-registry {reference.name.value}{namespace} --docker-server=...`"
    key = reference.keys[0].value if reference.keys else "KEY"
    return f"`kubectl create {kind} {reference.name.value}{namespace} --from-literal={key}=...`"


def short(fault: Fault) -> str:
    """The path of a fault's field, from its container or volume on."""
    return ABOVE.sub("", fault.path, count=1)


def parent_and_field(fault: Fault) -> str:
    """A fault's field and the one that it stands in, without indices, like `valueFrom.configMapRef`."""
    return ".".join(re.sub(r"\[\d+\]", "", fault.path).split(".")[-2:])
