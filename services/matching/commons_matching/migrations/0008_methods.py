"""Ranked lists, the matching notice, and mentors who ask."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.add_column("connections", sa.Column("asked_by", sa.String(length=40), server_default="MENTEE", nullable=False))
    op.add_column("participations", sa.Column("listed_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "acknowledgements",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("project", sa.Uuid(), nullable=False),
        sa.Column("round", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["round"], ["rounds.id"], name=op.f("fk_acknowledgements_round_rounds")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_acknowledgements")),
        sa.UniqueConstraint("round", "person", name=op.f("uq_acknowledgements_round_person")),
    )
    op.create_table(
        "preferences",
        sa.Column("round", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("partner", sa.Uuid(), nullable=False),
        sa.Column("project", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["round"], ["rounds.id"], name=op.f("fk_preferences_round_rounds")),
        sa.PrimaryKeyConstraint("round", "person", "role", "partner", name=op.f("pk_preferences")),
    )
    op.create_index(op.f("ix_preferences_partner"), "preferences", ["partner"])
    op.execute("alter table acknowledgements enable row level security")
    op.execute("alter table acknowledgements force row level security")
    op.execute(
        "create policy sees on acknowledgements to matching_app using (project = current_setting('app.project')::uuid) with check (project = current_setting('app.project')::uuid)"
    )
    op.execute("create policy owner_sees on acknowledgements to matching_owner using (true) with check (true)")
    op.execute("alter table preferences enable row level security")
    op.execute("alter table preferences force row level security")
    op.execute(
        "create policy sees on preferences to matching_app using (person = current_setting('app.person')::uuid or current_setting('app.own') = 'on') with check (true)"
    )
    op.execute("create policy owner_sees on preferences to matching_owner using (true) with check (true)")
