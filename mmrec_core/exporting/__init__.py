"""A bundle in the formats of other tools, written so that only a batch of images is in memory."""
