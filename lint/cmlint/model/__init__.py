"""The facts of manifests and the findings about them: frozen, serialisable, and free of every other room."""
