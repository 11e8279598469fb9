"""Which volumes no container mounts: the kubelet neither mounts them nor waits for their objects.

`processPodVolumes` in `pkg/kubelet/volumemanager/populator/desired_state_of_world_populator.go` skips them, and
`getExpectedVolumes` in `pkg/kubelet/volumemanager/volume_manager.go` does not expect them, since Kubernetes 1.16.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from cmlint.knowledge.placeholders import is_placeholder
from cmlint.model.facts import PodSpec, Volume


def unmounted_volumes(pod: PodSpec) -> Sequence[Volume]:
    """The volumes of a pod that none of its containers mounts."""
    if not pod.volumes:
        return ()
    mounted = {mount.name.value for container in pod.containers for mount in container.mounts}
    if any(map(is_placeholder, mounted)):
        return ()
    return [volume for volume in pod.volumes if volume.name and volume.name.value not in mounted]


def with_idle_volumes(pod: PodSpec) -> PodSpec:
    """A pod spec that says of its volumes, and of the references in them, which surely no container mounts."""
    if not pod.exact or not pod.containers or not (found := unmounted_volumes(pod)):
        return pod
    idle = set(map(id, found))
    return replace(pod, volumes=tuple(idle_volume(each) if id(each) in idle else each for each in pod.volumes))


def idle_volume(volume: Volume) -> Volume:
    """A volume that no container mounts."""
    sources = (replace(source, reference=replace(source.reference, idle=True)) for source in volume.sources)
    return replace(volume, idle=True, sources=tuple(sources))
