"""Logging: every line structured; readable on a terminal, JSON in production."""

import io
import re
import sys
from typing import Any, TextIO

import structlog

SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]
# What PostgreSQL tells of the row: "Key (lower(email))=(anna@kempen.example) already exists."
# Also as Celery writes an error, with \n for the end of a line.
_OF_A_ROW = re.compile(r"(DETAIL|CONTEXT): .*?(?=\\n|$)", re.MULTILINE)


def configure(level: str, *, as_json: bool) -> dict[str, Any]:
    """Set structlog up; return Django's LOGGING so that the standard library joins in."""
    structlog.configure(
        processors=[*SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    # Without local variables: they may be personal data.
    renderer: Any = structlog.dev.ConsoleRenderer(
        colors=sys.stderr.isatty(), exception_formatter=_traceback
    )
    if as_json:
        renderer = structlog.processors.JSONRenderer()
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "structured": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": SHARED,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    *([structlog.processors.format_exc_info] if as_json else []),
                    _told,
                    renderer,
                ],
            }
        },
        # The level stands here, too: what other loggers pass on, the root's own does not stop.
        "handlers": {
            "console": {"class": "logging.StreamHandler", "formatter": "structured", "level": level}
        },
        "root": {"handlers": ["console"], "level": level},
        # Django's own handlers would print each line a second time.
        "loggers": {
            "django": {"handlers": [], "propagate": True},
            "django.server": {"handlers": [], "propagate": True},
        },
    }


def _traceback(out: TextIO, exc_info: Any) -> None:
    told = io.StringIO()
    structlog.dev.plain_traceback(told, exc_info)
    out.write(_without_rows(told.getvalue()))


def _told(_logger: Any, _method: str, line: Any) -> Any:
    for name in ("event", "exception"):
        if isinstance(line.get(name), str):
            line[name] = _without_rows(line[name])
    return line


def _without_rows(text: str) -> str:
    return _OF_A_ROW.sub(r"\1: left out.", text)
