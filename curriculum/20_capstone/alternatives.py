"""Right answers written differently. `code` stands in place of the exercise's solution region."""

ALTERNATIVES = {}
