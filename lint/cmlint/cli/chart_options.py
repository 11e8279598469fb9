"""What a line gives to charts."""

from __future__ import annotations

import os
import stat
from typing import Any

from cmlint.config.chart_values import ChartValues
from cmlint.errors import FatalError
from cmlint.kube.names import why_not_release
from cmlint.sources.paths import reason
from cmlint.system.files import shown
from cmlint.system.filesystem import FileSystem


def chart_values_of(options: Any, disk: FileSystem) -> ChartValues:
    """What a line gives to charts; raises FatalError for a file that cannot be read, and for what helm would refuse."""
    paths = tuple(map(os.path.abspath, options.helm_values))
    for path in paths:
        try:
            if stat.S_ISDIR(disk.hold(path)):
                raise FatalError(f"{shown(path)}: a folder, and not a file of values", "name a file")
        except OSError as error:
            raise FatalError(f"{shown(path)}: {reason(error)}", "`--helm-values` names a file") from None
    for setting in options.helm_set:
        if not setting.partition("=")[0] or "=" not in setting:
            raise FatalError("`--helm-set` must be `KEY=VALUE`", "write it like `image.tag=1.2.3`")
    release = options.release or ""
    if options.release is not None and (why := why_not_release(release)):
        raise FatalError(f"`{release}` is not a name for a release: it {why}", "write it like `--release shop`")
    return ChartValues(paths, options.helm_set, release)
