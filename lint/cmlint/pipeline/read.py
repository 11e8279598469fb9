"""From paths to bundles: files are found, sources take what is theirs, and what they give is put together."""

from __future__ import annotations

import os
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from functools import cache, partial
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from cmlint.bundle.bundle import Bundle
from cmlint.bundle.documents import Frame, Placed, folder_of, references_of
from cmlint.bundle.evidence.question import LookupOptions
from cmlint.bundle.gitops import Deploys, wanted_by, without_images, without_namespaces
from cmlint.bundle.gitops_clusters import Destinations
from cmlint.bundle.gitops_folders import ReadFolders
from cmlint.bundle.gitops_variables import Variables
from cmlint.bundle.handovers import Handovers
from cmlint.bundle.index import Indexes
from cmlint.bundle.material import Files, Material, Neighbours
from cmlint.bundle.proofs import Proofs
from cmlint.config.config import Config
from cmlint.config.layers import Layers
from cmlint.model.facts import FileFacts
from cmlint.model.failures import EMPTY, Failure
from cmlint.model.problems import Problem
from cmlint.sources import context, files, loose_files
from cmlint.sources.files import Source
from cmlint.sources.found import Found
from cmlint.sources.paths import is_put_away
from cmlint.sources.reader import Mode, Reader, Reading, Wanted, mode_of
from cmlint.sources.remote import is_idle, remote_of
from cmlint.sources.request import Request
from cmlint.system.filesystem import FileSystem
from cmlint.texts import Text, Texts

if TYPE_CHECKING:
    from cmlint.bundle.links import Link, Links
    from cmlint.bundle.programs import Programs
    from cmlint.bundle.programs import Reading as ProgramReading
    from cmlint.sources.code.folder import Folders


class Manifests(msgspec.Struct):
    """All that a request reads: the bundles, the texts that their findings are in, and what could not be read.

    `sources` are the files that texts come from, by the paths under which these are shown. Where files are named one by
    one, `named` are the paths of all that is reported. `left_out` are the folders that are not read. `config` has the
    version of the clusters into which references lead.
    """

    bundles: list[Bundle]
    texts: Texts
    config: Config
    problems: list[Problem]
    sources: dict[str, Source]
    named: frozenset[str]
    left_out: list[str]


def read(request: Request) -> Manifests:
    """Reads what a request asks for, also of clusters; raises ValueError for a program that is not there."""
    return manifests_of(found_by(request), request)


class Before(msgspec.Struct):
    """What is kept of a run for the next one: texts that have not changed, and what the files prove about images.

    `proofs` is None where a changed file may prove something else; `changed` are the paths of these files.
    """

    texts: Mapping[str, Text]
    changed: frozenset[str]
    proofs: Proofs | None = None


def found_by(request: Request) -> Found:
    """The files that a request asks for, taken by sources; raises ValueError for a program that is not there."""
    request.progress.doing("looking for files")
    problems: list[Problem] = []
    found = Found(files.find(request, problems), problems)
    found.left_out = [request.disk.shown(path) for group in found.groups for path in group.left_out]
    reader = Reader(request)
    if request.context:
        enter_context(found, reader, request)
    if request.layers:
        paths = (path for group in found.groups for path in (*group.paths.values(), *group.others))
        request.layers.enter(paths, request.seen)
    real = {shown: name for group in found.groups for shown, name in context.names_in_builds(request.disk, group)}
    found.frame = frame_of(request.disk, found.groups)
    take_all(found, reader, request)
    found.named = frozenset(
        name for group in found.groups for shown in group.named for name in (shown, real.get(shown, shown))
    )
    return found


def manifests_of(found: Found, request: Request, before: Before | None = None) -> Manifests:
    """What was found, put together in bundles, with the clusters into which their references lead."""
    sources = sources_of(found)
    texts = Texts(partial(text_of, found, sources, request))
    if before:
        texts.known.update(before.texts)
    materials_of(found, request)
    bundles = bundles_of(found, request, texts, programs_read(found, request, sources), before)
    look, problems = request.clusters, found.problems
    config = look(bundles, texts, request.config, problems) if look else request.config
    return Manifests(
        bundles=bundles,
        texts=texts,
        config=config,
        problems=problems,
        sources=sources,
        named=found.named,
        left_out=found.left_out,
    )


def read_anew(found: Found, request: Request, names: Container[str]) -> None:
    """Reads some files again that no source has taken, by the paths under which they are shown."""
    wanted = (file for known in (None, ()) for file in wanted_in(found, known, names))
    found.facts |= Reading(Reader(request), list({file.shown: file for file in wanted}.values())).results()


def take_all(found: Found, reader: Reader, request: Request) -> None:
    """Lets each source take what is its own. Files are read as soon as none can be part of a kustomization."""
    pending = take_kustomizations(found, request)
    reading = Reading(reader, [file for file in wanted_in(found) if file.shown not in found.facts])
    found.materials += pending
    request.progress.doing("reading files")
    found.facts |= reading.results()
    take_apart(found)
    if request.config.build and files.near_charts(found.groups):
        request.progress.doing("rendering charts")
        from cmlint.sources.helm.source import take

        found.materials += take(found, request)
    if request.sources:
        from cmlint.sources.registry import taken

        found.materials += taken(found, request)
    found.facts |= Reading(reader, list(wanted_in(found, found.facts))).results()


def materials_of(found: Found, request: Request) -> None:
    """Puts the material of files as they are before that of sources."""
    plain = list(loose_files.take(found, request))
    if "-" in request.paths:
        from cmlint.sources.stdin import take as take_stdin

        plain += take_stdin(found, request)
    found.together = plain + found.materials
    if failures := applied(found.failures.all(), found):
        handovers = handovers_of(found)
        explained = [handovers.explained(each) for each in failures] if handovers else failures
        found.together.append(Material(failures=explained))


def applied(failures: Sequence[Failure], found: Found) -> list[Failure]:
    """Failures without the places of kustomizations that are unused, and that no GitOps object brings to a cluster.

    One that only objects bring whose files are turned off by comments is unused. An object that is put away as well
    counts for nothing, and what it adds to an empty kustomization makes it valid. An Application that names the top
    of a repository mostly means another repository.
    """
    if not found.turned_off and not any(each.unused or each.reason == EMPTY for each in failures):
        return list(failures)
    deploys = Deploys(found.all_facts, found.frame)
    kustomized = frozenset(folder_of(path, found.frame) for path in found.kustomizations)

    def counts(failure: Failure, folder: str) -> bool:
        if failure.reason == EMPTY and deploys.edited(folder):
            return False
        around = list(deploys.around(folder, kustomized, built=True))
        bringing = [said for said in around if said.path not in found.turned_off]
        if around and not bringing:
            return False
        named = (said for said in bringing if wanted_by(said.deploy) or not said.deploy.repository)
        return not failure.unused or any(not is_put_away(said.path) for said in named)

    places = (
        (each, [place for place in each.places if counts(each, folder_of(place[0], found.frame))]) for each in failures
    )
    return [each.at(kept) for each, kept in places if kept]


def take_kustomizations(found: Found, request: Request) -> Iterable[Material]:
    """What the kustomizations among files build, begun when it is asked for; what they use is taken at once."""
    if not request.config.build or not files.near_kustomizations(request.disk, found.groups):
        return ()
    request.progress.doing("building kustomizations")
    from cmlint.sources.kustomize.source import take

    return take(found, request)


def enter_context(found: Found, reader: Reader, request: Request) -> None:
    """Puts files that are named among the rest of their project where that matters to them."""
    named = found.groups[0]
    if not context.are_files(request.disk, found.groups):
        return
    if not any(context.may_be_built(request.disk, path) for path in named.paths.values()):
        found.facts = Reading(reader, list(wanted_in(found))).results()
        if not any(concerns_others(path, facts) for path, facts in found.facts.items()):
            return
        found.facts = {}
    found.groups, projects = context.around(request, named)
    request.caches.enter(projects)


def concerns_others(path: str, facts: FileFacts | str) -> bool:
    """Whether a text defines an object that others may read, or reads one that others may define."""
    if isinstance(facts, str):
        return False
    return any(each.providers or any(references_of(Placed(path, each, facts, 0))) for each in facts.documents)


def wanted_in(
    found: Found, known: Container[str] | None = None, only: Container[str] | None = None
) -> Iterator[Wanted]:
    """The files that no source has taken, and that are not `known`; at first, only those that can be in no chart.

    Where `only` some are asked for, no others.
    """
    for group in found.groups:
        for name, path in group.paths.items():
            if only is not None and name not in only:
                continue
            templated = name in group.templates
            late = templated or files.may_be_in_chart(name)
            if path != "-" and (not late if known is None else templated or name not in known):
                mode = mode_of(name.rpartition("/")[2], templated=templated, compared=name in group.compared)
                yield Wanted(name, path, mode, group.root_of(name))
        for name, path in group.inputs.items():
            if (known is None or name not in known) and (only is None or name in only):
                yield Wanted(name, path, "input", group.root_of(name))
        others: tuple[tuple[Mode, dict[str, str]], ...] = (("script", group.scripts), ("text", group.apart))
        for mode, paths in others if known is None else ():
            yield from (Wanted(n, path, mode, group.root) for n, path in paths.items() if only is None or n in only)


def take_apart(found: Found) -> None:
    """Makes a material of the texts in folders that are left out: nothing of them counts but their references."""
    texts = [(name, found.facts.pop(name, "")) for group in found.groups for name in group.apart]
    left_out = [(name, facts) for name, facts in texts if not isinstance(facts, str)]
    if left_out:
        found.materials.append(Material(left_out=left_out))


def sources_of(found: Found) -> dict[str, Source]:
    """The files that texts come from, as far as a finding or a proof may be in them."""
    sources: dict[str, Source] = {}
    for group in found.groups:
        sources.update((name, group.source(name)) for name in group.paths)
        sources.update((name, Source(path, group.root)) for name, path in group.apart.items())
        for name, path in (*group.scripts.items(), *group.inputs.items()):
            facts = found.facts[name]
            if not isinstance(facts, str) and (facts.commands or facts.images):
                sources[name] = Source(path, group.root)
    return sources


def text_of(found: Found, sources: Mapping[str, Source], request: Request, path: str) -> str:
    """The text at a path."""
    known = found.texts.get(path)
    return files.read_again(request.disk, path, sources, found.problems) if known is None else known


def bundles_of(
    found: Found,
    request: Request,
    texts: Texts,
    read: Callable[[Link], ProgramReading],
    before: Before | None = None,
) -> list[Bundle]:
    """The bundles of all materials, with what GitOps objects among them do."""
    materials = found.together
    everything = [entry for material in materials for entry in material.files]
    kustomized = (folder_of(path, found.frame) for path in found.kustomizations)
    variables = Variables(everything, kustomized, found.frame)
    deployed = [as_deployed(material, variables) for material in materials]
    handovers = handovers_of(found)
    deployed = [handovers.applied(each) for each in deployed] if handovers else deployed
    commands = list(commands_in(deployed))
    proofs = (
        before.proofs.without(before.changed, lambda path: texts.get(path).text)
        if before and before.proofs
        else proofs_of(found, request, texts)
    )
    neighbours = Neighbours(
        ways=ways_of(request),
        proofs=proofs,
        programs=programs_of(found, request, proofs, read),
        folders=folders_read(deployed, found.frame) if variables.deploys.by_path else None,
        destinations=Destinations(variables.deploys, variables.kustomized),
        others=Indexes() if any(is_taken(each) or each.unbuilt for each in deployed) else None,
        frame=found.frame,
        replaced=handovers.replaced if handovers else frozenset(),
        removed=request.removed,
    )
    return [Bundle(replace(each, scripts=commands) if is_taken(each) else each, neighbours) for each in deployed]


def folders_read(materials: Sequence[Material], frame: Frame | None) -> ReadFolders:
    """The folders that are read, without those of which more may come: charts, and what is not built completely."""
    files = [entry for material in materials for entry in (*material.files, *material.beside)]
    charts = [each.installation.chart for each in materials if each.installation]
    opened = [each.folder for each in materials if each.unbuilt or each.supply or not each.complete]
    return ReadFolders(files, (*charts, *(folder for folder in opened if folder is not None)), frame)


def handovers_of(found: Found) -> Handovers | None:
    """What commands do to manifests before they are applied; None if no text has such commands."""
    facts = [(path, each) for path, each in found.all_facts if each.replaced or each.consumed or each.written]
    return Handovers(facts) if facts else None


def is_taken(material: Material) -> bool:
    """Whether a source has taken it out of the files: a kustomization or a chart."""
    return material.folder is not None or material.installation is not None


def commands_in(materials: Iterable[Material]) -> Iterator[tuple[str, FileFacts]]:
    """The texts among loose files that have commands."""
    for material in materials:
        if material.is_loose:
            yield from material.scripts
            yield from ((path, facts) for path, facts in material.files if facts.commands)


def as_deployed(material: Material, variables: Variables) -> Material:
    """A material with what GitOps objects put into it, and say of how it is installed."""
    deploys = variables.deploys
    if material.installation:
        installation = material.installation
        installation.releases.update(deploys.releases(installation.chart))
        valued = why_valued(material, deploys)
        return replace(material, unbuilt=valued, complete=not valued) if valued else material
    if material.folder is None:
        given = material.unbuilt == files.NOT_REACHED
        return material if given else replace(material, files=filled(material.files, variables))
    built = filled(material.files, variables, built=True)
    images, moved = deploys.images(material.folder), deploys.moved(material.folder)
    built = [(path, without_images(facts, images)) for path, facts in built]
    built = [(path, without_namespaces(facts)) for path, facts in built] if moved else built
    as_it_is = material.is_base and any(deploys.of(material.folder))
    complete = material.complete and not deploys.changed(material.folder)
    supply = None if as_it_is else material.supply
    return replace(material, files=built, complete=complete, supply=supply, moved=moved)


def frame_of(disk: FileSystem, groups: Iterable[files.Group]) -> Frame | None:
    """Where paths lead; None where all that is read is in the working directory or below it."""
    found = list(groups)
    if not any(path.startswith(("../", "/")) for group in found for path in group.paths):
        return None
    home = disk.absolute(os.curdir)
    folders = (os.path.dirname(disk.absolute(path)) for group in found for path in group.paths.values())
    try:
        top = os.path.commonpath([home, *(group.root for group in found if group.root), *folders])
    except ValueError:  # on different drives
        return None
    return Frame(home.replace(os.sep, "/"), top.replace(os.sep, "/"))


def filled(texts: Files, variables: Variables, *, built: bool = False) -> Files:
    """Texts with the names that their objects will have."""
    return [(path, variables.fill(path, facts, built=built)) for path, facts in texts]


def why_valued(material: Material, deploys: Deploys) -> str:
    """What gives a chart values that it is not rendered with, in words; empty where nothing does."""
    installation = material.installation
    if installation is None or installation.values_from is None:
        return ""
    given = (said.path for said in deploys.valued(installation.chart))
    path = next((path for path in given if path not in (installation.values_from or ())), None)
    return f"{path} gives the chart values of its own" if path else ""


def ways_of(request: Request) -> Callable[[Placed], LookupOptions]:
    """How the references of a document are looked up."""
    if request.layers and request.layers.below:
        return partial(ways_at, request.layers)
    usual = ways_in(request.config)
    return lambda _: usual


def ways_in(config: Config) -> LookupOptions:
    """How references are looked up under a configuration."""
    return LookupOptions(config.external, config.references == "strict", config.all_secrets, frozenset(config.evidence))


def ways_at(layers: Layers, placed: Placed) -> LookupOptions:
    """How the references of a document are looked up, which its folder decides, and that of what builds it."""
    own = layers.at(placed.written(placed.document.head)[0])
    external = (*own.external, *layers.at(placed.path).external) if placed.built else own.external
    return replace(ways_in(own), external=external)


def proofs_of(found: Found, request: Request, texts: Texts) -> Proofs:
    """What all files prove about images, with what the repository is called where it is hosted."""
    known = dict(found.evidence) | {path: facts for path, facts in found.facts.items() if not isinstance(facts, str)}
    roots = [group.root for group in found.groups if group.root]
    paths = [path for group in found.groups for path in (*group.scripts, *group.others)]
    return Proofs(
        [(path, facts) for path, facts in known.items() if facts.images],
        remote=next(filter(None, (remote_of(request.disk, root, request.seen) for root in roots)), ""),
        dockerfiles=[request.disk.shown(path) for path in paths if files.is_dockerfile(path)],
        text=lambda path: texts.get(path).text,
        idle={path for path, facts in known.items() if facts.images and is_idle(request.disk, path, request.seen)},
    )


def programs_of(
    found: Found, request: Request, proofs: Proofs, read: Callable[[Link], ProgramReading]
) -> Programs | None:
    """The programs of containers; None where neither a build nor the configuration links any to its source."""
    if not (request.reads or request.config.sources or any(proof.fact.builds for proof in proofs.found)):
        return None
    from cmlint.bundle.programs import Programs

    return Programs(partial(links_of, found, request, proofs), read, request.changed)


def links_of(found: Found, request: Request, proofs: Proofs) -> Links:
    """What leads from images to the folders of their source; asked for only where a container may have one."""
    from cmlint.bundle.links import Links

    shown, roots = request.disk.shown, [group.root for group in found.groups if group.root]
    configured = {pattern: shown(folder).removeprefix(".") for pattern, folder in request.config.sources.items()}
    root = shown(roots[0]).removeprefix(".") if roots else ""
    return Links(proofs, partial(files_of, request.disk, found), root, configured)


def files_of(disk: FileSystem, found: Found) -> dict[str, tuple[str, str | None]]:
    """All files of a run, as they are shown, with their paths and the folder that each must be in."""
    files: dict[str, tuple[str, str | None]] = {}
    for group in found.groups:
        for paths in (group.paths, group.scripts):
            files.update((name, (path, group.root_of(name))) for name, path in paths.items() if path != "-")
        files.update((disk.shown(path), (path, group.root)) for path in group.others)
    return files


def programs_read(found: Found, request: Request, sources: dict[str, Source]) -> Callable[[Link], ProgramReading]:
    """What reads the source of programs, in which findings may then be."""

    @cache
    def folders() -> Folders:
        from cmlint.sources.code.folder import Folders

        return Folders(files_of(request.disk, found), Reader(request))

    def read(link: Link) -> ProgramReading:
        reading = folders().read(link)
        sources.update((path, Source(*folders().files[path])) for path in reading.files)
        return reading

    return read
