"""The commands that make a change of ConfigMaps and Secrets arrive, in their order, and only those that are needed.

What `kubectl rollout` does and refuses is in kubernetes/kubernetes: `objectrestarter.go` and `rollout_status.go` below
`staging/src/k8s.io/kubectl/pkg/polymorphichelpers`. The latter follows no StatefulSet or DaemonSet with `OnDelete`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from shlex import quote
from typing import Literal, NamedTuple

from cmlint.bundle.documents import LIVE, Placed
from cmlint.bundle.gitops_clusters import Destinations
from cmlint.bundle.impact import Defined, Impact, Subject, Touched, is_refused
from cmlint.bundle.renewal import (
    ROLLING,
    first_replaced,
    in_namespace,
    is_on_delete,
    is_parted,
    is_rollout,
    named,
    operand,
    restart,
)
from cmlint.kube.versions import ROLLOUT_RESTART, Version
from cmlint.model.facts import COMMAND, Document

Step = Literal["apply", "resume", "restart", "status", "show"]

LONGEST_JOB = 63
"""The characters of a Job's name (`pkg/apis/batch/validation/validation.go`)."""

NOW = "-now"
TIMEOUT = "--timeout=5m"


class Command(NamedTuple):
    """A line for a shell, and the workloads that it is about.

    What deletes pods or runs work, and what no command does, is a comment (`#`): somebody must decide it.
    """

    step: Step
    command: str
    workloads: tuple[str, ...] = ()


class CommandOptions(NamedTuple):
    """What the commands depend on: the version of Kubernetes, what GitOps brings, and how kubectl reaches the cluster.

    `options` are those for its context, `namespace` is where objects go that name none; both are empty for the current
    ones.
    """

    version: Version
    destinations: Destinations
    options: str = ""
    namespace: str = ""


def commands(impact: Impact, ways: CommandOptions) -> list[Command]:
    """All commands for an impact."""
    waiting = documents_of(impact, ("next-start", "next-run"), left=("breaks", "rolls"))
    rolling = documents_of(impact, ("rolls",), left=("breaks",))
    steps = [
        *stopped(documents_of(impact, ("breaks",), left=())),
        *applied(impact.subjects, ways),
        *resumed([*waiting, *rolling]),
        *restarted(waiting, ways),
        *followed([*waiting, *rolling]),
        *shown(impact.touched),
    ]
    return [reaching(each, ways) for each in dict.fromkeys(steps)]


OF_FILES = ("apply", "replace")
"""The commands that take files: kubectl refuses `-n` for an object that names another namespace."""


def reaching(command: Command, ways: CommandOptions) -> Command:
    """A command for the cluster and the namespace that are meant, and not for kubectl's current ones."""
    head, separator, tail = command.command.partition(" -- ")
    words = head.removeprefix("# ").split(" ")
    if words[0] != "kubectl":
        return command
    where = in_namespace_of(ways) if words[1] not in OF_FILES and "-n" not in words else ""
    options = f" {ways.options}" if ways.options else ""
    return command._replace(command=f"{head}{where}{options}{separator}{tail}")


def documents_of(impact: Impact, effects: Sequence[str], left: Sequence[str]) -> list[Placed]:
    """The workloads with one of some effects, by namespace and kind; those with an effect of `left` are left out."""
    others = {each.read.placed for each in impact.touched if each.effect in left and each.sure}
    found: dict[tuple[str, str | None, str | None], Placed] = {}
    for each in impact.touched:
        placed = each.read.placed
        if each.effect in effects and each.sure and placed not in others:
            found.setdefault(placed.identity, placed)
    return sorted(found.values(), key=lambda placed: (placed.namespace or "", placed.document.kind, name_of(placed)))


def name_of(placed: Placed) -> str:
    """The name of an object, as it is shown."""
    return placed.reword(placed.document.name.value) if placed.document.name else ""


def address(placed: Placed) -> str:
    """An object as kubectl takes it, without its namespace."""
    return f"{placed.document.kind.lower()}/{name_of(placed) or 'NAME'}"


# apply


def stopped(placed: Iterable[Placed]) -> Iterator[Command]:
    """What to do before anything is applied: a restart would stop these workloads."""
    for each in placed:
        what = f"{address(each)}{in_namespace(each.document)}"
        line = f"# do not restart {what} before it no longer needs what is removed, or reads it as optional"
        yield Command("apply", line, (address(each),))


def applied(subjects: Sequence[Subject], ways: CommandOptions) -> Iterator[Command]:
    """What brings the objects to the cluster; of files that bring the same object, somebody must choose one."""
    apart = with_namespaces(subjects) if ways.namespace else frozenset[str]()
    lines: dict[str, set[Identity]] = {}
    for subject in subjects:
        if subject.change == "removed" and subject.key == "":
            yield Command("apply", f"# nothing removes the {subject.described} by itself, unless it is pruned")
        elif any(is_refused(subject, each.definition) for each in subject.defined):
            yield Command("apply", f"# the {subject.described} is immutable: give it a new name")
        else:
            for each in subject.defined:
                option = "" if each.definition.placed.path in apart else in_namespace_of(ways)
                lines.setdefault(apply(each, subject.key, ways, option), set()).add(identity_of(each))
    choices = exclusive(lines)
    yield from (Command("apply", line) for line in lines if line not in choices)
    if choices:
        yield Command("apply", "# several of the next lines bring the same object: run only those of your cluster")
        yield from (Command("apply", f"# {line}") for line in choices)


Identity = tuple[str, str, str | None]
"""What an object is in a cluster: its kind, its name and its namespace."""


def identity_of(defined: Defined) -> Identity:
    """What a definition is in a cluster; the hash of its content does not count."""
    definition = defined.definition
    return definition.provider.target, definition.spelled, definition.namespace


def exclusive(lines: Mapping[str, set[Identity]]) -> list[str]:
    """The commands that bring an object which another one brings as well, and so replace each other's."""
    times = Counter(each for line, found in lines.items() if line.startswith("kubectl apply ") for each in found)
    return [line for line, found in lines.items() if any(times[each] > 1 for each in found)]


def with_namespaces(subjects: Iterable[Subject]) -> frozenset[str]:
    """The files and builds with an object that names its namespace: kubectl refuses `-n` with another one for them."""
    bundles = {id(each.bundle): each.bundle for subject in subjects for each in subject.defined}
    return frozenset(placed.path for bundle in bundles.values() for placed in bundle.placed if placed.namespace)


def in_namespace_of(ways: CommandOptions) -> str:
    """The option for the namespace of objects that name none."""
    return f" -n {quote(ways.namespace)}" if ways.namespace else ""


def mentioned(path: str) -> str:
    """A path in a comment, which would end at a line break."""
    return quote(" ".join(path.splitlines()))


def apply(defined: Defined, key: str, ways: CommandOptions, option: str) -> str:
    """What brings one object to the cluster, or its new key; `option` is for what names no namespace."""
    placed, provider = defined.definition.placed, defined.definition.provider
    if tool := brought_by(placed, ways.destinations):
        places = (each.place or each.span for each in provider.keys if each.name == key)
        written, _ = placed.written(next(places, provider.name.span))
        return f"# commit the change of {mentioned(written)}: {tool} brings it to the cluster"
    if placed.number == LIVE or defined.bundle.live:
        where = f" -n {quote(namespace)}" if (namespace := defined.definition.namespace) else ""
        return f"kubectl edit {quote(f'{provider.target.lower()}/{provider.name.value}')}{where}"
    if provider.kind == COMMAND:
        return f"# run the command in {mentioned(placed.path)} again"
    if placed.path == "<stdin>":
        return "# apply what standard input holds"
    folder = placed.path.rpartition("/")[0] or "."
    if placed.built:
        if placed.built.rendered:
            return f"# upgrade the release of the chart in {mentioned(folder)}"
        return f"kubectl apply -k {quote(folder)}{option}"
    return f"kubectl apply -f {quote(placed.path)}{option}"


def brought_by(placed: Placed, found: Destinations) -> str:
    """The GitOps tool that brings the folder of an object to a cluster; empty where the files show none."""
    around = found.deploys.around(placed.directory, found.kustomized, built=placed.built is not None)
    said = next(around, None)
    if said is None:
        return ""
    return "Flux" if said.deploy.post_build or said.deploy.cluster.startswith("flux") else "Argo CD"


# restart


def resumed(placed: Iterable[Placed]) -> Iterator[Command]:
    """The commands for Deployments that are paused, which roll no pods and refuse a restart."""
    for each in placed:
        if each.document.kind == "Deployment" and each.document.rolling.paused:
            yield Command("resume", f"kubectl rollout resume {named(each.document)}", (address(each),))


def restarted(placed: Sequence[Placed], ways: CommandOptions) -> Iterator[Command]:
    """What makes new pods; workloads of one namespace are restarted by one command."""
    together: dict[str | None, list[Placed]] = {}
    for each in placed:
        if is_restartable(each.document) and ways.version >= ROLLOUT_RESTART:
            together.setdefault(each.namespace, []).append(each)
    for several in together.values():
        names = tuple(map(address, several))
        where = in_namespace(several[0].document)
        yield Command("restart", f"kubectl rollout restart {' '.join(map(quote, names))}{where}", names)
    for each in placed:
        if ways.version < ROLLOUT_RESTART or not is_restartable(each.document):
            yield from (Command("restart", line, (address(each),)) for line in alone(each, ways))


def is_restartable(document: Document) -> bool:
    """Whether `kubectl rollout restart` replaces the pods of a workload, if it is not paused."""
    stopped = document.rolling.replicas == 0 or is_on_delete(document) or is_parted(document)
    return document.kind in ROLLING and not stopped


def alone(placed: Placed, ways: CommandOptions) -> Iterator[str]:
    """What makes new pods of one workload that has no part in a common restart."""
    document = placed.document
    if document.rolling.replicas == 0:
        yield f"# {address(placed)} has no pods (`replicas: 0`)"
    elif is_on_delete(document):
        yield from one_by_one(placed, "its `updateStrategy` is `OnDelete`")
    elif is_parted(document):
        number = first_replaced(document)
        yield f"# lower the `partition` of {address(placed)}: only pods from number {number} on are replaced"
    elif document.kind in ROLLING or is_rollout(document):
        yield restart(document, ways.version)
    else:
        yield from KINDS.get(document.kind, by_controller)(placed, ways)


def one_by_one(placed: Placed, why: str) -> Iterator[str]:
    """Pods that somebody must delete, one after another."""
    where = in_namespace(placed.document)
    selector = ",".join(placed.document.rolling.selector)
    option = f" -l {quote(selector)}" if selector else ""
    yield f"kubectl get pod{option}{where}"
    yield f"# delete these pods of {address(placed)} one by one, each when the one before is Ready, for {why}:"
    yield f"# kubectl delete pod NAME{where}"


def replaced(placed: Placed, ways: CommandOptions) -> Iterator[str]:
    """A Pod or Job, of which there must be a new one; one without a name is only created."""
    if placed.built or placed.number == LIVE:
        yield f"# delete {address(placed)}{in_namespace(placed.document)} and apply it again"
    else:
        verb = "replace --force" if placed.document.name else "create"
        if placed.document.name and len(placed.file.documents) + len(placed.file.others) > 1:
            yield f"# this deletes everything in {mentioned(placed.path)} and creates it again:"
        where = "" if placed.namespace else in_namespace_of(ways)
        yield f"# kubectl {verb} -f {mentioned(placed.path)}{where}"


def run_now(placed: Placed, _: CommandOptions) -> Iterator[str]:
    """A CronJob, of which a run may be wanted before the next one."""
    name = name_of(placed) or "NAME"
    job = f"{name[: LONGEST_JOB - len(NOW)]}{NOW}"
    where = in_namespace(placed.document)
    yield f"# kubectl create job {operand(job)} --from={quote(f'cronjob/{name}')}{where}"


def by_controller(placed: Placed, _: CommandOptions) -> Iterator[str]:
    """Whatever has a controller of its own."""
    yield f"# let the controller of {address(placed)}{in_namespace(placed.document)} make new pods"


KINDS: dict[str, Callable[[Placed, CommandOptions], Iterator[str]]] = {
    "Pod": replaced,
    "Job": replaced,
    "CronJob": run_now,
    "ReplicaSet": lambda placed, _: one_by_one(placed, "a ReplicaSet replaces only pods that are gone"),
    "ReplicationController": lambda placed, _: one_by_one(
        placed, "a ReplicationController replaces only pods that are gone"
    ),
}


# look


def followed(placed: Iterable[Placed]) -> Iterator[Command]:
    """What waits until the new pods run."""
    for each in placed:
        if is_restartable(each.document):
            where = in_namespace(each.document)
            line = f"kubectl rollout status {quote(address(each))}{where} {TIMEOUT}"
            yield Command("status", line, (address(each),))
            if number := first_replaced(each.document):
                note = f"# of {address(each)}, only the pods from number {number} on are replaced (`partition`)"
                yield Command("status", note, (address(each),))


def shown(touched: Iterable[Touched]) -> Iterator[Command]:
    """One command that shows a new value; that of a Secret is never shown."""
    found = next(filter(is_showable, touched), None)
    if found and found.read.container:
        placed, container = found.read.placed, found.read.container
        option = f" -c {quote(container.name.value)}" if container.name else ""
        line = f"kubectl exec {named(placed.document)}{option} -- printenv {quote(found.names[0])}"
        yield Command("show", line, (address(placed),))


def is_showable(touched: Touched) -> bool:
    """Whether a running container has a new value of a ConfigMap as a variable, once the commands have run.

    A name that `printenv` takes for an option is not shown.
    """
    read, document = touched.read, touched.read.placed.document
    if (
        read.reference.target != "ConfigMap"
        or read.how not in ("env", "envFrom")
        or touched.subject.change == "removed"
    ):
        return False
    runs = is_restartable(document) and read.container is not None and read.container.list == "containers"
    arrives = any(not name.startswith("-") for name in touched.names[:1])
    return runs and touched.sure and touched.effect in ("next-start", "rolls") and arrives
