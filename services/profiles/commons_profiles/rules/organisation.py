"""An organisation: a university, a school, a company; public, and so placed exactly where it stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from commons_contracts.codes import OrganisationKind
from commons_contracts.ids import PLATFORM, Country, OrganisationId, PlaceId, derived
from commons_contracts.profiles import OrganisationEntry, OrganisationRegistered


@dataclass(eq=False, kw_only=True)
class Organisation:
    id: OrganisationId
    kind: OrganisationKind
    name: str
    country: Country
    city: str
    website: str
    place: PlaceId | None
    latitude: float | None
    longitude: float | None
    identifiers: dict[str, str]


def organisation_of(entry: OrganisationEntry) -> OrganisationId:
    """By its first identifier (such as its domain), else by kind, country and name: registered twice, it is the same."""
    for scheme, value in sorted(entry.identifiers.items()):
        return OrganisationId(derived("organisation", scheme, value.lower()))
    return OrganisationId(derived("organisation", entry.kind, entry.country, entry.name))


def register_organisation(entry: OrganisationEntry, *, at: datetime) -> tuple[Organisation, OrganisationRegistered]:
    """One without a position is an organisation all the same, only not on the map."""
    new = Organisation(id=organisation_of(entry), **dict(entry))
    told = OrganisationRegistered(
        project=PLATFORM,
        at=at,
        organisation=new.id,
        kind=new.kind,
        country=new.country,
        place=new.place,
        latitude=new.latitude,
        longitude=new.longitude,
    )
    return new, told
