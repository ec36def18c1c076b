"""What stands on an agreement and on a certificate, in the words of one language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from importlib.resources import files
from typing import Any

from commons_contracts.codes import GoalState, Role
from commons_contracts.mentoring import AgreementView, Terms

from ..rules.certificate import Certificate
from . import day, words

PASSAGES = (
    "expectations", "availability", "working_method", "mentor_boundaries", "mentee_boundaries", "confidentiality",
    "forbidden_topics", "mentor_success", "mentee_success",
)  # fmt: skip
"""In the order of the WESTEM mentor manual, the mentoring agreement."""
STYLE = files(__package__).joinpath("page.css").read_text("utf-8")
MINUTES_AN_HOUR = 60


def language_of(terms: Terms, viewers: str) -> str:
    """The pair's own language where we have words for it, else the viewer's."""
    return terms.language if terms.language in {"sv", "nb", "en"} else viewers


def agreement(
    it: AgreementView, *, mentor: str, mentee: str, programme: str, language: str, now: date
) -> dict[str, Any]:
    """Everything that the two agreed on, for both forms; names are given by who may know them."""
    said, terms = words(language), it.terms
    title = said["agreement"]
    names = {"mentor": mentor, "mentee": mentee}
    return {
        "title": title,
        "publisher": said["publisher"],
        "language": language,
        "style": STYLE,
        "print_hint": said["print_hint"],
        "intro": said["intro"].format(mentor=mentor, mentee=mentee, programme=programme),
        "foot": said["foot"].format(title=title, number=it.version, day=day(now, language)),
        "facts_heading": said["facts"],
        "facts_value": said["agreed"],
        "facts": [list(fact) for fact in _facts(terms, said, language)],
        "goals_heading": said["goals"],
        "steps_label": said["steps"],
        "goals": [
            {
                "text": goal.text,
                "steps": goal.steps,
                "state": "" if goal.state == GoalState.ACTIVE else said[goal.state],
            }
            for goal in terms.goals
        ],
        "sections": list(_sections(terms, said)),
        "clause_heading": said["clause"],
        "clause": it.clause,
        "signatures_heading": said["signatures"],
        "signatures": [
            [said[side], _signature(said, names[side], signed, language)]
            for side, signed in (("mentor", it.mentor_signed_at), ("mentee", it.mentee_signed_at))
        ],
    }


def _facts(terms: Terms, said: Mapping[str, str], language: str) -> Iterator[tuple[str, str]]:
    if terms.starts_on and terms.ends_on:
        period = said["from_to"].format(starts=day(terms.starts_on, language), ends=day(terms.ends_on, language))
        yield said["period"], period
    if terms.minutes_a_month is not None:
        yield said["hours"], said["minutes_a_month"].format(hours=_number(terms.minutes_a_month, language))
    if terms.cadence_days is not None:
        yield said["cadence"], said["every_days"].format(days=terms.cadence_days)
    if terms.session_minutes is not None:
        yield said["length"], said["minutes"].format(minutes=terms.session_minutes)
    if terms.modality is not None:
        yield said["modality"], said[terms.modality]


def _sections(terms: Terms, said: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    for name in PASSAGES:
        value = getattr(terms, name)
        text, items = (value, []) if isinstance(value, str) else ("", list(value))
        if text.strip() or items:
            yield {"heading": said[name], "text": text, "items": items}


def _signature(said: Mapping[str, str], name: str, signed: datetime | None, language: str) -> str:
    if signed is None:
        return said["unsigned"].format(name=name)
    return said["signed"].format(name=name, day=day(signed, language))


def certificate(it: Certificate, *, name: str, programme: str, site: str, language: str) -> dict[str, Any]:
    said = words(language)
    did = said["did_mentor" if it.side == Role.MENTOR else "did_mentee"]
    period = said["from_to"].format(starts=day(it.began_on, language), ends=day(it.ended_on, language))
    return {
        "title": said["certificate"],
        "publisher": said["publisher"],
        "language": language,
        "lead": said["lead"],
        "name": name,
        "did": did.format(programme=programme),
        "facts": [
            [said["total"], _number(it.minutes, language)],
            [said["sessions"], str(it.sessions)],
            [said["period"], period],
        ],
        "issued": said["issued"].format(day=day(it.ended_on, language)),
        "check": said["check"].format(site=site, number=it.id),
        "foot": said["publisher"],
    }


def badge_words(it: Certificate, *, programme: str, language: str) -> dict[str, str]:
    """The words of the badge that says the same."""
    said = words(language)
    hours = _number(it.minutes, language)
    return {
        "issuer": said["publisher"],
        "title": said["certificate"],
        "description": said["description"].format(hours=hours, sessions=it.sessions, programme=programme),
        "criteria": said["criteria"],
    }


def _number(minutes: int, language: str) -> str:
    """Hours as they are written in that language: 1,5 or 1.5."""
    from babel.numbers import format_decimal

    return format_decimal(round(minutes / MINUTES_AN_HOUR, 2), locale=language)
