"""Files as they are: each group of files that no other source has taken is the material of one bundle."""

from __future__ import annotations

from collections.abc import Iterator

from cmlint.bundle.material import Material
from cmlint.model.facts import FileFacts
from cmlint.model.problems import Problem
from cmlint.sources import files
from cmlint.sources.files import Group
from cmlint.sources.found import Found
from cmlint.sources.rendered import TEMPLATES, rendered_in
from cmlint.sources.request import Request


def take(found: Found, request: Request) -> Iterator[Material]:
    """The material of each group; what cannot be read is a problem where it is to be reported."""
    beside = found.evidence
    for group in found.groups:
        if group.unbuilt:
            yield Material(files=list(facts_in(group, found)), unbuilt=files.NOT_REACHED, complete=False)
        elif files.STDIN not in group.paths:
            note_unread(group, found)
            yield Material(
                files=list(facts_in(group, found)),
                scripts=list(scripts_in(group, found)),
                beside=beside,
                loose_files=[*map(request.disk.shown, group.others)],
            )


def facts_in(group: Group, found: Found) -> Iterator[tuple[str, FileFacts]]:
    """The manifests of a group that can be read."""
    for shown in group.paths:
        if not isinstance(facts := found.facts[shown], str):
            yield shown, facts


def scripts_in(group: Group, found: Found) -> Iterator[tuple[str, FileFacts]]:
    """The other texts of a group that have commands, or show objects."""
    rendered = rendered_in(group, found) if any(shown.endswith(TEMPLATES) for shown in group.scripts) else ()
    for shown in (*group.scripts, *group.inputs):
        if shown not in rendered and not isinstance(facts := found.facts[shown], str) and facts.commands:
            yield shown, facts


def note_unread(group: Group, found: Found) -> None:
    """Notes the files of a group that cannot be read, as far as they are reported."""
    named = {shown for each in found.groups for shown in each.named}
    for shown in group.paths:
        if isinstance(reason := found.facts[shown], str) and (not named or shown in named):
            found.problems.append(Problem(shown, 0, reason))
