"""Letters with a link to sign in: none is lost and none is logged, whatever dies on the way."""

import asyncio
import re
from datetime import timedelta
from email import message_from_bytes
from email.policy import default

import pytest
import sqlalchemy as sa
from aiosmtpd.controller import Controller

from commons_chassis.clock import real_now
from commons_chassis.ids import new_id
from commons_chassis.settings import SettingError
from commons_chassis.testing import eventually
from commons_contracts.codes import Language
from commons_profiles.post import office as at
from commons_profiles.post.letter import digest_of, letter, sign_in_content
from commons_profiles.post.settings import PostSettings
from commons_profiles.rules.link import send_link
from commons_profiles.tables import letters, links

CANARY = "canary.of.ebba@example.org"
KEY = "k" * 32


async def write(office, address=CANARY, ago=timedelta(), language=Language.SV):
    link, letter = send_link(new_id(), address, digest_of("browser"), language, "/", at=real_now() - ago)
    async with office.opened() as tx:
        tx.add(link, letter)
    return link.id


async def waiting(office):
    async with office.opened() as tx:
        return {row["id"]: row["tries"] for row in await tx.rows(sa.select(letters))}


async def opens(office, link):
    async with office.opened() as tx:
        return await tx.value(sa.select(links.c.token).where(links.c.id == link))


async def lease_over(office):
    async with office.opened() as tx:
        await tx.run(sa.update(letters).values(try_at=real_now()))


def link_in(message):
    return re.search(r"^https://commons\.example\.org/auth/link\?token=([\w-]{43})$", _plain(message), re.MULTILINE)[1]


def _plain(message):
    return message.get_body("plain").get_content().replace("\r\n", "\n")


async def test_a_letter_goes_out_with_the_link_and_is_kept_no_longer(office, smtp, inbox):
    link = await write(office)
    assert await office.send_some() == 1

    (message,) = inbox.got
    assert (message["To"], message["From"]) == (CANARY, "STEM Commons <hello@commons.example.org>")
    assert message["Subject"] == "Din länk för att logga in på STEM Commons"
    assert digest_of(link_in(message)) == await opens(office, link)
    assert await waiting(office) == {}
    assert await office.send_some() == 0


async def test_a_crash_after_sending_sends_the_same_link_again(office, smtp, inbox, monkeypatch):
    link = await write(office)

    async def dies(statement):
        raise RuntimeError

    with monkeypatch.context() as crash:
        crash.setattr(office, "_run", dies)
        with pytest.raises(RuntimeError):
            await office.send_some()
    assert await waiting(office) == {link: 1}
    assert await office.send_some() == 0

    await lease_over(office)
    assert await office.send_some() == 1
    assert len({link_in(message) for message in inbox.got}) == 1
    assert len({message["Message-ID"] for message in inbox.got}) == 1
    assert len(inbox.got) == 2
    assert await waiting(office) == {}


async def test_two_processes_send_a_letter_once(office, smtp, inbox, monkeypatch):
    monkeypatch.setattr(at, "AT_ONCE", 5)
    for n in range(15):
        await write(office, f"p{n}@example.org")
    assert sum(await asyncio.gather(*(office.send_some() for _ in range(3)))) == 15
    assert len({message["To"] for message in inbox.got}) == len(inbox.got) == 15


async def test_a_letter_waits_for_a_server_that_is_away(office, inbox, port):
    link = await write(office)
    assert await office.send_some() == 1
    assert await waiting(office) == {link: 1}

    server = Controller(inbox, hostname="127.0.0.1", port=port)
    server.start()
    await lease_over(office)
    await office.send_some()
    server.stop()
    assert (len(inbox.got), await waiting(office)) == (1, {})


@pytest.mark.parametrize(("says", "left"), [("550 no such person", 0), ("451 later", 1)])
async def test_only_a_final_no_is_taken_for_one(office, smtp, inbox, says, left):
    await write(office)
    inbox.says = says
    await office.send_some()
    assert len(await waiting(office)) == left


async def test_a_letter_that_is_of_no_use_any_more_is_not_sent(office, smtp, inbox):
    await write(office, ago=timedelta(minutes=15))
    assert await office.send_some() == 0
    assert (inbox.got, await waiting(office)) == ([], {})


async def test_no_line_in_a_log_names_whom_a_letter_was_for(office, smtp, inbox, capsys, monkeypatch):
    for says in ("250 OK", "550 no", "451 later"):
        inbox.says = says
        await write(office)
        await office.send_some()
    office._settings = office._settings.model_copy(update={"smtp": "smtp://127.0.0.1:1"})
    await write(office)
    await office.send_some()

    said = "".join(capsys.readouterr())
    assert said.count("a letter was not sent") == 3
    assert "canary" not in said
    assert not re.search(r"[\w-]{43}", said)


async def test_in_development_letters_become_files_for_their_owner_alone(office, tmp_path, monkeypatch):
    monkeypatch.setattr(office, "_settings", office._settings.model_copy(update={"mail_folder": tmp_path / "mail"}))
    await write(office)
    await office.send_some()

    (file,) = (tmp_path / "mail").iterdir()
    assert file.stat().st_mode & 0o777 == 0o600
    assert link_in(message_from_bytes(file.read_bytes(), policy=default))


async def test_it_works_until_the_process_stops(office, smtp, inbox, monkeypatch):
    monkeypatch.setattr(at, "TICK_SECONDS", 0.05)
    working = asyncio.create_task(office.run())
    await write(office)
    assert await eventually(lambda: inbox.got)
    office._runtime.stop()
    await asyncio.wait_for(working, 5)


@pytest.mark.parametrize("language", Language)
def test_every_language_has_a_letter_with_the_link_that_nothing_stops(language):
    content = sign_in_content(new_id(), KEY.encode(), "https://x.org/", language)
    message = letter(content, "a@x.org", "b@x.org", new_id())
    assert content.url.startswith("https://x.org/auth/link?token=")
    assert message["Subject"] == content.subject
    assert _plain(message).count(f"{content.url}\n") == 1
    assert message.get_body("html").get_content().count(content.url) == 1
    assert message["List-Unsubscribe"] is None
    assert "notices/stop" not in message.as_string()


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"PROFILES__MAIL_FROM": ""}, "COMMONS_PROFILES__MAIL_FROM"),
        ({"PROFILES__LINK_KEY_FILE": ""}, "COMMONS_PROFILES__LINK_KEY_FILE"),
        ({"PUBLIC_URL": ""}, "COMMONS_PUBLIC_URL"),
        ({"ENV": "production", "PUBLIC_URL": "http://commons.example.org"}, "https"),
        ({"ENV": "production", "PROFILES__MAIL_FOLDER": "/nowhere"}, "COMMONS_ENV=dev"),
    ],
)
def test_half_a_post_office_does_not_start(tmp_path, monkeypatch, change, complaint):
    key = tmp_path / "key"
    key.write_text(KEY)
    key.chmod(0o600)
    whole = {
        "ENV": "dev",
        "NATS_SEED": "SU",
        "PUBLIC_URL": "https://commons.example.org",
        "PROFILES__SMTP": "smtp://localhost",
        "PROFILES__MAIL_FROM": "hello@commons.example.org",
        "PROFILES__LINK_KEY_FILE": str(key),
    }
    for name, value in whole.items():
        monkeypatch.setenv(f"COMMONS_{name}", value)
    assert PostSettings.of_environment().link_key == KEY
    for name, value in change.items():
        monkeypatch.setenv(f"COMMONS_{name}", value) if value else monkeypatch.delenv(f"COMMONS_{name}")
    with pytest.raises(SettingError, match=complaint):
        PostSettings.of_environment()
