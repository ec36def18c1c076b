"""notices in order."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.add_column("notices", sa.Column("place", sa.BigInteger(), sa.Identity(always=True), nullable=False))
    op.create_index("ix_notices_person_place", "notices", ["person", "place"], unique=True)
