"""The charts without which a kustomization is built, and the names that they can give their objects."""

from __future__ import annotations

import os
from typing import NamedTuple

from cmlint.kube.near import words_of
from cmlint.sources import outside
from cmlint.sources.helm.chart import may_be_called
from cmlint.sources.kustomize.kustomization import Kustomization
from cmlint.sources.yaml_tree import Part

VALUES = ("valuesInline", "valuesLocal")
FILES = ("valuesFile", "values")
OWN = ("name", "chartName", "releaseName", "nameTemplate")
"""The fields by which a chart, or the configuration of the plugin for one, gives values and names."""


class UnrenderedChart(NamedTuple):
    """A chart that is not rendered: the names that are its own, and its values.

    It `is_open` where it may give its objects any name: templates that are here are somebody's own and may hold any,
    and so may a file of values that cannot be read.
    """

    own: tuple[str, ...]
    values: tuple[Part, ...]
    is_open: bool

    @property
    def name(self) -> str:
        """What a message calls it."""
        return self.own[0] if self.own else "helmCharts"

    def may_make(self, name: str) -> bool:
        """Whether an object of it may have a name; its words may be written together (`argocd-cm` of `argo-cd`)."""
        joined = ["".join(words_of(own)) for own in self.own]
        return self.is_open or may_be_called(name, (*self.own, *joined), self.values)


def unrendered(one: Kustomization, chart: Part) -> UnrenderedChart:
    """What is known of a chart that a kustomization takes."""
    own = tuple(word for field in OWN if (word := chart.word(field)))
    texts = [chart.at(field) for field in FILES]
    named = [item.text or "" for item in (*texts, *chart.entries("additionalValuesFiles")) if item and item.text]
    paths = [one.own(name) for name in named]
    files = [part for path in paths if path for part in one.documents_of(path)]
    given = [part for field in VALUES if (part := chart.at(field))]
    is_open = None in paths or is_vendored(one, chart)
    return UnrenderedChart(own, (*given, *files), is_open)


def is_vendored(one: Kustomization, chart: Part) -> bool:
    """Whether a chart is in the repository."""
    name = chart.word("name") or chart.word("chartName")
    folders = (name, os.path.join(f"{name}-{chart.word('version')}", name))
    homes = outside.chart_homes([*one.documents, chart])
    return any(one.disk.is_folder(one.full(os.path.join(home, each))) for home in homes for each in folders)
