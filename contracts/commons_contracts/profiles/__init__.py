"""What profiles answers, and what it tells the others: projects, people, memberships, readiness, organisations, notices."""

from .asks import *
from .criteria import *
from .discord import *
from .dues import *
from .entrance import *
from .events import *
from .preferences import *
from .sheets import *
from .views import *
