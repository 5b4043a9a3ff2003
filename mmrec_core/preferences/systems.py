"""What a system is called where lists are compared: a ranker, of this bundle or of another one."""

_AT = "@"


def system_of(ranker: str, bundle: str = "") -> str:
    """Return the name of a ranker's system; ``bundle`` names another than the one that is open.

    Examples
    --------
    >>> system_of("clip"), system_of("clip", "other")
    ('clip', 'clip@other')
    """
    return f"{ranker}{_AT}{bundle}" if bundle else ranker


def ranker_of(system: str) -> str:
    """Return the ranker of a system."""
    return system.partition(_AT)[0]


def bundle_of(system: str) -> str:
    """Return the name of the other bundle that a system is of; empty for the one that is open."""
    return system.partition(_AT)[2]
