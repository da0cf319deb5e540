"""None yet."""

ALTERNATIVES = {}
