"""Places that somebody lives in, nobody knows who, and where they were last told to be."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.create_table(
        "lived_in",
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("place", name="pk_lived_in"),
    )
