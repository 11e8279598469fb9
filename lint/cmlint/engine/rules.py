"""What a rule is: a function, declared with what the cluster does about the problem that it finds."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import msgspec

from cmlint.bundle.bundle import Bundle
from cmlint.bundle.documents import Placed
from cmlint.model import facts
from cmlint.model.changes import Change
from cmlint.model.findings import Audited, Consequence, Severity
from cmlint.model.site import BASE, page_of
from cmlint.system.files import CONFIGURATION, read

if TYPE_CHECKING:
    from cmlint.bundle.environment import Environment
    from cmlint.bundle.resolve import Resolution
    from cmlint.kube.versions import Version
    from cmlint.model.cluster import Pod

NODES: dict[str, type] = {
    cls.__name__: cls
    for cls in (
        Bundle,
        facts.Document,
        facts.Fault,
        facts.Provider,
        facts.PodSpec,
        facts.Volume,
        facts.Container,
        facts.Env,
        facts.EnvFrom,
        facts.Reference,
        facts.Ignore,
    )
}
"""The types that a rule's first parameter may have; the rule is called for each node of that type."""

NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)+\Z")
BAD_NAME = re.compile(r"(avoid|use|prefer|no|do-not|should|must|check)-")


Status = Literal["stable", "preview", "deprecated", "removed"]
"""How far a rule is: a preview runs only when asked for, a removed one never."""


class Settings(msgspec.Struct, frozen=True):
    """What rules, and the engine that runs them, may know of the configuration.

    `secrets` is `evidence` (a missing Secret is reported only on evidence) or `all`; `mutable_tags` and `pinned_tags`
    are patterns that come before cmlint's own idea of what moves, `digest` is `optional` or `required`. `severity`
    gives other severities by rule, or by a rule and one of its causes; `ignored_causes` are those that are left out.
    """

    kubernetes_version: Version
    pedantic: bool = False
    secrets: str = "evidence"
    references: str = "evidence"
    digest: str = "optional"
    assume_always_pull: bool = False
    server_side_apply: bool = False
    mutable_tags: tuple[str, ...] = ()
    pinned_tags: tuple[str, ...] = ()
    severity: Mapping[str, Severity] = {}
    ignored_causes: frozenset[str] = frozenset()

    def severity_of(self, rule: Rule, draft: Draft) -> Severity | None:
        """The severity that the configuration gives to a finding, if any."""
        return self.severity.get(rule.caused(draft.cause)) or self.severity.get(rule.name)

    @property
    def wants_secrets(self) -> bool:
        """Whether every Secret that nothing defines is to be reported."""
        return self.secrets == "all" or self.references == "strict"


class View(msgspec.Struct, frozen=True):
    """What runs in a folder: the names of the rules, those that were asked for by name, and what they know."""

    rules: frozenset[str]
    chosen: frozenset[str]
    settings: Settings


class Suggestion(msgspec.Struct, frozen=True):
    """A way to fix a finding, by a change of its document; `safe` when it cannot change what the author meant."""

    title: str
    change: Change
    safe: bool


MOST_PLACES = 100
"""The maximum number of further places of a finding; the message counts the rest."""


class Draft:
    """A finding as a rule makes it; the engine adds what follows from the rule and the text.

    A draft with an `excuse` is listed by `--verbose` with that reason, and not reported.
    """

    def __init__(self, placed: Placed, span: facts.Span, message: str) -> None:
        self.placed, self.span, self.message = placed, span, message
        self.help_text: str | None = None
        self.related: list[tuple[str, Placed, facts.Span]] = []
        self.suggestions: list[Suggestion] = []
        self.hidden: list[facts.Span] = []
        self.consequence: Consequence | None = None
        self.severity: Severity | None = None
        self.pedantic = False
        self.cause = ""
        self.container: str | None = None
        self.left_out: list[tuple[Placed, facts.Span]] = []
        self.excuse = ""
        self.audit: Audited | None = None

    def now(self, pods: Iterable[str], since: str = "") -> Draft:
        """Says which pods of a live object it concerns now, and since when."""
        self.audit = Audited(pods=tuple(sorted(pods)), since=since)
        return self

    def also(self, span: facts.Span, label: str, placed: Placed | None = None) -> Draft:
        """Adds a second place, in the same document unless another is given, and what it shows."""
        if len(self.related) < MOST_PLACES:
            self.related.append((label, placed or self.placed, span))
        else:
            self.left_out.append((placed or self.placed, span))
        return self

    def places(self) -> Iterator[tuple[Placed, facts.Span]]:
        """All places that it speaks of, also those that are not shown."""
        yield self.placed, self.span
        yield from ((placed, span) for _, placed, span in self.related)
        yield from self.left_out

    def help(self, text: str) -> Draft:
        """Says how to fix it."""
        self.help_text = text
        return self

    def idle(self) -> Draft:
        """Says that it is about a volume that no container mounts, without which the pod starts all the same."""
        self.consequence = "tidiness"
        return self.help("no container mounts the volume, so nothing waits for it: mount it, or remove it")

    def hide(self, span: facts.Span) -> Draft:
        """Keeps a stretch of the document's text out of every frame, also when the finding itself is not wanted."""
        self.hidden.append(span)
        return self

    def fix(self, title: str, change: Change, *, safe: bool) -> Draft:
        """Offers to change the document; `title` says what that does."""
        self.suggestions.append(Suggestion(title, change, safe))
        return self


class Context:
    """Where a rule is: the document, the container when there is one, and what it may ask.

    `pods` are those of the live object at hand; none for what is written in files. For a rule about Ignore, `names` are
    all that a suppression may name: rules, families and `all`. `settings_of` gives the settings for a document, where
    folders differ in them. `pedantic` are the rules of which pedantic findings may be wanted.
    """

    def __init__(self, bundle: Bundle, settings: Settings) -> None:
        self.bundle, self.settings = bundle, settings
        self.settings_of: Callable[[Placed], Settings] | None = None
        self.names: frozenset[str] = frozenset()
        self.pedantic: Collection[str] = ()
        self.current: Placed | None = None
        self.container: facts.Container | None = None
        self.pod: facts.PodSpec | None = None
        self.pods: Sequence[Pod] = ()
        self.read: tuple[facts.Container, Mapping[tuple[str, str], set[str]]] | None = None
        self.named: tuple[facts.Container, Mapping[tuple[str, str, bool], list[facts.Reference]]] | None = None

    def enter(self, placed: Placed) -> None:
        """Goes on to another document."""
        self.current, self.container, self.pod = placed, None, None
        if self.settings_of:
            self.settings = self.settings_of(placed)
        if self.bundle.live:
            self.pods = [pod for cluster in self.bundle.clusters for pod in cluster.pods_of(placed)]

    def placed_or_first(self) -> Placed:
        """The document that the node is in; the bundle's first for a rule about the complete bundle."""
        return self.current or self.bundle.placed[0]

    @property
    def placed(self) -> Placed:
        """The document that the node is in, with its path; a rule about the complete bundle has none."""
        if self.current is None:
            raise LookupError("a rule about Bundle must say which document a finding is in: finding(..., placed=...)")
        return self.current

    @property
    def document(self) -> facts.Document:
        """The document that the node is in."""
        return self.placed.document

    def wants_pedantic(self, rule: str) -> bool:
        """Whether somebody may want to see what a rule reports only with `--pedantic`."""
        return rule in self.pedantic

    def finding(
        self,
        span: facts.Span,
        message: str,
        *,
        consequence: Consequence | None = None,
        pedantic: bool = False,
        container: str | None = None,
        placed: Placed | None = None,
    ) -> Draft:
        """A finding at a span of the document, or of another one of the bundle.

        `consequence` is given where it differs from the rule's, `pedantic` where only `--pedantic` should show it.
        """
        draft = Draft(placed or self.placed, span, message)
        draft.consequence, draft.pedantic = consequence, pedantic
        name = self.container.name.value if self.container and self.container.name else None
        draft.container = container or name
        return draft

    def excuse(self, span: facts.Span, name: str, why: str) -> Draft:
        """Why a rule reports nothing at a span; `name` is the text there."""
        draft = Draft(self.placed, span, name)
        draft.excuse = why
        return draft

    def resolve(self, reference: facts.Reference) -> Resolution:
        """What a reference of the document leads to."""
        return self.bundle.resolver.resolve(reference, self.placed)

    def keys_read(self, container: facts.Container) -> Mapping[tuple[str, str], set[str]]:
        """The keys that the variables of a container read, by kind and name of the object; the last answer is kept."""
        if self.read is None or self.read[0] is not container:
            keys: dict[tuple[str, str], set[str]] = {}
            for reference in (entry.reference for entry in container.env if entry.reference):
                read = keys.setdefault((reference.target, reference.name.value), set())
                read.update(key.value for key in reference.keys)
            self.read = container, keys
        return self.read[1]

    def alike(self, container: facts.Container) -> Mapping[tuple[str, str, bool], list[facts.Reference]]:
        """The references of a container's variables by what they name, as they are written; the last answer is kept."""
        if self.named is None or self.named[0] is not container:
            found: dict[tuple[str, str, bool], list[facts.Reference]] = {}
            entries = (*(each.reference for each in container.env_from), *(each.reference for each in container.env))
            for each in filter(None, entries):
                found.setdefault((each.target, each.name.value, each.optional), []).append(each)
            for references in found.values():
                references.sort(key=lambda reference: reference.name.start)
            self.named = container, found
        return self.named[1]

    def environment(self, container: facts.Container) -> Environment:
        """The environment of one of the document's containers."""
        return self.bundle.environment(container, self.placed)


Check = Callable[[Any, Context], Iterable[Draft]]
F = TypeVar("F", bound=Callable[..., Iterable[Draft]])


class Rule(msgspec.Struct, frozen=True):
    """A rule's declaration, with the function that checks it.

    `name` is its id, `family` the folder that it is in, `node` the type it is called for. `codes` are the faults
    that it speaks for: a rule about Fault is called for each of them, any other finds them in its document. `causes`
    tell its findings apart for whoever ignores some of them (`rule/cause`). A
    `pedantic` rule runs only when asked for, a `fixable` one offers fixes, if not for every finding. `replacement` is
    the rule to use instead of one that is deprecated or removed.
    """

    name: str
    summary: str
    consequence: Consequence
    since: str
    family: str
    node: str
    codes: tuple[facts.FaultCode, ...]
    pedantic: bool
    fixable: bool
    check: Check
    module: str
    status: Status = "stable"
    replacement: str = ""
    causes: tuple[str, ...] = ()

    def caused(self, cause: str) -> str:
        """How a configuration names the findings of the rule that have a cause."""
        return f"{self.name}/{cause}"

    @property
    def url(self) -> str:
        """Where the rule's page is published; for a rule of another package, the index of rules."""
        return page_of(self.name) if self.module.startswith("cmlint_rules.") else f"{BASE}/rules"

    def page(self) -> str:
        """The rule's page, which is beside its module."""
        path = sys.modules[self.module].__file__ or ""
        return read(f"{path.rpartition('.')[0]}.md", CONFIGURATION).decode("utf-8")


class BadRuleError(Exception):
    """A rule that is declared wrongly; the message says where and what to do."""


def rule(  # noqa: PLR0913 - a declaration, with one name for each thing that a rule says of itself
    *,
    name: str,
    summary: str,
    consequence: Consequence,
    since: str,
    codes: tuple[facts.FaultCode, ...] = (),
    pedantic: bool = False,
    fixable: bool = False,
    status: Status = "stable",
    replacement: str = "",
    causes: tuple[str, ...] = (),
) -> Callable[[F], F]:
    """Declares a function `(node, ctx) -> Iterator[Draft]` to be a rule; the node's type says what it is called for.

    Raises BadRuleError at import when the declaration is wrong.
    """

    def declare(check: F) -> F:
        where = f"{check.__module__}.{check.__name__}"
        if not NAME.match(name) or BAD_NAME.match(name):
            raise BadRuleError(f"{where}: `{name}` must name the problem in kebab-case, like `missing-key`")
        if not re.fullmatch(r"\d+\.\d+\.\d+", since):
            raise BadRuleError(f"{where}: `since` must be a version like `0.1.0`")
        parts = check.__module__.split(".")
        if parts[-1] != name.replace("-", "_"):
            raise BadRuleError(f"{where}: the module of `{name}` must be called `{name.replace('-', '_')}.py`")
        node = node_of(check, where)
        if node == "Fault" and not codes:
            raise BadRuleError(f"{where}: a rule about Fault must say by `codes` which faults it speaks for")
        family = parts[-2] if len(parts) > 1 else parts[0]
        declared = Rule(
            name=name,
            summary=summary,
            consequence=consequence,
            since=since,
            family=family,
            node=node,
            codes=codes,
            pedantic=pedantic,
            fixable=fixable,
            check=check,
            module=check.__module__,
            status=status,
            replacement=replacement,
            causes=causes,
        )
        check.__cmlint_rule__ = declared  # type: ignore[attr-defined]
        return check

    return declare


def in_words(names: Iterable[str]) -> str:
    """Names in a sentence, each once and in backticks: one, two and three."""
    quoted = [f"`{name}`" for name in dict.fromkeys(names)]
    return " and ".join((", ".join(quoted[:-1]), quoted[-1])) if len(quoted) > 1 else quoted[0]


def fault_rule(  # noqa: PLR0913 - a declaration as well
    module: str,
    *,
    name: str,
    summary: str,
    since: str,
    code: facts.FaultCode,
    message: str,
    help: str,  # noqa: A002
) -> Callable[[facts.Fault, Context], Iterator[Draft]]:
    """Declares a rule that passes on each fault of one code; `module` is the `__name__` of the rule's own module.

    `message` may hold `{path}`, `{text}` and `{reason}` of the fault. Raises BadRuleError as `rule` does.
    """

    def check(fault: facts.Fault, ctx: Context) -> Iterator[Draft]:
        words = message.format(path=fault.path, text=fault.text, reason=fault.reason)
        draft = ctx.finding(fault.span, words, container=fault.container)
        if fault.other:
            draft.also(fault.other, fault.label)
        yield draft.help(help)

    check.__module__, check.__name__ = module, name.replace("-", "_")
    return rule(name=name, summary=summary, consequence="rejected", since=since, codes=(code,))(check)


def node_of(check: Callable[..., Any], where: str) -> str:
    """The name of the type that a rule's first parameter has."""
    annotations = check.__annotations__
    first = next(iter(annotations.values()), None)
    name = first if isinstance(first, str) else getattr(first, "__name__", "")
    name = name.rpartition(".")[2]
    if name not in NODES:
        raise BadRuleError(f"{where}: the first parameter must be annotated with one of {', '.join(sorted(NODES))}")
    return name
