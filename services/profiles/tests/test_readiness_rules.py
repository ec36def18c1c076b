"""The checklist before taking part, and the introduction that it opens."""

from datetime import UTC, date, datetime

import pytest

from commons_contracts.base import Refusal
from commons_contracts.codes import Conduct, ReadinessItem, RefusalCode, Role, TrainingModule
from commons_contracts.ids import membership_of, person_of, project_of
from commons_contracts.profiles import IntroductionPublished, IntroductionWithdrawn
from commons_profiles.rules.batch import in_row
from commons_profiles.rules.introduction import introduce, publish
from commons_profiles.rules.membership import Membership
from commons_profiles.rules.readiness import VOUCHED, Progress, checklist, missing, record_training, vouch

AT = datetime(2026, 9, 10, 10, tzinfo=UTC)
ADA = person_of("https://example.org", "ada")
WESTEM = project_of("westem")
ALL = tuple(ReadinessItem)
IN_FORCE = {Conduct.COMMUNITY: 3, Conduct.MENTOR: 2, Conduct.MENTEE: 1}

DONE = Progress(
    registered=frozenset({Role.MENTOR}),
    accepted=IN_FORCE,
    ticked=frozenset({ReadinessItem.MANUAL_READ, ReadinessItem.RESOURCES_EXPLORED}),
    trained=frozenset({TrainingModule.PREPARATION_MEETING}),
    introduced=True,
)


def a_member():
    return Membership(
        id=membership_of(ADA, WESTEM),
        project=WESTEM,
        person=ADA,
        roles=(Role.MENTOR,),
        audience=None,
        active_on=AT.date(),
    )


def an_introduction():
    return introduce(a_member(), "Mathematician", "I build engines.", "en")


def test_who_has_done_nothing_misses_everything_in_the_checklists_order():
    assert missing(Role.MENTOR, {Role.MENTOR: ALL[::-1]}, Progress(), IN_FORCE) == ALL[::-1]


def test_who_has_done_everything_is_ready():
    assert missing(Role.MENTOR, {Role.MENTOR: ALL}, DONE, IN_FORCE) == ()


@pytest.mark.parametrize(
    ("undone", "item"),
    [
        ({"registered": frozenset({Role.MENTEE})}, ReadinessItem.REGISTERED),
        ({"accepted": {**IN_FORCE, Conduct.MENTOR: 1}}, ReadinessItem.CONDUCT_MENTORING),
        ({"ticked": frozenset({ReadinessItem.RESOURCES_EXPLORED})}, ReadinessItem.MANUAL_READ),
        ({"ticked": frozenset({ReadinessItem.MANUAL_READ})}, ReadinessItem.RESOURCES_EXPLORED),
        ({"trained": frozenset({TrainingModule.GENDER})}, ReadinessItem.PREPARATION_MEETING),
        ({"introduced": False}, ReadinessItem.PRESENTATION),
    ],
)
def test_each_item_is_done_by_its_own_deed(undone, item):
    progress = Progress(**{name: getattr(DONE, name) for name in DONE.__dataclass_fields__} | undone)

    assert missing(Role.MENTOR, {Role.MENTOR: ALL}, progress, IN_FORCE) == (item,)


@pytest.mark.parametrize(
    ("role", "code"),
    [(Role.MENTOR, Conduct.MENTOR), (Role.MENTEE, Conduct.MENTEE), (Role.FACILITATOR, Conduct.COMMUNITY)],
)
def test_each_side_has_a_mentoring_code_of_its_own(role, code):
    asked = {role: (ReadinessItem.CONDUCT_MENTORING,)}

    assert missing(role, asked, Progress(accepted={code: IN_FORCE[code]}), IN_FORCE) == ()
    others = {kind: version for kind, version in IN_FORCE.items() if kind is not code}
    assert missing(role, asked, Progress(accepted=others), IN_FORCE) != ()


def test_a_code_that_is_not_there_cannot_have_been_accepted():
    asked = {Role.MENTOR: (ReadinessItem.CONDUCT_MENTORING,)}

    assert missing(Role.MENTOR, asked, Progress(), {}) == (ReadinessItem.CONDUCT_MENTORING,)


def test_a_role_without_a_checklist_wants_nothing():
    assert missing(Role.TEACHER, {Role.MENTOR: ALL}, Progress(), IN_FORCE) == ()
    assert checklist([Role.TEACHER], {Role.MENTOR: ALL}, Progress(), IN_FORCE) == {}


def test_with_two_roles_an_item_is_done_when_both_are_served():
    asked = {
        Role.MENTEE: (ReadinessItem.REGISTERED, ReadinessItem.MANUAL_READ),
        Role.MENTOR: (ReadinessItem.MANUAL_READ, ReadinessItem.REGISTERED, ReadinessItem.PRESENTATION),
    }

    assert checklist([Role.MENTEE, Role.MENTOR], asked, DONE, IN_FORCE) == {
        ReadinessItem.REGISTERED: False,
        ReadinessItem.MANUAL_READ: True,
        ReadinessItem.PRESENTATION: True,
    }


@pytest.mark.parametrize("item", [ReadinessItem.MANUAL_READ, ReadinessItem.RESOURCES_EXPLORED])
def test_what_only_she_knows_she_says_herself(item):
    vouch(item)


@pytest.mark.parametrize("item", [i for i in ALL if i not in VOUCHED])
def test_what_others_see_she_cannot_just_say(item):
    with pytest.raises(Refusal) as no:
        vouch(item)

    assert no.value.code is RefusalCode.ROLE_NOT_ALLOWED
    assert no.value.params == {"items": ["MANUAL_READ", "RESOURCES_EXPLORED"]}


def test_a_training_is_recorded_once_it_was_held():
    today = date(2026, 9, 10)

    fact = record_training(a_member(), TrainingModule.GENDER, today, today=today, at=AT)
    assert (fact.module, fact.held_on, fact.person) == (TrainingModule.GENDER, today, ADA)

    with pytest.raises(Refusal) as no:
        record_training(a_member(), TrainingModule.GENDER, date(2026, 9, 11), today=today, at=AT)
    assert no.value.code is RefusalCode.SESSION_NOT_HELD


def test_an_introduction_is_published_and_withdrawn_once_each():
    introduction = an_introduction()
    fact = {"project": WESTEM, "at": AT, "membership": introduction.id, "person": ADA}

    assert publish(introduction, (), at=AT) == [IntroductionPublished(**fact)]
    assert publish(introduction, (), at=AT) == []
    assert introduction.published
    assert introduction.withdraw(at=AT) == [IntroductionWithdrawn(**fact)]
    assert introduction.withdraw(at=AT) == []
    assert not introduction.published


def test_rewriting_does_not_unpublish():
    introduction = an_introduction()
    publish(introduction, (), at=AT)

    introduction.rewrite("Poet", "I write.", "sv")

    assert (introduction.title, introduction.text, introduction.language) == ("Poet", "I write.", "sv")
    assert introduction.published


@pytest.mark.parametrize("written", [True, False])
def test_nothing_is_published_before_the_checklist_is_done(written):
    introduction = an_introduction() if written else None
    undone = (ReadinessItem.MANUAL_READ, ReadinessItem.REGISTERED)

    with pytest.raises(Refusal) as no:
        publish(introduction, undone, at=AT)

    assert no.value.code is RefusalCode.MENTOR_NOT_READY
    unwritten = [] if written else [ReadinessItem.PRESENTATION]
    assert no.value.params == {"missing": [ReadinessItem.REGISTERED, ReadinessItem.MANUAL_READ, *unwritten]}
    assert introduction is None or not introduction.published


def test_without_any_checklist_an_introduction_must_still_be_written():
    with pytest.raises(Refusal) as no:
        publish(None, (), at=AT)

    assert no.value.params == {"missing": [ReadinessItem.PRESENTATION]}


def test_a_refused_batch_says_which_row():
    with pytest.raises(Refusal) as no, in_row(7):
        raise Refusal(RefusalCode.NOT_FOUND, "zone", zone="Europe/Atlantis")

    assert (no.value.code, no.value.rule) == (RefusalCode.NOT_FOUND, "zone")
    assert no.value.params == {"zone": "Europe/Atlantis", "row": 7}
