# %% [markdown]
# # 06 Optimizers
#
#     Needs    01 Tensor, 02 Activations, 03 Layers, 04 Losses, 05 Autograd
#     Teaches  how to go from slopes to better numbers, and what an optimizer must remember for it
#     Opens    07 Training, and every model after it
#
# Since 05 one backward tells you all slopes. Going downhill sounds like one line of code, and it is. But the line that
# most of the world uses keeps two more numbers for each number of the model: Adam carries two more models in its
# pocket. By the end of this page you have written it, and you can say what it costs before you measure it.

# %% given="start"
#| default_exp optim.optimizers
from tinytorch.lesson import begin, measured, mine, predict, rejects

begin("06")

# %% given="imports"
#| export
import math

import numpy as np
from tinytorch.core.tensor import Tensor, method

# %% given="network"
import copy

from tinytorch.nn import CrossEntropyLoss, Linear, ReLU, Sequential

# %% [markdown]
# ## Try first
#
# A valley: steep from side to side, nearly flat along its bottom. `gradient_of(w)` gives the two slopes at `w`. Start
# at (1, 1) and take 60 steps downhill; ten minutes, ungraded. Target: a height below 0.01, by a recipe that looks at
# nothing but gradients. If you miss it, keep the attempt: you will meet it again.

# %% given="valley"
START, STEPS = (1.0, 1.0), 60


def height_of(w):
    return 50 * w[0] ** 2 + 0.5 * w[1] ** 2


def gradient_of(w):
    return np.array([100 * w[0], w[1]])

# %% scratch="try_first"
w = np.array(START)
for _ in range(STEPS):
    w = w - 0.01 * gradient_of(w)  # your attempt
print("height", height_of(w))

# %% [markdown]
# ## Build: what all optimizers share
#
# An *optimizer* holds the parameters and moves them, step by step, against their gradients. How far a step goes is the
# *learning rate*, `lr`. Some remember more than the parameters: for each one an array of its shape, their *state*.
# `_state` makes such arrays and notes them under a name, so that they can be counted, saved and loaded. `zero_grad`
# forgets the gradients of the last step: since 05 a leaf adds up whatever comes in until somebody says stop.

# %% given="optimizer"
#| export
class Optimizer:
    """The parameters, a learning rate, and arrays of its own beside each parameter.

    Parameters
    ----------
    params : leaf Tensors, such as `model.parameters()`
    lr : float
        The learning rate; it may be changed between two steps.
    """

    def __init__(self, params, lr):
        not_negative(lr=lr)
        self.params, self.lr, self.steps, self.state = _leaves(params), lr, 0, {}

    def _state(self, name):
        """One array of zeros beside each parameter, in its shape and dtype."""
        self.state[name] = [np.zeros_like(p.data) for p in self.params]
        return self.state[name]

    def zero_grad(self):
        """Forget all gradients."""
        for p in self.params:
            p.grad = None

    def step(self):
        raise NotImplementedError(f"{type(self).__name__} does not say how to step")


def not_negative(**settings):
    for name, value in settings.items():
        if not value >= 0:
            raise ValueError(f"{name} is 0 or more, and found {value}")


def _leaves(params):
    params = list(params)
    if not params:
        raise ValueError("an optimizer needs parameters, and found none. Does the model have layers?")
    for p in params:
        if not isinstance(p, Tensor):
            raise TypeError(f"an optimizer moves Tensors, and found {type(p).__name__}. Pass model.parameters().")
        if p._node is not None:
            raise ValueError(f"an optimizer moves leaves, and found the result of {p._node.rule.name!r}, of shape "
                             f"{p.shape}. Pass the parameters, not what was computed from them.")
    return params

# %% [markdown]
# How much does an optimizer remember? It is the bytes of all arrays in its state.

# %% exercise="state_memory"
#| export
@method(Optimizer)
def state_memory(self):
    """Bytes of all arrays in the state; the parameters and their gradients are not counted."""
    # How: walk over the lists in self.state, and over the arrays in each list; add up their bytes.
    # Example: two lists, each beside one parameter of shape (3, 5) in float32, are 2 * 60 = 120 bytes.
    # Hint: an array knows its `nbytes`; self.state.values() are the lists.
    ### BEGIN SOLUTION
    return sum(array.nbytes for arrays in self.state.values() for array in arrays)
    ### END SOLUTION

# %% check="state_memory" points=6
got = Optimizer([Tensor(np.ones((3, 5))), Tensor(np.ones(7), dtype=np.float64)], lr=0.1)
assert got.state_memory() == 0, f"nothing is remembered yet: 0 bytes; yours {got.state_memory()}"
got._state("m")
assert got.state_memory() == 116, f"15 * 4 and 7 * 8 bytes are 116; yours {got.state_memory()}. 22 counts numbers."
got._state("v")
assert got.state_memory() == 232, f"a second list of arrays: 2 * 116 is 232 bytes; yours {got.state_memory()}"

# %% [markdown]
# ## Build: downhill, and with momentum
#
# Plain gradient descent goes against the gradient: `p.data -= lr * grad`. Where each gradient comes from a few examples
# it is called *stochastic*, hence SGD. In the valley a step long enough for the flat direction jumps from wall to wall
# in the steep one.

# %% [markdown]
# *Momentum* keeps a velocity beside each parameter. Each step, the velocity keeps a share of itself and takes the
# gradient in; then the parameter moves by the velocity. What points to and fro cancels, what points one way adds up.
# *Weight decay* pulls each number a little towards zero: it adds `weight_decay` times the parameter to its gradient.
#
#     grad     = grad + weight_decay * p
#     velocity = momentum * velocity + grad
#     p        = p - lr * velocity
#
# Nesterov's variant takes one look ahead, and moves by `grad + momentum * velocity` in the last line. Which of the two
# it is to be, `_direction` knows; it is given.

# %% given="sgd_class"
#| export
class SGD(Optimizer):
    """Gradient descent; with momentum after Polyak (1964) or, if `nesterov`, after Nesterov (1983).

    Parameters
    ----------
    momentum : float
        The share that a velocity keeps in each step. Without momentum there is no state.
    weight_decay : float
        This times the parameter is added to its gradient.
    """

    def __init__(self, params, lr=1e-3, momentum=0.0, weight_decay=0.0, nesterov=False):
        super().__init__(params, lr)
        not_negative(momentum=momentum, weight_decay=weight_decay)
        if nesterov and not momentum:
            raise ValueError("nesterov looks ahead along the momentum, and momentum is 0")
        self.momentum, self.weight_decay, self.nesterov = momentum, weight_decay, nesterov
        self.velocity = self._state("velocity") if momentum else [None] * len(self.params)

    def _direction(self, grad, velocity):
        """Where to move with momentum: by the velocity or, after Nesterov, by what it is about to become."""
        return grad + self.momentum * velocity if self.nesterov else velocity

# %% [markdown]
# Memory is the lesson, so change in place what is there: `v *= ...` and `v += ...` write into the array, where
# `v = momentum * v + grad` would make a new one each time, and the optimizer would never see it. A parameter whose
# gradient is None stays where it is.

# %% exercise="sgd"
#| export
@method(SGD)
def step(self):
    """Move each parameter that has a gradient."""
    self.steps += 1
    for p, v in zip(self.params, self.velocity):
        # How: the three lines above; where momentum is 0, v is None and the parameter moves by the gradient.
        # Example: lr 0.1, momentum 0.5, gradient 2 twice: p moves by 0.2, then by 0.1 * (0.5 * 2 + 2) = 0.3.
        # Hint: the gradient belongs to the learner: `grad = p.grad + ...` is a new array, `p.grad += ...` is not.
        # With momentum, move by self._direction(grad, v).
        ### BEGIN SOLUTION
        if p.grad is None:
            continue
        grad = p.grad + self.weight_decay * p.data if self.weight_decay else p.grad
        if self.momentum:
            v *= self.momentum
            v += grad
            grad = self._direction(grad, v)
        p.data -= self.lr * grad
        ### END SOLUTION

# %% check="sgd" points=14
got = Tensor([5.0]), Tensor([4.0, 6.0])
got[1].grad = np.float32([3, -5])
got = got, got[1].data
SGD(got[0], lr=0.1).step()
assert np.allclose(got[0][1].data, [3.7, 6.5]), (
    f"4 - 0.1 * 3 and 6 + 0.1 * 5 are 3.7 and 6.5; yours {got[0][1].data}. A parameter without a gradient comes first.")
assert got[0][1].data is got[1], "move the parameter in place: `p.data -= ...`; yours has a new array after each step"
SGD(got[0], lr=0.1, weight_decay=0.5).step()
assert np.allclose(got[1], [3.215, 6.675]), (
    f"the gradients with decay are 3 + 0.5 * 3.7 = 4.85 and -5 + 0.5 * 6.5 = -1.75: 3.215 and 6.675; yours {got[1]}")
assert got[0][0].data[0] == 5, f"without a gradient a parameter stays at 5; yours is at {got[0][0].data[0]}"
got = Tensor([4.0])
got = got, SGD([got], lr=0.1, momentum=0.5), []
while len(got[2]) < 3:
    got[0].grad = np.float32([2])
    got[1].step()
    got[2].append(float(got[0].data[0]))
assert got[1].velocity[0][0] != 0, "its own velocity is 0 after three steps. In place is `v *= ...; v += ...`"
assert np.allclose(got[1].velocity[0], [3.5]), (
    f"gradient 2 three times makes a velocity of 2, then 0.5 * 2 + 2 = 3, then 3.5; yours is {got[1].velocity[0]}")
assert np.allclose(got[2], [3.8, 3.5, 3.15]), (
    f"velocities 2, 3, 3.5 lead to 3.8, 3.5, 3.15; yours {got[2]}. 3.8, 3.6, 3.4 moves by the gradient.")
got = Tensor([4.0])
got.grad = np.float32([3])
got = got, SGD([got], lr=0.1, momentum=0.5, weight_decay=0.5)
got[1].step()
assert np.allclose(got[0].data, [3.5]), f"the gradient with decay is 3 + 0.5 * 4 = 5, so 3.5; yours {got[0].data}"
assert got[0].grad[0] == 3, f"the gradient is not yours to change; it was 3 and is {got[0].grad[0]}"
got[1].lr = 0.2
got[1].step()
assert np.allclose(got[0].data, [2.05]), (
    f"then, with lr 0.2, it is 3 + 0.5 * 3.5 = 4.75 and the velocity 0.5 * 5 + 4.75 = 7.25: 2.05; yours "
    f"{got[0].data}. 2.25 keeps decay out of the velocity, 2.775 has the old lr.")
got = Tensor([4.0])
got.grad = np.float32([3])
got = got, SGD([got], lr=0.1, momentum=0.5, weight_decay=0.5, nesterov=True)
got[1].step()
assert np.allclose(got[0].data, [3.25]), f"nesterov: 4 - 0.1 * (5 + 0.5 * 5) is 3.25; yours {got[0].data}"
got[1].step()
assert np.allclose(got[0].data, [2.43125]), f"then 3.25 - 0.1 * (4.625 + 0.5 * 7.125) is 2.43125; yours {got[0].data}"

# %% [markdown]
# Back into the valley, from height 50.5. How high are you still after 60 steps without momentum, and how high with 0.7
# of it? Both go with a learning rate that suits them: 0.0185 and 0.03. To guess from: a plain step leaves 1 - lr of
# `w[1]`, and momentum at its best leaves about its own share, here 0.7, of the height in each step.

# %% predict="valley"
predict("height after 60 steps, plain", None)  # your guess in place of None
predict("height after 60 steps, momentum 0.7", None)

# %% demo="valley"
def descended(make):
    w = Tensor(START, requires_grad=True)
    optimizer = make([w])
    for _ in range(STEPS):
        optimizer.zero_grad()
        (50 * w[0] ** 2 + 0.5 * w[1] ** 2).backward()
        optimizer.step()
    return height_of(w.data)


measured("height after 60 steps, plain", descended(lambda params: SGD(params, lr=0.0185)))
measured("height after 60 steps, momentum 0.7", descended(lambda params: SGD(params, lr=0.03, momentum=0.7)))

# %% [markdown]
# That is one answer to *Try first*, for the price of one more array beside each parameter.
#
# ## Build: Adam

# %% [markdown]
# One learning rate for all numbers is a compromise: the valley wants a short step one way and a long one the other.
# Adam measures for each number how large its gradients usually are, and divides by that. It keeps two running means,
# `m` of the gradient and `v` of its square; each step moves a mean by a small share towards the newest value. Kingma
# and Ba (2015), Algorithm 1:
#
#     m     = beta1 * m + (1 - beta1) * grad
#     v     = beta2 * v + (1 - beta2) * grad * grad
#     m_hat = m / (1 - beta1 ** steps)
#     v_hat = v / (1 - beta2 ** steps)
#     p     = p - lr * m_hat / (sqrt(v_hat) + eps)
#
# Both means began at zero and are too small at first; `m_hat` and `v_hat` take that pull out. How far would the very
# first step go without this correction, in learning rates? The gradient hardly matters: it cancels.

# %% predict="first_step"
predict("Adam's first step without correction, in lr", None)  # your guess in place of None

# %% demo="first_step"
def uncorrected(grad, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v = (1 - beta1) * grad, (1 - beta2) * grad * grad
    return m / (math.sqrt(v) + eps)


measured("Adam's first step without correction, in lr", uncorrected(0.02))

# %% given="adam_class"
#| export
class Adam(Optimizer):
    """Steps of about `lr` for every number, whatever the scale of its gradients; Kingma and Ba (2015), Algorithm 1.

    Parameters
    ----------
    betas : two floats
        How much the running means of the gradient and of its square keep in each step.
    eps : float
        Keeps the division finite where gradients are 0.
    weight_decay : float
        This times the parameter is added to its gradient.
    """

    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0):
        super().__init__(params, lr)
        not_negative(eps=eps, weight_decay=weight_decay)
        if not all(0 <= beta < 1 for beta in betas):
            raise ValueError(f"each of the betas is 0 or more and less than 1, and found {betas}")
        (self.beta1, self.beta2), self.eps, self.weight_decay = betas, eps, weight_decay
        self.m, self.v = self._state("m"), self._state("v")

# %% exercise="adam"
#| export
@method(Adam)
def step(self):
    """Move each parameter that has a gradient."""
    self.steps += 1
    for p, m, v in zip(self.params, self.m, self.v):
        if p.grad is None:
            continue
        grad = p.grad + self.weight_decay * p.data if self.weight_decay else p.grad
        # How: the five lines of Algorithm 1, sqrt by np.sqrt; m and v in place, as `*=` and `+=`.
        # Example: from 4, with lr 0.1, the first step leads to 3.9 for gradient 0.02 as for gradient 500.
        # Hint: steps is 1 in the first step, as it must be: 1 - beta1 ** 0 would be 0.
        ### BEGIN SOLUTION
        m *= self.beta1
        m += (1 - self.beta1) * grad
        v *= self.beta2
        v += (1 - self.beta2) * (grad * grad)
        move = m / (1 - self.beta1**self.steps)
        move /= np.sqrt(v / (1 - self.beta2**self.steps)) + self.eps
        move *= self.lr
        p.data -= move
        ### END SOLUTION

# %% check="adam" points=16
got = Tensor([4.0, 4.0]), Tensor([5.0])
got = got, Adam(got, lr=0.1), got[0].data
got[0][0].grad = np.float32([0.02, -500])
got[1].step()
assert np.allclose(got[0][0].data, [3.9, 4.1], atol=1e-5), (
    f"the first step has size lr whatever the gradient: 3.9 and 4.1; yours {got[0][0].data}. 3.68 has no correction.")
assert got[0][1].data[0] == 5, "a parameter without a gradient stays"
assert np.allclose(got[1].m[0], [0.002, -50]), f"m is 0.1 of the first gradient, in place; yours {got[1].m[0]}"
assert np.allclose(got[1].v[0], [4e-7, 250]), f"v is 0.001 of its square, in place: 4e-7, 250; yours {got[1].v[0]}"
assert got[0][0].grad[1] == -500, f"the gradient is not yours to change; it was -500 and is {got[0][0].grad[1]}"
assert got[0][0].data is got[2], "move the parameter in place: `p.data -= ...`; yours has a new array after each step"
got[0][0].grad = np.float32([0.06, -100])
got[1].step()
assert np.allclose(got[0][0].data, [3.8082, 4.1803], atol=1e-4), (
    f"gradients 0.02, then 0.06, and -500, then -100 lead to 3.8082 and 4.1803; yours {got[0][0].data}")
assert got[1].state_memory() == 24, f"two arrays beside three numbers of 4 bytes: 24; yours {got[1].state_memory()}"
got = Tensor([4.0])
got.grad = np.float32([3])
Adam([got], lr=0.1, eps=0.5, weight_decay=0.5).step()
assert np.allclose(got.data, [3.9091], atol=1e-4), (
    f"the gradient with decay is 3 + 0.5 * 4 = 5; with eps 0.5 the step is 0.1 * 5 / (5 + 0.5), to 3.9091; yours "
    f"{got.data[0]}. 3.9 has no eps, 3.901 has it under the root; others leave decay out somewhere.")
got = Tensor([4.0])
got.grad = np.float32([3])
got = got, Adam([got], lr=0.1, betas=(0.5, 0.75))
got = got[0], [got[1].step() for _ in range(3)]
assert np.allclose(got[0].data, [3.7], atol=1e-4), (
    f"m_hat of a gradient that stays the same is that gradient, so three steps lead to 3.7; yours {got[0].data}")

# %% [markdown]
# Now the bill. The network of 784-128-10 has 101,770 numbers in float32. How many bytes are its weights, and how many
# are alive during a step, weights, gradients and state together: plain, with momentum, with Adam?

# %% predict="bill"
predict("weights, nothing else", None, unit="bytes")  # your guess in place of None
predict("weights and gradients, plain SGD", None, unit="bytes")
predict("weights, gradients and state, momentum", None, unit="bytes")
predict("weights, gradients and state, Adam", None, unit="bytes")

# %% demo="bill"
def alive_bytes(optimizer):
    grads = sum(p.grad.nbytes for p in optimizer.params)
    return sum(p.memory_footprint() for p in optimizer.params) + grads + optimizer.state_memory()


net = Sequential(Linear(784, 128), ReLU(), Linear(128, 10))
CrossEntropyLoss()(net(Tensor(np.ones((32, 784)))), np.arange(32) % 10).backward()
measured("weights, nothing else", sum(p.memory_footprint() for p in net.parameters()), unit="bytes")
measured("weights and gradients, plain SGD", alive_bytes(SGD(net.parameters())), unit="bytes")
measured("weights, gradients and state, momentum", alive_bytes(SGD(net.parameters(), momentum=0.9)), unit="bytes")
measured("weights, gradients and state, Adam", alive_bytes(Adam(net.parameters())), unit="bytes")

# %% [markdown]
# Once, twice, three and four times the weights. For a model of 175 billion numbers in float32 the same count is 2.8 TB,
# and not one activation is in it yet.
#
# ## Build: decay that is not divided away
#
# Adam divides whatever it gets by its usual size, also the decay that was mixed into the gradient. So decay hardly
# pulls where gradients are large. AdamW takes it out of the mixture: first shrink the number itself, by
# `lr * weight_decay` of it, then step as Adam does without decay. Loshchilov and Hutter (2019).

# %% given="adamw_class"
#| export
class AdamW(Adam):
    """Adam whose decay shrinks the numbers themselves; Loshchilov and Hutter (2019), Algorithm 2."""

    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=1e-2):
        super().__init__(params, lr, betas, eps)
        not_negative(weight_decay=weight_decay)
        self.shrink = weight_decay  # self.weight_decay stays 0: Adam would mix it in

# %% exercise="adamw"
#| export
@method(AdamW)
def step(self):
    """Shrink each parameter that has a gradient, then move it as Adam does."""
    # How: for each parameter with a gradient take self.lr * self.shrink of it away, in place; then Adam's step.
    # Example: from 4, with lr 0.1 and weight_decay 0.5, gradient 3: 4 - 0.05 * 4 = 3.8, then Adam's 0.1: 3.7.
    # Hint: `Adam.step(self)` is the step above; `super()` alone works only inside a class body.
    ### BEGIN SOLUTION
    for p in self.params:
        if p.grad is not None:
            p.data -= self.lr * self.shrink * p.data
    Adam.step(self)
    ### END SOLUTION

# %% check="adamw" points=4
got = Tensor([5.0]), Tensor([4.0, -8.0])
got[1].grad = np.float32([3, -3])
got = got, got[1].data
AdamW(got[0], lr=0.1, weight_decay=0.5).step()
assert np.allclose(got[0][1].data, [3.7, -7.5], atol=1e-5), (
    f"4 - 0.2 - 0.1 is 3.7 and -8 + 0.4 + 0.1 is -7.5; yours {got[0][1].data}. 3.9 and -7.9 did not shrink; "
    f"mind that a parameter without a gradient comes first.")
assert got[0][1].data is got[1], "shrink and move in place, `p.data -= ...`; yours has a new array after each step"
assert got[0][0].data[0] == 5, "a parameter without a gradient stays, and does not shrink"

# %% [markdown]
# One number shows the difference. From 6, gradient 3, lr 0.1 and a decay of 0.4: how much further does the first step
# go because of the decay?

# %% predict="decay"
predict("further because of decay, Adam", None)  # your guess in place of None
predict("further because of decay, AdamW", None)

# %% demo="decay"
def first_step(kind, decay):
    p = Tensor([6.0])
    p.grad = np.float32([3])
    kind([p], lr=0.1, weight_decay=decay).step()
    return 6 - p.item()


measured("further because of decay, Adam", round(first_step(Adam, 0.4) - first_step(Adam, 0), 5))
measured("further because of decay, AdamW", round(first_step(AdamW, 0.4) - first_step(AdamW, 0), 5))

# %% [markdown]
# A run that stops should be able to go on. The state of an optimizer is as much a part of that as the weights. Given:

# %% given="saving"
#| export
@method(Optimizer)
def state_dict(self):
    """The learning rate, the count of steps, and a copy of each array of the state: {"lr": ..., "m.0": ...}."""
    arrays = {f"{name}.{at}": array.copy() for name, found in self.state.items() for at, array in enumerate(found)}
    return {"lr": self.lr, "steps": self.steps, **arrays}


@method(Optimizer)
def load_state_dict(self, state):
    """Take over what `state_dict` gave.

    Raises
    ------
    ValueError
        If names or shapes are not those of this optimizer; then nothing is taken over.
    """
    own = self.state_dict()
    if own.keys() != state.keys():
        odd = ", ".join(sorted(own.keys() ^ state.keys())[:4])
        raise ValueError(f"{type(self).__name__} of {len(self.params)} parameters has {len(own)} entries in its state, "
                         f"and found {len(state)}. Only in one of the two: {odd}. Was it saved by the same optimizer?")
    for name, value in own.items():
        if np.shape(value) != np.shape(state[name]):
            raise ValueError(f"{name} has shape {np.shape(value)} here, and {np.shape(state[name])} in what is loaded")
    self.lr, self.steps = float(state["lr"]), int(state["steps"])
    for name, arrays in self.state.items():
        for at, array in enumerate(arrays):
            array[...] = state[f"{name}.{at}"]

# %% [markdown]
# ## A fault to find: the colleague's round
#
# A colleague takes a model through a round of batches. Each time: the loss, its gradients, a step.

# %% fault="colleague_round"
def colleague_round(model, optimizer, batches):
    """A step for each batch of (x, targets); the mean loss of the round."""
    losses = []
    for x, targets in batches:
        loss = CrossEntropyLoss()(model(x), targets)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return sum(losses) / len(losses)


model, batch = Linear(3, 4), (Tensor([[5.0, 3.0, 4.0], [6.0, 2.0, 7.0]]), np.array([3, 2]))
optimizer = SGD(model.parameters(), lr=0.01)
before = colleague_round(model, optimizer, [batch])
assert colleague_round(model, optimizer, [batch]) < before
assert optimizer.steps == 2 and all(p.grad is not None for p in model.parameters())

# %% [markdown]
# The loss falls, so it works; two asserts agree. Then it goes through 4,000 digits ten times. How many of the test
# digits does the network know in the end? With your eye on the loss of each round, too.

# %% predict="rounds"
predict("digits right after ten rounds, colleague", None, unit="%")  # your guess in place of None

# %% demo="rounds"
from tinytorch.datasets import tinydigits

digits = tinydigits()


def learned(one_round, optimizer_of, rounds=10, size=32):
    """Percent of the test digits known after so many rounds; prints the mean loss of some rounds."""
    rng = np.random.default_rng(3)
    model = Sequential(Linear(784, 128, rng=rng), ReLU(), Linear(128, 10, rng=rng))
    optimizer, losses = optimizer_of(model.parameters()), []
    for _ in range(rounds):
        order = rng.permutation(len(digits.train_labels)).reshape(-1, size)
        losses.append(one_round(model, optimizer, [
            (Tensor(digits.train_images[some].reshape(size, 784) / 255), digits.train_labels[some]) for some in order]))
    print("mean loss of rounds 1, 4, 7, 10:", ", ".join(f"{loss:.2f}" for loss in losses[::3]))
    scores = model(Tensor(digits.test_images.reshape(-1, 784) / 255))
    return 100 * float((scores.argmax(axis=1).data == digits.test_labels).mean())


measured("digits right after ten rounds, colleague",
         learned(colleague_round, lambda params: SGD(params, lr=0.1)), unit="%")

# %% [markdown]
# The loss rises, past the 2.30 of a model that knows nothing (04). First the check that was missing: on one batch
# nothing is wrong, so look at two. Take a model through them by the function, and a copy of the model by hand, as you
# know it must be.

# %% exercise="catch"
def check_round(one_round):
    """Raise AssertionError unless `one_round(model, optimizer, batches)` moves a model as steps by hand would."""
    # How: make a Linear and a deep copy of it, and two batches. Give the first to one_round with an SGD. For the copy,
    # batch by batch: set each .grad to None, loss, backward, `p.data -= lr * p.grad`. Compare their parameters.
    # Example: check_round(colleague_round) raises AssertionError.
    # Hint: copy.deepcopy(model) is the copy; np.allclose(p.data, q.data) compares two parameters.
    ### BEGIN SOLUTION
    model, rng = Linear(3, 4), np.random.default_rng(5)
    twin, batches = copy.deepcopy(model), [(Tensor(rng.normal(size=(5, 3))), np.arange(5) % 4)] * 2
    one_round(model, SGD(model.parameters(), lr=0.5), batches)
    for x, targets in batches:
        for q in twin.parameters():
            q.grad = None
        CrossEntropyLoss()(twin(x), targets).backward()
        for q in twin.parameters():
            q.data -= 0.5 * q.grad
    for p, q in zip(model.parameters(), twin.parameters()):
        assert np.allclose(p.data, q.data), "after two batches the parameters are not where they should be"
    ### END SOLUTION

# %% check="catch" points=6
assert rejects(check_round, colleague_round), "your check lets the colleague's round pass. Did it see two batches?"
def got(model, optimizer, batches, kept=lambda p: False, part=1.0):
    losses = []
    for x, targets in batches:
        for p in optimizer.params:
            p.grad = p.grad if kept(p) else None
        losses.append(CrossEntropyLoss()(model(x), targets))
        (part * losses[-1]).backward()
        optimizer.step()
    return sum(loss.item() for loss in losses) / len(losses)
assert not rejects(check_round, got), "your check refuses a right round"
assert rejects(check_round, lambda model, optimizer, batches: 0.0), "your check lets a round pass that never steps"
assert rejects(check_round, lambda *given: got(*given, part=0.5)), (
    "your check lets a round pass that goes half of each step. Does it compare with steps by hand?")
assert rejects(check_round, lambda *given: got(*given, kept=lambda p: p.data.ndim == 2)), (
    "your check lets a round pass that forgets the bias's gradient alone. Does it compare every parameter?")
assert rejects(check_round, lambda *given: got(*given, kept=lambda p: p.data.ndim == 1)), (
    "your check lets a round pass that forgets the weight's gradient alone. Does it compare every parameter?")

# %% [markdown]
# ## Use: a network that learns
#
# Now the repair: the same round, with what the colleague forgot. It is the function with which you could train every
# network of this course so far.

# %% exercise="repair"
def one_round(model, optimizer, batches):
    """A step for each batch of (x, targets); the mean loss of the round."""
    # How: as the colleague did, and before each backward forget the gradients of the batch before.
    # Example: a round of 2 batches of which the losses are 3 and 5 returns 4.
    # Hint: optimizer.zero_grad(). A loss is a Tensor; .item() is its number.
    ### BEGIN SOLUTION
    losses = []
    for x, targets in batches:
        optimizer.zero_grad()
        loss = CrossEntropyLoss()(model(x), targets)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return sum(losses) / len(losses)
    ### END SOLUTION

# %% check="repair" points=6
assert not rejects(check_round, one_round), "your own check refuses your round"
got = Sequential(Linear(2, 8, rng=np.random.default_rng(3)), ReLU(), Linear(8, 3, rng=np.random.default_rng(5)))
got = got, Adam(got.parameters(), lr=0.05), [(Tensor([[3.0, -4.0], [-5.0, 3.0]]), np.array([2, 0]))] * 3
got = [one_round(*got) for _ in range(30)]
assert isinstance(got[0], float), f"the mean loss is a number; yours is {type(got[0]).__name__}"
assert got[-1] < 0.1 * got[0], f"thirty rounds over two points lead near 0; yours {got[0]:.3f} to {got[-1]:.3f}"
got = Linear(3, 4, rng=np.random.default_rng(3)), [(Tensor([[5.0, 3.0, 4.0]]), np.array([at])) for at in (3, 2, 0)]
got = one_round(got[0], SGD(got[0].parameters(), lr=0.0), got[1]), [
    CrossEntropyLoss()(got[0](x), targets).item() for x, targets in got[1]]
assert np.isclose(got[0], sum(got[1]) / 3), (
    f"the mean of losses {', '.join(f'{one:.3f}' for one in got[1])} is {sum(got[1]) / 3:.3f}; yours {got[0]:.3f}")
got = Linear(3, 4), [(Tensor([[5.0, 3.0, 4.0]]), np.array([3]))]
got[0].bias.grad = np.full(4, 1e3, dtype=np.float32)
got = *got, CrossEntropyLoss()(got[0](got[1][0][0]), got[1][0][1]).item()
got = got[0], got[2], one_round(got[0], SGD(got[0].parameters(), lr=0.1), got[1])
assert np.abs(got[0].bias.data).max() < 1, "a gradient from before the round moved the model: forget before backward"
assert np.isclose(got[2], got[1]), f"before its step the batch has loss {got[1]:.3f}; yours {got[2]:.3f}"

# %% predict="repaired"
predict("digits right after ten rounds, SGD", None, unit="%")  # your guess in place of None
predict("digits right after ten rounds, Adam", None, unit="%")

# %% demo="repaired"
measured("digits right after ten rounds, SGD",
         learned(one_round, lambda params: SGD(params, lr=0.1)), unit="%")
measured("digits right after ten rounds, Adam",
         learned(one_round, lambda params: Adam(params, lr=0.001)), unit="%")

# %% [markdown]
# Gradients of old batches point to where the model was, not to where it is. Their sum grows from step to step, and a
# learning rate that suited one gradient is far too long for a hundred.
#
# ## Reflect
#
# Two questions with numbers of your own; answer them without running an optimizer. A network takes rows of `n` numbers
# by way of `hidden` numbers to `classes` scores: two Linear layers with bias, all in float32, moved by Adam. How many
# bytes are weights, gradients and state together, during a step? Set `adam_bytes`.
#
# And with the `betas` below, how many learning rates long would Adam's first step be without its correction? Leave eps
# aside. Set `first_lr`. In both cells put your number in place of the 0 and delete the two lines below it.

# %% given="sizes"
n, hidden, classes = mine("network", [(64, 32, 10), (100, 50, 8), (48, 24, 6), (81, 30, 12)])
betas = mine("betas", [(0.7, 0.99), (0.6, 0.9996), (0.8, 0.9975), (0.9, 0.9996)])
print(f"n {n}, hidden {hidden}, classes {classes}, betas {betas}")

# %% exercise="adam_bytes"
adam_bytes = 0  # your number
### BEGIN SOLUTION
adam_bytes = 4 * 4 * (n * hidden + hidden + hidden * classes + classes)
### END SOLUTION

# %% check="adam_bytes" points=4
got = adam_bytes
assert got % 4 == 0, f"a float32 takes 4 bytes, so the number is a multiple of 4; yours is {got:,}"
assert got > 4 * n * hidden, f"the first weight alone takes more; {got:,} bytes are not enough"

# %% exercise="first_lr"
first_lr = 0  # your number
### BEGIN SOLUTION
first_lr = (1 - betas[0]) / math.sqrt(1 - betas[1])
### END SOLUTION

# %% check="first_lr" points=4
got = first_lr
assert got > 0, f"the step has a length; yours is {got}"

# %% [markdown]
# You have a model of which weights, gradients and Adam's state just fit into memory, and nothing else does. Name two
# ways to need less for the optimizer, and say for each what it costs: in bytes, and in what the steps know. Use your
# `n`, `hidden` and `classes`.

# %% [markdown] answer="why_adam" points=6 rubric="two ways with bytes for these sizes; what each step then lacks"
# Your answer.

# %% [markdown]
# ## Where this lives in PyTorch
#
# - `torch.optim.SGD`, `Adam` and `AdamW` (`torch/optim/`) take the same settings and do the same; the first momentum
#   step there is the gradient itself, as in ours, since our velocities start at zero.
# - Its `zero_grad` sets gradients to None by default (`set_to_none=True`), as ours does, which saves memory.
# - Its state is a dict of dicts, one for each parameter; `optimizer.state_dict()` saves it. Parameters may have
#   settings of their own there, in *parameter groups*.
# - It counts the steps of each parameter by itself, which matters to one that gets its first gradient late.
# - It can move many parameters with one call (`foreach`, `fused`); ours go one by one.
