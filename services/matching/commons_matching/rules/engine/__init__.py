"""The matching engine: pure, seeded functions over arrays. No I/O, no clock, and no chance but the seed it is given."""
