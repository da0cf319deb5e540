"""None yet; the tests of the map need none."""

MISTAKES = {}
