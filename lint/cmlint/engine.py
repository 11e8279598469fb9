"""Runs rules over bundles: one traversal, findings located, suppressed, ranked and in a stable order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import msgspec

from cmlint.bundle.bundle import Bundle
from cmlint.bundle.index import references_of
from cmlint.model import facts
from cmlint.model.findings import SEVERITIES, Finding, Fix, Location, ObjectId, Related
from cmlint.rules import Context, Draft, Rule, Settings
from cmlint.suppress import Suppressions
from cmlint.texts import Texts

INTERNAL = "internal-error"


class Outcome(msgspec.Struct):
    """What a run found: the findings in order, what the summary counts, and by path what must not be shown."""

    findings: list[Finding] = msgspec.field(default_factory=list)
    suppressed: list[Finding] = msgspec.field(default_factory=list)
    unverified: list[Unverified] = msgspec.field(default_factory=list)
    files: int = 0
    documents: int = 0
    containers: int = 0
    references: int = 0
    skipped: list[tuple[str, str]] = msgspec.field(default_factory=list)
    hidden: dict[str, list[facts.Span]] = msgspec.field(default_factory=dict)
    crashed: bool = False


class Unverified(msgspec.Struct, frozen=True, order=True):
    """A reference that the files prove neither right nor wrong, and why."""

    location: Location
    name: str
    why: str


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
        outcome = Outcome()
        found: dict[tuple[Any, ...], Finding] = {}
        for bundle in bundles:
            for rule, draft in self.drafts(bundle, outcome):
                self.settle(rule, draft, found, suppressions, outcome)
            self.count(bundle, outcome)
        for bundle in bundles:
            self.unused(bundle, suppressions, found, outcome)
        outcome.findings = sorted(found.values(), key=order)
        outcome.suppressed = sorted(set(outcome.suppressed), key=order)
        return outcome

    def settle(
        self,
        rule: Rule,
        draft: Draft,
        found: dict[tuple[Any, ...], Finding],
        suppressions: Suppressions,
        outcome: Outcome,
    ) -> None:
        """Turns a draft into a finding, unless it is suppressed, not wanted, or known already."""
        outcome.hidden.setdefault(draft.placed.path, []).extend(draft.hidden)
        consequence = draft.consequence or rule.consequence
        if not self.wants_all(rule) and (draft.pedantic or consequence == "tidiness"):
            return
        finding = self.finish(rule, draft)
        if suppressions.covers(rule, draft):
            outcome.suppressed.append(finding)
        else:
            key = finding.rule, finding.location, finding.message, finding.container
            found.setdefault(key, finding)

    def wants_all(self, rule: Rule) -> bool:
        """Whether even the pedantic findings of a rule are wanted."""
        return self.settings.pedantic or rule.name in self.chosen

    def drafts(self, bundle: Bundle, outcome: Outcome) -> Iterator[tuple[Rule, Draft]]:
        """What every rule finds in a bundle, in one walk."""
        context = Context(bundle, self.settings)
        yield from self.call("Bundle", bundle, context, outcome)
        for placed in bundle.placed:
            context.enter(placed)
            yield from self.document(placed.document, context, outcome)

    def document(self, document: facts.Document, context: Context, outcome: Outcome) -> Iterator[tuple[Rule, Draft]]:
        """A document and everything in it."""
        yield from self.call("Document", document, context, outcome)
        for fault in document.faults:
            yield from self.call("Fault", fault, context, outcome)
        for provider in document.providers:
            yield from self.call("Provider", provider, context, outcome)
        for reference in document.references:
            yield from self.call("Reference", reference, context, outcome)
        for pod in document.pods:
            context.pod = pod
            yield from self.pod(pod, context, outcome)
            context.pod = None

    def pod(self, pod: facts.PodSpec, context: Context, outcome: Outcome) -> Iterator[tuple[Rule, Draft]]:
        """A pod spec, its volumes and its containers."""
        yield from self.call("PodSpec", pod, context, outcome)
        for volume in pod.volumes:
            yield from self.call("Volume", volume, context, outcome)
            for source in volume.sources:
                yield from self.call("Reference", source.reference, context, outcome)
        for container in pod.containers:
            context.container = container
            yield from self.call("Container", container, context, outcome)
            for entry in container.env_from:
                yield from self.call("EnvFrom", entry, context, outcome)
                if entry.reference:
                    yield from self.call("Reference", entry.reference, context, outcome)
            for variable in container.env:
                yield from self.call("Env", variable, context, outcome)
                if variable.reference:
                    yield from self.call("Reference", variable.reference, context, outcome)
            context.container = None

    def call(self, node: str, value: Any, context: Context, outcome: Outcome) -> Iterator[tuple[Rule, Draft]]:
        """Calls every rule for a node; one that crashes becomes a finding of its own, and the run goes on."""
        for rule in self.by_node.get(node, ()):
            if node == "Fault" and value.code not in rule.codes:
                continue
            try:
                for draft in rule.check(value, context):
                    yield rule, draft
            except Exception as error:
                outcome.crashed = True
                yield crashed(rule), crash_draft(rule, error, value, context)

    def unused(
        self, bundle: Bundle, suppressions: Suppressions, found: dict[tuple[Any, ...], Finding], outcome: Outcome
    ) -> None:
        """Gives the suppressions that suppressed nothing to the rules about them."""
        context = Context(bundle, self.settings)
        context.names = suppressions.names
        for placed, ignore in suppressions.unused(bundle, filter(self.wants_all, self.rules)):
            context.enter(placed)
            for rule, draft in self.call("Ignore", ignore, context, outcome):
                self.settle(rule, draft, found, suppressions, outcome)

    def finish(self, rule: Rule, draft: Draft) -> Finding:
        """A finding with everything that follows from its rule and its text."""
        document = draft.placed.document
        consequence = draft.consequence or rule.consequence
        location = self.texts.locate(draft.placed.path, draft.span)
        related = (Related(label, self.texts.locate(p.path, span)) for label, p, span in draft.related)
        fixes = (Fix(s.title, s.safe, s.edits) for s in draft.suggestions)
        name = document.name.value if document.name else None
        identity = ObjectId(document.api_version, document.kind, draft.placed.namespace, name)
        return Finding(
            rule.name,
            SEVERITIES[consequence],
            consequence,
            draft.message,
            draft.help_text,
            rule.url,
            location,
            tuple(related),
            identity,
            draft.container,
            tuple(fixes),
            fingerprint(rule.name, draft.placed.path, identity, draft.container, draft.message),
        )

    def count(self, bundle: Bundle, outcome: Outcome) -> None:
        """Adds a bundle to what the summary counts, and lists what could not be verified."""
        outcome.files += len(bundle.files)
        for path, file in bundle.files:
            outcome.skipped.extend((path, skip.reason) for skip in file.skipped)
        for placed in bundle.placed:
            outcome.documents += 1
            outcome.containers += sum(len(pod.containers) for pod in placed.document.pods)
            for reference in references_of(placed):
                outcome.references += 1
                resolution = bundle.resolve(reference, placed)
                if resolution.status == "unknown" and not reference.optional:
                    location = self.texts.locate(placed.path, reference.name.span)
                    name = f"{reference.target}/{reference.name.value}"
                    outcome.unverified.append(Unverified(location, name, resolution.why))


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


def fingerprint(rule: str, path: str, identity: ObjectId, container: str | None, message: str) -> str:
    """What stays the same about a finding when lines move."""
    import hashlib

    parts = (rule, path, identity.kind, identity.namespace or "", identity.name or "", container or "", message)
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def order(finding: Finding) -> tuple[Any, ...]:
    """Findings stand by file and place, then by rule."""
    return finding.location, finding.rule, finding.message, finding.container or ""
