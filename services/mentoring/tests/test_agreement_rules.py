"""The agreement, its goals and its extension, without a database."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from commons_chassis.ids import new_id
from commons_contracts.base import Refusal
from commons_contracts.codes import (
    AgreementField,
    AgreementNeed,
    AgreementState,
    GoalState,
    MentorshipState,
    Phase,
    RefusalCode,
    Role,
    Style,
)
from commons_contracts.mentoring import AgreementInForce, AgreementProposed, AgreementSigned, GoalTerms, Terms
from commons_mentoring import designs
from commons_mentoring.rules import agreement as rule
from commons_mentoring.rules import extension, goal
from commons_mentoring.rules.design import Design
from commons_mentoring.rules.mentorship import SIDES

NOON = datetime(2026, 9, 10, 12, tzinfo=UTC)
WESTEM = designs.load("westem")
STOCKHOLM = "Europe/Stockholm"
Field, Code = AgreementField, RefusalCode


def propose(mentorship, terms, *, before=None, by=None, design=WESTEM, at=NOON):
    by = by or mentorship.mentee
    return rule.propose(mentorship, terms, design=design, before=before, by=by, at=at, zone=STOCKHOLM)


def sign(mentorship, newest, by, *, in_force=None, version=None):
    version = newest.number if version is None else version
    return rule.sign(mentorship, newest, version, in_force=in_force, by=by, at=NOON)


def sign_both(mentorship, newest, in_force=None):
    facts = [sign(mentorship, newest, by, in_force=in_force) for by in (mentorship.mentee, mentorship.mentor)]
    return facts[-1]


def no_to(mentorship, terms, **more):
    newest = mentorship.newest
    with pytest.raises(Refusal) as no:
        propose(mentorship, terms, **more)
    assert mentorship.newest == newest
    return no.value.code, no.value.params


def design_with(*, steps=None, time=None, texts=None):
    rules = WESTEM.rules
    changed = {"steps": rules.steps.model_copy(update=steps or {}), "time": rules.time.model_copy(update=time or {})}
    return Design(rules=rules.model_copy(update=changed), texts=WESTEM.texts.model_copy(update=texts or {}))


def goals(count, **more):
    return tuple(GoalTerms(text=f"Goal {n}", **more) for n in range(count))


@pytest.fixture
def pair(a_pair):
    return a_pair(phase=Phase.NEGOTIATION)


@pytest.fixture
def signed(pair, some_terms):
    """A pair with an agreement in force, at work."""
    agreement, _ = propose(pair, some_terms())
    sign_both(pair, agreement)
    pair.phase = Phase.ENABLING
    return pair, agreement


# ---------------------------------------------------------------- proposing


def test_a_version_holds_what_was_written_and_waits_for_both(pair, some_terms):
    agreement, (proposed, notice) = propose(pair, some_terms())
    assert (agreement.number, agreement.state, agreement.unsigned) == (1, AgreementState.PROPOSED, SIDES)
    assert agreement.terms.mentor_boundaries == "No work on her thesis."
    assert "skäl" in agreement.clause, "in the language of the agreement"
    assert isinstance(proposed, AgreementProposed)
    assert (proposed.number, proposed.by, notice.person) == (1, Role.MENTEE, pair.mentor)
    assert pair.agreement == 0


@pytest.mark.parametrize(("count", "state"), [(0, GoalState.ACTIVE), (2, GoalState.REACHED)])
def test_there_is_something_to_work_on(pair, some_terms, count, state):
    assert no_to(pair, some_terms(goals=goals(count, state=state)))[0] == Code.GOALS_REQUIRED


def test_no_more_goals_at_a_time_than_the_programme_allows(pair, some_terms):
    assert no_to(pair, some_terms(goals=goals(4))) == (Code.GOAL_LIMIT_EXCEEDED, {"max": 3})
    agreement, _ = propose(pair, some_terms(goals=(*goals(3), *goals(2, state=GoalState.SET_ASIDE))))
    assert len(agreement.terms.goals) == 5
    unlimited = design_with(steps={"goals_most": None})
    assert len(propose(pair, some_terms(goals=goals(9)), design=unlimited)[0].terms.goals) == 9


@pytest.mark.parametrize(
    ("field", "empty"),
    [
        (Field.STARTS_ON, {"starts_on": None}),
        (Field.ENDS_ON, {"ends_on": None}),
        (Field.COMMITMENT, {"minutes_a_month": None}),
        (Field.CADENCE, {"cadence_days": None}),
        (Field.SESSION_LENGTH, {"session_minutes": None}),
        (Field.MENTOR_BOUNDARIES, {"mentor_boundaries": " "}),
        (Field.MENTEE_BOUNDARIES, {"mentee_boundaries": ""}),
        (Field.CONFIDENTIALITY, {"confidentiality": "\n"}),
        (Field.MENTOR_SUCCESS, {"mentor_success": ()}),
        (Field.MENTEE_SUCCESS, {"mentee_success": (" ",)}),
    ],
)
def test_what_the_programme_asks_for_is_there(pair, some_terms, field, empty):
    assert no_to(pair, some_terms(**empty)) == (Code.AGREEMENT_INCOMPLETE, {"fields": (field,)})


def test_everything_that_is_missing_is_named_in_the_order_of_the_template():
    asked = WESTEM.rules.model_copy(
        update={"steps": WESTEM.rules.steps.model_copy(update={"agreement_fields": tuple(Field)})}
    )
    assert rule.missing(Terms(goals=goals(1)), asked) == tuple(Field)
    assert Field.STEPS not in rule.missing(Terms(goals=goals(1, steps="One by one")), asked)


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "fits"),
    [
        (date(2026, 9, 14), date(2027, 1, 14), True),
        (date(2026, 9, 14), date(2027, 1, 15), False),
        (date(2026, 9, 14), date(2026, 9, 21), True),
        (date(2026, 9, 14), date(2026, 9, 20), False),
        (date(2026, 10, 31), date(2027, 2, 28), True),
        (date(2026, 10, 31), date(2027, 3, 1), False),
        (date(2026, 8, 1), date(2026, 9, 9), False),
    ],
)
def test_from_a_week_to_four_months_and_not_over_already(pair, some_terms, starts_on, ends_on, fits):
    terms = some_terms(starts_on=starts_on, ends_on=ends_on)
    if fits:
        assert propose(pair, terms)[0].terms.ends_on == ends_on
    else:
        code, params = no_to(pair, terms)
        assert (code, params["max"]) == (Code.DURATION_OUT_OF_RANGE, 4)
        assert not params["earliest"] <= ends_on <= params["latest"]


@pytest.mark.parametrize("minutes", [30, 300])
def test_hours_a_month_are_the_programmes(pair, some_terms, minutes):
    no = no_to(pair, some_terms(minutes_a_month=minutes))
    assert no == (Code.COMMITMENT_OUT_OF_RANGE, {"min": 60, "max": 180})


@pytest.mark.parametrize("minutes", [10, 90])
def test_so_is_the_length_of_a_session(pair, some_terms, minutes):
    no = no_to(pair, some_terms(session_minutes=minutes))
    assert no == (Code.SESSION_LENGTH_OUT_OF_RANGE, {"min": 20, "max": 60})


def test_what_the_programme_leaves_open_is_the_pairs(pair, some_terms):
    open_ = designs.load("women-stem-up")
    agreement, _ = propose(pair, some_terms(minutes_a_month=600, ends_on=date(2029, 1, 1)), design=open_)
    assert agreement.terms.minutes_a_month == 600
    assert no_to(pair, some_terms(ends_on=date(2026, 9, 30)), design=open_)[0] == Code.DURATION_OUT_OF_RANGE


def test_the_clause_about_ending_without_fault_stays_as_it_is(pair, some_terms):
    assert no_to(pair, some_terms(clause="Whoever leaves first is to blame."))[0] == Code.CLAUSE_LOCKED
    words = WESTEM.texts.clauses[rule.NO_FAULT]
    assert propose(pair, some_terms(clause=words["sv"]))[0].clause == words["sv"]
    for language in ("it", None):
        assert propose(pair, some_terms(language=language))[0].clause == words["en"]
    assert propose(pair, some_terms(), design=design_with(texts={"clauses": {}}))[0].clause == ""


@pytest.mark.parametrize("phase", [Phase.PREPARATION, Phase.CLOSURE])
def test_an_agreement_has_its_phases(a_pair, some_terms, phase):
    code, params = no_to(a_pair(phase=phase), some_terms())
    assert (code, params["allowed"]) == (Code.PHASE_FORBIDS, (Phase.NEGOTIATION, Phase.ENABLING))


def test_a_style_without_agreements_has_none(pair, some_terms):
    none = design_with(steps={"agreement": {Style.TRADITIONAL: AgreementNeed.NONE}})
    assert no_to(pair, some_terms(), design=none)[0] == Code.PHASE_FORBIDS


def test_one_sitting_may_end_on_the_day_it_begins(a_pair, some_terms):
    flash = a_pair(Style.FLASH, phase=Phase.NEGOTIATION)
    assert propose(flash, some_terms(ends_on=date(2026, 9, 14)))[0].number == 1


def test_what_is_over_is_agreed_on_no_more(pair, some_terms):
    pair.state = MentorshipState.ENDED_NO_FAULT
    assert no_to(pair, some_terms())[0] == Code.RELATIONSHIP_CLOSED
    with pytest.raises(Refusal):
        sign(pair, None, pair.mentor, version=1)


# ---------------------------------------------------------------- signing


def test_two_signatures_on_one_version_put_it_in_force(pair, some_terms):
    agreement, _ = propose(pair, some_terms())
    (one,) = sign(pair, agreement, pair.mentee)
    assert (type(one), one.by, rule.unsigned(agreement), pair.agreement) == (
        AgreementSigned,
        Role.MENTEE,
        (Role.MENTOR,),
        0,
    )
    assert sign(pair, agreement, pair.mentee) == (), "signed once is signed"
    two, in_force, *notices = sign(pair, agreement, pair.mentor)
    assert (two.by, type(in_force), in_force.active_goals) == (Role.MENTOR, AgreementInForce, 1)
    assert {notice.person for notice in notices} == {pair.mentor, pair.mentee}
    assert (pair.agreement, pair.starts_on, pair.ends_on) == (1, date(2026, 9, 14), date(2026, 12, 14))
    assert (pair.minutes_a_month, pair.cadence_days, pair.session_minutes, pair.agreement_language) == (
        120,
        14,
        45,
        "sv",
    )
    assert agreement.state == AgreementState.IN_FORCE
    assert sign(pair, agreement, pair.mentor) == ()


@pytest.mark.parametrize("version", [1, 3])
def test_only_the_newest_version_is_signed(pair, some_terms, version):
    first, _ = propose(pair, some_terms())
    sign(pair, first, pair.mentee)
    second, _ = propose(pair, some_terms(), before=first, by=pair.mentor)
    assert (first.state, second.unsigned) == (AgreementState.REPLACED, SIDES), "no signature is carried over"
    with pytest.raises(Refusal) as no:
        sign(pair, second, pair.mentor, version=version)
    assert (no.value.code, no.value.params) == (Code.AGREEMENT_VERSION_STALE, {"current": 2})


def test_what_nobody_has_proposed_is_not_there(pair):
    with pytest.raises(Refusal) as no:
        sign(pair, None, pair.mentor, version=1)
    assert no.value.code == Code.NOT_FOUND
    assert rule.unsigned(None) == SIDES


def test_in_closure_nothing_is_signed_any_more(signed, some_terms):
    pair, first = signed
    second, _ = propose(pair, some_terms(goals=first.terms.goals), before=first)
    pair.phase = Phase.CLOSURE
    with pytest.raises(Refusal) as no:
        sign(pair, second, pair.mentor)
    assert no.value.code == Code.PHASE_FORBIDS


# ---------------------------------------------------------------- goals on the way


def test_a_revision_is_a_version_that_both_sign(signed):
    pair, first = signed
    reached = first.terms.goals[0].model_copy(update={"state": GoalState.REACHED})
    second, _ = propose(pair, goal.revised(first.terms, reached), before=first)
    assert (first.state, pair.agreement) == (AgreementState.IN_FORCE, 1), "in force until both have signed the next"
    assert second.terms.goals == (reached,), "all may be reached by now"
    sign_both(pair, second, first)
    assert (first.state, second.state, pair.agreement) == (AgreementState.REPLACED, AgreementState.IN_FORCE, 2)


def test_a_goal_is_added_while_there_is_room(signed):
    pair, newest = signed
    for _ in range(2):
        earlier, (newest, _) = newest, propose(pair, goal.revised(newest.terms, GoalTerms(text="More")), before=newest)
        sign_both(pair, newest, earlier)
    assert len({one.goal for one in newest.terms.goals}) == 3
    fourth = goal.revised(newest.terms, GoalTerms(text="Too many"))
    assert no_to(pair, fourth, before=newest) == (Code.GOAL_LIMIT_EXCEEDED, {"max": 3})
    assert no_to(pair, newest.terms.model_copy(update={"goals": ()}), before=newest)[0] == Code.GOALS_REQUIRED


def test_a_goal_that_the_version_before_does_not_know_is_nobodys(signed):
    pair, first = signed
    foreign = GoalTerms(goal=new_id(), text="Somebody else's")
    with pytest.raises(Refusal) as no:
        goal.revised(first.terms, foreign)
    assert no.value.code == Code.NOT_FOUND
    assert no_to(pair, first.terms.model_copy(update={"goals": (foreign,)}), before=first)[0] == Code.NOT_FOUND
    twice = first.terms.model_copy(update={"goals": first.terms.goals * 2})
    assert no_to(pair, twice, before=first)[0] == Code.NOT_FOUND


# ---------------------------------------------------------------- extending


def extend(pair, in_force, by, ends_on=date(2027, 1, 14), newest=None):
    rules = WESTEM.rules
    more = {"in_force": in_force, "newest": newest, "rules": rules, "by": by, "at": NOON, "zone": STOCKHOLM}
    return extension.extend(pair, ends_on, **more)


def would_extend(pair, by, ends_on=date(2027, 1, 14)):
    return extension.propose_extension(pair, ends_on, rules=WESTEM.rules, by=by, at=NOON, zone=STOCKHOLM)


def test_it_takes_the_yes_of_both_to_go_on_longer(signed, some_terms):
    pair, first = signed
    for by, missing in ((pair.mentor, Role.MENTEE), (pair.mentee, Role.MENTOR)):
        with pytest.raises(Refusal) as no:
            extend(pair, first, by)
        assert (no.value.code, no.value.params) == (Code.CONSENT_OF_BOTH_REQUIRED, {"missing": (missing,)})
    proposed, notice = would_extend(pair, pair.mentee)
    assert (proposed.by, proposed.ends_on, notice.person) == (Role.MENTEE, date(2027, 1, 14), pair.mentor)
    assert would_extend(pair, pair.mentor) == (), "what the other one has proposed is taken with extend"
    for by, ends_on in ((pair.mentee, date(2027, 1, 14)), (pair.mentor, date(2027, 1, 13))):
        with pytest.raises(Refusal):
            extend(pair, first, by, ends_on)
    waiting, _ = propose(pair, some_terms(goals=first.terms.goals), before=first)
    longer, (fact, *notices) = extend(pair, first, pair.mentor, newest=waiting)
    assert (fact.number, fact.ends_on, len(notices)) == (3, date(2027, 1, 14), 2)
    assert (longer.state, longer.unsigned, waiting.state) == (AgreementState.IN_FORCE, (), AgreementState.REPLACED)
    assert (pair.ends_on, pair.extension_to, pair.extension_by) == (date(2027, 1, 14), None, None)


@pytest.mark.parametrize("ends_on", [date(2027, 1, 15), date(2026, 12, 14), date(2026, 12, 1)])
def test_longer_is_longer_and_within_the_limit(signed, ends_on):
    pair, _ = signed
    with pytest.raises(Refusal) as no:
        would_extend(pair, pair.mentee, ends_on)
    assert no.value.code == Code.DURATION_OUT_OF_RANGE


def test_a_later_start_wins_no_time(signed, some_terms):
    pair, first = signed
    terms = some_terms(starts_on=date(2026, 11, 1), ends_on=date(2027, 2, 1), goals=first.terms.goals)
    code, params = no_to(pair, terms, before=first)
    assert (code, params["latest"]) == (Code.DURATION_OUT_OF_RANGE, date(2027, 1, 14))


def test_what_was_never_agreed_is_not_extended(a_pair):
    pair = a_pair(phase=Phase.ENABLING)
    with pytest.raises(Refusal) as no:
        would_extend(pair, pair.mentor)
    assert (no.value.code, no.value.params) == (Code.AGREEMENT_NOT_SIGNED, {"missing": SIDES})
    pair.phase = Phase.CLOSURE
    with pytest.raises(Refusal) as no:
        would_extend(pair, pair.mentor)
    assert no.value.code == Code.PHASE_FORBIDS


def test_it_is_not_extended_by_a_consent_to_nothing(signed):
    pair, _ = signed
    would_extend(pair, pair.mentee)
    with pytest.raises(Refusal) as no:
        extend(pair, None, pair.mentor)
    assert no.value.code == Code.CONSENT_OF_BOTH_REQUIRED
