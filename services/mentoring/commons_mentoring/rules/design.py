"""What a programme design may say: choices within the frame of its documents, complete before anyone takes part."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from commons_contracts.base import Refusal
from commons_contracts.codes import Criterion, Method, Modality, RefusalCode, Role, Style, TrainingModule, Unit
from commons_contracts.mentoring import Changes, ProgrammeRules, ProgrammeTexts, Range


@dataclass(frozen=True, kw_only=True)
class Design:
    """Both halves of a programme: what the platform applies, and what people read."""

    rules: ProgrammeRules
    texts: ProgrammeTexts

    def with_changes(self, changes: Changes) -> Design:
        """What a coordinator decided anew (Women STEM Up guide: every choice is taken again from feedback).

        The frame is not hers to move, and lists that she left empty keep their words.
        """
        rules = changes.rules or self.rules
        single = changes.model_dump(include={"recruitment_lead_days", "styles"}, exclude_none=True)
        if changes.initiator is not None:
            single["requests"] = rules.requests.model_copy(update={"initiator": changes.initiator})
        chosen = {"method": changes.method, "lists": changes.lists}
        if matching := {name: choice for name, choice in chosen.items() if choice is not None}:
            single["matching"] = rules.matching.model_copy(update=matching)
        return Design(
            rules=rules.model_copy(update={"frame": self.rules.frame, **single}),
            texts=_kept_lists(self.texts, changes.texts) if changes.texts else self.texts,
        )


def _kept_lists(before: ProgrammeTexts, after: ProgrammeTexts) -> ProgrammeTexts:
    lists = ("checklist_items", "readiness_items", "questions", "clauses", "advice")
    return after.model_copy(update={name: getattr(after, name) or getattr(before, name) for name in lists})


def first_design(changes: Changes) -> Design:
    """With no design to start from, the rules must be given whole; their frame is the project's from then on."""
    if changes.rules is None:
        raise Refusal(RefusalCode.PROGRAMME_INCOMPLETE, missing=("RULES",))
    return Design(rules=changes.rules, texts=changes.texts or ProgrammeTexts()).with_changes(changes)


def check(rules: ProgrammeRules) -> None:
    """Effort is hours or sessions, and limits stay within the documents' (Women STEM Up guide, duration and effort)."""
    time, frame = rules.time, rules.frame
    if time.total_hours is not None and time.total_sessions is not None:
        raise Refusal(RefusalCode.EFFORT_EITHER_OR)
    for chosen, allowed, no in (
        (time.session_minutes, frame.session_minutes, RefusalCode.SESSION_LENGTH_OUT_OF_RANGE),
        (time.commitment_minutes, frame.commitment_minutes, RefusalCode.COMMITMENT_OUT_OF_RANGE),
        (time.duration_months, frame.duration_months, RefusalCode.DURATION_OUT_OF_RANGE),
    ):
        if not _within(chosen, allowed):
            raise Refusal(no, min=allowed.least, max=allowed.most)


def _within(chosen: Range, allowed: Range) -> bool:
    low_enough = allowed.most is None or (chosen.most is not None and chosen.most <= allowed.most)
    high_enough = allowed.least is None or (chosen.least is not None and chosen.least >= allowed.least)
    return low_enough and high_enough


def missing(design: Design) -> tuple[str, ...]:
    """What still keeps people from taking part (Women STEM Up guide, the seven steps of setting expectations).

    The four texts come first; PHASES: a style has none; CHECKLIST_TEXTS: a checklist item has no words; METHOD: the
    programme documents do not leave this way of matching open; CIRCLES: they are to be formed, and nothing says how small
    and how large they may be.
    """
    rules, texts = design.rules, design.texts
    items = {item for checklist in rules.steps.checklists.values() for item in checklist}
    lacking = {
        "GOALS_TEXT": not _said(texts.goals),
        "MENTOR_BRIEF": not _said(texts.mentor_brief),
        "MENTEE_BRIEF": not _said(texts.mentee_brief),
        "FEEDBACK_PLAN": not _said(texts.feedback_plan),
        "PHASES": any(not rules.steps.phases.get(style) for style in rules.styles),
        "CHECKLIST_TEXTS": any(not _said(texts.checklist_items.get(item, {})) for item in items),
        "METHOD": bool(rules.frame.methods) and rules.matching.method not in rules.frame.methods,
        "CIRCLES": rules.matching.method is Method.CIRCLES and not _circles_said(rules),
    }
    return tuple(code for code, lacks in lacking.items() if lacks)


def _circles_said(rules: ProgrammeRules) -> bool:
    """How many are a circle; one alone is none."""
    group = rules.places.group
    return Style.CIRCLE in rules.styles and group.most is not None and (group.least or 0) > 1


def _said(text: Mapping[str, str]) -> bool:
    return any(wording.strip() for wording in text.values())


def advice(design: Design) -> tuple[str, ...]:
    """Choices that the programme's guide has a reason against; a design without that reason is not told."""
    rules, texts = design.rules, design.texts
    longest, advised = rules.time.duration_months.most, rules.frame.advised_months
    group_training = rules.entry.unit_training.get(Unit.GROUP, ())
    used = {weight.criterion for weight in rules.matching.criteria if weight.points}
    found = {
        "SHORT_DURATION": longest is not None and advised is not None and longest < advised,
        "ONLINE_ONLY": rules.modalities == (Modality.ONLINE,),
        "NO_GENDER_TRAINING": TrainingModule.GENDER not in rules.entry.training.get(Role.MENTOR, ()),
        "GROUP_WITHOUT_TRAINING": Unit.GROUP in rules.units and TrainingModule.GROUP_FACILITATION not in group_training,
        "GENDER_NOT_OPT_IN": Criterion.GENDER in used and Criterion.GENDER not in rules.matching.opt_in,
        "CRITERION_NOT_COLLECTED": not used <= set(rules.matching.collected),
        "MATCHING_UNEXPLAINED": not _said(texts.matching_notice),
    }
    return tuple(code for code, true in found.items() if true and code in texts.advice)
