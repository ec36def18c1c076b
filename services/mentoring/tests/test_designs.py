"""The shipped designs say what the rule matrix of the four programmes says, in every language they speak."""

from __future__ import annotations

import pytest

from commons_contracts.base import Refusal
from commons_contracts.codes import (
    Afterwards,
    AgreementNeed,
    Audience,
    Criterion,
    EvaluationNeed,
    Initiator,
    Method,
    Modality,
    Money,
    Phase,
    ReadinessItem,
    RefusalCode,
    Role,
    Style,
    TrainingModule,
    Unit,
)
from commons_contracts.mentoring import Range
from commons_mentoring import designs
from commons_mentoring.rules.design import advice, check, missing

LANGUAGES = {
    "eumentorstem": {"en", "it", "hu", "el", "sv"},
    "stem-nord": {"nb", "en"},
    "westem": {"sv", "en"},
    "women-stem-up": {"en", "sv"},
}
FOUR_PHASES = (Phase.PREPARATION, Phase.NEGOTIATION, Phase.ENABLING, Phase.CLOSURE)
OPEN = Range()


def rules(name):
    return designs.load(name).rules


def test_all_four_are_shipped_and_no_other():
    assert designs.shipped() == tuple(sorted(LANGUAGES))
    with pytest.raises(Refusal) as no:
        designs.load("no-such-design")
    assert no.value.code == RefusalCode.NOT_FOUND


@pytest.mark.parametrize("name", LANGUAGES)
def test_each_is_sound_complete_and_needs_no_advice(name):
    design = designs.load(name)

    check(design.rules)
    assert (missing(design), advice(design)) == ((), ())
    assert sum(weight.points for weight in design.rules.matching.criteria) == 10_000
    assert design.rules.matching.method in design.rules.frame.methods


@pytest.mark.parametrize("name", LANGUAGES)
def test_each_says_everything_in_each_of_its_languages(name):
    texts = designs.load(name).texts
    single = [texts.name, texts.goals, texts.mentor_brief, texts.mentee_brief, texts.feedback_plan]
    listed = [*texts.checklist_items.values(), *texts.readiness_items.values(), *texts.advice.values()]
    asked = [question.wording for questions in texts.questions.values() for question in questions]

    for text in [*single, texts.matching_notice, *listed, *asked]:
        assert set(text) == LANGUAGES[name]
        assert all(wording.strip() for wording in text.values())


@pytest.mark.parametrize("name", LANGUAGES)
def test_nothing_is_said_that_no_rule_asks_for(name):
    design = designs.load(name)
    items = {item for checklist in design.rules.steps.checklists.values() for item in checklist}
    phases = [*design.rules.steps.phases.values(), *design.rules.steps.unit_phases.values()]

    assert set(design.texts.checklist_items) == items
    assert set(design.rules.steps.checklists) == {phase for order in phases for phase in order}
    assert set(design.texts.readiness_items) == {i for items in design.rules.entry.readiness.values() for i in items}


def test_units_and_styles():
    assert {name: rules(name).units for name in LANGUAGES} == {
        "westem": (Unit.PAIR,),
        "women-stem-up": (Unit.PAIR, Unit.GROUP),
        "stem-nord": (Unit.BOOKING,),
        "eumentorstem": (Unit.CIRCLE, Unit.COURSE),
    }
    assert {name: rules(name).styles for name in LANGUAGES} == {
        "westem": (Style.TRADITIONAL, Style.FLASH),
        "women-stem-up": (Style.TRADITIONAL,),
        "stem-nord": (),
        "eumentorstem": (Style.CIRCLE,),
    }


def test_recruitment():
    assert rules("westem").recruitment_lead_days == 21
    assert rules("women-stem-up").recruitment_lead_days is None
    assert rules("stem-nord").rolling
    assert rules("eumentorstem").rounds == {Audience.MIGRANT_WOMAN: 2, Audience.ADVISER: 1}


def test_who_begins_and_how_people_are_brought_together():
    begun = {name: (rules(name).requests.initiator, rules(name).matching.method) for name in LANGUAGES}
    assert begun == {
        "westem": (Initiator.MENTEE, Method.MENTEE_PICKS),
        "women-stem-up": (Initiator.BY_METHOD, Method.ALGORITHM),
        "stem-nord": (Initiator.TEACHER, Method.BOOKING),
        "eumentorstem": (Initiator.COORDINATOR, Method.CIRCLES),
    }
    assert rules("stem-nord").requests.begun_by == (Role.TEACHER, Role.COUNSELLOR)
    assert rules("eumentorstem").requests.begun_by == (Role.FACILITATOR, Role.COORDINATOR)
    choices = (Method.ALGORITHM, Method.ONE_WAY_MENTEE, Method.ONE_WAY_MENTOR, Method.TWO_WAY)
    assert rules("women-stem-up").frame.methods == choices
    assert rules("stem-nord").frame.methods == (Method.BOOKING, Method.WEEK_WINDOW)
    assert rules("eumentorstem").frame.methods == (Method.CIRCLES, Method.COORDINATOR_FORMS)


def test_what_women_stem_up_asks_of_both_sides():
    matching = rules("women-stem-up").matching

    asked = {Criterion.GENDER, Criterion.FIELD, Criterion.STAGE, Criterion.PLACE, Criterion.MOTIVATION}
    assert set(matching.collected) == {weight.criterion for weight in matching.criteria} == asked
    assert matching.opt_in == (Criterion.GENDER,)
    assert matching.notice_acknowledged


def test_places():
    assert (rules("westem").places.suggested[Style.TRADITIONAL], rules("westem").places.most) == (3, 5)
    assert rules("women-stem-up").places.suggested == {Style.TRADITIONAL: 2}
    assert rules("stem-nord").places.group == OPEN
    assert rules("eumentorstem").places.group == Range(least=4, most=8)
    assert (rules("eumentorstem").places.suggested, rules("eumentorstem").places.most) == ({Style.CIRCLE: 1}, 2)


def test_requests():
    westem, guide, north, circles = (
        rules(n).requests for n in ("westem", "women-stem-up", "stem-nord", "eumentorstem")
    )

    assert (westem.open_most, westem.expiry_days, westem.reminder_days) == (3, 14, (5, 10))
    assert (westem.silent_before_pause, westem.offer_hours, westem.waitlist) == (2, 72, True)
    assert (guide.open_most, guide.expiry_days) == (3, 14)
    assert (north.open_most, north.expiry_days, north.working_days) == (None, 10, True)
    assert (circles.open_most, circles.expiry_days) == (None, None)


def test_time():
    times = {name: rules(name).time for name in LANGUAGES}

    westem, guide = times["westem"], times["women-stem-up"]
    assert (westem.duration_days, westem.duration_months) == (Range(least=7), Range(most=4))
    assert (westem.commitment_minutes, westem.session_minutes) == (Range(least=60, most=180), Range(least=20, most=60))
    assert (guide.duration_months, guide.session_minutes) == (Range(least=1), Range(least=20, most=60))
    assert (guide.total_hours is None) != (guide.total_sessions is None)
    assert (times["stem-nord"].duration_months, times["stem-nord"].session_minutes) == (OPEN, OPEN)
    assert (times["eumentorstem"].duration_months, times["eumentorstem"].session_minutes) == (
        OPEN,
        Range(least=90, most=120),
    )
    assert rules("westem").frame.commitment_minutes == Range(least=60, most=240)


def test_phases_and_checklists():
    westem = rules("westem").steps
    flash = (Phase.PREPARATION, Phase.NEGOTIATION, Phase.CLOSURE)

    assert westem.phases == {Style.TRADITIONAL: FOUR_PHASES, Style.FLASH: flash}
    assert [len(westem.checklists[phase]) for phase in FOUR_PHASES] == [7, 7, 5, 5]
    assert rules("women-stem-up").steps.phases == {Style.TRADITIONAL: FOUR_PHASES}
    held = (Phase.REQUESTED, Phase.CONFIRMED, Phase.HELD, Phase.REPORTED)
    assert rules("stem-nord").steps.unit_phases == {Unit.BOOKING: held}
    circle = (Phase.FORMING, Phase.PACT, Phase.SESSIONS, Phase.CLOSURE)
    assert rules("eumentorstem").steps.phases == {Style.CIRCLE: circle}


def test_agreements_and_goals():
    steps = {name: rules(name).steps for name in LANGUAGES}

    assert steps["westem"].agreement == {Style.TRADITIONAL: AgreementNeed.REQUIRED, Style.FLASH: AgreementNeed.OPTIONAL}
    assert steps["women-stem-up"].agreement == {Style.TRADITIONAL: AgreementNeed.OPTIONAL}
    assert steps["stem-nord"].unit_agreement == {Unit.BOOKING: AgreementNeed.BOOKING_TERMS}
    assert steps["eumentorstem"].agreement == {Style.CIRCLE: AgreementNeed.PACT}
    assert {name: (step.goals_most, step.goals_each) for name, step in steps.items()} == {
        "westem": (3, False),
        "women-stem-up": (3, False),
        "stem-nord": (None, False),
        "eumentorstem": (None, True),
    }


def test_evaluations():
    said = {
        name: (rules(name).steps.session_evaluation, rules(name).steps.final_evaluation, rules(name).steps.afterwards)
        for name in LANGUAGES
    }
    assert said == {
        "westem": (EvaluationNeed.PRIVATE, EvaluationNeed.SHARED, ()),
        "women-stem-up": (
            EvaluationNeed.DURING_AND_AFTER,
            EvaluationNeed.SHARED,
            (Afterwards.NEXT_ITERATION,),
        ),
        "stem-nord": (EvaluationNeed.HELD_AND_FEEDBACK, EvaluationNeed.AGGREGATE_ONLY, (Afterwards.FINAL_REPORT,)),
        "eumentorstem": (
            EvaluationNeed.PROCESS_REPORT,
            EvaluationNeed.LESSONS_LEARNT,
            (Afterwards.KITS_REVISED,),
        ),
    }
    sets = {name: len(questions) for name, questions in designs.load("westem").texts.questions.items()}
    assert sets == {"SESSION": 5, "MID_POINT": 4, "FINAL": 9, "SUCCESS_MENTOR": 4, "SUCCESS_MENTEE": 6}


def test_what_comes_before_taking_part():
    westem, guide, north, circles = (rules(n).entry for n in ("westem", "women-stem-up", "stem-nord", "eumentorstem"))

    assert westem.readiness[Role.MENTOR] == (
        ReadinessItem.REGISTERED,
        ReadinessItem.CONDUCT_MENTORING,
        ReadinessItem.MANUAL_READ,
        ReadinessItem.PREPARATION_MEETING,
        ReadinessItem.PRESENTATION,
    )
    assert westem.training == {Role.MENTOR: (TrainingModule.PREPARATION_MEETING,)}
    assert guide.training == {Role.MENTOR: (TrainingModule.MENTOR_BASICS, TrainingModule.GENDER)}
    assert guide.unit_training == {Unit.GROUP: (TrainingModule.GROUP_FACILITATION,)}
    assert guide.training_valid_days == 365
    briefing = (TrainingModule.SAFEGUARDING,)
    assert north.training == {Role.COMPANY: briefing, Role.UNIVERSITY: briefing}
    assert circles.training == {Role.FACILITATOR: (TrainingModule.TRAINING_OF_TRAINERS,)}
    assert circles.unit_training == {Unit.CIRCLE: (TrainingModule.TRAINING_OF_TRAINERS,)}
    minors = [(entry.minors, entry.pupil_accounts) for entry in (westem, guide, north, circles)]
    assert minors == [(True, True), (True, True), (True, False), (False, True)]


def test_how_people_meet_and_what_is_paid():
    assert {name: rules(name).modalities for name in LANGUAGES} == {
        "westem": (Modality.ONLINE, Modality.FACE_TO_FACE),
        "women-stem-up": tuple(Modality),
        "stem-nord": (Modality.FACE_TO_FACE, Modality.ONLINE),
        "eumentorstem": (Modality.FACE_TO_FACE, Modality.ONLINE),
    }
    assert rules("eumentorstem").unit_modalities == {
        Unit.CIRCLE: (Modality.FACE_TO_FACE,),
        Unit.COURSE: (Modality.ONLINE,),
    }
    assert {name: rules(name).money for name in LANGUAGES} == {
        "westem": (),
        "women-stem-up": (Money.BUDGET_AS_LIMIT,),
        "stem-nord": (Money.TRANSPORT_SUBSIDY, Money.SCHOOL_FUND, Money.SPONSORING),
        "eumentorstem": (),
    }
