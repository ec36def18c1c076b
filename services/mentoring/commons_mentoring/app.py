"""Mentoring, put together."""

from commons_chassis import standing
from commons_chassis.service import Service

from .commands import agreement as agreeing
from .commands import calendar as publishing
from .commands import completing
from .commands import evaluation as evaluating
from .commands import mentorship as being
from .commands import phase as passing
from .commands import programme as designing
from .commands import session as meeting
from .commands import task as following_up
from .jobs import pace
from .jobs import session as reminding
from .queries import agreement, calendar, evaluation, mentorship, overview, paper, programme, session
from .reactions import meeting as held
from .reactions import opening, places
from .tables import metadata

DESIGNS = (designing, programme)
MENTORSHIPS = (passing, agreeing, being, completing, mentorship, agreement, opening, places, pace)
SESSIONS = (meeting, following_up, publishing, session, calendar, held, reminding)
EVALUATIONS = (evaluating, evaluation, overview, paper)
# Standing first: who has just become a member is known before mentoring looks whom she may meet.
ROOMS = (standing, *DESIGNS, *MENTORSHIPS, *SESSIONS, *EVALUATIONS)
service = Service("mentoring", metadata, ROOMS, seals=True)
