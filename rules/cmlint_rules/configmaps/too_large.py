"""A ConfigMap or Secret that holds too much."""

from cmlint.api import fault_rule

too_large = fault_rule(
    __name__,
    name="too-large",
    summary="a ConfigMap or Secret that holds more than 1 MiB",
    since="0.1.0",
    code="size",
    message="`{path}` {reason}",
    help="split it, or put large files into an image or a volume",
)
