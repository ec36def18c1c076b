"""What must hold whatever died: asked in plain SQL, not of the services. Each question's answer must be empty."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module

from commons_onebox.home import SERVICES

from .ground import Ground


def broken(ground: Ground) -> list[str]:
    """Every truth that does not hold, in words; empty where all do."""
    return [*_within(ground), *_heard(ground), *_places(ground), *_matched(ground)]


def _within(ground: Ground) -> list[str]:
    """Facts are numbered without gaps, and nothing is left to be told, looked at or digested."""
    found = []
    gaps = """select count(*) from (select aggregate, min(seq), max(seq), count(*) from event_log group by aggregate
              having min(seq) <> 1 or max(seq) <> count(*)) odd"""
    for name in SERVICES:
        counts = {"gaps in the log": ground.one(name, gaps)}
        counts |= {t: ground.one(name, f"select count(*) from {t}") for t in ("outbox", "parked", "dead_letters")}
        found += [f"{name}: {what}: {count}" for what, count in counts.items() if count]
    return found


def _heard(ground: Ground) -> list[str]:
    """Each listener has heard each fact of each owner, to the last, and none that was never told."""
    found = []
    for name in SERVICES:
        for owner in import_module(f"commons_{name}.app").service.hears:
            told = set(ground.sql(owner, "select aggregate, max(seq) from event_log group by aggregate"))
            heard = set(ground.sql(name, f"select aggregate, seq from heard where owner = '{owner}' and seq > 0"))
            if told != heard:
                found.append(f"{name} of {owner}: {len(told - heard)} not heard, {len(heard - told)} never told")
    return found


def _places(ground: Ground) -> list[str]:
    """A place is used by a match and by nothing else; nobody has more than she offered, or is matched twice."""
    questions = {
        "places not used as matched": """select count(*) from places p left join
            (select round, mentor, style, count(*) as n from matches group by 1, 2, 3) m using (round, mentor, style)
            where p.used <> coalesce(m.n, 0) or p.held <> 0""",
        "mentors over capacity": "select count(*) from places where used + held > most",
        "mentees matched twice": "select count(*) from (select 1 from matches group by round, mentee having count(*) > 1) t",
        "accepted without a match, or matched without a yes": """select count(*) from
            (select id, match from connections where state = 'ACCEPTED') c
            full join matches m on m.connection = c.id and m.id = c.match where m.id is null or c.id is null""",
    }
    return [f"{what}: {n}" for what, question in questions.items() if (n := ground.one("matching", question))]


def _matched(ground: Ground) -> list[str]:
    """One mentorship and one channel for each match; nothing without one."""
    matches = _ids(ground, "matching", "select id from matches")
    mentorships = _ids(ground, "mentoring", "select match from mentorships")
    channels = _ids(ground, "community", "select match from channels")
    found = [] if mentorships == matches else [f"mentorships: {len(mentorships)} of {len(matches)} matches"]
    return found if channels == matches else [*found, f"channels: {len(channels)} of {len(matches)} matches"]


def _ids(ground: Ground, service: str, question: str) -> Sequence[str]:
    return sorted(str(id) for (id,) in ground.sql(service, question))
