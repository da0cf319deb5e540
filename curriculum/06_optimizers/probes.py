"""What a grader asks of Optimizers: steps are scripted, gradients set by hand, and compared with float64 arithmetic.

Numbers are float32 in the lesson, so what is asked of a single step is some six digits.
"""
import numpy as np
from tinytorch._kit.probing import outcome
from tinytorch_teach.judging import differs, first

SHAPES = [(3, 4), (5,), ()]
WAITS = 1  # which of them has no gradient in odd steps
CLOSE = {"rtol": 1e-4, "atol": 1e-5, "dtype": np.float32}


def drawn(rng, steps):
    """Starting values of either sign, and for each step a learning rate and a gradient for each parameter."""
    return {"start": [(rng.uniform(1, 3, shape) * rng.choice([-1, 1], shape)).astype(np.float32) for shape in SHAPES],
            "lrs": [float(lr) for lr in rng.uniform(0.05, 0.2, steps)],
            "grads": [[(rng.normal(size=shape) * 10.0 ** rng.integers(-2, 2)).astype(np.float32) for shape in SHAPES]
                      for _ in range(steps)]}


def walked(lesson, inputs, makes):
    """For each `make(params)` the numbers of all parameters after each step, and whether each of DUTIES was kept."""
    paths, kept = zip(*[one_walk(lesson, inputs, make) for make in makes])
    return {"paths": np.array(paths), "kept": list(kept)}


def one_walk(lesson, inputs, make):
    params, path, kept = [lesson.Tensor(start) for start in inputs["start"]], [], [True] * 5
    optimizer = make(params)
    state = [array for arrays in optimizer.state.values() for array in arrays]
    for at, grads in enumerate(inputs["grads"]):
        optimizer.lr = inputs["lrs"][at]
        for p, grad in zip(params, grads):
            p.grad = np.array(grad)
        if at % 2:
            params[WAITS].grad = None
        before = [(p.data, p._version, None if p.grad is None else p.grad.copy()) for p in params]
        optimizer.step()
        path.append(np.concatenate([p.data.ravel() for p in params]))
        for p, (home, version, grad) in zip(params, before):
            kept[0] &= p.grad is grad if grad is None else bool(np.array_equal(p.grad, grad))
            kept[1] &= p.data is home
            kept[2] &= (p._version > version) == (grad is not None)
    kept[3] = all(a is b for a, b in zip(state, [array for arrays in optimizer.state.values() for array in arrays]))
    kept[4] = optimizer.steps == len(inputs["grads"])
    return path, kept


DUTIES = ["the gradients are the caller's and stay as they were", "each parameter is moved in place: `p.data -= ...`",
          "a parameter with a gradient moves by `p.data -= ...`, one without stays untouched",
          "the state is written in place: the arrays of self.state stay the same arrays", "self.steps counts the steps"]


def judged(inputs, answer, expected):
    """Compare walks with `expected`, {what: function from start and gradients to the path of one parameter}."""
    for (what, path_of), found, kept in zip(expected.items(), answer["paths"], answer["kept"], strict=True):
        for duty, held in zip(DUTIES, kept, strict=True):
            if not held:
                return f"{what}: {duty}"
        paths = [list(path_of(start.astype(np.float64), gradients(inputs, which)))
                 for which, start in enumerate(inputs["start"])]
        for at, places in enumerate(zip(*paths, strict=True)):
            places = np.concatenate([np.ravel(place) for place in places])
            says = differs(found[at], places, f"{what}, numbers after step {at + 1}", **CLOSE)
            if says:
                return says


def gradients(inputs, which):
    """The gradients of one parameter, step by step, None where it has none."""
    return [None if which == WAITS and at % 2 else grads[which].astype(np.float64)
            for at, grads in enumerate(inputs["grads"])]


# state_memory: no state, one list, two, several dtypes


def draw_state_memory(rng):
    return [[[int(n) for n in rng.integers(2, 6, size)] for size in (2, 1, 3)], ["float32", "float64", "float32"]]


def act_state_memory(lesson, inputs):
    params = [lesson.Tensor(np.ones(shape), dtype=dtype) for shape, dtype in zip(*inputs)]
    optimizer, found = lesson.Optimizer(params, lr=0.1), []
    for name in ("m", "v", "x"):
        found.append(optimizer.state_memory())
        optimizer._state(name)
    params[0].grad = np.ones(inputs[0][0], dtype=np.float32)
    return [*found, optimizer.state_memory()]


def judge_state_memory(inputs, answer, reference):
    one = sum(int(np.prod(shape)) * np.dtype(dtype).itemsize for shape, dtype in zip(*inputs))
    return first(differs(found, lists * one, f"bytes of {lists} lists", rtol=0, atol=0)
                 for lists, found in zip(range(4), answer, strict=True))


# sgd: every combination of its settings


SETTINGS = [{}, {"momentum": 0.7}, {"weight_decay": 0.3}, {"momentum": 0.6, "weight_decay": 0.2},
            {"momentum": 0.8, "nesterov": True}, {"momentum": 0.5, "nesterov": True, "weight_decay": 0.4}]


def draw_sgd(rng):
    return {**drawn(rng, 5), "settings": SETTINGS}


def act_sgd(lesson, inputs):
    return walked(lesson, inputs, [lambda params, one=one: lesson.SGD(params, lr=inputs["lrs"][0], **one)
                                   for one in inputs["settings"]])


def judge_sgd(inputs, answer, reference):
    return judged(inputs, answer, {
        f"SGD with {', '.join(f'{name} {value}' for name, value in one.items()) or 'lr alone'}":
        lambda start, grads, one=one: sgd(start, grads, inputs["lrs"], **one) for one in inputs["settings"]})


def sgd(p, grads, lrs, momentum=0.0, weight_decay=0.0, nesterov=False):
    velocity = 0.0
    for grad, lr in zip(grads, lrs, strict=True):
        if grad is not None:
            grad = grad + weight_decay * p
            velocity = momentum * velocity + grad
            p = p - lr * (grad + momentum * velocity if nesterov else velocity)
        yield p


# adam, adamw: other betas and another eps, with and without decay


def draw_adam(rng):
    return {**drawn(rng, 6), "betas": [0.8, 0.95], "eps": 0.03, "decays": [0.0, 0.3]}


draw_adamw = draw_adam


def act_adam(lesson, inputs):
    return of_kind(lesson, inputs, lesson.Adam)


def act_adamw(lesson, inputs):
    return of_kind(lesson, inputs, lesson.AdamW)


def of_kind(lesson, inputs, kind):
    def make(params, decay):
        return kind(params, inputs["lrs"][0], tuple(inputs["betas"]), inputs["eps"], decay)

    tiny = lesson.Tensor([4.0, 4.0])
    first_step = kind([tiny], lr=0.1, weight_decay=0.0)
    tiny.grad = np.float32([3e-3, -1e3])
    first_step.step()
    makes = [lambda params, decay=decay: make(params, decay) for decay in inputs["decays"]]
    return {**walked(lesson, inputs, makes), "first": tiny.data}


def judge_adam(inputs, answer, reference):
    return judge_of_kind(inputs, answer, "Adam", mixed=True)


def judge_adamw(inputs, answer, reference):
    return judge_of_kind(inputs, answer, "AdamW", mixed=False)


def judge_of_kind(inputs, answer, name, mixed):
    return judged(inputs, answer, {
        f"{name} with weight_decay {decay}":
        lambda start, grads, decay=decay: adam(start, grads, inputs, decay, mixed) for decay in inputs["decays"]
    }) or differs(answer["first"], np.float32([3.9, 4.1]), f"{name}'s first step, gradients 0.003 and -1000", **CLOSE)


def adam(p, grads, inputs, decay, mixed):
    m = v = 0.0
    for at, (grad, lr) in enumerate(zip(grads, inputs["lrs"], strict=True), 1):
        if grad is not None:
            if not mixed:
                p = p - lr * decay * p
            grad = grad + decay * p if mixed else grad
            m = inputs["betas"][0] * m + (1 - inputs["betas"][0]) * grad
            v = inputs["betas"][1] * v + (1 - inputs["betas"][1]) * grad**2
            m_hat, v_hat = m / (1 - inputs["betas"][0] ** at), v / (1 - inputs["betas"][1] ** at)
            p = p - lr * m_hat / (np.sqrt(v_hat) + inputs["eps"])
        yield p


# catch and repair: rounds that forget in different ways, and one that goes half of each step


CATCHES = {"fault": "AssertionError", "zero once a round": "AssertionError", "zero before the step": "AssertionError",
           "never steps": "AssertionError", "two steps": "AssertionError", "half steps": "AssertionError",
           "zero for biases alone": "AssertionError", "zero for weights alone": "AssertionError",
           "zero before": "passes", "zero after": "passes", "zeros in place of None": "passes"}


def draw_catch(rng):
    return list(CATCHES)


def act_catch(lesson, names):
    def a_round(before=False, once=False, between=False, after=False, zeros=False, steps=1, part=1.0, axes=None):
        def one_round(model, optimizer, batches):
            losses = []
            if once:
                optimizer.zero_grad()
            for x, targets in batches:
                if before:
                    optimizer.zero_grad()
                for p in optimizer.params:
                    if zeros:
                        p.grad = np.zeros_like(p.data)
                    elif p.data.ndim == axes:
                        p.grad = None
                losses.append(lesson.CrossEntropyLoss()(model(x), targets))
                (part * losses[-1]).backward()
                if between:
                    optimizer.zero_grad()
                for _ in range(steps):
                    optimizer.step()
                if after:
                    optimizer.zero_grad()
            return sum(loss.item() for loss in losses) / len(losses)
        return one_round

    rounds = {"fault": lesson.colleague_round, "zero once a round": a_round(once=True),
              "zero before the step": a_round(before=True, between=True), "never steps": a_round(before=True, steps=0),
              "two steps": a_round(before=True, steps=2), "half steps": a_round(before=True, part=0.5),
              "zero for biases alone": a_round(axes=1), "zero for weights alone": a_round(axes=2),
              "zero before": a_round(before=True),
              "zero after": a_round(after=True), "zeros in place of None": a_round(zeros=True)}
    return [outcome(lambda name=name: lesson.check_round(rounds[name])) for name in names]


def judge_catch(names, answer, reference):
    return first(f"a round with {name}: expected {CATCHES[name]}, found {found}"
                 for name, found in zip(names, answer, strict=True) if found != CATCHES[name])


def draw_repair(rng):
    return {"weight": rng.normal(size=(4, 3)).astype(np.float32), "bias": rng.normal(size=4).astype(np.float32),
            "x": [rng.normal(size=(5, 3)).astype(np.float32) for _ in range(3)],
            "targets": [rng.integers(0, 4, 5) for _ in range(3)]}


def act_repair(lesson, inputs):
    model = lesson.Linear(3, 4)
    model.weight.data, model.bias.data = np.array(inputs["weight"]), np.array(inputs["bias"])
    model.weight.grad = np.ones((4, 3), dtype=np.float32)  # left over from before
    batches = [(lesson.Tensor(x), targets) for x, targets in zip(inputs["x"], inputs["targets"])]
    loss = lesson.one_round(model, lesson.SGD(model.parameters(), lr=0.3), batches)
    return [loss, model.weight.data, model.bias.data]


def judge_repair(inputs, answer, reference):
    weight, bias, losses = inputs["weight"].astype(np.float64), inputs["bias"].astype(np.float64), []
    for x, targets in zip(inputs["x"], inputs["targets"]):
        scores = x @ weight.T + bias
        probs = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
        losses.append(-np.log(probs[np.arange(5), targets]).mean())
        grad = (probs - np.eye(4)[targets]) / 5
        weight, bias = weight - 0.3 * grad.T @ x, bias - 0.3 * grad.sum(axis=0)
    loss, found_weight, found_bias = answer
    if not isinstance(loss, float):
        return f"the mean loss is a number, found {type(loss).__name__}"
    return first([differs(found_weight, weight, "the weight after a round", rtol=1e-3, atol=1e-4),
                  differs(found_bias, bias, "the bias after a round", rtol=1e-3, atol=1e-4),
                  differs(loss, np.mean(losses), "the mean loss of the round", rtol=1e-4, atol=1e-5)])


# the two numbers


def draw_adam_bytes(rng):
    return []


draw_first_lr = draw_adam_bytes


def act_adam_bytes(lesson, inputs):
    return lesson.adam_bytes


def act_first_lr(lesson, inputs):
    return lesson.first_lr


def judge_adam_bytes(inputs, answer, reference):
    return differs(answer, reference, "bytes alive in a step", rtol=0, atol=0)


def judge_first_lr(inputs, answer, reference):
    return differs(answer, reference, "learning rates", rtol=1e-3, atol=0)
