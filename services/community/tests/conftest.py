"""Community's database, and one transaction a test."""

from commons_chassis.testing import fixtures_for
from commons_community.app import service

database, tx = fixtures_for(service)
