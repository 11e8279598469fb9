"""A text to its facts.

Most YAML in a repository is not cmlint's business, so a document is cut out of its text first, the words that every
document on its ground holds are looked for with plain substring tests, and only a document that has one is parsed.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from sys import intern

import msgspec

from cmlint.kube import characters
from cmlint.kube.fields import POD_PATHS, TYPES, group_of, is_built_in
from cmlint.manifest.comments import names_in, read_ignores
from cmlint.manifest.decode import Decoder, check_tree
from cmlint.manifest.gitops import ARGO, DEPLOYERS, has_only_charts, made_in, read_deploys, remote_charts
from cmlint.manifest.heads import field_of, head_of, namespace_of
from cmlint.manifest.hooks import read_hook
from cmlint.manifest.images import has_any, images_in
from cmlint.manifest.lists import items_in
from cmlint.manifest.masks import masked_in, masked_lines, unquoted
from cmlint.manifest.nodes import MappingNode, Node, ScalarNode, SequenceNode, TooDeepError, YamlSyntaxError, compose
from cmlint.manifest.objects import ObjectReader
from cmlint.manifest.pods import PodReader, pull_secrets_in
from cmlint.manifest.providers import TABLE, Makers, walk
from cmlint.manifest.rollout import PLAIN, read_rolling, watched_in
from cmlint.manifest.services import SERVICE, read_services, service_of
from cmlint.manifest.shapes import SELECTORS, ShapeReader, meant_by
from cmlint.manifest.test_expectations import TESTERS, read_compared
from cmlint.model.facts import (
    IGNORE,
    LARGE,
    Document,
    Fault,
    FileFacts,
    Ignore,
    Other,
    Packed,
    PodSpec,
    Provider,
    Reference,
    Rolling,
    Scalar,
    Service,
    Skip,
    Span,
)

VERSION = 38
"""Raised whenever the same text would give other facts."""

KUSTOMIZE = "kustomize.config.k8s.io/"
"""The group of what kustomize reads."""

WORDS = ("mage", "onfigMap", "onfigmap", "ecret", "ontainers", "nvFrom", "nvfrom")
"""What a document must hold to be worth parsing unless its kind says so: fields and kinds, in any spelling."""

REQUEST = 3 * 1024 * 1024
"""The largest request that the API server reads (`MaxRequestBodyBytes` in
`staging/src/k8s.io/apiserver/pkg/server/config.go`). kubectl sends the items of a List one by one."""

LONGEST = 300_000
"""A program has written a longer text, so no commands are looked for in it."""

WRITES = ("tee ", "cp ", "mv ", "-o ", "--output", '_file"')
REDIRECTS = ("> ", ">>", ">k", ">.")
"""What a text holds of which commands, or resources of Terraform, write files."""

CUT = "\n---"
BEHIND_CUT = (" ", "\t", "\r", "\n", "")
"""Where a document ends, whatever it is in (`staging/src/k8s.io/apimachinery/pkg/util/yaml/decoder.go`)."""

TEMPLATE = r"\{\{|\{%|<%|\[\["
TEMPLATE_LINE = (
    r"\$\{|\$\((?![\w.-]+\))|@@|@\w+@|__|<[^<>]*>|%[A-Za-z_]+%|(?m:^\s*\$\w+\s*$)"
    r"|[:-][ \t]+\*\*[A-Z][A-Z0-9_]*\s*(?:#.*)?\Z|\A[ \t]*\[[A-Za-z][\w -]*\][ \t]*:"
)
"""The last two forms are a value and a key for a reader to write: `name: **NAME`, `[key]: [value]`."""

ELLIPSIS = r"^[ \t]+(?:- *)?(?:\.\.\.|…)[ \t]*\r?$"
SHOWN = ("kind: ConfigMap", "kind: Secret", "configMapGenerator:", "secretGenerator:")
"""Words with which a document shows an object."""

SPOKEN_TO = r"[nN]ame:[ \t]*[\w.\"'-]+[ \t]+#"
"""A name with a comment behind it."""

ANY_COMMENT = r"(?m)(?:^|[ \t])#.*|\{\{-?\s*/\*(?s:.*?)(?:\*/|\Z)"
TOP_COMMENT = r"(?m)^#.*|\{\{-?\s*/\*(?s:.*?)(?:\*/|\Z)"
MAKES_SECRET = r"kind:[ \t]*[\"']?Secret\b|secretGenerator:"
"""Comments of YAML and of Helm's templates; those that are surely no part of a value; what may have such values."""

COMMENTED = r"#[ \t]*kind:[ \t]*[\"']?(?:ConfigMap|Secret)\b"
QUOTED_TEXT = r"""(?<![\w"'])(?:"(?:[^"\\]|\\.)*"|'[^']*')"""
BLOCK = r"(?:^|[:\s-])[|>][-+0-9]*[ \t]*(?:#.*)?$"
DIRECTIVES = r"(?:[ \t]*(?:#[^\n]*|\r?)\n|%[^\n]*\n)*\Z"

PREFIX = "cmlint.dev/"

RELOADS = ("configmap.reloader.stakater.com/reload", "reloader.stakater.com/configmap-reload")
"""Annotations that name ConfigMaps (https://github.com/stakater/Reloader#readme)."""

SELECTING = ("Deployment", "StatefulSet", "DaemonSet")
"""Kinds that are refused without a selector, so that one without it is likely a part of another."""


def read_text(text: str, makers: Makers = TABLE) -> FileFacts:
    """The facts of one text, which may hold any number of documents, good and broken."""
    documents: list[Document] | Packed = Packed() if len(text) > LARGE else []
    others: dict[Other, None] = {}
    skipped: list[Skip] = []
    services: list[Service] = []
    for start, end in cut(text):
        chunk = text[start:end]
        if "kind" not in chunk or "apiVersion" not in chunk:
            if chunk.strip():
                skipped.append(Skip("not-kubernetes", Span(start, end)))
        elif not worth_parsing(chunk, head := head_of(chunk), makers):
            if head:
                others[other_of(chunk, head)] = None
                services += read_services(chunk, start) if head == SERVICE else ()
        else:
            for found in read_chunk(chunk, start, head, makers):
                if isinstance(found, Document):
                    documents.append(found)
                elif isinstance(found, Skip):
                    skipped.append(found)
                elif isinstance(found, Service):
                    services.append(found)
                else:
                    others[found] = None
    ignores = read_ignores(text, cut(text)) if documents and "cmlint:" in text else ()
    definitions = [skip.span for skip in skipped if skip.code == "definition"]
    commands = commands_in(text, documents) if documents or len(definitions) < len(skipped) else ()
    commands += examples_in(text, manifest=bool(documents or others))
    hidden = [*definitions, *(span for document in documents for span in document.masked)] if commands else ()
    made = (c for c in commands if not any(span.start <= c.span.start < span.end for span in hidden))
    replaced, consumed, written = ((), (), ()) if documents else handovers_in(text)
    return FileFacts(
        documents=documents if isinstance(documents, Packed) else tuple(documents),
        others=tuple(others),
        skipped=tuple(skipped),
        ignores=tuple(ignores),
        commands=tuple(made),
        services=tuple(services),
        images=images_in(text),
        replaced=replaced,
        consumed=consumed,
        written=written,
    )


def commands_in(text: str, documents: Iterable[Document] = ()) -> tuple[Document, ...]:
    """What the commands in a text create; a few words say first whether there can be any."""
    if not calls_create(text) and not ("<<" in text and "kind:" in text):
        return ()
    from cmlint.manifest.commands import read_commands

    return read_commands(text, documents, read_text)


def calls_create(text: str) -> bool:
    """Whether a text may call `kubectl create` for a ConfigMap or Secret, by a few words."""
    return "create" in text and ("configmap" in text or "secret" in text or "cm" in text)


def commands_in_comments(text: str) -> tuple[Document, ...]:
    """What the commands in the comments of a text create, which a program builds or renders.

    What else is in it reaches the cluster only as it is built. In a document with a Secret, a line of its value may
    begin like a comment, unless it is not indented.
    """
    if len(text) > LONGEST or not calls_create(text):
        return ()
    kept = "".join(blank_around(text[start:end]) for start, end in cut(text))
    return commands_in(text[: len(text) - len(kept)] + kept)


def blank_around(chunk: str) -> str:
    """A document with blanks in the place of all that is not in a comment."""
    parts, end = [], 0
    for found in re.finditer(TOP_COMMENT if re.search(MAKES_SECRET, chunk) else ANY_COMMENT, chunk):
        parts += [blanked(chunk[end : found.start()]), found[0]]
        end = found.end()
    return "".join((*parts, blanked(chunk[end:])))


def blanked(text: str) -> str:
    """The lines of a text, with blanks only."""
    return re.sub(r"[^\r\n]+", lambda line: " " * len(line[0]), text)


def examples_in(text: str, *, manifest: bool) -> tuple[Document, ...]:
    """What a text shows for others to make; a few words say first whether there can be any."""
    shows = re.search(f"{COMMENTED}|{SPOKEN_TO}", text) if manifest else has_any(text, SHOWN)
    if not shows and "config_updater:" not in text and 'resource "kubernetes_' not in text:
        return ()
    from cmlint.manifest.examples import read_examples

    return tuple(read_examples(text, manifest=manifest))


def handovers_in(text: str) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """What the commands of a text do to manifests; a few words say first whether there can be any."""
    if len(text) > LONGEST:
        return (), (), ()
    replaces = "sed " in text or "perl " in text
    builds = "|" in text and ("kustomize" in text or "KUSTOMIZE" in text)
    writes = has_any(text, WRITES) or (">" in text and has_any(text, REDIRECTS))
    if not (replaces or builds or writes):
        return (), (), ()
    from cmlint.manifest.handovers import read_handovers

    return read_handovers(text, replaces=replaces, builds=builds, writes=writes)


def is_kustomization(text: str) -> bool:
    """Whether kustomize would read a text; a file of its name may hold something else, such as an object of Flux."""
    found = re.search(r"(?m)^apiVersion:[ \t]*[\"']?([^\s\"'#]+)", text)
    return found is None or found[1].startswith(KUSTOMIZE)


def read_kustomization(text: str) -> FileFacts:
    """The facts of a file that kustomize reads: it may make objects, and is none itself."""
    return FileFacts((), skipped=(Skip("kustomization", Span(0, len(text))),), images=images_in(text))


def read_unparsed(text: str, head: Other) -> tuple[Document, ...]:
    """The documents of a text that cannot be parsed; `head` says what they would be."""
    found = (unparsed(text[start:end], start, head) for start, end in cut(text))
    return tuple(document for document in found if isinstance(document, Document))


def is_yaml(text: str) -> bool:
    """Whether all documents of a text can be parsed, as far as they are nested as deeply as manifests are."""
    for start, end in cut(text):
        try:
            compose(text[start:end])
        except YamlSyntaxError:
            return False
        except (TooDeepError, ValueError):
            continue
    return True


def unparsed(chunk: str, base: int, head: Other) -> Document | Skip | None:
    """What is left of a document that cannot be parsed; None of one that can be."""
    try:
        compose(chunk)
    except YamlSyntaxError as error:
        return broken(chunk, base, head, error)
    except (TooDeepError, ValueError):
        return None
    return None


def read_encrypted(length: int) -> FileFacts:
    """The facts of a file that is completely encrypted: it may define anything."""
    return FileFacts((), skipped=(Skip("encrypted", Span(0, length)),))


def read_foreign(length: int) -> FileFacts:
    """The facts of a file in another encoding that holds nothing for Kubernetes."""
    return FileFacts((), skipped=(Skip("not-kubernetes", Span(0, length)),))


def read_expectation(text: str) -> FileFacts:
    """The facts of a file that says what a test expects: none, for it is never applied."""
    return FileFacts((), skipped=(Skip("expectation", Span(0, len(text))),))


def read_template(text: str, makers: Makers = TABLE) -> FileFacts:
    """The facts of a text that helm reads: only the commands in comments while it holds anything to be rendered."""
    if "{{" not in text:
        return read_text(text, makers)
    return FileFacts((), skipped=(Skip("template", Span(0, len(text))),), commands=commands_in_comments(text))


def read_input(text: str) -> FileFacts:
    """The facts of a text that a build takes in: the commands in comments, for its objects are those of the build."""
    return FileFacts((), commands=commands_in_comments(text))


def cut(text: str) -> Iterator[tuple[int, int]]:
    """The documents of a text as (start, end); a byte order mark belongs to none of them."""
    start = 1 if text.startswith("\ufeff") else 0
    if text.find("---", start) < 0:
        yield start, len(text)
        return
    for at in lines_that_cut(text, start):
        if "%" in text[start:at] and re.match(DIRECTIVES, text[start:at]):
            continue
        yield start, at
        start = at
    yield start, len(text)


def lines_that_cut(text: str, start: int) -> Iterator[int]:
    """The offsets behind `start` at which a line ends a document."""
    at = text.find(CUT, start) + 1
    while at:
        if text[at + 3 : at + 4] in BEHIND_CUT:
            yield at
        at = text.find(CUT, at) + 1


def other_of(chunk: str, head: Other) -> Other:
    """What is kept of a document that is not parsed; of a custom resource its namespace as well."""
    return head if is_built_in(head.api_version) else msgspec.structs.replace(head, namespace=namespace_of(chunk))


def worth_parsing(chunk: str, head: Other | None, makers: Makers) -> bool:
    """Whether a document can be on cmlint's ground: it holds one of the words, or its kind makes providers."""
    if head and (head.kind in makers.custom or head.kind.endswith("List")):
        return True
    known = (group_of(head.api_version), head.kind) if head else ("", "")
    selects = known[0] in SELECTORS and "key" in chunk
    return selects or known in DEPLOYERS or known in TESTERS or has_words(chunk) or has_misspelt(chunk, known[0])


def has_misspelt(chunk: str, group: str) -> bool:
    """Whether a custom resource has a field of which the word that counts is misspelt (`secrteRef`)."""
    return "." in group and "Ref:" in chunk and any(map(meant_by, re.findall(r"\b(\w+Ref):", chunk)))


def has_words(chunk: str) -> bool:
    """Whether a document holds any of the words that those on cmlint's ground hold."""
    return any(word in chunk for word in WORDS)


def read_chunk(
    chunk: str, base: int, head: Other | None, makers: Makers
) -> Iterator[Document | Skip | Other | Service]:
    """The objects of one document; several when it is a list."""
    whole = Span(base, base + len(chunk))
    if len(chunk) > REQUEST:
        yield from read_large(chunk, base, head, makers)
        return
    if head and head.kind == "CustomResourceDefinition":
        yield Skip("definition", whole)
        return
    decoder = Decoder(chunk, base)
    try:
        root = compose(chunk)
        if root is None:
            return
        if head is None and (meant := meant_head(chunk)):
            yield misspelt(chunk, base, meant)
            return
        if not is_object(root):
            yield Skip("template" if head and is_template(chunk) else "not-kubernetes", whole)
            return
        decoder.end = root.end_mark.index
        check_tree(decoder, root)
        join_repeated(decoder, root)
    except YamlSyntaxError as error:
        yield head if head and not has_words(chunk) else broken(chunk, base, head, error)
        return
    except TooDeepError:
        yield Skip("too-deep", whole)
        return
    yield from read_object(decoder, root, makers)


def read_large(
    chunk: str, base: int, head: Other | None, makers: Makers
) -> Iterator[Document | Skip | Other | Service]:
    """A document that is larger than what the API server reads: of a List the items, one by one."""
    whole = Span(base, base + len(chunk))
    listed = head and head.kind.endswith("List") and is_built_in(head.api_version)
    looked = False
    for start, item in items_in(chunk) if listed else ():
        looked = True
        yield from read_item(item, base + start, head, makers)
    if not looked:
        yield too_large(head, whole, chunk)


def read_item(
    item: str, base: int, listed: Other | None, makers: Makers
) -> Iterator[Document | Skip | Other | Service]:
    """One item that was cut out of a List."""
    if len(item) > REQUEST:
        yield Skip("too-large", Span(base, base + len(item)))
        return
    decoder = Decoder(item, base)
    try:
        root = compose(item)
        if root is None or not is_object(root):
            return
        decoder.end = root.end_mark.index
        check_tree(decoder, root)
    except YamlSyntaxError as error:
        yield broken(item, base, listed, error)
    except TooDeepError:
        yield Skip("too-deep", Span(base, base + len(item)))
    else:
        yield from read_object(decoder, root, makers)


def join_repeated(decoder: Decoder, root: Node) -> None:
    """If `apiVersion` and `kind` occur again, another object begins: one mistake, whatever else is repeated.

    `---apiVersion: v1` in one line is not an end of a document, but a key of that name.
    """
    if not decoder.faults or not isinstance(root, MappingNode):
        return
    own = {decoder.span(key): str(key.value) for key, _ in root.value}
    repeated = [fault for fault in decoder.faults if fault.code == "repeated-key" and fault.span in own]
    again = {fault.text for fault in repeated}
    if "kind" in again and ("apiVersion" in again or f"{CUT.strip()}apiVersion" in own.values()):
        begins = [fault for fault in repeated if fault.text == repeated[0].text]
        decoder.faults = [fault for fault in decoder.faults if fault not in repeated]
        decoder.faults += [msgspec.structs.replace(fault, code="joined-objects") for fault in begins]


def is_object(root: Node) -> bool:
    """Whether a node has `apiVersion` and `kind` as every Kubernetes object has."""
    if not isinstance(root, MappingNode):
        return False
    found = {k.value: v for k, v in root.value if isinstance(k, ScalarNode) and k.value in ("apiVersion", "kind")}
    return len(found) == 2 and all(isinstance(value, ScalarNode) and value.value for value in found.values())


def read_object(decoder: Decoder, root: Node, makers: Makers) -> Iterator[Document | Skip | Other | Service]:
    """A parsed object, or the items of a list."""
    entries = {name: value for name, _, value in decoder.items(root)}
    api_version, kind = intern(str(entries["apiVersion"].value)), intern(str(entries["kind"].value))
    items = entries.get("items")
    if kind.endswith("List") and isinstance(items, SequenceNode) and is_built_in(api_version):
        shared, encrypted = sorted(decoder.faults, key=start_of), is_encrypted(decoder, entries)
        order = {id(fault): number for number, fault in enumerate(decoder.faults)}
        for item in items.value:
            if is_object(item):
                span = decoder.span(item)
                first, behind = (bisect_left(shared, place, key=start_of) for place in (span.start, span.end))
                decoder.faults = sorted(shared[first:behind], key=lambda fault: order[id(fault)])
                for found in read_object(decoder, item, makers):
                    yield as_decrypted(found) if encrypted and isinstance(found, Document) else found
        return
    if kind == "CustomResourceDefinition":
        yield Skip("definition", decoder.span(root))
    elif api_version.startswith(KUSTOMIZE):
        yield Skip("kustomization", decoder.span(root))
    elif is_patch(decoder, entries, kind):
        yield as_patch(DocumentReader(decoder, root, entries, api_version, kind).read(makers))
    else:
        yield DocumentReader(decoder, root, entries, api_version, kind).read(makers)
        if Other(api_version, kind) == SERVICE:
            yield from service_of(decoder, root)


def start_of(fault: Fault) -> int:
    """Where a fault begins."""
    return fault.span.start


def is_encrypted(decoder: Decoder, entries: dict[str, Node]) -> bool:
    """Whether sops has encrypted an object or a list: it keeps the keys, and adds a field that it takes out again.

    https://getsops.io/docs/#encryption-protocol
    """
    return "sops" in entries and {"mac", "lastmodified"} <= {name for name, _, _ in decoder.items(entries["sops"])}


def as_decrypted(document: Document) -> Document:
    """An encrypted object without the faults that decryption fixes."""
    faults = tuple(fault for fault in document.faults if fault.code in ("repeated-key", "joined-objects"))
    return msgspec.structs.replace(document, faults=faults)


def as_patch(document: Document) -> Document | Skip:
    """What lacks parts of an object, with the fields that no patch has either; without any, a patch."""
    wrong = tuple(
        fault
        for fault in document.faults
        if fault.code in ("unknown-field", "reference") and fault.kind in ("unknown-field", "wrong-type")
    )
    return msgspec.structs.replace(document, faults=wrong, pods=()) if wrong else Skip("patch", document.span)


def is_patch(decoder: Decoder, entries: dict[str, Node], kind: str) -> bool:
    """Whether an object is only a part of one, to be merged into another: it deletes, or lacks what each needs."""
    if "$patch" in entries:
        return True
    if kind not in POD_PATHS or not is_built_in(str(entries["apiVersion"].value)):
        return False
    node: Node | None = None
    spec: dict[str, Node] = entries
    for part in POD_PATHS[kind]:
        node = spec.get(part)
        spec = {name: value for name, _, value in decoder.items(node)} if node is not None else {}
    if "containers" not in spec:
        return isinstance(entries.get("spec"), MappingNode) and kind != "PodTemplate"
    containers = spec["containers"]
    if not isinstance(containers, SequenceNode):
        return False
    lacking = ["image" not in {name for name, _, _ in decoder.items(item)} for item in containers.value]
    if kind in SELECTING and "selector" not in {name for name, _, _ in decoder.items(entries["spec"])}:
        return any(lacking) or mounts_elsewhere(decoder, spec)
    return kind not in SELECTING and bool(lacking) and all(lacking)


def mounts_elsewhere(decoder: Decoder, spec: dict[str, Node]) -> bool:
    """Whether a container of a pod spec mounts a volume that the spec does not have."""
    volumes, containers = listed_names(decoder, spec.get("volumes")), spec["containers"]
    items = containers.value if isinstance(containers, SequenceNode) else ()
    mounts = (node for item in items for name, _, node in decoder.items(item) if name == "volumeMounts")
    return any(not listed_names(decoder, node) <= volumes for node in mounts)


def listed_names(decoder: Decoder, node: Node | None) -> set[str]:
    """The names of the entries of a list."""
    items = node.value if isinstance(node, SequenceNode) else ()
    return {str(value.value) for item in items for name, _, value in decoder.items(item) if name == "name"}


class DocumentReader:
    """Reads one object whose kind is known."""

    def __init__(self, decoder: Decoder, root: Node, entries: dict[str, Node], api_version: str, kind: str) -> None:
        self.decoder, self.root, self.entries = decoder, root, entries
        self.api_version, self.kind = api_version, kind

    def read(self, makers: Makers) -> Document:
        """The facts of the object."""
        decoder = self.decoder
        meta = self.mapping(self.entries.get("metadata"))
        name, namespace = self.text(meta.get("name")), self.text(meta.get("namespace"))
        annotations, labels = self.mapping(meta.get("annotations")), self.mapping(meta.get("labels"))
        decoder.secret = False
        providers: tuple[Provider, ...] = ()
        pods: tuple[PodSpec, ...] = ()
        references: tuple[Reference, ...] = ()
        mentions: tuple[str, ...] = ()
        names: tuple[str, ...] = ()
        if self.kind in ("ConfigMap", "Secret") and self.api_version == "v1":
            reader = ObjectReader(decoder, "ConfigMap" if self.kind == "ConfigMap" else "Secret")
            provider = reader.read(self.root)
            providers = (provider,) if provider else ()
        elif is_built_in(self.api_version) and self.kind in POD_PATHS:
            pods = self.exact_pods(annotations)
            references = tuple(reference for pod in pods for reference in pod.pull_secrets)
        elif self.kind == "ServiceAccount" and self.api_version == "v1":
            references = pull_secrets_in(decoder, self.entries.get("imagePullSecrets"), "imagePullSecrets")
        else:
            shapes = ShapeReader(decoder, group_of(self.api_version), self.kind)
            shapes.read(self.root)
            pods, references = tuple(shapes.pods), tuple(shapes.references)
            mentions, providers = tuple(sorted(shapes.mentions)), tuple(shapes.providers)
            names = tuple(sorted(shapes.names))
        if self.kind in makers.by_kind or not is_built_in(self.api_version):
            providers += tuple(makers.read(decoder, self.root, self.api_version, self.kind))
        known = group_of(self.api_version), self.kind
        document = Document(
            span=decoder.span(self.root),
            head=self.head(name),
            api_version=self.api_version,
            kind=self.kind,
            name=name,
            namespace=namespace,
            annotations=tuple(annotations),
            ignore=self.ignore(annotations.get(IGNORE)),
            providers=providers,
            pods=pods,
            references=references,
            mentions=mentions,
            names=names,
            faults=tuple(decoder.faults),
            masked=masked_in(decoder, self.root) if decoder.holds_secret else (),
            labels=tuple(f"{label}={node.value}" for label, node in labels.items() if isinstance(node, ScalarNode)),
            deploys=read_deploys(decoder, self.root, known) if known in DEPLOYERS else (),
            strangers=tuple(self.strangers()),
            reloads=self.reloads(annotations),
            reach=made_in(decoder, self.root, known) if known in DEPLOYERS else None,
            hook=read_hook(annotations) if annotations else None,
            compared=read_compared(decoder, self.root) if known in TESTERS else (),
            rolling=self.rolling() if pods and self.kind != "Pod" else PLAIN,
            watched=watched_in(annotations) if annotations else (),
            exported=self.is_live(meta),
            charts=known == ARGO and has_only_charts(decoder, self.root),
            remote_charts=remote_charts(decoder, self.root, known) if known in DEPLOYERS else 0,
        )
        if self.is_controlled(meta):
            document = msgspec.structs.replace(document, faults=())
        return as_decrypted(document) if is_encrypted(decoder, self.entries) else document

    def rolling(self) -> Rolling:
        """How a workload replaces its pods."""
        return read_rolling(self.decoder, self.entries.get("spec"), f"{self.api_version}/{self.kind}")

    def is_controlled(self, meta: dict[str, Node]) -> bool:
        """Whether this is a copy of what a controller has made in a cluster: there it was accepted as it was.

        Nobody writes such an object: `staging/src/k8s.io/apimachinery/pkg/apis/meta/v1/controller_ref.go`.
        """
        owners = meta.get("ownerReferences")
        items = owners.value if isinstance(owners, SequenceNode) and "uid" in meta else []
        flags = (self.mapping(item).get("controller") for item in items)
        return any(isinstance(flag, ScalarNode) and flag.value == "true" for flag in flags)

    def is_live(self, meta: dict[str, Node]) -> bool:
        """Whether this is a copy of what an API server gave out, with what only it writes."""
        return "status" in self.entries and not {"uid", "resourceVersion"}.isdisjoint(meta)

    def mapping(self, node: Node | None) -> dict[str, Node]:
        """The entries of a mapping; empty for anything else."""
        return {name: value for name, _, value in self.decoder.items(node)} if node is not None else {}

    def text(self, node: Node | None) -> Scalar | None:
        """A string that is not empty, or None."""
        if node is None or not self.decoder.is_scalar(node, "string"):
            return None
        found = self.decoder.scalar(node)
        return found if found.value else None

    def ignore(self, node: Node | None) -> Ignore | None:
        """The annotation that suppresses findings of the object; behind an alias, its names are where that is."""
        found = self.text(node)
        if node is None or found is None:
            return None
        names = [name.value for name in names_in(found.value, 0)]
        rules = list(names_in(self.decoder.written(node), found.start))
        if [rule.value for rule in rules] != names:
            rules = [Scalar(name, found.start, found.end) for name in names]
        return Ignore(tuple(rules), "", found.span, self.decoder.span(self.root))

    def strangers(self) -> Iterator[Scalar]:
        """The annotations under cmlint's own prefix that it does not know, or not where they are."""
        if self.decoder.text.find(PREFIX, self.root.start_mark.index, self.root.end_mark.index) < 0:
            return
        holders = [("metadata.annotations", IGNORE)]
        if len(path := POD_PATHS.get(self.kind, ()) if is_built_in(self.api_version) else ()) > 1:
            holders.append((".".join((*path[:-1], "metadata.annotations")), ""))
        for route, known in holders:
            for name, key, _ in (entry for node in walk(self.root, route) for entry in self.decoder.items(node)):
                if name.startswith(PREFIX) and name != known:
                    span = self.decoder.span(key)
                    yield Scalar(name, span.start, span.end)

    def reloads(self, annotations: dict[str, Node]) -> tuple[Scalar, ...]:
        """The names of the ConfigMaps that annotations list for Reloader."""
        return tuple(
            name
            for field in RELOADS
            if (found := self.text(annotations.get(field)))
            for name in names_in(found.value, found.start)
        )

    def head(self, name: Scalar | None) -> Span:
        """The object's name, else its kind."""
        return name.span if name else self.decoder.span(self.entries["kind"])

    def exact_pods(self, own: dict[str, Node]) -> tuple[PodSpec, ...]:
        """The pod spec at its kind's place."""
        path = POD_PATHS[self.kind]
        node: Node | None = self.root
        kind, holder = self.kind, self.entries
        for depth, part in enumerate(path):
            where = ".".join(path[:depth])
            holder = self.decoder.struct(node, kind, where) or {}
            self.decoder.struct(holder.get("metadata"), "ObjectMeta", f"{where}.metadata".lstrip("."))
            kind, node = TYPES[kind][part], holder.get(part)
            if node is None:
                return ()
        template = self.mapping(self.mapping(holder.get("metadata")).get("annotations"))
        annotations = tuple(own) if self.kind == "Pod" else tuple(template)
        bare, live = self.kind == "Pod", self.is_live(self.mapping(self.entries.get("metadata")))
        reader = PodReader(self.decoder, ".".join(path), exact=True, bare=bare, claims=self.claims(), live=live)
        marks = own if bare else template
        watched = watched_in(marks) if marks else ()
        return (reader.read(node, annotations, watched),) if node else ()

    def claims(self) -> frozenset[str]:
        """The volumes that a StatefulSet makes for its pods."""
        if self.kind != "StatefulSet":
            return frozenset()
        templates = self.mapping(self.entries.get("spec")).get("volumeClaimTemplates")
        found = templates.value if isinstance(templates, SequenceNode) else []
        names = [self.text(self.mapping(self.mapping(item).get("metadata")).get("name")) for item in found]
        return frozenset(name.value for name in names if name)


def meant_head(chunk: str) -> Other | None:
    """The kind and API version that a document names once its odd blanks, quotes and invisible characters are plain."""
    if chunk.isascii() or not any(True for _ in odd_in_head(chunk)):
        return None
    return head_of(characters.plain(chunk))


def misspelt(chunk: str, base: int, head: Other) -> Document:
    """A document of which the API server learns no kind, because of an odd character in one of the two lines."""
    whole = Span(base, base + len(chunk))
    name, found = next(odd_in_head(chunk))
    span = Span(base + found.start(), base + found.end())
    reason = f"must be written with plain blanks and quotes: it has {characters.described(found[0])}"
    fault = Fault("object", span, name, reason)
    return unread(head, whole, fault, masked_lines(chunk, base))


def odd_in_head(chunk: str) -> Iterator[tuple[str, re.Match[str]]]:
    """The odd characters for which `kind` or `apiVersion` cannot be read, each with the name of its field."""
    for line in re.finditer(r"[^\n]+", chunk):
        found = re.compile(characters.ODD).search(chunk, line.start(), line.end())
        for name in ("apiVersion", "kind") if found else ():
            if found and field_of(line[0], name) is None and field_of(characters.plain(line[0]), name):
                yield name, found


def broken(chunk: str, base: int, head: Other | None, error: YamlSyntaxError) -> Document | Skip:
    """What is left of a document that cannot be parsed: a fault if it is Kubernetes', else a reason to skip it."""
    whole = Span(base, base + len(chunk))
    if is_rendered_first(chunk, error):
        return Skip("template", whole)
    head = head or meant_head(chunk)
    if head is None:
        return Skip("not-kubernetes", whole)
    if re.search(ELLIPSIS, chunk, re.MULTILINE):
        return Skip("excerpt", whole)
    span, reason = locate(chunk, base, error)
    masked = masked_lines(chunk, base)
    fault = Fault("syntax", span, "", unquoted(reason) if masked else reason)
    return unread(head, whole, fault, masked)


def syntax_error(text: str) -> Fault | None:
    """Why a text is not valid YAML, whatever it is for; None also where it is rendered first."""
    for start, end in cut(text):
        chunk = text[start:end]
        try:
            compose(chunk)
        except YamlSyntaxError as error:
            if is_rendered_first(chunk, error):
                return None
            span, reason = locate(chunk, start, error)
            return Fault("syntax", span, "", unquoted(reason))
        except TooDeepError:
            return None
    return None


def is_rendered_first(chunk: str, error: YamlSyntaxError) -> bool:
    """Whether a text that cannot be parsed is a template.

    A directive below the error cannot be its cause: a reader has not come to it.
    """
    return stands_in_directive(chunk, error.line) or is_template("\n".join(chunk.split("\n")[: error.line + 2]))


def unread(head: Other, whole: Span, fault: Fault, masked: tuple[Span, ...]) -> Document:
    """A document of which nothing is known but its kind and the fault for which it is not read."""
    return Document(
        span=whole,
        head=fault.span,
        api_version=head.api_version,
        kind=head.kind,
        name=None,
        namespace=None,
        faults=(fault,),
        masked=masked,
    )


def too_large(head: Other | None, whole: Span, chunk: str) -> Document | Skip:
    """A document that is not read, because the API server would refuse it: a fault of a ConfigMap or Secret."""
    if head is None or head.kind not in ("ConfigMap", "Secret"):
        return Skip("too-large", whole)
    kind = whole.start + chunk.find("kind")
    span = Span(kind, kind + len("kind"))
    fault = Fault("size", span, head.kind, "is larger than 3 MiB, and the API server reads no more", kind="unread")
    masked = masked_lines(chunk, whole.start)
    return unread(head, whole, fault, masked)


def stands_in_directive(chunk: str, number: int) -> bool:
    """Whether a 0-based line or the one above it looks like something to be rendered; in a block, braces are text."""
    plain = dict(outside_blocks(chunk))
    lines = chunk.split("\n")
    return any(
        re.search(TEMPLATE, plain.get(each, "")) or re.search(TEMPLATE_LINE, lines[each])
        for each in range(max(0, number - 1), min(number + 1, len(lines)))
    )


def is_template(chunk: str) -> bool:
    """Whether something is rendered first: directives are in the YAML itself, not only in its quotes and blocks."""
    if not re.search(TEMPLATE, chunk):
        return False
    lines = (line for _, line in outside_blocks(chunk) if not line.lstrip().startswith("#"))
    return any(re.search(TEMPLATE, re.sub(QUOTED_TEXT, "", line)) for line in lines)


def outside_blocks(chunk: str) -> Iterator[tuple[int, str]]:
    """The lines of a text that are not part of a block scalar, as far as indentation tells, with their numbers."""
    inside: int | None = None
    for number, line in enumerate(chunk.split("\n")):
        depth = len(line) - len(line.lstrip(" "))
        if inside is not None and (not line.strip() or depth > inside):
            continue
        inside = depth if re.search(BLOCK, line.rstrip("\r")) else None
        yield number, line


def odd_character(chunk: str, error: YamlSyntaxError) -> re.Match[str] | None:
    """The blank or quote which is none to YAML and for which a text cannot be parsed; proven by putting a plain one.

    Of several it is the last one without which the error stays: those behind it are innocent.
    """
    line = line_start(chunk, error.line)
    end = chunk.find("\n", line)
    if chunk.isascii() or not (
        found := list(re.compile(characters.ODD).finditer(chunk, 0, len(chunk) if end < 0 else end))
    ):
        return None
    if not is_solved(chunk, 0, error):
        return None
    first, last = 0, len(found) - 1
    while first < last:
        middle = (first + last + 1) // 2
        if is_solved(chunk, found[middle].start(), error):
            first = middle
        else:
            last = middle - 1
    return found[first]


def is_solved(chunk: str, start: int, error: YamlSyntaxError) -> bool:
    """Whether an error goes away, or another one comes first, with plain blanks and quotes from an offset on."""
    try:
        compose(chunk[:start] + characters.straight(chunk[start:]))
    except YamlSyntaxError as other:
        return other.offset > error.offset
    except TooDeepError:
        return False
    return True


def locate(chunk: str, base: int, error: YamlSyntaxError) -> tuple[Span, str]:
    """Where a syntax error is shown, and in which words; conflicts, tabs and odd blanks get their own."""
    conflict = re.search(CONFLICT, chunk)
    if conflict and conflict.start() <= error.offset:
        return Span(base + conflict.start(), base + conflict.end(1)), "a merge conflict is not resolved"
    if odd := odd_character(chunk, error):
        span = Span(base + odd.start(), base + odd.end())
        return span, f"{characters.described(odd[0])} is here, which YAML reads as text"
    if "tab" in error.reason or "\\t" in error.reason or "cannot start any token" in error.reason:
        found = re.search(r"^ *(\t[ \t]*)", chunk[line_start(chunk, error.line) :], re.MULTILINE)
        if found:
            start = base + line_start(chunk, error.line) + found.start(1)
            return Span(
                start, start + len(found[1])
            ), "the line is indented with a tab, and YAML allows only spaces there"
    offset = min(error.offset, len(chunk))
    end = chunk.find("\n", offset)
    end = len(chunk) if end < 0 else end
    if not chunk[offset:end].strip() and offset:
        before = chunk.rstrip()[: offset or None]
        offset = max(before.rfind("\n", 0, offset) + 1, 0)
        end = len(chunk[:end].rstrip()) or end
    return Span(base + offset, base + max(end, offset)), error.reason


CONFLICT = r"(?m)^(<{7} .*)$(?s:.*?)^={7}\r?$(?s:.*?)^>{7} "
"""The lines by which git marks both sides of a conflict (https://git-scm.com/docs/git-merge)."""


def line_start(text: str, line: int) -> int:
    """The offset at which a 0-based line begins."""
    start = 0
    for _ in range(line):
        following = text.find("\n", start)
        if following < 0:
            break
        start = following + 1
    return start
