"""Everything through which cmlint touches the machine: files, programs, git, temporary folders."""
