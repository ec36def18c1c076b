"""One environment for every service's migrations."""

from typing import Any

from alembic import context
from alembic.operations.ops import CreateTableOp


def without_walls(_context: Any, _revision: Any, directives: Any) -> None:
    """Walls become statements of their own; a table's info is for the code."""
    for op in directives[0].upgrade_ops.ops:
        if isinstance(op, CreateTableOp):
            op.info.clear()


attributes = context.config.attributes
with attributes["engine"].connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=attributes["metadata"],
        compare_type=True,
        compare_server_default=False,
        process_revision_directives=without_walls,
    )
    with context.begin_transaction():
        context.run_migrations()
