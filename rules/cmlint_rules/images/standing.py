"""What is known of an image where it is used, and in which order that counts."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from cmlint.api import Context, Proof, Subject, images, official, tags
from cmlint_rules.images import Pull

Known = Literal["configured", "pushed", "told", "own", "foreign"]
"""Who changes what is behind a tag: nobody knows, but the configuration says that it moves; CI or a script pushes it; a
document tells how to push it; the team pushes it, by its name; somebody else does."""

DESKS = ("skaffold", "Tilt")
"""Tools that put in their own image at a developer's desk, but not in what CI deploys."""

LOADED_REGISTRIES = ("ko.local", "kind.local", "dev.local", "localhost")
"""What ko, Knative and kind, and podman call images that are on the machine itself."""

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


class Standing(NamedTuple):
    """What is said of an image: who changes it, what its tag says, and the lines that prove it.

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


def subject_of(pull: Pull, ctx: Context) -> Subject:
    """The image as the evidence is asked for it."""
    return Subject(pull.use.written.value, pull.image, ctx.placed, pull.use.written.span, pull.use.container_name)


def standing(pull: Pull, ctx: Context) -> Standing | None:
    """What is to be said of an image that nodes do not pull again; None where nothing is.

    The order is that of the strength of what is known.
    """
    settings, image = ctx.settings, pull.image
    moving = tags.configured(image, settings.mutable_tags, settings.pinned_tags)
    if moving:
        return Standing("configured", "moves") if moving == "moves" else None
    if image.digest or KEEL in ctx.document.annotations:
        return None
    proofs, subject = ctx.bundle.proofs, subject_of(pull, ctx)
    moving = tags.movement(image)
    pushed = proofs.pushed(subject)
    replaced = proofs.replaced(subject)
    if replaced and not (replaced.fact.tool in DESKS and pushed and pushed.whose == "ci"):
        return None
    if pull.policy == "Never":
        return None
    if pushed and pushed.whose != "document":
        return Standing("pushed", moving, pushed.whose == "script" and moving == "pinned", pushed)
    if is_loaded(subject, ctx) or is_bare(pull):
        return None
    if pushed:
        return Standing("told", moving, moving != "moves", pushed)
    if moving == "pinned":
        return None
    own = proofs.is_own(subject)
    if own and (built := proofs.built(subject)) and not proofs.pushes(subject):
        return Standing("own", moving, True, built)
    return Standing("own" if own or not is_foreign(image) else "foreign", moving, moving != "moves")


def is_loaded(subject: Subject, ctx: Context) -> bool:
    """Whether an image is put onto the nodes themselves, so that a restart starts the newest build."""
    image = subject.image
    by_name = image.registry == "docker.io" and "local" in re.split("[-_.]", (image.tag or "").lower())
    return by_name or image.registry in LOADED_REGISTRIES or ctx.bundle.proofs.loaded(subject) is not None


def is_bare(pull: Pull) -> bool:
    """Whether an image has a name without a registry or namespace that is none of Docker's official images."""
    repository = pull.image.repository
    bare = "/" not in pull.use.written.value.partition("@")[0] and repository.startswith("docker.io/library/")
    return bare and repository.rpartition("/")[2] not in official.OFFICIAL


def is_foreign(image: images.Image) -> bool:
    """Whether an image is most likely offered by somebody else: by where it is, and by its tag."""
    if image.repository.startswith("docker.io/library/"):
        return True
    words = set(re.split("[-_.]", (image.tag or "latest").lower()))
    moving = words & tags.MOVING
    return image.registry in PUBLIC and (not moving or not moving.isdisjoint(PUBLISHED))
