"""Freezing and thawing a mentorship: which one, and that it is done; of what is in it nothing."""

from __future__ import annotations

import pytest

from commons_contracts.base import Refusal
from commons_contracts.codes import RefusalCode
from commons_contracts.mentoring import FreezeMentorship, ThawMentorship
from commons_gateway.relay import global_id
from commons_gateway.testing import THING

ID = global_id("Mentorship", THING)
HOLD = """mutation($input: MentorshipInput!) { done: %s(input: $input) {
  ... on MentorshipHold { mentorship frozen } ... on Refused { code message } } }"""


@pytest.mark.parametrize(
    ("verb", "command", "frozen"),
    [("freezeMentorship", FreezeMentorship, True), ("thawMentorship", ThawMentorship, False)],
)
async def test_it_is_said_which_one_rests_or_goes_on(gateway, verb, command, frozen):
    done = await gateway.ask(HOLD % verb, {"input": {"mentorship": ID}})
    assert done["done"] == {"mentorship": ID, "frozen": frozen}
    (asked,) = gateway.asker.requests(command)
    assert asked.mentorship == THING


async def test_whoever_has_a_part_in_it_is_refused_in_words(gateway):
    gateway.asker.answers[FreezeMentorship] = Refusal(RefusalCode.CONFLICT_OF_INTEREST)
    refused = (await gateway.ask(HOLD % "freezeMentorship", {"input": {"mentorship": ID}}))["done"]
    assert refused["code"] == "CONFLICT_OF_INTEREST"
    assert refused["message"]
