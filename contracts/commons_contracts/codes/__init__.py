"""Closed lists. What stands here is part of the API: a value is added, never renamed or taken away."""

from .criteria import *
from .discord import *
from .evaluations import *
from .mentorships import *
from .notices import *
from .people import *
from .programmes import *
from .refusals import *
from .runs import *
from .sheets import *
