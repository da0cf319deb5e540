# %% [markdown]
# # 00 Ready (optional)
#
#     Needs    Python
#     Teaches  how a lesson works, and twenty minutes of NumPy
#     Opens    01 Tensor
#
# Nobody has to take this page. It shows what the cells of a lesson are for, and as much of NumPy as Lesson 01 takes for
# granted: arrays, shapes, slices, sums over an axis. A locked cell is read and run; in the others you write.

# %% given="start"
#| default_exp ready
from tinytorch.lesson import begin, measured, mine, predict, rejects

begin("00")

# %% given="imports"
#| export
import numpy as np

# %% [markdown]
# ## Try first
#
# Lessons open with something to try before you are told how. It is not graded, and a bad answer is a good start. Here:
# add up the squares of a million numbers. Target: at most one loop of Python's, which is none. If you miss it, keep the
# attempt: you will meet it again.

# %% given="numbers"
numbers = np.arange(1_000_000) % 10

# %% scratch="try_first"
total = 0
for x in numbers[:10]:  # your attempt; all of them, please
    total += x * x
print(total)

# %% [markdown]
# ## Build: whole arrays at once
#
# A NumPy array is a grid of numbers of one kind. `a * b` and `a + 1` work on all of them at once, without a loop of
# yours: that is the answer to *Try first*, `(numbers * numbers).sum()`. An array has a `shape`, the length of each
# axis. In an exercise you write where it says so; the check below it says whether it works. A check that prints nothing
# has passed.

# %% exercise="scaled"
#| export
def scaled(array):
    """The same numbers, moved and stretched so that the least is 0 and the largest is 1."""
    # How: take the least away from all; divide all by what is then the largest.
    # Example: scaled(np.array([3.0, 5.0, 7.0])) is [0, 0.5, 1].
    # Hint: array.min() and array.max() are single numbers.
    ### BEGIN SOLUTION
    return (array - array.min()) / (array.max() - array.min())
    ### END SOLUTION

# %% check="scaled" points=5
got = scaled(np.array([3.0, 5.0, 7.0]))
assert np.allclose(got, [0, 0.5, 1]), f"3 to 7 becomes 0 to 1, so 5 becomes 0.5; yours {got}"
got = scaled(np.array([[-4.0, 0.0], [6.0, 1.0]]))
assert np.shape(got) == (2, 2), f"the shape stays (2, 2); yours {np.shape(got)}"
assert np.allclose(got, [[0, 0.4], [1, 0.5]]), f"-4 to 6 becomes 0 to 1, so 0 becomes 0.4; yours {got}"

# %% [markdown]
# In a table of shape (rows, columns), `axis=0` runs down the rows and `axis=1` along the columns. A sum over an axis
# makes that axis disappear: (3, 4) summed over axis 1 is (3,), one number for each row. With `keepdims=True` it stays,
# with length 1.

# %% exercise="row_means"
#| export
def row_means(table):
    """The mean of each row, shape (rows,), of a table of shape (rows, columns)."""
    # How: sum along the columns, then divide by how many there are.
    # Example: row_means(np.array([[1.0, 5.0], [3.0, 4.0]])) is [3, 3.5].
    # Hint: table.shape[1] is the count of columns.
    ### BEGIN SOLUTION
    return table.sum(axis=1) / table.shape[1]
    ### END SOLUTION

# %% check="row_means" points=5
got = row_means(np.array([[1.0, 5.0, 6.0], [3.0, 4.0, 8.0]]))
assert np.shape(got) == (2,), f"one mean for each of two rows: shape (2,); yours {np.shape(got)}. (3,) are columns."
assert np.allclose(got, [4, 5]), f"12 / 3 and 15 / 3 are 4 and 5; yours {got}"

# %% [markdown]
# Before a measurement you write down a guess; nobody grades it. A slice such as `a[::2]`, every second number, looks
# like a new array. Does it take memory of its own? How many bytes do you think, for a million numbers of 8 bytes each?

# %% predict="slice"
predict("bytes of its own that a[::2] takes", None, unit="bytes")  # your guess in place of None

# %% demo="slice"
a = np.zeros(1_000_000)
measured("bytes of its own that a[::2] takes", 0 if np.shares_memory(a, a[::2]) else a[::2].nbytes, unit="bytes")

# %% [markdown]
# ## A fault to find: the list that was not mine
#
# In each lesson a colleague has made a mistake that passed their tests. First you write the check that was missing: it
# raises AssertionError where the function is wrong, and lets a right one pass.

# %% fault="colleague_first_zero"
def colleague_first_zero(array):
    """The array with 0 in place of its first number."""
    array[0] = 0
    return array


assert colleague_first_zero(np.array([3, 5, 7])).tolist() == [0, 5, 7]
assert colleague_first_zero(np.array([0, 4])).tolist() == [0, 4]

# %% demo="colleague_first_zero"
mine_before = np.array([3, 5, 7])
changed = colleague_first_zero(mine_before)
print("changed", changed, "and what I handed in", mine_before)

# %% exercise="catch"
def check_first_zero(first_zero):
    """Raise AssertionError unless `first_zero(array)` is right and leaves the caller's array alone."""
    # How: make an array, call the function, then assert on what came back and on the array itself.
    # Example: check_first_zero(colleague_first_zero) raises AssertionError.
    # Hint: array.tolist() == [3, 5, 7] compares all numbers.
    ### BEGIN SOLUTION
    array = np.array([3, 5, 7])
    assert first_zero(array).tolist() == [0, 5, 7], "the first number should be 0, the others as they were"
    assert array.tolist() == [3, 5, 7], "the caller's array was changed"
    ### END SOLUTION

# %% check="catch" points=3
assert rejects(check_first_zero, colleague_first_zero), "your check lets the colleague pass. Is the array unchanged?"
assert not rejects(check_first_zero, lambda array: np.concatenate([[0], array[1:]])), "your check refuses what is right"
assert rejects(check_first_zero, lambda array: array.copy()), "your check lets a function pass that changes nothing"

# %% [markdown]
# ## Use: a copy of one's own

# %% exercise="first_zero"
def first_zero(array):
    """The array with 0 in place of its first number; the caller's stays as it was."""
    # How: copy, then change the copy.
    # Example: of [3, 5, 7] comes [0, 5, 7], and [3, 5, 7] is still there.
    # Hint: array.copy().
    ### BEGIN SOLUTION
    changed = array.copy()
    changed[0] = 0
    return changed
    ### END SOLUTION

# %% check="first_zero" points=4
assert not rejects(check_first_zero, first_zero), "your own check refuses your function"

# %% [markdown]
# ## Reflect
#
# At the end there is a question that a number answers, with sizes of your own. How many bytes does an array of the
# shape below take, of numbers of 8 bytes each? Set `array_bytes`: put your number in place of the 0 and delete the two
# lines below it. The check says only what is impossible; it is judged when you hand it in.

# %% given="shape"
shape = mine("shape", [(30, 40, 5), (25, 60, 4), (50, 20, 7), (45, 30, 6)])
print("shape", shape)

# %% exercise="array_bytes"
array_bytes = 0  # your number
### BEGIN SOLUTION
array_bytes = 8 * shape[0] * shape[1] * shape[2]
### END SOLUTION

# %% check="array_bytes" points=3
got = array_bytes
assert got % 8 == 0, f"each number takes 8 bytes, so it is a multiple of 8; yours is {got}"
assert got > 8 * shape[0], f"one number along the first axis takes 8 bytes already; {got} are not enough"

# %% [markdown]
# ## Where this lives in PyTorch
#
# A `torch.Tensor` is much like a NumPy array: `shape`, slices, `sum(dim=1)`, where NumPy says `axis=1`. Lesson 01
# builds one.
