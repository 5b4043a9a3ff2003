"""The errors that a user can cause and mend: each message is one line that says what to do."""


class MmrecError(Exception):
    """Base of all expected errors; its text is one line: got, expected, next step."""


class InputError(MmrecError):
    """A file, folder or option that the user gave cannot be used."""


class OptionError(InputError):
    """An option of a build has a value that it cannot have, or there is no such option."""


class ImageError(InputError):
    """One image cannot be decoded; the text is the reason alone, without the file's name."""


class EncoderError(MmrecError):
    """An encoder cannot be loaded, or does not fit the bundle."""


class BundleError(MmrecError):
    """A bundle is missing, damaged, or of a schema that this version cannot read."""


class ComparisonError(MmrecError):
    """Two bundles cannot be compared, or one is worse than it may be."""


class QueryError(MmrecError):
    """A query cannot be answered: an unknown image, or a ranker without what it compares."""


class VerdictError(MmrecError):
    """Verdicts cannot be kept or read, or one is not what a verdict can be."""


class StoryError(MmrecError):
    """A story is not what a story can be, or there is none of that name."""


class ClusterError(MmrecError):
    """A cluster cannot be reached, or work on it stopped."""


class WorkerError(MmrecError):
    """A call to a worker gave nothing: it took too long, its process ended, too many wait."""


class FetchError(MmrecError):
    """Something that is published cannot be fetched, or not now."""


def why_unreadable(error: Exception) -> str:
    """Return what is wrong with a text, by what a parser of Python raised, for a message."""
    too_long = str(error).startswith("Exceeds the limit")
    return "a number has too many digits" if too_long else str(error)


def refusal(error: OSError) -> str:
    """Return what the system refused, and of which file where it says so, for a message."""
    where = f" ({error.filename})" if error.filename else ""
    return f"{error.strerror or error}{where}"
