# %% [markdown]
# # 01 Tensor, a model

# %% given="start"
#| default_exp core.tensor
from tinytorch.lesson import begin, mine

begin("01")

# %% given="tensor"
#| export
import numpy as np


class Tensor:
    """An array behind one door."""

    requires_grad, grad, _node, _readings = False, None, None, ()

    def __init__(self, data, requires_grad=False):
        self.data, self.requires_grad = np.array(data, dtype=np.float32), requires_grad

    @staticmethod
    def _wrap(array):
        out = Tensor.__new__(Tensor)
        out.data = np.asarray(array)
        return out

    @staticmethod
    def _evaluate(forward, *inputs):
        return Tensor._wrap(forward(*[x.data if isinstance(x, Tensor) else np.float32(x) for x in inputs]))

    _apply = _evaluate

    @classmethod
    def _read(cls, reading, on=True):
        cls._readings = tuple(r for r in cls._readings if r is not reading) + ((reading,) if on else ())
        step = cls._evaluate
        for wrap in cls._readings:
            step = wrap(step)
        cls._apply = staticmethod(step)

    def backward(self):
        """Sleeps until Module 05."""


# %% exercise="add"
#| export
def add(a, b):
    """The sum of two Tensors."""
    # Hint: one call of `Tensor._apply`.
    ### BEGIN SOLUTION
    return Tensor._apply(np.add, a, b)
    ### END SOLUTION


# %% check="add" points=5
assert add(Tensor([3]), Tensor([5])).data.tolist() == [8]

# %% exercise="mul"
#| export
def mul(a, b):
    """The product of two Tensors."""
    ### BEGIN SOLUTION
    return Tensor._apply(np.multiply, a, b)
    ### END SOLUTION


# %% check="mul" points=4
assert mul(Tensor([3]), Tensor([5])).data.tolist() == [15]

# %% demo="product"
print(mul(Tensor([3]), Tensor([5])).data)

# %% predict="product"
guess = 0

# %% scratch="own"
attempt = ...

# %% exercise="weighted"
#| export
def weighted(a, b):
    """`a * b + a`, which stands on the exercises above."""
    ### BEGIN SOLUTION
    return add(mul(a, b), a)
    ### END SOLUTION


# %% check="weighted" points=3
assert weighted(Tensor([3]), Tensor([5])).data.tolist() == [18]

# %% given="sizes"
n = mine("n", [11, 12, 13, 14, 15, 16, 17])

# %% exercise="sizes"
size_bytes = 0  # your number
### BEGIN SOLUTION
size_bytes = 4 * n
### END SOLUTION

# %% check="sizes" points=2
assert size_bytes > n
