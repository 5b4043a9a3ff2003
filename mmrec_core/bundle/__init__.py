"""Bundles: the folders that a build writes and that serving reads."""

from mmrec_core.bundle.reader import Bundle, open_bundle
from mmrec_core.bundle.verify import verify_bundle

__all__ = ["Bundle", "open_bundle", "verify_bundle"]
