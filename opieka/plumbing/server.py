"""The uvicorn server: one process, one port, signals that end it cleanly."""

from typing import Any

import uvicorn

GRACE_SECONDS = 10
SILENCE_SECONDS = 20.0
LARGEST_WORD = 4096


class Server(uvicorn.Server):
    """Ends live connections before it waits for the others: streams would never end by themselves."""

    async def shutdown(self, sockets: Any = None) -> None:
        live = getattr(self.config.app, "live", None)
        if live is not None:
            live.end_all()
        await super().shutdown(sockets)


def serve(application: Any, *, host: str, port: int) -> None:
    """Serve until a signal says stop."""
    Server(configured(application, host=host, port=port)).run()


def configured(application: Any, *, host: str, port: int) -> uvicorn.Config:
    """The one way in which we serve. No word of a listener matters, so long ones are refused; nothing is compressed,

    because that costs more memory for each listener than everything else together.
    """
    return uvicorn.Config(
        application,
        host=host,
        port=port,
        lifespan="on",
        interface="asgi3",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        ws="websockets-sansio",
        ws_per_message_deflate=False,
        ws_max_size=LARGEST_WORD,
        ws_ping_interval=SILENCE_SECONDS,
        ws_ping_timeout=SILENCE_SECONDS,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
