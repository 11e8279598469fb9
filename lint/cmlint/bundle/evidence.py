"""What the files prove about a name that nothing in them defines.

Published repositories work, so most such names are made elsewhere. A name is *proven* missing only where nothing that
stands around the reference could make it; else it is *unknown*.
"""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase
from functools import cached_property

from cmlint.bundle.placed import Placed, folders_above
from cmlint.kube.fields import is_built_in
from cmlint.kube.near import words_of
from cmlint.model.facts import ENCRYPTED, HELM_CHART, NOT_KUBERNETES, FileFacts

WELL_KNOWN: dict[str, tuple[str, ...]] = {
    "ConfigMap": (
        "kube-root-ca.crt",
        "openshift-service-ca.crt",
        "istio-ca-root-cert",
        "istio-ca-crl",
        "linkerd-identity-trust-roots",
        "extension-apiserver-authentication",
        "cluster-info",
        "cluster-config-v1",
        "cluster-autoscaler-status",
        "kubeadm-config",
        "kubelet-config*",
        "kube-proxy",
        "coredns",
        "aws-auth",
        "amazon-vpc-cni",
        "trusted-ca-bundle",
    ),
    "Secret": (
        "*-token-?????",
        "builder-dockercfg-*",
        "default-dockercfg-*",
        "deployer-dockercfg-*",
        "sh.helm.release.v1.*",
        "argocd-initial-admin-secret",
    ),
}
"""Names that the platform itself makes, as patterns."""

INERT = frozenset(
    (
        "apps.openshift.io/DeploymentConfig",
        "image.openshift.io/ImageStream",
        "route.openshift.io/Route",
        "build.openshift.io/BuildConfig",
        "security.openshift.io/SecurityContextConstraints",
        "console.openshift.io/ConsoleLink",
        "project.openshift.io/Project",
        "networking.istio.io/VirtualService",
        "networking.istio.io/DestinationRule",
        "networking.istio.io/Gateway",
        "networking.istio.io/ServiceEntry",
        "networking.istio.io/Sidecar",
        "networking.istio.io/EnvoyFilter",
        "security.istio.io/AuthorizationPolicy",
        "security.istio.io/PeerAuthentication",
        "security.istio.io/RequestAuthentication",
        "telemetry.istio.io/Telemetry",
        "gateway.networking.k8s.io/Gateway",
        "gateway.networking.k8s.io/GatewayClass",
        "gateway.networking.k8s.io/HTTPRoute",
        "gateway.networking.k8s.io/GRPCRoute",
        "gateway.networking.k8s.io/TLSRoute",
        "gateway.networking.k8s.io/ReferenceGrant",
        "monitoring.coreos.com/ServiceMonitor",
        "monitoring.coreos.com/PodMonitor",
        "monitoring.coreos.com/PrometheusRule",
        "monitoring.googleapis.com/PodMonitoring",
        "keda.sh/ScaledObject",
        "autoscaling.k8s.io/VerticalPodAutoscaler",
        "traefik.io/IngressRoute",
        "traefik.io/Middleware",
        "traefik.containo.us/IngressRoute",
        "traefik.containo.us/Middleware",
        "cloud.google.com/BackendConfig",
        "networking.gke.io/FrontendConfig",
        "networking.gke.io/ManagedCertificate",
        "cilium.io/CiliumNetworkPolicy",
        "projectcalico.org/NetworkPolicy",
        "crd.projectcalico.org/NetworkPolicy",
        "serving.knative.dev/Service",
        "argoproj.io/Rollout",
        "argoproj.io/AnalysisTemplate",
        "cert-manager.io/ClusterIssuer",
        "cert-manager.io/Issuer",
        "cert-manager.io/Certificate",
        "bitnami.com/SealedSecret",
        "external-secrets.io/ExternalSecret",
        "external-secrets.io/SecretStore",
        "external-secrets.io/ClusterSecretStore",
        "external-secrets.io/ClusterExternalSecret",
        "external-secrets.io/PushSecret",
        "trust.cert-manager.io/Bundle",
        "secrets-store.csi.x-k8s.io/SecretProviderClass",
        "secrets.hashicorp.com/VaultAuth",
        "secrets.hashicorp.com/VaultConnection",
        "secrets.hashicorp.com/VaultStaticSecret",
        "secrets.hashicorp.com/VaultDynamicSecret",
        "secrets.hashicorp.com/VaultPKISecret",
        "onepassword.com/OnePasswordItem",
        "secrets.infisical.com/InfisicalSecret",
        "secrets.doppler.com/DopplerSecret",
        "isindir.github.com/SopsSecret",
        "objectbucket.io/ObjectBucketClaim",
        "kafka.strimzi.io/KafkaTopic",
        "kafka.strimzi.io/KafkaUser",
        "snapshot.storage.k8s.io/VolumeSnapshot",
        "snapshot.storage.k8s.io/VolumeSnapshotClass",
        "metrics.k8s.io/PodMetrics",
        "spark.apache.org/SparkApplication",
        "sparkoperator.k8s.io/SparkApplication",
        "tekton.dev/Task",
        "tekton.dev/Pipeline",
    )
)
"""Custom kinds whose controllers make no ConfigMap or Secret besides those that cmlint knows of."""

MAKING_SKIPS = frozenset(("a template, not rendered", "a kustomization", HELM_CHART, ENCRYPTED))
"""Files that were not looked at and may well define objects."""


SHORTEST = 4
"""So many characters a file's name must have to say anything about an object's."""

REUSED = ("tekton.dev/Task", "tekton.dev/ClusterTask", "tekton.dev/StepAction", "argoproj.io/WorkflowTemplate")
"""Custom kinds with containers that others run, in their own namespace and with what they have there."""

SOURCES = (
    *(".conf", ".cfg", ".cnf", ".ini", ".properties", ".env", ".csv", ".ipynb", ".sql", ".lua", ".tmpl"),
    *(".crt", ".pem", ".key", ".cer", ".jks", ".p12"),
)
"""How the names of files end that lie among manifests so that a ConfigMap or Secret is made of them (`--from-file`)."""


def is_well_known(target: str, name: str) -> bool:
    """Whether the platform makes this name in every namespace, or in its own."""
    return any(name == pattern or ("*" in pattern and fnmatchcase(name, pattern)) for pattern in WELL_KNOWN[target])


def is_reused(api_version: str, kind: str) -> bool:
    """Whether the containers of a custom resource run where others say."""
    return f"{api_version.rpartition('/')[0]}/{kind}" in REUSED


def may_make(api_version: str, kind: str) -> bool:
    """Whether a custom resource's controller may make ConfigMaps or Secrets.

    The group of a custom resource is a domain; `skaffold/v4` and its like are a tool's own files.
    """
    if is_built_in(api_version):
        return False
    group = api_version.rpartition("/")[0]
    return "." in group and f"{group}/{kind}" not in INERT


class Surroundings:
    """What stands around a reference, folder by folder: the first thing there that may make objects, in words.

    `here` holds it for each folder, `below` for each folder above one that has something; `lying` are the paths of
    files that are no texts of the bundle.
    """

    def __init__(self, placed: list[Placed], files: list[tuple[str, FileFacts]], lying: Iterable[str] = ()) -> None:
        self.lying = list(lying)
        self.plain: dict[str, list[str]] = {}
        self.here: dict[str, str] = {}
        self.below: dict[str, str] = {}
        for path, facts in files:
            if reason := maker_in(facts):
                self.note(path, reason)
            elif is_plain(facts):
                self.plain.setdefault(path.rpartition("/")[0], []).append(path)
        self.namespaces: dict[str, str] = {}
        for item in placed:
            document = item.document
            if item.namespace and may_make(document.api_version, document.kind):
                self.namespaces.setdefault(item.namespace, f"the custom resource {document.kind} in {item.path}")

    @cached_property
    def sources(self) -> dict[str, str]:
        """For each folder a file of which an object may be made by hand."""
        return {path.rpartition("/")[0]: path for path in self.lying if path.endswith(SOURCES)}

    @cached_property
    def lying_by_name(self) -> dict[str, list[str]]:
        """The paths of the files that are no texts of the bundle, by their names."""
        found: dict[str, list[str]] = {}
        for path in self.lying:
            found.setdefault(path.rpartition("/")[2], []).append(path)
        return found

    def why_made_by_hand(self, name: str, placed: Placed) -> str | None:
        """What may be made into an object for this document by a command that nobody wrote down.

        Files that are neither manifests nor texts for a reader lie in its folder for that, and others do whose own name
        is a part of the object's (`test-config.yaml` for `shop-test-config`).
        """
        here = placed.directory
        named = (path for path in self.plain.get(here, ()) if is_part_of(stem_of(path), name))
        path = self.sources.get(here) or next(named, None)
        return f"it may be made of files like {path}" if path else None

    def file_for(self, key: str, placed: Placed) -> str | None:
        """A file in a document's folder, or below, that gives this key to an object which is made of it."""
        here = placed.directory
        for path in self.lying_by_name.get(key, ()):
            folder = path.rpartition("/")[0]
            if folder == here or (here and folder.startswith(f"{here}/")):
                return path
        return None

    def note(self, path: str, reason: str) -> None:
        """Remembers what stands in a file."""
        folder = path.rpartition("/")[0]
        self.here.setdefault(folder, f"{reason} in {path}")
        for above in folders_above(folder):
            self.below.setdefault(above, f"{reason} in {path}")

    def why_unknown(self, placed: Placed) -> str | None:
        """What may make an object for this document, or None when nothing around it could.

        That is what stands in its folder, below it, in the folders above, or in its namespace; what stands below the
        top stands around nothing that is at the top.
        """
        folder = placed.directory
        near = self.here.get(folder) or (self.below.get(folder) if folder else None)
        above = near or next((self.here[f] for f in folders_above(folder) if f in self.here), None)
        return above or (self.namespaces.get(placed.namespace) if placed.namespace else None)


def is_plain(facts: FileFacts) -> bool:
    """Whether a file holds nothing that is meant for Kubernetes, such as the configuration of a program."""
    return not facts.documents and not facts.others and {skip.reason for skip in facts.skipped} == {NOT_KUBERNETES}


def stem_of(path: str) -> str:
    """The name of a file without its ending."""
    return path.rpartition("/")[2].partition(".")[0]


def is_part_of(stem: str, name: str) -> bool:
    """Whether all words of a file's name follow each other in an object's."""
    words = [f"-{'-'.join(words_of(text))}-" for text in (stem, name)]
    return len(stem) >= SHORTEST and words[0] in words[1]


def maker_in(facts: FileFacts) -> str | None:
    """The first thing in a file that may make objects which the file does not show."""
    for skip in facts.skipped:
        if skip.reason in MAKING_SKIPS:
            return skip.reason
    for other in facts.others:
        if may_make(other.api_version, other.kind):
            return f"the custom resource {other.kind}"
    for document in facts.documents:
        if document.broken:
            return f"a {document.kind} that cannot be parsed"
        if may_make(document.api_version, document.kind):
            return f"the custom resource {document.kind}"
    return None
