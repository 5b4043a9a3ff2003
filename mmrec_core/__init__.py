"""The core of mmrec: from images and captions to explained recommendations, without a page."""
