"""Runs rules over bundles: one traversal, findings located, suppressed, ranked and in a stable order."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from cmlint.bundle.bundle import Bundle
from cmlint.bundle.documents import Placed, references_of, template_at
from cmlint.bundle.endings import End, confirmed, end_of, excused
from cmlint.bundle.material import Material
from cmlint.engine.identity import cause_of, fingerprints, groups_of, heaps_in, in_heap, subject_of
from cmlint.engine.rules import Context, Draft, Rule, Settings, Suggestion, View
from cmlint.engine.suppress import Suppressions
from cmlint.model import facts
from cmlint.model.findings import SEVERITIES, Edit, Finding, Fix, Location, ObjectId, Reader, Related
from cmlint.model.outcome import Created, Excused, Outcome, Unfixed, Unverified
from cmlint.texts import Texts

INTERNAL = "internal-error"
THROUGH, RENDERED = "through ", "rendered with "
"""How labels begin that name the kustomization, or the values of a chart, with which a mistake is seen."""

READERS: Mapping[facts.Via, Reader] = {"field": "controller", "pull": "registry"}
"""What reads an object by a reference that is not a part of a container."""

Spoken = set[tuple[int, int]]
"""The places in a bundle that findings speak of: the number of the document, and the offset there."""

SURE: frozenset[facts.FaultCode] = frozenset(
    (
        "syntax",
        "repeated-key",
        "unknown-field",
        "env-value-type",
        "data-value-type",
        "data-key",
        "pull-policy",
    )
)
"""The faults that are in something written, and not in something that is missing and that a patch may add."""


LISTED = ("findings", "suppressed", "unverified", "created", "excused", "unfixed", "skipped", "heaps")
COUNTED = ("files", "documents", "containers", "references")
"""The fields of an outcome that hold findings and the like, and those that the summary counts."""


def is_sure(fault: facts.Fault) -> bool:
    """Whether no patch can fix a fault: it is in what is written, such as a misspelt field."""
    return fault.code in SURE or fault.kind == "unknown-field"


class Judgement(msgspec.Struct, frozen=True):
    """What the rules find in one bundle.

    `resolved` are references that resolve, one for each folder or, of what is built, each place; `used` the names in
    suppressions that have suppressed something, with the paths of their texts.
    """

    outcome: Outcome
    resolved: Mapping[str, tuple[Placed, facts.Span]]
    used: frozenset[tuple[str, facts.Scalar]]


class Engine:
    """Runs `rules` with `settings`; `chosen` are the rules whose pedantic findings are wanted.

    Where folders differ in this, `view_at` gives it for the text at a path.
    """

    def __init__(
        self,
        rules: Iterable[Rule],
        settings: Settings,
        texts: Texts,
        chosen: frozenset[str],
        view_at: Callable[[str], View] | None = None,
    ) -> None:
        self.rules, self.settings, self.texts, self.chosen = tuple(rules), settings, texts, chosen
        self.everywhere = View(frozenset(rule.name for rule in self.rules), chosen, settings)
        self.view_at = view_at
        self.named: Collection[str] = ()
        self.resolved: dict[str, tuple[Placed, facts.Span]] = {}
        self.by_node: dict[str, list[Rule]] = {}
        self.pedantic = {rule.name for rule in self.rules if view_at or self.wants_all(rule, self.everywhere)}
        for rule in self.rules:
            tidy = rule.pedantic or rule.consequence == "tidiness"
            if rule.name in self.pedantic or not tidy:
                self.by_node.setdefault(rule.node, []).append(rule)

    def run(self, bundles: Sequence[Bundle], suppressions: Suppressions, named: Collection[str] = ()) -> Outcome:
        """The outcome over all bundles; where files are `named`, only what concerns these."""
        self.named = named
        return self.combined([(bundle, self.judged(bundle, suppressions)) for bundle in bundles], suppressions)

    def judged(self, bundle: Bundle, suppressions: Suppressions) -> Judgement:
        """What the rules find in one bundle, which does not depend on what they find in others."""
        outcome, spoken = Outcome(), Spoken()
        before, suppressions.used, self.resolved = suppressions.used, set(), {}
        drafts = self.drafts if bundle.complete else self.sure_drafts
        for rule, node, draft in drafts(bundle, outcome):
            if self.finish(rule, node, draft, suppressions, outcome):
                spoken.update((placed.number, span.start) for placed, span in draft.places())
        self.count(bundle, spoken, outcome)
        for failure in bundle.failures:
            outcome.inputs[failure.path] = (*outcome.inputs.get(failure.path, ()), *failure.inputs)
        found = Judgement(outcome, self.resolved, frozenset(suppressions.used))
        suppressions.used |= before
        return found

    def combined(self, judged: Sequence[tuple[Bundle, Judgement]], suppressions: Suppressions) -> Outcome:
        """The outcome over all bundles, of what the rules have found in each."""
        bundles = [bundle for bundle, _ in judged]
        outcome = merged([judgement.outcome for _, judgement in judged])
        outcome.files = len({path for bundle in bundles for path in paths_of(bundle) if self.is_named(path)})
        outcome.live = any(bundle.live for bundle in bundles)
        suppressions.used.update(*(judgement.used for _, judgement in judged))
        for bundle in as_written(bundles):
            self.unused(bundle, suppressions, outcome)
        outcome.findings = sorted(joined(outcome.findings), key=order)
        outcome.suppressed = sorted(joined(outcome.suppressed), key=order)
        if not outcome.live:
            heap_up(outcome, (place for _, judgement in judged for place in judgement.resolved.values()))
        name_all(outcome)
        outcome.linted = sorted({path for bundle in bundles for path in linted(bundle) if self.is_named(path)})
        return outcome

    def finish(self, rule: Rule, node: object, draft: Draft, suppressions: Suppressions, outcome: Outcome) -> bool:
        """Turns a draft into a finding, which may be suppressed, and says whether it is wanted; lists an excuse."""
        if draft.excuse:
            location = self.texts.locate(*draft.placed.written(draft.span))
            outcome.excused.append(Excused(location, draft.message, draft.excuse))
            return False
        self.hide(draft, outcome)
        consequence = draft.consequence or rule.consequence
        view = self.view_of(draft.placed, draft.span)
        if rule.name not in view.rules and rule.name != INTERNAL:
            return False
        if not self.wants_all(rule, view) and (draft.pedantic or consequence == "tidiness"):
            return False
        if rule.caused(draft.cause) in view.settings.ignored_causes:
            return False
        self.show_values(draft)
        written = self.texts.listing(draft.placed.path) is None
        fixes, unfixed = self.fixes(draft) if draft.suggestions and written else ((), ())
        finding = self.finding(rule, node, draft, fixes, view)
        places = (finding.location, *(related.location for related in finding.related))
        if not any(self.is_named(place.path) for place in places):
            return False
        if suppression := suppressions.covering(rule, draft):
            outcome.suppressed.append(msgspec.structs.replace(finding, suppression=suppression))
        else:
            outcome.findings.append(finding)
            outcome.unfixed.extend(Unfixed(finding.location, rule.name, safe, why) for safe, why in unfixed)
        return True

    def is_named(self, path: str) -> bool:
        """Whether what concerns the text at a path is reported."""
        return not self.named or path in self.named

    def concerns(self, placed: Placed, span: facts.Span) -> bool:
        """Whether a stretch of a document is written in a text that is reported."""
        return not self.named or placed.written(span)[0] in self.named

    def hide(self, draft: Draft, outcome: Outcome) -> None:
        """Notes what a draft hides, also in the values of a chart that it was made of."""
        built = draft.placed.built
        for span in draft.hidden:
            values = built.values_of(span) if built else ()
            for path, place in (draft.placed.written(span), *((value.path, value.span) for value in values)):
                outcome.hidden.setdefault(path, []).append(place)

    def show_values(self, draft: Draft) -> None:
        """Adds the values of a chart that a draft's place was made of, unless something of it is hidden."""
        built = draft.placed.built
        if built and not draft.hidden and draft.placed.document.kind != "Secret":
            for value in built.values_of(draft.span):
                placed = template_at(value.path, value.span, built.ignores(value.path))
                draft.also(value.span, f"`{value.route}` is set here", placed)

    def wants_all(self, rule: Rule, view: View) -> bool:
        """Whether even the pedantic findings of a rule are wanted."""
        return view.settings.pedantic or rule.name in view.chosen

    def complete_at(self, path: str) -> set[str]:
        """The rules of which every finding in the text at a path was wanted."""
        view = self.view_at(path) if self.view_at else self.everywhere
        return {rule.name for rule in self.rules if rule.name in view.rules and self.wants_all(rule, view)}

    def context(self, bundle: Bundle) -> Context:
        """The context of a walk over a bundle."""
        context = Context(bundle, self.settings)
        context.pedantic = self.pedantic
        if self.view_at:
            context.settings_of = lambda placed: self.view_of(placed, placed.document.head).settings
        return context

    def view_of(self, placed: Placed, span: facts.Span) -> View:
        """What runs at a place of a document."""
        return self.view_at(placed.written(span)[0]) if self.view_at else self.everywhere

    def drafts(self, bundle: Bundle, outcome: Outcome) -> Iterator[tuple[Rule, object, Draft]]:
        """What every rule finds in a bundle, in one walk."""
        context = self.context(bundle)
        for node, value in walk(bundle, context):
            if node in self.by_node:
                yield from self.call(node, value, context, outcome)

    def sure_drafts(self, bundle: Bundle, outcome: Outcome) -> Iterator[tuple[Rule, object, Draft]]:
        """What is found in a bundle whose documents may still change: faults that no patch is there to fix.

        Of a chart that is given other values these are the ones that its templates have word for word.
        """
        context = self.context(bundle)
        for placed in bundle.placed:
            context.enter(placed)
            for fault in placed.document.faults:
                if is_sure(fault) and (not placed.built or self.is_verbatim(placed, fault.span)):
                    yield from self.call("Fault", fault, context, outcome)

    def call(self, node: str, value: Any, context: Context, outcome: Outcome) -> Iterator[tuple[Rule, object, Draft]]:
        """Calls every rule for a node; one that crashes becomes a finding of its own, and the run goes on."""
        for rule in self.by_node.get(node, ()):
            if node == "Fault" and value.code not in rule.codes:
                continue
            try:
                for draft in rule.check(value, context):
                    yield rule, value, draft
            except Exception as error:
                outcome.crashed = True
                yield crashed(rule), value, crash_draft(rule, error, value, context)

    def unused(self, bundle: Bundle, suppressions: Suppressions, outcome: Outcome) -> None:
        """Gives the suppressions that suppressed nothing to the rules about them."""
        context = self.context(bundle)
        context.names = suppressions.names
        for placed, ignore in suppressions.unused(bundle, self.complete_at):
            context.enter(placed)
            for rule, node, draft in self.call("Ignore", ignore, context, outcome):
                self.finish(rule, node, draft, suppressions, outcome)

    def fixes(self, draft: Draft) -> tuple[tuple[Fix, ...], tuple[tuple[bool, str], ...]]:
        """The ways to fix a finding as edits of what was written; of others, whether they are safe and why not."""
        from cmlint.manifest.edits import CannotEditError

        found: list[Fix] = []
        unfixed: list[tuple[bool, str]] = []
        for suggestion in draft.suggestions:
            try:
                edits = self.edits(draft.placed, suggestion)
                if all(self.is_named(edit.path) for edit in edits):
                    found.append(Fix(suggestion.title, suggestion.safe, edits))
            except CannotEditError as error:
                unfixed.append((suggestion.safe, str(error)))
        return tuple(found), tuple(unfixed)

    def edits(self, placed: Placed, suggestion: Suggestion) -> tuple[Edit, ...]:
        """What a suggestion changes in the text that the document was written in; raises CannotEditError.

        What was built is only changed where it was written word for word.
        """
        from cmlint.manifest.edits import CannotEditError, pieces_of

        change, built = suggestion.change, placed.built
        path, place = placed.written(change.span)
        text = self.texts.get(path).text
        if built:
            if built.rendered:
                raise CannotEditError("a template writes it, and templates are never changed")
            if not self.is_verbatim(placed, change.span):
                raise CannotEditError("it is not written there word for word as it is built")
            change = msgspec.structs.replace(change, span=place)
        return tuple(Edit(path, *piece) for piece in pieces_of(change, text))

    def is_verbatim(self, placed: Placed, span: facts.Span) -> bool:
        """Whether a stretch of what was built is word for word in the text that it was written in."""
        assert placed.built
        path, place = placed.written(span)
        text = self.texts.get(path).text
        return unquoted(text[place.start : place.end]) == unquoted(placed.built.text[span.start : span.end])

    def finding(self, rule: Rule, node: object, draft: Draft, fixes: tuple[Fix, ...], view: View) -> Finding:
        """A finding with everything that follows from its rule and its text."""
        document = draft.placed.document
        consequence = draft.consequence or rule.consequence
        built = draft.placed.built
        location = self.texts.locate(*draft.placed.written(draft.span))
        related = [Related(words(label, p), self.texts.locate(*p.written(span))) for label, p, span in draft.related]
        message, help_text = draft.message, draft.help_text
        if draft.left_out:
            help_text = f"{help_text or 'see the places'} ({len(draft.left_out)} more places are left out)"
        name = document.name.value if document.name else None
        if built:
            message, help_text = built.reword(message), built.advise(help_text) if help_text else None
            name = built.reword(built.spelled(document.name)) if document.name else None
            place = built.through(location.path)
            shown = built.rendered and any(place and each.location.path == place[0] for each in related)
            if place and not shown:
                label = RENDERED if built.rendered else THROUGH
                related.append(Related(f"{label}{place[0]}", self.texts.locate(*place)))
        text = self.text_at(draft)
        identity = ObjectId(document.api_version, document.kind, draft.placed.namespace, name)
        return Finding(
            rule=rule.name,
            severity=view.settings.severity_of(rule, draft) or draft.severity or SEVERITIES[consequence],
            consequence=consequence,
            message=message,
            help=help_text,
            url=rule.url,
            location=location,
            related=tuple(related),
            object=identity,
            container=draft.container,
            fixes=fixes,
            fingerprint="",
            subject=subject_of(node, text),
            cause=draft.cause,
            group=cause_of(rule, node, message, text),
            audit=draft.audit,
            overlap=node.overlap if isinstance(node, facts.Fault) else "",
            reader=READERS.get(node.via, "pod") if isinstance(node, facts.Reference) else "pod",
        )

    def text_at(self, draft: Draft) -> str:
        """The first line of what is written at a draft's place; empty where it must not be shown."""
        span = draft.span
        if any(span.start < hidden.end and hidden.start < span.end for hidden in draft.placed.document.masked):
            return ""
        path, place = draft.placed.written(span)
        return self.texts.get(path).text[place.start : place.end].partition("\n")[0]

    def count(self, bundle: Bundle, spoken: Spoken, outcome: Outcome) -> None:
        """Adds a bundle to what the summary counts, and lists the references that are neither resolved nor reported."""
        for path, file in bundle.files:
            outcome.skipped.extend((path, skip.reason) for skip in file.skipped if self.is_named(path))
        for placed in bundle.placed:
            if is_written(placed) and self.concerns(placed, placed.document.head):
                outcome.documents += 1
                outcome.containers += sum(len(pod.containers) for pod in placed.document.pods)
                charts = 0 if bundle.live else placed.document.remote_charts
                outcome.skipped += [(placed.path, facts.REMOTE_CHART)] * charts
            for reference in references_of(placed):
                if not self.concerns(placed, reference.name.span):
                    continue
                end = self.end(bundle, reference, placed, spoken)
                self.note(reference, placed, end, outcome)
                if end.kind == "resolved":
                    span = reference.name.span
                    self.resolved[f"{placed.path}:{span.start}" if placed.built else placed.directory] = placed, span
                if command := bundle.resolver.resolve(reference, placed).command:
                    where = self.texts.locate(*command.placed.written(command.provider.name.span))
                    outcome.created.append(Created(self.place(reference, placed), called(reference, placed), where))
        for placed, evidence in bundle.aside:
            for reference in references_of(placed):
                if self.concerns(placed, reference.name.span):
                    self.note(reference, placed, excused(evidence), outcome)

    def end(self, bundle: Bundle, reference: facts.Reference, placed: Placed, spoken: Spoken) -> End:
        """How a reference ends, by what its bundle shows and by the places that findings speak of."""
        said = any((placed.number, each.start) in spoken for each in (reference.name, *reference.keys))
        return confirmed(end_of(bundle.resolver, reference, placed), spoken=said)

    def note(self, reference: facts.Reference, placed: Placed, end: End, outcome: Outcome) -> None:
        """Counts a reference, and lists it where something excuses it."""
        outcome.end(end.kind)
        if evidence := end.evidence:
            location = self.place(reference, placed)
            name, why = words(called(reference, placed), placed), words(evidence.sentence, placed)
            outcome.unverified.append(Unverified(location, name, why, evidence.code))

    def place(self, reference: facts.Reference, placed: Placed) -> Location:
        """Where a reference is written."""
        return self.texts.locate(*placed.written(reference.name.span))


def called(reference: facts.Reference, placed: Placed) -> str:
    """Kind and name of what a reference names, without the hash of a build, which may be that of a Secret's values."""
    return f"{reference.target}/{placed.as_written(reference.name.value)}"


def words(label: str, placed: Placed) -> str:
    """A text about a document, with the names that the reader knows."""
    return placed.built.reword(label) if placed.built else label


def walk(bundle: Bundle, context: Context) -> Iterator[tuple[str, Any]]:
    """Everything that rules are called for, each with its name among `rules.NODES`; the context goes along."""
    yield "Bundle", bundle
    for placed in bundle.placed:
        context.enter(placed)
        document = placed.document
        yield "Document", document
        for fault in document.faults:
            yield "Fault", fault
        for provider in document.providers:
            yield "Provider", provider
        for reference in document.references:
            yield "Reference", reference
        for pod in document.pods:
            context.pod = pod
            yield from walk_pod(pod, context)
            context.pod = None


def walk_pod(pod: facts.PodSpec, context: Context) -> Iterator[tuple[str, Any]]:
    """A pod spec, its volumes and its containers."""
    yield "PodSpec", pod
    for volume in pod.volumes:
        yield "Volume", volume
        for source in volume.sources:
            yield "Reference", source.reference
    for container in pod.containers:
        context.container = container
        yield "Container", container
        for entry in container.env_from:
            yield "EnvFrom", entry
            if entry.reference:
                yield "Reference", entry.reference
        for variable in container.env:
            yield "Env", variable
            if variable.reference:
                yield "Reference", variable.reference
        context.container = None


def merged(outcomes: Sequence[Outcome]) -> Outcome:
    """Several outcomes as one; what the summary counts is added up."""
    result = Outcome(crashed=any(each.crashed for each in outcomes), live=any(each.live for each in outcomes))
    for outcome in outcomes:
        for name in LISTED:
            getattr(result, name).extend(getattr(outcome, name))
        for name in COUNTED:
            setattr(result, name, getattr(result, name) + getattr(outcome, name))
        for kind, number in outcome.ends.items():
            result.ends[kind] = result.ends.get(kind, 0) + number
        for path, spans in outcome.hidden.items():
            result.hidden.setdefault(path, []).extend(spans)
        for path, inputs in outcome.inputs.items():
            result.inputs[path] = (*result.inputs.get(path, ()), *inputs)
    result.findings.sort(key=order)
    return result


def unquoted(text: str) -> str:
    """A scalar without the quotes around it."""
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'" else text


def heap_up(outcome: Outcome, resolved: Iterable[tuple[Placed, facts.Span]]) -> None:
    """Makes one problem of each heap, unless a reference resolves in its folder, which is then applied as it is."""
    heaps = list(heaps_in(outcome.findings))
    applied = {placed.written(span)[0].rpartition("/")[0] for placed, span in resolved} if heaps else ()
    changed: dict[Finding, Finding] = {}
    for heap, findings in heaps:
        if heap.folder not in applied:
            outcome.heaps.append(heap)
            changed |= {finding: in_heap(finding, heap) for finding in findings}
    outcome.findings = [changed.get(finding, finding) for finding in outcome.findings]


def name_all(outcome: Outcome) -> None:
    """Gives every finding its fingerprint and its group; what is suppressed is counted with the rest."""
    names, groups = fingerprints(outcome.everything), groups_of(outcome.everything)

    def named(found: Finding) -> Finding:
        return msgspec.structs.replace(found, fingerprint=names[found], group=groups[found])

    outcome.findings = [*map(named, outcome.findings)]
    outcome.suppressed = [*map(named, outcome.suppressed)]


def paths_of(bundle: Bundle) -> Iterable[str]:
    """The paths of the texts in a bundle, or of those that it was built from."""
    return bundle.built.paths() if bundle.built else (path for path, _ in bundle.files)


def linted(bundle: Bundle) -> Iterable[str]:
    """The texts of a bundle that have something on cmlint's ground, or that it was built from."""
    return bundle.built.paths() if bundle.built else (placed.path for placed in bundle.placed if is_written(placed))


def is_written(placed: Placed) -> bool:
    """Whether a document is somewhere in a text, and does not only represent what a chart makes."""
    return placed.document.span.end > 0


def as_written(bundles: Sequence[Bundle]) -> Iterator[Bundle]:
    """The bundles that rules have seen, of built ones the texts with suppressions that they were built from."""
    plain = [bundle for bundle in bundles if not bundle.built]
    known = {path for bundle in plain for path, _ in bundle.files}
    used = dict(entry for bundle in bundles if bundle.built for entry in bundle.built.used())
    yield from (bundle for bundle in plain if not bundle.unbuilt)
    if used:
        files = [(path, facts) for path, facts in sorted(used.items()) if path not in known]
        yield Bundle(Material(files=files))


def joined(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Equal findings as one, also those of one mistake that is seen through several kustomizations."""
    same: dict[tuple[Any, ...], list[Finding]] = {}
    for finding in findings:
        same.setdefault((finding.rule, finding.location, finding.message, finding.container), []).append(finding)
    for first, *others in same.values():
        yield joined_to(first, others) if others else first


def joined_to(first: Finding, others: list[Finding]) -> Finding:
    """A finding with the places of its equals, those that it is seen through last."""
    related = dict.fromkeys(place for finding in (first, *others) for place in finding.related)
    places = sorted(related, key=lambda place: place.label.startswith((THROUGH, RENDERED)))
    identity = first.object
    if identity and any(finding.object != identity for finding in others):
        identity = msgspec.structs.replace(identity, namespace=None)
    return msgspec.structs.replace(first, related=tuple(places), object=identity)


def crashed(rule: Rule) -> Rule:
    """The rule under which a crash of another is reported."""
    check: Callable[..., Iterable[Draft]] = rule.check
    summary = "a rule has crashed"
    return Rule(
        name=INTERNAL,
        summary=summary,
        consequence="rejected",
        since="0.1.0",
        family="internal",
        node="Bundle",
        codes=(),
        pedantic=False,
        fixable=False,
        check=check,
        module=rule.module,
    )


def crash_draft(rule: Rule, error: Exception, value: Any, context: Context) -> Draft:
    """The message about a crash: the rule and the error's type and place, never a value of the manifest."""
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    where = f" in {trace.tb_frame.f_code.co_name}, line {trace.tb_lineno}" if trace else ""
    placed = context.placed_or_first()
    span = getattr(value, "span", placed.document.head)
    draft = Draft(placed, span, f"the rule `{rule.name}` has crashed: {type(error).__name__}{where}")
    return draft.help("This is a mistake in the rule, not in the manifest; please report it. All other rules have run.")


def order(finding: Finding) -> tuple[Any, ...]:
    """The order of findings: by file and place, then by rule."""
    return finding.location, finding.rule, finding.message, finding.container or ""
