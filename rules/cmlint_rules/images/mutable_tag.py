"""A tag that moves, which nodes do not pull again."""

from collections.abc import Iterator

from cmlint.api import Context, Document, Draft, Excuse, Pull, Standing, arrival, renewals, rule, standing, tags
from cmlint_rules.images import open_pulls


@rule(
    name="mutable-tag",
    summary="a tag that moves, with a pull policy that does not pull it again",
    consequence="stale",
    since="0.1.0",
    fixable=True,
)
def mutable_tag(document: Document, ctx: Context) -> Iterator[Draft]:
    """Containers and image volumes."""
    for pull in open_pulls(ctx.placed, ctx):
        if pull.policy == "Always":
            continue
        patterns = ctx.settings.mutable_tags, ctx.settings.pinned_tags
        image = pull.subject
        found = standing(image, pull.policy, ctx.bundle.proofs, *patterns)
        if isinstance(found, Excuse):
            yield ctx.excuse(pull.use.written.span, pull.use.written.value, found.why)
        if not isinstance(found, Standing):
            continue
        message = f"{subject(pull, found)}, but {once(pull)}: {outcome(pull, found)}"
        draft = ctx.finding(pull.use.written.span, message, pedantic=found.pedantic, container=pull.use.container_name)
        if pull.use.policy:
            draft.also(pull.use.policy.span, "set here")
        if found.proof:
            draft.also(found.proof.fact.span, f"{DONE[found.proof.fact.deed]} here", found.proof.placed)
        draft.help(advice(pull, found, ctx))
        safe = found.sure and pull.policy != "Never" and not image.is_bare and not ctx.bundle.proofs.loaded(image)
        yield draft.fix(wanted(pull), pull.use.always, safe=safe)


DONE = {"pushed": "pushed", "built": "built"}


def wanted(pull: Pull) -> str:
    """What to set."""
    return f"set `{pull.use.field}: Always`"


def advice(pull: Pull, found: Standing, ctx: Context) -> str:
    """What to do: first what the fix begins, by which new pods pull the image, then how one build is named."""
    if found.known == "foreign":
        return f"{wanted(pull)}, so that each start pulls the newest build; or pin a full version or a digest"
    rolls = found.known == "pushed" and renewals.replaces_pods(ctx.document)
    restarted = ctx.bundle.proofs.restarted(ctx.placed) if rolls else None
    way = arrival(pull, ctx.settings.kubernetes_version, ctx.bundle.options_for(ctx.placed.namespace))
    if restarted:
        way = f"{wanted(pull)}: the restart in {restarted.where} changes nothing before, and brings each push then"
    if found.known == "pushed":
        workflow = found.proof is not None and ".github/" in found.proof.path
        other = "push a tag of its own for each build" + " (`${{ github.sha }}`)" * workflow
    else:
        other = "pin a full version or a digest"
    return f"{way}; or {other}"


def subject(pull: Pull, found: Standing) -> str:
    """What moves, and how that is known."""
    tag = pull.image.tag
    if found.known in ("pushed", "told") and found.proof:
        if found.known == "pushed" and found.movement != "moves" and tags.has_version(tag or ""):
            return f"`{tag}` looks like one build, and {found.proof.where} pushes it again on every run"
        by = "by" if found.known == "pushed" else "as described in"
        return f"`{pull.use.written.value}` is pushed again {by} {found.proof.where}"
    if found.known == "foreign" and found.movement == "moves":
        return f"the publisher moves `{tag}`" if tag else "without a tag it is `latest`, which its publisher moves"
    if tag is None:
        return "without a tag it is `latest`, which moves by its name"
    if found.movement == "moves":
        return f"the tag `{tag}` moves" + " by its name" * (found.known != "configured")
    if found.movement == "unknown":
        return f"the tag `{tag}` does not say which build it is"
    return f"the tag `{tag}` follows a {'version' if tags.has_version(tag) else 'release line'}"


def once(pull: Pull) -> str:
    """Why no node notices."""
    if pull.policy == "Never":
        return "no node pulls it (`Never`)"
    if pull.stored:
        return f"the live object was created with `{pull.policy}` and keeps it, so that nodes pull it only once"
    return f"nodes pull it only once (`IfNotPresent`{', the default' * pull.by_default})"


def outcome(pull: Pull, found: Standing) -> str:
    """What happens then."""
    if found.known in ("pushed", "told"):
        return "a restart starts the old build"
    if found.known == "foreign" and found.movement == "moves":
        return "each keeps the build that it pulled first, so two nodes can run different builds"
    if found.movement == "follows":
        what = "version" if tags.has_version(pull.image.tag or "") else "release line"
        return f"a newer build of that {what} does not arrive"
    return "a newer push does not arrive"
