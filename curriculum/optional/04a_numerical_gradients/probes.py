"""What a grader asks of Numerical gradients: functions whose slopes, and whose errors, are known exactly."""
import numpy as np
from tinytorch_teach.judging import differs, first


def draw_slope_at(rng):
    return [[float(rng.uniform(1, 3)), float(rng.uniform(1, 4)), eps] for eps in (0.5, 0.1, 1e-4)]


def act_slope_at(lesson, ways):
    calls, answer = [], []
    for x, steep, eps in ways:
        found = lesson.slope_at(lambda t, steep=steep: calls.append(t) or steep * t**3 + t * t, x, eps)
        answer.append(float(found))
    return [answer, float(lesson.slope_at(lambda t: t**3, 2.0)), len(calls)]


def judge_slope_at(ways, answer, reference):
    found, usual, calls = answer
    if calls != 2 * len(ways):
        return f"two calls of the function for a slope; found {calls} for {len(ways)}"
    return first(differs(one, steep * (3 * x * x + eps * eps) + 2 * x, f"the slope at {x:.3g}, eps {eps}", 1e-6, 1e-6)
                 for (x, steep, eps), one in zip(ways, found, strict=True)) or differs(
        usual, 12.0, "the slope of a cube at 2, with the usual eps", 1e-8, 1e-8)


def draw_slopes(rng):
    arrays = [rng.normal(size=shape) for shape in [(4,), (2, 3), (), (3, 0)]]
    return {"arrays": arrays, "eps": float(rng.uniform(0.2, 0.6))}


def act_slopes(lesson, inputs):
    def height(array):
        return float((array**3).sum() + (array.sum() - array.size) ** 2)

    answer = [[np.asarray(lesson.slopes(height, array)), array] for array in inputs["arrays"]]
    return {"found": answer, "wide": np.asarray(lesson.slopes(height, inputs["arrays"][1], inputs["eps"]))}


def judge_slopes(inputs, answer, reference):
    def right(array, eps=0.0):
        return 3 * array**2 + eps**2 + 2 * (array.sum() - array.size)

    for array, (found, after) in zip(inputs["arrays"], answer["found"], strict=True):
        says = (differs(found, right(array), f"slopes for shape {array.shape}", 1e-6, 1e-6)
                or differs(after, array, "the caller's array afterwards", 0, 0))
        if says:
            return says
    return differs(answer["wide"], right(inputs["arrays"][1], inputs["eps"]), "slopes with a large eps", 1e-6, 1e-6)


CATCHES = {"fault": "AssertionError", "zeros": "AssertionError", "one side": "AssertionError", "right": "passes",
           "exact": "passes"}


def draw_catch(rng):
    return list(CATCHES)


def act_catch(lesson, names):
    def by_nudging(function, array, eps, back=1):
        found = np.zeros_like(array)
        for at in np.ndindex(array.shape):
            up, down = array.copy(), array.copy()
            up[at] += eps
            down[at] -= eps * back
            found[at] = (function(up) - function(down)) / (eps + eps * back)
        return found

    def half_wrong(function, array, eps=1e-5):
        return by_nudging(function, array, eps) * np.where(np.arange(array.size) == 0, 1, 1.5).reshape(array.shape)

    ways = {"fault": lesson.colleague_slopes, "zeros": lambda function, array, eps=1e-5: np.zeros_like(array),
            "one side": half_wrong, "right": lambda function, array, eps=1e-5: by_nudging(function, array, eps),
            "exact": lambda function, array, eps=1e-5: by_nudging(function, array, 1e-5)}
    from tinytorch._kit.probing import outcome

    return [outcome(lambda name=name: lesson.check_slopes(ways[name])) for name in names]


def judge_catch(names, answer, reference):
    return first(f"slopes that are {name}: expected {CATCHES[name]}, found {found}"
                 for name, found in zip(names, answer, strict=True) if found != CATCHES[name])


def draw_agrees(rng):
    return [rng.uniform(1, 2, 4), rng.uniform(1, 2, (2, 3))]


def act_agrees(lesson, arrays):
    return [agrees for array in arrays for agrees in asked(lesson, array)]


def asked(lesson, array):
    """Of the sum of cubes, all but the last: formulas that are right, off by a little, and wrong."""
    others = np.ones_like(array)
    others.ravel()[-1] = 0
    formulas = [lambda a: 3 * a**2 * others, lambda a: 3 * a**2 * 1.001 * others, lambda a: 3 * a**2 * 1.00005 * others,
                lambda a: 3 * a**2 * 1.00015 * others, lambda a: a**3, lambda a: 3 * a**2 * others + 0.1 * (1 - others),
                lambda a: 3 * a**2 * others + 6e-7 * (1 - others), lambda a: 3 * a**2 * others + 1.5e-6 * (1 - others)]
    return [lesson.agrees(lambda a: float((a**3 * others).sum()), formula, array) for formula in formulas]


def judge_agrees(arrays, answer, reference):
    expected = [True, False, True, False, False, False, True, False] * len(arrays)
    kinds = ["right", "off by 0.001", "off by 0.00005", "off by 0.00015", "wrong", "wrong in the last place",
             "0.0000006 where 0 is right", "0.0000015 where 0 is right"] * len(arrays)
    return first(f"a formula that is {kind}: expected {right}, found {found}"
                 for kind, right, found in zip(kinds, expected, answer, strict=True) if found is not right)


def draw_seconds(rng):
    return []


def act_seconds(lesson, inputs):
    return lesson.seconds


def judge_seconds(inputs, answer, reference):
    return differs(answer, reference, "seconds", 1e-6, 0)
