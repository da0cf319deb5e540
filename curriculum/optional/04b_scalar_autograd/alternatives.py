"""Right answers written differently. `code` stands in place of the exercise's solution region."""

ALTERNATIVES = {
    "mul": [
        dict(
            name="two names",
            code="""
                a, b = self, as_value(other)
                return Value(a.data * b.data, parents=(a, b), slopes=(b.data, a.data))
            """,
        ),
    ],
    "tanh": [
        dict(
            name="by way of exp",
            code="""
                e = math.exp(2 * self.data)
                return Value((e - 1) / (e + 1), (self,), (4 * e / (e + 1) ** 2,))
            """,
        ),
    ],
    "backward": [
        dict(
            name="by index",
            code="""
                order = newest_first(self)
                order[0].grad = 1.0
                for value in order:
                    for at in range(len(value.parents)):
                        parent = value.parents[at]
                        parent.grad = parent.grad + value.slopes[at] * value.grad
            """,
        ),
    ],
    "catch": [
        dict(
            name="three steps",
            code="""
                x = 3.0
                for _ in range(3):
                    x = x - 0.1 * 2 * x
                if abs(descend(lambda v: v * v, Value(3), 3, 0.1) - x) > 1e-9:
                    raise AssertionError("three steps lead elsewhere")
            """,
        ),
    ],
    "descend": [
        dict(
            name="forgets afterwards as well",
            code="""
                x.grad = 0.0
                while steps > 0:
                    height_of(x).backward()
                    x.data = x.data - lr * x.grad
                    x.grad, steps = 0.0, steps - 1
                return x.data
            """,
        ),
    ],
    "value_count": [dict(name="two and two", code="value_count = times * 2 + times * 2 + 1")],
}
