"""The fields of the types on cmlint's ground, as `k8s.io/api/core/v1/types.go` of 1.37 has them.

A field's type is `string`, `bool`, `int`, `any` (outside the ground), `[]T`, `{}string`, or the name of another type
here.
"""

from __future__ import annotations

Fields = dict[str, str]


def fields(any_: str = "", **typed: str) -> Fields:
    """The fields named in `any_`, separated by blanks, of which only the name matters, and the typed ones."""
    return {**dict.fromkeys(any_.split(), "any"), **typed}


METADATA = fields(
    "ownerReferences managedFields",
    selfLink="string",
    uid="string",
    resourceVersion="string",
    generation="int",
    creationTimestamp="string",
    deletionTimestamp="string",
    deletionGracePeriodSeconds="int",
    name="string",
    generateName="string",
    namespace="string",
    labels="{}string",
    annotations="{}string",
    finalizers="[]string",
)

CONTAINER = fields(
    "ports resources resizePolicy restartPolicy restartPolicyRules livenessProbe readinessProbe startupProbe lifecycle"
    " terminationMessagePath terminationMessagePolicy securityContext stdin stdinOnce tty volumeDevices workingDir",
    name="string",
    image="string",
    command="[]string",
    args="[]string",
    envFrom="[]EnvFromSource",
    env="[]EnvVar",
    volumeMounts="[]VolumeMount",
    imagePullPolicy="string",
)

TYPES: dict[str, Fields] = {
    "ConfigMap": fields(
        "apiVersion kind", metadata="ObjectMeta", immutable="bool", data="{}string", binaryData="{}string"
    ),
    "Secret": fields(
        "apiVersion kind",
        metadata="ObjectMeta",
        immutable="bool",
        data="{}string",
        stringData="{}string",
        type="string",
    ),
    "ObjectMeta": METADATA,
    "PodSpec": fields(
        "restartPolicy terminationGracePeriodSeconds activeDeadlineSeconds dnsPolicy nodeSelector serviceAccountName"
        " serviceAccount automountServiceAccountToken nodeName hostNetwork hostPID hostIPC shareProcessNamespace"
        " securityContext hostname subdomain affinity schedulerName tolerations hostAliases"
        " priorityClassName priority dnsConfig readinessGates runtimeClassName enableServiceLinks preemptionPolicy"
        " overhead topologySpreadConstraints setHostnameAsFQDN os hostUsers schedulingGates resourceClaims resources"
        " hostnameOverride schedulingGroup evictionResponders",
        imagePullSecrets="[]LocalObjectReference",
        volumes="[]Volume",
        initContainers="[]Container",
        containers="[]Container",
        ephemeralContainers="[]EphemeralContainer",
    ),
    "LocalObjectReference": fields(name="string"),
    "Container": CONTAINER,
    "EphemeralContainer": {**CONTAINER, "targetContainerName": "any"},
    "EnvVar": fields(name="string", value="string", valueFrom="EnvVarSource"),
    "EnvVarSource": fields(
        fieldRef="ObjectFieldSelector",
        resourceFieldRef="ResourceFieldSelector",
        configMapKeyRef="KeySelector",
        secretKeyRef="KeySelector",
        fileKeyRef="FileKeySelector",
    ),
    "EnvFromSource": fields(prefix="string", configMapRef="EnvSource", secretRef="EnvSource"),
    "KeySelector": fields(name="string", key="string", optional="bool"),
    "EnvSource": fields(name="string", optional="bool"),
    "ObjectFieldSelector": fields(apiVersion="string", fieldPath="string"),
    "ResourceFieldSelector": fields("divisor", containerName="string", resource="string"),
    "FileKeySelector": fields(volumeName="string", path="string", key="string", optional="bool"),
    "Volume": fields(
        "hostPath emptyDir gcePersistentDisk awsElasticBlockStore gitRepo nfs iscsi glusterfs persistentVolumeClaim rbd"
        " flexVolume cinder cephfs flocker downwardAPI fc azureFile vsphereVolume quobyte azureDisk"
        " photonPersistentDisk portworxVolume scaleIO storageos csi ephemeral",
        name="string",
        configMap="ConfigMapVolumeSource",
        secret="SecretVolumeSource",
        projected="ProjectedVolumeSource",
        image="ImageVolumeSource",
    ),
    "ConfigMapVolumeSource": fields(
        name="string", items="[]KeyToPath", defaultMode="int", optional="bool", defaultUser="int"
    ),
    "SecretVolumeSource": fields(
        secretName="string", items="[]KeyToPath", defaultMode="int", optional="bool", defaultUser="int"
    ),
    "ProjectedVolumeSource": fields(sources="[]VolumeProjection", defaultMode="int", defaultUser="int"),
    "VolumeProjection": fields(
        "downwardAPI serviceAccountToken clusterTrustBundle podCertificate", configMap="Projection", secret="Projection"
    ),
    "Projection": fields(name="string", items="[]KeyToPath", optional="bool"),
    "ImageVolumeSource": fields(reference="string", pullPolicy="string"),
    "KeyToPath": fields(key="string", path="string", mode="int", user="int"),
    "VolumeMount": fields(
        name="string",
        readOnly="bool",
        recursiveReadOnly="string",
        mountPath="string",
        subPath="string",
        mountPropagation="string",
        subPathExpr="string",
        bindMountOptions="[]string",
    ),
}
"""Every type on the ground, with its fields."""

PROBE = fields(
    "exec httpGet tcpSocket grpc initialDelaySeconds timeoutSeconds periodSeconds successThreshold failureThreshold"
    " terminationGracePeriodSeconds"
)
INSIDE: dict[str, Fields] = {
    **dict.fromkeys(("livenessProbe", "readinessProbe", "startupProbe"), PROBE),
    "resources": fields("limits requests claims"),
    "lifecycle": fields("postStart preStop"),
    "securityContext": fields(
        "capabilities privileged runAsUser runAsGroup runAsNonRoot fsGroup readOnlyRootFilesystem seccompProfile"
        " allowPrivilegeEscalation"
    ),
    "persistentVolumeClaim": fields("claimName"),
    "hostPath": fields("path"),
    "nfs": fields("server path"),
    "emptyDir": fields("medium sizeLimit"),
    "selector": fields("matchLabels matchExpressions"),
    "strategy": fields("type rollingUpdate"),
}
"""Fields by the one outside the ground that they belong below, as far as people write them beside it."""

TEMPLATE = "PodTemplateSpec"

SPECS = {
    "Deployment": fields(
        "replicas selector strategy minReadySeconds revisionHistoryLimit paused progressDeadlineSeconds rollbackTo",
        template=TEMPLATE,
    ),
    "ReplicaSet": fields("replicas minReadySeconds selector", template=TEMPLATE),
    "ReplicationController": fields("replicas minReadySeconds selector", template=TEMPLATE),
    "StatefulSet": fields(
        "replicas selector volumeClaimTemplates serviceName podManagementPolicy updateStrategy revisionHistoryLimit"
        " minReadySeconds persistentVolumeClaimRetentionPolicy ordinals",
        template=TEMPLATE,
    ),
    "DaemonSet": fields(
        "selector updateStrategy minReadySeconds revisionHistoryLimit templateGeneration", template=TEMPLATE
    ),
    "Job": fields(
        "parallelism completions activeDeadlineSeconds podFailurePolicy successPolicy backoffLimit"
        " backoffLimitPerIndex maxFailedIndexes selector manualSelector ttlSecondsAfterFinished completionMode suspend"
        " podReplacementPolicy managedBy scheduling",
        template=TEMPLATE,
    ),
    "CronJob": fields(
        "schedule timeZone startingDeadlineSeconds concurrencyPolicy suspend successfulJobsHistoryLimit"
        " failedJobsHistoryLimit",
        jobTemplate="JobTemplateSpec",
    ),
}
"""The `spec` of each kind that makes pods: `apps/v1/types.go`, `batch/v1/types.go` and `core/v1/types.go` in
`staging/src/k8s.io/api`, with what `extensions/v1beta1` had besides."""

WAY: dict[str, Fields] = {
    "Pod": fields("apiVersion kind status", metadata="ObjectMeta", spec="PodSpec"),
    "PodTemplate": fields("apiVersion kind", metadata="ObjectMeta", template=TEMPLATE),
    TEMPLATE: fields(metadata="ObjectMeta", spec="PodSpec"),
    "JobTemplateSpec": fields(metadata="ObjectMeta", spec="JobSpec"),
    **{kind: fields("apiVersion kind status", metadata="ObjectMeta", spec=f"{kind}Spec") for kind in SPECS},
    **{f"{kind}Spec": spec for kind, spec in SPECS.items()},
}
"""The types on the way from an object to its pod spec."""

TYPES.update(WAY)

VOLUME_KINDS = frozenset(TYPES["Volume"]) - {"name"}
"""The fields of a volume of which only one may be set."""

POD_PATHS: dict[str, tuple[str, ...]] = {
    "Pod": ("spec",),
    "PodTemplate": ("template", "spec"),
    "Deployment": ("spec", "template", "spec"),
    "ReplicaSet": ("spec", "template", "spec"),
    "ReplicationController": ("spec", "template", "spec"),
    "StatefulSet": ("spec", "template", "spec"),
    "DaemonSet": ("spec", "template", "spec"),
    "Job": ("spec", "template", "spec"),
    "CronJob": ("spec", "jobTemplate", "spec", "template", "spec"),
}
"""Where each built-in kind embeds its pod spec."""

BUILT_IN_GROUPS = frozenset(
    (
        "",
        "apps",
        "batch",
        "extensions",
        "autoscaling",
        "policy",
        "admissionregistration.k8s.io",
        "apiextensions.k8s.io",
        "apiregistration.k8s.io",
        "authentication.k8s.io",
        "authorization.k8s.io",
        "certificates.k8s.io",
        "coordination.k8s.io",
        "discovery.k8s.io",
        "events.k8s.io",
        "flowcontrol.apiserver.k8s.io",
        "internal.apiserver.k8s.io",
        "networking.k8s.io",
        "node.k8s.io",
        "rbac.authorization.k8s.io",
        "resource.k8s.io",
        "scheduling.k8s.io",
        "storage.k8s.io",
        "storagemigration.k8s.io",
    )
)
"""The API groups that Kubernetes itself serves."""


def group_of(api_version: str) -> str:
    """The API group of an `apiVersion`; empty for the core group."""
    group, slash, _ = api_version.rpartition("/")
    return group if slash else ""


def is_built_in(api_version: str) -> bool:
    """Whether Kubernetes itself serves this `apiVersion`, and not a custom resource definition."""
    return group_of(api_version) in BUILT_IN_GROUPS
