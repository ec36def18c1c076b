"""How matching shows its things to others."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from commons_contracts.codes import ConnectionState, Role
from commons_contracts.ids import PersonId, RoundId
from commons_contracts.matching import (
    ConnectionView,
    FitView,
    FlashSlotView,
    MatchView,
    MenteeCardView,
    MentorCardView,
    OfferView,
    PlacesView,
    PreferencesView,
    RoundView,
    SupervisionView,
    WaitingView,
)

from .rules.asking import Asker
from .rules.card import Card
from .rules.choosing import can
from .rules.engine.weights import Rules
from .rules.fit import Fit, explain
from .rules.known import card_of
from .rules.places import Places, Spot
from .rules.preference import RankedList
from .rules.round import Round
from .rules.supervision import Supervision

Row = Mapping[Any, Any]


def round_view(round: Round, viewer: Asker, now: datetime) -> RoundView:
    matching = round.rules.matching
    return RoundView(
        id=round.id,
        programme=round.programme,
        programme_version=round.programme_version,
        starts_on=round.starts_on,
        opens_at=round.opens_at,
        closes_at=round.closes_at,
        open=round.is_open(now),
        styles=round.rules.styles,
        registered_as=tuple(sorted(viewer.registered)),
        method=matching.method,
        lists_close_at=round.lists_close_at,
        lists=None if round.lists_close_at is None else matching.lists,
        notice_acknowledged=viewer.acknowledged if matching.notice_acknowledged else None,
        can=can(round, viewer, at=now),
    )


def mentor_card_view(row: Row, round: Round, viewer: Card, rules: Rules) -> MentorCardView:
    """With the reasons why the two fit; beside what both agreed to be compared by, they say nothing that she does not tell
    everyone here.
    """
    mentor = card_of(row)
    return MentorCardView(
        person=row["person"],
        round=round.id,
        description=mentor.told,
        free_places=row["free_places"],
        fit=_fit_view(explain(viewer, mentor, rules)),
        seen_from=viewer.told.place,
    )


def _fit_view(fit: Fit) -> FitView:
    return FitView.model_validate(fit, from_attributes=True)


def mentee_card_view(row: Row, round: Round, mentor: Card, rules: Rules) -> MenteeCardView:
    """With how well the two fit, as the mentee would be told it."""
    mentee = card_of(row)
    return MenteeCardView(
        person=row["person"],
        round=round.id,
        description=mentee.told.model_copy(update={"wants_woman": False}),
        fit=_fit_view(explain(mentee, mentor, rules)),
    )


def preferences_view(round: RoundId, role: Role, listed: RankedList, sent_at: datetime) -> PreferencesView:
    """For its author alone."""
    equal = tuple(person for person in listed.ranked if person in listed.equal)
    return PreferencesView(round=round, role=role, ranked=listed.ranked, equal=equal, sent_at=sent_at)


def connection_view(row: Row, viewer: PersonId, now: datetime) -> ConnectionView:
    """For one of its two people."""
    open_now = row["state"] == ConnectionState.ASKED and (row["expires_at"] is None or now < row["expires_at"])
    shown = {name: row[name] for name in ConnectionView.model_fields if name in row}
    sides = [row["mentee"], row["mentor"]]
    asker, asked = sides if row["asked_by"] == Role.MENTEE else reversed(sides)
    return ConnectionView(
        **shown | {"decline_note": row["decline_note"] if viewer == asker else ""},
        may_answer=open_now and viewer == asked,
        may_withdraw=open_now and viewer == asker,
    )


def flash_slot_view(row: Row, viewer: PersonId) -> FlashSlotView:
    """Who has taken it is for its two people to know."""
    shown = {name: row[name] for name in FlashSlotView.model_fields if name in row}
    apart = {} if viewer in (row["mentor"], row["mentee"]) else {"mentee": None, "match": None}
    minutes = (row["ends_at"] - row["starts_at"]) // timedelta(minutes=1)
    return FlashSlotView(**shown | apart, minutes=minutes)


def match_view(row: Row) -> MatchView:
    return MatchView(**{name: row[name] for name in MatchView.model_fields})


def places_view(spot: Spot, places: Places) -> PlacesView:
    return PlacesView(
        round=spot.round,
        mentor=spot.mentor,
        style=spot.style,
        most=places.most,
        used=places.used,
        held=places.held,
        free=places.free,
    )


def waiting_view(row: Row) -> WaitingView:
    return WaitingView(**{name: row[name] for name in WaitingView.model_fields})


def offer_view(row: Row) -> OfferView:
    return OfferView(**{name: row[name] for name in OfferView.model_fields})


def supervision_view(it: Supervision, viewer: PersonId) -> SupervisionView:
    return SupervisionView(
        supervisor=it.supervisor,
        supervised=it.supervised,
        declared_at=it.at,
        may_withdraw=it.by == viewer,
    )
