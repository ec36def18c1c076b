"""The languages that letters are in: English as it stands in the code, the others from their catalogues."""

from __future__ import annotations

from functools import cache
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files
from io import BytesIO

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from commons_contracts.codes import Language

SOURCE = Language.EN
"""What the others are translated from."""


@cache
def speaking(language: Language) -> NullTranslations:
    """Read from the catalogue itself, so that nothing has to be compiled before."""
    if language is SOURCE:
        return NullTranslations()
    with (files("commons_profiles.post") / "catalogues" / f"{language}.po").open("rb") as file:
        catalogue = read_po(file, locale=language)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    return GNUTranslations(BytesIO(compiled.getvalue()))


@cache
def pages(language: Language) -> Environment:
    """The templates; what is put into one for HTML is escaped, and what is missing is an error."""
    made = Environment(
        loader=PackageLoader("commons_profiles.post", "letters"),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.globals["_"] = speaking(language).gettext
    return made
