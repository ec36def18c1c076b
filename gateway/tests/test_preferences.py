"""How a member wants to be told: shown to her, changed in part, refused where nobody may choose."""

from __future__ import annotations

from commons_contracts.base import Refusal
from commons_contracts.codes import NoticeCategory, NoticeWay, RefusalCode
from commons_contracts.profiles import CategoryWay, NoticePreferences, SetNoticePreferences
from commons_gateway.testing import sample

WANTED = """mutation($input: SetNoticePreferencesInput!) { setNoticePreferences(input: $input) {
  ... on NoticePreferences { rhythm quietFrom ways { category way } } ... on Refused { code params message } } }"""


async def test_she_sees_how_she_is_told(gateway):
    ways = (CategoryWay(category=NoticeCategory.SESSIONS, way=NoticeWay.DIGEST),)
    view = sample(NoticePreferences.reply).model_copy(update={"ways": ways, "quiet_from": 22, "zone": "Europe/Oslo"})
    gateway.asker.answers[NoticePreferences] = view
    shown = await gateway.ask("{ viewer { noticePreferences { quietFrom zone ways { category way } } } }")
    told = {"quietFrom": 22, "zone": "Europe/Oslo", "ways": [{"category": "SESSIONS", "way": "DIGEST"}]}
    assert shown["viewer"]["noticePreferences"] == told


async def test_what_she_leaves_out_is_not_sent(gateway):
    wanted = {"ways": [{"category": "REQUESTS", "way": "NEVER"}], "quietFrom": 21}
    await gateway.ask(WANTED, {"input": wanted})
    (asked,) = gateway.asker.requests(SetNoticePreferences)
    ways = (CategoryWay(category=NoticeCategory.REQUESTS, way=NoticeWay.NEVER),)
    assert asked == SetNoticePreferences(ways=ways, quiet_from=21)


async def test_what_nobody_may_choose_is_refused_in_words(gateway):
    no = Refusal(RefusalCode.NOTICE_NOT_OPTIONAL, category=NoticeCategory.SAFEGUARDING)
    gateway.asker.answers[SetNoticePreferences] = no
    wanted = {"ways": [{"category": "SAFEGUARDING", "way": "NEVER"}]}
    refused = (await gateway.ask(WANTED, {"input": wanted}))["setNoticePreferences"]
    assert refused["code"] == "NOTICE_NOT_OPTIONAL"
    assert refused["message"]


async def test_an_hour_that_there_is_not_is_refused(gateway):
    done = await gateway.execute(WANTED, {"input": {"quietFrom": 24}})
    assert done.errors[0].extensions["code"] == "BAD_USER_INPUT"
    assert gateway.asker.requests(SetNoticePreferences) == []
