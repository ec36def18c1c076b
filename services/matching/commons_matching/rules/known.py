"""People made of what PostgreSQL told of them: lists of JSON, a line a fact."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from commons_contracts.codes import Criterion, Role, TrainingModule
from commons_contracts.ids import PersonId
from commons_contracts.mentoring import ProgrammeRules
from commons_contracts.profiles import Description

from .card import Card
from .engine.people import Apart, Bar

Lists = Mapping[str, Sequence[Mapping[str, Any]]]
CRITERIA, MODULES = {c.value: c for c in Criterion}, {m.value: m for m in TrainingModule}
NOBODY: Mapping[str, Any] = {}


def read(told: Mapping[str, str]) -> Lists:
    return {name: json.loads(text) for name, text in told.items()}


def cards_in(lists: Lists, rules: ProgrammeRules) -> Callable[[str, Role], Card]:
    """Each person's card in a role. Of whom nothing is known nobody knows whether she is an adult: she is no member."""
    stands, cards = _by_person(lists["stands"]), _by_person(lists["cards"])
    consents, trained = (
        defaultdict[str, dict[Criterion, tuple[str, ...]]](dict),
        defaultdict[str, dict[Any, date]](dict),
    )
    for row in lists["consents"]:
        consents[row["person"]][CRITERIA[row["criterion"]]] = tuple(row["codes"])
    for row in lists["trained"]:
        trained[row["person"]][MODULES[row["module"]]] = date.fromisoformat(row["held_on"])
    vetted = {row["person"]: date.fromisoformat(row["until"]) for row in lists["vetted"] if row["until"]}
    points = {row["place"]: (row["latitude"], row["longitude"]) for row in lists["points"]}
    acknowledged = {row["person"] for row in lists["acknowledged"]}
    brought = {row["person"] for row in lists["brought"]}
    asked_for = rules.matching.notice_acknowledged

    def card(person: str, role: Role) -> Card:
        standing, told = stands.get(person, NOBODY), cards.get(person, NOBODY)
        description = Description.model_validate(told.get("description", NOBODY))
        return Card(
            person=PersonId(UUID(person)),
            told=description,
            shown=not told.get("paused", True) and (told["introduced"] or person in brought),
            member=role in standing.get("roles", ()),
            adult=standing.get("adult", False),
            consents=consents.get(person, {}),
            trained=trained.get(person, {}),
            vetted_until=vetted.get(person),
            at=None if description.place is None else points.get(description.place),
            acknowledged=person in acknowledged or not asked_for,
        )

    return card


def card_of(row: Mapping[Any, Any]) -> Card:
    """The card in a row with the columns of `tables.told.told_of`: for how well she fits, and for nothing else."""
    agreed = {CRITERIA[name]: tuple(codes) for name, codes in (row["consents"] or NOBODY).items()}
    at = row["at"]
    return Card(
        person=row["person"],
        told=Description.model_validate(row["description"] or NOBODY),
        consents=agreed,
        at=(at[0], at[1]) if at else None,
    )


def apart_in(lists: Lists, mentors: Collection[UUID], mentees: Collection[UUID]) -> Iterator[Apart]:
    """Pairs that must not be, each reason once. A block or a supervision counts whichever of the two is the mentor."""
    for name, why in (("blocks", Bar.UNAVAILABLE), ("supervised", Bar.SUPERVISION)):
        ways = {(UUID(row["one"]), UUID(row["other"])) for row in lists[name]}
        for mentor, mentee in sorted(ways | {(other, one) for one, other in ways}):
            if mentor in mentors and mentee in mentees:
                yield Apart(mentor=mentor, mentee=mentee, why=why)
    for mentor, mentee in sorted({(UUID(row["mentor"]), UUID(row["mentee"])) for row in lists["before"]}):
        if mentor in mentors and mentee in mentees:
            yield Apart(mentor=mentor, mentee=mentee, why=Bar.PREVIOUS)


def fellows_in(lists: Lists, mentees: Collection[UUID]) -> list[tuple[UUID, UUID]]:
    """Mentees who may not be in one circle: one of the two blocked the other, or supervises her."""
    told = (*lists["blocks"], *lists["supervised"])
    pairs = {tuple(sorted((UUID(row["one"]), UUID(row["other"])))) for row in told}
    return [(one, other) for one, other in sorted(pairs) if one in mentees and other in mentees]


def _by_person(rows: Sequence[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    return {row["person"]: row for row in rows}
