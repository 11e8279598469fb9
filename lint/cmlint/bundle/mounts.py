"""Which volumes no container mounts: the kubelet neither mounts them nor waits for their objects.

`processPodVolumes` in `pkg/kubelet/volumemanager/populator/desired_state_of_world_populator.go` skips them, and
`getExpectedVolumes` in `pkg/kubelet/volumemanager/volume_manager.go` does not expect them, since Kubernetes 1.16.
"""

from __future__ import annotations

from collections.abc import Iterator

from cmlint.bundle.documents import Placed
from cmlint.knowledge.placeholders import is_placeholder
from cmlint.model.facts import PodSpec, Reference, Volume


def idle_volumes(pod: PodSpec) -> Iterator[Volume]:
    """The volumes of a pod that none of its containers mounts."""
    mounted = {mount.name.value for container in pod.containers for mount in container.mounts}
    if not any(map(is_placeholder, mounted)):
        yield from (volume for volume in pod.volumes if volume.name and volume.name.value not in mounted)


def is_idle(part: Reference | Volume, placed: Placed) -> bool:
    """Whether something is a volume that surely no container mounts, or belongs to one."""
    if isinstance(part, Reference) and part.via not in ("volume", "projected"):
        return False
    idle = [volume for pod in placed.document.pods if pod.exact and pod.containers for volume in idle_volumes(pod)]
    return part in idle or any(source.reference == part for volume in idle for source in volume.sources)
