"""A programme's texts: in all languages for those who write them, in the best one for those who read them."""

from __future__ import annotations

from collections.abc import Mapping

from commons_contracts import mentoring as contract
from commons_contracts.codes import ReadinessItem

from ..fields import said
from ..scalars import LanguageTag
from .twins import design, pair


@pair
class LocalText:
    """A text in one language."""

    language: LanguageTag = said("The language.")
    text: str = said("The text.")


@pair
class ItemTexts:
    """The words for a line of a checklist."""

    item: str = said("The line's code.")
    texts: list[LocalText] = said("Its words.")


@pair
class ReadinessTexts:
    """The words for something to do before taking part."""

    item: ReadinessItem = said("What it is.")
    texts: list[LocalText] = said("Its words.")


@pair
class ClauseTexts:
    """The words of a clause that stands in every agreement as it is."""

    clause: str = said("The clause's name: NO_FAULT.")
    texts: list[LocalText] = said("Its words.")


@pair
class FindingTexts:
    """Why the programme's guide advises against a choice."""

    finding: str = said("The finding's code.")
    texts: list[LocalText] = said("The reason.")


@design(contract.Question)
class Question:
    """A question of a set."""

    key: str = said("Its name, the same in every language and version.")
    wording: list[LocalText] = said("Its words.")


@pair
class QuestionSet:
    """Questions that are asked together."""

    name: str = said("When they are asked: SESSION, MID_POINT, FINAL.")
    questions: list[Question] = said("The questions.")


@design(contract.ProgrammeTexts)
class ProgrammeTexts:
    """All that people read of a programme, in every language there is."""

    name: list[LocalText] = said("Its name.")
    goals: list[LocalText] = said("What it is for.")
    mentor_brief: list[LocalText] = said("What mentors should know.")
    mentee_brief: list[LocalText] = said("What mentees should know.")
    feedback_plan: list[LocalText] = said("How feedback is gathered and used.")
    matching_notice: list[LocalText] = said("How matching works, and that it may not feel perfect.")
    checklist_items: list[ItemTexts] = said("The words of the checklists.")
    readiness_items: list[ReadinessTexts] = said("The words of what to do before.")
    questions: list[QuestionSet] = said("The questions that are asked on the way.")
    clauses: list[ClauseTexts] = said("What stands in every agreement as it is.")
    advice: list[FindingTexts] = said("Why the guide advises against a choice.")


def best(texts: Mapping[str, str], language: str) -> LocalText | None:
    """In the language wanted, else in English, else in any; it says which."""
    for wanted in (language, "en", *texts):
        if wanted in texts:
            return LocalText(language=LanguageTag(wanted), text=texts[wanted])
    return None
