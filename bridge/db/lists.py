"""``column IN (…)`` for lists of any length, as one and the same statement."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, literal
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql.expression import any_

from bridge.db.engine import Conn


def one_of(conn: Conn, column: ColumnElement[Any], values: Sequence[Any]) -> ColumnElement[bool]:
    """
    Whether *column* is one of *values*.

    PostgreSQL gets one array instead of a parameter for each value: a statement for each length of a list would be
    prepared and kept by every connection (measured: 150 MB for lists of up to 500).
    """
    if conn.dialect.name == "sqlite":
        return column.in_(values)
    return column == any_(literal(list(values), ARRAY(column.type)))
