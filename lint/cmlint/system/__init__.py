"""Everything through which cmlint touches the machine: files, folders, programs, git and the terminal."""
