# %% [markdown]
# # 04a Numerical gradients (optional)
#
#     Needs    Python, and NumPy as a store of numbers
#     Teaches  slopes of a function of many numbers, by nudging; what they cost, and how exact they are
#     Opens    05 Autograd, which uses them as its oracle
#
# Nobody has to take this page. In 04 you nudged one number and watched the loss. How small should the nudge be? The
# smaller the better, one would think, and one would be wrong. By the end you know the best size and why.

# %% given="start"
#| default_exp nudging
from tinytorch.lesson import begin, measured, mine, predict, rejects

begin("04a")

# %% given="imports"
#| export
import numpy as np

# %% [markdown]
# ## Try first
#
# The slope of x ** 3 at 2 is 12. Find it by nudging, as exactly as you can, by calling `cube` only. Ten minutes,
# ungraded. Target: off by less than 1e-9, with numbers of 64 bits. If you miss it, keep the attempt.

# %% given="cube"
def cube(x):
    return x**3

# %% scratch="try_first"
print("off by", abs((cube(2.1) - cube(2)) / 0.1 - 12))  # your attempt

# %% [markdown]
# ## Build: one number, nudged both ways
#
# Nudge up only, and a bent function makes the slope too large or too small: the error is about `eps` times the bend.
# Nudge up and down by the same, and the bend cancels; what is left shrinks with `eps` squared. Divide by the whole way,
# `2 * eps`.

# %% exercise="slope_at"
#| export
def slope_at(function, x, eps=1e-5):
    """The slope of `function` at the number x, by asking on both sides."""
    # How: the answer above x, minus the answer below, over the way between the two.
    # Example: slope_at(cube, 2.0, eps=0.1) is 12.01; with 1e-5 it is 12 to ten digits.
    # Hint: two calls, one line.
    ### BEGIN SOLUTION
    return (function(x + eps) - function(x - eps)) / (2 * eps)
    ### END SOLUTION

# %% check="slope_at" points=8
got = slope_at(cube, 2.0, eps=0.1)
assert np.isclose(got, 12.01), (
    f"(2.1 ** 3 - 1.9 ** 3) / 0.2 is 12.01; yours {got}. 12.61 asks on one side, 24.02 divides by half the way.")
got = slope_at(cube, 2.0)
assert abs(got - 12) < 1e-8, f"with eps 1e-5 it is 12 to ten digits; yours {got}. Do you use the eps that is given?"

# %% [markdown]
# How far is it off for ever smaller nudges? Below some size the two answers agree in so many digits that their
# difference is mostly rounding. Guess the best size, as a power of ten, with 64 bits and with 32.

# %% predict="sizes"
predict("best eps with 64 bits", None)  # your guess in place of None
predict("best eps with 32 bits", None)

# %% demo="sizes"
def off_by(eps, dtype):
    x, step = dtype(2), dtype(eps)
    return abs(float((cube(x + step) - cube(x - step)) / (step + step)) - 12)


sizes = [10.0**-n for n in range(1, 13)]
for dtype in (np.float64, np.float32):
    errors = [off_by(eps, dtype) for eps in sizes]
    print(dtype.__name__, " ".join(f"{error:.0e}" for error in errors))
    measured(f"best eps with {np.dtype(dtype).itemsize * 8} bits", sizes[int(np.argmin(errors))])

# %% [markdown]
# That is why an oracle computes with 64 bits, and why `eps` is near 1e-5: the third root of the smallest relative
# difference between two numbers.
#
# ## Build: many numbers
#
# A function of many numbers has a slope for each. Nudge one at a time, and put it back before the next one has its
# turn.

# %% exercise="slopes"
#| export
def slopes(function, array, eps=1e-5):
    """The slope of `function(array)`, a number, for each element of a float64 array."""
    # How: for each place, hand `slope_at` a function of one number: the array with that number in that place.
    # Example: slopes(lambda a: (a * a).sum(), np.array([3.0, -5.0])) is about [6, -10].
    # Hint: `for at in np.ndindex(array.shape)` walks over places. Work on a copy.
    ### BEGIN SOLUTION
    found = np.zeros_like(array)
    for at in np.ndindex(array.shape):
        def with_it(x, at=at):
            changed = array.copy()
            changed[at] = x
            return function(changed)
        found[at] = slope_at(with_it, array[at], eps)
    return found
    ### END SOLUTION

# %% check="slopes" points=12
got = np.array([[3.0, -5.0, 7.0], [0.5, 4.0, 6.0]])
got = slopes(lambda a: float((a**3).sum()), got), got
assert np.shape(got[0]) == (2, 3), f"one slope for each element: shape (2, 3); yours {np.shape(got[0])}"
assert np.allclose(got[0], 3 * got[1] ** 2), f"the slope of a ** 3 is 3 * a ** 2: 27 comes first; yours {got[0]}"
assert got[1].tolist() == [[3, -5, 7], [0.5, 4, 6]], "the caller's array was changed; work on a copy"
got = slopes(lambda a: float(a[0] * a[1] ** 2), np.array([3.0, 4.0]))
assert np.allclose(got, [16, 24], rtol=1e-8), f"a[0] * a[1] ** 2 at 3 and 4 has slopes 16 and 24; yours {got}"

# %% predict="calls"
predict("calls for the slopes of 500 numbers", None)  # your guess in place of None

# %% demo="calls"
calls = 0


def counted(array):
    global calls
    calls += 1
    return float(array.sum())


slopes(counted, np.ones(500))
measured("calls for the slopes of 500 numbers", calls)

# %% [markdown]
# ## A fault to find: slopes of a copy of yesterday
#
# A colleague saves the copies and nudges one array in place.

# %% fault="colleague_slopes"
def colleague_slopes(function, array, eps=1e-5):
    """The slope of `function(array)` for each element."""
    nudged, found = array.copy(), np.zeros_like(array)
    for at in np.ndindex(array.shape):
        nudged[at] += eps
        up = function(nudged)
        nudged[at] -= 2 * eps
        found[at] = (up - function(nudged)) / (2 * eps)
    return found


assert np.allclose(colleague_slopes(lambda a: (a * a).sum(), np.array([3.0, -5.0])), [6, -10])
assert colleague_slopes(lambda a: a.sum(), np.ones((2, 3))).shape == (2, 3)

# %% demo="colleague_slopes"
print("with eps 0.5:", colleague_slopes(lambda a: a[0] * a[1], np.array([3.0, 4.0]), eps=0.5), "and [4, 3] is right")

# %% exercise="catch"
def check_slopes(slopes_of):
    """Raise AssertionError unless `slopes_of(function, array, eps)` is right, also with a large eps."""
    # How: take a function in which the numbers meet, such as a product, and an eps of 0.5; compare with what is right.
    # Example: check_slopes(colleague_slopes) raises AssertionError.
    # Hint: a[0] * a[1] has slopes a[1] and a[0], whatever eps is.
    ### BEGIN SOLUTION
    found = slopes_of(lambda a: float(a[0] * a[1]), np.array([3.0, 4.0]), 0.5)
    assert np.allclose(found, [4, 3]), f"the slopes are 4 and 3, not {found}"
    ### END SOLUTION

# %% check="catch" points=3
assert rejects(check_slopes, colleague_slopes), "your check lets the colleague pass. Do its numbers meet? Is eps large?"
def got(function, array, eps=1e-5):
    found = np.zeros_like(array)
    for at in np.ndindex(array.shape):
        nudge = np.zeros_like(array)
        nudge[at] = eps
        found[at] = (function(array + nudge) - function(array - nudge)) / (2 * eps)
    return found
assert not rejects(check_slopes, got), "your check refuses right slopes"

# %% [markdown]
# ## Use: hold a formula against it
#
# Somebody hands you a function and a formula for its slopes. Is the formula right?

# %% exercise="agrees"
def agrees(function, formula, array):
    """Whether `formula(array)` gives the slopes of `function` at a float64 array, to one part in 10,000."""
    # How: your slopes beside the formula's.
    # Example: agrees(lambda a: (a**2).sum(), lambda a: 2 * a, np.array([3.0, 5.0])) is True.
    # Hint: np.allclose(found, expected, rtol=1e-4, atol=1e-6), as a bool.
    ### BEGIN SOLUTION
    return bool(np.allclose(formula(array), slopes(function, array), rtol=1e-4, atol=1e-6))
    ### END SOLUTION

# %% check="agrees" points=4
assert agrees(lambda a: float(np.exp(a).sum()), np.exp, np.array([0.5, 2.0])) is True, "exp is its own slope"
assert agrees(lambda a: float((a**2).sum()), lambda a: a, np.array([3.0, 5.0])) is False, "the slope of a ** 2 is 2 * a"

# %% [markdown]
# ## Reflect
#
# A function of as many numbers as printed below takes so many milliseconds. How many seconds do all its slopes take, by
# nudging both ways? Set `seconds`; put your number in place of the 0 and delete the two lines below it.

# %% given="size"
numbers, milliseconds = mine("size", [(2000, 5), (3000, 4), (1500, 8), (4000, 3)])
print(numbers, "numbers,", milliseconds, "ms a call")

# %% exercise="seconds"
seconds = 0  # your number
### BEGIN SOLUTION
seconds = 2 * numbers * milliseconds / 1000
### END SOLUTION

# %% check="seconds" points=3
got = seconds
assert got > numbers * milliseconds / 2000, f"each number is asked for on two sides; {got} s are not enough"

# %% [markdown]
# ## Where this lives in PyTorch
#
# `torch.autograd.gradcheck` compares what PyTorch computes with nudging both ways, in float64, with `eps=1e-6`. Nobody
# trains by nudging; everybody tests by it.
