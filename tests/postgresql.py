"""A PostgreSQL server of one's own, from Debian's package, for as long as tests need it."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

PASSWORD = "s:e/c@r?et"
_INSTALLED = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: path.parent.name)
_USER = "postgres"  # of Debian's package; the server refuses root


def missing() -> str:
    """Return why no server can be started here, empty if one can."""
    if not _INSTALLED:
        return "needs PostgreSQL: apt-get install postgresql"
    if find_spec("psycopg") is None:
        return "needs PostgreSQL's driver: pip install 'mmrec[postgresql]'"
    if os.geteuid() == 0 and not (shutil.which("setpriv") and _has_user()):
        return f"root needs setpriv and the user {_USER}: PostgreSQL refuses root"
    return ""


class PostgresServer:
    """A server on loopback, with one user and its password, for a ``with`` block."""

    def __enter__(self) -> "PostgresServer":
        self.folder = Path(tempfile.mkdtemp(prefix="mmrec-pg-"))
        self._data = self.folder / "data"
        self._as = []
        if os.geteuid() == 0:
            shutil.chown(self.folder, _USER)
            self._as = ["setpriv", f"--reuid={_USER}", f"--regid={_USER}", "--clear-groups"]
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.shown = f"postgresql://mmrec@127.0.0.1:{self.port}/postgres"
        self.url = self.shown.replace("@", f":{quote(PASSWORD, safe='')}@", 1)
        secret = self.folder / "password"
        secret.write_text(PASSWORD)
        self._run(
            *("initdb", "-D", self._data, "-U", "mmrec", "-A", "scram-sha-256"),
            *("--pwfile", secret, "-E", "UTF8", "--locale", "C.UTF-8", "--no-sync"),
        )
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        shutil.rmtree(self.folder)

    def start(self) -> None:
        """Start the server, for the first time or again."""
        self._run(
            *("pg_ctl", "-D", self._data, "-l", self.folder / "log", "-w", "-t", "60", "-o"),
            f"-p {self.port} -k {self.folder} -c listen_addresses=127.0.0.1 -c fsync=off",
            "start",
        )

    def stop(self) -> None:
        """Stop the server, whoever is connected."""
        self._run("pg_ctl", "-D", self._data, "-m", "immediate", "-w", "stop")

    def execute(self, statement: str) -> None:
        """Run a statement of the administrator."""
        import psycopg

        with psycopg.connect(self.url) as connection:
            connection.execute(statement.encode())

    def _run(self, program: str, *arguments: object) -> None:
        command = [*self._as, str(_INSTALLED[-1] / program), *map(str, arguments)]
        done = subprocess.run(
            command, cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        )
        assert done.returncode == 0, done.stderr


def _has_user() -> bool:
    try:
        pwd.getpwnam(_USER)
    except KeyError:
        return False
    return True
