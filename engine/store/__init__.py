"""Where everything is kept: tables, connections, migrations, backup."""

from engine.store import proceedings, tables  # every table is known before anything looks at the catalogue
from engine.store.database import Database, DatabaseBusy, DatabaseUnavailable, count_statements

__all__ = [
    "Database",
    "DatabaseBusy",
    "DatabaseUnavailable",
    "count_statements",
    "proceedings",
    "tables",
]
