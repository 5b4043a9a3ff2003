"""The Yandex image set and the reference pipeline's files, from where they are published."""

from mmrec_core.datasets.fetch.delivery import Addresses, fetch
from mmrec_core.datasets.fetch.sources import OPTIONAL_PARTS, PARTS, SOURCES
from mmrec_core.datasets.fetch.transport import Web

__all__ = ["OPTIONAL_PARTS", "PARTS", "SOURCES", "Addresses", "Web", "fetch"]
