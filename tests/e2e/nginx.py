"""nginx in front of app processes, by the file that the documents recommend."""

import getpass
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path

from mmrec_app.home import ENTRY
from tests.e2e.serving import PATIENCE, Server

CONFIGURATION = ENTRY.parent / "deploy" / "nginx.conf"
PROGRAM = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
_AROUND = """
user {user}; daemon off; pid {folder}/pid; error_log {folder}/errors; events {{}}
http {{
    log_format by '$upstream_addr $request_uri'; access_log {folder}/access by;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/mmrec.conf;
}}
"""


class Nginx:
    """nginx in front of two servers, for as long as the ``with`` block lasts."""

    def __init__(self, first: Server, second: Server):
        self._ports = {"8501": first.port, "8502": second.port}

    def __enter__(self) -> "Nginx":
        self._folder = Path(tempfile.mkdtemp(prefix="mmrec-nginx-"))
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        given = CONFIGURATION.read_text().replace("listen 80;", f"listen 127.0.0.1:{port};")
        for theirs, ours in self._ports.items():
            assert f":{theirs} " in given
            given = given.replace(f":{theirs} ", f":{ours} ")
        (self._folder / "mmrec.conf").write_text(given)
        around = self._folder / "nginx.conf"
        around.write_text(_AROUND.format(user=getpass.getuser(), folder=self._folder))
        command = [PROGRAM, "-e", "stderr", "-p", str(self._folder), "-c", str(around)]
        subprocess.run([*command, "-t"], check=True, capture_output=True)
        self._process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait(20)
        shutil.rmtree(self._folder)

    def ports_asked_for(self, path: str) -> list[int]:
        """Return the ports that were asked for a path, in order; the last one answered.

        nginx answers first and writes it down then.
        """
        asked: list[str] = []
        until = time.monotonic() + PATIENCE / 1000
        while not asked and time.monotonic() < until:
            lines = (self._folder / "access").read_text().splitlines()
            asked = [line.rsplit(" ", 1)[0] for line in lines if line.endswith(f" {path}")]
        return [int(address.rpartition(":")[2]) for line in asked for address in line.split(", ")]
