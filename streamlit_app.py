"""Entry point: ``streamlit run streamlit_app.py``.

``streamlit run`` finds ``app`` by reading this file, imports it, and serves it: the frame and its
pages, and the extra routes, in one process on one port. The script that a session runs is
``mmrec_app/frame/script.py``. It lies in another folder than ``pages/`` on purpose: beside a folder
of that name, Streamlit runs the page file alone, without the frame, when the first visitor of a
fresh server follows a deep link.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from streamlit.starlette import App

import mmrec_core.heaps  # noqa: F401, before libraries that start threads
from mmrec_app.ahead import first_bundle_ahead
from mmrec_app.frame import script
from mmrec_app.served.memory import memory_given_back
from mmrec_app.served.middleware import middleware
from mmrec_app.served.routes import routes


@asynccontextmanager
async def lifespan(app: App) -> AsyncIterator[None]:
    """Do beside serving what no visitor should wait for."""
    async with first_bundle_ahead(), memory_given_back():
        yield


if __name__ == "__main__":  # run as a plain script: AppTest, or a server without routes
    script.show()
else:
    app = App(
        Path(script.__file__),
        routes=routes(),
        lifespan=lifespan,
        middleware=middleware(),
    )
