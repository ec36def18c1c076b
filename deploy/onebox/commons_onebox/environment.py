"""What each process of the platform is told, on top of our own environment, which reaches all of them."""

import os
from typing import Final

from pydantic import ValidationError

from commons_chassis.settings import PlatformSettings, ServiceSettings
from commons_onebox.home import GATEWAY, SEALS, Home, HomeError
from commons_onebox.keys import keep

DEVELOPMENT: Final = "dev"
RATES_TIMES: Final = "COMMONS_RATES__TIMES"
DEVELOPERS_RATES: Final = "1000"
"""So many times what a platform allows: one who tries things out is many people, and a measurement is not about rates."""


def of_service(home: Home, service: str, url: str = "") -> dict[str, str]:
    """Where its database and the broker are, with the passwords of its own two roles; `url`: where the gateway serves."""
    told = {
        "APP_DSN": home.dsn(service, "app"),
        "ENGINE_DSN": home.dsn(service, "engine"),
        "HEALTH_PORT": str(home.ports[service]),
    }
    if _settings().off("rls"):
        # Who wants to see what the walls are for may let the services past them; nobody else is lent this role.
        told["OWNER_DSN"] = home.dsn(service, "owner")
    own = {f"COMMONS_{service.upper()}__{key}": value for key, value in told.items()}
    if service == "profiles":
        own |= _post(home, url)
    return _shared(home, service) | own | (_keys(home) if service == SEALS else {})


def _keys(home: Home) -> dict[str, str]:
    told = {"KEYS_DSN": home.keys_dsn(), "MASTER_KEY_FILE": str(home.master_key), "BADGE_KEY_FILE": str(home.badge_key)}
    return {f"COMMONS_{SEALS.upper()}__{name}": value for name, value in told.items()}


def _post(home: Home, url: str) -> dict[str, str]:
    """How letters leave: as our own environment says; else, in development, as files that `commons mail` shows."""
    told = {"COMMONS_PROFILES__LINK_KEY_FILE": str(home.link_key)}
    if is_development() and "COMMONS_PROFILES__SMTP" not in os.environ:
        told["COMMONS_PROFILES__MAIL_FOLDER"] = str(home.letters)
    if is_development():
        ours = {"COMMONS_PUBLIC_URL": url, "COMMONS_PROFILES__MAIL_FROM": "commons@localhost"}
        told |= {name: os.environ.get(name, value) for name, value in ours.items()}
    return told


def in_a_stack() -> bool:
    """Whether this is a container beside a platform in containers: its environment says what a home would."""
    return "COMMONS_ADMIN_DSN_FILE" in os.environ


def settings_of(home: Home, service: str) -> ServiceSettings:
    """What a repair is told: an operator to the broker, and with the owner's role, because it may empty tables."""
    if in_a_stack():
        return ServiceSettings.of(service)
    return ServiceSettings(
        env=_settings().env,
        nats=home.broker.url,
        nats_seed=home.seed("operator"),
        name=service,
        app_dsn=home.dsn(service, "app"),
        engine_dsn=home.dsn(service, "engine"),
        owner_dsn=home.dsn(service, "owner"),
        keys_dsn=home.keys_dsn() if service == SEALS else "",
        master_key=home.master_key.read_text().strip() if service == SEALS else "",
    )


def of_gateway(home: Home, url: str) -> dict[str, str]:
    """Where the broker is, and the key it signs with or trusts."""
    ports = {"COMMONS_PORT": url.rpartition(":")[2], "COMMONS_HEALTH_PORT": str(home.ports[GATEWAY])}
    told = _shared(home, GATEWAY) | ports
    if is_development():
        if "COMMONS_PROFILES__SMTP" not in os.environ:
            told["COMMONS_MAIL_FOLDER"] = str(home.letters)
        return told | {
            RATES_TIMES: os.environ.get(RATES_TIMES, DEVELOPERS_RATES),
            "COMMONS_TOKEN_KEY_FILE": str(home.issuer_key),
        }
    return told | {"COMMONS_SECRET_FILE": str(home.gateway_secret)}


def _shared(home: Home, user: str) -> dict[str, str]:
    return {
        "COMMONS_ENV": _settings().env,
        "COMMONS_NATS": home.broker.url,
        "COMMONS_NATS_SEED_FILE": str(home.seed_file(user)),
    }


def settle(home: Home) -> None:
    """A home is for one place, for ever: raises HomeError where development's keys and people would serve elsewhere."""
    here, file = _settings().env, home.folder / "place"
    if not file.exists():
        keep(file, here)
    if (made_for := file.read_text()) != here:
        raise HomeError(
            f"{home.folder} was made for COMMONS_ENV={made_for}: its keys and people are not for COMMONS_ENV={here}."
            " Choose another folder with COMMONS_HOME."
        )


def is_development() -> bool:
    return _settings().env == DEVELOPMENT


def _settings() -> PlatformSettings:
    """One machine is a developer's, unless COMMONS_ENV says otherwise."""
    try:
        return PlatformSettings() if "COMMONS_ENV" in os.environ else PlatformSettings(env=DEVELOPMENT)
    except ValidationError:
        raise HomeError(f"COMMONS_ENV is {os.environ['COMMONS_ENV']!r}, and should be dev or production.") from None
