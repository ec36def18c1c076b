"""How matching shows its things to others."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from commons_contracts.codes import ConnectionState, Role
from commons_contracts.ids import PersonId, RoundId
from commons_contracts.matching import (
    ConnectionView,
    FitPart,
    FitView,
    FlashSlotView,
    MatchView,
    MenteeCardView,
    MentorCardView,
    OfferView,
    PlacesView,
    PreferencesView,
    RoundView,
    WaitingView,
)
from commons_contracts.profiles import Description

from .rules.asking import Asker
from .rules.choosing import can
from .rules.fit import Fit, explain
from .rules.places import Places, Spot
from .rules.preference import RankedList
from .rules.round import Round

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


def mentor_card_view(row: Row, round: Round, viewer: Description) -> MentorCardView:
    """With the reasons why the two fit; they say nothing that the mentor does not tell everyone here."""
    description = Description.model_validate(row["description"])
    return MentorCardView(
        person=row["person"],
        round=round.id,
        description=description,
        free_places=row["free_places"],
        fit=_fit_view(explain(viewer, description, round.rules.matching)),
        seen_from=viewer.place,
    )


def _fit_view(fit: Fit) -> FitView:
    parts = tuple(FitPart(criterion=p.criterion, points=p.points, most=p.most, skipped=p.skipped) for p in fit.parts)
    return FitView(points=fit.points, parts=parts)


def mentee_card_view(row: Row, round: Round, mentor: Description) -> MenteeCardView:
    """With how well the two fit, as the mentee would be told it."""
    told = Description.model_validate(row["description"] or {})
    return MenteeCardView(
        person=row["person"],
        round=round.id,
        description=told,
        fit=_fit_view(explain(told, mentor, round.rules.matching)),
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
