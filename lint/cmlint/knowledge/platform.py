"""Names of ConfigMaps and Secrets that Kubernetes and its distributions create themselves."""

from __future__ import annotations

from fnmatch import fnmatchcase

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


def is_well_known(target: str, name: str) -> bool:
    """Whether the platform makes this name in every namespace, or in its own."""
    return any(name == pattern or ("*" in pattern and fnmatchcase(name, pattern)) for pattern in WELL_KNOWN[target])
