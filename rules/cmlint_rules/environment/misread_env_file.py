"""A file of variables that is read otherwise than a shell reads it."""

from collections.abc import Iterator

from cmlint.api import Bundle, Context, Draft, Key, Placed, names, rule
from cmlint_rules.environment import arriving

WITHOUT_EXTENSION = ("kustomization", "Kustomization")


@rule(
    name="misread-env-file",
    summary="an env file that a shell would read differently",
    consequence="silent",
    since="0.1.0",
)
def misread_env_file(bundle: Bundle, ctx: Context) -> Iterator[Draft]:
    """Quotes are kept, a name alone is looked up in the builder's environment, and `files` makes one key of it all.

    Flux puts values into YAML (`substituteFrom`), where quotes are often wanted.
    """
    texts = {id(placed.built): placed.built for placed in bundle.placed if placed.built and not placed.built.rendered}
    with_files = {key for key, text in texts.items() if any(may_have_lines(path) for path in text.paths())}
    for placed in bundle.placed:
        own = (each for each in placed.document.providers if (each.target, each.name.value) not in bundle.substituted)
        for key in (key for provider in own for key in provider.keys):
            if key.place and id(placed.built) in with_files:
                yield from in_line(key, placed, ctx)
        for pod in placed.document.pods:
            for container in pod.containers if any(each.env_from for each in pod.containers) else ():
                ctx.enter(placed)
                for found in arriving(container, ctx, "env-file"):
                    if found.origin and found.origin.via == "envFrom":
                        message = f"{found.what} is an env file, and becomes one variable `{found.variable}`"
                        yield found.finding(message, ctx).help(
                            "use `envs` (`--from-env-file`): each line becomes a variable"
                        )


def may_have_lines(path: str) -> bool:
    """Whether a text that objects were built from may be an env file."""
    return not path.endswith(names.MANIFESTS) and path.rpartition("/")[2] not in WITHOUT_EXTENSION


def in_line(key: Key, placed: Placed, ctx: Context) -> Iterator[Draft]:
    """The message about one line of an env file (`api/internal/kvconfig` in kubernetes-sigs/kustomize)."""
    path, name = placed.written(key.span)
    if not may_have_lines(path) or not key.place:
        return
    where, value = placed.written(key.place)
    if where == path and value.start == name.end:
        message = f"`{key.name}` has no `=`: its value comes from the environment of the build"
        yield ctx.finding(key.span, message, placed=placed).help(f"write `{key.name}=` and the value")
    elif "quoted" in key.traits:
        message = f"the quotes around the value of `{key.name}` become part of it: no shell reads this file"
        yield ctx.finding(key.span, message, placed=placed).help("remove the quotes; spaces need none here")
