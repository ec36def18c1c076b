"""Papers: agreements and certificates for their own people, tables for coordinators, the key of our badges for anybody."""

from __future__ import annotations

import asyncio
from base64 import b64encode

import sqlalchemy as sa

from commons_chassis.service import answers
from commons_chassis.tx import Tx
from commons_contracts.base import Refusal
from commons_contracts.cells import table
from commons_contracts.codes import PaperForm, RefusalCode, SessionState
from commons_contracts.ids import ProgrammeId
from commons_contracts.mentoring import (
    AgreementPaper,
    BadgeKeys,
    BadgeKeysView,
    CertificatePaper,
    EvaluationsTable,
    MentorshipsTable,
    Paper,
)

from .. import documents
from ..documents import badge, papers
from ..rules import certificate as rule
from ..rules.mentorship import Mentorship
from ..tables import agreements, evaluations, mentorships, project_answers
from ..tables.evaluation import read
from ..tables.mentorship import mine
from ..tables.programme import find_design
from ..tables.session import sessions
from ..views import shown_agreement
from .overview import record, records

m, s, a, e = mentorships.c, sessions.c, agreements.c, evaluations.c
MOST_ROWS, MOST_BYTES = 3000, 700_000
"""What fits into one answer; more is asked for a programme at a time."""
COLUMNS = (
    "id", "programme", "programme_version", "mentor", "mentee", "style", "state", "phase", "opened_at", "over_at",
    "still_days", "stuck", "sessions", "minutes", "evaluated_by",
)  # fmt: skip


@answers
async def agreement_paper(query: AgreementPaper, tx: Tx) -> Paper:
    hers = (a.mentor == tx.person) | (a.mentee == tx.person)
    row = await tx.row(sa.select(agreements).where(a.id == query.agreement, hers))
    if row is None or query.form not in {PaperForm.PDF, PaperForm.PAGE}:
        raise Refusal(RefusalCode.NOT_FOUND)
    view = shown_agreement(row)
    language = papers.language_of(view.terms, tx.actor.language)
    programme = await tx.value(sa.select(m.programme).where(m.id == view.mentorship))
    content = papers.agreement(
        view,
        mentor=query.mentor,
        mentee=query.mentee,
        programme=await _programme(programme, language, tx),
        language=language,
        now=tx.now.date(),
    )
    name = f"agreement-{view.version}"
    if query.form is PaperForm.PAGE:
        shown = documents.page("agreement", content).encode()
        return Paper(name=f"{name}.html", media="text/html", content=_written(shown), styles=papers.STYLE)
    made = await asyncio.to_thread(documents.pdf, "agreement", content)
    return Paper(name=f"{name}.pdf", media="application/pdf", content=_written(made))


@answers
async def certificate_paper(query: CertificatePaper, tx: Tx) -> Paper:
    row = await tx.row(sa.select(mentorships).where(m.id == query.mentorship, mine(tx)))
    if row is None or query.form not in {PaperForm.PDF, PaperForm.BADGE}:
        raise Refusal(RefusalCode.NOT_FOUND)
    mentorship = Mentorship(**{name: value for name, value in row.items() if name not in {"version", "changed"}})
    held = await tx.rows(
        sa.select(s.minutes, s.starts_at)
        .where(s.mentorship == mentorship.id, s.state == SessionState.HELD)
        .order_by(s.starts_at)
    )
    made = rule.certificate(
        mentorship,
        tx.person,
        sessions=len(held),
        minutes=sum(each["minutes"] for each in held),
        began_on=(held[0]["starts_at"] if held else mentorship.opened_at).date(),
    )
    language = mentorship.agreement_language if mentorship.agreement_language in documents.LANGUAGES else None
    said = language or str(tx.actor.language)
    programme = await _programme(mentorship.programme, said, tx)
    if query.form is PaperForm.BADGE:
        words = papers.badge_words(made, programme=programme, language=said)
        signed = badge.sign(rule.credential(made, name=query.name, site=query.site, words=words), query.site)
        return Paper(name="certificate.jwt", media="application/vc+jwt", content=_written(signed.encode()))
    content = papers.certificate(made, name=query.name, programme=programme, site=query.site, language=said)
    pdf = await asyncio.to_thread(documents.pdf, "certificate", content)
    return Paper(name="certificate.pdf", media="application/pdf", content=_written(pdf))


@answers
async def mentorships_table(query: MentorshipsTable, tx: Tx) -> Paper:
    rows = await tx.rows(records(query.programme).order_by(m.id).limit(MOST_ROWS + 1))
    _require_room(len(rows))
    shown = [record(row, tx).model_dump() for row in rows]
    cells = [[_cell(each[name]) for name in COLUMNS] for each in shown]
    return _table("mentorships", table(COLUMNS, cells))


@answers
async def evaluations_table(query: EvaluationsTable, tx: Tx) -> Paper:
    """What was written for the project, and of what was written for oneself nothing."""
    found = (
        sa.select(e.id, e.mentorship, e.kind, e.side, e.done_at, project_answers.c.answers)
        .join(project_answers, project_answers.c.evaluation == e.id)
        .join(mentorships, m.id == e.mentorship)
        .order_by(e.done_at, e.id)
        .limit(MOST_ROWS + 1)
    )
    rows = await tx.rows(found if query.programme is None else found.where(m.programme == query.programme))
    _require_room(len(rows))
    columns = ("evaluation", "mentorship", "kind", "side", "done_at", "question", "grade", "words")
    cells = [
        [row["id"], row["mentorship"], row["kind"], row["side"], row["done_at"], each.question, each.grade, each.words]
        for row in rows
        for each in read(row["answers"])
    ]
    return _table("evaluations", table(columns, cells))


@answers
async def badge_keys(_: BadgeKeys, tx: Tx) -> BadgeKeysView:  # noqa: ARG001 - a door's second
    return BadgeKeysView(keys=(badge.public(),))


async def _programme(programme: ProgrammeId, language: str, tx: Tx) -> str:
    """Its name in that language, else in English, else in any."""
    names = (await find_design(tx, programme)).texts.name
    return next((names[each] for each in (language, "en", *names) if each in names), "")


def _require_room(rows: int) -> None:
    if rows > MOST_ROWS:
        raise Refusal(RefusalCode.RESULT_TOO_LARGE, max=MOST_ROWS)


def _cell(value: object) -> object:
    return " ".join(value) if isinstance(value, tuple) else value


def _table(name: str, text: str) -> Paper:
    """With the mark by which spreadsheets know that it is UTF-8."""
    content = text.encode("utf-8-sig")
    if len(content) > MOST_BYTES:
        raise Refusal(RefusalCode.RESULT_TOO_LARGE, max=MOST_ROWS)
    return Paper(name=f"{name}.csv", media="text/csv", content=_written(content))


def _written(content: bytes) -> str:
    return b64encode(content).decode()
