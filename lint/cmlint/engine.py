"""Runs rules over bundles: one traversal, findings located, suppressed, ranked and in a stable order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import msgspec

from cmlint.bundle.bundle import Bundle
from cmlint.bundle.placed import Placed, references_of, template_at
from cmlint.fingerprints import fingerprints, subject_of
from cmlint.model import facts
from cmlint.model.findings import SEVERITIES, Edit, Finding, Fix, ObjectId, Related
from cmlint.model.outcome import Created, Outcome, Unfixed, Unverified
from cmlint.rules import Context, Draft, Rule, Settings, Suggestion
from cmlint.suppress import Suppressions
from cmlint.texts import Texts

INTERNAL = "internal-error"
THROUGH = "through "

SECRET_ELSEWHERE = "most Secrets are kept where no file shows them; `secrets: all` asks for each"
"""Why nothing is said of a Secret that nothing defines."""

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
"""The faults that lie in something written, and not in something that is missing and that a patch may add."""


class Engine:
    """Runs `rules` with `settings`; `chosen` are the rules whose pedantic findings are wanted."""

    def __init__(self, rules: Iterable[Rule], settings: Settings, texts: Texts, chosen: frozenset[str]) -> None:
        self.rules, self.settings, self.texts, self.chosen = tuple(rules), settings, texts, chosen
        self.by_node: dict[str, list[Rule]] = {}
        for rule in self.rules:
            if self.wants_all(rule) or not (rule.pedantic or rule.consequence == "tidiness"):
                self.by_node.setdefault(rule.node, []).append(rule)

    def run(self, bundles: Sequence[Bundle], suppressions: Suppressions) -> Outcome:
        """The outcome over all bundles."""
        outcome = Outcome(files=len({path for bundle in bundles for path in paths_of(bundle)}))
        outcome.live = any(bundle.live for bundle in bundles)
        for bundle in bundles:
            drafts = self.drafts if bundle.settled else self.sure_drafts
            for rule, node, draft in drafts(bundle, outcome):
                self.finish(rule, node, draft, suppressions, outcome)
            self.count(bundle, outcome)
        for bundle in as_written(bundles):
            self.unused(bundle, suppressions, outcome)
        outcome.findings = sorted(joined(outcome.findings), key=order)
        outcome.suppressed = sorted(joined(outcome.suppressed), key=order)
        name_all(outcome)
        outcome.linted = sorted({path for bundle in bundles for path in linted(bundle)})
        return outcome

    def finish(self, rule: Rule, node: object, draft: Draft, suppressions: Suppressions, outcome: Outcome) -> None:
        """Turns a draft into a finding, unless it is suppressed or not wanted."""
        self.hide(draft, outcome)
        consequence = draft.consequence or rule.consequence
        if not self.wants_all(rule) and (draft.pedantic or consequence == "tidiness"):
            return
        self.show_values(draft)
        written = self.texts.listing(draft.placed.path) is None
        fixes, unfixed = self.fixes(draft) if draft.suggestions and written else ((), ())
        finding = self.finding(rule, node, draft, fixes)
        if suppression := suppressions.covering(rule, draft):
            outcome.suppressed.append(msgspec.structs.replace(finding, suppression=suppression))
        else:
            outcome.findings.append(finding)
            outcome.unfixed.extend(Unfixed(finding.location, rule.name, safe, why) for safe, why in unfixed)

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

    def wants_all(self, rule: Rule) -> bool:
        """Whether even the pedantic findings of a rule are wanted."""
        return self.settings.pedantic or rule.name in self.chosen

    def drafts(self, bundle: Bundle, outcome: Outcome) -> Iterator[tuple[Rule, object, Draft]]:
        """What every rule finds in a bundle, in one walk."""
        context = Context(bundle, self.settings)
        for node, value in walk(bundle, context):
            if node in self.by_node:
                yield from self.call(node, value, context, outcome)

    def sure_drafts(self, bundle: Bundle, outcome: Outcome) -> Iterator[tuple[Rule, object, Draft]]:
        """What is found in a bundle whose documents may still change: faults that no patch is there to mend.

        Of a chart that is given other values these are the ones that its templates have word for word.
        """
        context = Context(bundle, self.settings)
        for placed in bundle.placed:
            context.enter(placed)
            for fault in placed.document.faults:
                if fault.code in SURE and (not placed.built or self.is_verbatim(placed, fault.span)):
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
        context = Context(bundle, self.settings)
        context.names = suppressions.names
        for placed, ignore in suppressions.unused(bundle, filter(self.wants_all, self.rules)):
            context.enter(placed)
            for rule, node, draft in self.call("Ignore", ignore, context, outcome):
                self.finish(rule, node, draft, suppressions, outcome)

    def fixes(self, draft: Draft) -> tuple[tuple[Fix, ...], tuple[tuple[bool, str], ...]]:
        """The ways to mend a finding as edits of what was written; of others, whether they are safe and why not."""
        from cmlint.manifest.edits import CannotEditError

        found: list[Fix] = []
        unfixed: list[tuple[bool, str]] = []
        for suggestion in draft.suggestions:
            try:
                found.append(Fix(suggestion.title, suggestion.safe, self.edits(draft.placed, suggestion)))
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
        """Whether a stretch of what was built stands word for word in the text that it was written in."""
        assert placed.built
        path, place = placed.written(span)
        text = self.texts.get(path).text
        return unquoted(text[place.start : place.end]) == unquoted(placed.built.text[span.start : span.end])

    def finding(self, rule: Rule, node: object, draft: Draft, fixes: tuple[Fix, ...]) -> Finding:
        """A finding with everything that follows from its rule and its text."""
        document = draft.placed.document
        consequence = draft.consequence or rule.consequence
        built = draft.placed.built
        location = self.texts.locate(*draft.placed.written(draft.span))
        related = [Related(words(label, p), self.texts.locate(*p.written(span))) for label, p, span in draft.related]
        message, help_text = draft.message, draft.help_text
        if draft.left_out:
            help_text = f"{help_text or 'see the places'} ({draft.left_out} more places are left out)"
        name = document.name.value if document.name else None
        if built:
            message, help_text = built.reword(message), built.advise(help_text) if help_text else None
            name = built.reword(built.spelled(document.name)) if document.name else None
            place = built.through(location.path)
            shown = built.rendered and any(place and each.location.path == place[0] for each in related)
            if place and not shown:
                related.append(Related(f"{THROUGH}{place[0]}", self.texts.locate(*place)))
        identity = ObjectId(document.api_version, document.kind, draft.placed.namespace, name)
        return Finding(
            rule=rule.name,
            severity=self.settings.severity.get(rule.name, draft.severity or SEVERITIES[consequence]),
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
            subject=subject_of(node, self.text_at(draft)),
        )

    def text_at(self, draft: Draft) -> str:
        """The first line of what is written at a draft's place; empty where it must not be shown."""
        span = draft.span
        if any(span.start < hidden.end and hidden.start < span.end for hidden in draft.placed.document.masked):
            return ""
        path, place = draft.placed.written(span)
        return self.texts.get(path).text[place.start : place.end].partition("\n")[0]

    def count(self, bundle: Bundle, outcome: Outcome) -> None:
        """Adds a bundle to what the summary counts, and lists what is not settled by manifests."""
        for path, file in bundle.files:
            outcome.skipped.extend((path, skip.reason) for skip in file.skipped)
        for placed in bundle.placed:
            outcome.documents += 1
            outcome.containers += sum(len(pod.containers) for pod in placed.document.pods)
            for reference in references_of(placed):
                outcome.references += 1
                resolution = bundle.resolve(reference, placed)
                name = f"{reference.target}/{reference.name.value}"
                if resolution.status == "unknown" and resolution.evidence and not reference.optional:
                    location = self.texts.locate(*placed.written(reference.name.span))
                    evidence = resolution.evidence
                    outcome.unverified.append(Unverified(location, name, evidence.sentence, evidence.code))
                elif resolution.bare and reference.target == "Secret" and not self.settings.wants_secrets:
                    if not reference.optional:
                        location = self.texts.locate(*placed.written(reference.name.span))
                        outcome.unverified.append(Unverified(location, name, SECRET_ELSEWHERE, "secret-elsewhere"))
                elif command := resolution.command:
                    location = self.texts.locate(*placed.written(reference.name.span))
                    where = self.texts.locate(*command.placed.written(command.provider.name.span))
                    outcome.created.append(Created(location, name, where))


def words(label: str, placed: Placed) -> str:
    """What a place shows, with the names that the reader knows."""
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
    """Several outcomes as one."""
    result = Outcome(crashed=any(each.crashed for each in outcomes), live=any(each.live for each in outcomes))
    for outcome in outcomes:
        result.findings += outcome.findings
        result.suppressed += outcome.suppressed
        result.unverified += outcome.unverified
        result.files += outcome.files
        result.documents += outcome.documents
        result.containers += outcome.containers
        result.references += outcome.references
        result.hidden.update(outcome.hidden)
    result.findings.sort(key=order)
    return result


def unquoted(text: str) -> str:
    """A scalar without the quotes around it."""
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'" else text


def name_all(outcome: Outcome) -> None:
    """Gives every finding its fingerprint; what is suppressed is counted with the rest, and so changes no other."""
    names = fingerprints(outcome.everything)
    outcome.findings = [msgspec.structs.replace(found, fingerprint=names[found]) for found in outcome.findings]
    outcome.suppressed = [msgspec.structs.replace(found, fingerprint=names[found]) for found in outcome.suppressed]


def paths_of(bundle: Bundle) -> Iterable[str]:
    """The paths of the texts in a bundle, or of those that it was built from."""
    return bundle.built.paths() if bundle.built else (path for path, _ in bundle.files)


def linted(bundle: Bundle) -> Iterable[str]:
    """The texts of a bundle that have something on cmlint's ground, or that it was built from."""
    return bundle.built.paths() if bundle.built else (placed.path for placed in bundle.placed)


def as_written(bundles: Sequence[Bundle]) -> Iterator[Bundle]:
    """The bundles that rules have seen, of built ones the texts with suppressions that they were built from."""
    plain = [bundle for bundle in bundles if not bundle.built]
    known = {path for bundle in plain for path, _ in bundle.files}
    used = dict(entry for bundle in bundles if bundle.built for entry in bundle.built.used())
    yield from (bundle for bundle in plain if not bundle.unbuilt)
    if used:
        yield Bundle([(path, facts) for path, facts in sorted(used.items()) if path not in known])


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
    places = sorted(related, key=lambda place: place.label.startswith(THROUGH))
    identity = first.object
    if identity and any(finding.object != identity for finding in others):
        identity = msgspec.structs.replace(identity, namespace=None)
    return msgspec.structs.replace(first, related=tuple(places), object=identity)


def crashed(rule: Rule) -> Rule:
    """The rule under which a crash of another is reported."""
    check: Callable[..., Iterable[Draft]] = rule.check
    summary = "a rule has crashed"
    return Rule(INTERNAL, summary, "rejected", "0.1.0", "internal", "Bundle", (), False, False, check, rule.module)


def crash_draft(rule: Rule, error: Exception, value: Any, context: Context) -> Draft:
    """What is said of a crash: the rule and the error's type and place, never a value of the manifest."""
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    where = f" in {trace.tb_frame.f_code.co_name}, line {trace.tb_lineno}" if trace else ""
    placed = context.placed_or_first()
    span = getattr(value, "span", placed.document.head)
    draft = Draft(placed, span, f"the rule `{rule.name}` has crashed: {type(error).__name__}{where}")
    return draft.help("This is a mistake in the rule, not in the manifest; please report it. All other rules have run.")


def order(finding: Finding) -> tuple[Any, ...]:
    """Findings stand by file and place, then by rule."""
    return finding.location, finding.rule, finding.message, finding.container or ""
