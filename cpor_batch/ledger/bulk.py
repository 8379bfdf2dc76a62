"""Many rows at once: into a table, or into a temporary one to be joined with.

A batch of 100,000 rows and one of three go the same way: no IN list of thousands, no select per row.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Final

from sqlalchemy import Column, Connection, MetaData, Table, Text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.schema import CreateTable, DropTable

from cpor_batch.ledger.engine import POSTGRESQL

Row = tuple[str | int | None, ...]

_TEMPORARY: Final = ["TEMPORARY"]


def insert_rows(connection: Connection, table: Table, rows: Iterable[Row]) -> None:
    """Insert rows, whose values stand in the order of the table's columns.

    Past SQLAlchemy's parameter handling, which costs more than the database does.
    """
    quote = connection.dialect.identifier_preparer.format_table
    names = ", ".join(column.name for column in table.columns)
    if connection.dialect.name == POSTGRESQL:
        _copy(connection, f"COPY {quote(table)} ({names}) FROM STDIN", rows)
        return
    batch = list(rows)
    if batch:
        marks = ", ".join("?" * len(table.columns))
        connection.exec_driver_sql(f"INSERT INTO {quote(table)} ({names}) VALUES ({marks})", batch)  # noqa: S608


def _copy(connection: Connection, statement: str, rows: Iterable[Row]) -> None:
    driver, dbapi = connection.connection.driver_connection, connection.dialect.loaded_dbapi
    if driver is None:
        raise RuntimeError("the connection is closed")
    try:
        with driver.cursor() as cursor, cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(row)
    except dbapi.Error as exc:
        # As SQLAlchemy does with the statements that it sends itself.
        raise DBAPIError.instance(statement, None, exc, dbapi.Error, hide_parameters=True) from exc


@contextmanager
def staged(connection: Connection, names: Sequence[str], rows: Iterable[Row]) -> Iterator[Table]:
    """Yield a temporary table with these columns (of text) and rows; it goes when the block ends."""
    number = connection.info.get("staged", 0) + 1
    connection.info["staged"] = number
    columns = [Column(name, Text) for name in names]
    table = Table(f"staged_{number}", MetaData(), *columns, prefixes=_TEMPORARY)
    connection.execute(CreateTable(table))
    # In order of the key, so that neighbours are found on the same page of the index.
    insert_rows(connection, table, _sorted(set(rows)))
    if connection.dialect.name == POSTGRESQL:
        connection.exec_driver_sql(f"ANALYZE {table.name}")
    yield table
    connection.execute(DropTable(table))


def _sorted(rows: set[Row]) -> list[Row]:
    try:
        return sorted(rows)
    except TypeError:
        # A value is absent in some rows. Most batches have no such column, and a key takes twice as long.
        return sorted(rows, key=_sorting)


def _sorting(row: Row) -> tuple[str, ...]:
    return tuple("" if value is None else str(value) for value in row)
