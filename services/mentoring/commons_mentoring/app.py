"""Mentoring, put together."""

from commons_chassis import standing
from commons_chassis.service import Service

from .commands import agreement as agreeing
from .commands import mentorship as being
from .commands import phase as passing
from .commands import programme as designing
from .jobs import pace
from .queries import agreement, mentorship, programme
from .reactions import opening, places
from .tables import metadata

DESIGNS = (designing, programme)
MENTORSHIPS = (passing, agreeing, being, mentorship, agreement, opening, places, pace)
# Standing first: who has just become a member is known before mentoring looks whom she may meet.
ROOMS = (standing, *DESIGNS, *MENTORSHIPS)
service = Service("mentoring", metadata, ROOMS, seals=True)
