# %% [markdown]
# # 05 Autograd, a model

# %% given="start"
#| default_exp core.autograd
from tinytorch.lesson import begin

begin("05")

# %% given="rules"
#| export
import numpy as np
from tinytorch.core.tensor import Tensor

RULES = {}


def differentiate(step):
    """A reading that writes down how each result came about."""
    def apply(forward, *inputs):
        out = step(forward, *inputs)
        out._node, out.requires_grad = (RULES[forward.__name__], inputs), True
        return out
    return apply


# %% exercise="mul_rule"
#| export
def mul_rule(grad_out, a, b):
    """What reaches each factor."""
    ### BEGIN SOLUTION
    return grad_out * b, grad_out * a
    ### END SOLUTION


RULES["multiply"] = mul_rule

# %% check="mul_rule" points=5
assert mul_rule(1, 3, 5) == (5, 3)

# %% exercise="backward"
#| export
def backward(self, grad_out=1.0):
    """Send slopes down the graph."""
    ### BEGIN SOLUTION
    if self._node is None:
        self.grad = grad_out if self.grad is None else self.grad + grad_out
        return
    rule, inputs = self._node
    for x, grad in zip(inputs, rule(grad_out, *[x.data for x in inputs])):
        backward(x, grad)
    ### END SOLUTION


def enable_autograd():
    Tensor._read(differentiate)
    Tensor.backward = backward


# %% check="backward" points=10
enable_autograd()
x = Tensor([3.0], requires_grad=True)
Tensor._apply(np.multiply, x, x).backward()
assert x.grad.tolist() == [6]
