"""A file of variables that is read otherwise than a shell reads it."""

from collections.abc import Iterator

from cmlint.api import Bundle, Context, Draft, Key, Placed, rule
from cmlint_rules.environment import arriving

MANIFESTS = (".yaml", ".yml", ".json")
WITHOUT_EXTENSION = ("kustomization", "Kustomization")


@rule(
    name="misread-env-file",
    summary="a file of variables that arrives otherwise than a shell would read it",
    consequence="silent",
    since="0.1.0",
)
def misread_env_file(bundle: Bundle, ctx: Context) -> Iterator[Draft]:
    """Quotes are kept, a name alone is looked up in the builder's environment, and `files` makes one key of it all.

    Flux puts values into YAML (`substituteFrom`), where quotes are often wanted.
    """
    for placed in bundle.placed:
        own = (each for each in placed.document.providers if (each.target, each.name.value) not in bundle.substituted)
        for key in (key for provider in own for key in provider.keys):
            if placed.built and key.place and not placed.built.rendered:
                yield from in_line(key, placed, ctx)
        for pod in placed.document.pods:
            for container in pod.containers if any(each.env_from for each in pod.containers) else ():
                ctx.enter(placed)
                for found in arriving(container, ctx, "env-file"):
                    if found.origin and found.origin.via == "envFrom":
                        message = f"{found.what} is a file of variables, and becomes one variable `{found.variable}`"
                        yield found.finding(message, ctx).help(
                            "under `envs` (`--from-env-file`) each of its lines becomes a variable of its own"
                        )


def in_line(key: Key, placed: Placed, ctx: Context) -> Iterator[Draft]:
    """What is said of one line of an env file (`api/internal/kvconfig` in kubernetes-sigs/kustomize)."""
    path, name = placed.written(key.span)
    if path.endswith(MANIFESTS) or path.rpartition("/")[2] in WITHOUT_EXTENSION or not key.place:
        return
    where, value = placed.written(key.place)
    if where == path and value.start == name.end:
        message = f"`{key.name}` has no `=`: its value is what the environment of the build has under this name"
        yield ctx.finding(key.span, message, placed=placed).help(f"write `{key.name}=` and the value")
    elif "quoted" in key.traits:
        message = f"the quotes around the value of `{key.name}` become part of it: this is not read by a shell"
        yield ctx.finding(key.span, message, placed=placed).help("take the quotes out; blanks need none here")
