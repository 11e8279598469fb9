"""The command line: one module a command, nothing heavy imported at the top."""

COMMANDS = (
    *("check", "explain", "audit", "env", "impact", "graph"),
    *("snapshot", "init", "rule", "schema", "server", "cache"),
)
"""The commands in the order of the help; each is the `COMMAND` of the module of its name."""
