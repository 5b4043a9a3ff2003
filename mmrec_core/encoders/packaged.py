"""Weights that come as packages, so that the offline encoders need no hub."""

from importlib.metadata import PackageNotFoundError, version

from mmrec_core.errors import EncoderError

OFFLINE = "offline"


def pinned(package: str) -> str:
    """Return ``package==version`` of an installed package of weights.

    Raises
    ------
    EncoderError
        If it is not installed.
    """
    try:
        return f"{package}=={version(package)}"
    except PackageNotFoundError as error:
        raise EncoderError(
            f"the offline encoder needs the package {package}, which is not installed; run "
            f"pip install {package}"
        ) from error
