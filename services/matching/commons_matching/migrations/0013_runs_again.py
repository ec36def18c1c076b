"""Runs that compute another again; whom a run was about can be forgotten."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.add_column("runs", sa.Column("repeats", sa.Uuid(), nullable=True))
    op.create_foreign_key(op.f("fk_runs_repeats_runs"), "runs", "runs", ["repeats"], ["id"])
    op.add_column("runs", sa.Column("kept", sa.Boolean(), server_default=sa.true(), nullable=False))
    op.alter_column("run_snapshots", "people", nullable=True)
