"""From the line to the request of a run: its configurations, its caches, its clusters."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from cmlint.cache.file_state import Seen
from cmlint.cli import cluster
from cmlint.cli.chart_options import chart_values_of
from cmlint.cli.inputs import cache_of, configured, installed_or_error, memory_of, refusals, tell
from cmlint.config.config import Config
from cmlint.errors import fatal
from cmlint.manifest import documents
from cmlint.pipeline.run_cache import Memory, modules_with_times
from cmlint.sources.request import Request
from cmlint.system.filesystem import FileSystem
from cmlint.system.progress import Progress

if TYPE_CHECKING:
    from cmlint.cache.builds import BuildsCache
    from cmlint.cache.facts import FactsCache

T = TypeVar("T")


def request_of(
    options: Any,
    paths: Sequence[str],
    adjust: Callable[[Config], Config],
    *,
    context: bool = True,
    jobs: int = 1,
    here: str = "",
) -> tuple[Request, list[str]]:
    """What a line asks for, and the warnings about its configurations, which are shown at once.

    `adjust` puts into a configuration what the line says of its settings. Relative paths start `here`; without a
    folder, in the working directory.
    """
    installed = installed_or_error(here)
    disk, progress = FileSystem(here=here), Progress()
    layers, warnings = configured(options, paths, installed.rules, adjust, disk)
    for warning in warnings:
        tell("warning", warning)
    values = chart_values_of(options, disk)
    request = Request(
        paths=tuple(paths),
        config=layers.config,
        layers=layers,
        rules=installed.rules,
        sources=installed.sources,
        suppress=not getattr(options, "no_ignores", False),
        disk=disk,
        seen=Seen(complete=disk.pipes.keys().isdisjoint(values.files), here=here),
        jobs=jobs,
        context=context,
        chart_values=values,
        reads=getattr(options, "reads", False),
        clusters=cluster.look_of(options, progress) if hasattr(options, "live") else None,
        progress=progress,
    )
    return request, warnings


def run_job(job: Callable[[Request], T], request: Request, options: Any) -> T:
    """What a job gives for a request, with the cache, and with its progress on a terminal; raises FatalError.

    Settings that do not count, and that are met on the way, are shown as warnings.
    """
    use_caches(request, options, memory_of(options, request.paths))
    try:
        with request.progress:
            result = job(request)
    except ValueError as error:
        raise fatal(error) from None
    request.caches.save()
    for warning in refusals(request.layers) if request.layers else ():
        tell("warning", warning)
    return result


def use_caches(request: Request, options: Any, memory: Memory | None) -> None:
    """Lets a request take what is kept of earlier runs: of this line, or of the projects of files that are named."""
    if memory:
        request.caches.facts = memory.facts(makers_of_facts(request.config))
        request.caches.builds = memory.builds() if request.config.build and request.seen.complete else None
    elif not options.no_cache:
        request.caches.of_projects = lambda projects: of_projects(options, request, projects)


def of_projects(options: Any, request: Request, projects: Sequence[str]) -> tuple[FactsCache, BuildsCache]:
    """What is kept of the folders of projects, of which one run may build only a part."""
    memory = Memory(cache_of(options, request.paths), projects, (), repeatable=False)
    facts, builds = memory.facts(makers_of_facts(request.config)), memory.builds()
    builds.complete = False
    return facts, builds


def makers_of_facts(config: Config) -> tuple[object, ...]:
    """Everything but a text that its facts depend on."""
    import yaml

    code = modules_with_times("manifest", "kube", "model", "knowledge", "sources/code")
    return documents.VERSION, yaml.__version__, code, config.providers
