"""The project attacks itself: ``python -m tests.torture``.

Each part tries many damaged, hostile or interrupted things, and yields how each trial ended. What
could crash, hang or fill memory runs in processes of their own, with limits.
"""
