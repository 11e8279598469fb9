"""ConfigMaps and Secrets: nodes to facts, with what the API server refuses noted on the way.

The checks follow ValidateConfigMap and ValidateSecret in `pkg/apis/core/validation/validation.go`, and
ValidateObjectMeta in `staging/src/k8s.io/apimachinery/pkg/api/validation/objectmeta.go`.
"""

from __future__ import annotations

import re

import msgspec

from cmlint.knowledge.controllers import COPIED, FILLED, SHARED
from cmlint.knowledge.placeholders import is_placeholder, is_stand_in, is_unfilled
from cmlint.kube import base64, characters, names
from cmlint.manifest.decode import Decoder, Struct
from cmlint.manifest.nodes import Node, ScalarNode, SequenceNode
from cmlint.manifest.traits import traits_of
from cmlint.model.facts import MEASURED, FaultCode, Key, Provider, Scalar, Span, Target, Trait

LIMIT = 1024 * 1024
"""The bytes that all values of one ConfigMap or Secret may have together (`pkg/apis/core/types.go`, MaxSecretSize)."""

ANNOTATIONS_LIMIT = 256 * 1024
"""The bytes of all annotations together (`TotalAnnotationSizeLimitB` in
`staging/src/k8s.io/apimachinery/pkg/api/validation/objectmeta.go`)."""

COPY_LIMIT = ANNOTATIONS_LIMIT - len("kubectl.kubernetes.io/last-applied-configuration")
"""What `kubectl apply` can keep of an object in the annotation that it adds."""

REQUIRED_KEYS: dict[str, tuple[tuple[str, ...], ...]] = {
    "kubernetes.io/dockercfg": ((".dockercfg",),),
    "kubernetes.io/dockerconfigjson": ((".dockerconfigjson",),),
    "kubernetes.io/basic-auth": (("username", "password"),),
    "kubernetes.io/ssh-auth": (("ssh-privatekey",),),
    "kubernetes.io/tls": (("tls.crt",), ("tls.key",)),
}
"""For each type of Secret the groups of keys of which one must be there."""

FILLS_IN = "avp.kubernetes.io"
"""How the annotations begin by which the Vault plugin of Argo CD is asked to fill in what is in `<...>`.

https://argocd-vault-plugin.readthedocs.io/en/stable/howitworks/
"""

VAULT = "<path:"
"""What it fills in without them."""

ANGLE = r"<[^<>]*>"
WORD = r"[A-Z]?[a-z]+[0-9]*|[A-Z]+[0-9]*|[0-9]+"

MOMENT = r"(?a)\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[-+]\d\d:\d\d)\Z"

GENERATED = 58
"""How much of `generateName` goes into a name (`staging/src/k8s.io/apiserver/pkg/storage/names/generate.go`)."""

CONTRARY = {"orphan", "foregroundDeletion"}
"""Finalizers of which an object may have only one."""

ESCAPED = {"\n": 1, "\r": 1, "\t": 1, '"': 1, "\\": 1, "<": 5, ">": 5, "&": 5}
"""What Go's encoding/json writes with more bytes, and with how many more."""

COPY = '{"apiVersion":"v1","data":{},"kind":"","metadata":{"annotations":{},"name":"","namespace":"x"}}\n'
"""What a copy of an object holds besides its kind, its name and its keys; more where it has labels and the like."""

OWNER = ("apiVersion", "kind", "name", "uid")

ACCOUNT = "kubernetes.io/service-account.name"
TOKEN = "kubernetes.io/service-account-token"
TOKEN_KEYS = ("ca.crt", "namespace", "token")
"""What the token controller puts into a Secret (`generateTokenIfNeeded` in
`pkg/controller/serviceaccount/tokens_controller.go`)."""


class ObjectReader:
    """Reads one ConfigMap or Secret."""

    def __init__(self, decoder: Decoder, target: Target) -> None:
        self.decoder = decoder
        self.target: Target = target
        self.size = self.copied = 0
        self.fills_in = False
        decoder.secret = target == "Secret"

    def read(self, root: Node) -> Provider | None:
        """The provider that a document defines, or None when it has no name."""
        decoder = self.decoder
        struct = decoder.struct(root, self.target, "") or {}
        meta = decoder.struct(struct.get("metadata"), "ObjectMeta", "metadata") or {}
        self.check_metadata(meta, struct.get("metadata", root))
        if self.target == "ConfigMap":
            keys = self.plain_keys(struct, "data") + self.encoded_keys(struct, "binaryData")
            self.check_twice(keys)
        else:
            encoded, plain = self.encoded_keys(struct, "data"), self.plain_keys(struct, "stringData")
            self.check_secret_size(struct)
            overridden = {key.name for key in plain}
            keys = [key for key in encoded if key.name not in overridden] + plain
            self.check_type(struct, meta, {key.name for key in keys})
        if self.size > LIMIT:
            where = struct.get("data") or struct.get("binaryData") or struct.get("stringData") or root
            reason = f"must hold no more than {LIMIT} bytes, but it holds {self.size}"
            decoder.fault("size", self.head(where), "data", reason, text=str(self.size))
        name = decoder.string(meta, "name")
        if name is None or not name.value:
            return None
        if self.target == "Secret" and decoder.value(struct, "type") == TOKEN:
            known = {key.name for key in keys}
            keys += [Key(key, key, name.span, None, False) for key in TOKEN_KEYS if key not in known]
        immutable = decoder.boolean(struct, "immutable")
        copied = self.copied + len(COPY) + len(self.target) + len(name.value)
        marks = {
            name
            for field in ("labels", "annotations")
            if (node := meta.get(field)) is not None
            for name, _, _ in decoder.items(node)
        }
        return Provider(
            target=self.target,
            kind=self.target,
            name=name,
            keys=tuple(keys),
            open=bool(marks & FILLED),
            immutable=immutable,
            span=decoder.span(root),
            everywhere=bool(marks & COPIED),
            shared=bool(marks & SHARED),
            copied=copied if copied > COPY_LIMIT else 0,
            type=decoder.value(struct, "type") if self.target == "Secret" else "",
        )

    def head(self, node: Node) -> Span:
        """The first line of a node."""
        span = self.decoder.span(node)
        end = self.decoder.text.find("\n", span.start - self.decoder.base)
        return Span(span.start, min(span.end, self.decoder.base + end)) if end >= 0 else span

    # metadata

    def check_metadata(self, meta: Struct, where: Node) -> None:
        """Names, namespaces, labels, annotations and finalizers (ValidateObjectMeta)."""
        decoder = self.decoder
        name, generated = decoder.string(meta, "name"), decoder.string(meta, "generateName")
        if generated and generated.value:
            whole = None if name and name.value else names.why_not_subdomain(f"{generated.value[:GENERATED]}xxxxx")
            self.check(generated, "metadata.generateName", names.why_not_subdomain_prefix(generated.value) or whole)
        if name is None or not name.value:
            if not (generated and generated.value) and not self.explains_missing_name():
                decoder.fault("object", name.span if name else self.head(where), "metadata.name", "must be set")
        else:
            self.check(name, "metadata.name", names.why_not_subdomain(name.value))
        namespace = decoder.string(meta, "namespace")
        if namespace and namespace.value:
            self.check(namespace, "metadata.namespace", names.why_not_label(namespace.value))
        for key_name, key, value in self.entries(meta, "labels"):
            self.check(self.scalar_of(key, key_name), f"metadata.labels.{key_name}", names.why_not_qualified(key_name))
            text = decoder.scalar(value)
            self.check(text, f"metadata.labels.{key_name}", names.why_not_label_value(text.value))
        self.check_record(meta)
        size = 0
        for key_name, key, value in self.entries(meta, "annotations"):
            self.fills_in = self.fills_in or key_name.startswith(FILLS_IN)
            self.check(
                self.scalar_of(key, key_name),
                f"metadata.annotations.{key_name}",
                names.why_not_qualified(key_name.lower()),
            )
            size += len(key_name.encode()) + len(decoder.scalar(value).value.encode())
        if size > ANNOTATIONS_LIMIT:
            reason = f"must hold no more than {ANNOTATIONS_LIMIT} bytes, but they hold {size}"
            decoder.fault("object", self.head(meta["annotations"]), "metadata.annotations", reason)
        finalizers = decoder.sequence(meta, "finalizers")
        for i, node in enumerate(finalizers):
            if decoder.is_null(node) or decoder.is_scalar(node, "string"):
                text = decoder.scalar(node)
                self.check(text, f"metadata.finalizers[{i}]", names.why_not_finalizer(text.value))
        if {decoder.scalar(node).value for node in finalizers} >= CONTRARY:
            reason = "must not hold `orphan` and `foregroundDeletion` together"
            decoder.fault("object", self.head(meta["finalizers"]), "metadata.finalizers", reason)

    def explains_missing_name(self) -> bool:
        """Whether a fault explains the missing name: the name is invalid, or an odd character hides it."""
        return any(
            fault.path == "metadata.name" or characters.first_odd(self.decoder.text_at(fault.span))
            for fault in self.decoder.faults
            if fault.path.startswith("metadata") or "." not in fault.path
        )

    def check_record(self, meta: Struct) -> None:
        """What the API server itself keeps in the metadata, when it is written all the same."""
        decoder = self.decoder
        for field in ("creationTimestamp", "deletionTimestamp"):
            moment = decoder.string(meta, field)
            if moment and not re.match(MOMENT, moment.value):
                reason = "must be a moment like `2024-01-31T10:00:00Z`"
                decoder.fault("object", moment.span, f"metadata.{field}", reason, text=moment.value)
        for i, owner in enumerate(decoder.sequence(meta, "ownerReferences")):
            entries = {name: value for name, _, value in decoder.items(owner)}
            for field in OWNER:
                if field not in entries or not decoder.is_scalar(entries[field], "string"):
                    decoder.fault("object", owner, f"metadata.ownerReferences[{i}].{field}", "must be set")
        generation = decoder.integer(meta, "generation")
        if generation is not None and generation < 0:
            decoder.fault(
                "object", meta["generation"], "metadata.generation", "must not be negative", text=str(generation)
            )

    def scalar_of(self, key: Node, name: str) -> Scalar:
        """A mapping key as a scalar with its JSON name."""
        span = self.decoder.span(key)
        return Scalar(name, span.start, span.end)

    def check(self, found: Scalar, path: str, reason: str | None) -> None:
        """Notes a part of the metadata that is refused, unless something has still to be put into it."""
        if reason and not is_unfilled(found.value):
            self.decoder.fault("object", found.span, path, reason, text=found.value)

    def entries(self, struct: Struct, field: str) -> list[tuple[str, Node, Node]]:
        """The entries of a map of strings; one that is not a string is noted and left out, null means empty."""
        decoder = self.decoder
        node = struct.get(field)
        result: list[tuple[str, Node, Node]] = []
        for name, key, value in decoder.items(node) if node is not None else ():
            if not decoder.is_null(value) and not decoder.is_scalar(value, "string"):
                decoder.wrong_type(value, "object", f"metadata.{field}.{name}", "string")
            else:
                result.append((name, key, value))
        return result

    # data

    def data(self, struct: Struct, field: str) -> list[tuple[str, Node, Node]]:
        """The entries of `data`, `binaryData` or `stringData`, keys checked; odd ones of a Secret may hold a value."""
        decoder = self.decoder
        node = struct.get(field)
        entries = list(decoder.items(node)) if node is not None else []
        wrong: set[str] = set()
        self.copied += sum(len(f'"{name}":"",'.encode("utf-8", "surrogatepass")) for name, _, _ in entries) - bool(
            entries
        )
        for name, key, _ in entries:
            if not decoder.is_bare(key):
                wrong.add(name)
            if (reason := names.why_not_data_key(name)) and not is_placeholder(name):
                decoder.fault("data-key", key, f"{field}.{name}", reason, text=name)
                wrong.add(name)
        return [entry for entry in entries if entry[0] not in wrong] if self.target == "Secret" else entries

    def plain_keys(self, struct: Struct, field: str) -> list[Key]:
        """Keys whose values are text."""
        decoder = self.decoder
        keys: list[Key] = []
        for name, key, node in self.data(struct, field):
            value: str | None = ""
            if not decoder.is_null(node):
                if not decoder.is_scalar(node, "string"):
                    decoder.wrong_type(node, "data-value-type", f"{field}.{name}", "string")
                    value = None
                else:
                    value = decoder.scalar(node).value
            size = 0 if value is None else utf8_length(value)
            self.copied += size + (sum(value.count(each) * more for each, more in ESCAPED.items()) if value else 0)
            secret = self.target == "Secret"
            self.size += 0 if secret else size
            traits = traits_of(decoder, node, value, secret=secret)
            keys.append(self.key(name, key, node, None if secret else value, binary=False, traits=traits, size=size))
        return keys

    def key(  # noqa: PLR0913 - what is kept of a value depends on each
        self,
        name: str,
        key: Node,
        node: Node,
        value: str | None,
        *,
        binary: bool,
        traits: tuple[Trait, ...],
        size: int,
        encoded: bool = False,
    ) -> Key:
        """One key with what is kept of its value."""
        decoder = self.decoder
        size = size if size >= MEASURED else 0
        return Key(
            name=name,
            written=decoder.written(key),
            span=decoder.span(key),
            value=value,
            binary=binary,
            traits=traits,
            place=decoder.span(node),
            size=size,
            encoded=encoded,
        )

    def encoded_keys(self, struct: Struct, field: str) -> list[Key]:
        """Keys whose values are base64."""
        decoder = self.decoder
        binary = self.target == "ConfigMap"
        keys: list[Key] = []
        for name, key, node in self.data(struct, field):
            path = f"{field}.{name}"
            raw: bytes | None = b""
            self.copied += len(node.value) if isinstance(node, ScalarNode) else 0
            if not decoder.is_null(node):
                if decoder.is_scalar(node, "string"):
                    raw = self.check_encoded(node, path)
                elif not self.is_bytes(node):
                    decoder.wrong_type(node, "data-value-type", path, "base64")
            traits = () if binary else traits_of(decoder, node, raw)
            size = len(raw or b"")
            keys.append(self.key(name, key, node, None, binary=binary, traits=traits, size=size, encoded=True))
        return keys

    def is_bytes(self, node: Node) -> bool:
        """Whether a node is a list of numbers, which Go's decoder takes for bytes."""
        decoder = self.decoder
        if not isinstance(node, SequenceNode):
            return False
        values = [decoder.resolve(item) if isinstance(item, ScalarNode) else "" for item in node.value]
        return all(isinstance(value, int) and 0 <= value < 256 for value in values)

    def check_encoded(self, node: Node, path: str) -> bytes | None:
        """A value must be base64; returns what it represents."""
        text = self.decoder.scalar(node).value
        raw = base64.decode(text)
        if raw is None:
            if is_for_reader(text) and not self.fills_in:
                reason = "is not valid base64: it is plain text"
                self.decoder.fault("base64", self.head(node), path, reason, kind="stand-in")
            elif not is_placeholder(text):
                self.decoder.fault("base64", self.head(node), path, why_not_base64(text))
        elif self.target == "ConfigMap":
            self.size += len(raw)
        return raw

    def check_twice(self, keys: list[Key]) -> None:
        """No key may be in `data` and `binaryData` (ValidateConfigMap)."""
        plain = {key.name: key for key in keys if not key.binary}
        for key in keys:
            if key.binary and key.name in plain:
                first = plain[key.name].span
                reason = "is also in `data`"
                self.decoder.fault(
                    "key-twice",
                    key.span,
                    f"binaryData.{key.name}",
                    reason,
                    text=key.name,
                    other=first,
                    label="also here",
                )

    # secrets

    def check_secret_size(self, struct: Struct) -> None:
        """The bytes of all values, `stringData` merged over `data`."""
        sizes: dict[str, int] = {}
        for field in ("data", "stringData"):
            node = struct.get(field)
            for name, _, value in self.decoder.items(node) if node is not None else ():
                text = self.decoder.scalar(value).value if self.decoder.is_scalar(value, "string") else ""
                sizes[name] = len(base64.decode(text) or b"") if field == "data" else utf8_length(text)
        self.size = sum(sizes.values())

    def check_type(self, struct: Struct, meta: Struct, keys: set[str]) -> None:
        """A typed Secret needs the keys of its type (ValidateSecret)."""
        decoder = self.decoder
        found = decoder.string(struct, "type")
        if found is None:
            return
        for group in REQUIRED_KEYS.get(found.value, ()):
            if not keys & set(group):
                listed = " or ".join(f"`{key}`" for key in group)
                decoder.fault("secret-keys", found.span, "type", f"needs the key {listed}", text=found.value)
        if found.value == TOKEN:
            annotations = {name: value for name, _, value in self.entries(meta, "annotations")}
            if ACCOUNT not in annotations or not decoder.scalar(annotations[ACCOUNT]).value:
                decoder.fault("secret-keys", found.span, "type", f"needs the annotation `{ACCOUNT}`", text=found.value)
        self.check_content(struct, found)

    def check_content(self, struct: Struct, kind: Scalar) -> None:
        """Docker's configuration must be a JSON object, an SSH key must not be empty."""
        decoder = self.decoder
        for group in REQUIRED_KEYS.get(kind.value, ()):
            for field in ("stringData", "data"):
                node = struct.get(field)
                values = {name: value for name, _, value in decoder.items(node)} if node is not None else {}
                if group[0] in values:
                    self.check_value(kind, group[0], values[group[0]], field)
                    break

    def check_value(self, kind: Scalar, key: str, node: Node, field: str) -> None:
        """The content of one key of a typed Secret."""
        decoder = self.decoder
        if not decoder.is_null(node) and not decoder.is_scalar(node, "string"):
            return
        text = "" if decoder.is_null(node) else decoder.scalar(node).value
        raw = text.encode() if field == "stringData" else base64.decode(text)
        if raw is None or is_placeholder(text):
            return
        path = f"{field}.{key}"
        if kind.value == "kubernetes.io/ssh-auth" and not raw:
            decoder.fault("secret-keys", self.head(node), path, "must not be empty")
        elif kind.value.startswith("kubernetes.io/docker") and not is_json_object(raw):
            decoder.fault("secret-keys", self.head(node), path, "must be a JSON object")


def is_for_reader(text: str) -> bool:
    """Whether a text is made of words that no encoder can have written, and that no tool fills in."""
    if re.fullmatch(ANGLE, text):
        return not text.startswith(VAULT)
    if is_placeholder(text):
        return False
    if not text.isascii() or is_stand_in(text):
        return True
    words = [word for word in re.split(r"[^A-Za-z0-9]+", text) if word]
    return bool(words) and all(re.fullmatch(WORD, word) for word in words)


def utf8_length(text: str) -> int:
    """The bytes that a text has in UTF-8."""
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))


def is_json_object(raw: bytes) -> bool:
    """Whether Go's encoding/json reads the bytes as an object, or as null."""
    try:
        value = msgspec.json.decode(raw.decode("utf-8", "replace"))
    except msgspec.DecodeError:
        return False
    except RecursionError:  # Go reads more levels than Python does.
        return True
    return value is None or isinstance(value, dict)


def why_not_base64(text: str) -> str:
    """What is wrong with a text that is not base64, without repeating it."""
    if " " in text or "\t" in text:
        return "is not valid base64: it contains a space"
    if any(character in text for character in "-_") and base64.decode(text.replace("-", "+").replace("_", "/")):
        return "is not valid base64: it uses the URL-safe alphabet (`-` and `_` instead of `+` and `/`)"
    if re.search(r"[^A-Za-z0-9+/=\r\n]", text):
        return "is not valid base64: it contains a character that base64 does not have"
    if len(text.replace("\n", "").replace("\r", "")) % 4:
        return "is not valid base64: its padding (`=`) is missing or wrong"
    return "is not valid base64"


FAULT_CODES: tuple[FaultCode, ...] = (
    "object",
    "data-key",
    "data-value-type",
    "base64",
    "key-twice",
    "size",
    "secret-keys",
)
"""The faults that a ConfigMap or Secret can have beside those of any document."""
