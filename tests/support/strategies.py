"""Manifests as Hypothesis makes them: believable objects that refer to each other, and texts of them with damage."""

from __future__ import annotations

import json
from typing import Any

import yaml
from hypothesis import strategies as st

Tree = dict[str, Any]
Values = st.SearchStrategy[Any]

NAMES = st.sampled_from(
    ["app", "app-config", "app-confg", "shared", "web", "${NAME}", "a.b", "Web", "ümlaut", "", "y", 1]
)
KEYS = st.sampled_from(["HOST", "HOTS", "PORT", "app.properties", "a-b", "1ST", "true", "y", "_", "..x", "a b", "kéy"])
PLAIN = st.sampled_from(
    ["x", "", "yes", "8080", "a: b", "🙂 ok", "two\nlines\n", "#no", "eA==", 8080, True, None, 1.5, -0.0]
)
EXPANDED = st.sampled_from(["$(HOST)", "$$(HOST)", "$(HOTS):$(PORT)", "$(HOST", "$(y)"])
VALUES = PLAIN | EXPANDED
DIGEST = f"app@sha256:{'0' * 64}"
IMAGES = st.sampled_from(
    ["nginx", "nginx:latest", "nginx:1.27.3", "host:5000/app:develop", "App", " x", "", "${I}", DIGEST]
)
ANYTHING = st.recursive(
    VALUES | NAMES | KEYS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=6,
)


@st.composite
def mostly(draw: st.DrawFn, strategy: Values) -> Any:
    """What a strategy gives, and now and then anything at all."""
    return draw(ANYTHING if draw(st.integers(0, 40)) == 40 else strategy)


@st.composite
def entries(draw: st.DrawFn, /, **fields: Values) -> Tree:
    """Mappings with most of these fields."""
    return {name: draw(mostly(strategy)) for name, strategy in fields.items() if draw(st.integers(0, 7)) < 7}


def either_of(*names: str, value: Values) -> st.SearchStrategy[Tree]:
    """Mappings with one of these fields."""
    return st.one_of([entries(**{name: value}) for name in names])


def some(strategy: Values, most: int) -> Values:
    """Lists with at least one entry."""
    return st.lists(strategy, min_size=1, max_size=most)


WHOLE = entries(name=NAMES) | entries(name=NAMES, optional=st.booleans())
KEYED = entries(name=NAMES, key=KEYS) | entries(name=NAMES, key=KEYS, optional=st.booleans())
FROM = either_of("configMapKeyRef", "secretKeyRef", "fieldRef", "configMapKeyref", value=KEYED)
ENV = entries(name=KEYS, value=VALUES) | entries(name=KEYS, valueFrom=FROM)
ENV_FROM = either_of("configMapRef", "secretRef", "configmapRef", value=WHOLE)
PREFIXED = entries(prefix=st.sampled_from(["", "P_", "1", "a="]), configMapRef=WHOLE)
ITEMS = some(entries(key=KEYS, path=st.sampled_from(["x", "a/b", "../up", "/abs"])), 2)
SOURCE = WHOLE | entries(name=NAMES, items=ITEMS)
SECRET = entries(secretName=NAMES) | entries(secretName=NAMES, items=ITEMS, optional=st.booleans())
PROJECTED = entries(sources=some(entries(configMap=SOURCE) | entries(secret=SOURCE), 2))
VOLUME = st.one_of(
    entries(name=NAMES, configMap=SOURCE),
    entries(name=NAMES, secret=SECRET),
    entries(name=NAMES, projected=PROJECTED),
    entries(name=NAMES, emptyDir=st.just({})),
)
USUAL = {"name": NAMES, "image": IMAGES}
POLICY = st.sampled_from(["Always", "IfNotPresent", "Never", "always"])
CONTAINER = st.one_of(
    entries(**USUAL, env=some(ENV, 3)),
    entries(**USUAL, envFrom=some(ENV_FROM | PREFIXED, 2), env=some(ENV, 2)),
    entries(**USUAL, imagePullPolicy=POLICY, args=some(VALUES, 2), command=some(VALUES, 2)),
    entries(**USUAL, volumeMounts=some(entries(name=NAMES, mountPath=KEYS, subPath=KEYS), 2)),
)
POD = entries(containers=some(CONTAINER, 2)) | entries(
    containers=some(CONTAINER, 2), initContainers=some(CONTAINER, 1), volumes=some(VOLUME, 2)
)
META = entries(name=NAMES) | entries(
    name=NAMES,
    namespace=st.sampled_from(["dev", "prod"]),
    annotations=st.dictionaries(st.just("cmlint.dev/ignore"), NAMES),
)


def object_of(api_version: str, kind: str, **fields: Values) -> st.SearchStrategy[Tree]:
    """Objects of one kind."""
    head = {"apiVersion": st.just(api_version), "kind": st.just(kind), "metadata": META}
    return st.fixed_dictionaries(head | {name: mostly(value) for name, value in fields.items()})


DATA = st.dictionaries(KEYS, VALUES, max_size=4)
TEMPLATE = entries(selector=st.just({"matchLabels": {}}), template=entries(metadata=META, spec=POD))
OBJECTS = st.one_of(
    object_of("v1", "ConfigMap", data=DATA),
    object_of("v1", "ConfigMap", data=DATA, binaryData=DATA, immutable=st.booleans()),
    object_of("v1", "Secret", data=DATA, stringData=DATA, type=st.sampled_from(["Opaque", "kubernetes.io/tls"])),
    object_of("v1", "Pod", spec=POD),
    object_of("apps/v1", "Deployment", spec=TEMPLATE),
    object_of("batch/v1", "CronJob", spec=entries(jobTemplate=entries(spec=TEMPLATE))),
    object_of("argoproj.io/v1alpha1", "Rollout", spec=TEMPLATE),
    object_of("tekton.dev/v1", "Task", spec=entries(steps=some(CONTAINER, 2))),
    object_of("bitnami.com/v1alpha1", "SealedSecret", spec=entries(encryptedData=DATA)),
    object_of("v1", "Service", spec=entries(selector=DATA)),
)
LISTS = st.builds(lambda items: {"apiVersion": "v1", "kind": "List", "items": items}, st.lists(OBJECTS, max_size=2))


@st.composite
def documents(draw: st.DrawFn) -> str:
    """One document, in one of the styles that people and tools write."""
    tree = draw(st.one_of(OBJECTS, OBJECTS, LISTS, ANYTHING))
    style = draw(st.sampled_from(["block", "block", "flow", "json", "lines"]))
    if style == "json":
        return json.dumps(tree, ensure_ascii=draw(st.booleans()))
    if style == "lines":
        return json.dumps(tree, indent=2)
    text: str = yaml.safe_dump(tree, sort_keys=False, allow_unicode=True, default_flow_style=style == "flow", width=60)
    return text


SIGNS = [
    *"\t'\"{}[]:-#&*!|>%@`?,~\\\r\n\v\x85\u2028\x00🙂",
    "\r\n",
    "---\n",
    "- ",
    ": ",
    "<<: *a",
    "&a ",
    "*a",
    "!!int ",
    "... ",
]


@st.composite
def texts(draw: st.DrawFn) -> str:
    """A text of some documents: whole, or with pieces put in, cut out or doubled."""
    parts = draw(some(documents(), 3))
    text = draw(st.sampled_from(["\n---\n", "\n--- # next\n"])).join(parts)
    for _ in range(draw(st.sampled_from([0, 0, 0, 1, 2, 5]))):
        start = draw(st.integers(0, len(text)))
        end = start + draw(st.sampled_from([0, 0, 1, 4, 40]))
        text = text[:start] + draw(st.sampled_from([*SIGNS, "", text[start:end] * 2])) + text[end:]
    text = text.replace("\n", draw(st.sampled_from(["\n", "\n", "\r\n", "\r"])))
    return draw(st.sampled_from(["", "", "\ufeff", "# 🙂\n", "%YAML 1.1\n---\n"])) + text


BUNDLES = st.dictionaries(
    st.sampled_from(["a.yaml", "b.yaml", "dev/a.yaml", "dev/b.json", "prod/a.yaml"]), texts(), min_size=1, max_size=3
)
"""Files that reach the cluster together."""
