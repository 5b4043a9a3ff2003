"""Ready-made vectors as a bundle: what made them need not be known."""
