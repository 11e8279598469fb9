"""The reasons for which charts and kustomizations are not built, each once and at the line that causes it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from cmlint.cache.file_state import Seen
from cmlint.knowledge.generated_files import BOOTSTRAPPED, tool_for
from cmlint.kube.near import nearest
from cmlint.manifest.documents import line_start
from cmlint.model.facts import Span
from cmlint.model.failures import EMPTY, ENDED, Failure, Failures
from cmlint.sources import files, paths
from cmlint.sources.disclosure import VERSIONS, OfBuild, OfChart, is_secret
from cmlint.sources.git_ignores import ignoring
from cmlint.sources.helm.chart import VALUES, Chart
from cmlint.sources.kustomize.absent_files import Absent
from cmlint.sources.kustomize.kustomization import Kustomization, Project
from cmlint.sources.kustomize.places import ignores_in
from cmlint.sources.kustomize.secrets import keys_written, masked_in
from cmlint.sources.kustomize.spoilt_entries import Spoilt
from cmlint.sources.reasons import address
from cmlint.sources.secret_names import HIDDEN, Masks, secrets_in
from cmlint.sources.yaml_tree import Part
from cmlint.system.filesystem import Entry, FileSystem, leads_to_folder
from cmlint.system.programs import NotBuiltError

REFUSED = ("syntax", "repeated-key")
"""The faults for which a YAML reader refuses a text."""

UNREAD = "unread"
"""The kind of failure of a kustomization that is not valid YAML: `yaml-syntax` reports that."""

README = "README.md"
MAKEFILE = "Makefile"

EXAMPLES = ("example", "sample", "template", "tmpl", "dist")
"""What the name of a file has from which people make their own."""

PLAIN_PATH = r"[\w.-]+(?:/[\w.-]+)*"
"""What git is asked about, although it may be the value of a Secret: no `KEY=value` or base64 with `=`."""

WRONG_TYPE = r"Go struct field \w+\.(?P<path>[\w.]+) of type (?P<type>\w+)"
UNKNOWN_FIELD = r'json: unknown field "([^"]*)"'
GENERATORS = ("configMapGenerator", "secretGenerator")
FORMS = {
    "`literals` is not of the form": ("literals", r"[^=]*"),
    "`files` has more than one `=`": ("files", r".*=.*=.*"),
    "`files` has no path behind `=`": ("files", r".+="),
    "`files` has no key before `=`": ("files", r"=.*"),
}
"""What reasons say of entries of generators, the field that these are in, and their form."""

REPEATED = r'line (?P<number>\d{1,6}): mapping key "(?P<key>[^"]{1,253})" already defined at line (?P<other>\d{1,6})'
LINE = r"\byaml: line (\d{1,6}):"
NAMED = r"`([^`\s]+)`"
NAMED_BY_ID = r"\b\w+\.\w+\.[\w.\[\]-]*/([\w.-]+)\."
TEMPLATE = r"(?P<template>[^\s:()`]+/templates/[^\s:()`]+?)(?::(?P<line>\d{1,6}))?(?::\d{1,6})?(?=[\s:)]|\Z)"
UNREADABLE_VALUES = r"(?:cannot load values\.yaml|failed to parse (?P<file>[^:]+)): "
TEMPLATE_IN_VALUES = r"(?m)^[ \t]*(?:- )?[\w.-]+:[ \t]*(\{\{)"
LACKING_PATH = r"\bdoc is missing (?:path|key): (/\S*[^\s:])"
"""How kustomize names the path of an operation that does not apply."""

SELECTED = r"nothing selected by (?P<kind>\w+)\.\S*/(?P<name>[\w-]+)\."
"""How kustomize names the source of a replacement, an object that is not there."""

NO_TARGET = r"\bno matches for Id "
"""What kustomize says of a patch for an object that is not there."""

OUTSIDE = "it is outside of the repository, where something else may put it"

RESTRICTED = ", and kustomize reads no other by default"
"""How kustomize's reason ends where a file is outside of the folder of a kustomization."""

VERSION = r"^chart requires kubeVersion: "
"""How helm's reason begins where a chart is for other versions of Kubernetes."""

NOT_TEXT = r"-?[\d.][\d._eE+-]*|true|false|yes|no|on|off|null|~|y|n"


def add_build(failures: Failures, project: Project, leaf: Kustomization, error: NotBuiltError) -> None:
    """Adds the reason for which a kustomization is not built."""
    if error.kind != UNREAD:
        failures.add(failure_of(project, leaf, error), (error.cause, error.kind or str(error)))


def add_spoilt(failures: Failures, project: Project, leaf: Kustomization, spoilt: Iterable[Spoilt]) -> None:
    """Adds the reasons for which a kustomization is built without some entries."""
    for each in spoilt:
        aimed = name_in_patch(project, each)
        failure = replace(failure_of(project, leaf, each.error), part=each.shown, partly=True, aimed=aimed)
        named = (each.shown,) if each.error.cause == "refused" else ()
        reason = failure.path if str(each.error).endswith(RESTRICTED) else each.error.kind or str(each.error)
        failures.add(failure, (each.error.cause, reason, *named))


def name_in_patch(project: Project, spoilt: Spoilt) -> tuple[str, Span] | None:
    """Where a patch names the object that is not there."""
    where = spoilt.patch
    if where is None or not re.search(NO_TARGET, str(spoilt.error)):
        return None
    named = (each.at("metadata", "name") for each in project.documents(spoilt.kustomization, where))
    found = (name for name in named if name and name.text and f"/{name.text}." in str(spoilt.error))
    return next(((name.place.path, name.place.span) for name in found), None)


def failure_of(project: Project, leaf: Kustomization, error: NotBuiltError) -> Failure:
    """A reason, with its place."""
    path, span = error.place or (leaf.shown, Span(0, 0))
    generators = [one.root.at("secretGenerator") for one in project.kustomizations if one.shown == path]
    hidden = tuple((path, part.place.span) for part in generators if part)
    return shown_of(project, leaf, Failure(error.cause, "kustomization", path, span, str(error), hidden=hidden))


def add_absent(
    failures: Failures, project: Project, leaf: Kustomization, absent: Iterable[Absent], seen: Seen, *, partly: bool
) -> None:
    """Adds what a kustomization lacks; it is built `partly`, or not at all."""
    builds: dict[str, OfBuild] = {}
    contexts: dict[str, Failure] = {}
    for each in absent:
        one = each.kustomization
        build = builds.setdefault(one.folder, OfBuild(project, [one]))
        failure = replace(absence(build, each, seen), partly=partly)
        if failure.path not in contexts:
            contexts[failure.path] = shown_of(project, leaf, replace(failure, hidden=()))
        around = contexts[failure.path]
        failure = replace(
            failure,
            ignores=around.ignores,
            hidden=(*failure.hidden, *around.hidden),
            inputs=around.inputs,
            unused=around.unused,
        )
        failures.add(failure, (each.remote, failure.path if each.remote else each.path))


def add_chart(failures: Failures, chart: Chart, error: NotBuiltError, named: str, *, only: bool = False) -> None:
    """Adds the reason for which a chart is not rendered, perhaps `only` with the values at the path `named`."""
    if error.cause == "values" and (unread := chart.unread_values):
        error = NotBuiltError(
            f"helm reads `{VALUES}` only up to here: {ENDED}", "broken", place=(unread.path, unread.span)
        )
    said = str(error)
    in_values = place_in_values(chart, said)
    path, span = error.place or place_in_chart(chart, said) or in_values or (named or chart.description, Span(0, 0))
    wanted = chart.root.at("kubeVersion") if re.search(VERSION, str(error)) else None
    if wanted and re.fullmatch(VERSIONS, wanted.text or ""):  # a line with anything else is not shown
        path, span = chart.description, wanted.place.span
    holds_values = path == named or (in_values is not None and path == in_values[0])
    hidden = ((path, Span(0, len(chart.templates.text(path)))),) if holds_values else ()
    near = chart.near_value(found[1]) if (found := re.search(r"at <\.Values\.([\w.]+)>", str(error))) else ""
    values = named if only and path != named else ""
    failure = Failure(error.cause, "chart", path, span, str(error), near=near, hidden=hidden, values=values)
    own = re.sub(r"[\w./-]+/charts/", "", str(error))
    failures.add(shown_in_chart(chart, failure), (error.cause, error.kind or own, chart.shown if HIDDEN in own else ""))


def add_missing(failures: Failures, chart: Chart) -> None:
    """Adds the dependencies that a chart is rendered without; a name that is also a secret in it is not shown."""
    if not chart.missing:
        return
    shown = OfChart(chart, (), ())
    names = dict.fromkeys(entry.word("name") for entry in chart.missing)
    first, *others = (name if name in shown.names else HIDDEN for name in names)
    place = chart.missing[0].place
    failure = Failure(
        cause="dependency",
        thing="chart",
        path=chart.disk.shown(place.path),
        span=place.span,
        reason="they are not in `charts/`" if others else "it is not in `charts/`",
        part=first,
        further=tuple(others),
        partly=True,
    )
    failures.add(shown_in_chart(chart, failure), ("dependency", *names))


def shown_in_chart(chart: Chart, failure: Failure) -> Failure:
    """A failure with the chart's folder, and with what its text suppresses and hides."""
    ignores, text = chart.templates.ignores(failure.path), chart.templates.text(failure.path)
    values = chart.templates.text(os.path.join(chart.folder, VALUES))
    spans = [*chart.templates.masked_in(failure.path), *credentials_in(text, values)]
    hidden = (*failure.hidden, *((failure.path, span) for span in spans))
    return replace(failure, ignores=ignores, hidden=hidden, inputs=(chart.shown,))


def shown_of(project: Project, leaf: Kustomization, failure: Failure) -> Failure:
    """A failure with what the build of a leaf reads, and with what its text suppresses and hides."""
    ignores, text = tuple(ignores_in(project, failure.path)), project.texts[failure.path]
    own = [one for one in project.kustomizations if one.shown == failure.path]
    credentials = [item.place.span for one in own for item in one.remotes if is_secret(item.text or "")]
    keys = [place.span for one in own for place in keys_written(one)]
    spans = [*masked_in(project, failure.path), *credentials_in(text), *credentials, *keys]
    inputs = tuple(map(project.shown, sorted(project.used_by(project.tree(leaf)))))
    hidden = (*failure.hidden, *((failure.path, span) for span in spans))
    return replace(failure, ignores=ignores, hidden=hidden, inputs=inputs, unused=is_unused(project, leaf, failure))


def is_unused(project: Project, leaf: Kustomization, failure: Failure) -> bool:
    """Whether a kustomization that fails is put away or turned off, or has nothing in it on purpose: only comments,
    or nothing beside it.
    """
    if paths.is_put_away(leaf.shown) or is_turned_off(project, leaf):
        return True
    beside = (entry for entry in leaf.disk.entries_or_none(leaf.folder) if entry.name not in files.KUSTOMIZATIONS)
    is_kept = any(leads_to_folder(each) or is_filled(leaf.disk, each) for each in beside)
    return failure.reason == EMPTY and (bool(leaf.turned_off) or not is_kept)


def is_filled(disk: FileSystem, entry: Entry) -> bool:
    """Whether an entry may be a manifest with something in it, or with what cannot be known."""
    try:
        return files.is_manifest(entry.name) and disk.status(entry.path).size > 0
    except OSError:
        return True


def is_turned_off(project: Project, leaf: Kustomization) -> bool:
    """Whether another kustomization names it in a comment only, as kubebuilder writes what is not enabled yet."""
    return any(leaf.folder in one.turned_off for one in project.kustomizations if one is not leaf)


def credentials_in(text: str, *more: str) -> Iterator[Span]:
    """The places in a text of what is named like a credential, in it or in more texts, and of addresses with one."""
    words = (found for found in re.finditer(r"[^\s'\"]+", text) if is_secret(found[0]))
    secrets = sorted(Masks(value for each in (text, *more) for value in secrets_in(each)).wholes, key=len, reverse=True)
    named = re.finditer("|".join(map(re.escape, secrets)), text, re.IGNORECASE) if secrets else ()
    return (Span(*found.span()) for found in (*words, *named))


def absence(build: OfBuild, absent: Absent, seen: Seen) -> Failure:
    """What a kustomization is built without.

    A name that may be the value of a Secret is neither shown nor kept, and outside of the project nothing is looked at.
    """
    place = absent.entry.place
    if absent.remote:
        part = address(absent.name)
        return Failure(
            cause="remote",
            thing="kustomization",
            path=place.path,
            span=place.span,
            reason="cmlint fetches nothing by default",
            part=part,
        )
    hides = HIDDEN in (build.path(absent.path) or HIDDEN)
    seen.complete = seen.complete and not hides
    part, hidden = (HIDDEN, ((place.path, place.span),)) if hides else (absent.name, ())
    looked = build.project.is_inside(absent.path) and (not hides or re.fullmatch(PLAIN_PATH, absent.name) is not None)
    ignored = ignoring(build.project.disk, absent.path, seen) if looked else ""
    made = ""
    if looked and not ignored:
        made = "" if hides else exemplified(build.project, absent.path, seen)
        made = made or (documented(build.project, absent, seen) if absent.how in ("files", "envs") else "")
        made = made or ("" if hides else generated(build.project, absent.path, seen))
    named = "" if ignored or made or hidden or not looked else os.path.basename(absent.path)
    near = nearest(named, names_beside(absent)) or "" if named else ""
    return Failure(
        cause="missing-file" if build.project.is_inside(absent.path) else "refused",
        thing="kustomization",
        path=place.path,
        span=place.span,
        reason="no such file or folder" if build.project.is_inside(absent.path) else OUTSIDE,
        part=part,
        ignored=ignored,
        made=made,
        near=near,
        hidden=hidden,
    )


def exemplified(project: Project, path: str, seen: Seen) -> str:
    """The file beside one that is not there from which people make it, as a clause."""
    stem, ending = os.path.splitext(path)
    examples = [f"{path}.{word}" for word in EXAMPLES] + [f"{stem}.{word}{ending}" for word in EXAMPLES if ending]
    for example in examples:
        seen.note(example)
        if project.disk.is_file(example):
            return f"it is to be made from {project.shown(example)}"
    return ""


def generated(project: Project, path: str, seen: Seen) -> str:
    """The tool that writes a file which is not there, as a clause."""
    if os.path.basename(path) == BOOTSTRAPPED:
        return "`flux bootstrap` makes it"
    for folder in project.folders_from(os.path.dirname(path)):
        makefile = os.path.join(folder, MAKEFILE)
        seen.note(makefile)
        if tool := tool_for(os.path.relpath(path, folder).replace(os.sep, "/"), project.readable(makefile)):
            return f"{project.shown(makefile)} makes it with {tool}"
    return ""


def documented(project: Project, absent: Absent, seen: Seen) -> str:
    """The README in the folder of a kustomization, or above, that names the file of a generator, as a clause."""
    name = re.escape(os.path.basename(absent.path))
    for folder in project.folders_from(absent.kustomization.folder):
        path = os.path.join(folder, README)
        seen.note(path)
        try:
            text = project.text(path) if project.disk.is_file(path) else ""
        except (OSError, UnicodeDecodeError):
            text = ""
        if re.search(rf"[`/]{name}`", text):
            return f"{project.shown(path)} says how to make it"
    return ""


def names_beside(absent: Absent) -> list[str]:
    """The names in the folder of a file that is not there."""
    return [entry.name for entry in absent.kustomization.disk.entries_or_none(os.path.dirname(absent.path))]


def place_in_build(said: str, reason: str, around: Kustomization, project: Project) -> tuple[str, Span]:
    """The entry of a kustomization that makes a build fail: `said` is the full text that kustomize prints."""
    found = (
        wrong_value(said, around)
        or unknown_field(reason, around.root)
        or malformed_entry(reason, around)
        or named_entry(said, reason, around, project)
        or repeating(said, around, project)
        or unreadable(around, project)
    )
    if found and found.place.path == around.shown:
        return around.shown, found.place.span
    if line := re.search(LINE, said):
        return around.shown, line_at(around.text, int(line[1]))
    return around.shown, Span(0, 0)


def unreadable(around: Kustomization, project: Project) -> Part | None:
    """The first entry of a file that a YAML reader refuses: kustomize does not always name it."""
    for entry in around.root.entries("resources"):
        path = around.own(entry.text or "")
        try:
            documents = project.facts(path).documents if path else ()
        except (OSError, UnicodeDecodeError):
            continue
        if any(fault.code in REFUSED for document in documents for fault in document.faults):
            return entry
    return None


def repeating(said: str, around: Kustomization, project: Project) -> Part | None:
    """The entry of the only file that has a key on the two lines on which kustomize finds it; it names no file."""
    found = re.search(REPEATED, said)
    if found is None:
        return None
    key = re.compile(rf"[ \t-]*[\"']?{re.escape(found['key'])}[\"']?[ \t]*:")

    def has_key(text: str) -> bool:
        lines = text.split("\n")
        numbers = (int(found["number"]), int(found["other"]))
        return all(number <= len(lines) and key.match(lines[number - 1]) for number in numbers)

    entries = (entry for entry in around.root.entries("resources") if entry.text and around.own(entry.text))
    having = [entry for entry in entries if any(map(has_key, texts_in(project, around.full(entry.text or ""))))]
    return having[0] if len(having) == 1 else None


def texts_in(project: Project, path: str) -> list[str]:
    """The documents of a file; none where it cannot be read."""
    try:
        return re.split(r"(?m)^---.*\n", project.text(path)) if project.disk.is_file(path) else []
    except (OSError, UnicodeDecodeError):
        return []


def wrong_value(said: str, around: Kustomization) -> Part | None:
    """The value of a field that has another type than kustomize's decoder wants."""
    found = re.search(WRONG_TYPE, said)
    if found is None:
        return None
    parts = [around.root]
    for name in found["path"].split("."):
        parts = [value for part in parts for one in (part, *part.items) if (value := one.at(name))]
    scalars = [part for part in parts if part.text is not None]
    if found["type"] == "string":
        scalars = [part for part in scalars if re.fullmatch(NOT_TEXT, around.text[part.place.start : part.place.end])]
    return next(iter(scalars or parts), None)


def unknown_field(reason: str, root: Part) -> Part | None:
    """The name of a field that kustomize's decoder does not know, at its first place; None where it is hidden."""
    found = re.search(UNKNOWN_FIELD, reason)
    parts = [root] if found else []
    for part in parts:
        if found and (field := part.fields.get(found[1])):
            return Part(field.key, found[1])
        parts += part.collections
    return None


def malformed_entry(reason: str, around: Kustomization) -> Part | None:
    """The entry of a generator that is not in the form that kustomize wants."""
    generators = (entry for kind in GENERATORS for entry in around.root.entries(kind))
    field, form = next((wrong for words, wrong in FORMS.items() if words in reason), ("", ""))
    items = (item for entry in generators for item in entry.entries(field)) if field else ()
    return next((item for item in items if item.text is not None and re.fullmatch(form, item.text, re.DOTALL)), None)


def named_entry(said: str, reason: str, around: Kustomization, project: Project) -> Part | None:
    """The entry that names a file, or has a name, of which the reason speaks."""
    for part in around.named:
        if part.text and f"'{around.full(part.text)}'" in said:
            return part
    for part in around.named:
        if part.text and re.search(rf"[ '`/]{re.escape(part.text.removeprefix('./'))}['`:]", said):
            return part
    inline = (
        where for where, _ in around.patches if where.text and "\n" not in where.text and f"{where.text}'" in said
    )
    if patch := next(inline, None):
        return patch
    if (lacking := re.search(LACKING_PATH, said)) and (patch := patching(lacking[1], around, project)):
        return patch
    if (selected := re.search(SELECTED, said)) and (replacement := selecting(selected, around, project)):
        return replacement
    names = {*re.findall(NAMED, reason), *re.findall(NAMED_BY_ID, said), *re.findall(r'\bName:"([^"]+)"', said)}
    fields = ("configMapGenerator", "secretGenerator", "replicas", "images")
    entries = (entry.at("name") for field in fields for entry in around.root.entries(field))
    patches = (where for where, _ in around.patches if not names.isdisjoint(patched(project, around, where)))
    return next((part for part in entries if part and part.text in names), None) or next(patches, None)


def selecting(selected: re.Match[str], around: Kustomization, project: Project) -> Part | None:
    """The first replacement whose source is to be an object of a kind and name."""
    for entry in around.root.entries("replacements"):
        where = entry.at("path")
        documents = project.documents(around, where) if where else [entry]
        sources = (source for each in documents for one in (each, *each.items) if (source := one.at("source")))
        if any((one.word("kind"), one.word("name")) == (selected["kind"], selected["name"]) for one in sources):
            return entry
    return None


def patching(path: str, around: Kustomization, project: Project) -> Part | None:
    """The only patch with an operation on a path of a document."""
    found = [
        where
        for where, _ in around.patches
        if any(each.word("path") == path for part in project.documents(around, where) for each in part.items)
    ]
    return found[0] if len(found) == 1 else None


def patched(project: Project, around: Kustomization, where: Part) -> set[str]:
    """The names of the objects that a patch is for."""
    return {document.word("metadata", "name") for document in project.documents(around, where)}


def place_in_chart(chart: Chart, reason: str) -> tuple[str, Span] | None:
    """The line of the template of which a reason speaks; of one that is not known, the template."""
    for found in re.finditer(TEMPLATE, reason):
        if path := chart.templates.path(found["template"]):
            return path, line_at(chart.templates.text(path), int(found["line"])) if found["line"] else Span(0, 0)
    return None


def place_in_values(chart: Chart, reason: str) -> tuple[str, Span] | None:
    """The line of a file of values of which a reason speaks; else the first that helm would have to render."""
    file = re.match(UNREADABLE_VALUES, reason)
    path = (file["file"] or chart.disk.shown(os.path.join(chart.folder, VALUES))) if file else ""
    if not path or not chart.disk.is_file(path):
        return None
    text = chart.templates.text(path)
    said, template = re.search(r"yaml: line (\d{1,6}): ", reason), re.search(TEMPLATE_IN_VALUES, text)
    if said:
        return path, line_at(text, int(said[1]))
    return path, line_at(text, text.count("\n", 0, template.start(1)) + 1) if template else Span(0, 0)


def line_at(text: str, number: int) -> Span:
    """The content of a line, from 1 on; of the last one where the text has fewer."""
    start = line_start(text, number - 1)
    line = text[start:].partition("\n")[0]
    blank = len(line) - len(line.lstrip())
    return Span(start + blank, start + max(len(line.rstrip()), blank))
