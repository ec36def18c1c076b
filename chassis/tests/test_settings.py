"""What a process is told: secrets by file, and nothing that belongs into development starts anywhere else."""

from __future__ import annotations

import pytest
from pydantic import Field

from commons_chassis.settings import PlatformSettings, Secret, ServiceSettings, SettingError, is_secret

CANARY = "canary-7f3a"


@pytest.fixture
def told(monkeypatch):
    for name in ("ENV", "NATS", "NATS_SEED", "NATS_SEED_FILE", "UNSAFE", "HOME", "PORT"):
        monkeypatch.delenv(f"COMMONS_{name}", raising=False)

    def say(**said):
        for name, value in said.items():
            monkeypatch.setenv(f"COMMONS_{name}", str(value))
        return ServiceSettings.of("geo")

    return say


@pytest.fixture
def file(tmp_path):
    found = tmp_path / "dsn"
    found.write_text(f"{CANARY}\n")
    found.chmod(0o640)
    return found


def test_a_secret_may_stand_in_a_file(told, file):
    settings = told(ENV="dev", GEO__APP_DSN_FILE=file, GEO__ENGINE_DSN="postgresql://engine")
    assert (settings.app_dsn, settings.engine_dsn) == (CANARY, "postgresql://engine")


def test_only_a_secret_may(told, file):
    assert told(ENV="dev", GEO__APP_DSN_FILE=file, GEO__ENGINE_DSN="e", LOG_LEVEL_FILE=file).log_level == "INFO"


def test_both_is_one_too_many(told, file):
    with pytest.raises(SettingError, match="COMMONS_GEO__APP_DSN and COMMONS_GEO__APP_DSN_FILE are both set"):
        told(ENV="dev", GEO__APP_DSN_FILE=file, GEO__APP_DSN="x", GEO__ENGINE_DSN="e")


@pytest.mark.parametrize("mode", [0o644, 0o604, 0o602, 0o620, 0o660])
def test_elsewhere_a_file_is_not_open_to_others(told, file, mode):
    file.chmod(mode)
    said = {"GEO__APP_DSN_FILE": file, "GEO__ENGINE_DSN": "e", "NATS_SEED": "s"}
    with pytest.raises(SettingError, match=r"which others may read or change: chmod o-rwx,g-w "):
        told(ENV="production", **said)
    assert told(ENV="dev", **said).app_dsn == CANARY


@pytest.mark.parametrize("mode", [0o400, 0o440, 0o600, 0o640])
def test_elsewhere_its_group_may_read_it(told, file, mode):
    file.chmod(mode)
    assert told(GEO__APP_DSN_FILE=file, GEO__ENGINE_DSN="e", NATS_SEED="s").app_dsn == CANARY


def test_a_missing_or_empty_file_is_a_sentence(told, file, tmp_path):
    with pytest.raises(
        SettingError, match=r"COMMONS_NATS_SEED_FILE names .*nowhere, which cannot be read: No such file"
    ):
        told(ENV="dev", NATS_SEED_FILE=tmp_path / "nowhere")
    file.write_text("\n")
    with pytest.raises(SettingError, match=r"COMMONS_NATS_SEED_FILE names .*dsn, which is empty\."):
        told(ENV="dev", NATS_SEED_FILE=file)
    file.write_bytes(b"\xff\xfe")
    with pytest.raises(SettingError, match=r"which cannot be read: it is no text\."):
        told(ENV="dev", NATS_SEED_FILE=file)


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"NATS": "x"}, "COMMONS_GEO__APP_DSN_FILE is missing"),
        ({"GEO__APP_DSN": "x"}, "COMMONS_GEO__ENGINE_DSN_FILE is missing"),
        ({"ENV": "production"}, "COMMONS_NATS_SEED_FILE is missing"),
        ({"ENV": "production", "NATS_SEED": "s", "UNSAFE": "rls"}, "COMMONS_UNSAFE switches safeguards off"),
        ({"ENV": "prod"}, "COMMONS_ENV: Input should be 'dev' or 'production'"),
        ({"GEO__APP_DSN": CANARY, "GEO__POOL": CANARY}, "COMMONS_GEO__POOL: Input should be a valid integer"),
    ],
)
def test_what_is_missing_or_wrong_is_named_and_never_shown(told, said, sentence):
    with pytest.raises(SettingError, match=sentence) as refused:
        told(**{"ENV": "dev", **said})
    assert CANARY not in str(refused.value)


def test_a_secret_does_not_show_by_accident(told, file):
    settings = told(ENV="dev", GEO__APP_DSN=CANARY, GEO__ENGINE_DSN=CANARY, NATS_SEED_FILE=file)
    assert CANARY not in repr(settings) + str(settings)
    with pytest.raises(ValueError, match="pool") as odd:
        ServiceSettings(app_dsn=CANARY, pool=CANARY)
    assert CANARY not in str(odd.value)


def test_the_mark_holds_beside_other_words_about_a_setting():
    class Some(PlatformSettings):
        one: Secret = Field(default="", description="of something")

    assert is_secret(Some.model_fields["one"])
    assert Some.model_fields["one"].repr is False
