"""Right answers written differently."""

ALTERNATIVES = {
    "scaled": [{"name": "a loop", "code": """
        out = []
        for value in values:
            out.append(factor * value)
        return out
    """}],
    "total": [{"name": "sums first", "code": "return sum(values) * factor"}],
}
