"""Texts that helm has rendered elsewhere, and the chart that they come from."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

from cmlint.sources import files
from cmlint.sources.helm.chart import VALUES, Chart, Supply
from cmlint.sources.helm.template_places import SOURCE, RenderedText
from cmlint.sources.helm.value_places import ChartText
from cmlint.sources.request import Request
from cmlint.system.filesystem import FileSystem, leads_to_folder


def lead_back(text: str, request: Request) -> tuple[RenderedText | None, Supply | None]:
    """What leads back from a text that helm has rendered, and what its chart may be given by default.

    The chart is the only one in the working directory or below that has the name with which all `# Source:` begin and
    every template that they name; where there is none, the text represents itself.
    """
    sources = dict.fromkeys(re.findall(SOURCE, text))
    names = {source.partition("/")[0] for source in sources}
    charts = (
        (Chart(folder, request.disk) for folder in folders_below(request.disk, os.curdir)) if len(names) == 1 else ()
    )
    charts = (chart for chart in charts if chart.name in names and not chart.contents.unfit)
    found = [chart for chart in charts if all(map(chart.templates.path, sources))]
    if len(found) != 1:
        return None, None
    leading = ChartText(files.STDIN, text, found[0].templates, found[0].given((), (), (), ()), mine=False)
    return leading, Supply(found[0], [os.path.join(found[0].folder, VALUES)], leading)


def folders_below(disk: FileSystem, top: str) -> Iterator[str]:
    """The folders with charts, from the top downwards."""
    for folder, entries in disk.tree(top, files.NEVER):
        if any(entry.name == files.CHART and not leads_to_folder(entry) for entry in entries):
            yield folder
