"""Documents that reach the cluster together: providers, resolution, environments and what volumes hold."""
