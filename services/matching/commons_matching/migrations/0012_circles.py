"""Circles that a run proposes, and to which circle a proposal or a match belongs."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.create_table(
        "circles",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("project", sa.Uuid(), nullable=False),
        sa.Column("run", sa.Uuid(), nullable=False),
        sa.Column("facilitator", sa.Uuid(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("block", sa.Integer(), nullable=False),
        sa.Column("modality", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["run"], ["runs.id"], name=op.f("fk_circles_run_runs"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_circles")),
        sa.UniqueConstraint("run", "facilitator", "block", name=op.f("uq_circles_run_facilitator_block")),
    )
    op.create_index(op.f("ix_circles_facilitator"), "circles", ["facilitator"])
    op.add_column("proposals", sa.Column("circle", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_proposals_circle_circles"), "proposals", "circles", ["circle"], ["id"], ondelete="CASCADE"
    )
    op.create_index(op.f("ix_proposals_circle"), "proposals", ["circle"])
    op.add_column("matches", sa.Column("circle", sa.Uuid(), nullable=True))
    op.create_index(op.f("ix_matches_circle"), "matches", ["circle"])
    op.execute("alter table circles enable row level security")
    op.execute("alter table circles force row level security")
    op.execute(
        "create policy sees on circles to matching_app using (project = current_setting('app.project')::uuid) with check (project = current_setting('app.project')::uuid)"
    )
    op.execute("create policy owner_sees on circles to matching_owner using (true) with check (true)")
