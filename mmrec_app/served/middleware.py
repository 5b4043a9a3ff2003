"""What every request goes through before a route answers it, as the environment sets it."""

import os
from math import isfinite

from starlette.middleware import Middleware
from streamlit import get_option
from streamlit.runtime.secrets import secrets_singleton

from mmrec_app.served import health
from mmrec_app.served.document import Document
from mmrec_app.served.headers import Headers
from mmrec_app.served.hosts import Hosts, names_in
from mmrec_app.served.limits import Limits
from mmrec_app.served.routes import prefix
from mmrec_app.served.uploads import Uploads

_PER_SECOND = 10.0


def middleware() -> list[Middleware]:
    """Return all of it, the outermost first."""
    secrets_singleton.load_if_toml_exists()  # which sets variables: as the server starts, too late
    nameless = [route.path for route in health.routes(prefix())]
    names = [*names_in(os.environ.get("MMREC_HOST_NAMES", "")), *get_option("server.allowedHosts")]
    trusted = get_option("server.corsAllowedOrigins") if get_option("server.enableCORS") else ["*"]
    return [
        Middleware(Headers, frames=os.environ.get("MMREC_FRAME_ANCESTORS", "")),
        Middleware(Hosts, names=names, origins=trusted, nameless=nameless),
        Middleware(Limits, per_second=_per_second(), prefix=prefix()),
        Middleware(Uploads),
        Middleware(Document),
    ]


def _per_second() -> float:
    try:
        given = float(os.environ.get("MMREC_REQUESTS_PER_SECOND", ""))
    except ValueError:
        return _PER_SECOND
    return given if isfinite(given) and given >= 0 else _PER_SECOND
