"""Where everything is kept: tables, connections, migrations, backup."""

# Every table is known before anything looks at the catalogue.
from engine.store import drafts, proceedings, publicity, tables, voting
from engine.store.database import Database, DatabaseBusy, DatabaseUnavailable, count_statements

__all__ = [
    "Database",
    "DatabaseBusy",
    "DatabaseUnavailable",
    "count_statements",
    "drafts",
    "proceedings",
    "publicity",
    "tables",
    "voting",
]
