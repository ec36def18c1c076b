"""A design's contents, without a database: what may be chosen, what must be there, what is advised against."""

from __future__ import annotations

import pytest

from commons_contracts.base import Refusal
from commons_contracts.codes import (
    Criterion,
    Initiator,
    Method,
    Modality,
    Phase,
    RefusalCode,
    Role,
    Style,
    TrainingModule,
    Unit,
)
from commons_contracts.mentoring import (
    Changes,
    EntryRules,
    Frame,
    ListRules,
    MatchRules,
    PlaceRules,
    ProgrammeRules,
    ProgrammeTexts,
    Question,
    Range,
    RequestRules,
    StepRules,
    TimeRules,
    Weight,
)
from commons_mentoring.rules.design import Design, advice, check, first_design, missing

FOUR = ("GOALS_TEXT", "MENTOR_BRIEF", "MENTEE_BRIEF", "FEEDBACK_PLAN")


def some_rules(**changes):
    steps = StepRules(phases={Style.TRADITIONAL: (Phase.PREPARATION,)}, checklists={Phase.PREPARATION: ("DATE_SET",)})
    whole = {
        "units": (Unit.PAIR,),
        "styles": (Style.TRADITIONAL,),
        "requests": RequestRules(initiator=Initiator.MENTEE, open_most=3),
        "matching": MatchRules(method=Method.MENTEE_PICKS),
        "steps": steps,
    }
    return ProgrammeRules(**whole | changes)


def some_texts(**changes):
    whole = {name: {"en": name} for name in ("name", "goals", "mentor_brief", "mentee_brief", "feedback_plan")}
    return ProgrammeTexts(**whole | {"checklist_items": {"DATE_SET": {"en": "A date is set."}}} | changes)


def a_design(**changes):
    return Design(rules=some_rules(**changes), texts=some_texts())


def test_what_is_not_changed_stays():
    design = a_design()

    assert design.with_changes(Changes()) == design


def test_single_fields_are_applied_to_the_rules_that_were_given():
    given = some_rules(recruitment_lead_days=7, modalities=(Modality.HYBRID,))

    changes = Changes(
        rules=given,
        recruitment_lead_days=28,
        styles=(Style.FLASH,),
        initiator=Initiator.MENTOR,
        texts=some_texts(name={}),
    )
    after = a_design().with_changes(changes)

    assert after.rules.modalities == (Modality.HYBRID,)
    assert after.rules.recruitment_lead_days == 28
    assert after.rules.styles == (Style.FLASH,)
    assert after.rules.requests == RequestRules(initiator=Initiator.MENTOR, open_most=3)
    assert after.texts.name == {}


def test_nobody_moves_the_frame():
    design = a_design(frame=Frame(session_minutes=Range(least=20, most=60)))

    after = design.with_changes(Changes(rules=some_rules(frame=Frame(session_minutes=Range(most=600)))))

    assert after.rules.frame == design.rules.frame


def test_lists_left_empty_keep_their_words_and_texts_do_not():
    asked = {"SESSION": (Question(key="ease", wording={"en": "At ease?"}),)}
    before = Design(rules=some_rules(), texts=some_texts(questions=asked, advice={"ONLINE_ONLY": {"en": "Slow."}}))

    after = before.with_changes(Changes(texts=ProgrammeTexts(advice={"SHORT_DURATION": {"en": "Short."}})))

    assert after.texts.goals == {}
    assert after.texts.checklist_items == before.texts.checklist_items
    assert after.texts.questions == asked
    assert after.texts.advice == {"SHORT_DURATION": {"en": "Short."}}


def test_a_first_design_brings_its_rules_and_its_frame():
    rules = some_rules(frame=Frame(advised_months=3))

    assert first_design(Changes(rules=rules)) == Design(rules=rules, texts=ProgrammeTexts())
    assert first_design(Changes(rules=rules, texts=some_texts())).texts == some_texts()


def test_a_first_design_without_rules_is_none():
    with pytest.raises(Refusal) as no:
        first_design(Changes(texts=some_texts()))

    assert (no.value.code, no.value.params) == (RefusalCode.PROGRAMME_INCOMPLETE, {"missing": ("RULES",)})


@pytest.mark.parametrize("effort", [{}, {"total_hours": 20}, {"total_sessions": 6}])
def test_effort_is_hours_or_sessions_or_open(effort):
    check(some_rules(time=TimeRules(**effort)))


def test_effort_is_never_both():
    with pytest.raises(Refusal) as no:
        check(some_rules(time=TimeRules(total_hours=20, total_sessions=6)))

    assert no.value.code == RefusalCode.EFFORT_EITHER_OR


@pytest.mark.parametrize(
    ("field", "code"),
    [
        ("session_minutes", RefusalCode.SESSION_LENGTH_OUT_OF_RANGE),
        ("commitment_minutes", RefusalCode.COMMITMENT_OUT_OF_RANGE),
        ("duration_months", RefusalCode.DURATION_OUT_OF_RANGE),
    ],
)
@pytest.mark.parametrize(
    "outside", [{"least": 19, "most": 60}, {"least": 20, "most": 61}, {"least": 20}, {"most": 60}, {}]
)
def test_limits_stay_within_the_frame(field, code, outside):
    frame = Frame(**{field: Range(least=20, most=60)})
    with pytest.raises(Refusal) as no:
        check(some_rules(frame=frame, time=TimeRules(**{field: Range(**outside)})))

    assert (no.value.code, no.value.params) == (code, {"min": 20, "max": 60})


@pytest.mark.parametrize("field", ["session_minutes", "commitment_minutes", "duration_months"])
def test_limits_within_the_frame_are_the_projects_own(field):
    frame = Frame(**{field: Range(least=20, most=60)})

    check(some_rules(frame=frame, time=TimeRules(**{field: Range(least=20, most=60)})))
    check(some_rules(frame=frame, time=TimeRules(**{field: Range(least=30, most=30)})))
    check(some_rules(time=TimeRules(**{field: Range(least=1)})))


def test_a_range_cannot_stand_on_its_head():
    with pytest.raises(ValueError, match="least is more than most"):
        Range(least=2, most=1)


def test_the_four_texts_are_missed_in_the_order_of_the_guide():
    assert missing(Design(rules=some_rules(), texts=some_texts())) == ()

    nothing = some_texts(goals={}, mentor_brief={"en": " "}, mentee_brief={"en": "", "sv": "\n"}, feedback_plan={})
    assert missing(Design(rules=some_rules(), texts=nothing)) == FOUR


def test_one_language_is_enough():
    assert missing(Design(rules=some_rules(), texts=some_texts(goals={"en": "", "sv": "Mål"}))) == ()


def test_a_style_needs_phases_and_an_item_needs_words():
    both = some_rules(styles=(Style.TRADITIONAL, Style.FLASH))
    wordless = some_texts(checklist_items={"DATE_SET": {"en": ""}})

    assert missing(Design(rules=both, texts=some_texts())) == ("PHASES",)
    assert missing(Design(rules=some_rules(), texts=wordless)) == ("CHECKLIST_TEXTS",)
    assert missing(Design(rules=some_rules(), texts=some_texts(checklist_items={}))) == ("CHECKLIST_TEXTS",)


FINDINGS = (
    "SHORT_DURATION",
    "ONLINE_ONLY",
    "NO_GENDER_TRAINING",
    "GROUP_WITHOUT_TRAINING",
    "GENDER_NOT_OPT_IN",
    "CRITERION_NOT_COLLECTED",
    "MATCHING_UNEXPLAINED",
)


def advised(*, reasons=FINDINGS, notice="How it works", **rules):
    texts = some_texts(matching_notice={"en": notice}, advice={code: {"en": "Because."} for code in reasons})
    sound = {
        "units": (Unit.PAIR, Unit.GROUP),
        "modalities": (Modality.ONLINE, Modality.FACE_TO_FACE),
        "time": TimeRules(duration_months=Range(most=3)),
        "frame": Frame(advised_months=3),
        "entry": EntryRules(
            training={Role.MENTOR: (TrainingModule.GENDER,)},
            unit_training={Unit.GROUP: (TrainingModule.GROUP_FACILITATION,)},
        ),
        "matching": MatchRules(
            method=Method.ALGORITHM,
            criteria=(Weight(criterion=Criterion.GENDER, points=1), Weight(criterion=Criterion.PLACE, points=0)),
            collected=(Criterion.GENDER,),
            opt_in=(Criterion.GENDER,),
        ),
    }
    return advice(Design(rules=some_rules(**sound | rules), texts=texts))


GENDER = (Weight(criterion=Criterion.GENDER, points=1),)


@pytest.mark.parametrize(
    ("finding", "choice"),
    [
        ("SHORT_DURATION", {"time": TimeRules(duration_months=Range(most=2))}),
        ("ONLINE_ONLY", {"modalities": (Modality.ONLINE,)}),
        ("NO_GENDER_TRAINING", {"units": (Unit.PAIR,), "entry": EntryRules()}),
        ("GROUP_WITHOUT_TRAINING", {"entry": EntryRules(training={Role.MENTOR: (TrainingModule.GENDER,)})}),
        (
            "GENDER_NOT_OPT_IN",
            {"matching": MatchRules(method=Method.ALGORITHM, criteria=GENDER, collected=(Criterion.GENDER,))},
        ),
        (
            "CRITERION_NOT_COLLECTED",
            {"matching": MatchRules(method=Method.ALGORITHM, criteria=GENDER, opt_in=(Criterion.GENDER,))},
        ),
        ("MATCHING_UNEXPLAINED", {"notice": " "}),
    ],
)
def test_the_guide_advises_against_a_choice_where_the_design_says_why(finding, choice):
    assert advised(**choice) == (finding,)
    assert advised(reasons=(), **choice) == ()


def test_sound_choices_need_no_advice():
    assert advised() == ()
    assert advised(time=TimeRules()) == ()
    assert advised(frame=Frame(), time=TimeRules(duration_months=Range(most=1))) == ()


def test_the_way_of_matching_is_one_that_the_documents_leave_open():
    frame = Frame(methods=(Method.ALGORITHM, Method.TWO_WAY))
    for method, lacking in ((Method.TWO_WAY, ()), (Method.BOOKING, ("METHOD",))):
        assert missing(a_design(frame=frame, matching=MatchRules(method=method))) == lacking


@pytest.mark.parametrize(
    ("least", "most", "styles", "lacking"),
    [
        (4, 8, (Style.CIRCLE,), ()),
        (2, 2, (Style.CIRCLE,), ()),
        (1, 8, (Style.CIRCLE,), ("CIRCLES",)),
        (None, 8, (Style.CIRCLE,), ("CIRCLES",)),
        (4, None, (Style.CIRCLE,), ("CIRCLES",)),
        (4, 8, (Style.TRADITIONAL,), ("CIRCLES",)),
    ],
)
def test_whoever_has_circles_formed_says_how_large_they_are(least, most, styles, lacking):
    steps = StepRules(phases=dict.fromkeys((Style.CIRCLE, Style.TRADITIONAL), (Phase.FORMING,)))
    places, formed = PlaceRules(group=Range(least=least, most=most)), MatchRules(method=Method.CIRCLES)
    assert missing(a_design(matching=formed, places=places, styles=styles, steps=steps)) == lacking
    assert missing(a_design(places=places, styles=styles, steps=steps)) == ()


def test_the_method_and_its_lists_are_changed_beside_what_else_matching_has():
    criteria = (Weight(criterion=Criterion.FIELD, points=5000),)
    design = a_design(matching=MatchRules(method=Method.ALGORITHM, criteria=criteria))

    after = design.with_changes(Changes(method=Method.TWO_WAY, lists=ListRules(due_days=3, ties=True))).rules.matching

    lists = ListRules(due_days=3, ties=True)
    assert after == MatchRules(method=Method.TWO_WAY, criteria=criteria, lists=lists)
    assert design.with_changes(Changes(method=Method.ONE_WAY_MENTOR)).rules.matching.criteria == criteria
