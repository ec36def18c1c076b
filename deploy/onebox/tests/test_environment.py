"""Each process is told what it needs, and no more."""

from pathlib import Path

import pytest

from commons_onebox.environment import of_gateway, of_service, settings_of, settle
from commons_onebox.home import Home, HomeError

URL = "http://127.0.0.1:8123"


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("COMMONS_ENV", "COMMONS_UNSAFE"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    found = Home(tmp_path)
    found.prepare()
    return found


def test_a_service_gets_its_own_two_roles(home: Home) -> None:
    told = of_service(home, "geo")
    assert told["COMMONS_GEO__APP_DSN"] == home.dsn("geo", "app")
    assert told["COMMONS_GEO__ENGINE_DSN"] == home.dsn("geo", "engine")
    secrets = {name for name, password in home.passwords.items() if password in str(told)}
    assert secrets == {"geo_app", "geo_engine"}


def test_the_owner_is_lent_only_where_the_walls_are_switched_off(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMMONS_UNSAFE", "rls")
    assert of_service(home, "geo")["COMMONS_GEO__OWNER_DSN"] == home.dsn("geo", "owner")
    monkeypatch.setenv("COMMONS_ENV", "production")
    assert "COMMONS_GEO__OWNER_DSN" not in of_service(home, "geo")


def test_a_repair_gets_all_three(home: Home) -> None:
    told = settings_of(home, "geo")
    assert (told.app_dsn, told.engine_dsn, told.owner_dsn) == tuple(
        home.dsn("geo", role) for role in ("app", "engine", "owner")
    )
    assert told.nats == home.broker.url


def test_only_a_developers_gateway_trusts_the_development_issuer(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    assert of_gateway(home, URL) == {
        "COMMONS_ENV": "dev",
        "COMMONS_NATS": home.broker.url,
        "COMMONS_NATS_SEED_FILE": str(home.seed_file("gateway")),
        "COMMONS_PORT": "8123",
        "COMMONS_HEALTH_PORT": str(home.ports["gateway"]),
        "COMMONS_TOKEN_KEY_FILE": str(home.issuer_key),
        "COMMONS_RATES__TIMES": "1000",
        "COMMONS_MAIL_FOLDER": str(home.letters),
    }
    monkeypatch.setenv("COMMONS_ENV", "production")
    told = of_gateway(home, URL)
    assert not {"COMMONS_TOKEN_KEY_FILE", "COMMONS_MAIL_FOLDER"} & told.keys()
    assert told["COMMONS_SECRET_FILE"] == str(home.gateway_secret)


def test_an_unknown_place_is_refused_in_a_sentence(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMMONS_ENV", "prod")
    with pytest.raises(HomeError, match="COMMONS_ENV is 'prod', and should be dev or production"):
        of_gateway(home, URL)


@pytest.mark.parametrize(("made", "later"), [("dev", "production"), ("production", "dev")])
def test_a_home_is_for_one_place(home: Home, monkeypatch: pytest.MonkeyPatch, made: str, later: str) -> None:
    monkeypatch.setenv("COMMONS_ENV", made)
    settle(home)
    settle(home)
    monkeypatch.setenv("COMMONS_ENV", later)
    with pytest.raises(HomeError, match=f"was made for COMMONS_ENV={made}: its keys and people are not for"):
        settle(home)
