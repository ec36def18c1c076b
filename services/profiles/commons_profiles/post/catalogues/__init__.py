"""The texts of letters in each language; `make letters` takes up what is new in the code and the templates."""

from __future__ import annotations

from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from commons_contracts.codes import Language

FOLDER = Path(__file__).parent
NAMES = {Language.SV: "Swedish", Language.NB: "Norwegian (bokmål)"}
"""What English is translated into."""
HEADER = """\
# What stands in letters, in {name}. `make letters` takes up what is new in the code and the templates.
msgid ""
msgstr ""
"Language: {language}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""
METHODS = [("**.py", "python"), ("letters/**.txt", "jinja2"), ("letters/**.html", "jinja2")]
KEYWORDS = {"N_": None, "_": None}


def template() -> Catalog:
    """Every text that stands in a letter, in English, and where."""
    found = Catalog(charset="utf-8")
    for place, line, text, comments, context in extract_from_dir(FOLDER.parent, METHODS, keywords=KEYWORDS):
        found.add(text, None, [(place, line)], auto_comments=comments, context=context)
    return found


def read(language: Language) -> Catalog:
    with (FOLDER / f"{language}.po").open("rb") as file:
        return read_po(file, locale=language)


def update(language: Language) -> int:
    """Takes up what is new and drops what is not said any more; how many texts still lack their translation."""
    catalogue, texts = read(language), template()
    catalogue.update(texts, no_fuzzy_matching=True)
    with (FOLDER / f"{language}.po").open("wb") as file:
        file.write(HEADER.format(name=NAMES[language], language=language).encode())
        write_po(file, catalogue, width=120, no_location=True, omit_header=True, ignore_obsolete=True)
    return sum(1 for message in catalogue if message.id and not message.string)
