"""Logs: one JSON object a line, with the request's id, and without personal data."""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog
from django.conf import settings

Line = MutableMapping[str, Any]

HIDDEN = "[…]"
EMAIL = re.compile(r"[\w.+%'-]+@[\w-]+(?:\.[\w-]+)+")
# Nine digits or more that people part with spaces, dashes, dots or brackets: phones, accounts, PESEL.
NUMBER = re.compile(r"(?<![\w.:-])\+?\(?\d(?:[ ().-]{0,2}\d){8,}(?![\w:])")
# Long mixed strings are keys and tokens; words are not that long.
TOKEN = re.compile(r"(?<![\w./-])(?=[\w-]*\d)(?=[\w-]*[A-Za-z])[\w-]{24,}(?![\w./])")
SECRET_NAMES = re.compile(r"password|passwd|secret|token|authorization|cookie|api_?key", re.IGNORECASE)
ASSIGNED = re.compile(r"((?:password|secret|token|key|code|sig)\w*[=:]\s*[\"']?)[^\s&,;\"']+", re.IGNORECASE)
KEPT = frozenset({"timestamp", "level", "logger", "request_id"})


def set_up() -> None:
    """Send structlog and the standard library's logging down one road: JSON lines on standard error."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.filter_by_level,
            structlog.stdlib.add_logger_name,
            structlog.stdlib.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_formatter())
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(settings.LOG_LEVEL)
    for noisy in ("django.server", "httpx", "httpcore", "uvicorn.error"):
        logging.getLogger(noisy).setLevel(max(logging.WARNING, root.level))
    # Its warnings name addresses as they were asked for, tokens and all; the access log has the route.
    logging.getLogger("django.request").setLevel(logging.ERROR)
    for name in ("django", "uvicorn", "celery"):
        logging.getLogger(name).handlers = []
        logging.getLogger(name).propagate = True


def _formatter() -> logging.Formatter:
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.add_logger_name,
            structlog.stdlib.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
        ],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            redact,
            structlog.processors.JSONRenderer(ensure_ascii=False, default=str),
        ],
    )


def redact(_logger: Any, _method: str, line: Line) -> Line:
    """Hide what could name a person or open a door, in every value of the line."""
    for name, value in line.items():
        if name in KEPT:
            continue
        line[name] = HIDDEN if SECRET_NAMES.search(name) else _redacted(value)
    return line


def _redacted(value: Any) -> Any:
    match value:
        case str():
            return without_personal_data(value)
        case dict():
            return {k: HIDDEN if SECRET_NAMES.search(str(k)) else _redacted(v) for k, v in value.items()}
        case list() | tuple():
            return [_redacted(one) for one in value]
        case int() | float() | bool() | None:
            return value
        case _:
            return without_personal_data(str(value))


def without_personal_data(text: str) -> str:
    """The text with e-mail addresses, phone and account numbers, tokens and passwords hidden."""
    text = ASSIGNED.sub(rf"\1{HIDDEN}", text)
    for pattern in (EMAIL, NUMBER, TOKEN):
        text = pattern.sub(HIDDEN, text)
    return text
