"""The stages of the default build, one a module; each ends in its `STAGE`."""
