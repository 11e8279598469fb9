"""One bundle: the documents that reach the cluster together, and everything a rule may ask of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from shlex import quote
from typing import TYPE_CHECKING, NamedTuple

from cmlint.bundle.arrivals import Arrivals, VolumeFiles
from cmlint.bundle.documents import Placed, chart_at, folder_of, folders_above, kustomization_at, template_at
from cmlint.bundle.endings import LEFT_OUT, all_aside, set_aside
from cmlint.bundle.environment import Environment, environment_of
from cmlint.bundle.evidence.question import Scope
from cmlint.bundle.evidence.surroundings import Surroundings
from cmlint.bundle.gitops_clusters import Destinations
from cmlint.bundle.index import Index
from cmlint.bundle.material import Files, Material, Neighbours
from cmlint.bundle.resolve import Resolver
from cmlint.bundle.volumes import Contents, Overlap, contents_of, overlaps_in
from cmlint.kube import expansion
from cmlint.model.evidence import Evidence
from cmlint.model.facts import (
    Container,
    Document,
    FileFacts,
    ImageSetting,
    Packed,
    PodSpec,
    Service,
    Span,
    Target,
    Volume,
)
from cmlint.model.failures import Failure
from cmlint.model.values import Changed, Missing

if TYPE_CHECKING:
    from cmlint.bundle.cluster import Cluster

REMEMBERED = 2 * 1024**2
"""How many characters the environments have together that are held in memory."""

ALL = 16 * 1024**2
LATER = 4 * 1024
"""How many characters all environments of a bundle may have, and each that is made after that.

A ConfigMap can be read by as many containers as fit into a file: without a bound, what is to be done would grow with
the product.
"""

LEAST = 1000
"""How many characters an environment counts for, at least."""

OPENSHIFT = "openshift.io/"
"""What the groups of OpenShift have in their names."""


class TooLarge(NamedTuple):
    """A container whose environment has more characters than there is room for."""

    container: Container
    placed: Placed
    room: int


class Bundle:
    """The documents of a bundle, indexed.

    `files` are its manifests with their facts, by the path under which they are shown; the other fields are those of
    its material and of its neighbours. Documents that are completed elsewhere, that a test compares, or that are left
    out are set `aside`, each with why. `clusters` are those that it goes to, as far as they were asked for.
    """

    def __init__(self, material: Material, neighbours: Neighbours | None = None) -> None:
        neighbours = neighbours or Neighbours()
        self.live, self.built, self.unbuilt = material.live, material.built, material.unbuilt
        self.complete, self.failures = material.complete, material.failures
        self.proofs, self.has_gitops = neighbours.proofs, neighbours.destinations.has_gitops
        self.programs, self.frame = neighbours.programs, neighbours.frame
        self.substituted = neighbours.destinations.deploys.substituted
        self.files = applied_files(material) if material.is_loose else list(material.files)
        self.aside = [*set_aside(list(material.files), self.files), *all_aside(material.left_out, LEFT_OUT)]
        self.placed = list(self.documents())
        self.commands = list(self.created_documents(material.scripts))
        self.index = Index(self.placed, self.commands, is_built=self.built is not None)
        self.scope = self.scope_of(material, neighbours)
        self.resolver = Resolver(self.scope)
        if neighbours.others is not None:
            neighbours.others.add(self.index)
        if self.index.is_built and self.complete:
            neighbours.destinations.add(self.index)
        self.environments: dict[tuple[int, str], Environment] = {}
        self.remembered = self.made = 0
        self.last_arrivals: Arrivals | None = None
        self.last_files: VolumeFiles | None = None
        self.rooms: dict[tuple[int, str], int] = {}
        self.too_large: dict[tuple[int, str], TooLarge] = {}

    def documents(self) -> Iterator[Placed]:
        """The documents of its manifests, in order."""
        documents = ((path, facts, document) for path, facts in self.files for document in places_of(facts))
        for number, (path, facts, document) in enumerate(documents):
            yield Placed(path, document, facts, number, self.built, frame=self.frame)

    def created_documents(self, scripts: Files) -> Iterator[Placed]:
        """What commands create, in its manifests and in other texts; their numbers follow those of the documents."""
        texts = (*((path, facts, self.built) for path, facts in self.files), *((*each, None) for each in scripts))
        documents = ((path, facts, built, document) for path, facts, built in texts for document in facts.commands)
        for number, (path, facts, built, document) in enumerate(documents, len(self.placed)):
            yield Placed(path, document, facts, number, built, frame=self.frame)

    def scope_of(self, material: Material, neighbours: Neighbours) -> Scope:
        """Everything in which its references are looked up."""
        texts = [] if self.live else [*self.files, *material.beside]
        around = Surroundings(texts, material.loose_files, self.frame, neighbours.folders)
        around.as_they_are = neighbours.destinations.as_they_are(() if self.index.is_built else self.index.by_folder)
        return Scope(
            index=self.index,
            around=around,
            ways=neighbours.ways,
            others=neighbours.others,
            destinations=neighbours.destinations,
            unbuilt=self.unbuilt,
            complete=self.complete,
            changed_by=material.changed_by,
            supply=material.supply,
            moved=material.moved,
            replaced=neighbours.replaced,
            removed=neighbours.removed,
        )

    @property
    def clusters(self) -> tuple[Cluster, ...]:
        """The clusters that are asked for what is not here."""
        return self.scope.clusters

    @property
    def options(self) -> str:
        """The options by which kubectl reaches the cluster; empty where it is the current one, or none is known."""
        return next((cluster.options for cluster in self.clusters if cluster.options), "")

    @property
    def destinations(self) -> Destinations:
        """What GitOps objects of the run bring to clusters."""
        return self.scope.destinations or Destinations()

    @property
    def home(self) -> str:
        """The namespace to which objects go that name none, as far as the cluster says so."""
        return next((cluster.namespace for cluster in self.clusters if cluster.namespace), "")

    def options_for(self, namespace: str | None) -> str:
        """The options by which kubectl reaches an object in the cluster, with the namespace of one that names none."""
        home = f"-n {quote(self.home)}" if namespace is None and self.home else ""
        return " ".join(filter(None, (home, self.options)))

    def use_clusters(self, *clusters: Cluster) -> None:
        """Lets references lead into clusters; what was answered without them is forgotten."""
        self.scope.clusters = clusters
        self.resolver = Resolver(self.scope)
        self.environments.clear()
        self.last_arrivals = self.last_files = None

    def masked(self) -> Iterator[tuple[str, Span]]:
        """What must not be shown of scripts and of source files, by their paths."""
        yield from self.proofs.masked()
        yield from self.programs.masked() if self.programs else ()

    def environment(self, container: Container, placed: Placed) -> Environment:
        """A container's environment; asked for again soon, the same one.

        Containers with one too large to be known are remembered in `too_large`.
        """
        key = placed.number, container.path
        if key not in self.environments:
            if self.remembered >= REMEMBERED:
                self.environments.clear()
                self.remembered = 0
            known = key in self.rooms
            room = self.rooms.setdefault(key, expansion.LARGEST if self.made < ALL else LATER)
            made = environment_of(container, placed, self.resolver, self.services_of(placed), room=room)
            self.environments[key] = made
            self.remembered += made.size + LEAST
            self.made += 0 if known else made.size
            if made.too_large:
                self.too_large[key] = TooLarge(container, placed, room)
        return self.environments[key]

    def arrivals(self, container: Container, placed: Placed) -> Arrivals:
        """As what values arrive in a container; of the last one that was asked for it is kept."""
        if self.last_arrivals is None or self.last_arrivals.container is not container:
            self.last_arrivals = Arrivals(container, self.environment(container, placed))
        return self.last_arrivals

    def volume_files(self, placed: Placed, pod: PodSpec) -> VolumeFiles:
        """Which files the volumes of a pod hold; of the last one that was asked for it is kept."""
        if self.last_files is None or self.last_files.pod is not pod:
            self.last_files = VolumeFiles(placed, pod, self.resolver)
        return self.last_files

    @cached_property
    def has_openshift(self) -> bool:
        """Whether there are objects of OpenShift."""
        return any(OPENSHIFT in placed.document.api_version for placed in self.placed) or any(
            OPENSHIFT in other.api_version for _, facts in self.files for other in facts.others
        )

    def services_of(self, placed: Placed) -> list[Service]:
        """The Services of which the kubelet tells the pods of a document: those of its namespace, in its own folder.

        What is built goes to the cluster as one.
        """
        services = self.services.get("" if self.built else placed.directory, ())
        return [each for each in services if each.namespace == placed.namespace]

    @cached_property
    def services(self) -> dict[str, list[Service]]:
        """The Services by the folders of their texts."""
        found: dict[str, list[Service]] = {}
        for path, facts in self.files:
            folder = "" if self.built else folder_of(path, self.frame)
            for service in facts.services:
                found.setdefault(folder, []).append(service)
        return found

    def image_settings(self) -> Iterator[tuple[ImageSetting, Placed]]:
        """What the kustomization that builds it sets for images, each with what represents that kustomization."""
        for setting in self.built.image_settings() if self.built else ():
            ignores = self.built.ignores(setting.path) if self.built else ()
            yield setting, kustomization_at(setting.path, setting.name.span, ignores)

    def failed(self) -> Iterator[tuple[Failure, Placed, list[Placed], Placed | None]]:
        """Why charts and kustomizations are not built, with the places of each, the main one first.

        The last place is where a patch names an object that is not there.
        """
        for each in self.failures:
            places = [(each.path, each.span, each.ignores), *((*other, ()) for other in each.others)]
            placed = [chart_at(*p) if each.thing == "chart" else kustomization_at(*p) for p in places]
            yield each, placed[0], placed[1:], kustomization_at(*each.aimed, ()) if each.aimed else None

    def missing_values(self) -> Iterator[tuple[Missing, Placed, Placed]]:
        """What templates of a chart read that no file of values has; the template, and the file with a near name."""
        for missing in self.built.missing() if self.built else ():
            yield (
                missing,
                self.template(missing.path, missing.span),
                self.template(missing.near.path, missing.near.span),
            )

    def changed_numbers(self) -> Iterator[tuple[Changed, Placed, Placed]]:
        """The numbers that templates of a chart write in another form; the template, and the file of values."""
        for changed in self.built.changed() if self.built else ():
            yield (
                changed,
                self.template(changed.path, changed.span),
                self.template(changed.value.path, changed.value.span),
            )

    def template(self, path: str, span: Span) -> Placed:
        """A template of the chart as the document of a finding."""
        return template_at(path, span, self.built.ignores(path) if self.built else ())

    def contents(self, volume: Volume, placed: Placed) -> Contents:
        """The files of a volume."""
        return contents_of(volume, placed, self.resolver)

    def overlaps(self, volume: Volume, placed: Placed) -> Iterator[Overlap]:
        """The files of a volume that cannot both be in it."""
        return overlaps_in(volume, placed, self.resolver)

    def maker(self, placed: Placed) -> Evidence | None:
        """What is around a document and may make, or read, what the files do not show; None when nothing does.

        Everything is around a document at the top, and what is at the top is around every document.
        """
        around, ignored = self.scope.around, self.scope.ways(placed).ignored
        at_top = None if placed.directory else around.anywhere(placed.namespace, ignored)
        return at_top or around.maker(placed, ignored)

    def may_make(self, target: Target, name: str, placed: Placed) -> bool:
        """Whether it may make an object when it is installed in another way: a chart with other values, a base."""
        supply = self.scope.supply
        return supply is not None and (supply.may_make(target, name) or self.maker(placed) is not None)

    def is_kustomized(self, placed: Placed) -> bool:
        """Whether a kustomization in the document's folder, or above, may still change it."""
        folder = placed.directory
        return bool(self.unbuilt) or any(name in self.kustomized for name in (folder, *folders_above(folder)))

    @cached_property
    def kustomized(self) -> frozenset[str]:
        """The folders that hold a kustomization which was not built."""
        return frozenset(folder_of(path, self.frame) for path, facts in self.files if facts.kustomized)


def applied_files(material: Material) -> list[tuple[str, FileFacts]]:
    """The manifests that somebody applies as they are: without parts of others, and without what tests compare."""
    files = list(material.files)
    if any("src/main/resources/" in path for path, _ in files):
        from cmlint.bundle.incomplete import without_blanks

        files = without_blanks(files)
    if any(document.imageless for _, facts in files for document in facts.documents):
        from cmlint.bundle.incomplete import without_parts

        files = without_parts(files, material.beside)
    if any(document.compared for _, facts in files for document in facts.documents):
        from cmlint.bundle.test_expectations import without_compared

        files = without_compared(files)
    return files


def places_of(facts: FileFacts) -> Iterable[Document | int]:
    """The documents of a text, where these are packed their places."""
    return range(len(facts.documents)) if isinstance(facts.documents, Packed) else facts.documents
