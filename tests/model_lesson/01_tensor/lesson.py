# %% given="start"
#| default_exp core.tensor
from tinytorch.lesson import begin

begin("01")

# %% given="flat"
flat = list(range(100))

# %% exercise="scaled"
#| export
def scaled(values, factor):
    """Each value times `factor`."""
    ### BEGIN SOLUTION
    return [value * factor for value in values]
    ### END SOLUTION


# %% check="scaled" points=5
assert scaled([3, 5], 7) == [21, 35]

# %% exercise="total"
#| export
def total(values, factor):
    """The sum of the scaled values."""
    ### BEGIN SOLUTION
    return sum(scaled(values, factor))
    ### END SOLUTION


# %% check="total" points=5
got = total([3, 5], 7)
assert got == 56
