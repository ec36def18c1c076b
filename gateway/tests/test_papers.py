"""Papers: a link is one viewer's and old in minutes; what is behind it is asked for in her name, and kept by nobody."""

from __future__ import annotations

from base64 import b64encode
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest

from commons_chassis.faults import Fault
from commons_contracts.base import Refusal
from commons_contracts.codes import FaultCode, RefusalCode
from commons_contracts.ids import project_of
from commons_contracts.mentoring import (
    AgreementPaper,
    BadgeKeys,
    BadgeKeysView,
    CertificatePaper,
    EvaluationsTable,
    MentorshipsTable,
    Paper,
)
from commons_gateway import papers
from commons_gateway.relay import global_id
from commons_gateway.testing import THING

AGREEMENT = """query($id: ID!) { node(id: $id) { ... on Agreement {
    pdf: paper(form: PDF) { url expiresAt } page: paper(form: PAGE) { url } badge: paper(form: BADGE) { url } } } }"""
CERTIFICATE = """query($id: ID!) { node(id: $id) { ... on Mentorship {
    pdf: certificate(form: PDF) { url } badge: certificate(form: BADGE) { url } page: certificate(form: PAGE) { url }
} } }"""
TABLES = """{ project(slug: "westem") { overview { mentorshipsTable { url } evaluationsTable { url } } } }"""
STYLES = "body{color:#000}"
PAGE = Paper(name="agreement-1.html", media="text/html", content=b64encode(b"<p>Hej</p>").decode(), styles=STYLES)
PDF = Paper(name="agreement-1.pdf", media="application/pdf", content=b64encode(b"%PDF").decode())


async def links(gateway, document=AGREEMENT, kind="Agreement", **context):
    return await gateway.ask(document, {"id": global_id(kind, THING)} if kind else None, **context)


async def agreement(gateway, form="pdf", **context):
    return (await links(gateway, **context))["node"][form]["url"]


async def test_a_link_leads_to_a_file_that_is_asked_for_in_the_viewers_name(gateway, client):
    gateway.asker.answers[AgreementPaper] = PDF
    reply = await client.get(await agreement(gateway))
    assert (reply.status_code, reply.content) == (200, b"%PDF")
    assert reply.headers["content-type"] == "application/pdf"
    assert reply.headers["content-disposition"] == 'attachment; filename="agreement-1.pdf"'
    assert reply.headers["cache-control"] == "no-store"
    assert reply.headers["referrer-policy"] == "no-referrer"
    asked, actor = next((r, a) for r, a, _ in gateway.asker.asked if isinstance(r, AgreementPaper))
    assert (actor.person, actor.project, actor.operator) == (gateway.person("ada"), project_of("westem"), False)
    assert (asked.agreement, asked.mentor) == (THING, "sample"), "the names are those that she may see"


async def test_a_page_is_shown_with_its_own_styles_and_nothing_else(gateway, client):
    gateway.asker.answers[AgreementPaper] = PAGE
    reply = await client.get(await agreement(gateway, "page"))
    assert (reply.status_code, reply.text) == (200, "<p>Hej</p>")
    assert reply.headers["content-type"] == "text/html; charset=utf-8"
    digest = b64encode(sha256(STYLES.encode()).digest()).decode()
    policy = reply.headers["content-security-policy"]
    assert policy.startswith(f"default-src 'none'; style-src 'sha256-{digest}';")
    assert "script" not in policy
    assert "unsafe" not in policy
    assert "content-disposition" not in reply.headers


async def test_what_has_no_such_form_has_no_link(gateway):
    assert (await links(gateway))["node"]["badge"] is None
    assert (await links(gateway, CERTIFICATE, "Mentorship"))["node"]["page"] is None


async def test_an_old_link_is_none(gateway, client, monkeypatch):
    url = await agreement(gateway)
    monkeypatch.setattr(papers, "real_now", lambda: datetime.now(UTC) + papers.VALID + timedelta(seconds=1))
    assert (await client.get(url)).status_code == 404


def spoiled(url):
    return url[:-2] + ("BB" if url.endswith("AA") else "AA")


@pytest.mark.parametrize("changed", [spoiled, lambda url: url + "A", lambda _: "/papers/x"])
async def test_a_link_that_we_did_not_make_is_none(gateway, client, changed):
    reply = await client.get(changed(await agreement(gateway)))
    assert reply.status_code == 404
    assert not [r for r, *_ in gateway.asker.asked if isinstance(r, AgreementPaper)]


async def test_a_cursor_is_no_link(gateway, client):
    cursor = gateway.desk.seal.close("list", "[]")
    assert (await client.get(f"/papers/{cursor}")).status_code == 404


async def test_a_link_says_nothing_of_who_it_is_for(gateway):
    url = await agreement(gateway)
    assert str(gateway.person("ada")) not in url
    assert str(THING) not in url


@pytest.mark.parametrize(
    ("no", "status", "words"),
    [
        (Refusal(RefusalCode.NOT_FOUND), 404, ""),
        (Refusal(RefusalCode.ROLE_NOT_ALLOWED), 403, ""),
        (Refusal(RefusalCode.RESULT_TOO_LARGE, max=3000), 403, "3000"),
        (Fault(FaultCode.UNAVAILABLE), 503, ""),
        (Fault(FaultCode.INTERNAL), 400, ""),
    ],
)
async def test_a_no_is_a_sentence_in_her_language(gateway, client, no, status, words):
    gateway.asker.answers[MentorshipsTable] = no
    url = (await links(gateway, TABLES, ""))["project"]["overview"]["mentorshipsTable"]["url"]
    reply = await client.get(url)
    assert (reply.status_code, reply.headers["content-type"]) == (status, "text/plain; charset=utf-8")
    assert words in reply.text
    assert len(reply.text) > 10


async def test_tables_are_files_and_asked_for_by_who_asked(gateway, client):
    gateway.asker.answers[EvaluationsTable] = Paper(
        name="evaluations.csv", media="text/csv", content=b64encode(b"a,b").decode()
    )
    url = (await links(gateway, TABLES, ""))["project"]["overview"]["evaluationsTable"]["url"]
    reply = await client.get(url)
    assert (reply.headers["content-type"], reply.text) == ("text/csv; charset=utf-8", "a,b")
    assert 'filename="evaluations.csv"' in reply.headers["content-disposition"]


async def test_a_certificate_bears_her_name_and_where_it_can_be_checked(gateway, client):
    gateway.asker.answers[CertificatePaper] = PDF
    await client.get((await links(gateway, CERTIFICATE, "Mentorship"))["node"]["badge"]["url"])
    (asked,) = (r for r, *_ in gateway.asker.asked if isinstance(r, CertificatePaper))
    assert (asked.name, asked.site, asked.mentorship) == ("sample", "http://gateway", THING)


async def test_anybody_may_fetch_the_keys_from_anywhere(gateway, client):
    key = {"kty": "OKP", "crv": "Ed25519", "x": "a", "kid": "k1"}
    gateway.asker.answers[BadgeKeys] = BadgeKeysView(keys=(key,))
    reply = await client.get("/badges/jwks.json")
    assert reply.json() == {"keys": [key]}
    assert reply.headers["access-control-allow-origin"] == "*"
    assert (await client.get("/badges/keys/k1")).json() == key
    assert (await client.get("/badges/keys/k2")).status_code == 404
    issuer = (await client.get("/badges/issuer")).json()
    assert (issuer["id"], issuer["type"]) == ("http://gateway/badges/issuer", ["Profile"])
