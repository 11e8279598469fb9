"""What a change does to the objects of a text, in short lines."""

from __future__ import annotations

from collections.abc import Mapping

from cmlint.bundle.bundle import Bundle
from cmlint.bundle.gitops import Deploys
from cmlint.bundle.gitops_clusters import Destinations
from cmlint.bundle.impact import Change, Impact, impact, named
from cmlint.bundle.material import Material
from cmlint.bundle.next_steps import CommandOptions, commands
from cmlint.kube.versions import NEWEST, Version
from cmlint.manifest.documents import read_text
from cmlint.model.facts import Target


def bundle_of(files: Mapping[str, str]) -> Bundle:
    """The bundle of some texts."""
    return Bundle(Material(files=[(path, read_text(text)) for path, text in files.items()]))


def impact_in(files: Mapping[str, str], what: str, change: Change = "asked", namespace: str | None = None) -> Impact:
    """What a change of `ConfigMap/NAME[:KEY]` does; what goes is still defined, except where it is all of it."""
    kind, _, rest = what.partition("/")
    name, _, key = rest.partition(":")
    target: Target = "Secret" if kind == "Secret" else "ConfigMap"
    bundles = [bundle_of(files)]
    subjects = [each._replace(change=change) for each in named(bundles, target, name, key, namespace)]
    return impact(bundles, subjects)


def lines(found: Impact) -> list[str]:
    """`Kind/name container how -> names, in through: effect (why)`, a `?` before what is not sure."""
    shown: list[str] = []
    for each in found.touched:
        read = each.read
        container = f" {read.container.name.value}" if read.container and read.container.name else ""
        names = f" -> {' '.join(each.names)}" if each.names else ""
        through = f", in {' '.join(each.through)}" if each.through else ""
        why = f" ({each.why})" if each.why else ""
        name = read.placed.document.name
        start = f"{'' if each.sure else '?'}{read.placed.document.kind}/{name.value if name else ''}"
        shown.append(f"{start}{container} {read.how}{names}{through}: {each.effect}{why}")
    return shown


def advice(
    found: Impact, files: Mapping[str, str], version: Version = NEWEST, options: str = "", namespace: str = ""
) -> list[str]:
    """The commands for an impact."""
    deploys = Deploys([(path, read_text(text)) for path, text in files.items()])
    return [
        each.command for each in commands(found, CommandOptions(version, Destinations(deploys), options, namespace))
    ]
