"""Standard input: manifests as they are, or a text that kustomize or helm has made."""

from __future__ import annotations

from collections.abc import Iterator

from cmlint.bundle.material import Material
from cmlint.manifest.documents import read_text
from cmlint.model.problems import Problem
from cmlint.sources import files, paths
from cmlint.sources.found import Found
from cmlint.sources.request import Request


def take(found: Found, request: Request) -> Iterator[Material]:
    """The material of standard input, where that is asked for."""
    if not any(files.STDIN in group.paths for group in found.groups):
        return
    try:
        text = files.read(request.disk, "-")
    except (OSError, UnicodeDecodeError) as error:
        found.problems.append(Problem(files.STDIN, 0, paths.reason(error)))
        return
    material = led_back(text, found, request)
    found.texts[files.STDIN] = text = material.built.text if material.built else text
    material.files, material.beside = [(files.STDIN, read_text(text, request.makers))], found.evidence
    yield material


def led_back(text: str, found: Found, request: Request) -> Material:
    """What leads back from a text that a program has made."""
    if files.ORIGIN in text:
        from cmlint.sources.kustomize.elsewhere import lead_back

        return Material(built=lead_back(text, request, found.problems))
    if files.SOURCE in text:
        from cmlint.sources.helm.elsewhere import lead_back as lead_back_to_chart

        built, supply = lead_back_to_chart(text, request)
        return Material(built=built, supply=supply)
    return Material()
