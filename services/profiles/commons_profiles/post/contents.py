"""What a letter about notices says: read when it leaves, so that it is as she is then, and as the session is then."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from babel.dates import format_date, format_time

from commons_chassis.calendars import Meeting, calendar
from commons_chassis.tx import Row, Tx
from commons_contracts.codes import (
    CATEGORY,
    Language,
    NoticeCategory,
    NoticeCode,
    NoticeWay,
    SessionState,
)
from commons_contracts.profiles import Address

from ..rules.letter import LetterKind
from ..tables import addresses, meetings, notices, people, projects
from . import texts
from .letter import Asks, Content, Invitation, Item
from .speaking import speaking
from .wishes import among_reached, preferences_of

n, m = notices.c, meetings.c
CHANGES = frozenset(
    {NoticeCode.SESSION_PROPOSED, NoticeCode.SESSION_ACCEPTED, NoticeCode.SESSION_MOVED, NoticeCode.SESSION_CANCELLED}
)
"""Told in one transaction with a fact about the session: until that fact was heard, too, the letter waits for it."""
SESSIONS = CHANGES | {NoticeCode.SESSION_REMINDER}
WAITS = 5
"""After so many tries it leaves without an invitation."""
OF_MENTORSHIP = {
    NoticeCode.MENTORSHIP_OPENED: SessionState.SCHEDULED,
    NoticeCode.MENTORSHIP_COMPLETED: SessionState.CANCELLED,
    NoticeCode.MENTORSHIP_ENDED: SessionState.CANCELLED,
}
"""The one session of flash mentoring stands when it opens; what was planned is off when it is over. Nobody is told of either
by itself, but the calendars should know.
"""
TOLD = (
    among_reached(sa.select(n.letter, n.code, n.subject_id, n.at, n.person, n.project, n.own))
    .add_columns(people.c.language, addresses.c.address, projects.c.name, projects.c.slug)
    .join(projects, projects.c.id == n.project)
    .order_by(n.at, n.place)
)


@dataclass(frozen=True)
class Written:
    """Ready to be sent, but for the address of the link that stops it: that is made of `stops`."""

    to: Address
    content: Content
    invitations: tuple[Invitation, ...]
    person: UUID
    project: UUID
    stops: str | None
    """A category, or "" for all that come together; None: nobody can be without it."""


@dataclass(frozen=True)
class Later:
    """Not now: she keeps quiet until then, or (None) what it tells of is not known here yet."""

    at: datetime | None


async def find_told(tx: Tx, ids: Sequence[UUID]) -> Mapping[UUID, list[Row]]:
    """The notices in each letter that still has a reader."""
    found: dict[UUID, list[Row]] = defaultdict(list)
    for row in await tx.rows(TOLD.where(n.letter.in_(ids))):
        if preferences_of(row).way(CATEGORY[NoticeCode(row["code"])]) is not NoticeWay.NEVER:
            found[row["letter"]].append(row)
    return found


async def find_meetings(tx: Tx, rows: Sequence[Row]) -> list[Row]:
    """Of the sessions that these notices are about, on the ground of their project."""
    about = {row["subject_id"] for row in rows if row["subject_id"] and NoticeCode(row["code"]) in SESSIONS}
    whole = {row["subject_id"] for row in rows if NoticeCode(row["code"]) in OF_MENTORSHIP}
    if not about and not whole:
        return []
    return list(await tx.rows(sa.select(meetings).where(m.session.in_(about) | m.mentorship.in_(whole))))


class Pen:
    """Writes letters about notices."""

    def __init__(self, sender: str, public_url: str) -> None:
        self._sender, self._url = sender, public_url.rstrip("/")

    def write(self, letter: Row, told: Sequence[Row], known: Sequence[Row], now: datetime) -> Written | Later | None:
        """None: nobody needs it any more. `known`: the sessions; `now`: the business clock's."""
        if not told:
            return None
        first, hers = told[0], preferences_of(told[0])
        if hers.quiet(now, first["zone"]):
            return Later(hers.awake(now, first["zone"]))
        if letter["tries"] <= WAITS and any(_unheard(row, known) for row in told):
            return Later(None)
        items, asked = self._items(told, known, now)
        if not items:
            return None
        category = CATEGORY[NoticeCode(first["code"])]
        stops = "" if letter["kind"] == LetterKind.DIGEST else category.value
        return Written(
            to=first["address"],
            content=self._content(letter, first, items),
            invitations=tuple(self._invitation(it, first) for it in asked.values()),
            person=first["person"],
            project=first["project"],
            stops=None if category is NoticeCategory.SAFEGUARDING else stops,
        )

    def _items(
        self, told: Sequence[Row], known: Sequence[Row], now: datetime
    ) -> tuple[tuple[Item, ...], dict[UUID, Row]]:
        """What it says, and the sessions to bring into her calendar, each once."""
        items: list[Item] = []
        asked: dict[UUID, Row] = {}
        for row in told:
            code, about = NoticeCode(row["code"]), _about(row, known)
            if code is NoticeCode.SESSION_REMINDER and any(over(it, now) for it in about):
                continue
            takes_place = code in SESSIONS and about and about[0]["state"] != SessionState.CANCELLED
            says = speaking(Language(row["language"])).gettext(_text(row).says)
            items.append(Item(says.format(project=row["name"]), _when(about[0], row) if takes_place else ""))
            asked |= {it["session"]: it for it in about if it["state"] != SessionState.HELD}
        return tuple(items), asked

    def _content(self, letter: Row, first: Row, items: tuple[Item, ...]) -> Content:
        language = Language(first["language"])
        say = speaking(language).gettext
        together = letter["kind"] == LetterKind.DIGEST
        subject = texts.DIGEST if together else _text(first).subject
        return Content(
            language=language,
            subject=say(subject).format(project=first["name"]),
            items=items,
            url=f"{self._url}/?{urlencode({'notices': first['slug']})}",
            button=say(texts.BUTTON),
            project=first["name"],
        )

    def _invitation(self, it: Row, reader: Row) -> Invitation:
        """As it stands now: whichever letter is opened last, the calendar has the newest."""
        say = speaking(Language(reader["language"])).gettext
        method: Asks = "CANCEL" if it["state"] == SessionState.CANCELLED else "REQUEST"
        stands = it["state"] == SessionState.SCHEDULED
        meeting = Meeting(
            id=it["session"],
            at=it["at"],
            starts_at=it["starts_at"],
            ends_at=it["starts_at"] + timedelta(minutes=it["minutes"]),
            title=say(texts.SESSION if stands or method == "CANCEL" else texts.PROPOSED),
            sequence=it["sequence"],
            stands=stands,
        )
        made = calendar([meeting], reader["zone"], method=method, organiser=self._sender, guest=reader["address"])
        return Invitation(method, made)


def _text(row: Row) -> texts.Text:
    return (texts.OWN if row["own"] else texts.NOTICES).get(NoticeCode(row["code"]), texts.OTHER)


def over(it: Row, now: datetime) -> bool:
    """Reminding of what has begun helps nobody."""
    return bool(it["state"] == SessionState.CANCELLED or it["starts_at"] <= now)


def _unheard(row: Row, known: Sequence[Row]) -> bool:
    code = NoticeCode(row["code"])
    if code not in SESSIONS:
        return False
    found = [it for it in known if it["session"] == row["subject_id"]]
    return not found or (code in CHANGES and found[0]["at"] < row["at"])


def _about(row: Row, known: Sequence[Row]) -> list[Row]:
    """The sessions that a notice tells of."""
    code = NoticeCode(row["code"])
    if code in SESSIONS:
        return [it for it in known if it["session"] == row["subject_id"]]
    if (state := OF_MENTORSHIP.get(code)) is None:
        return []
    theirs = [it for it in known if it["mentorship"] == row["subject_id"] and it["state"] == state]
    return [it for it in theirs if it["starts_at"] > row["at"]]


def _when(it: Row, reader: Row) -> str:
    """By the clock on her wall, and which clock that is."""
    locale, there = reader["language"], ZoneInfo(reader["zone"])
    begins = it["starts_at"].astimezone(there)
    ends = (it["starts_at"] + timedelta(minutes=it["minutes"])).astimezone(there)
    clock = "\N{EN DASH}".join(format_time(at, "HH:mm", locale=locale) for at in (begins, ends))
    return f"{format_date(begins.date(), 'full', locale=locale)}, {clock} ({reader['zone']})"
