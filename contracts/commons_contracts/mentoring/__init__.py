"""What mentoring answers, and what it tells the others: programme designs, mentorships and their agreements."""

from .agreements import *
from .asks import *
from .design import *
from .dues import *
from .evaluations import *
from .events import *
from .mentorships import *
from .overview import *
from .papers import *
from .sessions import *
from .views import *
