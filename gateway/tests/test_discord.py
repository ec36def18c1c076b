"""A project's announcements: set by coordinators, and the address never shown."""

from __future__ import annotations

from commons_contracts.base import Refusal
from commons_contracts.codes import DiscordState, DiscordTopic, RefusalCode
from commons_contracts.profiles import Discord, Discords, SetDiscordWebhook
from commons_gateway.schema import schema
from commons_gateway.testing import sample

SET = """mutation($input: SetDiscordWebhookInput!) { setDiscordWebhook(input: $input) {
  ... on Announcements { state topics } ... on Refused { code message } } }"""
WANTED = {"input": {"url": "https://discord.com/api/webhooks/1/x", "topics": ["MATCHES"]}}


async def test_it_is_set_and_what_it_became_is_shown(gateway):
    view = sample(SetDiscordWebhook.reply).model_copy(
        update={"state": DiscordState.ACTIVE, "topics": (DiscordTopic.MATCHES,)}
    )
    gateway.asker.answers[SetDiscordWebhook] = view
    gateway.asker.answers[Discord] = Discords(items=(view,))
    assert (await gateway.ask(SET, WANTED))["setDiscordWebhook"] == {"state": "ACTIVE", "topics": ["MATCHES"]}
    shown = await gateway.ask('{ project(slug: "westem") { announcements { state } } }')
    assert shown["project"]["announcements"] == {"state": "ACTIVE"}
    (asked,) = gateway.asker.requests(SetDiscordWebhook)
    assert (asked.url, asked.topics) == (WANTED["input"]["url"], (DiscordTopic.MATCHES,))
    assert WANTED["input"]["url"] not in repr(asked)


async def test_a_project_without_one_has_none(gateway):
    gateway.asker.answers[Discord] = Discords(items=())
    assert (await gateway.ask('{ project(slug: "westem") { announcements { state } } }'))["project"] == {
        "announcements": None
    }


async def test_a_no_says_what_to_do(gateway):
    gateway.asker.answers[SetDiscordWebhook] = Refusal(RefusalCode.WEBHOOK_NOT_ALLOWED)
    refused = (await gateway.ask(SET, WANTED))["setDiscordWebhook"]
    assert refused["code"] == "WEBHOOK_NOT_ALLOWED"
    assert "https://discord.com/api/webhooks/" in refused["message"]


def test_the_schema_has_no_field_that_shows_the_address():
    shown = schema._schema.type_map["Announcements"].fields
    assert set(shown) == {"state", "topics", "since"}
