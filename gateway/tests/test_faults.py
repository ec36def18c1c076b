"""Errors that leave: a closed list, a request id, and nothing of what went on inside."""

from __future__ import annotations

import pytest

from commons_chassis.faults import Fault
from commons_contracts.base import Refusal
from commons_contracts.codes import FaultCode, Language, RefusalCode
from commons_contracts.geo import OrganisationsNear
from commons_contracts.mentoring import ProgrammesPage
from commons_contracts.profiles import MembersPage, ProjectsByIds, WriteIntroduction
from commons_gateway.profiles import own

PROGRAMMES = '{ project(slug: "westem") { name programmes { totalCount } } }'
WRITE = 'mutation($t: String!) { writeIntroduction(input: {title: $t, text: "x", language: "sv"}) { __typename } }'


async def only_error(gateway, document, variables=None, **context):
    done = await gateway.execute(document, variables, context=gateway.context(**context))
    (error,) = done.errors
    assert error.extensions["requestId"] == "the-request"
    assert set(error.extensions) >= {"code", "requestId", "retryable"}
    return error


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ("{ viewer", "GRAPHQL_PARSE_FAILED"),
        ("{ viewer { nonsense } }", "GRAPHQL_VALIDATION_FAILED"),
        ("{ places { name } }", "GRAPHQL_VALIDATION_FAILED"),
        ('{ places(name: "x", country: "Sverige") { name } }', "GRAPHQL_VALIDATION_FAILED"),
        ("query a { __typename } query b { __typename }", "BAD_REQUEST"),
        ("fragment a on Query { __typename }", "BAD_REQUEST"),
        ('{ places(name: "x", first: 21) { name } }', "BAD_USER_INPUT"),
        ("{ viewer { connections(first: 0) { totalCount } } }", "BAD_USER_INPUT"),
        ("{ viewer { connections(first: 101) { totalCount } } }", "BAD_USER_INPUT"),
        ("{ organisationsNear(around: {latitude: 91, longitude: 0}) { kilometres } }", "BAD_USER_INPUT"),
    ],
)
async def test_what_is_wrong_with_a_request_is_told(gateway, document, code):
    assert (await only_error(gateway, document)).extensions["code"] == code


async def test_nothing_suggests_what_else_there_is(gateway):
    for document in (
        "{ viewe { __typename } }",
        "{ viewer { conections { totalCount } } }",
        "{ viewer { connections(frist: 1) { totalCount } } }",
        "{ viewer { connections(states: [ASKE]) { totalCount } } }",
        "{ ... on Querry { __typename } }",
        "query($i: RequestConnectionInputt) { __typename }",
        'mutation { requestConnection(input: {rund: "x"}) { __typename } }',
    ):
        done = await gateway.execute(document)
        assert done.errors
        assert not any("Did you mean" in error.message for error in done.errors), document
    variables = {"i": {"round": "x", "mentor": "x", "style": "TRADITIONALL", "mesage": "x"}}
    done = await gateway.execute(
        "mutation($i: RequestConnectionInput!) { requestConnection(input: $i) { __typename } }", variables
    )
    assert {error.extensions["code"] for error in done.errors} == {"BAD_USER_INPUT"}
    assert not any("Did you mean" in error.message for error in done.errors)


@pytest.mark.parametrize(
    ("document", "variables"),
    [
        ("{ viewer { connections(first: %s) { totalCount } } }" % ("9" * 5000), None),
        ("query($n: Int!) { viewer { connections(first: $n) { totalCount } } }", {"n": 10**18}),
        ("mutation($t: DateTime) { moveClock(input: {to: $t}) { __typename } }", {"t": "0001-01-01T00:00:00+23:59"}),
        ("mutation($t: DateTime) { moveClock(input: {to: $t}) { __typename } }", {"t": "2026-09-10T00:00:00+99:99"}),
        ("query($x: ID!) { node(id: $x) { id } }", {"x": {"a": [1]}}),
        ('{ places(name: "x", country: "%s") { name } }' % ("y" * 9000), None),
        ("{ " + "x" * 9000 + " }", None),
    ],
)
async def test_the_machinery_says_nothing_of_itself(gateway, document, variables, capsys):
    done = await gateway.execute(document, variables)
    assert done.errors
    for error in done.errors:
        assert error.extensions["code"] in {"GRAPHQL_VALIDATION_FAILED", "BAD_USER_INPUT"}
        assert len(error.message) < 500
        for inside in ("sys.set", "limit (", "Error", "out of range", "utcoffset", "commons_"):
            assert inside not in error.message
    assert "Traceback" not in "".join(capsys.readouterr())


async def test_a_value_that_is_too_long_is_named_and_not_repeated(gateway):
    error = await only_error(gateway, WRITE, {"t": "secret" * 50})
    assert error.extensions["code"] == "BAD_USER_INPUT"
    assert "title: String should have at most 120 characters" in error.message
    assert "secret" not in error.message
    assert gateway.asker.requests(WriteIntroduction) == []


async def test_a_missing_or_wrong_variable_is_the_callers(gateway):
    assert (await only_error(gateway, WRITE)).extensions["code"] == "BAD_USER_INPUT"
    assert (await only_error(gateway, WRITE, {"t": 7})).extensions["code"] == "BAD_USER_INPUT"


async def test_a_bug_is_masked_and_logged_once_without_its_message(gateway, capsys):
    gateway.asker.answers[ProgrammesPage] = ZeroDivisionError("her secret words")
    error = await only_error(gateway, PROGRAMMES)
    assert (error.extensions["code"], error.extensions["retryable"]) == ("INTERNAL", False)
    assert error.path == ["project", "programmes"]
    printed = capsys.readouterr()
    assert printed.out.count("ZeroDivisionError") + printed.err.count("ZeroDivisionError") == 1
    assert "secret" not in printed.out + printed.err + error.message + str(error.extensions)


@pytest.mark.parametrize("code", [FaultCode.UNAVAILABLE, FaultCode.BUSY])
async def test_only_the_part_of_a_resting_service_is_missing(gateway, code):
    gateway.asker.answers[ProgrammesPage] = Fault(code, retry_after=1)
    done = await gateway.execute(PROGRAMMES)
    assert done.data == {"project": {"name": "sample", "programmes": None}}
    (error,) = done.errors
    told = (error.extensions["code"], error.extensions["retryable"], error.extensions["retryAfter"])
    assert told == (code.value, True, 1)


async def test_a_project_that_was_seen_is_walked_while_its_owner_rests(gateway):
    before = await gateway.ask(PROGRAMMES)
    gateway.asker.answers[ProjectsByIds] = Fault(FaultCode.UNAVAILABLE)
    assert await gateway.ask(PROGRAMMES) == before


@pytest.mark.parametrize("code", [FaultCode.UNAVAILABLE, FaultCode.BUSY])
async def test_who_did_not_answer_is_not_waited_for_again_in_the_same_operation(gateway, monkeypatch, code):
    monkeypatch.setattr(own, "SEEN_SECONDS", 0.0)
    await gateway.ask(PROGRAMMES)
    asked = len(gateway.asker.asked)
    gateway.asker.answers[ProjectsByIds] = gateway.asker.answers[MembersPage] = Fault(code)
    done = await gateway.execute('{ project(slug: "westem") { slug members { totalCount } } }')
    assert done.data == {"project": {"slug": "sample", "members": None}}
    assert [error.extensions["code"] for error in done.errors] == [code.value]
    assert [type(query) for query, *_ in gateway.asker.asked[asked:]] == [ProjectsByIds]


async def test_a_rules_no_to_a_query_comes_with_its_code_and_words(gateway):
    gateway.asker.answers[ProgrammesPage] = Refusal(RefusalCode.NOT_A_MEMBER)
    error = await only_error(gateway, PROGRAMMES, language=Language.SV)
    assert error.extensions["code"] == "FORBIDDEN"
    assert error.extensions["refusal"] == {"code": "NOT_A_MEMBER", "params": {}}
    assert error.message == "Det här är för projektets medlemmar. Gå med för att delta."


async def test_a_rules_no_to_a_question_that_makes_no_sense_is_bad_input(gateway):
    gateway.asker.answers[OrganisationsNear] = Refusal(RefusalCode.BBOX_INVALID)
    error = await only_error(gateway, "{ organisationsNear(around: {latitude: 59}) { kilometres } }")
    assert (error.extensions["code"], error.extensions["refusal"]["code"]) == ("BAD_USER_INPUT", "BBOX_INVALID")


async def test_what_is_not_there_is_simply_not_there(gateway):
    gateway.asker.answers[ProgrammesPage] = Refusal(RefusalCode.NOT_FOUND)
    assert await gateway.ask(PROGRAMMES) == {"project": {"name": "sample", "programmes": None}}


async def test_faults_are_told_in_the_language_asked_for(gateway):
    gateway.asker.answers[ProjectsByIds] = Fault(FaultCode.UNAVAILABLE)
    done = await gateway.execute(PROGRAMMES, context=gateway.context(language=Language.NB))
    assert done.errors[0].message == "Denne delen av plattformen hviler et øyeblikk. Prøv igjen snart."
