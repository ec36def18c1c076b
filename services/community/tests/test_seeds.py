"""The codes that the projects begin with."""

import pytest

from commons_chassis.testing import play, run
from commons_community.app import service
from commons_community.seeds import first_codes
from commons_contracts.codes import Conduct, Language, Role

PROJECTS = ("westem", "women-stem-up", "stem-nord", "eumentorstem")


@pytest.mark.parametrize("project", PROJECTS)
def test_every_kind_is_written_in_every_language_of_the_platform(project):
    codes = list(first_codes(project))

    assert [code.kind for code in codes] == list(Conduct)
    assert all({language.value for language in Language} <= set(code.texts) for code in codes)


def test_eumentorstem_speaks_the_languages_of_its_partners():
    assert all({"it", "hu", "el"} <= set(code.texts) for code in first_codes("eumentorstem"))


def test_no_text_stands_twice_and_all_languages_say_equally_much():
    texts = [text for project in PROJECTS for code in first_codes(project) for text in code.texts.values()]

    assert len(set(texts)) == len(texts)
    for project in PROJECTS:
        for code in first_codes(project):
            assert len({text.count("\n") for text in code.texts.values()}) == 1
            assert all(text.strip() == text and "\n1. " in text for text in code.texts.values())


@pytest.mark.parametrize("project", PROJECTS)
async def test_a_coordinator_can_publish_them(tx, project):
    await play(tx, roles=(Role.COORDINATOR,))

    versions = [(await run(service, code, tx)).version for code in first_codes(project)]

    assert versions == [1, 1, 1]
