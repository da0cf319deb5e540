"""Plausible wrong answers. `code` stands in place of the exercise's solution region.

`ask` is the question that a learner gets when the same failure comes again, `says` the sentence after that.
"""

MISTAKES = {
    "mul": [
        dict(
            name="slopes exchanged",
            code="""
                other = as_value(other)
                return Value(self.data * other.data, (self, other), (self.data, other.data))
            """,
            says="The slope for the first factor is the second one.",
            ask="Raise the 3 in 3 * 4 by 0.1. By how much does 12 rise?",
            symptom="right where both factors are equal",
        ),
        dict(
            name="slopes of a sum",
            code="""
                other = as_value(other)
                return Value(self.data * other.data, (self, other), (1.0, 1.0))
            """,
            says="In a sum each counts once; in a product each counts as often as the other says.",
            ask="Does 3 * 4 rise as fast with the 3 as 3 + 4 does?",
            symptom="products right, slopes wrong",
        ),
        dict(
            name="only one parent",
            code="""
                other = as_value(other)
                return Value(self.data * other.data, (self,), (other.data,))
            """,
            says="Both factors are parents.",
            ask="Who tells the second factor its slope?",
            symptom="the second factor never gets a slope",
        ),
        dict(
            name="a sum",
            code="""
                other = as_value(other)
                return Value(self.data + other.data, (self, other), (other.data, self.data))
            """,
            says="The number is the product.",
            ask="What is 3 * 4?",
            symptom="7 where 12 is right",
        ),
        dict(
            name="parents exchanged",
            code="""
                other = as_value(other)
                return Value(self.data * other.data, (other, self), (other.data, self.data))
            """,
            says="The first slope belongs to the first parent: (self, other) with (other.data, self.data).",
            ask="To whom does your first slope go?",
            symptom="each factor gets its own value for a slope",
        ),
    ],
    "tanh": [
        dict(
            name="slope of x",
            code="""
                t = math.tanh(self.data)
                return Value(t, (self,), (1 - self.data * self.data,))
            """,
            says="The slope is 1 minus the square of the answer, not of the number that came in.",
            ask="What do you square?",
            symptom="nearly right close to 0",
        ),
        dict(
            name="slope 1",
            code="return Value(math.tanh(self.data), (self,), (1.0,))",
            says="tanh is flat far out: its slope is 1 - t * t.",
            ask="How steep is tanh at 3?",
            symptom="right at 0 only",
        ),
        dict(
            name="not squared",
            code="""
                t = math.tanh(self.data)
                return Value(t, (self,), (1 - t,))
            """,
            says="1 minus t squared.",
            ask="What is your slope at a negative number?",
            symptom="slopes above 1 on the left",
        ),
        dict(
            name="no parent",
            code="return Value(math.tanh(self.data))",
            says="The Value that came in is the parent, with one slope.",
            ask="Where does your Value say that it came from?",
            symptom="no slope ever reaches what stands before tanh",
        ),
        dict(
            name="plus",
            code="""
                t = math.tanh(self.data)
                return Value(t, (self,), (1 + t * t,))
            """,
            says="Minus: the further out, the flatter.",
            ask="Is tanh steeper at 3 than at 0?",
            symptom="slopes grow where they should vanish",
        ),
    ],
    "backward": [
        dict(
            name="`=` for `+=`",
            code="""
                self.grad = 1.0
                for value in newest_first(self):
                    for parent, slope in zip(value.parents, value.slopes):
                        parent.grad = value.grad * slope
            """,
            says="A Value that was used twice is handed two slopes, and both count: `+=`.",
            ask="What is x.grad after x * x at 3?",
            symptom="x * x has slope 3 at 3",
        ),
        dict(
            name="slopes alone",
            code="""
                self.grad = 1.0
                for value in newest_first(self):
                    for parent, slope in zip(value.parents, value.slopes):
                        parent.grad += slope
            """,
            says="Along a way slopes multiply: hand on the Value's own grad times the slope.",
            ask="Where do you multiply?",
            symptom="right for one operation, wrong for a chain",
        ),
        dict(
            name="the result passed over",
            code="""
                self.grad = 1.0
                for value in newest_first(self)[1:]:
                    for parent, slope in zip(value.parents, value.slopes):
                        parent.grad += value.grad * slope
            """,
            says="The result itself comes first, and hands its 1 on to its parents.",
            ask="Who tells the result's own parents their slopes?",
            symptom="zeros everywhere but at the result",
        ),
        dict(
            name="parents only",
            code="""
                self.grad = 1.0
                for parent, slope in zip(self.parents, self.slopes):
                    parent.grad += slope
            """,
            says="Go on to the parents of the parents: walk over newest_first(self).",
            ask="How far does your walk go?",
            symptom="right for one operation",
        ),
        dict(
            name="no start",
            code="""
                for value in newest_first(self):
                    for parent, slope in zip(value.parents, value.slopes):
                        parent.grad += value.grad * slope
            """,
            says="The result rises with itself once: self.grad = 1.0 first.",
            ask="What is the grad of the result?",
            symptom="zeros",
        ),
        dict(
            name="every way by itself",
            code="""
                def walk(value, grad):
                    value.grad += grad
                    for parent, slope in zip(value.parents, value.slopes):
                        walk(parent, grad * slope)
                walk(self, 1.0)
            """,
            says="There are a million ways through twenty doublings. Add up at each Value, and hand on once.",
            ask="How many calls do twenty doublings take?",
            symptom="right for small results; never ends, or too deep, for long ones",
        ),
    ],
    "catch": [
        dict(
            name="one step",
            code="assert abs(descend(lambda x: x * x, Value(3), 1, 0.1) - 2.4) < 1e-6, 'one step leads to 2.4'",
            says="On one step nothing is wrong. Take two.",
            ask="When does the colleague go wrong for the first time?",
            symptom="lets the colleague pass",
        ),
        dict(
            name="lower is enough",
            code="assert descend(lambda x: x * x, Value(3), 2, 0.1) < 2.39, 'two steps lead further than one'",
            says="The colleague goes further than one step, too. Compare with where two steps must lead.",
            ask="Where does the colleague stand after two steps?",
            symptom="lets the colleague pass",
        ),
        dict(
            name="nothing asked",
            code="descend(lambda x: x * x, Value(3), 2, 0.1)",
            says="A check asserts.",
            ask="Which line of yours can fail?",
            symptom="passes everything",
        ),
        dict(
            name="the lowest point",
            code="assert abs(descend(lambda x: x * x, Value(3), 2, 0.1)) < 1e-6, 'not at the lowest point'",
            says="Two steps do not reach the lowest point; 1.92 is right.",
            ask="Where do two right steps lead?",
            symptom="refuses what is right",
        ),
        dict(
            name="steps forgotten",
            code="assert abs(descend(lambda x: x * x, Value(3), 2, 0.1) - 2.4) < 1e-6, 'it should be 2.4'",
            says="2.4 is where one step leads; after two it is 1.92.",
            ask="What is 3 * 0.8 * 0.8?",
            symptom="refuses what is right",
        ),
    ],
    "descend": [
        dict(
            name="forgets once",
            code="""
                x.grad = 0.0
                for _ in range(steps):
                    height_of(x).backward()
                    x.data -= lr * x.grad
                return x.data
            """,
            says="Before every walk back, not once.",
            ask="What is x.grad in the second step?",
            symptom="right for one step",
        ),
        dict(
            name="forgets too late",
            code="""
                for _ in range(steps):
                    height_of(x).backward()
                    x.data -= lr * x.grad
                    x.grad = 0.0
                return x.data
            """,
            says="Somebody may have left a grad in x: set it to 0 before the first walk as well.",
            ask="And if x.grad is 5 when your function is called?",
            symptom="right unless x was used before",
        ),
        dict(
            name="uphill",
            code="""
                for _ in range(steps):
                    x.grad = 0.0
                    height_of(x).backward()
                    x.data += lr * x.grad
                return x.data
            """,
            says="Against the slope: minus.",
            ask="Does your x come nearer to the lowest point?",
            symptom="goes up",
        ),
        dict(
            name="a new Value",
            code="""
                for _ in range(steps):
                    x = Value(x.data)
                    height_of(x).backward()
                    x.data -= lr * x.grad
                return x.data
            """,
            says="Move the Value that was handed in.",
            ask="What does the caller's x hold afterwards?",
            symptom="the right number is returned, and x has not moved",
        ),
        dict(
            name="all of the slope",
            code="""
                for _ in range(steps):
                    x.grad = 0.0
                    height_of(x).backward()
                    x.data -= x.grad
                return x.data
            """,
            says="lr times the slope.",
            ask="How long is your step?",
            symptom="jumps to and fro",
        ),
    ],
    "value_count": [
        dict(name="results only", code="value_count = 1 + 2 * times", ask="What becomes of the 2 and the 1?",
             says="The plain 2 and 1 become Values, too.", symptom="half"),
        dict(name="the first forgotten", code="value_count = 4 * times", ask="Who was there first?",
             says="x is a Value as well.", symptom="one too few"),
        dict(name="numbers once", code="value_count = 3 + 2 * times", ask="Is the 2 of each round the same Value?",
             says="Each round makes new Values of its numbers.", symptom="too few"),
        dict(name="three a round", code="value_count = 1 + 3 * times", ask="Which four does a round make?",
             says="2, the product, 1, the sum: four a round.", symptom="too few"),
        dict(name="doubling", code="value_count = 2 * (1 + 4 * times)", ask="Is any Value made twice?",
             says="Each operation makes one.", symptom="twice as many"),
    ],
}

SURVIVORS = {
    "catch": {
        "`abs(found - 3 * 0.8 * 0.8) < 1e-06` becomes `abs(found - 3 * 0.8 * 0.8) <= 1e-06`": "right",
        "`abs(found - 3 * 0.8 * 0.8) < 1e-06` becomes `abs(found - 3 * 0.8 * 0.8) < 2e-06`": "right",
    },
}
