"""What matching answers, and what it tells the others: rounds, mentor cards, connections, places, waiting lists, offers."""

from .asks import *
from .dues import *
from .events import *
from .flash import *
from .incomplete import *
from .preferences import *
from .run_views import *
from .runs import *
from .supervision import *
from .views import *
