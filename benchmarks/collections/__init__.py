"""Development collections of another kind than the demo, made of what packages carry.

Nothing of them is part of the project: `packages` fetches each with its package manager.
"""

from benchmarks.collections import clip_art, emoji, icons, stamps
from benchmarks.collections.packages import Prepared

COLLECTIONS = {
    "stamps": stamps.prepare,
    "emoji": emoji.prepare,
    "icons": icons.prepare,
    "clip art": clip_art.prepare,
}

__all__ = ["COLLECTIONS", "Prepared"]
