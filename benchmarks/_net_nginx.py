"""A web server on loopback: nginx with a folder, a configuration and a port of its own."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

HOST: Final = "127.0.0.1"
START_SECONDS: Final = 10
# Debian keeps it where a user's PATH does not look.
SEARCH: Final = os.pathsep.join((os.environ.get("PATH", os.defpath), "/usr/sbin"))
MISSING: Final = "nginx is missing; on Debian: apt-get install --no-install-recommends nginx-light"
# One process, without a master: there is one to stop, and as root it can read our folder.
CONFIGURATION: Final = """\
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log {folder}/error.log warn;
events {{ worker_connections 1024; }}
http {{
  access_log off;
  default_type application/octet-stream;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  sendfile on;
  tcp_nopush on;
  keepalive_requests 10000000;
  server {{
    listen {host}:{port} backlog=1024;
    root {root};
    location /fresh/ {{ add_header Cache-Control "max-age=36000"; }}
  }}
}}
"""


def find_nginx() -> str:
    """Return the path of nginx.

    Raises:
        SystemExit: It is not installed.
    """
    found = shutil.which("nginx", path=SEARCH)
    if found is None:
        raise SystemExit(MISSING)
    return found


@contextmanager
def serve(root: Path, folder: Path) -> Iterator[str]:
    """Serve the files below `root`, and yield the address.

    What is below `/fresh/` may be cached for ten hours. `folder` takes the server's own files.

    Raises:
        RuntimeError: nginx does not start.
    """
    folder.mkdir(exist_ok=True)
    port = _free_port()
    configuration = folder / "nginx.conf"
    configuration.write_text(CONFIGURATION.format(folder=folder, root=root, host=HOST, port=port))
    log = folder / "error.log"
    command = [find_nginx(), "-e", str(log), "-p", str(folder), "-c", str(configuration)]
    process = subprocess.Popen(command)
    try:
        _wait_for(process, port, log)
        yield f"http://{HOST}:{port}"
    finally:
        process.terminate()
        process.wait()


def _free_port() -> int:
    with socket.create_server((HOST, 0)) as listener:
        return int(listener.getsockname()[1])


def _wait_for(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            socket.create_connection((HOST, port), timeout=1).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise RuntimeError(f"nginx does not start: {log.read_text() if log.exists() else ''}")
