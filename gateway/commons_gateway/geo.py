"""Places, and what lies near them."""

from __future__ import annotations

from typing import Annotated

import strawberry

from commons_contracts import geo as contract
from commons_contracts.codes import OrganisationKind
from commons_contracts.ids import PlaceId

from .context import Batch, Info
from .fields import Shown, argument, asks, given, said, shape, wish
from .relay import Node, place_in
from .scalars import CountryCode, TimeZone

PLACES: Batch[PlaceId, contract.PlaceView] = Batch(contract.PlacesByIds, "ids", lambda place: place.id)
DISTANCES: Batch[PlaceId, contract.DistanceView] = Batch(contract.DistancesFrom, "to", lambda found: found.place)


@shape
class Place(Node, Shown[contract.PlaceView]):
    """A town or village. Source: GeoNames, CC BY 4.0."""

    name: str = said("Its name.")
    country: CountryCode = said("The country it lies in.")
    latitude: float = said("Degrees north of its centre.")
    longitude: float = said("Degrees east of its centre.")
    population: int = said("How many people live there, as far as the source knows.")
    zone: TimeZone = said("Its time zone.")


@wish
class Near:
    """Around a place."""

    place: strawberry.ID = given("The place in the middle.", nodes="Place")
    kilometres: float = given("How far from it, along the great circle, up to 5,000.", default=50.0)


@wish
class Around:
    """Around a place, or around a point: exactly one of the two."""

    place: strawberry.ID | None = given("The place in the middle.", default=None, nodes="Place")
    latitude: float | None = given("Degrees north of the point in the middle.", default=None)
    longitude: float | None = given("Degrees east of the point in the middle.", default=None)
    kilometres: float = given("How far from it, along the great circle, up to 5,000.", default=50.0)


@shape
class OrganisationNear(Shown[contract.NearView]):
    """An organisation and how far away it is."""

    kind: OrganisationKind = said("What it is.")
    latitude: float = said("Degrees north of where it is.")
    longitude: float = said("Degrees east of where it is.")
    kilometres: float = said("How far it is, along the great circle.")


@strawberry.type
class Query:
    @asks(contract.PlacesNamed)
    async def places(
        self,
        info: Info,
        name: Annotated[str, argument("The beginning of a name, in any script.")],
        country: Annotated[CountryCode | None, argument("Only in this country.")] = None,
        first: Annotated[int, argument("How many at most, from 1 to 20.")] = 10,
    ) -> list[Place] | None:
        """Places whose name begins so, largest first."""
        ground = info.context.ground()
        language = info.context.asked_language or "en"
        found = await ground.once(contract.PlacesNamed(name=name, country=country, language=language, first=first))
        return [Place.of(view, ground) for view in found.items]

    @asks(contract.OrganisationsNear)
    async def organisations_near(
        self,
        info: Info,
        around: Annotated[Around, argument("Where to look.")],
        kinds: Annotated[list[OrganisationKind] | None, argument("Only these kinds.")] = None,
        first: Annotated[int, argument("How many at most, from 1 to 100.")] = 20,
    ) -> list[OrganisationNear] | None:
        """Organisations around a place or point, nearest first."""
        ground = info.context.ground()
        found = await ground.once(
            contract.OrganisationsNear(
                place=place_in(around.place) if around.place else None,
                latitude=around.latitude,
                longitude=around.longitude,
                kilometres=around.kilometres,
                kinds=tuple(kinds or ()),
                first=first,
            )
        )
        return [OrganisationNear.of(view, ground) for view in found.items]
