"""Tables come in as files: streamed, limited, never a fault of ours whatever they hold; and are shown without what they say."""

from __future__ import annotations

from base64 import b64decode
from uuid import UUID

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from commons_chassis.faults import Fault
from commons_contracts.base import Done, Page, Refusal
from commons_contracts.codes import FaultCode, RefusalCode, RowOutcome, SheetField, SheetProblem, SheetState
from commons_contracts.matching import RecruitingRound
from commons_contracts.profiles import (
    AddToSheet,
    ChangeSheet,
    ConfirmSheet,
    DiscardSheet,
    ReadSheet,
    RowProblem,
    SheetOptions,
    SheetRowsPage,
    SheetRowView,
    SheetsByIds,
    SheetTable,
    SheetText,
    SheetView,
    StageSheet,
)
from commons_gateway.app import build
from commons_gateway.papers import link
from commons_gateway.relay import global_id
from commons_gateway.schema import schema
from commons_gateway.testing import NOW, THING

SHEET = str(global_id("Sheet", THING))
CSV = {"Content-Type": "text/csv"}


def a_sheet(**changes):
    known = {"id": THING, "state": SheetState.READ, "options": SheetOptions(), "staged_at": NOW, "ends_at": NOW}
    return SheetView(**known | changes)


@pytest.fixture
def send(gateway, client):
    async def sent(content=b"Namn;E-post\nAda;ada@example.org\n", *, query="", name="cora", headers=CSV):
        mine = {"Authorization": f"Bearer {gateway.token(name)}"} if name else {}
        return await client.post(f"/sheets{query}", content=content, headers={**headers, **mine})

    gateway.asker.answers |= {StageSheet: a_sheet(), ReadSheet: a_sheet(state=SheetState.READING)}
    return sent


def asked(gateway, kind):
    return [request for request, _, _ in gateway.asker.asked if isinstance(request, kind)]


async def test_a_file_comes_in_as_it_is_and_in_pieces(gateway, send):
    content = bytes(range(256)) * 2000
    reply = await send(content, query="?role=MENTOR&country=SE&known=SKIP&encoding=UTF_8&separator=TAB&language=sv")

    assert (reply.status_code, reply.json()) == (201, {"sheet": SHEET, "state": "READING"})
    (stage,) = asked(gateway, StageSheet)
    assert stage.options.model_dump(exclude_none=True) == {
        "role": "MENTOR", "country": "SE", "known": "SKIP", "encoding": "UTF_8", "separator": "TAB", "language": "sv",
    }  # fmt: skip
    parts = asked(gateway, AddToSheet)
    assert [part.nth for part in parts] == [0, 1, 2]
    assert b"".join(b64decode(part.content) for part in parts) == content
    assert asked(gateway, ReadSheet) == [ReadSheet(sheet=THING)]
    assert asked(gateway, DiscardSheet) == []


@pytest.mark.parametrize(
    ("more", "status", "code"),
    [
        ({"name": None}, 401, FaultCode.UNAUTHENTICATED),
        ({"headers": {"Content-Type": "application/json"}}, 415, FaultCode.UNSUPPORTED_MEDIA_TYPE),
        ({"headers": {**CSV, "Content-Encoding": "gzip"}}, 415, FaultCode.UNSUPPORTED_MEDIA_TYPE),
        ({"query": "?shoe=41"}, 400, FaultCode.BAD_REQUEST),
        ({"query": "?role=MENTOR&role=MENTEE"}, 400, FaultCode.BAD_REQUEST),
        ({"query": "?role=QUEEN"}, 400, FaultCode.BAD_USER_INPUT),
        ({"content": b"x" * 5_000_001}, 413, FaultCode.PAYLOAD_TOO_LARGE),
    ],
)
async def test_what_is_no_table_on_its_way_in_is_turned_away(gateway, send, more, status, code):
    reply = await send(**more)
    assert (reply.status_code, reply.json()["errors"][0]["extensions"]["code"]) == (status, code)
    assert asked(gateway, AddToSheet) == []


async def test_one_that_does_not_say_how_large_it_is_is_read_so_far_and_no_further(gateway, send):
    async def endless():
        while True:
            yield b"x" * 100_000

    reply = await send(endless())
    assert reply.json()["errors"][0]["extensions"]["code"] == FaultCode.PAYLOAD_TOO_LARGE
    assert len(asked(gateway, AddToSheet)) <= 26
    assert asked(gateway, DiscardSheet) == [DiscardSheet(sheet=THING)]


@pytest.mark.parametrize(
    ("kind", "no", "status"),
    [
        (StageSheet, Refusal(RefusalCode.ROLE_NOT_ALLOWED, roles=["COORDINATOR"]), 403),
        (StageSheet, Refusal(RefusalCode.TOO_MANY_SHEETS, max=50), 409),
        (AddToSheet, Refusal(RefusalCode.SHEET_TOO_LARGE, maxBytes=1000), 413),
    ],
)
async def test_a_no_is_an_answer_with_a_sentence(gateway, send, kind, no, status):
    gateway.asker.answers[kind] = no
    reply = await send(headers={**CSV, "Accept-Language": "sv"})
    said = reply.json()["refused"]
    assert (reply.status_code, said["code"]) == (status, no.code)
    assert said["message"].endswith(".")
    assert len(asked(gateway, DiscardSheet)) == (kind is AddToSheet)


async def test_a_service_that_rests_is_told_of_as_such(gateway, send):
    gateway.asker.answers[AddToSheet] = Fault(FaultCode.UNAVAILABLE, retry_after=1.0)
    reply = await send()
    assert (reply.status_code, reply.headers["retry-after"]) == (503, "1")


async def test_people_come_in_while_the_round_recruits(gateway, send):
    wanted = f"?round={global_id('Round', THING)}"
    for code, status in {RefusalCode.RECRUITMENT_CLOSED: 403, RefusalCode.NOT_FOUND: 404}.items():
        gateway.asker.answers[RecruitingRound] = Refusal(code)
        reply = await send(query=wanted)
        assert (reply.status_code, reply.json()["refused"]["code"]) == (status, code)
    assert asked(gateway, StageSheet) == []
    gateway.asker.answers[RecruitingRound] = Done()
    assert (await send(query=wanted)).status_code == 201
    assert asked(gateway, StageSheet)[0].options.round == THING


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.binary(max_size=2000), st.text(max_size=30), st.sampled_from(["text/csv", "x", "text/csv; charset=\xff"]))
async def test_whatever_comes_is_never_a_fault_of_ours(gateway, content, query, kind):
    gateway.asker.answers |= {StageSheet: a_sheet(), ReadSheet: a_sheet()}
    transport = httpx.ASGITransport(build(gateway.settings, gateway.asker))
    async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as client:
        mine = {"Authorization": f"Bearer {gateway.token('cora')}", "Content-Type": kind.encode("latin-1")}
        reply = await client.post("/sheets", params=query, content=content, headers=mine)
    assert reply.status_code < 500


# ---------------------------------------------------------------- GraphQL
FIELDS = "id state rowCount new wrong columns { position header field } options { role round encoding } doneOf"
ROWS = "rows(noted: true) { nodes { number outcome problems { code message found allowed column field } } }"


async def test_a_table_is_shown_row_by_row_in_the_viewers_language(gateway):
    problem = RowProblem(
        code=SheetProblem.NOT_UNDERSTOOD, column=3, field=SheetField.ROLE, found="chef", allowed=("MENTOR",)
    )
    gateway.asker.answers |= {
        SheetsByIds: SheetsByIds.reply(items=(a_sheet(rows=2, wrong=1),)),
        SheetRowsPage: Page[SheetRowView](
            items=(SheetRowView(number=3, outcome=RowOutcome.WRONG, problems=(problem,)),),
            cursors=("3",),
            more=False,
            total=1,
        ),
    }
    document = f"query ($id: ID!) {{ node(id: $id) {{ ... on Sheet {{ {FIELDS} {ROWS} }} }} }}"
    found = (await gateway.ask(document, {"id": SHEET}, language="sv"))["node"]
    assert (found["state"], found["rowCount"], found["wrong"]) == ("READ", 2, 1)
    (row,) = found["rows"]["nodes"]
    assert row["problems"][0]["message"].startswith("Det här är inget av de värden")
    assert (row["problems"][0]["found"], row["problems"][0]["allowed"]) == ("chef", ["MENTOR"])


async def test_options_that_are_left_out_stay_as_they_are(gateway):
    before = SheetOptions(role="MENTOR", country="SE", known="SKIP")
    gateway.asker.answers |= {SheetsByIds: SheetsByIds.reply(items=(a_sheet(options=before),)), ChangeSheet: a_sheet()}
    document = "mutation ($input: ChangeSheetInput!) { changeSheet(input: $input) { ... on Sheet { id } } }"
    input = {"sheet": SHEET, "country": "NO", "columns": [{"position": 2, "field": "BIRTH"}, {"position": 3}]}
    await gateway.ask(document, {"input": input})
    (command,) = asked(gateway, ChangeSheet)
    assert command.options == SheetOptions(role="MENTOR", country="NO", known="SKIP")
    assert [(column.position, column.field) for column in command.columns] == [(2, "BIRTH"), (3, None)]


async def test_confirming_asks_whether_the_round_still_recruits(gateway):
    sheet = a_sheet(options=SheetOptions(round=THING))
    closed = Refusal(RefusalCode.RECRUITMENT_CLOSED, opensAt=None)
    gateway.asker.answers |= {SheetsByIds: SheetsByIds.reply(items=(sheet,)), RecruitingRound: closed}
    document = "mutation ($input: ConfirmSheetInput!) { confirmSheet(input: $input) { ... on Refused { code } } }"
    said = await gateway.ask(document, {"input": {"sheet": SHEET}})
    assert said["confirmSheet"] == {"code": "RECRUITMENT_CLOSED"}
    assert asked(gateway, ConfirmSheet) == []
    gateway.asker.answers[SheetsByIds] = SheetsByIds.reply(items=())
    assert (await gateway.ask(document, {"input": {"sheet": SHEET}}))["confirmSheet"] == {"code": "NOT_FOUND"}


async def test_its_people_are_put_together_from_pieces_as_a_file(gateway, client):
    pieces = {0: SheetText(text="NAME\r\nAda\r\n", next=1), 1: SheetText(text="Eva\r\n", next=None)}
    gateway.asker.answers[SheetTable] = lambda query, _: pieces[query.after]
    paper = await link(gateway.context("cora").ground(), "sheet-table", UUID(int=7))
    reply = await client.get(paper.url)
    assert reply.content.decode("utf-8-sig") == "NAME\r\nAda\r\nEva\r\n"
    assert 'filename="participants.csv"' in reply.headers["content-disposition"]


async def test_one_that_is_worked_on_can_be_followed_until_it_is_gone(gateway, monkeypatch):
    monkeypatch.setattr("commons_gateway.profiles.sheet_verbs.BUSY_SECONDS", 0.0)
    monkeypatch.setattr("commons_gateway.profiles.sheet_verbs.QUIET_SECONDS", 0.0)
    turns = [a_sheet(state=SheetState.IMPORTING, done=n, of=4) for n in (0, 2, 2)] + [
        a_sheet(state=SheetState.IMPORTED)
    ]
    left = [SheetsByIds.reply(items=(view,)) for view in turns] + [SheetsByIds.reply(items=())]
    gateway.asker.answers[SheetsByIds] = lambda *_: left.pop(0)
    document = "subscription ($id: ID!) { sheetChanged(sheet: $id) { state done doneOf } }"
    stream = await schema.stream(
        document, variable_values={"id": SHEET}, context_value=gateway.context("cora", expires=2**33)
    )
    seen = [(push.data["sheetChanged"]["state"], push.data["sheetChanged"]["done"]) async for push in stream]
    assert seen == [("IMPORTING", 0), ("IMPORTING", 2), ("IMPORTED", 0)]
