"""What a change of ConfigMaps and Secrets does: to which objects it is made, who reads these, and with which effect."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Literal, NamedTuple

from cmlint.bundle import lookup
from cmlint.bundle.bundle import Bundle
from cmlint.bundle.documents import HASH, Definition, Placed, is_hashed, references_of
from cmlint.bundle.environment import Environment
from cmlint.bundle.lookup import Point
from cmlint.bundle.nearest import meets
from cmlint.bundle.readers import ALL, Effect, Read, effect_on, reads_of, roller_of
from cmlint.bundle.reconciled import Reconciled
from cmlint.bundle.reloading import IMAGES, Roller
from cmlint.bundle.renewal import ROLLING, is_rollout, replaces_pods
from cmlint.bundle.resolve import Resolution, key_of
from cmlint.knowledge.placeholders import is_placeholder, may_become
from cmlint.kube.near import nearest
from cmlint.model.facts import EXAMPLE, Reference, Scalar, Span, Target
from cmlint.model.findings import Location

Change = Literal["asked", "added", "removed", "changed"]
"""What is done to an object or a key: nobody did anything yet, and it is `asked` what a new value does; or else."""

Place = tuple[str, Span]
"""The path of a text, and a stretch of it."""

STRONGEST: tuple[Effect, ...] = (
    "breaks",
    "rejected",
    "next-start",
    "next-run",
    "rolls",
    "refreshes",
    "controller",
    "none",
)
"""The effects, the strongest first."""


class Defined(NamedTuple):
    """A definition, and the bundle that it is in."""

    bundle: Bundle
    definition: Definition

    @property
    def place(self) -> Place:
        """Where the name of the object is written."""
        return self.definition.placed.written(self.definition.provider.name.span)


class Subject(NamedTuple):
    """An object, or one key of it, that changes; `name` is as it is written, `defined` once for each bundle.

    `place` is where it is written, `was` where it was before it was removed. `immutable` says whether it was immutable
    before the change; None represents what its definitions say.
    """

    target: Target
    namespace: str | None
    name: str
    key: str
    change: Change
    defined: tuple[Defined, ...]
    place: Place | None
    was: Location | None = None
    immutable: bool | None = None

    @property
    def described(self) -> str:
        """Kind, namespace and name."""
        return f"{self.target} {f'{self.namespace}/' if self.namespace else ''}{self.name}"


class Touched(NamedTuple):
    """A read of a subject, with what the change does to it and why; `place` shows the reason.

    `names` are the variables or files that it arrives as, `through` what these are expanded into. Whether it reads the
    subject at all is not `sure` where something else may define the name. What a GitOps object reads, it `renders` into
    others, of which there may be `more`.
    """

    subject: Subject
    bundle: Bundle
    read: Read
    names: tuple[str, ...]
    through: tuple[str, ...]
    effect: Effect
    why: str
    place: Place | None = None
    sure: bool = True
    renders: tuple[Placed, ...] = ()
    more: bool = False


class Near(NamedTuple):
    """A read of a key that the object does not have, and of which the name is near the one that is asked for."""

    subject: Subject
    read: Read
    key: str


class Impact(NamedTuple):
    """All that changes do."""

    subjects: list[Subject]
    touched: list[Touched]
    near: list[Near]


# what is asked for


def named(bundles: Sequence[Bundle], target: Target, name: str, key: str, namespace: str | None) -> list[Subject]:
    """The objects of a name, each definition once; one that is only read has none."""
    found = [
        Defined(bundle, definition)
        for bundle in bundles
        for definition in lookup.definitions_of([bundle], target, name)
        if definition.provider.kind != EXAMPLE and (namespace is None or meets(namespace, definition.namespace))
    ]
    found = found or list(in_clusters(bundles, target, name, namespace))
    if found:
        return list(subjects_of(found, key, "asked"))
    reads = lookup.references_to(bundles, target, name)
    if any(namespace is None or meets(namespace, each.placed.namespace) for each in reads):
        return [Subject(target=target, namespace=namespace, name=name, key=key, change="asked", defined=(), place=None)]
    return []


def in_clusters(bundles: Sequence[Bundle], target: Target, name: str, namespace: str | None) -> Iterator[Defined]:
    """The objects of a name that clusters have."""
    for cluster in bundles[0].clusters if bundles else ():
        for each in cluster.namespaces_of.get((target, name), ()):
            if namespace in (None, each):
                yield Defined(bundles[0], cluster.definition(target, name, each))


def subjects_of(found: Iterable[Defined], key: str, change: Change) -> Iterator[Subject]:
    """One subject for each place at which definitions are written: a base is one, whichever overlays build it."""
    by_place: dict[tuple[Target, str, Place], list[Defined]] = {}
    for each in found:
        definition = each.definition
        by_place.setdefault((definition.provider.target, definition.spelled, each.place), []).append(each)
    for (target, name, place), defined in by_place.items():
        namespaces = {each.definition.namespace for each in defined}
        namespace = namespaces.pop() if len(namespaces) == 1 else None
        yield Subject(
            target=target, namespace=namespace, name=name, key=key, change=change, defined=tuple(defined), place=place
        )


def written_at(bundles: Sequence[Bundle], point: Point) -> list[Subject]:
    """What is defined in a stretch of a text: the keys there, else the objects; values of charts count as well."""
    found: list[tuple[Defined, str]] = []
    for bundle in bundles:
        for placed in bundle.placed:
            if lookup.reaches(placed, point) or reads_values(placed, point.path):
                for provider in placed.document.providers:
                    defined = Defined(bundle, Definition(placed, provider))
                    found += [(defined, key) for key in keys_at(defined, point)]
    whole = {(id(each.bundle), each.place) for each, key in found if key == ALL}
    by_key: dict[str, list[Defined]] = {}
    for defined, key in found:
        if key == ALL or (id(defined.bundle), defined.place) not in whole:
            by_key.setdefault(key, []).append(defined)
    return [subject for key, these in by_key.items() for subject in subjects_of(these, key, "asked")]


def reads_values(placed: Placed, path: str) -> bool:
    """Whether a document is rendered by a chart to which a text gives values."""
    folder, slash, _ = path.rpartition("/")
    return bool(placed.built and placed.built.rendered and (placed.path.startswith(folder + slash) or not folder))


def keys_at(defined: Defined, point: Point) -> Iterator[str]:
    """What of a definition is at a point: all of it where its name is, else keys."""
    placed, provider = defined.definition.placed, defined.definition.provider
    if lookup.covers(placed, provider.name.span, point):
        yield ALL
        return
    for key in provider.keys:
        spans = (key.span, key.place) if key.place else (key.span,)
        if any(lookup.covers(placed, span, point) or is_of_values(placed, span, point) for span in spans):
            yield key.name


def is_of_values(placed: Placed, span: Span, point: Point) -> bool:
    """Whether a stretch is made of a value that is written at a point."""
    if not placed.built:
        return False
    values = placed.built.values_of(span)
    return any(
        each.path == point.path and each.span.start <= point.last and point.first <= each.span.end for each in values
    )


# who reads it


RELEASE_NAME = ".Release.Name"
"""What a HelmRelease knows of a name in its values."""


class Wanted:
    """The subjects by what a read may lead to: their definitions, or their names."""

    def __init__(self, subjects: Sequence[Subject]) -> None:
        self.by_definition: dict[Definition, list[Subject]] = {}
        self.by_name: dict[tuple[Target, str], list[Subject]] = {}
        self.by_placeholder: dict[tuple[Target, str], list[Subject]] = {}
        self.names = {(subject.target, subject.name) for subject in subjects}
        for subject in subjects:
            self.by_name.setdefault((subject.target, subject.name), []).append(subject)
            for _, definition in subject.defined:
                self.by_definition.setdefault(definition, []).append(subject)
                self.names.add((subject.target, definition.provider.name.value))

    def reads(self, bundles: Iterable[Bundle]) -> Iterator[tuple[Bundle, Read]]:
        """The reads of their names, as these are or as they were before a build."""
        for bundle in bundles:
            for placed in bundle.placed:
                for read in reads_of(placed):
                    target, name = read.reference.target, read.reference.name.value
                    known = (target, name) in self.names or self.perhaps(read)
                    if known or (placed.built and (target, without_hash(name)) in self.names):
                        yield bundle, read

    def perhaps(self, read: Read) -> Sequence[Subject]:
        """The subjects that a read may mean once the placeholders in its name are filled in."""
        key = read.reference.target, read.reference.name.value
        if not is_placeholder(key[1]):
            return ()
        if key not in self.by_placeholder:
            subjects = (each for (target, _), found in self.by_name.items() if target == key[0] for each in found)
            self.by_placeholder[key] = [each for each in subjects if may_become(key[1], each.name)]
        found = self.by_placeholder[key]
        if RELEASE_NAME not in key[1]:
            return found
        return [each for each in found if each.name in read.placed.document.mentions]  # there it is filled in

    def meant(self, bundle: Bundle, read: Read) -> Iterator[tuple[Subject, Definition | None, bool]]:
        """The subjects that a read means, with the definition it leads to, and whether that is sure."""
        resolution = bundle.resolver.resolve(read.reference, read.placed)
        if resolution.status == "found" and not bundle.live:
            found = [
                (subject, definition, len(resolution.definitions) == 1 or not resolution.apart)
                for definition in resolution.definitions
                for subject in self.by_definition.get(definition, ())
            ]
            yield from found or self.with_pattern(read, resolution)
        elif resolution.status != "wrong-namespace":
            yield from self.with_name(bundle, read, resolution)

    def with_pattern(self, read: Read, resolution: Resolution) -> Iterator[tuple[Subject, Definition | None, bool]]:
        """The subjects of a name that only a pattern defines: an operator or a command makes such names."""
        definition = resolution.definitions[0]
        for subject in self.by_name.get((read.reference.target, read.reference.name.value), ()):
            if definition.provider.glob and not subject.defined and meets(subject.namespace, read.placed.namespace):
                yield subject, definition, True

    def with_name(
        self, bundle: Bundle, read: Read, resolution: Resolution
    ) -> Iterator[tuple[Subject, Definition | None, bool]]:
        """The subjects whose name a read has that leads nowhere, or that is in a cluster, where names are unique."""
        reference, placed = read.reference, read.placed
        namespace = reference.namespace.value if reference.namespace else placed.namespace
        for subject in self.by_name.get((reference.target, placed.as_written(reference.name.value)), ()):
            if not meets(subject.namespace, namespace):
                continue
            definition = subject.defined[0].definition if subject.defined else None
            if bundle.live or definition is None:
                yield subject, definition, True
            elif resolution.status in ("unknown", "external"):
                yield subject, None, False
        for subject in self.perhaps(read):
            if subject.name != reference.name.value and meets(subject.namespace, namespace):
                yield subject, None, False


def without_hash(name: str) -> str:
    """A name without the hash that kustomize may have put behind it."""
    return re.sub(HASH, "", name)


def impact(bundles: Sequence[Bundle], subjects: Sequence[Subject]) -> Impact:
    """What changes of objects and keys do."""
    wanted, result, running = Wanted(subjects), Impact(list(subjects), [], []), rollers_in(bundles)
    for bundle, read in wanted.reads(bundles):
        for subject, definition, sure in wanted.meant(bundle, read):
            touch(result, Reader(bundle, read, subject, definition, running), sure)
    if any(each.read.how in RENDERING for each in result.touched):
        again = Reconciled(bundles)
        result.touched[:] = [rendering(each, again) if each.read.how in RENDERING else each for each in result.touched]
    result.touched.extend(mentioned(bundles, subjects))
    return result


RENDERING = ("substitute", "values")
"""How Flux reads what it puts into the objects that it applies."""


def rendering(touched: Touched, again: Reconciled) -> Touched:
    """A read of a GitOps object with what this renders again."""
    renders, more = again.of(touched.read.placed)
    return touched._replace(renders=renders, more=more)


def rollers_in(bundles: Iterable[Bundle]) -> frozenset[Roller]:
    """The controllers that restart workloads, as far as files or a cluster show them."""
    images = {
        container.image.value
        for bundle in bundles
        for placed in bundle.placed
        for pod in placed.document.pods
        for container in pod.containers
        if container.image
    }
    return frozenset(roller for roller, image in IMAGES.items() if any(re.search(image, each) for each in images))


def mentioned(bundles: Iterable[Bundle], subjects: Sequence[Subject]) -> Iterator[Touched]:
    """The custom resources in which the name of a subject is a value: their controllers may read it."""
    by_name: dict[str, list[Subject]] = {}
    for subject in subjects:
        for each in {subject.name, *(d.definition.provider.name.value for d in subject.defined)}:
            by_name.setdefault(each, []).append(subject)
    for bundle in bundles:
        for placed in bundle.placed:
            document = placed.document
            known = {each.name.value for each in references_of(placed)}
            known.update(each.name.value for each in document.providers)
            for name in document.mentions:
                for subject in by_name.get(name, ()) if name not in known else ():
                    if meets(subject.namespace, placed.namespace):
                        yield mention(bundle, placed, subject)


def mention(bundle: Bundle, placed: Placed, subject: Subject) -> Touched:
    """A custom resource with the name of a subject among its values, as a read that is not sure."""
    head = placed.document.head
    reference = Reference(
        target=subject.target,
        name=Scalar(subject.name, head.start, head.end),
        keys=(),
        optional=True,
        via="field",
        span=head,
        path="",
    )
    read = Read(placed=placed, pod=None, container=None, reference=reference, key=ALL, how="field", name="", span=head)
    ingress = placed.document.kind == "Ingress"
    why = "the ingress controller reads it" if ingress else f"a value of this {placed.document.kind} is its name"
    return Touched(
        subject=subject,
        bundle=bundle,
        read=read,
        names=(),
        through=(),
        effect="controller",
        why=why,
        sure=ingress and subject.target == "Secret",
    )


# what it does


class Reader(NamedTuple):
    """A read, the subject that it means, and what is known besides."""

    bundle: Bundle
    read: Read
    subject: Subject
    definition: Definition | None
    running: frozenset[Roller]

    @property
    def keys(self) -> list[str]:
        """The keys of the object that the subject is about."""
        if self.subject.key != ALL:
            return [self.subject.key]
        return [each.name for each in self.definition.provider.keys] if self.definition else []


def touch(result: Impact, reader: Reader, sure: bool) -> None:
    """Adds what a change does to one read, unless it reads another key."""
    read, subject = reader.read, reader.subject
    if subject.key not in (ALL, read.key) and read.key != ALL:
        if read.how == "env" and is_near(reader):
            result.near.append(Near(subject, read, read.key))
        elif other := left_out(reader):
            result.touched.append(other)
        return
    result.touched.append(judged(reader, sure))


def is_near(reader: Reader) -> bool:
    """Whether a read misses the key that is asked for by a small mistake in its name."""
    known = [key.name for key in reader.definition.provider.keys] if reader.definition else []
    return reader.read.key not in known and nearest(reader.read.key, known) == reader.subject.key


def left_out(reader: Reader) -> Touched | None:
    """What to report of a volume with other `items`, once for each mount; None for every other read."""
    read = reader.read
    source = read.reference
    first = source.keys[0].value if source.keys else ALL
    if read.how != "item" or first != read.key or any(key.value == reader.subject.key for key in source.keys):
        return None
    why = f"the volume takes only {listed(key.value for key in source.keys)}"
    place = read.placed.written(source.keys[0].span)
    return Touched(
        subject=reader.subject,
        bundle=reader.bundle,
        read=read,
        names=(),
        through=(),
        effect="none",
        why=why,
        place=place,
    )


def judged(reader: Reader, sure: bool) -> Touched:
    """What a change does to a read of the subject."""
    read, subject = reader.read, reader.subject
    names, through, hidden = arrival(reader)
    effect, why, place = outcome(reader)
    if hidden and effect != "breaks":
        what = "sets the variable" if read.how in ("env", "envFrom") else "of the volume has the file"
        effect, why, place = "none", f"another source {what}", hidden
    elif read.how == "envFrom" and reader.keys and not names and not through:
        effect, why, place = "none", "what is binary becomes no variable", None
    elif effect not in ("breaks", "rejected") and (optional := is_absent(reader)):
        why = optional
    if not sure:
        why = why or "it may read another object of this name"
    return Touched(
        subject=subject,
        bundle=reader.bundle,
        read=read,
        names=names,
        through=through,
        effect=effect,
        why=why,
        place=place,
        sure=sure,
    )


def is_absent(reader: Reader) -> str:
    """What to report of an optional read of a key that is not there."""
    read = reader.read
    if reader.definition is None or read.key == ALL or read.how not in ("env", "item", "subPath"):
        return ""
    there = reader.definition.provider.open or key_of(reader.definition, read.key)
    return "" if there or reader.subject.change == "removed" else f"`{read.key}` is not there"


def arrival(reader: Reader) -> tuple[tuple[str, ...], tuple[str, ...], Place | None]:
    """The names that a read arrives as, what these are expanded into, and what hides all of them."""
    read, container = reader.read, reader.read.container
    if container is None or read.pod is None:
        return (), (), None
    if read.how in ("file", "item", "subPath"):
        return files_of(reader)
    if read.how == "env":
        wanted = {read.name}
    else:
        binary = {key.name for key in reader.definition.provider.keys if key.binary} if reader.definition else set()
        wanted = {f"{read.name}{key}" for key in reader.keys if key not in binary}
    environment = reader.bundle.environment(container, read.placed)
    arrivals = reader.bundle.arrivals(container, read.placed)
    visible = tuple(name for name in arrivals.ordered(wanted) if is_seen(environment, name, read))
    hiding = [environment.variables[name].origin.span for name in wanted - {*visible} if name in environment.variables]
    alive = {name for name in wanted if not is_overwritten(environment, name, read)} if read.how == "envFrom" else set()
    through = tuple(arrivals.through(read.reference, alive))
    hidden = read.placed.written(hiding[0]) if hiding and not visible and not through else None
    return visible, through, hidden


def is_seen(environment: Environment, name: str, read: Read) -> bool:
    """Whether a variable has the value of a read, and not that of a later source."""
    variable = environment.variables.get(name)
    if variable is None or variable.origin.span in (read.reference.span, read.span):
        return True
    return all(read.reference.span != shadow.span for shadow in variable.shadows)


def files_of(reader: Reader) -> tuple[tuple[str, ...], tuple[str, ...], Place | None]:
    """The files that a read arrives as, and the source of the volume that replaces all of them."""
    read = reader.read
    files = reader.bundle.volume_files(read.placed, read.pod) if read.pod else None
    places = [(path, files.replacing(read.reference, inner) if files else None) for inner, path in paths_of(reader)]
    names = tuple(path for path, place in places if place is None)
    return names, (), None if names else next((place for _, place in places), None)


def paths_of(reader: Reader) -> Iterator[tuple[str, str]]:
    """The paths of files in the volume, and in the container."""
    read = reader.read
    if read.key != ALL or read.how == "subPath":
        yield read.inner, read.name
        return
    keys = sorted(reader.keys)
    yield from ((key, f"{read.name}/{key}") for key in keys)
    if not keys:
        yield "", read.name


def is_overwritten(environment: Environment, name: str, read: Read) -> bool:
    """Whether a later `envFrom` source sets a variable, so that no `env` entry sees the value of this one."""
    variable = environment.variables.get(name)
    origins = [*variable.shadows, variable.origin] if variable else []
    spans = [origin.span for origin in origins]
    after = spans.index(read.reference.span) + 1 if read.reference.span in spans else len(spans)
    return any(origin.via == "envFrom" for origin in origins[after:])


def outcome(reader: Reader) -> tuple[Effect, str, Place | None]:
    """What a change does to a read, why, and the place that shows it."""
    read, subject, definition = reader.read, reader.subject, reader.definition
    if subject.change == "removed" and (why := breaks(reader)):
        return "breaks", why, None
    if definition and is_refused(subject, definition):
        return "rejected", "the object is immutable: give it a new name", definition_place(definition)
    effect = effect_on(read, definition)
    why, place = REASONS[effect](reader), None
    if effect in ("next-start", "refreshes") and (more := restarter(reader)):
        running, why = more
        effect = "rolls" if running else effect
    return effect, why, place


def is_refused(subject: Subject, definition: Definition) -> bool:
    """Whether the API server refuses a change of an object, because it is immutable and stays the same object.

    `ValidateConfigMapUpdate` and `ValidateSecretUpdate` in `pkg/apis/core/validation/validation.go` look at the object
    that is there. A name with a hash of the content belongs to another object after a change.
    """
    if (subject.key == ALL and subject.change in ("added", "removed")) or is_hashed(definition.provider.name.value):
        return False
    return definition.provider.immutable if subject.immutable is None else subject.immutable


def definition_place(definition: Definition) -> Place:
    """Where an object is defined."""
    return definition.placed.written(definition.provider.name.span)


def breaks(reader: Reader) -> str:
    """Why no new pod of a workload starts once the object or key is gone; empty where that breaks nothing."""
    read, subject = reader.read, reader.subject
    if read.reference.optional or read.pod is None or read.reference.via == "pull" or read.how == "unmounted":
        return ""
    if subject.key == ALL:
        return "pods need it; those that run go on until they start again"
    if read.key == subject.key and read.how in ("env", "item"):
        return f"pods need `{subject.key}`; those that run go on until they start again"
    return ""


def restarter(reader: Reader) -> tuple[bool, str] | None:
    """Whether something surely rolls the workload, and what to report of what may; None where nothing may."""
    found = roller_of(reader.read, reader.definition)
    if found is None or not is_rolling(reader):
        return None
    annotation = f"the annotation `{found.annotation}`"
    if found.by == "hash":
        return False, f"rolls if {annotation} changes with it"
    if found.by in reader.running:
        return True, f"{found.by} rolls it: {annotation}"
    who = found.by if found.by in IMAGES else "a controller"
    return False, f"{who} rolls it, if it runs there: {annotation}"


def is_rolling(reader: Reader) -> bool:
    """Whether a controller that changes the pod template of a workload makes it replace its pods."""
    document = reader.read.placed.document
    return (document.kind in ROLLING or is_rollout(document)) and replaces_pods(document)


def why_rolls(reader: Reader) -> str:
    """Why a workload rolls by itself."""
    found = roller_of(reader.read, reader.definition)
    if found and found.by == "hash":
        return f"the annotation `{found.annotation}` changes with it"
    return "the name of the object changes with its content"


def why_next_run(reader: Reader) -> str:
    """Why the next run of a Job is that of another one."""
    return "a Job that exists keeps what it has: make a new one" if reader.read.placed.document.kind == "Job" else ""


def why_controller(reader: Reader) -> str:
    """What whoever reads a field does."""
    if reader.read.how == "substitute":
        return "Flux puts it into what it applies, at its next reconciliation"
    if reader.read.how == "values":
        return "Flux renders the chart again, at its next reconciliation"
    if reader.read.reference.via == "pull":
        return PULLED
    return f"the controller of {reader.read.placed.document.kind} decides"


def why_next_start(reader: Reader) -> str:
    """Why a container has a new value only after a start, where that is not plain."""
    if reader.read.reference.via == "pull":
        return PULLED
    if is_hashed(reader.read.reference.name.value):
        return "its name changes with its content, so that only new pods read it"
    return "a file that is mounted with `subPath` stays as it is" if reader.read.how == "subPath" else ""


PULLED = "it is read when an image is pulled"
"""Of what is under `imagePullSecrets`."""

REASONS: dict[Effect, Callable[[Reader], str]] = {
    "rolls": why_rolls,
    "refreshes": lambda _: "the program must read the file again",
    "next-start": why_next_start,
    "next-run": why_next_run,
    "controller": why_controller,
    "none": lambda _: "no container mounts the volume",
}


def listed(names: Iterable[str]) -> str:
    """Names in backticks."""
    return ", ".join(f"`{name}`" for name in names)
