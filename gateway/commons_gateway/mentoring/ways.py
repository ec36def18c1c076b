"""How a programme brings people together, as a browser reads and writes it."""

from __future__ import annotations

from commons_contracts import mentoring as contract
from commons_contracts.codes import Cefr, Criterion, Method

from ..fields import said
from .twins import design


@design(contract.Weight)
class Weight:
    """What a criterion can add to how well two people fit."""

    criterion: Criterion = said("The criterion.")
    points: int = said("What it can add, up to 10,000 for all together.")


@design(contract.ListRules)
class ListRules:
    """Ranked lists of both sides, where both choose."""

    due_days: int = said("They close so many days before the start, at midnight in the project's zone.")
    reminder_days: list[int] = said("So many days before that, whoever has sent none is reminded.")
    least: int = said("How many a list names at least.")
    most: int = said("How many a list names at most.")
    ties: bool = said("Whether several may stand in one place.")
    completed: bool = said("Whether who has sent no list is matched by the criteria; otherwise she is left out.")


@design(contract.PairRules)
class PairRules:
    """What a pair must have in common, and from where on more counts no more."""

    language_least: Cefr = said("How well both must speak a language that they have in common.")
    hours_least: int = said("Blocks of three hours a week in which both must have time.")
    hours_enough: int = said("Beyond so many such blocks, more choice adds nothing.")
    reach_km: int = said("How far those travel to meet who have not said.")
    near_km: int = said("What counts nearly as the same place.")
    other_organisation: bool = said("Whether the two may not be at one organisation.")
    woman_mentors: bool = said("Whether mentors are women; who has not told her gender is then nobody's mentor.")


@design(contract.CircleRules)
class CircleRules:
    """What members of one circle must have in common or not, beside what each has with the facilitator."""

    other_organisation: bool = said("Whether no two members may be at one organisation.")


@design(contract.MatchRules)
class MatchRules:
    """How people are brought together."""

    method: Method = said("The way.")
    criteria: list[Weight] = said("What counts, and how much.")
    collected: list[Criterion] = said("What both sides are asked for before.")
    opt_in: list[Criterion] = said("What counts only for those who have agreed to it.")
    notice_acknowledged: bool = said("Whether participants confirm that they know how matching works.")
    lists: ListRules = said("What holds for the lists, where both sides rank each other.")
    pairs: PairRules = said("What a pair must have in common.")
    circles: CircleRules = said("What holds between members, where circles are formed.")
    bands: list[int] = said("Points under which a pair is a poor one: as few as possible are, the lowest first.")
    price_percent: int = said(
        "How much of what a mentor's place costs counts against her in suggestions; 0: fit alone."
    )
