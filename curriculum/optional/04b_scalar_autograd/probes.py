"""What a grader asks of Value: slopes of drawn expressions, held against central differences."""
import math

from tinytorch._kit.probing import outcome
from tinytorch_teach.judging import differs, first


def draw_mul(rng):
    return [[float(a), float(b)] for a, b in rng.uniform(-5, 5, (4, 2))]


def act_mul(lesson, pairs):
    answer = []
    for a, b in pairs:
        left, right = lesson.Value(a), lesson.Value(b)
        whole, half = left * right, lesson.Value(a) * b
        answer.append([whole.data, list(whole.slopes), [one is two for one, two in zip(whole.parents, (left, right))],
                       half.data, list(half.slopes), (b * lesson.Value(a)).data, left.data, right.data])
    return answer


def judge_mul(pairs, answer, reference):
    for (a, b), (whole, slopes, parents, half, others, back, left, right) in zip(pairs, answer, strict=True):
        if parents != [True, True]:
            return "the parents of a product are the two Values themselves, in their order"
        says = first([differs(whole, a * b, f"{a:.3g} * {b:.3g}", 1e-9, 1e-9),
                      differs(slopes, [b, a], "slopes", 1e-9, 1e-9),
                      differs(half, a * b, "a Value times a number", 1e-9, 1e-9),
                      differs(others, [b, a], "slopes of a Value times a number", 1e-9, 1e-9),
                      differs(back, a * b, "a number times a Value", 1e-9, 1e-9),
                      differs([left, right], [a, b], "the factors afterwards", 0, 0)])
        if says:
            return says


def draw_tanh(rng):
    return [float(x) for x in rng.uniform(-2, 2, 5)]


def act_tanh(lesson, numbers):
    return [[value.data, list(value.slopes), len(value.parents)] for value in
            (lesson.Value(x).tanh() for x in numbers)]


def judge_tanh(numbers, answer, reference):
    for x, (data, slopes, parents) in zip(numbers, answer, strict=True):
        if parents != 1:
            return f"tanh has one parent, found {parents}"
        says = first([differs(data, math.tanh(x), f"tanh({x:.3g})", 1e-9, 1e-9),
                      differs(slopes, [1 - math.tanh(x) ** 2], f"the slope of tanh at {x:.3g}", 1e-9, 1e-9)])
        if says:
            return says


def draw_backward(rng):
    return [float(x) for x in rng.uniform(0.5, 1.5, 3)]


def curve(a, b, c):
    d = a * b + a
    return d * d + c * (d + 3) + d * c * d


def act_backward(lesson, numbers):
    a, b, c = values = [lesson.Value(x) for x in numbers]
    shared = a + b
    result = curve(shared, c, a)
    result.backward()
    found = [value.grad for value in values]
    (a + c).backward()
    x = y = lesson.Value(1.0)
    for _ in range(20):
        y = y + y
    y.backward()
    long = z = lesson.Value(1.0)
    for _ in range(3000):
        z = z + 1
    z.backward()
    return [found, [value.grad for value in values], x.grad, long.grad, result.grad]


def judge_backward(numbers, answer, reference):
    found, again, doubled, long, own = answer
    eps, slopes = 1e-6, []
    for at in range(3):
        def moved(by, at=at):
            a, b, c = (x + by * (n == at) for n, x in enumerate(numbers))
            return curve(a + b, c, a)
        slopes.append((moved(eps) - moved(-eps)) / (2 * eps))
    return first([differs(found, slopes, "slopes of three numbers used several times", 1e-6, 1e-6),
                  differs(again, [slopes[0] + 1, slopes[1], slopes[2] + 1], "slopes after a second walk", 1e-6, 1e-6),
                  differs(doubled, 2.0**20, "twenty doublings", 0, 0),
                  differs(long, 1.0, "a chain of 3,000 sums", 0, 0),
                  differs(own, 1.0, "the result's own grad", 0, 0)])


CATCHES = {"fault": "AssertionError", "uphill": "AssertionError", "one step": "AssertionError", "right": "passes"}


def draw_catch(rng):
    return list(CATCHES)


def act_catch(lesson, names):
    def walk(sign=-1, most=None):
        def descend(height_of, x, steps, lr):
            for _ in range(steps if most is None else min(steps, most)):
                x.grad = 0.0
                height_of(x).backward()
                x.data += sign * lr * x.grad
            return x.data
        return descend

    ways = {"fault": lesson.colleague_descend, "uphill": walk(+1), "one step": walk(most=1), "right": walk()}
    return [outcome(lambda name=name: lesson.check_descend(ways[name])) for name in names]


def judge_catch(names, answer, reference):
    return first(f"a way that goes {name}: expected {CATCHES[name]}, found {found}"
                 for name, found in zip(names, answer, strict=True) if found != CATCHES[name])


def draw_descend(rng):
    return [[float(rng.uniform(2, 6)), float(rng.uniform(0.05, 0.2)), steps] for steps in (0, 1, 7)]


def act_descend(lesson, ways):
    answer = []
    for start, lr, steps in ways:
        x = lesson.Value(start)
        x.grad = 5.0  # left over from before
        answer.append([lesson.descend(lambda x: x * x + x, x, steps, lr), x.data])
    return answer


def judge_descend(ways, answer, reference):
    for (x, lr, steps), found in zip(ways, answer, strict=True):
        for _ in range(steps):
            x -= lr * (2 * x + 1)
        says = differs(found, [x, x], f"where {steps} steps lead", 1e-9, 1e-9)
        if says:
            return says


def draw_value_count(rng):
    return []


def act_value_count(lesson, inputs):
    return lesson.value_count


def judge_value_count(inputs, answer, reference):
    return differs(answer, reference, "Values", 0, 0)
