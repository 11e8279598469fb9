"""Charts that need others which are not there: helm fetches them into a copy, where the user allows it.

`helm dependency build` asks what the chart names, with the user's network and settings of helm; nothing of the
repository is changed.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from tempfile import mkdtemp

from cmlint.sources.helm.chart import Chart
from cmlint.sources.helm.chart_files import ChartFiles, entries_below
from cmlint.sources.kustomize.program import said
from cmlint.sources.reasons import of_dependencies
from cmlint.system.files import MANIFEST, is_within
from cmlint.system.filesystem import FileSystem, leads_to_folder
from cmlint.system.programs import Ended, NotBuiltError


def completed(chart: Chart, fetch: Callable[[str], Ended], home: str) -> str:
    """The folder of a copy of a chart, below `home`, with all that it needs; raises NotBuiltError.

    `fetch` runs helm in the folder.
    """
    disk, root = chart.disk, chart.top
    copy = mkdtemp(dir=home)
    for folder in (chart.folder, *chart.local_folders):
        if not is_within(disk.real_path(folder), root):
            raise NotBuiltError(f"`{disk.shown(folder)}` leads out of the folder", "refused")
        ChartFiles(folder, disk).refuse()
        copy_to(disk, folder, os.path.join(copy, os.path.relpath(disk.real_path(folder), root)), root)
    folder = os.path.join(copy, os.path.relpath(disk.real_path(chart.folder), root))
    ended = fetch(folder)
    if ended.code:
        raise NotBuiltError(of_dependencies(said(ended.errors)), "dependency")
    try:
        ChartFiles(folder, FileSystem()).refuse()
    except NotBuiltError as error:
        raise NotBuiltError(str(error).replace(disk.shown(folder), chart.shown), error.cause) from None
    return folder


def copy_to(disk: FileSystem, folder: str, target: str, root: str) -> None:
    """Copies all that is in a folder, with the files that links lead to."""
    os.makedirs(target, exist_ok=True)
    for entry in entries_below(disk, folder):
        path = os.path.join(target, os.path.relpath(entry.path, folder))
        if leads_to_folder(entry):
            os.makedirs(path, exist_ok=True)
            continue
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(disk.read(entry.path, root, MANIFEST))
