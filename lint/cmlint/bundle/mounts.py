"""Which volumes no container mounts: the kubelet neither mounts them nor waits for their objects.

`processPodVolumes` in `pkg/kubelet/volumemanager/populator/desired_state_of_world_populator.go` skips them, and
`getExpectedVolumes` in `pkg/kubelet/volumemanager/volume_manager.go` does not expect them, since Kubernetes 1.16.
"""

from __future__ import annotations

from collections.abc import Iterator

from cmlint.knowledge.placeholders import is_placeholder
from cmlint.model.facts import Document, PodSpec, Span, Volume


def idle_volumes(pod: PodSpec) -> Iterator[Volume]:
    """The volumes of a pod that none of its containers mounts."""
    mounted = {mount.name.value for container in pod.containers for mount in container.mounts}
    if not any(map(is_placeholder, mounted)):
        yield from (volume for volume in pod.volumes if volume.name and volume.name.value not in mounted)


def idle_in(document: Document) -> frozenset[Span]:
    """The places of the volumes of a document that surely no container mounts, and of the references in them."""
    pods = (pod for pod in document.pods if pod.exact and pod.containers)
    volumes = [volume for pod in pods for volume in idle_volumes(pod)]
    references = (source.reference.span for volume in volumes for source in volume.sources)
    return frozenset((*(volume.span for volume in volumes), *references))
