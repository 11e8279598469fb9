"""A name without a registry that no registry has, and that nodes pull each time."""

from collections.abc import Iterator

from cmlint.api import Add, Context, Document, Draft, Pull, Rewrite, rule
from cmlint_rules.images import open_pulls


@rule(
    name="unpullable-image",
    summary="an image without a registry that Docker Hub does not have, pulled on each start",
    consequence="stuck",
    since="0.1.0",
    fixable=True,
)
def unpullable_image(document: Document, ctx: Context) -> Iterator[Draft]:
    """Such an image is one that is built and loaded onto nodes by hand.

    Where objects of OpenShift are applied with it, image streams have short names as well.
    """
    if ctx.settings.assume_always_pull or ctx.bundle.has_openshift:
        return
    for pull in open_pulls(ctx.placed, ctx):
        proofs, subject = ctx.bundle.proofs, pull.subject
        if pull.policy != "Always" or not subject.is_bare or pull.image.digest:
            continue
        if proofs.replaced(subject) or any(proof.whose != "document" for proof in proofs.about(subject, "replaced")):
            continue
        here = proofs.loaded(subject) or proofs.built(subject)
        name = pull.use.written.value
        message = f"`{name}` names no registry, and Docker Hub has no official image of this name: {pulled(pull)}"
        draft = ctx.finding(pull.use.written.span, message, pedantic=here is None, container=pull.use.container_name)
        draft.severity = "warning"
        if pull.use.policy:
            draft.also(pull.use.policy.span, "set here")
        if not here:
            yield draft.help("name the registry that has it; or load it onto the nodes and set `IfNotPresent`")
            continue
        done = "loaded onto nodes" if here.fact.deed == "loaded" else "built"
        draft.also(here.fact.span, f"{done} here", here.placed)
        title = f"set `{pull.use.field}: IfNotPresent`"
        draft.help(f"{title}: nodes then start what is loaded onto them")
        yield draft.fix(title, once(pull), safe=True)


def pulled(pull: Pull) -> str:
    """Why nodes ask Docker Hub for it."""
    if pull.use.policy:
        return "nodes pull it on each start (`Always`), and get ErrImagePull"
    why = "for `latest`" if pull.image.tag else "without a tag"
    return f"nodes pull it on each start (`Always`, the default {why}), and get ErrImagePull"


def once(pull: Pull) -> Add | Rewrite:
    """What makes nodes use the image that they have."""
    use = pull.use
    if use.policy:
        return Rewrite(use.policy.span, use.policy.value, "IfNotPresent")
    return Add(use.written.span, "image" if use.container else "reference", use.field, "IfNotPresent")
