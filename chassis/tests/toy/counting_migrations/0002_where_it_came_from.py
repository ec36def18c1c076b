"""where it came from."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.add_column("outbox", sa.Column("trace", sa.Text(), nullable=True))
