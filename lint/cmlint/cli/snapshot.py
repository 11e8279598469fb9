"""`cmlint snapshot`: what a cluster holds, for checks that have no way to it."""

from __future__ import annotations

from cmlint.cli import cluster
from cmlint.cli.inputs import failed, tell_problems
from cmlint.cli.options import Reading
from cmlint.cli.parameters import OUTPUT, Command, Parameter
from cmlint.cli.terminal import write
from cmlint.model.problems import Problem


class Options(Reading, frozen=True):
    """What the line says."""

    output: str | None = None


PARAMETERS = (
    *cluster.TO_READ,
    Parameter("output", "text", "Write the snapshot to a file.", "FILE", OUTPUT, short="-o"),
)


def run(options: Options) -> int:
    """Reads, writes and gives the exit status."""
    from cmlint.clusters import take

    wanted = cluster.wanted_of(options)
    problems: list[Problem] = []
    text = cluster.reach(lambda progress: take(wanted, problems, progress.reading))
    tell_problems(problems)
    write(text, options.output)
    return 2 if failed(problems) else 0


EXAMPLES = (
    ("snapshot -n shop -o shop.json", "write down what a namespace holds"),
    ("snapshot --all-namespaces --context prod -o prod.json", "write down what a cluster holds"),
    ("check --against prod.json", "check manifests against it"),
)

COMMAND = Command(
    name="snapshot",
    summary="Record the names and keys in a cluster, without values.",
    examples=EXAMPLES,
    parameters=PARAMETERS,
    options=Options,
    run=run,
)
