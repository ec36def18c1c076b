"""Letters that were sent, as a developer looks at them: by mouse, keyboard and telephone, in the light and in the dark."""

from __future__ import annotations

import pytest

from commons_chassis.calendars import Meeting, calendar
from commons_chassis.clock import real_now
from commons_chassis.ids import new_id
from commons_contracts.codes import Language
from commons_profiles.post.letter import Content, Invitation, Item, letter, with_stop

pytestmark = pytest.mark.browser
SAYS = "En träff är föreslagen. Tacka ja, eller föreslå en annan tid."


@pytest.fixture(scope="module")
def sent(ground):
    """A letter about a session, with its invitation, where letters are kept in development."""
    now, folder = real_now(), ground.home.letters
    content = Content(
        language=Language.SV, subject="En träff är föreslagen", items=(Item(SAYS, "lördag 24 oktober 2026, 14:00"),),
        url=f"{ground.home.run.url}/?notices=1", button="Se det på STEM Commons", project="WESTEM",
    )  # fmt: skip
    meeting = Meeting(id=new_id(), at=now, starts_at=now, ends_at=now, title="Mentorträff")
    asked = Invitation("REQUEST", calendar([meeting], "Europe/Stockholm", method="REQUEST"))
    message = letter(
        with_stop(content, ground.home.run.url, "t" * 43), "ebba@example.org", "a@localhost", new_id(), [asked]
    )
    message["Date"] = now
    folder.mkdir(mode=0o700, exist_ok=True)
    name = f"{now:%Y%m%dT%H%M%S%f}"
    (folder / f"{name}.eml").write_bytes(message.as_bytes())
    return name


def test_a_letter_is_found_by_keyboard_and_its_html_stays_in_its_frame(visitor, sent):
    page = visitor.goes("/letters")
    assert page.get_by_text("ebba@example.org").count() == 1
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.getAttribute('href')") == f"/letters/{sent}":
            break
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/letters/{sent}")

    inside = page.frame_locator("iframe")
    assert inside.locator("h1").inner_text() == "En träff är föreslagen"
    assert SAYS in inside.locator("main").inner_text()
    assert inside.locator("a.button").get_attribute("href").startswith(visitor.url)
    frame = page.frames[1]
    assert frame.evaluate("window.origin") == "null"
    inside.locator("a.button").click()  # within its frame a letter leads nowhere
    assert page.url.endswith(f"/letters/{sent}")
    assert [link.inner_text() for link in page.get_by_role("link", name="session.ics").all()] == ["session.ics"]
    assert visitor.foreign == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_telephone_nothing_sticks_out(phone, sent, scheme):
    phone.page.emulate_media(color_scheme=scheme)
    for path in ("/letters", f"/letters/{sent}", f"/letters/{sent}/html", f"/notices/stop?token={'t' * 43}"):
        page = phone.goes(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, path
        colour = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert (colour == "rgb(22, 22, 26)") is (scheme == "dark"), path
    assert phone.foreign == []
