"""What bundles are made of: what a source gives for one, and what all bundles of a run share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import msgspec

from cmlint.bundle.documents import Built, Frame, Placed
from cmlint.bundle.evidence.question import LookupOptions, usual_ways
from cmlint.bundle.gitops_clusters import Destinations
from cmlint.bundle.index import Indexes, Supply
from cmlint.bundle.proofs import Proofs
from cmlint.model.facts import FileFacts
from cmlint.model.failures import Failure

if TYPE_CHECKING:
    from cmlint.bundle.gitops_folders import ReadFolders
    from cmlint.bundle.programs import Programs

Files = Sequence[tuple[str, FileFacts]]
"""Texts with their facts, by the paths under which they are shown."""


class Installation(msgspec.Struct, kw_only=True):
    """How a chart is installed: its folder as it is shown, and the names of its releases with the paths that say so.

    `values_from` are the paths of the texts whose values it is rendered with; None where the configuration chooses its
    values.
    """

    chart: str
    values_from: frozenset[str] | None = None
    releases: dict[str, str] = {}


class Material(msgspec.Struct, kw_only=True):
    """What a source gives for one bundle.

    `files` are the manifests. `scripts` are further texts that have commands, `beside` are texts that only show what
    else is made, and `loose_files` are the paths of other files among the manifests. Of those that are `left_out`, only
    the references are counted.

    `built` leads back from a text that a program has built; `folder` is the folder in which GitOps objects name it, and
    `installation` says how a chart is installed. `unbuilt` says why nothing was built, so that no reference resolves.
    It is not `complete` if a patch or other values may still change what is in it; `changed_by` says which in words.
    `supply` is what the installation may add; a base is one that overlays elsewhere may complete. `failures` are the
    reasons why something is not built. What is `moved` goes to one namespace, whichever its objects name. What is
    `live` is a part of a cluster.
    """

    files: Files = ()
    scripts: Files = ()
    beside: Files = ()
    loose_files: Sequence[str] = ()
    left_out: Files = ()
    built: Built | None = None
    folder: str | None = None
    installation: Installation | None = None
    unbuilt: str = ""
    complete: bool = True
    changed_by: str = ""
    supply: Supply | None = None
    is_base: bool = False
    failures: Sequence[Failure] = ()
    moved: bool = False
    live: bool = False

    @property
    def is_loose(self) -> bool:
        """Whether the manifests are files as they are, which nothing has built and no cluster holds."""
        return self.built is None and not self.unbuilt and not self.live


class Neighbours(msgspec.Struct, kw_only=True):
    """What all bundles of a run share.

    `ways` says how the references of a document are looked up, `proofs` are what the files prove about images,
    `programs` what containers run where any is linked to its source, and `destinations` what goes to the same cluster.
    `folders` are those that are read, of which GitOps objects bring nothing more.
    The `frame` says where paths lead that begin above the working directory. `replaced` are the words that scripts
    replace in manifests, `removed` the objects that a change has removed. `others` are the indexes of all bundles, if
    one may lead to another.
    """

    ways: Callable[[Placed], LookupOptions] = usual_ways
    proofs: Proofs = msgspec.field(default_factory=Proofs)
    programs: Programs | None = None
    folders: ReadFolders | None = None
    destinations: Destinations = msgspec.field(default_factory=Destinations)
    replaced: frozenset[str] = frozenset()
    removed: frozenset[str] = frozenset()
    others: Indexes | None = None
    frame: Frame | None = None
