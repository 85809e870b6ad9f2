"""Headless Chromium over its DevTools protocol: open a page, hear its errors, ask it, take its picture."""

import base64
import json
import os
import shutil
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from websockets.sync.client import ClientConnection, connect

NAMES = ("chromium", "chromium-browser", "google-chrome")
PATIENCE = 30.0


def binary() -> str | None:
    """Where Chromium is; None where it is not installed."""
    return next((found for name in NAMES if (found := shutil.which(name))), None)


class Tab:
    """One page. `errors` are console errors, uncaught exceptions, and requests that failed or left the machine."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.errors: list[str] = []
        self._number = 0
        self._loaded = False
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.send(f"{domain}.enable")

    def send(self, method: str, **params: Any) -> dict[str, Any]:
        """One command and its result; what happens meanwhile is heard."""
        self._number += 1
        self.socket.send(json.dumps({"id": self._number, "method": method, "params": params}))
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            message = json.loads(self.socket.recv(timeout=PATIENCE))
            if message.get("id") == self._number:
                assert "error" not in message, f"{method}: {message['error']}"
                return dict(message["result"])
            self._hear(message)
        raise TimeoutError(method)

    def _hear(self, message: dict[str, Any]) -> None:
        told, method = message.get("params", {}), message.get("method")
        if method == "Page.loadEventFired":
            self._loaded = True
        elif method == "Runtime.exceptionThrown":
            self.errors.append(json.dumps(told["exceptionDetails"])[:500])
        elif method == "Runtime.consoleAPICalled" and told["type"] in {"error", "assert"}:
            self.errors.append(json.dumps(told["args"])[:500])
        elif method == "Log.entryAdded" and told["entry"]["level"] == "error":
            self.errors.append(f"{told['entry']['text']} {told['entry'].get('url', '')}")
        elif method == "Network.loadingFailed" and not told.get("canceled"):
            self.errors.append(f"request failed: {told['errorText']}")
        elif method == "Network.requestWillBeSent":
            url = told["request"]["url"]
            if not url.startswith(("http://127.0.0.1:", "data:", "blob:")):
                self.errors.append(f"asks the network: {url}")

    def open(self, url: str) -> None:
        """Go to a page and wait until it and its scripts are loaded."""
        self._loaded = False
        self.send("Page.navigate", url=url)
        until = time.monotonic() + PATIENCE
        while not self._loaded and time.monotonic() < until:
            self._hear(json.loads(self.socket.recv(timeout=PATIENCE)))
        assert self._loaded, f"{url} does not load"

    def ask(self, script: str) -> Any:
        """The value of a JavaScript expression; a promise is awaited."""
        told = self.send("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in told, json.dumps(told["exceptionDetails"])[:500]
        return told["result"].get("value")

    def until(self, script: str) -> None:
        """Wait until a JavaScript expression is true; fails after half a minute."""
        end = time.monotonic() + PATIENCE
        while not self.ask(script):
            assert time.monotonic() < end, f"never true: {script}"
            time.sleep(0.05)

    def picture(self, path: Path, width: int = 1360, printed: bool = False) -> None:
        """The whole page as a PNG; `printed` as the print stylesheet shows it."""
        self.send("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False)
        self.send("Emulation.setEmulatedMedia", media="print" if printed else "screen")
        self.ask("new Promise(done => requestAnimationFrame(() => setTimeout(done, 200)))")
        size = self.send("Page.getLayoutMetrics")["cssContentSize"]
        clip = {"x": 0, "y": 0, "width": width, "height": min(size["height"], 6000), "scale": 1}
        data = self.send("Page.captureScreenshot", clip=clip, captureBeyondViewport=True)["data"]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(base64.b64decode(data))
        self.send("Emulation.setEmulatedMedia", media="screen")

    def pdf(self, path: Path) -> None:
        """The page as it is printed."""
        data = self.send("Page.printToPDF", preferCSSPageSize=True)["data"]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(base64.b64decode(data))


def _port(profile: Path) -> int:
    file = profile / "DevToolsActivePort"
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if file.exists() and (text := file.read_text().split()):
            return int(text[0])
        time.sleep(0.05)
    raise TimeoutError("Chromium does not start")


@contextmanager
def tab(profile: Path) -> Iterator[Tab]:
    """A tab of a Chromium of its own; `profile` is an empty folder."""
    found = binary()
    assert found is not None
    flags = ["--headless=new", "--disable-gpu", "--no-first-run", "--disable-extensions", "--hide-scrollbars"]
    # nobody goes back, so pages need not be kept, nor a new process made ready for each: both cost a quarter
    kept = "BackForwardCache,ProactivelySwapBrowsingInstance,RenderDocument,SpareRendererForSitePerProcess"
    flags += [f"--disable-features={kept}"]
    flags += ["--remote-debugging-port=0", f"--user-data-dir={profile}", "--window-size=1360,900"]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        flags.append("--no-sandbox")  # its sandbox refuses to run for root
    process = subprocess.Popen([found, *flags, "about:blank"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{_port(profile)}/json/list") as answer:
            pages = [one for one in json.load(answer) if one["type"] == "page"]
        with connect(pages[0]["webSocketDebuggerUrl"], max_size=None) as socket:
            yield Tab(socket)
    finally:
        process.terminate()
        process.wait(timeout=PATIENCE)
