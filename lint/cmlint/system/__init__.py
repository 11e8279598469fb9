"""Everything through which cmlint touches the machine: files, programs, folders and the terminal."""
