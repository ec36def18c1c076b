"""Whom we believe, and about what: the file of issuers."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter, ValidationError, model_validator

from commons_chassis.settings import SettingError, secret_in
from commons_contracts.ids import ProjectId, Slug, project_of

from ..devtoken import ISSUER as DEVELOPMENT

Algorithm = Literal["RS256", "ES256", "EdDSA"]
ALGORITHMS: tuple[Algorithm, ...] = ("RS256", "ES256", "EdDSA")
LEGAL_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?")
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,29}$")]
Scope = Annotated[str, StringConstraints(pattern=r"^(\*|[a-z0-9][a-z0-9.-]+)$")]


class Entry(BaseModel):
    """A part of the file: what it does not know is a slip of the pen, not to be passed over."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Affiliations(Entry):
    """In which claims the issuer says what someone is at her home institution, and of which institutions it may say so."""

    domains: Annotated[tuple[Scope, ...], Field(min_length=1)]
    """`*`: of all, for a federation's proxy."""
    scoped: tuple[str, ...] = (
        "eduperson_scoped_affiliation",
        "eduPersonScopedAffiliation",
        "voperson_external_affiliation",
        "urn:oid:1.3.6.1.4.1.5923.1.1.1.9",
    )
    plain: tuple[str, ...] = (
        "eduperson_affiliation",
        "eduPersonAffiliation",
        "eduPersonPrimaryAffiliation",
        "https://n.feide.no/claims/eduPersonAffiliation",
        "urn:oid:1.3.6.1.4.1.5923.1.1.1.1",
    )
    home: tuple[str, ...] = (
        "schac_home_organization",
        "schacHomeOrganization",
        "https://n.feide.no/claims/schacHomeOrganization",
        "urn:oid:1.3.6.1.4.1.25178.1.2.9",
    )


class Browser(Entry):
    """Sign-in with a redirect: what we are to the issuer."""

    title: Annotated[str, Field(min_length=1, max_length=80)]
    """On the button."""
    client_id: Annotated[str, Field(min_length=1, max_length=255)]
    client_secret_file: Path | None = None
    auth_method: Literal["client_secret_basic", "client_secret_post"] = "client_secret_basic"
    scopes: tuple[str, ...] = ("openid",)
    userinfo: bool = False
    """Whether affiliations are told by the userinfo endpoint only."""


class Issuer(Entry):
    """One of them. It speaks for the people it names itself, in the projects that stand here and in no other."""

    name: Name
    """In our own addresses: /auth/login?issuer=NAME."""
    issuer: Annotated[str, Field(max_length=255)]
    projects: Annotated[tuple[Slug | Literal["*"], ...], Field(min_length=1)]
    audience: Annotated[str, Field(max_length=255)] = ""
    """What its access tokens for our API are made out to. Empty: none is believed, people sign in by browser."""
    beside: tuple[str, ...] = ()
    """Other audiences that may stand beside ours."""
    algorithms: Annotated[tuple[Algorithm, ...], Field(min_length=1)] = ALGORITHMS
    jwks_uri: str = ""
    """Where its keys are, if it has no discovery."""
    hosts: tuple[str, ...] = ()
    """Hosts beside its own on which its endpoints may lie."""
    longest_hours: Annotated[float, Field(gt=0)] = 24
    """A token that lives longer than this is refused: whoever finds it has it for as long."""
    browser: Browser | None = None
    affiliations: Affiliations | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if not self.audience and self.browser is None:
            raise ValueError("says neither for whom its tokens are (audience) nor how people sign in there (browser)")
        if self.browser and self.browser.client_id in {self.audience, *self.beside}:
            raise ValueError("has its client_id among its audiences: an ID token would pass for an access token")
        return self

    @property
    def grounds(self) -> frozenset[ProjectId] | None:
        return None if "*" in self.projects else frozenset(map(project_of, self.projects))

    def speaks_for(self, slug: str | None) -> bool:
        return slug is None or "*" in self.projects or slug in self.projects

    @property
    def client_secret(self) -> str | None:
        file = self.browser.client_secret_file if self.browser else None
        return secret_in(f"client_secret_file of {self.name}", file, careful=True) if file else None


FILE: TypeAdapter[list[Issuer]] = TypeAdapter(list[Issuer])


def read_issuers(file: Path, *, dev: bool) -> tuple[Issuer, ...]:
    """The file's issuers, TOML or JSON. Raises SettingError with a sentence; outside development all is https."""
    try:
        text = file.read_text()
        said: Any = json.loads(text) if file.suffix == ".json" else tomllib.loads(text)
        found = tuple(FILE.validate_python(said["issuer"] if isinstance(said, dict) else said))
    except ValidationError as wrong:
        lines = [f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in wrong.errors()]
        raise SettingError(f"COMMONS_ISSUERS_FILE ({file}): {'; '.join(lines)}.") from None
    except (OSError, ValueError, KeyError) as wrong:
        reason = wrong.strerror if isinstance(wrong, OSError) else "it is no TOML or JSON with a list `issuer`"
        raise SettingError(f"COMMONS_ISSUERS_FILE names {file}, which cannot be read: {reason}.") from None
    for complaint in _complaints(found, dev=dev):
        raise SettingError(f"COMMONS_ISSUERS_FILE ({file}): {complaint}.")
    return found


def _complaints(issuers: Sequence[Issuer], *, dev: bool) -> list[str]:
    complaints = []
    for what in ("name", "issuer"):
        values = [getattr(one, what) for one in issuers]
        complaints += [f"two issuers have the {what} {value}" for value in {v for v in values if values.count(v) > 1}]
    for one in issuers:
        if one.issuer.rstrip("/") == DEVELOPMENT:
            complaints.append("the development issuer is no partner's")
        addresses = [one.issuer, *filter(None, [one.jwks_uri])]
        complaints += [f"{address} is no https address" for address in addresses if not is_address(address, dev=dev)]
    return complaints


def is_address(address: str, *, dev: bool) -> bool:
    """An address that may be asked: of a host, without a name or password in it; http in development only."""
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return False
    plain = parts.username is None and parts.password is None and not parts.fragment
    schemes = {"https", "http"} if dev else {"https"}
    return plain and parts.scheme in schemes and LEGAL_HOST.fullmatch(host) is not None
