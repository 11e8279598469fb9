"""The main job, put together: from paths and a configuration to findings."""
