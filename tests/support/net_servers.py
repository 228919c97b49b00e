"""Servers and proxies of others, on loopback, for as long as a test lasts."""

from __future__ import annotations

import importlib
import re
import shutil
import socket
import ssl
import subprocess
import threading
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from support.certificates import Pair

HOST: Final = "127.0.0.1"
_PATIENCE: Final = 10.0
_ATTEMPTS: Final = 3
_REQUEST: Final = re.compile(r"Request \(file descriptor \d+\): (.+)")

_NGINX: Final = """
daemon off;
master_process off;
pid {state}/nginx.pid;
error_log {state}/error.log;
events {{ worker_connections 1024; }}
http {{
  client_body_temp_path {state}/body;
  proxy_temp_path {state}/proxy;
  fastcgi_temp_path {state}/fastcgi;
  uwsgi_temp_path {state}/uwsgi;
  scgi_temp_path {state}/scgi;
  log_format requests '$server_protocol $request_method $request_uri $status "$http_range"';
  access_log {state}/access.log requests;
  default_type application/octet-stream;
  types {{ text/html html; text/plain txt; application/json json; }}
  sendfile on;
  tcp_nodelay on;
  keepalive_requests 1000000;
  server {{
    listen {host}:{port};
    {secure}
    root "{folder}";
    {extra}
  }}
}}
"""
_NGINX_TLS: Final = """
    listen {host}:{port} ssl http2;
    ssl_certificate {pair.certificate};
    ssl_certificate_key {pair.key};
"""
_TINYPROXY: Final = """
Listen {host}
Port {port}
Allow {host}
Timeout 600
MaxClients 200
LogFile "{state}/access.log"
LogLevel Connect
PidFile "{state}/tinyproxy.pid"
{login}
"""


class MissingProgramError(RuntimeError):
    """A program that the tests need is not installed."""


def program(name: str) -> str:
    """Return the path of a program."""
    places = "/usr/local/sbin:/usr/sbin:/sbin"
    path = shutil.which(name) or shutil.which(name, path=places)
    if path is None:
        raise MissingProgramError(f"{name} is not here: apt-get install {name}")
    return path


def has_program(name: str) -> bool:
    """Whether a program is installed."""
    try:
        program(name)
    except MissingProgramError:
        return False
    return True


def free_ports(count: int) -> list[int]:
    """Return ports of loopback that nobody listens on now."""
    sockets = [socket.create_server((HOST, 0)) for _ in range(count)]
    ports = [int(sock.getsockname()[1]) for sock in sockets]
    for sock in sockets:
        sock.close()
    return ports


@dataclass(frozen=True)
class Nginx:
    """A running nginx."""

    origin: str
    secure_origin: str | None
    state: Path

    def log(self) -> list[str]:
        """Return a line for each request: protocol, method, target, status, range in quotes."""
        return (self.state / "access.log").read_text().splitlines()


@dataclass(frozen=True)
class Proxy:
    """A running forward proxy; `url` has the name and the password, where it wants them."""

    url: str
    plain_url: str
    state: Path

    def requests(self) -> list[str]:
        """Return the request lines of all that went through, or tried to."""
        return _REQUEST.findall((self.state / "access.log").read_text())


@contextmanager
def nginx(folder: Path, pair: Pair | None = None, *, extra: str = "") -> Iterator[Nginx]:
    """Serve a folder by http, and with a certificate by https with HTTP/2 too.

    `extra` are more directives for its server, such as "limit_rate 100k;".
    """
    path = program("nginx")
    with _state() as state:
        for attempt in range(1, _ATTEMPTS + 1):
            port, secure_port = ports = free_ports(2)
            secure = pair and _NGINX_TLS.format(host=HOST, port=secure_port, pair=pair)
            text = _NGINX.format(
                host=HOST,
                port=port,
                state=state,
                folder=folder.resolve(),
                secure=secure or "",
                extra=extra,
            )
            (state / "nginx.conf").write_text(text)
            command = [path, "-p", str(state), "-e", f"{state}/error.log"]
            command += ["-c", f"{state}/nginx.conf"]
            with _running(command, state, ports[: 2 if pair else 1], attempt) as runs:
                if not runs:
                    continue
                origin = f"https://localhost:{secure_port}" if pair else None
                yield Nginx(f"http://{HOST}:{port}", origin, state)
                return


@contextmanager
def proxy(login: tuple[str, str] | None = None) -> Iterator[Proxy]:
    """Run a forward proxy, tinyproxy, for http and CONNECT to any port.

    With a login it answers 407 to a request without one, and 401 to one with a wrong one.
    """
    path = program("tinyproxy")
    with _state() as state:
        for attempt in range(1, _ATTEMPTS + 1):
            (port,) = free_ports(1)
            line = "BasicAuth {} {}".format(*login) if login else ""
            text = _TINYPROXY.format(host=HOST, port=port, state=state, login=line)
            (state / "tinyproxy.conf").write_text(text)
            command = [path, "-d", "-c", f"{state}/tinyproxy.conf"]
            with _running(command, state, [port], attempt) as runs:
                if not runs:
                    continue
                plain = f"http://{HOST}:{port}"
                url = plain.replace("//", "//{}:{}@".format(*login)) if login else plain
                yield Proxy(url, plain, state)
                return


@contextmanager
def httpbin(context: ssl.SSLContext | None = None) -> Iterator[str]:
    """Serve httpbin from threads; yields its origin."""
    from werkzeug.serving import WSGIRequestHandler, make_server

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        app = importlib.import_module("httpbin").app

    class Quiet(WSGIRequestHandler):
        def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002
            pass

    server = make_server(HOST, 0, app, threaded=True, request_handler=Quiet, ssl_context=context)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield f"{'https' if context else 'http'}://{HOST}:{server.port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def _state() -> Iterator[Path]:
    with TemporaryDirectory(prefix="rp-net-") as folder:
        yield Path(folder)


@contextmanager
def _running(command: list[str], state: Path, ports: list[int], attempt: int) -> Iterator[bool]:
    """Run a program until the end of `with`; False where it did not start and may be tried again.

    Between the choice of a port and its use another program can take it.
    """
    output = state / "output.txt"
    with output.open("wb") as file:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=file, stderr=subprocess.STDOUT
        )
    try:
        answers = all(_answers(process, port) for port in ports)
        if not answers and attempt == _ATTEMPTS:
            raise RuntimeError(f"{command[0]} does not start: {output.read_text(errors='replace')}")
        yield answers
    finally:
        process.terminate()
        try:
            process.wait(2)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _answers(process: subprocess.Popen[bytes], port: int) -> bool:
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end and process.poll() is None:
        try:
            with socket.create_connection((HOST, port), timeout=1):
                return True
        except OSError:
            time.sleep(0.01)
    return False
