"""Two services as small as they come, for the chassis' own tests: one counts, the other hears of it."""
