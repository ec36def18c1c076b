"""Sessions as a browser sees them: two clocks, a permission with its reason, and what a verb asks for."""

from __future__ import annotations

from datetime import UTC, datetime

from commons_contracts.codes import Modality, NoticeCode, Role, SessionState, SessionWarning
from commons_contracts.mentoring import (
    AddTask,
    CompleteTask,
    RecordSession,
    RescheduleSession,
    ScheduleSession,
    Sessions,
    SessionsByIds,
    SessionView,
)
from commons_contracts.profiles import NoticesPage
from commons_gateway.relay import global_id
from commons_gateway.testing import THING, sample

SESSION = """query ($id: ID!) { node(id: $id) { ... on Session { startsAt endsAt warnings
  times { zone startsAt endsAt } viewerCan { acceptSession { allowed reason } recordSession { allowed reason } } } } }"""
AT = datetime(2026, 10, 5, 15, tzinfo=UTC)
HERE = {kind: global_id(kind, THING) for kind in ("Session", "Mentorship", "SessionTask")}


def a_session(**changes):
    usual = {"starts_at": AT, "minutes": 45, "mentor_zone": "Asia/Tokyo", "mentee_zone": "Europe/Stockholm"}
    return sample(SessionView).model_copy(update=usual | {"state": SessionState.PROPOSED} | changes)


async def test_each_of_the_two_reads_it_on_her_own_clock(gateway):
    gateway.asker.answers[SessionsByIds] = Sessions(
        items=(a_session(id=THING, may_accept=True, warnings=(SessionWarning.HOURS_EXCEEDED,)),)
    )
    seen = (await gateway.ask(SESSION, {"id": HERE["Session"]}))["node"]
    assert (seen["startsAt"], seen["endsAt"]) == ("2026-10-05T15:00:00Z", "2026-10-05T15:45:00Z")
    assert [(t["zone"], t["startsAt"]) for t in seen["times"]] == [
        ("Asia/Tokyo", "2026-10-06T00:00:00+09:00"), ("Europe/Stockholm", "2026-10-05T17:00:00+02:00"),
    ]  # fmt: skip
    assert seen["times"][1]["endsAt"] == "2026-10-05T17:45:00+02:00"
    assert seen["warnings"] == ["HOURS_EXCEEDED"]
    can = {name: (it["allowed"], it["reason"]) for name, it in seen["viewerCan"].items()}
    assert can == {"acceptSession": (True, None), "recordSession": (False, "SESSION_NOT_HELD")}


async def test_verbs_ask_for_what_was_wished(gateway):
    said = "{ __typename }"
    at = 'startsAt: "2026-10-05T17:00:00+02:00"'
    m, s, t = HERE["Mentorship"], HERE["Session"], HERE["SessionTask"]
    for verb in (
        f'scheduleSession(input: {{mentorship: "{m}", {at}, minutes: 30, mode: FACE_TO_FACE}})',
        f'rescheduleSession(input: {{session: "{s}", {at}}})',
        f'recordSession(input: {{session: "{s}", minutes: 25, notes: "x"}})',
        f'addTask(input: {{session: "{s}", owner: MENTEE, what: "x"}})',
        f'completeTask(input: {{task: "{t}", done: false}})',
    ):
        await gateway.ask(f"mutation {{ {verb} {said} }}")
    kinds = (ScheduleSession, RescheduleSession, RecordSession, AddTask, CompleteTask)
    planned, moved, held, added, ticked = gateway.asker.requests(*kinds)
    assert (planned.mentorship, planned.starts_at, planned.mode) == (THING, AT, Modality.FACE_TO_FACE)
    assert (moved.session, moved.starts_at, moved.minutes, moved.mode) == (THING, AT, None, None)
    assert (held.minutes, held.notes, added.side, ticked.done) == (25, "x", Role.MENTEE, False)


async def test_a_notice_leads_to_its_session(gateway):
    page = sample(NoticesPage.reply)
    notice = page.items[0].model_copy(update={"code": NoticeCode.SESSION_REMINDER, "subject_id": THING, "number": 60})
    gateway.asker.answers[NoticesPage] = page.model_copy(update={"items": (notice,)})
    found = await gateway.ask("{ viewer { notices { nodes { message subject { __typename id } } } } }")
    (shown,) = found["viewer"]["notices"]["nodes"]
    assert shown["subject"] == {"__typename": "Session", "id": HERE["Session"]}
    assert shown["message"] == "A session begins soon. See its agenda."
