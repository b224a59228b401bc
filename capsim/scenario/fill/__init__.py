"""What the catalogue and the scenario format supply where a scenario is silent: defaults, presets, rates."""
