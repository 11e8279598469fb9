"""A key that several sources of `envFrom` bring in."""

from collections.abc import Iterator

from cmlint.api import Container, Context, Draft, Origin, rule


@rule(
    name="repeated-env-source",
    summary="a variable that several sources of `envFrom` bring in",
    consequence="tidiness",
    since="0.1.0",
)
def repeated_env_source(container: Container, ctx: Context) -> Iterator[Draft]:
    """The last source counts; where both values are known and differ, `shadowed-env` says so. No value is shown."""
    if len(container.env_from) < 2 or ctx.bundle.live:
        return
    for variable in ctx.environment(container).variables.values():
        sources = [each for each in (*variable.shadows, variable.origin) if each.via == "envFrom"]
        if len(sources) < 2 or differ(sources):
            continue
        message = f"`{variable.name}` comes from {len(sources)} sources of `envFrom`, and the last one counts"
        draft = ctx.finding(sources[-1].span, message)
        for each in sources[:-1]:
            draft.also(each.span, f"also in the {each.kind} `{each.name}`")
        yield draft.help("keep it in one of them, or put a `prefix` before one")


def differ(sources: list[Origin]) -> bool:
    """Whether all values are known, and not the same."""
    values = [each.key_fact.value if each.key_fact else None for each in sources]
    return None not in values and len(set(values)) > 1
