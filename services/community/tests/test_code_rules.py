"""Versions of a code of conduct, and the language it is read in."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from commons_community.rules.code import CodeOfConduct, best_language, code_of
from commons_contracts.codes import Conduct
from commons_contracts.community import CodeOfConductPublished
from commons_contracts.ids import project_of

NOON = datetime(2026, 9, 1, 10, 0, tzinfo=UTC)
WESTEM = project_of("westem")


def test_versions_count_from_one():
    code = CodeOfConduct(id=UUID(int=1), project=WESTEM, kind=Conduct.MENTOR)

    told = [code.publish(at=NOON) for _ in range(3)]

    assert [event.version for event in told] == [1, 2, 3]
    assert code.newest == 3
    assert told[0] == CodeOfConductPublished(
        project=WESTEM, at=NOON, conduct=UUID(int=1), kind=Conduct.MENTOR, version=1
    )


def test_each_kind_of_each_project_is_a_code_of_its_own():
    ids = [code_of(project_of(slug), kind) for slug in ("westem", "stem-nord") for kind in Conduct]

    assert len(set(ids)) == 6
    assert ids[0] == code_of(WESTEM, Conduct.COMMUNITY)


@pytest.mark.parametrize(
    ("offered", "wanted", "served"),
    [
        ({"sv", "en", "nb"}, "nb", "nb"),
        ({"sv", "pt-BR", "pt-PT"}, "pt-PT", "pt-PT"),
        ({"sv", "pt-PT", "pt-BR"}, "pt", "pt-BR"),
        ({"en", "sv"}, "sv-FI", "sv"),
        ({"el", "en", "it"}, "nb", "en"),
        ({"sv", "it", "hu"}, "en", "hu"),
        ({"en-GB", "de"}, "en", "en-GB"),
    ],
)
def test_the_best_language_is_her_own_or_a_form_of_it_or_english_or_whatever_there_is(offered, wanted, served):
    assert best_language(offered, wanted) == served
