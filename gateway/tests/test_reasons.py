"""Why someone is matched, why not and what would help: in every language, for every code, and nothing that stands on one card alone."""

from __future__ import annotations

import pytest

from commons_contracts import matching as contract
from commons_contracts.codes import Criterion, Language, MatchChange, Modality, NotPaired, RefusalCode, Unmet
from commons_gateway.matching import reasons
from commons_gateway.testing import THING

EVERY_LANGUAGE = pytest.mark.parametrize("language", list(Language))


def part(criterion, points=1500, **more):
    return contract.Contribution(criterion=criterion, points=points, most=3000, **more)


@EVERY_LANGUAGE
@pytest.mark.parametrize("criterion", Criterion)
def test_every_criterion_says_what_it_adds(language, criterion):
    said = reasons.because(part(criterion, evidence=("sv", "en")), language)
    assert said.endswith(".")
    assert criterion is Criterion.MOTIVATION or ("15" in said and "30" in said)


@EVERY_LANGUAGE
def test_what_is_skipped_or_adds_nothing_says_so(language):
    skipped = reasons.because(part(Criterion.GENDER, 0, skipped=True), language)
    nothing = reasons.because(part(Criterion.FIELD, 0), language)
    assert skipped != nothing
    assert "30" in nothing


@pytest.mark.parametrize(
    ("language", "names"), [("sv", "svenska och engelska"), ("nb", "svensk og engelsk"), ("en", "Swedish and English")]
)
def test_languages_are_named_in_the_readers(language, names):
    found = reasons.because(part(Criterion.LANGUAGES, evidence=("sv", "en")), Language(language))
    assert names in found
    assert reasons.spoken("xx", Language(language)) == "xx"


@EVERY_LANGUAGE
@pytest.mark.parametrize("why", Unmet)
def test_everyone_who_is_left_hears_one_reason(language, why):
    view = contract.UnmatchedView(run=THING, mentee=THING, why=why, change=None, mentors=0, language=None)
    assert reasons.left(view, language)
    assert reasons.help_(view, language) is None


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("sv", ("arabiska", "onsdag", "18:00")),
        ("nb", ("arabisk", "onsdag", "18:00")),
        ("en", ("Arabic", "Wednesday", "6:00")),
    ],
)
@pytest.mark.parametrize("way", [Modality.ONLINE, Modality.FACE_TO_FACE])
def test_a_circle_says_what_all_have_in_common(language, said, way):
    facts = {"id": THING, "run": THING, "facilitator": THING, "members": (), "language": "ar", "modality": way}
    told = reasons.circle(contract.CircleView(block=22, **facts), Language(language))
    assert all(part in told for part in said)
    late = reasons.circle(contract.CircleView(block=55, **facts), Language("sv"))
    assert "söndag, 21:00 till 00:00" in late


@EVERY_LANGUAGE
@pytest.mark.parametrize("change", MatchChange)
def test_every_change_says_how_many_mentors_it_would_open(language, change):
    why = Unmet.NO_COMMON_LANGUAGE
    view = contract.UnmatchedView(run=THING, mentee=THING, why=why, change=change, mentors=97, language="el")
    assert "97" in reasons.help_(view, language)


@EVERY_LANGUAGE
@pytest.mark.parametrize("why", NotPaired)
def test_every_pair_that_is_not_has_one_reason(language, why):
    rule = RefusalCode.LANGUAGE_MISMATCH if why is NotPaired.RULE else None
    view = contract.WhyNotView(run=THING, mentor=THING, mentee=THING, why=why, rule=rule)
    assert reasons.why_not(view, language)
