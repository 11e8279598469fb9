"""A variable without which a program does not start, and which its container does not get."""

from collections.abc import Iterator

from cmlint.api import Container, Context, Draft, missing, rule
from cmlint_rules.environment import program_of, shown_build


@rule(
    name="missing-env",
    summary="a variable that the program requires is not set",
    consequence="silent",
    since="0.1.0",
    pedantic=True,
)
def missing_env(container: Container, ctx: Context) -> Iterator[Draft]:
    """Only reads that are made at each start, and only of a container that runs the command of its image."""
    started = program_of(container, ctx) if not (container.command or container.args) else None
    if started is None:
        return
    for place in missing(started.program, container, started.environment):
        span = container.name.span if container.name else container.span
        draft = ctx.finding(span, f"the program requires `{place.read.name}`, which is not set")
        draft.also(place.read.span, "it is required here", place.placed)
        giver = started.giver(place.read.name, ctx)
        if giver:
            draft.also(giver.span, f"{giver.what} sets it", giver.placed)
        shown_build(draft, started.program)
        yield draft.help(f"set `{place.read.name}` in `env`, or give it a default in the source")
