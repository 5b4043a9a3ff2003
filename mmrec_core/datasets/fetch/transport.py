"""Requests over HTTP: repeated with growing pauses while it may help, and every fault one line."""

import json
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar
from urllib.parse import urlsplit

import requests
import urllib3
from pydantic import BaseModel, ValidationError
from requests.adapters import HTTPAdapter
from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception_type,
    sleep_using_event,
    stop_after_attempt,
    stop_when_event_set,
    wait_random_exponential,
)

from mmrec_core.datasets.fetch.faults import FileFault, Passing
from mmrec_core.datasets.fetch.names import shown
from mmrec_core.errors import FetchError

ATTEMPTS = 6
LONGEST_PAUSE_S = 60
LONGEST_RETRY_AFTER_S = 600
CONNECT_S, READ_S = 20, 30
CHUNK = 1 << 18
LONGEST_ANSWER = 32 << 20  # bytes of JSON: a page of 1,000 entries has about 2 MiB

# Locked, too early and timed out pass like the server's own troubles do.
PASSING = {408, 423, 425, 429, *range(500, 600)}

T = TypeVar("T")
Answer = TypeVar("Answer", bound=BaseModel)


class Web:
    """Requests with one policy of repeating, for several threads at once.

    Parameters
    ----------
    attempts : int
        Tries in a row without progress before a fault that may pass is final.
    jobs : int
        Requests at a time.
    sleep : callable, optional
        Waits so many seconds.
    """

    def __init__(
        self,
        attempts: int = ATTEMPTS,
        jobs: int = 8,
        sleep: Callable[[float], Any] | None = None,
    ) -> None:
        self.jobs = jobs
        self._attempts = attempts
        self._stopped = threading.Event()
        self._sleep = sleep or sleep_using_event(self._stopped)
        self._down: dict[str, str] = {}
        self._session = requests.Session()
        # Ranges count bytes of the file itself, never of a compressed form of it.
        self._session.headers.update({"User-Agent": "mmrec", "Accept-Encoding": "identity"})
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, HTTPAdapter(pool_maxsize=jobs, pool_block=True))

    def patiently(self, action: Callable[[], T]) -> T:
        """Do it, again while it raises `Passing`: up to ``attempts`` times, with growing pauses.

        Raises
        ------
        FetchError
            If it still fails.
        """
        retrying = Retrying(
            retry=retry_if_exception_type(Passing),
            stop=stop_after_attempt(self._attempts) | stop_when_event_set(self._stopped),
            wait=_pause,
            sleep=self._sleep,
            reraise=True,
        )
        try:
            return retrying(action)
        except Passing as fault:
            tries = "1 try" if self._attempts == 1 else f"{self._attempts} tries"
            final = f"{fault}, {tries}: run the same command later."
            if fault.down:
                self._down[fault.down] = final
            raise FetchError(final) from None

    def json(self, model: type[Answer], url: str, params: dict[str, Any]) -> Answer:
        """Return the JSON that an interface answers, checked against ``model``.

        Raises
        ------
        FetchError
            If it cannot be had, or is not of that shape.
        """

        def ask() -> bytes:
            with self.open("GET", url, params=params) as response:
                body = bytearray()
                for chunk in self.chunks(response):
                    body += chunk
                    if len(body) > LONGEST_ANSWER:
                        raise FetchError(
                            f"{host_of(url)} answers with more than {LONGEST_ANSWER} bytes."
                        )
                return bytes(body)

        try:
            return model.model_validate_json(self.patiently(ask))
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(map(str, first["loc"]))
            raise FetchError(
                f"{host_of(url)} gives an answer of an unknown form ({where or 'JSON'}: "
                f"{first['msg']}): update mmrec."
            ) from None

    @contextmanager
    def open(
        self, method: str, url: str, allowed: tuple[int, ...] = (), **options: Any
    ) -> Iterator[requests.Response]:
        """Send one request; the body of what is answered is not yet read.

        Parameters
        ----------
        allowed : tuple of int
            Statuses to hand back that are otherwise faults.

        Raises
        ------
        Passing, FileFault, FetchError
            By what the answer, or its lack, means.
        """
        host = host_of(url)
        if host in self._down:
            raise FetchError(self._down[host])
        options.setdefault("timeout", (CONNECT_S, READ_S))
        options.setdefault("allow_redirects", True)
        try:
            response = self._session.request(method, url, stream=True, **options)
        except (requests.ConnectionError, requests.Timeout) as error:
            raise Passing(f"{host} cannot be reached ({_reason(error)})", down=host) from None
        except (requests.RequestException, ValueError) as error:
            raise FetchError(f"the request to {host} failed ({_reason(error)}).") from None
        with response:
            if response.status_code not in allowed:
                _check(response, host)
            yield response

    def chunks(self, response: requests.Response) -> Iterator[bytes]:
        """Read a body as it comes: what was received before a break is not lost.

        Raises
        ------
        Passing
            If the connection breaks.
        """
        try:
            while chunk := response.raw.read1(CHUNK, decode_content=True):
                if self._stopped.is_set():
                    raise FetchError("stopped.")
                yield chunk
        except urllib3.exceptions.HTTPError as error:
            host = host_of(response.url)
            raise Passing(f"the connection to {host} broke ({_reason(error)})") from None

    @contextmanager
    def crew(self) -> Iterator[ThreadPoolExecutor]:
        """Give ``jobs`` threads; when the block ends in an error, they stop at once."""
        with ThreadPoolExecutor(self.jobs) as pool:
            try:
                yield pool
            except BaseException:
                self._stopped.set()
                pool.shutdown(cancel_futures=True)
                self._stopped.clear()
                raise


def host_of(url: str) -> str:
    """Return the host, and the port where one is named."""
    return urlsplit(url).netloc or shown(url)


def web_page_instead(host: str) -> FetchError:
    """Say that a web page came where a file should."""
    return FetchError(
        f"{host} answers with a web page instead of the file: a download limit may be reached, or "
        "a sign-in may be required. Run the same command later, tomorrow if need be."
    )


def _check(response: requests.Response, host: str) -> None:
    """Raise the error that an answer other than the requested one stands for."""
    status = response.status_code
    if status in (404, 410):
        raise FileFault(f"it is no longer there: {host} answers {status}{_described(response)}.")
    if status in (401, 403, 451):
        raise FileFault(f"{host} refuses access: {status}{_described(response)}.")
    if status in PASSING:
        wait = _retry_after(response)
        trouble = "asks to slow down" if status == 429 else "has a problem"
        if wait is not None and wait > LONGEST_RETRY_AFTER_S:
            raise FetchError(
                f"{host} {trouble} ({status}) and asks to wait {wait:,.0f} s: run the same command "
                "then."
            )
        raise Passing(f"{host} {trouble} ({status})", wait)
    if status >= 300:
        raise FileFault(f"{host} answers {status}{_described(response)}.")
    if response.headers.get("Content-Type", "").lower().startswith("text/html"):
        raise web_page_instead(host)


def _described(response: requests.Response) -> str:
    """Return what the interface says of a refusal, shortened, or nothing."""
    try:
        content = json.loads(response.raw.read(4096))
        text = content.get("description") or content.get("message")
        return f", {shown(text)}" if isinstance(text, str) else ""
    except (ValueError, AttributeError, urllib3.exceptions.HTTPError):
        return ""


def _retry_after(response: requests.Response) -> float | None:
    """Return the seconds of ``Retry-After``, a number or a date (RFC 9110, 10.2.3)."""
    text = response.headers.get("Retry-After", "").strip()
    if text.isdigit():
        return float(text)
    try:
        then = parsedate_to_datetime(text)
    except ValueError:
        return None
    return max(0.0, (then.replace(tzinfo=then.tzinfo or UTC) - datetime.now(UTC)).total_seconds())


def _pause(state: RetryCallState) -> float:
    fault = state.outcome.exception() if state.outcome else None
    if isinstance(fault, Passing) and fault.wait is not None:
        return fault.wait
    return wait_random_exponential(multiplier=1, max=LONGEST_PAUSE_S)(state)


def _reason(error: Exception) -> str:
    """Return the innermost cause: what wraps it repeats whole addresses."""
    inner: BaseException = error
    while cause := inner.__cause__ or inner.__context__:
        inner = cause
    text = " ".join(str(getattr(inner, "strerror", None) or inner).split())
    return text if 0 < len(text) <= 120 else type(inner).__name__
