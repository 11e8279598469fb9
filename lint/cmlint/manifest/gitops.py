"""What GitOps brings to which cluster and namespace: Kustomizations and HelmReleases of Flux, Applications of Argo CD.

What they do to it on the way is read along: the variables that they fill in, and whether they give values to a chart.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from cmlint.knowledge.placeholders import is_placeholder
from cmlint.kube.fields import POD_PATHS
from cmlint.kube.images import name_of
from cmlint.kube.selecting import may_match
from cmlint.manifest.decode import Decoder
from cmlint.manifest.nodes import MappingNode, Node, ScalarNode, SequenceNode
from cmlint.manifest.providers import first_string, walk
from cmlint.model.facts import Deploy, PostBuild

FLUX = ("kustomize.toolkit.fluxcd.io", "Kustomization")
"""https://fluxcd.io/flux/components/kustomize/kustomizations/"""

RELEASE = ("helm.toolkit.fluxcd.io", "HelmRelease")
"""https://fluxcd.io/flux/components/helm/helmreleases/"""

ARGO = ("argoproj.io", "Application")
"""https://argo-cd.readthedocs.io/en/stable/operator-manual/application.yaml"""

SET = ("argoproj.io", "ApplicationSet")
"""https://argo-cd.readthedocs.io/en/stable/operator-manual/applicationset/"""

DEPLOYERS = frozenset((FLUX, RELEASE, ARGO, SET))

OWN_VALUES = "values.yaml"
"""The file of values that every chart is given."""

FILES = ("GitRepository", "Bucket")
"""The sources of Flux that hold files as a repository does, so that a chart in them is a path."""

PACKED = "OCIRepository"
"""The source of Flux that holds what somebody has packed; what is at its top need not be at the top here."""

GIVING = ("values", "valuesObject", "valuesFrom", "parameters", "fileParameters", "postRenderers")
"""The fields by which an object gives values to a chart, or changes what it renders."""


CHANGING = ("components", "patchesStrategicMerge", "patchesJson6902")
"""The fields by which an object changes what a kustomization builds, besides `patches`."""

SOURCES = ("spec.source", "spec.sources[]")
"""Where an Application has its sources."""

GROUND = (*POD_PATHS, "ConfigMap", "Secret")


def read_deploys(decoder: Decoder, root: Node, deployer: tuple[str, str]) -> tuple[Deploy, ...]:
    """The folders that one of the DEPLOYERS brings to a cluster; none where it does not say which."""
    read = {FLUX: flux, RELEASE: release, ARGO: argo, SET: argo_set}[deployer]
    return tuple(deploy for deploy in read(decoder, root) if not is_placeholder(deploy.path))


def flux(decoder: Decoder, root: Node) -> Iterator[Deploy]:
    """`spec.path` goes to `spec.targetNamespace`, or each object to its own; `spec.kubeConfig` may name a cluster."""
    path, namespace = text(decoder, root, "spec.path"), text(decoder, root, "spec.targetNamespace")
    packed = text(decoder, root, "spec.sourceRef.kind") == PACKED and not path.strip("./")
    if path and not packed:
        changed, images = changes(decoder, root, "spec"), images_of(decoder, root, "spec.images[]")
        filled = post_build(decoder, root)
        yield Deploy(path, namespace, cluster_of(decoder, root), filled, changed=changed, images=images)


def post_build(decoder: Decoder, root: Node) -> PostBuild:
    """The variables of a Kustomization, which its `spec.patches` may also give to those that it brings."""
    variables: dict[str, str] = {}
    for node in walk(root, "spec.postBuild.substitute"):
        for name, _, value in decoder.items(node):
            variables[name] = value.value.replace("\n", "") if isinstance(value, ScalarNode) else ""
    entries = walk(root, "spec.postBuild.substituteFrom[]")
    sources = ((text(decoder, entry, "kind"), text(decoder, entry, "name")) for entry in entries)
    patches = any("postBuild" in decoder.written(node) for node in walk(root, "spec.patches"))
    return PostBuild(tuple(variables.items()), tuple(sources), text(decoder, root, "metadata.namespace"), patches)


def release(decoder: Decoder, root: Node) -> Iterator[Deploy]:
    """A chart of the repository goes to `spec.targetNamespace`, else to the namespace of the HelmRelease."""
    target, own = text(decoder, root, "spec.targetNamespace"), text(decoder, root, "metadata.namespace")
    path = text(decoder, root, "spec.chart.spec.chart")
    if path and text(decoder, root, "spec.chart.spec.sourceRef.kind") in FILES:
        called = name_of_release(decoder, root)
        gives = gives_values(decoder, root, "spec") or gives_values(decoder, root, "spec.chart.spec")
        yield Deploy(
            path=path,
            namespace=target or own,
            cluster=cluster_of(decoder, root),
            post_build=None,
            release=called,
            valued=gives,
        )


def name_of_release(decoder: Decoder, root: Node) -> str:
    """What a HelmRelease calls the release."""
    target, name = text(decoder, root, "spec.targetNamespace"), text(decoder, root, "metadata.name")
    return text(decoder, root, "spec.releaseName") or (f"{target}-{name}" if target else name)


def argo_sources(root: Node) -> Iterator[Node]:
    """The sources of an Application."""
    for route in SOURCES:
        yield from walk(root, route)


def argo(decoder: Decoder, root: Node) -> Iterator[Deploy]:
    """Each source's path goes to the namespace and the cluster of `spec.destination`."""
    server, name = text(decoder, root, "spec.destination.server"), text(decoder, root, "spec.destination.name")
    namespace, own = text(decoder, root, "spec.destination.namespace"), text(decoder, root, "metadata.name")
    alone = all(is_folder(decoder, source) for source in argo_sources(root))
    for source in argo_sources(root):
        if path := text(decoder, source, "path"):
            called = text(decoder, source, "helm.releaseName") or own
            gives = gives_values(decoder, source, "helm")
            changed = changes(decoder, source, "kustomize")
            images = images_of(decoder, source, "kustomize.images[]")
            yield Deploy(
                path=path,
                namespace=namespace,
                cluster=f"argocd:{server or name}",
                post_build=None,
                release=called,
                valued=gives,
                changed=changed,
                images=images,
                repository=text(decoder, source, "repoURL"),
                alone=alone,
            )


def is_folder(decoder: Decoder, source: Node) -> bool:
    """Whether a source of an Application is a folder with manifests, or only what others refer to."""
    path, fields = text(decoder, source, "path"), {name for name, _, _ in decoder.items(source)}
    if not path:
        return "ref" in fields and "chart" not in fields
    return not is_placeholder(path) and fields.isdisjoint(("chart", "plugin"))


def has_only_charts(decoder: Decoder, root: Node) -> bool:
    """Whether all sources of an Application are charts, whose values are in the Application itself."""
    sources = [{name for name, _, _ in decoder.items(source)} for source in argo_sources(root)]
    files = [each for route in SOURCES for each in walk(root, f"{route}.helm.valueFiles")]
    return not files and bool(sources) and all("chart" in fields and "plugin" not in fields for fields in sources)


def argo_set(decoder: Decoder, root: Node) -> Iterator[Deploy]:
    """What each Application of the template applies; the rest of the object decides their number."""
    patched = any(True for _ in walk(root, "spec.templatePatch"))
    for template in walk(root, "spec.template"):
        yield from (replace(each, alone=each.alone and not patched) for each in argo(decoder, template))


def gives_values(decoder: Decoder, node: Node, route: str) -> bool:
    """Whether the fields at a route give a chart other values than its own."""
    fields = {name: value for found in walk(node, route) for name, _, value in decoder.items(found)}
    files = (fields[name] for name in ("valueFiles", "valuesFiles", "valuesFile") if name in fields)
    named = (leaf for node in files for leaf in (node.value if isinstance(node, SequenceNode) else [node]))
    given = (fields[name] for name in GIVING if name in fields)
    return any(is_filled(node) for node in given) or any(leaf.value != OWN_VALUES for leaf in named)


def is_filled(node: Node) -> bool:
    """Whether something is in a node."""
    return bool(node.value) and (isinstance(node, (MappingNode, SequenceNode)) or node.value.strip() not in ("{}", "~"))


def changes(decoder: Decoder, node: Node, route: str) -> bool:
    """Whether the fields at a route change workloads or ConfigMaps that a kustomization builds, or add others."""
    fields = {name: value for found in walk(node, route) for name, _, value in decoder.items(found)}
    patches = fields.get("patches")
    entries = patches.value if isinstance(patches, SequenceNode) else []
    return any(name in fields and is_filled(fields[name]) for name in CHANGING) or any(
        is_about_ground(text(decoder, entry, "target.kind")) for entry in entries
    )


def images_of(decoder: Decoder, node: Node, route: str) -> tuple[str, ...]:
    """The names of images of which other versions are used.

    Flux has an entry like kustomize's, Argo CD a text: `name:tag`, `name@digest`, or either of them behind `old=`
    (`KustomizeImage` in `pkg/apis/application/v1alpha1/types.go` of argoproj/argo-cd).
    """
    found: list[str] = []
    for entry in walk(node, route):
        written = entry.value if isinstance(entry, ScalarNode) else text(decoder, entry, "name")
        if written:
            found.append(name_of(written.partition("=")[0]))
    return tuple(found)


def remote_charts(decoder: Decoder, root: Node, deployer: tuple[str, str]) -> int:
    """The number of charts that one of the DEPLOYERS installs and that no repository of files has."""
    if deployer == RELEASE:
        named = text(decoder, root, "spec.chart.spec.chart") and text(decoder, root, "spec.chart.spec.sourceRef.kind")
        return int(bool(text(decoder, root, "spec.chartRef.name") or named) and named not in FILES)
    routes = {
        ARGO: ("spec.source", "spec.sources[]"),
        SET: ("spec.template.spec.source", "spec.template.spec.sources[]"),
    }
    sources = (source for route in routes.get(deployer, ()) for source in walk(root, route))
    return sum(bool(text(decoder, source, "chart")) for source in sources)


def made_in(decoder: Decoder, root: Node, deployer: tuple[str, str]) -> str | None:
    """The namespace of what one of the DEPLOYERS brings: empty for any, None where it is not known."""
    if deployer == FLUX:
        return text(decoder, root, "spec.targetNamespace")
    if deployer == RELEASE:
        return text(decoder, root, "spec.targetNamespace") or text(decoder, root, "metadata.namespace")
    if deployer == ARGO:
        return text(decoder, root, "spec.destination.namespace")
    return ""


def is_about_ground(kind: str) -> bool:
    """Whether a patch is about a kind on cmlint's ground: its target is a pattern, and without one it may be."""
    return not kind or any(may_match(kind, known, whole=True) for known in GROUND)


def cluster_of(decoder: Decoder, root: Node) -> str:
    """What a Flux object says of the cluster that it goes to."""
    return f"flux:{text(decoder, root, 'spec.kubeConfig.secretRef.name')}"


def text(decoder: Decoder, root: Node, route: str) -> str:
    """The string at a route; empty where there is none."""
    found = first_string(decoder, root, root, (route,))
    return found.value if found else ""
