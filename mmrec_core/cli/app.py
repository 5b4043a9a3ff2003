"""The command that serves the pages: `mmrec app`."""

import os
import runpy
import socket
import sys
from importlib.util import find_spec
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated

import typer

from mmrec_core.cli.terminal import say_aside
from mmrec_core.errors import InputError

_BUNDLES = Path("artifacts")


def app(
    bundles: Annotated[
        Path,
        typer.Option(envvar="MMREC_BUNDLES", help="a folder of bundles, or a single bundle"),
    ] = _BUNDLES,
    port: Annotated[int, typer.Option(min=1, max=65535, help="port to listen on")] = 8501,
    base_path: Annotated[
        str, typer.Option(help="path to serve under, such as /mmrec behind a proxy")
    ] = "",
    read_only: Annotated[
        bool,
        typer.Option(
            envvar="MMREC_READ_ONLY",
            help="for looking alone: no verdicts, tags, query sets, stories or uploads",
        ),
    ] = False,
    sign_in: Annotated[
        bool,
        typer.Option(
            envvar="MMREC_SIGN_IN",
            help="who writes must sign in, at the OpenID Connect provider that [auth] of "
            ".streamlit/secrets.toml names",
        ),
    ] = False,
    host_name: Annotated[
        list[str] | None,
        typer.Option(
            envvar="MMREC_HOST_NAMES",
            help="a name by which visitors reach this server, such as mmrec.example.org; "
            "*.example.org for all below it, * for any",
        ),
    ] = None,
    trusted_proxy: Annotated[
        list[str] | None,
        typer.Option(
            envvar="FORWARDED_ALLOW_IPS",
            help="address or network of a proxy whose X-Forwarded-For names the visitor",
        ),
    ] = None,
    requests_per_second: Annotated[
        float,
        typer.Option(
            min=0,
            envvar="MMREC_REQUESTS_PER_SECOND",
            help="answers of /api that one visitor may ask for; pictures 20 times as many; 0 for "
            "no limit",
        ),
    ] = 10.0,
) -> None:
    """Serve the app on this machine until Ctrl-C.

    A bundle that is named must open; a folder without any serves an offer to build the demo.
    Other options of Streamlit come from the environment, such as STREAMLIT_SERVER_ADDRESS.
    """
    import mmrec_core.heaps  # noqa: F401, before libraries that start threads
    from mmrec_core.bundle import open_bundle
    from mmrec_core.bundle.layout import CATALOGUE, MANIFEST

    if find_spec("streamlit") is None:
        raise InputError(
            "Streamlit is not installed: `pip install mmrec` installs what the pages need."
        )
    if sign_in and find_spec("authlib") is None:
        raise InputError("--sign-in needs Authlib: pip install 'mmrec[sign-in]'.")
    proxies = ",".join(map(_both_forms, ",".join(trusted_proxy or ()).split(",")))
    _check_free(port)
    if bundles != _BUNDLES and not bundles.is_dir():
        raise InputError(f"there is no folder {bundles}: --bundles takes bundles, or one of them.")
    if any((bundles / name).exists() for name in (MANIFEST, CATALOGUE)):
        os.environ["MMREC_BUNDLE"] = str(bundles.resolve())
    if single := os.environ.get("MMREC_BUNDLE"):
        open_bundle(Path(single))
    else:
        os.environ["MMREC_BUNDLES"] = str(bundles.resolve())
        if not any(bundles.glob(f"*/{MANIFEST}")):
            say_aside(f"{bundles} holds no bundle: the first page offers to build the demo there.")
    os.environ |= {
        "MMREC_READ_ONLY": "1" if read_only else "",
        "MMREC_SIGN_IN": "1" if sign_in else "",
        "MMREC_HOST_NAMES": " ".join([socket.gethostname(), *(host_name or ())]),
        "MMREC_REQUESTS_PER_SECOND": str(requests_per_second),
        "FORWARDED_ALLOW_IPS": proxies,
    }
    path = base_path.strip("/")
    say_aside(f"Serving on http://localhost:{port}/{path} - Ctrl-C to stop.")
    options = {
        "server.port": port,
        "server.baseUrlPath": path,
        "server.fileWatcherType": "none",
        "logger.hideWelcomeMessage": "true",
    }
    words = [word for name, value in options.items() for word in (f"--{name}", str(value))]
    sys.argv = ["mmrec app", *words]
    # By name: the commands belong to the core, which knows nothing of the pages.
    runpy.run_module("mmrec_app", run_name="__main__", alter_sys=True)


def _both_forms(proxy: str) -> str:
    """Return a network, and one of IPv4 also as sockets of both protocols have it."""
    if proxy in ("", "*"):
        return proxy
    try:
        network = ip_network(proxy)
    except ValueError:
        raise InputError(
            f"{proxy} is no address and no network: --trusted-proxy takes 127.0.0.1, say."
        ) from None
    if network.version == 6:
        return str(network)
    return f"{network},::ffff:{network.network_address}/{96 + network.prefixlen}"


def _check_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("", port))
        except OSError as error:
            raise InputError(
                f"port {port} cannot be used ({error.strerror or error}): choose another "
                "with --port."
            ) from None
