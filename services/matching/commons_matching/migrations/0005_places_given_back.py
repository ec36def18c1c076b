"""What became of the place of a match: given back at a pause or an end, and taken again."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

CURRENT_ROUNDS = """
    create or replace function current_rounds(at timestamptz)
    returns table (project uuid, opens_at timestamptz, closes_at timestamptz, unmatched bigint)
    language sql stable security definer set search_path = public, pg_temp as $$
        select r.project, r.opens_at, r.closes_at, (
            select count(*) from participations p
            where p.round = r.id and p.role = 'MENTEE'
            and not exists (
                select from matches m
                where m.round = r.id and m.mentee = p.person and m.style <> 'FLASH' and m.over_at is null
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
    op.add_column("matches", sa.Column("place_held", sa.Boolean(), server_default=sa.true(), nullable=False))
    op.add_column("matches", sa.Column("turn", sa.Integer(), server_default="0", nullable=False))
    op.add_column("matches", sa.Column("over_at", sa.DateTime(timezone=True), nullable=True))
    op.drop_index("uq_matches_mentor_of", "matches")
    running = sa.text("style <> 'FLASH' and over_at is null")
    op.create_index("uq_matches_mentor_of", "matches", ["round", "mentee"], unique=True, postgresql_where=running)
    op.execute(CURRENT_ROUNDS)
