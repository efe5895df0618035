"""Structured logs on standard error: ids, never texts or names."""

from __future__ import annotations

import logging
import sys

import structlog

from bridge.config import LogConfig

# These print bodies, addresses with tokens, or a line for each request.
QUIET = (
    "mau",
    "mautrix",
    "aiohttp.access",
    "aiosqlite",
    "asyncpg",
    "sqlalchemy.engine",
    "alembic",
    "markdown_it",
)


def set_up_logs(config: LogConfig) -> None:
    """One line for each event, as JSON or as text; the libraries' own logs from WARNING on."""
    level = logging.getLevelNamesMapping()[config.level]
    logging.basicConfig(level=level, stream=sys.stderr, format="%(levelname)s %(name)s %(message)s", force=True)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer()
        if config.format == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
