"""The question that evidence answers: could something make the object that this reference names?"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import msgspec

from cmlint.bundle.evidence.surroundings import Surroundings
from cmlint.bundle.index import Index, Indexes, Supply
from cmlint.bundle.nearest import Meeting, meets, nearest_definitions
from cmlint.bundle.placed import Definition, Placed
from cmlint.kube.near import nearest, only_near
from cmlint.model.facts import Reference, Target

if TYPE_CHECKING:
    from cmlint.bundle.cluster import Answer, Cluster


class Scope(msgspec.Struct):
    """Everything in which a bundle's references are looked up.

    `index` and `around` are the bundle's own. `external` are patterns `[Kind/]name` of objects that are made elsewhere,
    and `strict` says that such evidence does not count. `others` are the indexes of all bundles of the run, `siblings`
    those that go to the same cluster, each with whether both go to one namespace. `unbuilt` says why the bundle could
    not be built, `supply` what its installation adds, `clusters` are the clusters it goes to. `all_secrets` says that a
    Secret which no file defines counts as missing, and not as made elsewhere.
    """

    index: Index
    around: Surroundings
    external: tuple[str, ...] = ()
    strict: bool = False
    others: Indexes | None = None
    unbuilt: str = ""
    supply: Supply | None = None
    siblings: tuple[tuple[Index, bool], ...] = ()
    clusters: tuple[Cluster, ...] = ()
    all_secrets: bool = False


class Near(msgspec.Struct, frozen=True):
    """Providers of the name that was probably meant; `only` says that no other name is near."""

    definitions: tuple[Definition, ...] = ()
    only: bool = False


class Question(msgspec.Struct, frozen=True, dict=True):
    """A reference of a document, the namespace in which it looks, and the scope in which it is answered."""

    reference: Reference
    namespace: str | None
    placed: Placed
    scope: Scope

    @property
    def target(self) -> Target:
        """The kind of object that is wanted."""
        return self.reference.target

    @property
    def name(self) -> str:
        """The name that is wanted."""
        return self.reference.name.value

    @cached_property
    def meeting(self) -> Meeting:
        """The providers of this name in the bundle that may be in the namespace."""
        return self.scope.index.meeting(self.target, self.name, self.namespace)

    @cached_property
    def answers(self) -> list[Answer]:
        """What the clusters say of the name."""
        return [cluster.ask(self.reference, self.namespace) for cluster in self.scope.clusters]

    @cached_property
    def perhaps_created(self) -> list[Definition]:
        """What commands for this document may create under a name of which they leave a part open."""
        index = self.scope.index
        found = index.perhaps_created(self.target, self.name)
        return [each for each in found if meets(self.namespace, each.namespace) and index.serves(each, self.placed)]

    @cached_property
    def near(self) -> Near:
        """Providers of the name that was probably meant."""
        nearby, spelled = self.scope.index.nearby(self.target)
        reachable: dict[str, list[Definition]] = {}
        for name in nearby.around(self.name):
            if found := [each for each in spelled[name] if meets(self.namespace, each.namespace)]:
                reachable[name] = found
        meant = nearest(self.name, reachable)
        if meant is None:
            return Near()
        return Near(nearest_definitions(reachable[meant], self.placed), only_near(self.name, reachable) is not None)
