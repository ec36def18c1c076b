"""What mentoring answers, and what it tells the others: programme designs, mentorships and their agreements."""

from .agreements import *
from .asks import *
from .design import *
from .dues import *
from .events import *
from .mentorships import *
from .views import *
