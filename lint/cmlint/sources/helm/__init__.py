"""Charts: rendered by helm itself, and led back to their templates and values."""
