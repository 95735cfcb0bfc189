"""Where everything is kept: tables, connections, migrations, backup."""

from engine.store.database import Database, DatabaseBusy, DatabaseUnavailable, count_statements

__all__ = ["Database", "DatabaseBusy", "DatabaseUnavailable", "count_statements"]
