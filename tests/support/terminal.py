"""A terminal of eighty columns, and what a program shows on it."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import subprocess
import sys
import termios
from collections.abc import Sequence
from pathlib import Path

from tests.support.command import COMMAND, PATIENCE

SIZE = (24).to_bytes(2, sys.byteorder) + (80).to_bytes(2, sys.byteorder) + bytes(4)


def on_terminal(folder: Path, *words: str, program: Sequence[str | Path] = (COMMAND,), **environment: str) -> str:
    """What a command shows on a terminal of eighty columns."""
    main, side = pty.openpty()
    fcntl.ioctl(side, termios.TIOCSWINSZ, SIZE)
    kept = {"PATH": os.environ["PATH"], "TERM": "xterm", "PAGER": "cat", **environment}
    with subprocess.Popen([*program, *words], cwd=folder, env=kept, stdin=side, stdout=side, stderr=side) as process:
        os.close(side)
        shown = b""
        while select.select([main], [], [], PATIENCE)[0]:
            try:
                part = os.read(main, 65536)
            except OSError:
                break
            if not part:
                break
            shown += part
        try:
            process.wait(PATIENCE)
        finally:
            process.kill()
    os.close(main)
    return shown.decode().replace("\r\n", "\n")
