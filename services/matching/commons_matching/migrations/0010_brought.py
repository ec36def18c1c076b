"""Who was brought by a coordinator's table."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.add_column("participations", sa.Column("brought", sa.Uuid(), nullable=True))
