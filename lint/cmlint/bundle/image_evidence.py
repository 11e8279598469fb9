"""What is known of an image where it is used, and in which order that counts."""

from __future__ import annotations

import re
from typing import Literal

import msgspec

from cmlint.bundle.proofs import Proof, Proofs, Subject
from cmlint.knowledge import tags
from cmlint.kube import images

Known = Literal["configured", "pushed", "told", "own", "foreign"]
"""Who changes what is behind a tag: nobody knows, but the configuration says that it moves; CI or a script pushes it; a
document tells how to push it; the team pushes it, by its name; somebody else does."""

DESKS = ("skaffold", "Tilt", "DevSpace")
"""Tools that put in their own image at a developer's desk, but not in what CI deploys."""

LOADED_REGISTRIES = ("ko.local", "kind.local", "dev.local")
"""What ko, Knative and kind call images that are on the machine itself."""

LOCAL = "docker.io/local/"
"""What people call images that no registry has, in the place of a registry: `local/api`."""

_PUBLIC = """
    docker.io quay.io ghcr.io gcr.io k8s.gcr.io registry.k8s.io mcr.microsoft.com public.ecr.aws docker.elastic.co
    nvcr.io registry.gitlab.com registry.access.redhat.com registry.redhat.io lscr.io cr.fluentbit.io cgr.dev icr.io
    registry.opensource.zalan.do docker.redpanda.com container-registry.oracle.com xpkg.upbound.io
"""
PUBLIC = frozenset(_PUBLIC.split())
"""Registries on which publishers offer images to everybody."""

_PUBLISHED = """
    latest snapshot dev devel main master trunk head nightly daily weekly edge canary unstable rolling rawhide tip next
    current test testing preview beta alpha experimental insiders
"""
PUBLISHED = frozenset(_PUBLISHED.split())
"""The words under which publishers offer what changes; other moving words are a team's branches and environments."""

KEEL = "keel.sh/policy"
"""The annotation by which Keel writes new tags into a workload: https://keel.sh/docs/#policies"""


class Standing(msgspec.Struct, frozen=True):
    """What is known of an image: who changes it, what its tag shows, and the lines that prove it.

    `pedantic` is what only those want to know who ask for everything.
    """

    known: Known
    movement: tags.Movement
    pedantic: bool = False
    proof: Proof | None = None

    @property
    def sure(self) -> bool:
        """Whether this repository surely pushes the image, so that every node can pull it."""
        return self.known == "pushed"


class Excuse(msgspec.Struct, frozen=True):
    """Why an image is not reported although its tag moves, or is pushed again."""

    why: str


def standing(
    subject: Subject, policy: str, proofs: Proofs, mutable: tuple[str, ...] = (), pinned: tuple[str, ...] = ()
) -> Standing | Excuse | None:
    """What is to be said of an image that is pulled by this policy, not `Always`; None where nothing is.

    `mutable` and `pinned` are the configuration's patterns. The order is that of the strength of what is known.
    """
    image = subject.image
    moving = tags.configured(image, mutable, pinned)
    if moving:
        return Standing("configured", "moves") if moving == "moves" else None
    if image.digest or policy == "Never":
        return None
    moving, pushed = tags.movement(image), proofs.pushed(subject)
    if moving == "pinned" and not pushed:
        return None
    sure = pushed if pushed and pushed.whose != "document" else None
    if why := excuse(subject, proofs, pushed):
        return Excuse(why) if sure or moving == "moves" else None
    if sure:
        return Standing("pushed", moving, is_for_pedants(subject, sure, moving, proofs), sure)
    if pushed:
        return Standing("told", moving, moving != "moves", pushed)
    return by_name(subject, moving, proofs)


def is_for_pedants(subject: Subject, pushed: Proof, moving: tags.Movement, proofs: Proofs) -> bool:
    """Whether a push most likely does no harm to the pods here.

    People change a full version that a script pushes. A script that also loads the image onto nodes, or a pipeline that
    does so after the push, deploys to these nodes.
    """
    loaded = proofs.loaded(subject)
    beside = loaded is not None and loaded.path == pushed.path
    if pushed.whose == "script":
        return moving == "pinned" or beside
    return beside and loaded is not None and loaded.fact.line > pushed.fact.line


def excuse(subject: Subject, proofs: Proofs, pushed: Proof | None) -> str:
    """Why a node never pulls this image by this tag, or that does no harm; empty where it may."""
    if KEEL in subject.placed.document.annotations:
        return "Keel puts new tags in its place"
    replaced = proofs.replaced(subject)
    if replaced and not (replaced.fact.tool in DESKS and pushed and pushed.whose == "ci"):
        return f"{replaced.fact.tool} puts another image in its place: {replaced.where}"
    if pushed and pushed.whose != "document":
        return ""
    if loaded := proofs.loaded(subject):
        return f"{loaded.fact.tool} puts it onto the nodes: {loaded.where}"
    if is_local(subject.image):
        return "by its name it is only on the nodes themselves"
    return "it names no registry, and Docker Hub has no official image of this name" * subject.is_bare


def by_name(subject: Subject, moving: tags.Movement, proofs: Proofs) -> Standing:
    """What is known of an image that nothing pushes, by its names alone."""
    own = proofs.is_own(subject)
    if own and (built := proofs.builds(subject)) and not proofs.pushes(subject):
        return Standing("own", moving, True, built)
    return Standing("own" if own or not is_foreign(subject.image) else "foreign", moving, moving != "moves")


def is_loaded(subject: Subject, proofs: Proofs) -> bool:
    """Whether an image is put onto the nodes themselves, so that a restart starts the newest build."""
    return is_local(subject.image) or proofs.loaded(subject) is not None


def is_local(image: images.Image) -> bool:
    """Whether an image is by its name one of the machine itself."""
    by_tag = image.registry == "docker.io" and "local" in re.split("[-_.]", (image.tag or "").lower())
    return by_tag or image.registry in LOADED_REGISTRIES or image.repository.startswith(LOCAL)


def is_foreign(image: images.Image) -> bool:
    """Whether an image is most likely offered by somebody else: by where it is, and by its tag."""
    if image.repository.startswith("docker.io/library/"):
        return True
    words = set(re.split("[-_.]", (image.tag or "latest").lower()))
    moving = words & tags.MOVING
    return image.registry in PUBLIC and (not moving or not moving.isdisjoint(PUBLISHED))
