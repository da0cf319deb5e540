# %% given="start"
#| default_exp nn.activations
from tinytorch.lesson import begin

begin("02")

# %% given="imports"
#| export
from tinytorch.core.tensor import scaled


# %% exercise="negated"
#| export
def negated(values):
    """Each value with the other sign."""
    ### BEGIN SOLUTION
    return scaled(values, -1)
    ### END SOLUTION


# %% check="negated" points=5
assert negated([3, 5]) == [-3, -5]
