"""Journey J3: flash mentoring in one sitting."""

from __future__ import annotations

from ..play import Journey
from . import calendar, closing, offering, sitting
from .story import BEGINS, SEEDED_AT, Story

__all__ = ["JOURNEY"]

JOURNEY = Journey(
    name="J3",
    project="westem",
    seeded_at=SEEDED_AT,
    begins=BEGINS,
    story=Story,
    scenes=(
        ("J3.1", "A mentor offers two hours", offering.a_mentor_offers_slots),
        ("J3.1", "Sixty-four mentees ask for one", offering.sixty_four_ask_for_one),
        ("J3", "It stands in both calendars", calendar.it_can_be_followed),
        ("J3.2", "Three phases, not four", sitting.there_are_three_phases),
        ("J3.3", "One session, with an agreement or without", sitting.there_is_one_session),
        ("J3.4", "The session is evaluated before the end", closing.it_is_evaluated_first),
        ("J3.5", "It goes on", closing.it_goes_on),
        ("J3", "Strangers learn nothing", closing.strangers_learn_nothing),
    ),
    afterwards="The business clock stands still on 18 January 2027: a flash session has just become a mentorship.",
)
