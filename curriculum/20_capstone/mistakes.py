"""Plausible wrong answers. `code` stands in place of the exercise's solution region."""

MISTAKES = {}
