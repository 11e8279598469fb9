"""A variable that a container is given and its program never reads, beside one with a near name that it reads."""

from collections.abc import Iterator

from cmlint.api import Container, Context, Draft, NearMiss, name_span, near_misses, rule
from cmlint_rules.environment import Started, program_of, shown_build


@rule(
    name="near-env",
    summary="a variable is given under a name near the one that the program reads",
    consequence="silent",
    since="0.1.0",
    status="preview",
)
def near_env(container: Container, ctx: Context) -> Iterator[Draft]:
    """Only where the source of the program is known for certain, and all variables of the container are."""
    started = program_of(container, ctx)
    if started is None:
        return
    for miss in near_misses(started.program, container, started.environment, started.texts(ctx)):
        if not started.is_read_by_others(miss.variable, ctx):
            yield found(miss, started, ctx)


def found(miss: NearMiss, started: Started, ctx: Context) -> Draft:
    """The finding about a pair, at the name that is given."""
    given, read, origin = miss.variable.name, miss.place.read, miss.variable.origin
    state = "which only its image sets" if read.name in started.program.preset else "which is not set"
    message = f"nothing reads `{given}`, but the program reads `{read.name}`, {state}"
    elsewhere = origin.definition.placed if origin.via == "envFrom" and origin.definition else None
    draft = ctx.finding(name_span(miss.variable, started.container), message, placed=elsewhere)
    draft.also(read.span, f"`{read.name}` is read here", miss.place.placed)
    if elsewhere:
        draft.also(origin.span, "given to the container here", ctx.placed)
    shown_build(draft, started.program)
    instead = {"soft": ", its default counts instead", "guarded": "", "hard": ""}[read.how]
    return draft.help(f"did you mean `{read.name}`? Rename one of them{instead and f': until then{instead[1:]}'}")
