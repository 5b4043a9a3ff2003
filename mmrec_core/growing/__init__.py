"""Bundles that grow and shrink: images added and removed without a new build."""
