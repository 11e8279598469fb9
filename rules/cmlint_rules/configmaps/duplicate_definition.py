"""One ConfigMap or Secret defined twice, with different content."""

from collections.abc import Iterator

from cmlint.api import Bundle, Context, Definition, Draft, definitions_in, is_for_tests, placeholders, rule

Identity = tuple[str, str, str, str | None, bool]


@rule(
    name="duplicate-definition",
    summary="a ConfigMap or Secret that is defined twice in one file, with different content",
    consequence="silent",
    since="0.1.0",
)
def duplicate_definition(bundle: Bundle, ctx: Context) -> Iterator[Draft]:
    """Within one file, which is applied from top to bottom; of Secrets only the keys are compared."""
    for found in definitions(bundle).values():
        last = found[-1]
        for definition in found[:-1]:
            if changes := changed(definition, last):
                kind, name = definition.provider.kind, definition.provider.name
                message = f"the {kind} `{name.value}` is defined again below: {changes}"
                draft = ctx.finding(name.span, message, placed=definition.placed)
                draft.also(last.provider.name.span, "this one wins", last.placed)
                yield draft.help("merge the two, or give them different names")


def definitions(bundle: Bundle) -> dict[Identity, list[Definition]]:
    """The ConfigMaps and Secrets of a bundle by file, kind, name and namespace; those for `helm test` by themselves."""
    found: dict[Identity, list[Definition]] = {}
    for placed in bundle.placed:
        for definition in definitions_in(placed):
            provider = definition.provider
            if provider.kind == provider.target and not placeholders.is_placeholder(provider.name.value):
                identity = placed.path, provider.kind, provider.name.value, placed.namespace, is_for_tests(placed)
                found.setdefault(identity, []).append(definition)
    return found


def changed(first: Definition, last: Definition) -> str:
    """What the last definition changes, in words; empty when nothing that can be known."""
    before = {key.name: key for key in first.provider.keys}
    after = {key.name: key for key in last.provider.keys}
    gone = [name for name in before if name not in after]
    other = [name for name in before if name in after and before[name].value != after[name].value]
    parts = []
    if gone:
        parts.append(f"{listed(gone)} {'is' if len(gone) == 1 else 'are'} lost")
    if other:
        parts.append(f"{listed(other)} {'gets another value' if len(other) == 1 else 'get other values'}")
    return ", ".join(parts)


def listed(keys: list[str]) -> str:
    """Some keys, in words."""
    shown = ", ".join(f"`{key}`" for key in keys[:3])
    return shown if len(keys) <= 3 else f"{shown} and {len(keys) - 3} more"
