"""Everything through which cmlint touches the machine: other programs, files, folders."""
