"""Signing in by a letter's link, in a real browser: its cookies, its Origin, and the pages' own rules hold together."""

from __future__ import annotations

import re

import pytest

from commons_chassis.ids import new_id
from commons_gateway.post import sent

pytestmark = pytest.mark.browser
ASK = """async (csrf) => {
  const headers = { 'content-type': 'application/json', ...(csrf ? { 'commons-csrf': '1' } : {}) }
  const body = JSON.stringify({ query: '{ viewer { person { id } } }' })
  const answer = await fetch('/graphql', { method: 'POST', headers, body })
  return [answer.status, await answer.json()]
}"""


def letters(ground):
    return sent.names(ground.home.letters)


def test_someone_comes_in_by_letter_and_goes_out_again(visitor, ground):
    before = letters(ground)
    page = visitor.goes("/auth/login?to=/graphiql")
    page.fill("input[name=address]", f"{new_id()}@example.org")
    page.click("button")
    page.wait_for_selector("[role=status]")
    for _ in range(100):
        if len(written := letters(ground)) > len(before):
            break
        page.wait_for_timeout(100)
    link = re.search(r"^http\S+$", sent.read(ground.home.letters, written[-1]).plain, re.MULTILINE)[0]

    page.goto(link)
    assert not page.context.cookies(visitor.url + "/auth") or "commons-session" not in names(page)
    page.click("button")
    page.wait_for_url(re.compile("/graphiql"), wait_until="commit")
    (cookie,) = [one for one in page.context.cookies() if one["name"] == "commons-session"]
    assert (cookie["httpOnly"], cookie["sameSite"], cookie["path"]) == (True, "Lax", "/")
    assert page.evaluate("document.cookie") == ""

    status, said = page.evaluate(ASK, True)
    assert (status, bool(said["data"]["viewer"]["person"]["id"])) == (200, True)
    status, said = page.evaluate(ASK, False)
    assert (status, said["errors"][0]["extensions"]["code"]) == (403, "FORBIDDEN")

    page.goto(link)
    page.fill("input[name=address]", "somebody.else@example.org")
    page.click("button")
    page.wait_for_selector("[role=status]")

    page.goto(visitor.url + "/graphiql")
    page.evaluate("fetch('/auth/logout', { method: 'POST', body: new URLSearchParams({ everywhere: '1' }) })")
    page.wait_for_timeout(500)
    assert "commons-session" not in names(page)
    assert visitor.foreign == []


def names(page):
    return {one["name"] for one in page.context.cookies()}
