"""What is known of an image where it is used: who pushes, loads, replaces or builds it, and how a new push arrives.

All of it comes from the same evidence, in the same order, by which the rules about images decide.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from cmlint.bundle.bundle import Bundle
from cmlint.bundle.documents import Placed
from cmlint.bundle.endings import CHANGED
from cmlint.bundle.image_evidence import Excuse, Standing, is_loaded, standing
from cmlint.bundle.proofs import Proof, image_of, is_tag, may_be
from cmlint.bundle.pulls import Pull, Use, arrival, pull_of, resolves_tags
from cmlint.bundle.renewal import renewal
from cmlint.knowledge import placeholders
from cmlint.kube.versions import Version

MOST_LINES = 20
"""The most lines that one explanation lists."""


class ImageSettings(NamedTuple):
    """What the configuration says about images, and the version of Kubernetes."""

    version: Version
    always: bool = False
    mutable: tuple[str, ...] = ()
    pinned: tuple[str, ...] = ()


class Line(NamedTuple):
    """A line that does something to an image; where it does not count here, `why` says why."""

    proof: Proof
    counts: bool
    why: str = ""


class Known(NamedTuple):
    """An image, how nodes pull it, why `mutable-tag` reports it or not, and how a new push arrives.

    `why` completes "reported: ..." if `moves`, else "not reported: ...". An image that cannot be read has no `pull`.
    Of one that a failing build, or GitOps, may still change, `changed` is the sentence that says so.
    """

    use: Use
    placed: Placed
    pull: Pull | None
    moves: bool
    pedantic: bool
    why: str
    lines: tuple[Line, ...] = ()
    arrives: str = ""
    changed: str = ""


def known_of(use: Use, placed: Placed, bundle: Bundle, ways: ImageSettings) -> Known:
    """All that is known of an image in its place."""
    pull = pull_of(use, placed, bundle, always=ways.always)
    if pull is None or resolves_tags(placed.document):
        return Known(use, placed, None, moves=False, pedantic=False, why=unread(use, placed))
    found = None
    if pull.policy != "Always":
        found = standing(pull.subject, pull.policy, bundle.proofs, ways.mutable, ways.pinned)
    moves = isinstance(found, Standing)
    return Known(
        use,
        placed,
        pull,
        moves=moves,
        pedantic=isinstance(found, Standing) and found.pedantic,
        why=why_moves(found) if isinstance(found, Standing) else why_not(pull, found),
        lines=tuple(lines(pull, bundle))[:MOST_LINES],
        arrives=arrives(pull, found, bundle, ways.version),
        changed="" if bundle.complete else bundle.unbuilt or bundle.scope.changed_by or CHANGED.sentence,
    )


def unread(use: Use, placed: Placed) -> str:
    """Why nothing is known of an image."""
    if resolves_tags(placed.document):
        return "a controller puts a digest in the place of its tag"
    if placeholders.is_placeholder_image(use.written.value):
        return "it has a placeholder, which something else replaces before it is applied"
    if image_of(use.written.value) is None:
        return "it is not a valid image"
    return "its pull policy is not valid"


def why_moves(found: Standing) -> str:
    """Why an image is reported."""
    if found.known == "configured":
        return "`mutable-tags` in the configuration says that it moves"
    if found.known == "pushed" and found.proof:
        return f"{found.proof.where} pushes it again"
    if found.known == "told" and found.proof:
        return f"{found.proof.where} describes how to push it again"
    tag = {"moves": "its tag moves by its name", "follows": "its tag follows a line of versions"}
    said = tag.get(found.movement, "its tag does not say which build it is")
    whose = "it is this repository's own by its name" if found.known == "own" else "somebody else publishes it"
    return f"{whose}, and {said}"


def why_not(pull: Pull, found: Excuse | None) -> str:
    """Why an image is not reported."""
    if found:
        return found.why
    if pull.policy == "Always":
        return "nodes pull it each time that a container starts"
    if pull.image.digest:
        return "its digest names one build"
    if pull.policy == "Never":
        return "no node pulls it"
    return "its tag names one build, and nothing that cmlint reads pushes it again"


def lines(pull: Pull, bundle: Bundle) -> Iterator[Line]:
    """The lines that do something to an image or restart its workload: first those that count."""
    proofs, subject = bundle.proofs, pull.subject
    replaced = proofs.replaced(subject)
    counting = [replaced] if replaced else []
    aside: list[Line] = []
    for proof in proofs.about(subject, "pushed", "loaded", "built"):
        fits = may_be if proof.fact.deed == "loaded" else is_tag
        if fits(proof.fact.tag, subject.tag):
            counting.append(proof)
        else:
            aside.append(Line(proof, counts=False, why=other_tag(proof)))
    if restarted := proofs.restarted(pull.placed):
        counting.append(restarted)
    yield from (Line(proof, counts=True) for proof in dict.fromkeys(counting))
    yield from dict.fromkeys(aside)


def other_tag(proof: Proof) -> str:
    """Why a line about the name of an image does not count for its tag."""
    return "its tag is not known" if "*" in proof.fact.tag else "it has another tag"


def arrives(pull: Pull, found: Standing | Excuse | None, bundle: Bundle, version: Version) -> str:
    """What makes a new build arrive in pods."""
    proofs, subject, document = bundle.proofs, pull.subject, pull.placed.document
    if replaced := proofs.replaced(subject):
        return f"{replaced.fact.tool} names each build when it is applied: {replaced.where}"
    if pull.image.digest:
        return "name the new digest here, and apply this file"
    pushed = proofs.pushed(subject)
    if pushed and pushed.whose != "document":
        return arrival(pull, version)
    if is_loaded(subject, proofs):
        kept = pull.policy == "Always"
        loaded = renewal(document, version, "after each load")
        return f"set `{pull.use.field}: IfNotPresent`, and {loaded}" if kept else loaded
    if pull.policy == "Never":
        return renewal(document, version, "load it onto the nodes, and after that")
    if pull.policy != "Always" and (found is None or (isinstance(found, Standing) and found.known == "foreign")):
        return "name the new version here, and apply this file"
    return arrival(pull, version)
