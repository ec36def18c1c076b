"""What profiles answers, and what it tells the others: projects, people, memberships, readiness, organisations, notices."""

from .asks import *
from .dues import *
from .entrance import *
from .events import *
from .preferences import *
from .views import *
