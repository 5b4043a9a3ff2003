"""A read-only JSON interface beside the pages: ``/api/…``, documented in ``docs/api.md``.

Anybody may call it: every parameter has a limit, an unknown one is refused, and each error is
JSON with one sentence.
"""

from collections.abc import Awaitable, Callable, Mapping
from math import isfinite
from typing import Any

from anyio import CapacityLimiter, Semaphore, WouldBlock, to_thread
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from mmrec_app.served.bundles import bundle_folders, opened
from mmrec_app.served.recommenders import explainer_of, recommender_of
from mmrec_app.served.thumbnails import row_of, thumbnail_url
from mmrec_core.bundle import Bundle
from mmrec_core.errors import BundleError, EncoderError, QueryError
from mmrec_core.serving.answer_json import bundle_as_json, finite, recommendation_as_json
from mmrec_core.serving.answers import Query
from mmrec_core.serving.parts_json import kinds_in, parts_as_json

MOST_RESULTS = 100
MOST_EXPLAINED = 10  # results by regions and words: each goes through the encoders
LONGEST_TEXT = 1000
MOST_WAITING = 16  # for one of those threads
_THREADS = 4  # of calls that may wait for the encoders: pictures and documents share the others
_ENCODED = {"text", "explain"}  # parameters of such calls
_RETRY_SECONDS = 5
_READING = ("GET", "HEAD")
_METHODS = (*_READING, "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
_Params = dict[str, str]

_threads, _places = CapacityLimiter(_THREADS), Semaphore(_THREADS + MOST_WAITING)


class _Refused(Exception):
    """A request that gets an error: its status and one sentence."""

    def __init__(self, status: int, text: str):
        super().__init__(text)
        self.status = status


def routes(prefix: str = "") -> list[Route]:
    """Return the interface's routes, below ``prefix`` (empty, or ``/sub/path``)."""
    known = (
        ("info", _info, {"bundle"}),
        ("images/{index}", _image, {"bundle"}),
        (
            "recommend",
            _recommend,
            {"bundle", "image", "text", "k", "ranker", "collapse", "diversity", "explain"},
        ),
    )
    return [
        *(
            Route(f"{prefix}/api/{path}", _answering(answer, named), methods=_METHODS)
            for path, answer, named in known
        ),
        Route(f"{prefix}/api/{{path:path}}", _nothing, methods=_METHODS),
        Route(f"{prefix}/api", _nothing, methods=_METHODS),
    ]


def _answering(
    answer: Callable[[Request, Bundle, _Params], Any], known: set[str]
) -> Callable[[Request], Awaitable[JSONResponse]]:
    def answered(request: Request) -> JSONResponse:
        try:
            if request.method not in _READING:
                raise _Refused(405, f"{request.method} is not known here: use GET.")
            params = _checked(request, known)
            status, content = 200, answer(request, _bundle(params), params)
        except _Refused as refused:
            status, content = refused.status, {"error": str(refused)}
        except QueryError as error:
            status, content = 400, {"error": str(error)}
        except (EncoderError, BundleError) as error:
            status, content = 503, {"error": str(error)}
        return _json(content, status)

    async def endpoint(request: Request) -> JSONResponse:
        if not _ENCODED & request.query_params.keys():
            return await run_in_threadpool(answered, request)
        try:
            _places.acquire_nowait()
        except WouldBlock:
            error = f"{MOST_WAITING} others wait for the encoders already: try again later."
            return _json({"error": error}, 503, {"Retry-After": str(_RETRY_SECONDS)})
        try:
            return await to_thread.run_sync(answered, request, limiter=_threads)
        finally:
            _places.release()

    return endpoint


def _nothing(request: Request) -> JSONResponse:
    return _json({"error": "there are /api/info, /api/images/ROW and /api/recommend."}, 404)


def _json(content: Any, status: int, headers: Mapping[str, str] | None = None) -> JSONResponse:
    always = {"Cache-Control": "no-store", "Allow": ", ".join(_READING)}
    return JSONResponse(finite(content), status, headers={**always, **(headers or {})})


def _info(request: Request, bundle: Bundle, params: _Params) -> dict[str, Any]:
    recommender = recommender_of(bundle)
    return {
        **bundle_as_json(bundle),
        "rankers": list(recommender.rankers),
        "bundles": list(bundle_folders()),
    }


def _image(request: Request, bundle: Bundle, params: _Params) -> dict[str, Any]:
    index = row_of(request.path_params["index"])
    if index is None or index >= len(bundle.items):
        named = request.path_params["index"][:40]
        raise _Refused(404, f"there is no image {named!r}; there are 0 to {len(bundle.items) - 1}.")
    item = bundle.items.iloc[index]
    captions = [name for name in bundle.items.columns if name.startswith("text_")]
    return {
        "index": index,
        "image": item["image"],
        "text": item["text"],
        "captions": {name.removeprefix("text_"): item[name] for name in captions},
        "label": item["label"],
        "cluster": int(item["cluster"]),
        "thumbnail": thumbnail_url(bundle, index),
    }


def _recommend(request: Request, bundle: Bundle, params: _Params) -> dict[str, Any]:
    query = Query(params.get("image"), params.get("text"))
    if not (query.image or query.text):
        raise _Refused(400, "give image (a name in the bundle), text, or both.")
    if query.image and query.image not in bundle:
        raise _Refused(404, f"this bundle has no image {query.image!r}.")
    k = int(_number(params, "k", 1, MOST_RESULTS, 5, whole=True) or 5)
    collapse = _number(params, "collapse", 0, 1, None)
    diversity = _number(params, "diversity", 0, 1, 0) or 0
    kinds = kinds_in(params["explain"]) if "explain" in params else ()
    if kinds and k > MOST_EXPLAINED:
        raise _Refused(400, f"k is {k}; with explain, at most {MOST_EXPLAINED}.")
    recommender, ranker = recommender_of(bundle), params.get("ranker")
    recommender.check_ranker(ranker, query)
    scored = recommender.score(query)
    answer = recommender.answer(scored, k=k, ranker=ranker, collapse=collapse, diversity=diversity)
    parts = []
    if kinds:
        explainer = explainer_of(bundle)
        explained = (explainer.explain(query, scored, result) for result in answer.results)
        parts = [parts_as_json(each, kinds) for each in explained]
    content = recommendation_as_json(answer, parts=parts)
    for result in content["results"]:
        result["thumbnail"] = thumbnail_url(bundle, result["index"])
    return content


def _checked(request: Request, known: set[str]) -> _Params:
    params = dict(request.query_params)
    for name, value in params.items():
        if name not in known:
            raise _Refused(
                400, f"there is no parameter {name[:40]!r}; there are {', '.join(sorted(known))}."
            )
        if len(value) > LONGEST_TEXT:
            raise _Refused(400, f"{name} has {len(value)} characters; at most {LONGEST_TEXT}.")
    return {name: value for name, value in params.items() if value.strip()}


def _bundle(params: _Params) -> Bundle:
    folders = bundle_folders()
    if not folders:
        raise _Refused(503, "no bundle is served here.")
    name = params.get("bundle", next(iter(folders)))
    if name not in folders:
        raise _Refused(
            404, f"no bundle {name[:80]!r} is served here; there is {', '.join(folders)}."
        )
    return opened(folders[name])


def _number(
    params: _Params, name: str, low: float, high: float, default: float | None, whole: bool = False
) -> float | None:
    if name not in params:
        return default
    try:
        value = float(params[name])
    except ValueError:
        value = float("nan")
    if not (isfinite(value) and low <= value <= high) or (whole and value != int(value)):
        kind = "a whole number" if whole else "a number"
        raise _Refused(
            400, f"{name} is {params[name][:40]!r}; expected {kind} from {low} to {high}."
        )
    return value
