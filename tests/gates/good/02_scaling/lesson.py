# %% [markdown]
# # 02 Scaling
#
#     Needs    01 Tensor
#     Teaches  half of it
#     Opens    03 Later, which has a learning rate
#
# The weight of a stone, halved.

# %% given="start"
#| default_exp nn.scaling
from tinytorch.lesson import begin, measured, predict, rejects

begin("02")

# %% given="imports"
#| export
import math

import numpy as np
from tinytorch.core import Tensor

# %% [markdown]
# ## Try first
#
# Halve ten numbers. Target: no byte more.

# %% scratch="try_first"
halved = ...  # your attempt

# %% [markdown]
# ## Build: one half

# %% exercise="halve"
#| export
def halve(x):
    """Half of each number."""
    # How: one division.
    # Example: halve(np.float32([6])) is [3].
    # Hint: the dtype stays.
    ### BEGIN SOLUTION
    return x / math.sqrt(4)
    ### END SOLUTION

# %% check="halve" points=5
got = halve(np.float32([6, 8]))
assert got.tolist() == [3, 4], f"half of [6, 8] is [3, 4]; yours is {got.tolist()}"

# %% predict="bytes"
predict("bytes of ten halves", None, unit="bytes")

# %% demo="bytes"
measured("bytes of ten halves", halve(np.ones(10, dtype=np.float32)).nbytes, unit="bytes")

# %% fault="mean_of_ends"
def mean_of_ends(numbers):
    return (numbers[0] + numbers[-1]) / 2

assert mean_of_ends([3, 5]) == 4

# %% demo="mean_of_ends"
print(mean_of_ends([3, 9, 5]), "where the mean is", np.mean([3, 9, 5]))

# %% exercise="catch"
def check_mean(mean):
    """Raise AssertionError unless `mean` gives the mean."""
    # How: ask for a mean that the ends do not give.
    # Example: check_mean(mean_of_ends) raises AssertionError.
    # Hint: three numbers are enough.
    ### BEGIN SOLUTION
    assert abs(mean([3, 10, 5]) - 6) < 1e-6
    ### END SOLUTION

# %% check="catch" points=4
assert rejects(check_mean, mean_of_ends), "your check lets the fault pass"
assert not rejects(check_mean, np.mean), "your check refuses np.mean"

# %% exercise="mean_of"
#| export
def mean_of(numbers):
    """The mean."""
    # How: the sum, divided by the count.
    # Example: mean_of([3, 10, 5]) is 6.
    # Hint: len.
    ### BEGIN SOLUTION
    return sum(numbers) / len(numbers)
    ### END SOLUTION

# %% check="mean_of" points=4
got = mean_of([3, 10, 5])
assert got == 6, f"the mean of 3, 10 and 5 is 6; yours is {got}"

# %% [markdown]
# ## Use: a Tensor with mean 0

# %% exercise="centre"
#| export
def centre(t):
    """A Tensor moved to mean 0."""
    # How: take the mean away.
    # Example: centre(Tensor([3, 5])) is [-1, 1].
    # Hint: mean_of.
    ### BEGIN SOLUTION
    return t - mean_of(t.data)
    ### END SOLUTION

# %% check="centre" points=4
got = centre(Tensor([3, 10, 5]))
assert got.data.tolist() == [-3, 4, -1], f"expected [-3, 4, -1]; yours is {got.data.tolist()}"

# %% [markdown]
# ## Reflect
#
# How many bytes does this program keep?
#
#     kept = np.ones(10)
#     half = kept / 2

# %% exercise="bytes"
kept_bytes = 0  # your number
### BEGIN SOLUTION
kept_bytes = 2 * 10 * 8
### END SOLUTION

# %% check="bytes" points=3
got = kept_bytes
assert got > 80, f"one of the two takes 80; yours is {got}"

# %% [markdown] answer="why" points=2 rubric="the copy has bytes of its own"
# Your answer.

# %% [markdown]
# ## Where this lives in PyTorch
#
# `torch.optim.SGD(lr=...)` has a `learning rate`.
