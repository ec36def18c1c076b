"""Which transaction last wrote a card or a registration, so that a pool in memory reads again what changed."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    for table, wall in (("cards", "project"), ("participations", "round")):
        op.add_column(table, sa.Column("changed", sa.BigInteger(), server_default="0", nullable=False))
        op.alter_column(table, "changed", server_default=None)
        op.create_index(f"ix_{table}_{wall}_changed", table, [wall, "changed"])
