"""Slots for flash mentoring; who has had a flash session may still find a mentor for the season."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"

CURRENT_ROUNDS = """
    create or replace function current_rounds(at timestamptz)
    returns table (project uuid, opens_at timestamptz, closes_at timestamptz, unmatched bigint)
    language sql stable security definer set search_path = public, pg_temp as $$
        select r.project, r.opens_at, r.closes_at, (
            select count(*) from participations p
            where p.round = r.id and p.role = 'MENTEE'
            and not exists (
                select from matches m where m.round = r.id and m.mentee = p.person and m.style <> 'FLASH'
            )
        )
        from (
            select distinct on (project) * from rounds
            where rounds.opens_at is null or rounds.opens_at <= at
            order by project, begins desc, id
        ) as r
    $$
"""


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.execute("create extension if not exists btree_gist")
    op.create_table(
        "flash_slots",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("project", sa.Uuid(), nullable=False),
        sa.Column("round", sa.Uuid(), nullable=False),
        sa.Column("mentor", sa.Uuid(), nullable=False),
        sa.Column("topics", postgresql.ARRAY(sa.String(length=40)), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("mentee", sa.Uuid(), nullable=True),
        sa.Column("match", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.column("mentor"), "="),
            (sa.text("tstzrange(starts_at, ends_at)"), "&&"),
            name=op.f("ex_flash_slots_one_at_a_time"),
            where=sa.text("state <> 'WITHDRAWN'"),
        ),
        sa.ForeignKeyConstraint(["round"], ["rounds.id"], name=op.f("fk_flash_slots_round_rounds")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flash_slots")),
        sa.UniqueConstraint("match", name=op.f("uq_flash_slots_match")),
    )
    op.create_index(op.f("ix_flash_slots_mentee"), "flash_slots", ["mentee"])
    op.create_index(op.f("ix_flash_slots_round_starts_at"), "flash_slots", ["round", "starts_at"])
    op.add_column("connections", sa.Column("continues", sa.Uuid(), nullable=True))
    op.drop_constraint("uq_matches_round_mentee", "matches", type_="unique")
    only_of_the_season = sa.text("style <> 'FLASH'")
    op.create_index(
        "uq_matches_mentor_of", "matches", ["round", "mentee"], unique=True, postgresql_where=only_of_the_season
    )
    op.execute(CURRENT_ROUNDS)
    op.execute("alter table flash_slots enable row level security")
    op.execute("alter table flash_slots force row level security")
    op.execute(
        "create policy sees on flash_slots to matching_app using (project = current_setting('app.project')::uuid) with check (project = current_setting('app.project')::uuid)"
    )
    op.execute("create policy owner_sees on flash_slots to matching_owner using (true) with check (true)")
