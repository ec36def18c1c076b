"""`commons config`: what each process is told, where that was said, and what it is; secrets are not shown."""

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from rich.console import Console
from rich.table import Table

from commons_chassis.settings import PlatformSettings, ServiceSettings, is_secret
from commons_onebox.environment import of_gateway, of_service
from commons_onebox.home import DEFAULT_PORT, GATEWAY, SERVICES, Home

HIDDEN = "…"
PASSWORD = re.compile(r"(?<=://)([^:/@\s]*):[^@\s]*@")
EVERYONES = "COMMONS_"
SHARED = {*PlatformSettings.model_fields, "public_url"}
"""Said once for all processes; the rest of a service's has its name in front."""

app = typer.Typer(help="What each process is told.", no_args_is_help=True, rich_markup_mode=None)


@dataclass(frozen=True)
class Told:
    """One setting of one process. `source`: default, environment, the home, or the file that a secret stands in."""

    process: str
    setting: str
    value: str
    source: str


def everything(home: Home, *, redact: bool) -> list[Told]:
    """Every setting of every process: as this environment says, and what a home's processes are told beside it."""
    found = []
    for process, kinds in _kinds().items():
        given = _given(home, process)
        for kind, prefix in kinds:
            found += list(_of(process, kind, prefix, given, redact=redact))
    return list(dict.fromkeys(found))


def _kinds() -> dict[str, list[tuple[type[PlatformSettings], str]]]:
    from commons_gateway.settings import GatewaySettings
    from commons_mentoring.documents.badge import BadgeSettings
    from commons_onebox.installation import DeploySettings
    from commons_profiles.post.settings import PostSettings

    kinds: dict[str, list[tuple[type[PlatformSettings], str]]] = {
        name: [(ServiceSettings, f"{EVERYONES}{name.upper()}__")] for name in SERVICES
    }
    kinds["mentoring"].append((BadgeSettings, f"{EVERYONES}MENTORING__"))
    kinds["profiles"].append((PostSettings, f"{EVERYONES}PROFILES__"))
    return kinds | {GATEWAY: [(GatewaySettings, EVERYONES)], "deploy": [(DeploySettings, EVERYONES)]}


def _given(home: Home, process: str) -> dict[str, str]:
    if not home.exists or process not in {*SERVICES, GATEWAY}:
        return {}
    port = os.environ.get("COMMONS_PORT") or DEFAULT_PORT
    return of_service(home, process) if process in SERVICES else of_gateway(home, f"http://127.0.0.1:{port}")


def _of(
    process: str, kind: type[PlatformSettings], prefix: str, given: Mapping[str, str], *, redact: bool
) -> Iterator[Told]:
    for name, field in kind.model_fields.items():
        if name == "name":
            continue  # a service knows who it is
        whole = f"{EVERYONES if name in SHARED else prefix}{name}".upper()
        for setting, default in _leaves(whole, field.annotation, field.get_default(call_default_factory=True)):
            value, source = _said(setting, default, given, field)
            yield Told(process, setting, _shown(value, field) if redact else value, source)


def _leaves(setting: str, kind: Any, default: Any) -> Iterator[tuple[str, Any]]:
    """A setting of several parts is told part by part."""
    if not (isinstance(kind, type) and issubclass(kind, BaseModel)):
        yield setting, default
        return
    for name, field in kind.model_fields.items():
        yield from _leaves(f"{setting}__{name}".upper(), field.annotation, getattr(default, name))


def _said(setting: str, default: Any, given: Mapping[str, str], field: FieldInfo) -> tuple[str, str]:
    for source, said in (("the home", given), ("environment", os.environ)):
        if setting in said:
            return said[setting], source
        if is_secret(field) and (file := said.get(f"{setting}_FILE")):
            return _read(Path(file)), f"file {file}"
    return "" if default is None else str(default), "default"


def _read(file: Path) -> str:
    try:
        return file.read_text().strip()
    except (OSError, UnicodeDecodeError) as wrong:
        return f"(cannot be read: {getattr(wrong, 'strerror', '') or 'it is no text'})"


def _shown(value: str, field: FieldInfo) -> str:
    """Of a secret nothing but that there is one, and whose it is where it is an address."""
    if PASSWORD.search(value):
        return PASSWORD.sub(rf"\1:{HIDDEN}@", value)
    return HIDDEN if is_secret(field) and value else value


@app.command("print")
def show(
    *,
    redact: Annotated[bool, typer.Option("--redact/--reveal", help="Leave passwords and keys out.")] = True,
) -> None:
    """Print every setting of every process: of the platform under COMMONS_HOME, or as this environment says."""
    table = Table()
    for column in ("process", "setting", "value", "from"):
        table.add_column(column, overflow="fold")
    for each in everything(Home.of_environment(), redact=redact):
        table.add_row(each.process, each.setting, each.value, each.source)
    Console(width=None if os.isatty(1) else 200).print(table)
