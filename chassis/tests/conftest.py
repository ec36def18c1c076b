"""The two toy services, each with its database."""

from __future__ import annotations

from toy import counting, tallying

from commons_chassis.testing import fixtures_for

database, tx = fixtures_for(counting.service)
tally_database, tally_tx = fixtures_for(tallying.service)
