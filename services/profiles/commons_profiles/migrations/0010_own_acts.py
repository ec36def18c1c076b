"""own acts."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.add_column("notices", sa.Column("own", sa.Boolean(), server_default=sa.text("false"), nullable=False))
