"""Names of ConfigMaps and Secrets that Kubernetes, its distributions and some operators create themselves."""

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
        # https://github.com/rook/rook: pkg/operator/ceph/cluster/mon/mon.go, pkg/operator/ceph/csi/cluster_config.go
        "rook-ceph-mon-endpoints",
        "rook-ceph-csi-config",
        "rook-ceph-csi-mapping-config",
    ),
    "Secret": (
        "*-token-?????",
        "builder-dockercfg-*",
        "default-dockercfg-*",
        "deployer-dockercfg-*",
        "sh.helm.release.v1.*",
        "argocd-initial-admin-secret",
        # https://fluxcd.io/flux/installation/bootstrap/: the credentials of the repository
        "flux-system",
        # https://github.com/rook/rook: pkg/operator/ceph/cluster/mon/mon.go, pkg/operator/ceph/config/store.go,
        # pkg/operator/ceph/cluster/mgr/dashboard.go
        "rook-ceph-mon",
        "rook-ceph-config",
        "rook-ceph-admin-keyring",
        "rook-ceph-dashboard-password",
        # https://github.com/metallb/metallb: internal/k8s/k8s.go (`CreateMlSecret`)
        "memberlist",
        "metallb-memberlist",
    ),
}
"""Names that the platform itself makes, as patterns."""


ADDED_KEYS: dict[tuple[str, str | None, str], tuple[str, ...]] = {
    # https://github.com/k3s-io/k3s: pkg/node/controller.go (`updateCoreDNSConfigMap`)
    ("ConfigMap", "kube-system", "coredns"): ("NodeHosts",),
}
"""Keys that the platform adds to an object that files define, by its kind, namespace and name."""


def is_well_known(target: str, name: str) -> bool:
    """Whether the platform makes this name in every namespace, or in its own."""
    return any(name == pattern or ("*" in pattern and fnmatchcase(name, pattern)) for pattern in WELL_KNOWN[target])
