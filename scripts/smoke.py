"""Checks an installed cmlint on any system: `python scripts/smoke.py PYTHON`, with the Python that has it installed."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent

RULES = {"missing-key", "missing-configmap", "non-string-env", "mutable-tag", "yaml-syntax", "invalid-base64"}
"""Some rules that find something in the demo: references, types, images, syntax, Secrets."""


def run(python: str, *words: str, status: int) -> str:
    """What a command line prints; exits with a message if its exit status is another one."""
    command = [python, "-I", "-m", "cmlint", *words]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=False)
    if done.returncode != status:
        sys.exit(f"{' '.join(words)}: exit status {done.returncode} instead of {status}\n{done.stdout}{done.stderr}")
    return done.stdout


def main(python: str) -> None:
    """Runs each command that needs neither a cluster nor a build."""
    report: dict[str, Any] = json.loads(run(python, "check", "fixtures/demo", "--format", "json", status=1))
    missing = RULES - {finding["rule"] for finding in report["findings"]}
    if missing:
        sys.exit(f"not found in the demo: {', '.join(sorted(missing))}")
    run(python, "check", "fixtures/demo", "--fail-on", "never", status=0)
    run(python, "env", "fixtures/demo", status=0)
    run(python, "rule", "missing-key", status=0)
    run(python, "schema", status=0)
    run(python, "--help", status=0)
    client = "import kubernetes.client, kubernetes.config; from cmlint.sources.cluster import connect"
    subprocess.run([python, "-I", "-c", client], check=True)
    sys.stdout.write(f"{run(python, '--version', status=0).strip()} works\n")


if __name__ == "__main__":
    main(sys.argv[1])
