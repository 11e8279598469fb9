"""An image of a registry that is never pulled."""

import re
from collections.abc import Iterator

from cmlint.api import Context, Document, Draft, images, is_loaded, rule
from cmlint_rules.images import pulls

LOCAL = r"localhost|.*\.(?:localhost|local|test)|[0-9.]+|\[.*\]|[^.]+"
"""Registries of one machine or one desk, and names that are not a registry (`ko.local`, `kind-registry`)."""

BY_HAND = frozenset(("test", "tests", "e2e", "kind", "minikube", "k3d", "local"))
"""Folders with what is run on a cluster of one's own, onto whose nodes images are loaded."""


@rule(
    name="pull-policy-never",
    summary="an image of a registry that no node ever pulls",
    consequence="stale",
    since="0.1.0",
)
def pull_policy_never(document: Document, ctx: Context) -> Iterator[Draft]:
    """Only where the image names a registry, and not in what tests run: both is how one runs a build of one's own."""
    for pull in pulls(ctx.placed, ctx):
        policy = pull.use.policy
        if policy is None or pull.policy != "Never" or not names_registry(pull.use.written.value, pull.image):
            continue
        if is_loaded(pull.subject, ctx.bundle.proofs) or ctx.bundle.proofs.replaced(pull.subject):
            continue
        if is_by_hand(ctx.placed.written(policy.span)[0]):
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


def is_by_hand(path: str) -> bool:
    """Whether a text is in a folder of tests; of what is not below the working directory nobody knows whose it is."""
    return not path.startswith("/") and not BY_HAND.isdisjoint(path.split("/")[:-1])


def names_registry(written: str, image: images.Image) -> bool:
    """Whether an image names a registry that many nodes share; local builds may be called `docker.io/library/...`."""
    if not written.startswith(f"{image.registry}/") or image.repository.startswith("docker.io/library/"):
        return False
    return not re.fullmatch(LOCAL, re.sub(r":\d+$", "", image.registry))
