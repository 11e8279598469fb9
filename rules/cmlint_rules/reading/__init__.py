"""Reading: texts that cannot be read as they were meant, and suppressions that suppress nothing."""
