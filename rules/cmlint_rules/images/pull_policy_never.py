"""An image of a registry that is never pulled."""

from collections.abc import Iterator

from cmlint.api import Context, Document, Draft, rule
from cmlint_rules.images import names_registry, pulls


@rule(
    name="pull-policy-never",
    summary="an image of a registry that no node ever pulls",
    consequence="stale",
    since="0.1.0",
)
def pull_policy_never(document: Document, ctx: Context) -> Iterator[Draft]:
    """Only where the image names a registry: `app:dev` with `Never` is how one runs a build of one's own."""
    for pull in pulls(document, ctx.settings):
        policy = pull.use.policy
        if policy is None or pull.policy != "Never" or not names_registry(pull):
            continue
        message = (
            f"`{pull.use.field}: Never` on an image of `{pull.image.registry}`: nothing pushed there arrives, "
            "and a node without the image cannot start the pod"
        )
        draft = ctx.finding(policy.span, message, container=pull.use.container_name)
        draft.also(pull.use.written.span, "the image")
        yield draft.help(
            "set `IfNotPresent`, or `Always` if its tag moves; `Never` is for images put on the nodes by hand"
        )
