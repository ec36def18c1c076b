"""Mentoring, put together."""

from commons_chassis import standing
from commons_chassis.service import Service

from . import reactions
from .commands import programme as designing
from .queries import mentorship, programme
from .tables import metadata

# Standing first: who has just become a member is known before mentoring looks whom she may meet.
service = Service("mentoring", metadata, [standing, designing, programme, mentorship, reactions], seals=True)
