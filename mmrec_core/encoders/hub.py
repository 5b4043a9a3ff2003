"""Loading from the Hugging Face Hub without hanging: the cache first, then a network that answers.

huggingface_hub retries an unreachable host for 20 seconds a file, and open_clip and transformers
request several files. So everything is first tried from the local cache alone, and the hub is used
only if one short probe reaches it.

Being offline and being quiet are settings of the whole process. So one model is loaded at a time:
a thread that changes them holds a lock until they are as before.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import threading
import urllib.error
import urllib.request
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

from mmrec_core.errors import EncoderError

Loaded = TypeVar("Loaded")

PROBE_SECONDS = 4.0
_LOADING = threading.RLock()


def load_from_cache_or_hub(name: str, load: Callable[[], Loaded]) -> Loaded:
    """Run a loader from the local cache, and only if that fails with the network.

    Parameters
    ----------
    name
        The model, for messages.
    load
        Loads the model; it is called with the hub switched off, then perhaps once more with it on.

    Returns
    -------
    object
        What `load` returned.

    Raises
    ------
    EncoderError
        If the model is not cached and the hub cannot be reached, or does not have it.
    """
    with _LOADING:
        return _from_cache_or_hub(name, load)


def _from_cache_or_hub(name: str, load: Callable[[], Loaded]) -> Loaded:
    from huggingface_hub import constants

    try:
        with loading():
            return load()
    except EncoderError:
        raise
    except Exception as error:
        failure = error
    # A model that is not cached is an OSError to huggingface_hub and to transformers.
    missing = isinstance(failure, OSError)
    cached = "it is not in" if missing else f"loading it fails ({one_line(failure)}) from"
    cached += f" the cache {constants.HF_HUB_CACHE}"
    if constants.HF_HUB_OFFLINE:
        raise _unavailable(name, cached, "HF_HUB_OFFLINE is set") from failure
    if not _answers(constants.ENDPOINT):
        raise _unavailable(name, cached, f"{constants.ENDPOINT} cannot be reached") from failure
    try:
        with loading(online=True):
            return load()
    except EncoderError:
        raise
    except Exception as error:
        reason = f"{constants.ENDPOINT} does not deliver it ({one_line(error)})"
        raise _unavailable(name, cached, reason) from error


def _unavailable(name: str, cached: str, reason: str) -> EncoderError:
    return EncoderError(
        f"model {name!r} cannot be loaded: {cached}, and {reason}; check the name and the "
        "connection and try again, or use --encoders offline"
    )


@contextlib.contextmanager
def loading(*, online: bool = False) -> Iterator[None]:
    """Hold the process's settings while one model loads: quiet, and kept to the local cache.

    Another thread that is about to load waits until this one has restored the settings.

    Parameters
    ----------
    online
        Leave the hub reachable, and show progress bars: downloads take minutes.
    """
    with _LOADING, _quiet(progress=online), contextlib.nullcontext() if online else _hub_off():
        yield


@contextlib.contextmanager
def _hub_off() -> Iterator[None]:
    """Keep huggingface_hub, and with it transformers and open_clip, to the local cache."""
    from huggingface_hub import constants

    before = constants.HF_HUB_OFFLINE
    constants.HF_HUB_OFFLINE = True
    try:
        yield
    finally:
        constants.HF_HUB_OFFLINE = before


def _answers(url: str) -> bool:
    """Whether a server answers within a few seconds, name resolution included."""
    answered = threading.Event()

    def probe() -> None:
        try:
            request = urllib.request.Request(url, method="HEAD")
            with urllib.request.urlopen(request, timeout=PROBE_SECONDS):
                answered.set()
        except urllib.error.HTTPError:
            answered.set()
        except (OSError, ValueError):
            pass

    # A thread, since no timeout bounds the system's name resolution.
    thread = threading.Thread(target=probe, daemon=True)
    thread.start()
    thread.join(PROBE_SECONDS)
    return answered.is_set()


def one_line(error: BaseException, limit: int = 200) -> str:
    """Return the first line of an error's text, cut to `limit` characters."""
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return lines[0][:limit]


@contextlib.contextmanager
def _quiet(*, progress: bool) -> Iterator[None]:
    """Silence the libraries' warnings and log lines, and their progress bars unless wanted."""
    from transformers.utils import logging as transformers_logging

    # open_clip logs through the root logger, so disabling beats setting levels one by one.
    disabled = logging.root.manager.disable
    bars = transformers_logging.is_progress_bar_enabled()
    logging.disable(logging.CRITICAL)
    if bars and not progress:
        transformers_logging.disable_progress_bar()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(disabled)
        if bars and not progress:
            transformers_logging.enable_progress_bar()


def revision_of(path: Path) -> str:
    """Name the weights at a path.

    Parameters
    ----------
    path
        A checkpoint file, or a folder of weights.

    Returns
    -------
    str
        The commit where the path lies in a hub snapshot, else ``sha256:`` and 16 digits of the
        file, or of all weight files of the folder with their names.
    """
    parts = path.parts
    if "snapshots" in parts[:-1]:
        return parts[parts.index("snapshots") + 1]
    digest = hashlib.sha256()
    if path.is_file():
        _add_file(digest, path)
    else:
        suffixes = {".safetensors", ".bin", ".pt", ".pth"}
        for file in sorted(f for f in path.iterdir() if f.suffix in suffixes):
            digest.update(file.name.encode())
            _add_file(digest, file)
    return f"sha256:{digest.hexdigest()[:16]}"


def _add_file(digest: hashlib._Hash, path: Path) -> None:
    with path.open("rb") as stream:
        while block := stream.read(1 << 20):
            digest.update(block)
