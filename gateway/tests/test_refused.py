"""A no is an answer, in the words of whoever reads it."""

from __future__ import annotations

import string
from datetime import date
from uuid import UUID

import pytest

from commons_chassis.faults import Fault
from commons_contracts.base import Refusal
from commons_contracts.codes import (
    Conduct,
    FaultCode,
    Language,
    NoticeCode,
    ReadinessItem,
    RefusalCode,
    Role,
    SheetProblem,
    TrainingModule,
    Unreadable,
)
from commons_contracts.matching import RequestConnection
from commons_contracts.profiles import JoinProject, NoticesPage, PublishIntroduction, Viewer
from commons_gateway.context import accepted_language
from commons_gateway.refused import shown_params
from commons_gateway.relay import global_id
from commons_gateway.sentences import FAULT, NOTICE, SHEET, Catalogue
from commons_gateway.testing import sample

ASK = """mutation { requestConnection(input: {round: "r", mentor: "m", style: TRADITIONAL, idempotencyKey: "k"}) {
    __typename ... on Refused { code message params } ... on ConnectionRequest { state } } }"""
EVERY_LANGUAGE = pytest.mark.parametrize("language", Language)


async def asked(gateway, **context):
    return (await gateway.ask(ASK, **context))["requestConnection"]


async def test_a_no_stands_where_the_answer_would(gateway):
    gateway.asker.answers[RequestConnection] = Refusal(RefusalCode.OPEN_REQUEST_LIMIT, "J1.6", max=3)
    assert await asked(gateway, language=Language.NB) == {
        "__typename": "Refused",
        "code": "OPEN_REQUEST_LIMIT",
        "message": "3 forespørsler kan være åpne samtidig. Vent på svar, eller trekk tilbake en.",
        "params": {"max": 3},
    }
    assert [key for request, _, key in gateway.asker.asked if isinstance(request, RequestConnection)] == ["k"]


async def test_a_yes_is_the_changed_thing(gateway):
    assert await asked(gateway) == {"__typename": "ConnectionRequest", "state": "ASKED"}


async def test_without_a_language_in_the_request_the_accounts_is_spoken(gateway):
    gateway.asker.answers[RequestConnection] = Refusal(RefusalCode.SELF_REQUEST)
    gateway.asker.answers[Viewer] = sample(Viewer.reply).model_copy(update={"language": Language.SV})
    assert (await asked(gateway, language=None))["message"].startswith("Det här är ditt eget kort.")
    assert (await asked(gateway, language=Language.EN))["message"].startswith("This is your own card.")
    gateway.asker.answers[Viewer] = Fault(FaultCode.UNAVAILABLE)
    assert (await asked(gateway, language=None))["message"].startswith("This is your own card.")


async def test_a_change_is_about_the_project_that_it_names(gateway):
    join = "mutation { joinProject(input: {roles: [MENTEE]%s}) { __typename } }"
    await gateway.ask(join % "")
    await gateway.ask(join % ', project: "stem-nord"')
    projects = [actor.project for request, actor, _ in gateway.asker.asked if isinstance(request, JoinProject)]
    assert projects == [gateway.project("westem"), gateway.project("stem-nord")]


async def test_a_change_without_input_is_one_too(gateway):
    await gateway.ask("mutation { publishIntroduction { __typename } }")
    await gateway.ask("mutation { publishIntroduction(input: {}) { __typename } }")
    assert len(gateway.asker.requests(PublishIntroduction)) == 2


async def test_a_notice_is_told_in_the_viewers_language(gateway):
    kept = sample(NoticesPage.reply)
    gateway.asker.answers[NoticesPage] = kept.model_copy(update={"items": kept.items * 3, "cursors": ("1", "2", "3")})
    gateway.asker.answers[Viewer] = sample(Viewer.reply).model_copy(update={"language": Language.SV})
    data = await gateway.ask("{ viewer { notices { nodes { code message } } } }", language=None)
    assert data["viewer"]["notices"]["nodes"] == 3 * [
        {"code": "CONNECTION_REQUESTED", "message": "Någon vill att du blir hennes mentor. Läs meddelandet och svara."}
    ]
    assert len(gateway.asker.requests(Viewer)) == 1


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("sv", "sv"),
        ("sv-FI,fi;q=0.9", "sv"),
        ("de,nb;q=0.7,sv;q=0.6", "nb"),
        ("nn", "nb"),
        ("no-NO", "nb"),
        ("EN-gb", "en"),
        ("sv;q=0,en;q=0.1", "en"),
        ("fi", None),
        ("*", None),
        ("", None),
        (";;q=x,,", None),
    ],
)
def test_the_language_that_is_accepted(header, language):
    assert accepted_language(header) == language


def test_parameters_are_written_as_a_browser_writes():
    params = {
        "opens_at": "x",
        "from_": ReadinessItem.REGISTERED,
        "round": UUID(int=7),
        "field": "starts_on",
        "days": (date(2026, 9, 1),),
        "more": {"a_b": 1},
    }
    assert shown_params(params) == {
        "opensAt": "x",
        "from": "REGISTERED",
        "round": global_id("Round", UUID(int=7)),
        "field": "startsOn",
        "days": ["2026-09-01"],
        "more": {"aB": 1},
    }


@EVERY_LANGUAGE
def test_there_is_a_sentence_for_everything_that_can_be_said(language):
    said = Catalogue.of(language)
    wanted = [(None, code) for code in RefusalCode]
    wanted += [(FAULT, code) for code in FaultCode] + [(NOTICE, code) for code in NoticeCode]
    wanted += [(SHEET, code) for code in (*SheetProblem, *Unreadable)]
    inside = {"kind": Conduct, "missing": ReadinessItem, "modules": TrainingModule, "roles": Role}
    wanted += [(parameter, code) for parameter, kind in inside.items() for code in kind]
    assert [code for context, code in wanted if not said.sentences.get((context, code))] == []


def _named(sentence):
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


@EVERY_LANGUAGE
def test_every_sentence_is_of_the_same_codes_and_parameters(language):
    said, english = Catalogue.of(language).sentences, Catalogue.of(Language.EN).sentences
    assert said.keys() == english.keys()
    for (context, key), sentence in said.items():
        if context in {None, FAULT, NOTICE, SHEET}:
            assert _named(sentence) == set(filter(None, key.partition("(")[2].removesuffix(")").split(","))), key
            assert sentence[0].isupper() or sentence.startswith("{"), key
            assert sentence.endswith("."), key
        else:
            assert _named(sentence) == _named(english[context, key]), key
    assert not set("!") & set("".join(said.values()))


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "Registration opens September 10, 2026 00:00 CEST. Come back then."),
        ("sv", "Anmälan öppnar 10 september 2026 00:00 CEST. Kom tillbaka då."),
        ("nb", "Påmeldingen åpner 10. september 2026 00:00 CEST. Kom tilbake da."),
    ],
)
def test_a_moment_is_written_in_the_projects_zone(language, sentence):
    params = {"opensAt": "2026-09-09T22:00:00Z", "zone": "Europe/Stockholm"}
    found = Catalogue.of(Language(language)).sentence(RefusalCode.RECRUITMENT_CLOSED, params)
    assert found == sentence


def test_what_is_missing_is_listed_in_words():
    params = {"missing": ["CONDUCT_MENTORING", "MANUAL_READ", "PREPARATION_MEETING"]}
    assert Catalogue.of(Language.SV).sentence(RefusalCode.MENTOR_NOT_READY, params) == (
        "Innan du kan visas som mentor återstår: att godkänna uppförandekoden för mentorskap, att läsa handboken och "
        "förberedelsemötet."
    )
    assert (
        Catalogue.of(Language.EN)
        .sentence(RefusalCode.MENTOR_NOT_READY, {"missing": []})
        .startswith("A few things remain")
    )


def test_days_and_roles_are_written_out():
    dates = {"field": "startsOn", "earliest": "2026-11-22"}
    english = Catalogue.of(Language.EN)
    assert english.sentence(RefusalCode.PROGRAMME_DATES_INVALID, dates) == (
        "This day is too early. Choose November 22, 2026 or later."
    )
    assert Catalogue.of(Language.NB).sentence(RefusalCode.ROLE_NOT_ALLOWED, {"roles": ["COORDINATOR"]}) == (
        "Dette hører til andre roller: koordinator. Spør koordinatoren din hvis du trenger det."
    )
    assert english.sentence(RefusalCode.COMMITMENT_OUT_OF_RANGE, {"min": 60, "max": None}).startswith(
        "This lies outside"
    )
