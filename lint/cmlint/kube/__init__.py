"""What Kubernetes' own code decides about names, scalars, images and expansion: pure functions, no other room needed."""
