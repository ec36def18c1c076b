"""Every setting of every process can be seen, and no secret of any."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from commons_chassis.settings import PlatformSettings, is_secret
from commons_onebox.config import everything
from commons_onebox.home import SERVICES, Home

PROCESSES = {*SERVICES, "gateway", "deploy"}
WORDS = ("dsn", "seed", "secret", "password", "key", "token")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    for name in [name for name in os.environ if name.startswith("COMMONS_")]:
        monkeypatch.delenv(name)
    return Home(tmp_path / "home")


def _printed(home: Home, *more: str) -> str:
    command = [sys.executable, "-m", "commons_onebox", "config", "print", *more]
    told = {**os.environ, "COMMONS_HOME": str(home.folder), "COLUMNS": "400"}
    return subprocess.run(command, env=told, capture_output=True, text=True, check=True).stdout


def _secrets() -> list[tuple[str, str]]:
    """Each secret setting of each process."""
    everyone = everything(Home(Path("/nowhere")), redact=True)
    return [(told.process, told.setting) for told in everyone if told.setting.rpartition("_")[2].lower() in WORDS]


def test_every_process_tells_each_of_its_settings(home: Home) -> None:
    found = everything(home, redact=True)
    assert {told.process for told in found} == PROCESSES
    settings = {(told.process, told.setting) for told in found}
    assert len(settings) == len(found)
    assert {("geo", "COMMONS_GEO__APP_DSN"), ("geo", "COMMONS_NATS_SEED"), ("gateway", "COMMONS_SECRET")} <= settings
    assert {("deploy", "COMMONS_ADMIN_DSN"), ("profiles", "COMMONS_PROFILES__SMTP_PASSWORD")} <= settings
    assert {told.source for told in found} == {"default"}


def test_no_secret_is_printed_wherever_it_was_said(home: Home, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    canaries = {}
    for number, setting in enumerate(dict.fromkeys(setting for _, setting in _secrets())):
        canary = canaries[setting] = f"canary-{number}"
        if number % 2:
            (tmp_path / setting).write_text(canary)
            monkeypatch.setenv(f"{setting}_FILE", str(tmp_path / setting))
        else:
            monkeypatch.setenv(setting, canary)
    monkeypatch.setenv("COMMONS_NATS", "nats://someone:canary-url@broker:4222")
    printed = _printed(home, "--redact")
    assert len(canaries) > 15
    assert "canary-" not in printed.replace(str(tmp_path), "")
    assert "nats://someone:…@broker:4222" in printed
    assert f"file {tmp_path}" in printed
    revealed = _printed(home, "--reveal")
    assert [name for name, canary in canaries.items() if canary not in revealed] == []
    assert "canary-url" in revealed


def test_no_secret_of_a_home_is_printed(home: Home) -> None:
    home.prepare()
    printed = _printed(home)
    secrets = [*home.passwords.values(), *(home.seed(user) for user in (*SERVICES, "gateway", "deploy", "operator"))]
    assert [secret for secret in secrets if secret in printed] == []
    assert f"postgresql://geo_app:…@127.0.0.1:{home.ports['postgres']}/commons_geo" in printed
    assert "the home" in printed


def test_what_sounds_like_a_secret_is_one() -> None:
    everything(Home(Path("/nowhere")), redact=True)  # imports whatever has settings
    kinds = _below(PlatformSettings)
    sounding = [
        f"{kind.__name__}.{name}"
        for kind in kinds
        for name, field in kind.model_fields.items()
        if name.rpartition("_")[2] in WORDS and not is_secret(field)
    ]
    assert {kind.__name__ for kind in kinds} >= {"ServiceSettings", "GatewaySettings", "DeploySettings", "PostSettings"}
    assert sounding == []


def _below(kind: type[PlatformSettings]) -> list[type[PlatformSettings]]:
    return [each for below in kind.__subclasses__() for each in (below, *_below(below))]
