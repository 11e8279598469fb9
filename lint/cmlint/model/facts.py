"""What cmlint keeps of a text: typed, immutable, serialisable extracts, made from that text alone.

Offsets are 0-based characters in the text as it was decoded, a byte order mark included. No value of a Secret is ever
stored here.
"""

from __future__ import annotations

import re
from array import array
from collections import deque
from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal, overload

import msgspec

Target = Literal["ConfigMap", "Secret"]
"""The kind of object a reference names."""

Via = Literal["env", "envFrom", "volume", "projected", "field", "pull"]
"""Where a reference is; `field` is any place outside a pod spec, `pull` an entry of `imagePullSecrets`."""

FaultCode = Literal[
    "syntax",
    "repeated-key",
    "joined-objects",
    "unknown-field",
    "env-value-type",
    "data-value-type",
    "env-sources",
    "env-name",
    "reference",
    "object",
    "data-key",
    "key-twice",
    "base64",
    "size",
    "secret-keys",
    "pull-policy",
    "image",
]
"""What kind of mistake makes the API server refuse a document; each code belongs to exactly one rule."""

FaultKind = Literal[
    "",
    "unknown-field",
    "wrong-type",
    "unset",
    "outer-space",
    "not-a-choice",
    "no-volume",
    "several-sources",
    "no-source",
    "substituted",
    "stand-in",
    "unread",
    "misspelt",
]
"""What is wrong, where a rule says more of one mistake than of others with its code."""

Overlap = Literal["", "yaml", "schema"]
"""Which other tool of an editor sees a mistake as well: a parser of YAML 1.2, or one with Kubernetes' schemas."""

ALIKE = r"true|True|TRUE|false|False|FALSE|[-+]?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?"
"""The booleans and numbers that are the same in YAML 1.1 and 1.2 (https://yaml.org/spec/1.2.2/#103-core-schema)."""

Shape = Literal["", "string", "number", "boolean", "null", "list", "mapping", "base64"]
"""What a value is, or should be."""

SHAPES: dict[Shape, str] = {
    "string": "a string",
    "number": "a number",
    "boolean": "a boolean",
    "null": "null",
    "list": "a list",
    "mapping": "a mapping",
    "base64": "a string of base64",
}
"""The same in words."""


IGNORE = "cmlint.dev/ignore"
"""The annotation that suppresses findings of an object."""

COMMAND = "command"
"""The kind of a provider that a command creates."""

EXAMPLE = "example"
"""The kind of a provider that a text shows, for its reader to make."""


class Facts(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The common form of every fact: immutable and encoded without field names."""


class Span(Facts, frozen=True):
    """A stretch of text, from `start` up to but not including `end`."""

    start: int
    end: int

    def overlaps(self, other: Span) -> bool:
        """Whether both have a character in common."""
        return self.start < other.end and other.start < self.end


Trait = Literal[
    "line-break",
    "nul",
    "binary",
    "encoded-twice",
    "expansion",
    "typographic",
    "quoted",
    "env-file",
    "anchor",
    "empty-block",
    "comment",
]
"""What makes a value arrive otherwise than it looks; all that is kept of the value of a Secret.

`line-break`: one line that ends in a line break; `nul`: it holds a NUL; `binary`: base64 of bytes that are not text;
`encoded-twice`: base64 of base64; `expansion`: it holds `$(NAME)`; `typographic`: invisible characters at its ends, or
typographic quotes around it; `quoted`: plain quotes are part of it; `env-file`: each of its lines sets a variable;
`anchor`: nothing but an anchor; `empty-block`: a block without a line; `comment`: nothing but a comment that looks like
a value.
"""


class Scalar(Facts, frozen=True):
    """A string as Kubernetes reads it, and where it is written."""

    value: str
    start: int
    end: int

    @property
    def span(self) -> Span:
        return Span(self.start, self.end)


class Reference(Facts, frozen=True):
    """A place that names a provider, and perhaps keys of it.

    `keys` are those read one by one: the key of an `env` entry, the `items` of a volume. Without any, the reference
    reads all keys of the provider. `span` covers the reference as written, `path` is the field's path in the document.
    It is `idle` in a volume that is.
    """

    target: Target
    name: Scalar
    keys: tuple[Scalar, ...]
    optional: bool
    via: Via
    span: Span
    path: str
    namespace: Scalar | None = None
    idle: bool = False

    @property
    def described(self) -> str:
        """Kind and name of what it names, like `ConfigMap/app`."""
        return f"{self.target}/{self.name.value}"


class Env(Facts, frozen=True):
    """One entry of `env`.

    `source` is where the value comes from: `literal`, `ConfigMap`, `Secret`, `field`, `resource`, `file`, or `none`
    when the entry names none that counts. `name` is None when absent or no string. `value` is the literal, or what is
    read of the pod or a file: the path of the field, the resource, the key. `beside` is an empty `value` beside a
    `valueFrom`, `of` the container that a resource is read of.
    """

    name: Scalar | None
    value: Scalar | None
    source: Literal["literal", "ConfigMap", "Secret", "field", "resource", "file", "none"]
    reference: Reference | None
    span: Span
    optional: bool = False
    traits: tuple[Trait, ...] = ()
    beside: Scalar | None = None
    of: Scalar | None = None


class EnvFrom(Facts, frozen=True):
    """One entry of `envFrom`; `reference` is None when the entry is malformed."""

    prefix: Scalar | None
    reference: Reference | None
    span: Span


class Mount(Facts, frozen=True):
    """One entry of `volumeMounts`; `expands` says that variables are put into `sub_path` (`subPathExpr`)."""

    name: Scalar
    path: str
    sub_path: Scalar | None
    span: Span
    expands: bool = False


class Container(Facts, frozen=True):
    """One entry of `containers`, `initContainers` or `ephemeralContainers`, or its like in a custom resource.

    `list` is the name of the field it is in. A command or argument that is not a string is left out. An init container
    that `stays` runs as long as the pod (`restartPolicy: Always`).
    """

    name: Scalar | None
    list: str
    image: Scalar | None
    pull_policy: Scalar | None
    env: tuple[Env, ...]
    env_from: tuple[EnvFrom, ...]
    command: tuple[Scalar, ...]
    args: tuple[Scalar, ...]
    mounts: tuple[Mount, ...]
    span: Span
    path: str
    stays: bool = False

    @property
    def called(self) -> str:
        """Its name, or the field that holds it if it has none, as in the values of a chart."""
        return self.name.value if self.name else self.path


class Item(Facts, frozen=True):
    """One entry of `items`: the key and the file it becomes."""

    key: Scalar
    path: Scalar


class VolumeSource(Facts, frozen=True):
    """What one ConfigMap or Secret brings into a volume; without `items`, every key becomes a file of its name."""

    reference: Reference
    items: tuple[Item, ...] | None


class Volume(Facts, frozen=True):
    """One entry of `volumes`.

    `sources` are its ConfigMaps and Secrets; `closed` says that nothing else brings files into it. `image` and
    `pull_policy` are those of an OCI image volume, `modes` the permissions of files as they are written.
    `provider_class` is the SecretProviderClass that it mounts. `others` are the paths of files from the downward API,
    tokens and certificates, `of` the containers that a `resourceFieldRef` in it names. It is `idle` when surely no
    container mounts it, so that the pod starts without it.
    """

    name: Scalar | None
    sources: tuple[VolumeSource, ...]
    closed: bool
    span: Span
    image: Scalar | None = None
    pull_policy: Scalar | None = None
    modes: tuple[Scalar, ...] = ()
    provider_class: str = ""
    others: tuple[Scalar, ...] = ()
    of: tuple[Scalar, ...] = ()
    idle: bool = False


class PodSpec(Facts, frozen=True):
    """A pod spec, wherever it is embedded.

    `exact` says that it is at the pod spec's place in a built-in kind, so that the API server's own types apply.
    `annotations` are the names of the annotations of the pod template (or Pod), `service_links` is
    `enableServiceLinks`. `watched` are those annotations, with their values, that list for Reloader and Wave what
    to do. `pull_secrets` are the entries of `imagePullSecrets`.
    """

    containers: tuple[Container, ...]
    volumes: tuple[Volume, ...]
    annotations: tuple[str, ...]
    exact: bool
    service_links: bool
    span: Span
    path: str
    watched: tuple[tuple[str, str], ...] = ()
    pull_secrets: tuple[Reference, ...] = ()


MEASURED = 4096
"""From how many bytes on the size of a value is kept: what is less says more of a Secret than of its size."""


class Key(Facts, frozen=True):
    """A key of a provider: `name` as Kubernetes stores it, `written` as it is in the text.

    `value` is known for ConfigMaps only, and None where it is binary. `binary` keys never reach an environment.
    `traits` tell how it arrives, `place` is where it is, `size` are its bytes from `MEASURED` on, else 0. An `encoded`
    value is written in base64.
    """

    name: str
    written: str
    span: Span
    value: str | None
    binary: bool
    traits: tuple[Trait, ...] = ()
    place: Span | None = None
    size: int = 0
    encoded: bool = False


class Provider(Facts, frozen=True):
    """An object that gives pods named keys.

    `kind` is the kind of the document that makes it (`ConfigMap`, `SealedSecret`, ...), or `command`. When it is
    `open`, more keys than `keys` may exist. `namespace` is set where it differs from the document's own, `everywhere`
    where the object is made in all namespaces. A `glob` name represents every name that matches it. To a `shared`
    object others add keys. `copied` are the bytes of a copy in JSON, where that is too long for an annotation, else 0.
    `type` is that of a Secret.
    """

    target: Target
    kind: str
    name: Scalar
    keys: tuple[Key, ...]
    open: bool
    immutable: bool
    span: Span
    namespace: Scalar | None = None
    everywhere: bool = False
    glob: bool = False
    shared: bool = False
    copied: int = 0
    type: str = ""


class Fault(Facts, frozen=True):
    """A mistake for which the API server refuses the document.

    `reason` completes the sentence "`path` ..."; `text` is what was written (never in a Secret), `near` the word that
    was probably meant, `other` a second place that belongs to it, and `label` what to say of that place; in the places
    `more` the same mistake is made again. `kind` tells
    mistakes of one code apart; a value of the wrong type is `found` where another one is `expected`.
    """

    code: FaultCode
    span: Span
    path: str
    reason: str
    container: str | None = None
    text: str | None = None
    near: str | None = None
    other: Span | None = None
    label: str = ""
    kind: FaultKind = ""
    expected: Shape = ""
    found: Shape = ""
    more: tuple[Span, ...] = ()

    @property
    def overlap(self) -> Overlap:
        """Which other tool of an editor sees it as well; none sees `yes`, which is a string in YAML 1.2."""
        if self.code in ("syntax", "repeated-key"):
            return "yaml"
        if self.kind == "unknown-field" or (self.kind == "unset" and self.code != "image"):
            return "schema"
        if not self.expected or self.found not in ("number", "boolean"):
            return "schema" if self.expected and self.found else ""
        return "schema" if re.fullmatch(ALIKE, self.text or "") else ""

    @property
    def quotable(self) -> bool:
        """Whether quotes make it right: a number or boolean where a string is expected."""
        return self.expected == "string" and self.found in ("number", "boolean")


class Ignore(Facts, frozen=True):
    """A suppression: the comment `# cmlint: ignore[rule, ...] reason` or the annotation `cmlint.dev/ignore: rule, ...`.

    `scope` is what it speaks for: complete lines for a comment, the object for an annotation. One without `rules` is
    written wrongly and suppresses nothing; its `reason` is then all that it says.
    """

    rules: tuple[Scalar, ...]
    reason: str
    span: Span
    scope: Span


class PostBuild(Facts, frozen=True):
    """How Flux fills in the variables of what a Kustomization brings.

    `variables` are written inline, `sources` are the kinds and names of objects in its `namespace` that hold more.
    `patches` says that it may change the variables of other Kustomizations.
    """

    variables: tuple[tuple[str, str], ...]
    sources: tuple[tuple[str, str], ...]
    namespace: str
    patches: bool


class Deploy(Facts, frozen=True):
    """A folder of a repository that GitOps brings to a cluster, which is whatever the object says of it.

    `namespace` is empty where each object goes to its own. A chart gets the name `release`, and is `valued` where it
    is given other values than its own. What a kustomization builds is `changed` where patches or components are laid
    over it on the way; of the `images` in it other versions are used. Argo CD names the `repository`; a folder is
    `alone` if the object brings only such folders, as they are.
    """

    path: str
    namespace: str
    cluster: str
    post_build: PostBuild | None = None
    release: str = ""
    valued: bool = False
    changed: bool = False
    images: tuple[str, ...] = ()
    repository: str = ""
    alone: bool = False


class Hook(Facts, frozen=True):
    """When an object is applied: a phase of Helm or Argo CD, and the place in it (lower ones come first).

    `written` is the annotation's value, as it is shown.
    """

    tool: Literal["Helm", "Argo CD"]
    written: str
    weight: int = 0

    @property
    def phases(self) -> frozenset[str]:
        """The phases in which it runs."""
        return frozenset(phase.strip() for phase in self.written.split(","))

    @property
    def is_for_tests(self) -> bool:
        """Whether only `helm test` applies the object, to a release that is installed already.

        `events` in `pkg/release/v1/util/manifest_sorter.go` of helm/helm takes Helm 2's `test-success` for `test`.
        """
        return self.tool == "Helm" and self.phases <= {"test", "test-success"}


class Rolling(Facts, frozen=True):
    """How a workload replaces its pods: `strategy` is the type of its strategy, empty where none is written.

    `paused` and `suspended` are `spec.paused` and `spec.suspend`; `replicas` is None where no number is written.
    `partition` is the number of pods that a StatefulSet leaves as they are, the first ones, and `start` the number of
    its first pod (`spec.ordinals.start`). `selector` are the labels of its pods, written `name=value`. `owner` is, as
    `Kind/name`, what has made a live object and is not read itself.
    """

    replicas: int | None = None
    strategy: str = ""
    paused: bool = False
    suspended: bool = False
    partition: int = 0
    owner: str = ""
    selector: tuple[str, ...] = ()
    start: int = 0


class Document(Facts, frozen=True):
    """One Kubernetes object as written.

    `head` is what a finding about the complete object points at. `annotations` holds names only, `ignore` is the
    annotation `cmlint.dev/ignore`. `references` are outside every pod spec, `mentions` are the strings of a custom
    resource that could name a provider, `names` those of them that fields for names have, `masked` the places whose
    text must never be shown. `labels` are written `name=value`, `deploys` are the folders that it brings to a cluster.
    `strangers` are annotations under cmlint's own prefix that it does not know, `reloads` the names that Reloader
    watches. `reach` is the namespace of what it makes
    where that differs from its own, and empty where it may be any. `compared` are files that a test compares with the
    cluster. `rolling` is how it replaces its pods, `watched` are the annotations of Reloader and Wave with their
    values. It is `exported` where it is a copy of what an API server gave out. A document that could not be parsed has
    one fault with the code `syntax`, and is otherwise empty. An Application of Argo CD that only installs `charts`
    shows all their values. Of the charts that any object installs, `remote_charts` are in no repository of files.
    """

    span: Span
    head: Span
    api_version: str
    kind: str
    name: Scalar | None
    namespace: Scalar | None
    annotations: tuple[str, ...] = ()
    ignore: Ignore | None = None
    providers: tuple[Provider, ...] = ()
    pods: tuple[PodSpec, ...] = ()
    references: tuple[Reference, ...] = ()
    mentions: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    faults: tuple[Fault, ...] = ()
    masked: tuple[Span, ...] = ()
    labels: tuple[str, ...] = ()
    deploys: tuple[Deploy, ...] = ()
    strangers: tuple[Scalar, ...] = ()
    reloads: tuple[Scalar, ...] = ()
    reach: str | None = None
    hook: Hook | None = None
    compared: tuple[str, ...] = ()
    rolling: Rolling = Rolling()
    watched: tuple[tuple[str, str], ...] = ()
    exported: bool = False
    charts: bool = False
    remote_charts: int = 0

    @property
    def broken(self) -> bool:
        """Whether the text could not be parsed, or is too large for that, so that nothing is known of the object."""
        return bool(self.faults) and (self.faults[0].code == "syntax" or self.faults[0].kind == "unread")

    @property
    def imageless(self) -> bool:
        """Whether no container of a workload has an image, though it may have init containers that do."""
        for pod in self.pods:
            containers = [container for container in pod.containers if container.list == "containers"]
            if pod.exact and containers and not any(container.image for container in containers):
                return True
        return False


SkipCode = Literal[
    "kustomization",
    "known-kustomization",
    "not-kubernetes",
    "encrypted",
    "template",
    "chart",
    "excerpt",
    "definition",
    "patch",
    "expectation",
    "too-deep",
    "too-large",
    "completed-elsewhere",
    "filled-in",
]

SKIPPED: dict[SkipCode, str] = {
    "kustomization": "a kustomization that is not built",
    "known-kustomization": "a kustomization that says what it makes",
    "not-kubernetes": "not a Kubernetes object",
    "encrypted": "encrypted by git-crypt",
    "template": "a template, not rendered",
    "chart": "a Helm chart",
    "excerpt": "an excerpt, with parts left out",
    "definition": "a CustomResourceDefinition",
    "patch": "a patch",
    "expectation": "what a test expects of the cluster",
    "too-deep": "nested too deeply to be a manifest",
    "too-large": "larger than any object that the API server accepts",
    "completed-elsewhere": "completed elsewhere: no container has an image",
    "filled-in": "a resource of a program in Java, which fills it in",
}
"""Why a document, or a complete file, is skipped, in words."""

REMOTE_CHART = "a remote chart of a HelmRelease or an Application, not rendered"
"""How a chart that a document installs, and that is not fetched, is listed beside what is skipped."""


class Skip(Facts, frozen=True):
    """A document, or a complete file, that was not looked at, and why."""

    code: SkipCode
    span: Span

    @property
    def reason(self) -> str:
        """Why, in words."""
        return SKIPPED[self.code]


class Other(Facts, frozen=True):
    """A Kubernetes object outside cmlint's ground, of which only the kind is known, and perhaps the namespace."""

    api_version: str
    kind: str
    namespace: str = ""


class Port(Facts, frozen=True):
    """One port of a Service."""

    name: str
    number: int
    protocol: str


class Service(Facts, frozen=True):
    """A Service with an address of its own, of which the kubelet tells every container of its namespace."""

    name: Scalar
    namespace: str | None
    ports: tuple[Port, ...]


class ImageSetting(Facts, frozen=True):
    """An entry of a kustomization's `images` in the text at a path: the name that it is for, and what that becomes.

    Of a kustomization that others use, `texts` are those to which the entry applies.
    """

    path: str
    name: Scalar
    becomes: str
    texts: tuple[str, ...] = ()


Deed = Literal["pushed", "built", "loaded", "replaced", "restarted", "open", "calls", "sets"]
"""What a text does: it pushes, builds or loads an image, puts it in the place of another, or restarts a workload.

An `open` push is of an image whose name or tag a caller may give; what `calls` gives it to another file. What `sets`
gives it to the files that it includes, and to those that include it.
"""


HOLE = r"\{-(\w+)\}"
"""What represents a variable that a caller may give."""


class Build(Facts, frozen=True):
    """Of what an image is built: `image` is its name, `context` the folder and `dockerfile` the path, as written.

    In each, `{-NAME}` represents a variable that the text leaves open, and `*` what is not known. An empty `dockerfile`
    is the usual one in the context; without a Dockerfile, a `builder` makes the image of the source. An image may be
    another name `of` one that is built by the same text. `gives` are the variables that a compose service gets.
    """

    image: str
    context: str = ""
    dockerfile: str = ""
    builder: str = ""
    of: str = ""
    gives: tuple[str, ...] = ()


class ImageFact(Facts, frozen=True):
    """What a text does to images, or to the workloads that run them; `tool` is what does it, in words.

    `name` and `tag` are patterns: `*` means what is not known, `{repository}` the repository where it is hosted,
    `{owner}` and `{name}` the two parts of that, `{branch}` a branch that is pushed. An empty `tag` is none, an empty
    `name` any image.

    Where an image is replaced, `workload` (`deployment/web`) and `container` are those that get it, `was` is what it
    replaces: the name in a kustomization, the text for sed, the key of a value for helm. `files` are
    where that is, as far as the text says. `line` is 1-based. `masked` are places on it that must not be shown.

    In an open push `{-TAG}` represents the variable `TAG`, and `given` are the values (`TAG=dev`) that the text itself
    gives to variables. In what calls or sets, they are those that are passed on to the files in `files`; `TAG?=dev`
    counts where the file itself sets nothing. In what is open or calls, `was` is a target of make. Where the text says
    so, `builds` are of what the image is built; those of several images where its name is open.
    """

    deed: Deed
    tool: str
    name: str
    tag: str
    span: Span
    line: int
    workload: str = ""
    container: str = ""
    was: str = ""
    files: tuple[str, ...] = ()
    masked: tuple[Span, ...] = ()
    given: tuple[str, ...] = ()
    builds: tuple[Build, ...] = ()


How = Literal["hard", "soft", "guarded"]
"""What a program does without a variable.

`hard`: it stops. `soft`: it has a default. `guarded`: it goes on with nothing, an empty text or `undefined`.
"""

Language = Literal["python", "javascript", "java", "go", "properties", "shell", "envsubst", "dockerfile", "other"]
"""How a source file is read; of `other` files only the words are known."""


class VariableRead(Facts, frozen=True):
    """A place in a source file that reads a variable.

    A `declarative` read is made whenever the program starts: a required setting, an assignment at the top of a module.
    `span` is where the name is written, and `line` its 1-based line. `hidden` is the rest of the line where that may
    hold a credential as the default.
    """

    name: str
    how: How
    declarative: bool
    span: Span
    line: int
    hidden: Span | None = None


class Dockerfile(Facts, frozen=True):
    """What a Dockerfile says of the program in its image.

    `base` is the image that the last stage begins with, through all stages; empty where a variable is in it. `sets` are
    the variables of `ENV` in that stage and in those that it begins with. `copies` are the paths of the context that
    are copied in any stage, `commands` the names of the commands of Go (`cmd/NAME`) that it builds.
    """

    base: str
    sets: tuple[str, ...]
    copies: tuple[str, ...]
    commands: tuple[str, ...] = ()


class SourceFacts(Facts, frozen=True):
    """Everything cmlint keeps of one source file.

    `words` are the words in it that may name a variable, separated by blanks; `settings` are all names in it, without
    case and separators. `prefixes` are put before these by a library that makes names of variables of them; in a text
    that is `loose`, one makes them of any settings that are put together. `pieces` are patterns (`APP_*`) of names that
    the program puts together. `sets` are the variables that the text itself sets.
    """

    reads: tuple[VariableRead, ...] = ()
    words: str = ""
    settings: str = ""
    loose: bool = False
    prefixes: tuple[str, ...] = ()
    pieces: tuple[str, ...] = ()
    sets: tuple[str, ...] = ()
    dockerfile: Dockerfile | None = None


LARGE = 4 * 1024 * 1024
"""From how many characters on the documents of a text, or of all texts, are packed."""

HELD = 256 * 1024
"""How much of packed documents is held decoded, by the bytes that they have when they are encoded."""


ARRAY = b"\xdd"
"""What begins an array in MessagePack, before the number of its elements (array 32)."""


class Decoded:
    """The packed documents that were asked for last, in that order, which are encoded as `size` bytes."""

    def __init__(self) -> None:
        self.order: deque[tuple[Packed, int]] = deque()
        self.size = 0

    def add(self, packed: Packed, number: int) -> None:
        """Adds a document; those that were asked for first make room for it."""
        self.size += packed.length(number)
        while self.order and self.size > HELD:
            other, first = self.order.popleft()
            other.held.pop(first, None)
            self.size -= other.length(first)
        self.order.append((packed, number))


class Packed(Sequence[Document]):
    """Documents that are kept encoded, because there are many: decoded they would take ten times as much memory.

    Each is decoded when it is asked for. The last ones are `held`, because a document is mostly asked for several
    times; several texts may have them `together`.
    `raw` are encoded documents that follow each other from `start` on, of which `ends` will say where each ends.
    """

    def __init__(self, raw: bytearray | memoryview | None = None, start: int = 0) -> None:
        self.raw = bytearray() if raw is None else raw
        self.ends = array("Q", [start])
        self.held: dict[int, Document] = {}
        self.together = Decoded()

    def append(self, document: Document) -> None:
        """Adds a document."""
        assert isinstance(self.raw, bytearray)
        self.raw += msgspec.msgpack.encode(document)
        self.ends.append(len(self.raw))

    @property
    def encoded(self) -> msgspec.Raw:
        """The documents as they are encoded when they are not packed."""
        count = len(self).to_bytes(4, "big")
        return msgspec.Raw(b"".join((ARRAY, count, memoryview(self.raw)[self.ends[0] :])))

    def __len__(self) -> int:
        return len(self.ends) - 1

    @overload
    def __getitem__(self, number: int) -> Document: ...
    @overload
    def __getitem__(self, number: slice) -> Sequence[Document]: ...
    def __getitem__(self, number: int | slice) -> Document | Sequence[Document]:
        if isinstance(number, slice):
            return [self[each] for each in range(len(self))[number]]
        found = self.held.get(number)
        return self.decoded(range(len(self))[number]) if found is None else found

    def decoded(self, number: int) -> Document:
        """A document that is not held."""
        with memoryview(self.raw) as raw:
            found = msgspec.msgpack.decode(raw[self.ends[number] : self.ends[number + 1]], type=Document)
        self.together.add(self, number)
        self.held[number] = found
        return found

    def length(self, number: int) -> int:
        """The bytes of an encoded document."""
        return self.ends[number + 1] - self.ends[number]


if TYPE_CHECKING:
    Documents = Sequence[Document]
else:
    Documents = tuple[Document, ...]  # what msgspec decodes


class FileFacts(Facts, frozen=True):
    """Everything cmlint keeps of one text.

    `commands` are objects that the text has kubectl create, one provider each; no rule looks at them. `services` give
    containers variables. `images` is what the text does to images. Its commands replace the words that are `replaced`,
    hand what is built of the folders that are `consumed` to other programs, and write the files that are `written`.
    Of a file that is read as the `source` of a program, that is all.
    """

    documents: Documents
    others: tuple[Other, ...] = ()
    skipped: tuple[Skip, ...] = ()
    ignores: tuple[Ignore, ...] = ()
    commands: tuple[Document, ...] = ()
    services: tuple[Service, ...] = ()
    images: tuple[ImageFact, ...] = ()
    replaced: tuple[str, ...] = ()
    consumed: tuple[str, ...] = ()
    written: tuple[str, ...] = ()
    source: SourceFacts | None = None

    @property
    def kustomized(self) -> bool:
        """Whether it is kustomize that reads the text."""
        return any(skip.code in ("kustomization", "known-kustomization") for skip in self.skipped)
