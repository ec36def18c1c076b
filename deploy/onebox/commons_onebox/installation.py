"""A platform of containers before its services start: secrets, a folder for each process; databases, tables, streams."""

import asyncio
import secrets
from importlib import import_module
from pathlib import Path

import psycopg

from commons_chassis import deploy, migrate
from commons_chassis.connect import DEPLOY, GATEWAY
from commons_chassis.service import Service
from commons_chassis.settings import PlatformSettings, Secret, ServiceSettings, SettingError
from commons_gateway import devtoken
from commons_onebox import tools
from commons_onebox.home import KEY_STORE, ROLES, SEALS, SERVICES
from commons_onebox.keys import keep, new_badge_key, new_master_key, new_seed
from commons_onebox.postgres import ADMIN
from commons_onebox.subjects import User, users
from commons_onebox.walls import authorization

FILE_MODE, FOLDER_MODE = 0o640, 0o750
"""The group may read: servers that run as users of their own get a platform's secrets by its group."""


class Secrets:
    """Below `root` a folder for each process with what it is told, and nothing of the others.

    What is there stays and what is missing is made; of what two folders have, the deploy step's is the first.
    """

    def __init__(self, root: Path, *, development: bool) -> None:
        self.root, self.development = root, development
        self.services = [_service(name) for name in SERVICES]

    @property
    def users(self) -> list[User]:
        return users(self.services, movable=self.development)

    def make(self, postgres: str) -> None:
        """`postgres`: host and port of the database server, as the processes see it."""
        password = self._kept("postgres", "password", secrets.token_urlsafe(24))
        self._kept(DEPLOY, "admin_dsn", f"postgresql://{ADMIN}:{password}@{postgres}/{ADMIN}")
        for service in SERVICES:
            for role in ROLES:
                name, fresh = f"{service}_{role}", secrets.token_urlsafe(24)
                dsn = f"postgresql://{name}:{fresh}@{postgres}/commons_{service}"
                dsn = self._kept(DEPLOY, f"{name}_dsn", dsn)
                if role != "owner":
                    self._kept(service, f"{role}_dsn", dsn)
        keys = f"postgresql://{SEALS}_keys:{secrets.token_urlsafe(24)}@{postgres}/{KEY_STORE}"
        self._kept(SEALS, "keys_dsn", self._kept(DEPLOY, f"{SEALS}_keys_dsn", keys))
        self._kept(SEALS, "master_key", new_master_key())
        self._kept(SEALS, "badge_key", new_badge_key())
        self._kept(GATEWAY, "secret", secrets.token_urlsafe(32))
        self._kept("profiles", "link_key", secrets.token_urlsafe(32))
        for user in self.users:
            self._kept(user.name, "nats_seed", new_seed())
        issuer = self._file(GATEWAY, "issuer.json")
        if self.development and not issuer.exists():
            devtoken.make_key(issuer)
            issuer.chmod(FILE_MODE)
        self.let_in()

    def rotate(self, user: str) -> None:
        """Give a user of the broker another key; what it has is worth nothing once the broker has read the new list."""
        keep(self._file(user, "nats_seed"), new_seed(), mode=FILE_MODE)
        self.let_in()

    def let_in(self) -> None:
        """Write whom the broker lets in, and what for."""
        seeds = {user.name: self._file(user.name, "nats_seed").read_text() for user in self.users}
        keep(self._file("broker", "authorization.conf"), authorization(self.users, seeds), mode=FILE_MODE)

    def _kept(self, folder: str, name: str, fresh: str) -> str:
        file = self._file(folder, name)
        if not file.exists():
            keep(file, fresh, mode=FILE_MODE)
        return file.read_text()

    def _file(self, folder: str, name: str) -> Path:
        (self.root / folder).mkdir(mode=FOLDER_MODE, exist_ok=True)
        return self.root / folder / name


class DeploySettings(PlatformSettings):
    """What the deploy step is told beside the addresses of each service."""

    admin_dsn: Secret = ""


Pairs = list[tuple[Service, ServiceSettings]]


def run() -> int:
    """Databases, roles, tables, streams and consumers, as far as they are missing; how many facts are told again.

    Raises SettingError or Denied where the step was not told enough, or may not.
    """
    told, pairs = DeploySettings.told(), everyone()
    provision(admin_dsn(), pairs)
    upgrade(pairs)
    return asyncio.run(tools.stand_up(told.nats, pairs, told.nats_seed))


def admin_dsn() -> str:
    """The address of the databases' administrator. Raises SettingError."""
    if not (told := DeploySettings.told().admin_dsn):
        raise SettingError("COMMONS_ADMIN_DSN_FILE is missing: the address by which databases and roles are made.")
    return told


def everyone() -> Pairs:
    """Each service with what the environment says of it. Raises SettingError."""
    return [(_service(name), ServiceSettings.of(name)) for name in SERVICES]


def provision(admin: str, pairs: Pairs) -> None:
    """The databases and roles that are missing, and every password as the addresses say it. Raises SettingError."""
    for service, settings in pairs:
        deploy.provision(admin, service.name, _passwords(settings))
        if service.seals:
            deploy.provision_keys(admin, service.name, _password(settings, "keys", KEY_STORE))


def upgrade(pairs: Pairs) -> None:
    """Every service's tables as they are today."""
    for service, settings in pairs:
        migrate.upgrade(service, settings.owner_dsn)


def _passwords(settings: ServiceSettings) -> dict[str, str]:
    """By role, as the addresses say them. Raises SettingError as `_password`."""
    return {role: _password(settings, role, f"commons_{settings.name}") for role in ROLES}


def _password(settings: ServiceSettings, role: str, database: str) -> str:
    """Raises SettingError where the address is of somebody else, or of no database of ours."""
    setting = f"COMMONS_{settings.name}__{role}_DSN".upper()
    parts = psycopg.conninfo.conninfo_to_dict(getattr(settings, f"{role}_dsn"))
    if parts.get("user") != f"{settings.name}_{role}" or parts.get("dbname") != database:
        raise SettingError(f"{setting} should be of {settings.name}_{role} in {database}.")
    if not (password := str(parts.get("password") or "")):
        raise SettingError(f"{setting} has no password.")
    return password


def _service(name: str) -> Service:
    found: Service = import_module(f"commons_{name}.app").service
    return found
