"""Plausible wrong answers."""
MISTAKES = {"halve": [dict(name="doubles", code="return x * 2", says="half is less", ask="is 4 half of 2?",
                           symptom="four times too large")]}
