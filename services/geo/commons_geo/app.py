"""Geo, put together."""

from commons_chassis.service import Service

from . import reactions
from .commands import place as commands
from .queries import organisation, place
from .tables import metadata

service = Service("geo", metadata, [commands, place, organisation, reactions])
