"""figures over all projects, by functions that the application may call and see no row through."""

from alembic import op

revision = "0003"
down_revision = "0002"

OPEN_REQUESTS = """
    create function open_requests() returns table (project uuid, style text, value bigint)
    language sql stable security definer set search_path = public, pg_temp as $$
        select known.project, known.style, count(c.id)
        from (select distinct p.project, p.style from places p) as known
        left join connections c on c.project = known.project and c.style = known.style and c.state = 'ASKED'
        group by known.project, known.style
    $$
"""
CURRENT_ROUNDS = """
    create function current_rounds(at timestamptz)
    returns table (project uuid, opens_at timestamptz, closes_at timestamptz, unmatched bigint)
    language sql stable security definer set search_path = public, pg_temp as $$
        select r.project, r.opens_at, r.closes_at, (
            select count(*) from participations p
            where p.round = r.id and p.role = 'MENTEE'
            and not exists (select from matches m where m.round = r.id and m.mentee = p.person)
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
    for text, name in ((OPEN_REQUESTS, "open_requests()"), (CURRENT_ROUNDS, "current_rounds(timestamptz)")):
        op.execute(text)
        op.execute(f"revoke execute on function {name} from public")
        op.execute(f"grant execute on function {name} to matching_app")
