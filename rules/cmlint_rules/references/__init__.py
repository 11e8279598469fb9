"""References: names and keys that nothing defines, and references that cannot be one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Set
from itertools import islice
from shlex import quote

from cmlint.api import (
    NOT_THERE,
    Cause,
    Context,
    Definition,
    Draft,
    Fault,
    Reference,
    Resolution,
    Rewrite,
    Scalar,
    Target,
    in_words,
    names,
    nearest,
    only_near,
    placeholders,
    renewals,
)

SHOWN_KEYS = 6

MOST_KEYS = 1000
"""The maximum number of keys among which a similar one is looked for."""

ABOVE = r".*\b(?:\w*[cC]ontainers\[\d+\]\.|(?=volumes\[))"
"""What of a field's path is above its container or volume."""


def absent_provider(reference: Reference, resolution: Resolution, ctx: Context) -> Draft:
    """The message about a ConfigMap or Secret that nothing defines; an optional one may well be meant so."""
    if resolution.cause:
        return caused(reference, resolution.cause, ctx)
    what = f"optional {reference.target}" if reference.optional else reference.target
    draft = ctx.finding(reference.name.span, f"nothing defines the {what} `{reference.name.value}`")
    if resolution.near:
        meant = resolution.near[0].spelled
        for definition in resolution.near:
            draft.also(definition.provider.name.span, f"`{meant}` is defined here", definition.placed)
        if resolution.only:
            rename(draft, reference.name, meant)
        return draft.help(f"did you mean `{meant}`?")
    if reference.optional:
        draft.consequence = "tidiness"
        return draft.help(outcome(reference))
    if names.why_not_subdomain(reference.name.value):
        return draft.help(f"no object can have this name, so {outcome(reference)}")
    return draft.help(f"until it exists, {outcome(reference)}; create it: {creation(reference, ctx)}")


def caused(reference: Reference, cause: Cause, ctx: Context) -> Draft:
    """The message about an object that is written down and not there when it is read."""
    name = f"the {reference.target} `{reference.name.value}`"
    message, help_text = CAUSES[cause.code]
    first = next(iter(cause.definitions), None)
    hook = ctx.document.hook
    words = {
        "name": name,
        "made": f"`{first.provider.name.value}`" if first else "",
        "maker": first.placed.described if first else "",
        "hook": f"`{hook.written}` of {hook.tool}" if hook else "",
        "outcome": outcome(reference),
        "reader": ctx.document.kind if ctx.pod and ctx.pod.exact else "custom resource",
    }
    draft = ctx.finding(reference.name.span, message.format(**words))
    for definition in cause.definitions:
        draft.also(definition.provider.name.span, NOT_THERE[cause.code], definition.placed)
    return draft.help(help_text.format(**words))


CAUSES: dict[str, tuple[str, str]] = {
    "hook": (
        "{name} does not exist yet when this hook runs ({hook})",
        "at the first installation {outcome}; make the object a hook of the same phase with a lower weight",
    ),
    "not-mounted": (
        "{name} is only made while a pod mounts the {maker}, and none does",
        "until then {outcome}; mount it as a volume of the driver `secrets-store.csi.k8s.io`",
    ),
    "not-listed": (
        "{name} is not in the kustomization",
        "{outcome}; add the file to `resources`",
    ),
    "renamed": (
        "kustomize renames {name}, but not in this {reader}",
        "{outcome}; tell kustomize of the field under `configurations` (`nameReference`), or keep the name, for a hash"
        " with `disableNameSuffixHash: true`",
    ),
    "called-otherwise": (
        "nothing makes {name}: the {maker} makes {made}",
        "until it exists, {outcome}; did you mean {made}?",
    ),
    "removed": (
        "nothing defines {name}: this change removes it",
        "until it exists, {outcome}; keep the definition, or remove the reference as well",
    ),
}
"""For each cause the message and the help."""


def is_own_field(reference: Reference, ctx: Context) -> bool:
    """Whether it is a field of a custom resource whose controller may make the object itself."""
    excuses = ctx.bundle.resolver.question(reference, ctx.placed).excuses_field
    return excuses and not ctx.resolve(reference).is_needed_by(ctx.document, reference)


def is_repeated(reference: Reference, ctx: Context) -> bool:
    """Whether the container has named the same object before, so that one finding says it for all."""
    alike = same_object(reference, ctx)
    return bool(alike) and alike[0] is not reference


def with_others(draft: Draft, reference: Reference, ctx: Context) -> Draft:
    """A finding with the other places where the container names the same object."""
    for other in same_object(reference, ctx)[1:]:
        draft.also(other.name.span, "named here as well")
    return draft.idle() if reference.idle else draft


def same_object(reference: Reference, ctx: Context) -> list[Reference]:
    """The references of the container to one object that both must have it or neither, in the order of writing."""
    if ctx.container is None:
        return []
    return ctx.alike(ctx.container).get((reference.target, reference.name.value, reference.optional), [])


def absent_keys(reference: Reference, ctx: Context) -> Iterator[Draft]:
    """The message about each key that a definition surely lacks."""
    resolution = ctx.resolve(reference)
    if resolution.status == "found":
        read = keys_read(reference, ctx)
        for key in reference.keys:
            settled = placeholders.is_placeholder(key.value) or is_refused(key, ctx)
            if resolution.lacking(key.value) and not settled:
                draft = absent_key(reference, key, resolution, read, ctx)
                yield draft.idle() if reference.idle else draft


def is_refused(key: Scalar, ctx: Context) -> bool:
    """Whether `malformed-reference` already says of a key that it cannot be one: then no object can have it."""
    if names.why_not_data_key(key.value) is None:
        return False
    return any(fault.code == "reference" and fault.span == key.span for fault in ctx.document.faults)


def absent_key(reference: Reference, key: Scalar, resolution: Resolution, read: Set[str], ctx: Context) -> Draft:
    """The message about one key; if only some of several equally near definitions lack it, it names those."""
    lacking = resolution.lacking(key.value)
    what = "optional key" if reference.optional else "key"
    some = "" if len(lacking) == len(resolution.definitions) else f" in {places(lacking)}"
    message = f"the {reference.target} `{reference.name.value}` has no {what} `{key.value}`{some}"
    draft = ctx.finding(key.span, message)
    for definition in lacking:
        draft.also(definition.provider.name.span, "defined here, without it", definition.placed)
    others = names_in(lacking) - read
    near = nearest(key.value, others)
    if near and near == only_near(key.value, others):
        rename(draft, key, near)
    for definition, found in resolution.keys(near or ""):
        draft.also(found.span, "a similar key is defined here", definition.placed)
    if reference.optional and not near:
        draft.consequence = "tidiness"
    return draft.help(f"did you mean `{near}`?" if near else listed(lacking[0]))


def rename(draft: Draft, written: Scalar, meant: str) -> Draft:
    """Offers the name that was probably meant, which only the author can tell."""
    return draft.fix(f"write `{meant}`", Rewrite(written.span, written.value, meant), safe=False)


def names_in(definitions: Iterable[Definition]) -> Set[str]:
    """The names of the keys of definitions; of very many keys none, because each is compared with what is missing."""
    keys = list(islice((key for definition in definitions for key in definition.provider.keys), MOST_KEYS + 1))
    return {key.name for key in keys} if len(keys) <= MOST_KEYS else set()


def keys_read(reference: Reference, ctx: Context) -> Set[str]:
    """The keys that the container, or the volume, reads of the same object: none of them is another one misspelt."""
    own = {key.value for key in reference.keys}
    of_container = ctx.keys_read(ctx.container) if ctx.container else {}
    found = of_container.get((reference.target, reference.name.value), own)
    return found if own <= found else found | own


def speaks_of(target: Target, resolution: Resolution, ctx: Context) -> bool:
    """Whether a name that nothing defines is worth a word: most Secrets are kept where no file shows them."""
    return target == "ConfigMap" or resolution.shown or ctx.settings.wants_secrets


def binary_key(reference: Reference, ctx: Context) -> Iterator[Draft]:
    """The message about a variable whose key is in `binaryData` only, where the kubelet does not look for it."""
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
    keys = definition.provider.keys
    if not keys:
        return "it has no keys at all"
    shown = ", ".join(f"`{key.name}`" for key in keys[:SHOWN_KEYS])
    more = f" and {len(keys) - SHOWN_KEYS} more" if len(keys) > SHOWN_KEYS else ""
    return f"it has {'the key' if len(keys) == 1 else 'the keys'} {shown}{more}"


def places(definitions: tuple[Definition, ...]) -> str:
    """The files of definitions, in words."""
    return in_words(definition.placed.path for definition in definitions)


def outcome(reference: Reference) -> str:
    """What the kubelet does when a reference leads nowhere."""
    volume = reference.via in ("volume", "projected")
    if reference.via == "pull":
        return "the pod stays in ImagePullBackOff where the registry asks for it"
    if reference.via == "field":
        return "the controller of the custom resource does not find it"
    if reference.optional:
        return "as it is, its files are left out of the volume" if volume else "as it is, this entry sets nothing"
    if volume:
        return "the pod stays in ContainerCreating with FailedMount"
    return "the container stays in CreateContainerConfigError"


def creation(reference: Reference, ctx: Context) -> str:
    """The command that would make the object, in which no name is more than a name to a shell."""
    kind = "configmap" if reference.target == "ConfigMap" else "secret generic"
    own = ctx.placed.namespace_of(reference)
    namespace = f" -n {quote(own)}" if own else ""
    if reference.via == "pull":
        kind, option = "secret docker-registry", "--docker-server=..."
    else:
        option = f"--from-literal={quote(reference.keys[0].value if reference.keys else 'KEY')}=..."
    command = f"`kubectl create {kind} {renewals.operand(reference.name.value)}{namespace} {option}`"
    return renewals.with_options(command, ctx.bundle.options_for(own))


def short(fault: Fault) -> str:
    """The path of a fault's field, from its container or volume on."""
    return re.sub(ABOVE, "", fault.path, count=1)


def parent_and_field(fault: Fault) -> str:
    """A fault's field and the one that it is in, without indices, like `valueFrom.configMapRef`."""
    return ".".join(re.sub(r"\[\d+\]", "", fault.path).split(".")[-2:])
