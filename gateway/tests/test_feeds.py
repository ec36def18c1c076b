"""A calendar's address: made here, kept by nobody, and answered alike whether it is wrong, old or unknown."""

from __future__ import annotations

import re

import pytest

from commons_chassis.faults import Fault
from commons_contracts.base import Actor, Refusal
from commons_contracts.codes import FaultCode, RefusalCode
from commons_contracts.mentoring import CalendarByFeed, CalendarView, EndCalendarFeed, RenewCalendarFeed
from commons_gateway.identity.sessions import digest_of

RENEW = """mutation ($key: String) { renewCalendarFeed(input: {idempotencyKey: $key}) {
  ... on CalendarAddress { url feed { language } } } }"""
END = "mutation { endCalendarFeed { ... on Viewer { calendarFeed { since } } } }"
TEXT = "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"


async def address(gateway, key=None, **context):
    return (await gateway.ask(RENEW, {"key": key}, **context))["renewCalendarFeed"]["url"]


async def test_the_address_is_made_here_and_only_its_digest_goes_on(gateway):
    url = await address(gateway)
    token = re.fullmatch(r"/calendars/([\w-]{60,})\.ics", url)[1]
    (command,) = gateway.asker.requests(RenewCalendarFeed)
    assert command.feed == digest_of(token)
    assert token not in repr(gateway.asker.asked)
    assert await address(gateway) != url


async def test_the_same_wish_asked_again_has_the_same_address_and_another_person_another(gateway):
    assert await address(gateway, "a-key") == await address(gateway, "a-key")
    assert await address(gateway, "a-key") != await address(gateway, "other-key")
    assert await address(gateway, "a-key") != await address(gateway, "a-key", name="eve")


async def test_whoever_has_the_address_has_the_calendar_and_nobody_keeps_it_on_the_way(gateway, client):
    gateway.asker.answers[CalendarByFeed] = CalendarView(text=TEXT)
    url = await address(gateway)
    reply = await client.get(url)
    assert (reply.status_code, reply.text) == (200, TEXT)
    assert reply.headers["content-type"] == "text/calendar; charset=utf-8"
    assert reply.headers["cache-control"] == "private, no-store"
    assert (reply.headers["referrer-policy"], reply.headers["x-robots-tag"]) == ("no-referrer", "noindex")
    asked, actor = next((r, a) for r, a, _ in gateway.asker.asked if isinstance(r, CalendarByFeed))
    assert (asked.feed, actor) == (digest_of(url.removeprefix("/calendars/").removesuffix(".ics")), Actor())


@pytest.mark.parametrize("token", ["x", "%00", "a" * 5000, "..%2f..", "é"])
async def test_what_opens_nothing_is_answered_alike(gateway, client, token):
    gateway.asker.answers[CalendarByFeed] = Refusal(RefusalCode.NOT_FOUND)
    reply = await client.get(f"/calendars/{token}.ics")
    assert (reply.status_code, reply.headers["cache-control"]) == (404, "no-store")


async def test_a_resting_service_is_asked_again_later(gateway, client):
    gateway.asker.answers[CalendarByFeed] = Fault(FaultCode.UNAVAILABLE, retry_after=1.0)
    reply = await client.get("/calendars/x.ics")
    assert (reply.status_code, reply.headers["retry-after"]) == (503, "1")


async def test_guessing_is_slow(gateway, client):
    gateway.asker.answers[CalendarByFeed] = Refusal(RefusalCode.NOT_FOUND)
    desk = client._transport.app.state.desk
    for bucket, (_, a_second) in dict(desk.rates._rates).items():
        desk.rates._rates[bucket] = (3.0, a_second / 1_000)
    codes = [(await client.get(f"/calendars/{n}.ics")).status_code for n in range(5)]
    assert codes == [404, 404, 404, 429, 429]


async def test_it_can_be_taken_away(gateway):
    await gateway.ask(END)
    assert len(gateway.asker.requests(EndCalendarFeed)) == 1
