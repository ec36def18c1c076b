"""Community, put together."""

from commons_chassis import standing
from commons_chassis.service import Service

from . import reactions
from .commands import code as publishing
from .queries import channel, code
from .tables import metadata

# Standing first: who has just become a member is known before community looks whom she may talk to.
service = Service("community", metadata, [standing, publishing, code, channel, reactions])
