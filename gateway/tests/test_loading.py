"""Things that several fields want at once are asked for once; what could not be brought is told to all who want it."""

from __future__ import annotations

import asyncio

import pytest

from commons_gateway.loading import Loader


class Owner:
    """Answers as it is told to, and remembers what it was asked."""

    def __init__(self):
        self.asked, self.broken = [], None

    async def __call__(self, keys):
        self.asked.append(list(keys))
        await asyncio.sleep(0)
        if self.broken:
            raise self.broken
        return {key: str(key) for key in keys if key > 0}


@pytest.fixture
def owner():
    return Owner()


@pytest.fixture
def loader(owner):
    return Loader(owner)


async def test_what_is_wanted_now_is_asked_for_together(owner, loader):
    assert await asyncio.gather(*map(loader.load, (3, 1, 3, -1))) == ["3", "1", "3", None]
    assert owner.asked == [[3, 1, -1]]


async def test_nothing_is_asked_for_twice(owner, loader):
    loader.know(2, "two")
    await loader.fetch([1, 2, -1])
    assert [await loader.load(key) for key in (1, 2, -1)] == ["1", "two", None]
    await loader.fetch([1, 2, -1])
    assert owner.asked == [[1, -1]]


async def test_what_is_on_its_way_is_waited_for(owner, loader):
    first = asyncio.create_task(loader.load(1))
    await asyncio.sleep(0)
    await asyncio.gather(loader.fetch([1, 2]), first)
    assert owner.asked == [[2], [1]]
    assert (loader.found(1), loader.found(2)) == ("1", "2")


async def test_who_did_not_answer_is_not_asked_again_for_the_same(owner, loader):
    owner.broken = LookupError("resting")
    await loader.fetch([1])
    for _ in range(2):
        with pytest.raises(LookupError, match="resting"):
            await loader.load(1)
    assert owner.asked == [[1]]


async def test_one_who_gives_up_leaves_the_others_their_answer(owner, loader):
    impatient, patient = asyncio.create_task(loader.load(1)), asyncio.create_task(loader.load(1))
    await asyncio.sleep(0)
    impatient.cancel()
    assert await patient == "1"
    assert owner.asked == [[1]]
