"""The reports of a home over HTTP, for this machine alone."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

from models.errors import UsageError

ADDRESS = "127.0.0.1"
SHOWN = ("site", "quality", "dossiers", "notebooks")
#: the UI links every list it made; pages are there for the newest quarter and plan, and one that names all
_LIST = re.compile(r"/site/(zh|en)/list/[A-Za-z0-9_-]+\.html")
_NO_SITE = "还没有报告网页，先运行 jicha run / there is no report site yet: run jicha run first, then reload this page."
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    "font-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


class Handler(SimpleHTTPRequestHandler):
    """Files of the site, Data Docs, dossiers, notebooks; no listing of folders, nothing for a page from elsewhere."""

    def do_GET(self) -> None:
        if self._refused():
            self.send_error(404)
        elif (gone := _LIST.fullmatch(self.path)) and not Path(self.translate_path(self.path)).exists():
            self._lead(f"/site/{gone[1]}/lists.html")
        elif self.path.startswith("/site/") and not Path(self.directory, "site").exists():
            self.send_error(404, explain=_NO_SITE)
        else:
            super().do_GET()

    def _lead(self, address: str) -> None:
        self.send_response(302)
        self.send_header("Location", address)
        self.end_headers()

    def do_HEAD(self) -> None:
        if self._refused():
            self.send_error(404)
        else:
            super().do_HEAD()

    def _refused(self) -> bool:
        # a name that leads here although it is not ours: another page's script could read what it fetches
        host = (self.headers.get("Host") or "").rsplit(":", 1)[0]
        # judged by the file it would send: /site/../x is x
        place = Path(self.translate_path(self.path)).relative_to(self.directory)
        return host not in {ADDRESS, "localhost"} or not (place == Path() or place.parts[0] in SHOWN)

    def list_directory(self, path: Any) -> None:
        if self.path in {"", "/"}:
            self._lead("/site/")
        else:
            self.send_error(404)

    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", _POLICY)
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Referrer-Policy", "no-referrer")
        self.send_header("Cache-Control", "no-cache")
        super().end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Who looks at what is nobody's business."""


@contextmanager
def serving(reports: Path, port: int) -> Iterator[str]:
    """Serve `<home>/reports` on 127.0.0.1 while the block runs; yields the site's address. Port 0 takes a free one.

    Raises UsageError where the port is taken.
    """
    try:
        server = ThreadingHTTPServer((ADDRESS, port), partial(Handler, directory=str(reports)))
    except OSError as error:
        raise UsageError(
            f"端口 {port} 不可用 / port {port} cannot be used: {error}. Pass another --site-port."
        ) from None
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://{ADDRESS}:{server.server_port}/site/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
