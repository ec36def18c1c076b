"""P6: everything in one database, mapped by SQLAlchemy's ORM as its documentation advises."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

Texts = ARRAY(sa.Text)


class Base(DeclarativeBase):
    pass


class Place(Base):
    __tablename__ = "places"
    id: Mapped[int] = mapped_column(primary_key=True)
    latitude: Mapped[float]
    longitude: Mapped[float]


class Person(Base):
    """A member of the project, with what she tells of herself."""

    __tablename__ = "people"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    display_name: Mapped[str]
    active_on: Mapped[date]
    adult: Mapped[bool]
    introduced: Mapped[bool]
    paused: Mapped[bool]
    fields: Mapped[list[str]] = mapped_column(Texts)
    goals: Mapped[list[str]] = mapped_column(Texts)
    topics: Mapped[list[str]] = mapped_column(Texts)
    country: Mapped[str | None]
    place: Mapped[int | None] = mapped_column(sa.ForeignKey("places.id"))
    hours: Mapped[int] = mapped_column(sa.BigInteger)
    modality: Mapped[str]
    stage: Mapped[str | None]
    lives_in: Mapped[Place | None] = relationship()
    introduction: Mapped[Introduction | None] = relationship(back_populates="person")
    languages: Mapped[list[Speaks]] = relationship(order_by="Speaks.nth")
    places: Mapped[list[MentorPlaces]] = relationship()


class Introduction(Base):
    __tablename__ = "introductions"
    person_id: Mapped[UUID] = mapped_column(sa.ForeignKey("people.id"), primary_key=True)
    text: Mapped[str]
    published: Mapped[bool]
    person: Mapped[Person] = relationship(back_populates="introduction")


class Speaks(Base):
    __tablename__ = "languages"
    person_id: Mapped[UUID] = mapped_column(sa.ForeignKey("people.id"), primary_key=True)
    nth: Mapped[int] = mapped_column(primary_key=True)
    language: Mapped[str]
    level: Mapped[str]


class Round(Base):
    __tablename__ = "rounds"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    rules: Mapped[dict[str, Any]] = mapped_column(JSONB)


class Participation(Base):
    __tablename__ = "participations"
    round_id: Mapped[UUID] = mapped_column(sa.ForeignKey("rounds.id"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(sa.ForeignKey("people.id"), primary_key=True, index=True)
    role: Mapped[str] = mapped_column(primary_key=True)


class MentorPlaces(Base):
    __tablename__ = "mentor_places"
    round_id: Mapped[UUID] = mapped_column(sa.ForeignKey("rounds.id"), primary_key=True)
    mentor_id: Mapped[UUID] = mapped_column(sa.ForeignKey("people.id"), primary_key=True, index=True)
    style: Mapped[str] = mapped_column(primary_key=True)
    most: Mapped[int]
    used: Mapped[int]
    held: Mapped[int]


class Block(Base):
    __tablename__ = "blocks"
    by_id: Mapped[UUID] = mapped_column(sa.ForeignKey("people.id"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(sa.ForeignKey("people.id"), primary_key=True, index=True)
