"""Stopping letters from within one, and looking at those that were sent."""

from __future__ import annotations

import re
from email.message import EmailMessage
from email.policy import SMTP

import httpx
import pytest

from commons_chassis.faults import Fault
from commons_contracts.base import Actor, Refusal
from commons_contracts.codes import OPTIONAL, FaultCode, Language, NoticeCategory, RefusalCode
from commons_contracts.profiles import StopLink, StopNotices, StopView
from commons_gateway.app import build
from commons_gateway.identity.sessions import digest_of
from commons_gateway.post.stopping import words
from commons_gateway.testing import ScriptedAsker

TOKEN = "t" * 43
ADDRESS = f"/notices/stop?token={TOKEN}"
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


def view(stopped=False, category=NoticeCategory.SESSIONS, language=Language.SV):
    return StopView(project_name="<WESTEM>", category=category, language=language, stopped=stopped)


# ---------------------------------------------------------------- stopping
async def test_looking_at_the_link_shows_a_button_and_changes_nothing(gateway, client):
    gateway.asker.answers[StopLink] = view()
    reply = await client.get(ADDRESS)
    assert (reply.status_code, reply.headers["cache-control"]) == (200, "no-store")
    assert '<html lang="sv">' in reply.text
    assert f'<form method="post" action="{ADDRESS}">' in reply.text
    assert "<button>Inga fler sådana brev</button>" in reply.text
    assert "&lt;WESTEM&gt;" in reply.text
    assert "<WESTEM>" not in reply.text
    assert "default-src 'none'" in reply.headers["content-security-policy"]
    assert gateway.asker.requests(StopNotices) == []
    ((asked, actor, _),) = gateway.asker.asked
    assert (asked, actor) == (StopLink(link=digest_of(TOKEN)), Actor())


@pytest.mark.parametrize("headers", [{}, {"Origin": "https://mail.example.com"}, {"Cookie": "commons-session=x"}])
async def test_one_click_needs_no_cookie_no_page_and_no_redirect(gateway, client, headers):
    gateway.asker.answers[StopNotices] = view(stopped=True)
    reply = await client.post(ADDRESS, data=ONE_CLICK, headers=headers)
    assert reply.status_code == 200
    assert 'role="status"' in reply.text
    assert "set-cookie" not in reply.headers
    ((asked, actor, _),) = gateway.asker.asked
    assert (asked, actor) == (StopNotices(link=digest_of(TOKEN)), Actor())


async def test_what_was_stopped_is_said_to_be(gateway, client):
    gateway.asker.answers[StopLink] = view(stopped=True, category=None, language=Language.EN)
    reply = await client.get(ADDRESS)
    assert "<form" not in reply.text
    assert "everything that is told together" in reply.text


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("token", ["x", "", "a" * 5000])
async def test_a_link_that_is_none_stops_nothing(gateway, client, method, token):
    gateway.asker.answers[StopLink] = gateway.asker.answers[StopNotices] = Refusal(RefusalCode.NOT_FOUND)
    reply = await client.request(method, f"/notices/stop?token={token}", headers={"Accept-Language": "nb"})
    assert (reply.status_code, words()["nb"]["unknown"] in reply.text) == (404, True)


async def test_while_profiles_rests_the_mail_program_is_told_to_try_again(gateway, client):
    gateway.asker.answers[StopNotices] = Fault(FaultCode.UNAVAILABLE, retry_after=2.0)
    reply = await client.post(ADDRESS, data=ONE_CLICK)
    assert (reply.status_code, reply.headers["retry-after"]) == (503, "2")


def test_every_language_has_words_for_every_kind():
    english = words()["en"]
    assert set(words()) == {language.value for language in Language}
    for said in words().values():
        assert set(said) == set(english)
        assert {kind.value for kind in OPTIONAL} <= set(said)
        for name, text in said.items():
            assert re.findall(r"\{\w+\}", text) == re.findall(r"\{\w+\}", english[name]), name


# ---------------------------------------------------------------- those that were sent
@pytest.fixture
def folder(tmp_path):
    for number, subject in enumerate(["The first", "<b>The second</b>"]):
        message = EmailMessage(policy=SMTP)
        message["From"], message["To"], message["Subject"] = "a@x.org", "b@x.org", subject
        message["Message-ID"], message["Date"] = f"<{number}@x.org>", "Sun, 22 Nov 2026 08:00:00 +0000"
        message.set_content("Åk hit: https://x.org/?a=1&b=2\n<script>\n")
        message.add_alternative("<script>alert(1)</script><p>Hej</p>", subtype="html")
        message.add_attachment(b"BEGIN:VCALENDAR", maintype="application", subtype="ics", filename="session.ics")
        (tmp_path / f"2026112{number}T080000.eml").write_bytes(message.as_bytes())
    (tmp_path / ".half.eml").write_bytes(b"not whole yet")
    return tmp_path


@pytest.fixture
async def developer(gateway, folder):
    app = build(gateway.settings.model_copy(update={"mail_folder": folder}), ScriptedAsker())
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as http:
        yield http


async def test_letters_are_listed_the_newest_first_and_escaped(developer):
    reply = await developer.get("/letters")
    assert re.findall(r"<strong>(.*?)</strong>", reply.text) == ["&lt;b&gt;The second&lt;/b&gt;", "The first"]
    assert "default-src 'none'" in reply.headers["content-security-policy"]


async def test_a_letter_is_shown_as_text_with_its_links_and_as_html_in_a_closed_frame(developer):
    page = await developer.get("/letters/20261121T080000")
    assert '<iframe sandbox="" src="/letters/20261121T080000/html"' in page.text
    assert '<a href="https://x.org/?a=1&amp;b=2">' in page.text
    assert "<script" not in page.text
    assert "script-src" not in page.headers["content-security-policy"]

    inside = await developer.get("/letters/20261121T080000/html")
    policy = inside.headers["content-security-policy"]
    assert "<script>alert(1)</script>" in inside.text
    for part in ("default-src 'none'", "sandbox;", "form-action 'none'", "frame-ancestors 'self'"):
        assert part in policy
    assert "allow-" not in policy

    file = await developer.get("/letters/20261121T080000/files/session.ics")
    assert (file.content, file.headers["content-disposition"]) == (b"BEGIN:VCALENDAR", "attachment")


@pytest.mark.parametrize(
    "path", ["/letters/x", "/letters/.half", "/letters/x/html", "/letters/20261121T080000/files/x", "/letters/..%2fx"]
)
async def test_what_is_no_letter_is_not_shown(developer, path):
    assert (await developer.get(path)).status_code == 404


async def test_elsewhere_than_in_development_there_is_no_such_page(client, gateway, folder):
    assert (await client.get("/letters")).status_code == 404
    with pytest.raises(ValueError, match="COMMONS_MAIL_FOLDER"):
        type(gateway.settings)(env="production", secret="s" * 32, mail_folder=folder)
