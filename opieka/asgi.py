"""The applications that servers run: everything in one process, live updates alone, pages alone.

Pages are WSGI (Django under ASGI costs ten times the processor); live updates are raw ASGI on the same port.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import django
from django.conf import settings

from opieka.plumbing.live.app import Live, Message, Receive, Send

if TYPE_CHECKING:
    from opieka.plumbing.jobs.background import Background


def pages() -> Any:
    """The WSGI application: all pages and the API. Whole bodies only, within the limits of their address."""
    from django.core.wsgi import get_wsgi_application

    from opieka.plumbing.bodies import gathered

    return gathered(get_wsgi_application(), limits=settings.BODY_LIMITS)


def admit_everybody_due() -> None:
    """Tell live updates who may listen: agents by their session, visitors by their token."""
    from opieka.plumbing.live.subscription import use_admissions
    from opieka.portal.live import VISITORS
    from opieka.web.live import AGENTS

    use_admissions(AGENTS, VISITORS)


class Application:
    """ASGI: live updates, and the pages unless `only_live`. `background` works while the server serves."""

    def __init__(self, *, only_live: bool = False, background: Background | None = None) -> None:
        django.setup(set_prefix=False)
        admit_everybody_due()
        self.live: Live | None = None
        self._background = background
        self._pages = None if only_live else _bridge()

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live_and_die(receive, send)
        elif self.live is not None and (scope["path"] == "/live" or scope["path"].startswith("/live/")):
            await self.live(scope, receive, send)
        elif scope["type"] == "http" and self._pages is not None:
            await self._pages(scope, receive, send)
        elif scope["type"] == "http":
            await send({"type": "http.response.start", "status": 404, "headers": []})
            await send({"type": "http.response.body", "body": b""})
        else:
            await send({"type": "websocket.close", "code": 1008})

    async def _live_and_die(self, receive: Receive, send: Send) -> None:
        await receive()
        self.live = Live()
        self.live.start()
        if self._background:
            self._background.start()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self.live.stop()
        if self._background:
            await asyncio.to_thread(self._background.stop)
        await send({"type": "lifespan.shutdown.complete"})


def _bridge() -> Any:
    from a2wsgi import WSGIMiddleware
    from django.core.wsgi import get_wsgi_application

    from opieka.plumbing.bodies import Gathered

    application: Any = get_wsgi_application()
    bridge: Any = WSGIMiddleware(application, workers=settings.WEB_THREADS)
    return Gathered(bridge, limits=settings.BODY_LIMITS)
