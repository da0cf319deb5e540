"""Wrong answers to the model's exercises."""


def mistake(name, code):
    return {"name": name, "code": code, "says": f"It {name}.", "ask": "What is 3 * 7?", "symptom": f"it {name}"}


MISTAKES = {
    "scaled": [
        mistake("adds", "return [value + factor for value in values]"),
        mistake("takes away", "return [value - factor for value in values]"),
        mistake("forgets the factor", "return list(values)"),
        mistake("scales once", "return [values[0] * factor, *values[1:]]"),
        mistake("repeats the list", "return values * factor"),
    ],
    "total": [
        mistake("sums first and forgets", "return sum(values)"),
        mistake("takes the largest", "return max(scaled(values, factor))"),
        mistake("counts", "return len(values) * factor"),
        mistake("sums the list of factors", "return factor * factor"),
        mistake("leaves the last out", "return sum(scaled(values, factor)[:-1])"),
    ],
}
