"""Documents: read within bounds, checked against the schema once, and kept while they are asked again."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    specified_rules,
    validate,
)
from graphql.language.parser import Parser
from graphql.validation.rules import overlapping_fields_can_be_merged as merging
from graphql.validation.validate import ValidationAbortedError
from strawberry.schema.validation_rules.maybe_null import MaybeNullValidationRule
from strawberry.schema.validation_rules.one_of import OneOfInputValidationRule

from .plan import Plans
from .pricing import Price, Pricer, TooDeep, variables_of

TOKENS = 1_000
RULES = (*specified_rules, MaybeNullValidationRule, OneOfInputValidationRule)
MOST_ERRORS = 20
merging.MAX_COMPLEXITY_BUDGET = 10_000
"""Comparing every field with every other of its name is quadratic: so much of it takes 10 ms, and where the stack of
Python happens to cross one of its blocks again and again, 40."""
BYTES_A_TOKEN, BYTES_A_CHARACTER = 1_400, 4
"""A token with its part of the plan that is made of it."""
SHELF_BYTES = 32 * 1024 * 1024
TRIED = 0.2
"""The part of the shelf for documents that were asked once. Whoever sends ever new ones pushes out those alone."""


class TooLong(Exception):
    """It has more words, or more braces within braces, than we read. `what`: which of them, of how many."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


class Reader(Parser):
    """GraphQL's own parser, counting as it goes."""

    words = 0

    def advance_lexer(self) -> None:
        super().advance_lexer()
        self.words += 1
        if self.words > TOKENS + 2:  # the parser steps to the end, and past it
            raise TooLong(f"tokens {TOKENS}")


@dataclass(frozen=True, slots=True, eq=False)
class Document:
    """A document that has been read. `prices`: of those operations whose price is the same whatever the variables are."""

    sha: str
    text: str
    ast: DocumentNode
    weight: int
    """Bytes it takes to keep, generously."""
    prices: dict[str, Price] = field(default_factory=dict)
    plans: Plans = field(default_factory=Plans)

    @classmethod
    def read(cls, text: str, sha: str) -> Document:
        """Raises GraphQLError for what is not GraphQL, and TooLong."""
        reader = Reader(text, max_comments=TOKENS)
        try:
            ast = reader.parse_document()
        except RecursionError:
            ast = None
        if ast is None:  # here, so that the error does not hold a thousand frames
            raise TooLong("nesting")
        return cls(sha, text, ast, BYTES_A_TOKEN * reader.words + BYTES_A_CHARACTER * len(text))

    def operation(self, name: str | None) -> OperationDefinitionNode | None:
        """The one of that name; without one, the only one."""
        nodes = [node for node in self.ast.definitions if isinstance(node, OperationDefinitionNode)]
        found = [node for node in nodes if not name or (node.name and node.name.value == name)]
        return found[0] if len(found) == 1 else None

    def price(self, schema: GraphQLSchema, chosen: OperationDefinitionNode, given: Mapping[str, Any]) -> Price:
        """What the chosen operation asks for with these variables. Raises TooLong."""
        name = chosen.name.value if chosen.name else ""
        if name in self.prices:
            return self.prices[name]
        fragments = {node.name.value: node for node in self.ast.definitions if isinstance(node, FragmentDefinitionNode)}
        pricer = Pricer(schema, fragments, variables_of(chosen, given))
        try:
            found = pricer.operation(chosen)
        except TooDeep as too_deep:
            raise TooLong("nesting") from too_deep
        if not pricer.varied:
            self.prices[name] = found
        return found

    def complaints(self, schema: GraphQLSchema) -> Sequence[GraphQLError]:
        """What does not fit the schema. Raises TooLong where finding out would take too long."""
        found = validate(schema, self.ast, RULES, MOST_ERRORS, hide_suggestions=True)
        if any(isinstance(error, ValidationAbortedError) for error in found) and len(found) <= MOST_ERRORS:
            raise TooLong("fields of one name")
        return found


class Shelf:
    """Documents that fit the schema, by their SHA-256, within so many bytes.

    Those asked once and those asked again have a part each, so that no flood of new ones empties it; those that were
    there from the beginning stay.
    """

    def __init__(self, most: int = SHELF_BYTES) -> None:
        self._tried, self._kept = Part(int(most * TRIED)), Part(int(most * (1 - TRIED)))
        self._fixed: dict[str, Document] = {}

    def __len__(self) -> int:
        return len(self._fixed) + len(self._kept) + len(self._tried)

    @property
    def weight(self) -> int:
        """Bytes of what comes and goes."""
        return self._kept.weight + self._tried.weight

    def find(self, sha: str) -> Document | None:
        if (found := self._fixed.get(sha) or self._kept.get(sha)) is not None:
            return found
        if (found := self._tried.pop(sha)) is not None:
            for displaced in self._kept.put(found):
                self._tried.put(displaced)
        return found

    def put(self, document: Document) -> None:
        self._tried.put(document)

    def fix(self, document: Document) -> None:
        """It stays for as long as we run."""
        self._fixed[document.sha] = document


class Part:
    """So many bytes of documents; the one that has not been asked for longest leaves first."""

    def __init__(self, most: int) -> None:
        self.weight, self._most = 0, most
        self._documents: OrderedDict[str, Document] = OrderedDict()

    def __len__(self) -> int:
        return len(self._documents)

    def get(self, sha: str) -> Document | None:
        found = self._documents.get(sha)
        if found is not None:
            self._documents.move_to_end(sha)
        return found

    def pop(self, sha: str) -> Document | None:
        found = self._documents.pop(sha, None)
        self.weight -= found.weight if found else 0
        return found

    def put(self, document: Document) -> list[Document]:
        """Those that had to leave for it."""
        self.pop(document.sha)
        self._documents[document.sha] = document
        self.weight += document.weight
        left = []
        while self.weight > self._most:
            _, oldest = self._documents.popitem(last=False)
            self.weight -= oldest.weight
            left.append(oldest)
        return left
