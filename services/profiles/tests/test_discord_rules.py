"""Where announcements may go."""

import pytest

from commons_contracts.base import Refusal
from commons_contracts.codes import DiscordTopic, Language, RefusalCode
from commons_profiles.post.announcements import SAID
from commons_profiles.rules.discord import HOSTS, webhook

TOKEN = "t0-_" * 17
WAY = f"/api/webhooks/123456789012345678/{TOKEN}"


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("way", [WAY, WAY.replace("/api/", "/api/v10/")])
def test_a_webhook_of_discord_is_taken_as_it_is(host, way):
    assert webhook(f" https://{host}{way}\n") == f"https://{host}{way}"


@pytest.mark.parametrize(
    "url",
    [
        "",
        WAY,
        f"http://discord.com{WAY}",
        f"ftp://discord.com{WAY}",
        f"https://169.254.169.254{WAY}",
        f"https://localhost{WAY}",
        f"https://discord.com.example.org{WAY}",
        f"https://evildiscord.com{WAY}",
        f"https://discord.com:8443{WAY}",
        f"https://discord.com:443{WAY}",
        f"https://discord.com:none{WAY}",
        f"https://discord.com:{WAY}",
        f"https://someone@discord.com{WAY}",
        f"https://discord.com@169.254.169.254{WAY}",
        f"https://@discord.com{WAY}",
        f"https://discord.com{WAY}?thread_id=1",
        f"https://discord.com{WAY}#x",
        f"https://discord.com{WAY}/slack",
        f"https://discord.com/..{WAY}",
        f"https://discord.com/api/webhooks/../users/{TOKEN}",
        "https://discord.com/api/webhooks/123456789012345678/short",
        f"https://discord.com/api/webhooks/{chr(0xFF11) * 18}/{TOKEN}",
        f"https://[::1]{WAY}",
        f"https://[{WAY}",
        f"https://discord.com\\@127.0.0.1{WAY}",
        f"https://DISCORD.com.{WAY}",
    ],
)
def test_nothing_else_is(url):
    with pytest.raises(Refusal) as no:
        webhook(url)
    assert no.value.code is RefusalCode.WEBHOOK_NOT_ALLOWED


def test_everything_can_be_said_in_every_language_and_names_nobody():
    assert set(SAID) == set(DiscordTopic)
    for said in SAID.values():
        assert set(said) == set(Language)
        assert not any("{" in text for text in said.values())
