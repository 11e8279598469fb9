"""What Kubernetes' own code decides of names, scalars, images and expansion: pure functions, no other room needed."""
