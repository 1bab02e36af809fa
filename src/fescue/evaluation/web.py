"""The report of a running experiment as a web page that refreshes itself; read-only, local."""

import asyncio
import hashlib
import json
import secrets
import socket
from collections.abc import AsyncIterator, Mapping
from html import escape
from importlib.resources import files
from typing import Any, Final

from fescue.evaluation.live import Watcher
from fescue.evaluation.report import contents, whole_page

#: a folder is looked at so often, in seconds
_PERIOD: Final = 2.0
#: a browser that is silent behind its proxy is to notice that the server is there
_KEEP_ALIVE: Final = 15.0
_HOST: Final = "127.0.0.1"


class LivePage:
    """Makes the page, once for all who look at it."""

    def __init__(self, watcher: Watcher, title: str, goals: Mapping[str, float] | None = None,
                 period: float = _PERIOD) -> None:
        """Prepare it.

        Args:
            watcher: looks at the experiment
            title: the title of the page
            goals: for each instance the value to be reached
            period: the seconds between two looks
        """
        self.title = title
        self.period = period
        self._watcher = watcher
        self._goals = goals
        self._lock = asyncio.Lock()
        self._due = 0.0
        self._contents = ""

    async def current(self) -> str:
        """Return the contents of the page, which are not older than the period."""
        async with self._lock:
            now = asyncio.get_running_loop().time()
            if now >= self._due:
                self._contents = await asyncio.to_thread(self._make)
                self._due = asyncio.get_running_loop().time() + self.period
            return self._contents

    def _make(self) -> str:
        try:
            snapshot = self._watcher.look()
            return (f"<h1>{escape(self.title)}</h1>\n<p>{escape(snapshot.sentence())}</p>\n"
                    f"{contents(snapshot.runs, self._goals)}")
        except OSError as error:
            return f"<h1>{escape(self.title)}</h1><p>{escape(str(error))}</p>"

    async def whole(self) -> str:
        """Return the whole page."""
        script = (files("fescue.evaluation") / "page" / "live.js").read_text(encoding="utf-8")
        return whole_page(self.title, await self.current(), script)


def application(page: LivePage, token: str, port: int) -> Any:
    """Return the Starlette application that serves the page to who knows the token.

    Raises:
        ImportError: if Starlette is not installed; the text says how to get it
    """
    try:
        from starlette.applications import Starlette
        from starlette.requests import Request
        from starlette.responses import HTMLResponse, PlainTextResponse, Response, StreamingResponse
        from starlette.routing import Route
    except ImportError as error:
        raise ImportError("a web page needs starlette and uvicorn: "
                          "pip install 'fescue[web]'") from error
    headers = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer",
               "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY"}
    hosts = {f"{host}:{port}" for host in (_HOST, "localhost")}

    def refusal(request: Request) -> Response | None:
        given = request.query_params.get("token", "")
        # a page of somebody else's can have the browser call here, but under its own host's name
        if request.headers.get("host", "") not in hosts or not secrets.compare_digest(
                given.encode(), token.encode()):
            return PlainTextResponse("The address needs its token: copy it from the terminal.",
                                     403, headers)
        return None

    async def index(request: Request) -> Response:
        refused = refusal(request)
        return refused or HTMLResponse(await page.whole(), headers=headers)

    async def events(request: Request) -> Response:
        refused = refusal(request)
        return refused or StreamingResponse(_events(page), media_type="text/event-stream",
                                            headers=headers)

    return Starlette(routes=[Route("/", index), Route("/events", events)])


async def _events(page: LivePage) -> AsyncIterator[str]:
    last, silent = b"", 0.0
    while True:
        text = await page.current()
        digest = hashlib.sha256(text.encode("utf-8", "replace")).digest()
        if digest != last:
            last, silent = digest, 0.0
            yield f"data: {json.dumps(text)}\n\n"
        elif silent >= _KEEP_ALIVE:
            silent = 0.0
            yield ": still here\n\n"
        await asyncio.sleep(page.period)
        silent += page.period


def serve(page: LivePage, port: int = 0, token: str | None = None,
          announce: Any = print) -> None:
    """Serve the page on this machine alone until Ctrl-C.

    Args:
        page: the page
        port: the port, 0 for any
        token: what the address must hold, by default a new one
        announce: is called with the address

    Raises:
        ImportError: if Starlette or uvicorn are not installed
        OSError: if the port is not free
    """
    token = token or secrets.token_urlsafe(16)
    try:
        import uvicorn
    except ImportError as error:
        raise ImportError("a web page needs starlette and uvicorn: "
                          "pip install 'fescue[web]'") from error
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((_HOST, port))
        except OSError as error:
            raise OSError(error.errno, f"port {port} cannot be used: {error.strerror}; choose "
                          "another one") from error
        port = listener.getsockname()[1]
        config = uvicorn.Config(application(page, token, port), log_level="error",
                                lifespan="off", timeout_graceful_shutdown=1)
        announce(f"http://{_HOST}:{port}/?token={token}")
        uvicorn.Server(config).run(sockets=[listener])
