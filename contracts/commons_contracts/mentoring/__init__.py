"""What mentoring answers, and what it tells the others: programme designs and mentorships."""

from .asks import *
from .design import *
from .events import *
from .views import *
