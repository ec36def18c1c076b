"""Which pools are behind, for whoever keeps them in every project; and when prices were last reckoned, and from what."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

BEHIND = """
    create function pools_behind(at timestamptz, most int, held uuid[], seen bigint[])
    returns table (round uuid, project uuid)
    language sql stable security definer set search_path = public, pg_temp as $$
        with recruiting as (
            select r.id, r.project, r.begins from rounds r
            where coalesce(r.opens_at <= at, true) and coalesce(r.closes_at > at, true)
            order by r.begins desc, r.id limit most
        )
        select r.id, r.project from recruiting r
        left join unnest(held, seen) as kept (id, since) on kept.id = r.id
        where kept.since is null
            or exists (select from cards c where c.project = r.project and c.changed >= kept.since)
            or exists (select from participations p where p.round = r.id and p.changed >= kept.since)
            or exists (select from pricings g where g.round = r.id and g.changed >= kept.since)
            or exists (
                select from place_points t join cards c on c.place = t.place
                where t.changed >= kept.since and c.project = r.project
            )
        order by r.begins desc, r.id
    $$
"""
NAME = "pools_behind(timestamptz, int, uuid[], bigint[])"


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.create_index("ix_place_points_changed", "place_points", ["changed"])
    op.add_column("pricings", sa.Column("seen", sa.BigInteger(), nullable=True))
    op.add_column("pricings", sa.Column("free", sa.Integer(), nullable=True))
    op.add_column("pricings", sa.Column("turn_at", sa.DateTime(timezone=True), nullable=True))
    op.alter_column("pricings", "at", nullable=True)
    op.execute(BEHIND)
    op.execute(f"revoke execute on function {NAME} from public")
    op.execute(f"grant execute on function {NAME} to matching_app")
