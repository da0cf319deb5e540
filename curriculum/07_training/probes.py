"""What a grader asks of Training: small runs, scripted and compared with the same steps in float64 or bit for bit."""
import math
import os
import tempfile

import numpy as np
from tinytorch._kit.probing import outcome
from tinytorch_teach.judging import differs, first

# train_epoch: groups that divide evenly and that do not, another loss, and what is to be called when


GROUPS = [[4, 1], [1, 1], [4, 2], [5, 2], [3, 4], [0, 2]]  # batches, accumulate


def draw_train_epoch(rng):
    return {"weight": rng.normal(size=(2, 3)).astype(np.float32), "bias": rng.normal(size=2).astype(np.float32),
            "x": [rng.normal(size=(4, 3)).astype(np.float32) for _ in range(5)],
            "y": [rng.normal(size=(4, 2)).astype(np.float32) for _ in range(5)], "groups": GROUPS}


def act_train_epoch(lesson, inputs):
    return [one_epoch(lesson, inputs, *group) for group in inputs["groups"]]


def one_epoch(lesson, inputs, count, accumulate):
    class Schedule:
        calls = 0

        def step(self):
            self.calls += 1

    model, schedule = lesson.Linear(3, 2), Schedule()
    model.weight.data, model.bias.data = np.array(inputs["weight"]), np.array(inputs["bias"])
    model.weight.grad = np.ones((2, 3), dtype=np.float32)  # left over from before
    model.eval()
    modes = []  # of the model, whenever a loss is asked for

    def loss_of(scores, y):
        modes.append(model.training)
        return ((scores - 2 * y) * (scores - 2 * y)).mean()

    trainer = lesson.Trainer(model, lesson.SGD(model.parameters(), lr=0.3), schedule=schedule, accumulate=accumulate,
                             loss=loss_of)
    batches = ((lesson.Tensor(x), lesson.Tensor(y)) for x, y in zip(inputs["x"][:count], inputs["y"]))
    loss = trainer.train_epoch(batches)
    return {"loss": loss, "numbers": np.concatenate([model.weight.data.ravel(), model.bias.data]),
            "steps": [trainer.optimizer.steps, schedule.calls], "training": [model.training, *modes],
            "left": [p.grad is None for p in model.parameters()]}


def judge_train_epoch(inputs, answer, reference):
    for (count, accumulate), found in zip(inputs["groups"], answer, strict=True):
        what = f"{count} batches with accumulate={accumulate}"
        if not isinstance(found["loss"], float):
            return f"{what}: the mean loss is a number, found {type(found['loss']).__name__}"
        if found["steps"] != [math.ceil(count / accumulate)] * 2:
            return f"{what}: expected {math.ceil(count / accumulate)} updates, found {found['steps']}"
        if not all(found["training"]) or found["left"] != [True, True]:
            return f"{what}: model.train() at the start; update() forgets the gradients, and nothing is left"
        numbers, loss = by_hand(inputs, count, accumulate)
        says = (differs(found["numbers"], numbers, f"{what}, the parameters", rtol=1e-3, atol=1e-4)
                or differs(found["loss"], loss, f"{what}, the mean loss", rtol=1e-4, atol=1e-5))
        if says:
            return says


def by_hand(inputs, count, accumulate):
    weight, bias, losses = inputs["weight"].astype(np.float64), inputs["bias"].astype(np.float64), []
    of_weight, of_bias = np.zeros((2, 3)), np.zeros(2)
    for at, (x, y) in enumerate(zip(inputs["x"][:count], inputs["y"]), 1):
        error = x @ weight.T + bias - 2 * y
        losses.append((error**2).mean())
        of_weight, of_bias = of_weight + error.T @ x / 4 / accumulate, of_bias + error.sum(axis=0) / 4 / accumulate
        if at % accumulate == 0 or at == count:
            weight, bias = weight - 0.3 * of_weight, bias - 0.3 * of_bias
            of_weight, of_bias = np.zeros((2, 3)), np.zeros(2)
    return np.concatenate([weight.ravel(), bias]), np.mean(losses) if losses else 0.0


# clip: above, below and at the limit; generators; in place; gradients of 0, and none


def draw_clip(rng):
    return {"grads": [rng.normal(size=shape).astype(np.float32) for shape in [(3, 4), (5,), ()]],
            "limits": [0.5, float(rng.uniform(1, 2)), 100.0]}


def act_clip(lesson, inputs):
    answer = []
    for limit in inputs["limits"]:
        params = [lesson.Tensor(3 * grad + 1) for grad in inputs["grads"]] + [lesson.Tensor([3.0])]
        for p, grad in zip(params, inputs["grads"]):
            p.grad = np.array(grad)
        homes = [p.grad for p in params]
        norm = lesson.clip_grad_norm_((p for p in params), limit)
        answer.append([norm, [p.grad for p in params[:-1]], all(p.grad is home for p, home in zip(params, homes))])
    still = [lesson.Tensor([3.0, 4.0]), lesson.Tensor([5.0])]
    still[0].grad = np.zeros(2, dtype=np.float32)
    return {"cases": answer, "still": [lesson.clip_grad_norm_(still[at:], 1.0) for at in range(3)],
            "left": still[0].grad}


def judge_clip(inputs, answer, reference):
    norm = math.sqrt(sum(float((grad.astype(np.float64) ** 2).sum()) for grad in inputs["grads"]))
    for limit, (found, grads, in_place) in zip(inputs["limits"], answer["cases"], strict=True):
        if not isinstance(found, float):
            return f"the norm is a float, found {type(found).__name__}"
        if not in_place:
            return "gradients are scaled in place, and None stays None"
        factor = min(1.0, limit / norm)
        says = differs(found, norm, f"the norm before clipping to {limit:.3g}", rtol=1e-4) or first(
            differs(one, grad * factor, f"a gradient clipped to {limit:.3g}", rtol=1e-4, atol=1e-5, dtype=np.float32)
            for one, grad in zip(grads, inputs["grads"], strict=True))
        if says:
            return says
    return (differs(answer["still"], [0, 0, 0], "the norm of gradients of 0, of None, and of no parameters", 0, 0)
            or differs(answer["left"], [0, 0], "gradients of 0, afterwards", 0, 0))


# cosine: the whole way and one step beyond


def draw_cosine(rng):
    return [[float(rng.uniform(0.5, 2)), int(rng.integers(5, 9)), eta] for eta in (0.0, float(rng.uniform(0.1, 0.3)))]


def act_cosine(lesson, ways):
    answer = []
    for start, T_max, eta in ways:
        optimizer = lesson.SGD([lesson.Tensor([3.0])], lr=start)
        schedule, rates = lesson.CosineAnnealingLR(optimizer, T_max, eta), [optimizer.lr]
        for _ in range(T_max + 1):
            schedule.step()
            rates.append(optimizer.lr)
        answer.append([np.array(rates), schedule.t])
    return answer


def judge_cosine(ways, answer, reference):
    for (start, T_max, eta), (rates, t) in zip(ways, answer, strict=True):
        expected = eta + (start - eta) * (1 + np.cos(np.pi * np.arange(T_max + 2) / T_max)) / 2
        says = (differs(rates, expected, f"rates from {start:.3g} to {eta:.3g} in {T_max} steps", rtol=1e-6, atol=1e-9)
                or differs(t, T_max + 1, "t, the count of steps", rtol=0, atol=0))
        if says:
            return says


# rerun_rule: a part with Dropout from two generators, gradients that stood there before or did not, a part inside a
# part, and parameters that nothing reaches, whose gradient may be None or 0; all bit for bit as without


def draw_rerun_rule(rng):
    return {"x": rng.normal(size=(6, 5)).astype(np.float32), "seed": int(rng.integers(1, 1000)),
            "grad": rng.normal(size=(6, 3)).astype(np.float32)}


def act_rerun_rule(lesson, inputs):
    return [gradients(lesson, inputs, wrap) for wrap in (
        lambda part, x: part(x), lesson.checkpoint,
        lambda part, x: lesson.checkpoint(Inside.of(lesson, part), x))]


class Inside:
    """A module whose forward is a checkpoint itself."""

    @staticmethod
    def of(lesson, part):
        outer = lesson.Module()
        outer.part = part
        outer.forward = lambda x: lesson.checkpoint(part, x)
        return outer


def gradients(lesson, inputs, run):
    from tinytorch.core.tensor import default_rng, manual_seed

    manual_seed(inputs["seed"])
    rng = np.random.default_rng(inputs["seed"])
    part = lesson.Sequential(lesson.Linear(5, 4, rng=rng), lesson.ReLU(), lesson.Dropout(0.4, rng=rng),
                             lesson.Linear(4, 3, rng=rng), lesson.Dropout(0.3))
    part.spare = lesson.Linear(2, 3, rng=rng)
    params = part.parameters()
    for p in params:
        p.grad = np.full(p.data.shape, 3, dtype=np.float32) if p.ndim == 2 else None
    x = lesson.Tensor(inputs["x"], requires_grad=True)
    out = run(part, x)
    default_rng().random(7)  # somebody draws between forward and backward
    out.backward(inputs["grad"])
    return {"out": out.data, "x": x.grad,
            "params": [np.zeros(p.shape, dtype=np.float32) if p.grad is None else p.grad for p in params],
            "next": [float(rng.random()), float(default_rng().random())]}


def judge_rerun_rule(inputs, answer, reference):
    plain, *others = answer
    for found, what in zip(others, ("checkpoint", "a checkpoint inside a checkpoint"), strict=True):
        says = first([
            differs(found["out"], plain["out"], f"{what}: the result", rtol=0, atol=0),
            differs(found["x"], plain["x"], f"{what}: the gradient of the input", rtol=0, atol=0, dtype=np.float32),
            *[differs(one, right, f"{what}: a parameter's gradient, before it 3 or None", rtol=0, atol=0)
              for one, right in zip(found["params"], plain["params"], strict=True)],
            differs(np.array(found["next"]), np.array(plain["next"]), f"{what}: the next numbers drawn", 0, 0)])
        if says:
            return says


# resume: ways to save and to load, of which two are right; the last of them load, go on to step 20 themselves and then
# turn the last bits of one parameter, or of none


ARRIVES = {"all steps gone": None, **{f"all steps gone, but other last bits in parameter {at}": at for at in range(4)}}
RESUMES = {"right": True, "no optimizer": False, "no schedule": False, "nothing": False, "a bit less": False,
           "a number drawn": False, "an earlier step": False, "a number drawn by save": False,
           **{name: at is None for name, at in ARRIVES.items()}}


def draw_resume(rng):
    return list(RESUMES)


def act_resume(lesson, names):
    save, load = lesson.save_checkpoint, lesson.load_checkpoint

    def without_optimizer(path, model, optimizer, schedule=None, step=0):
        save(path, model, lesson.Adam(model.parameters(), lr=optimizer.lr), schedule, step)

    def without_schedule(path, model, optimizer, schedule=None):
        return load(path, model, optimizer)

    def a_bit_less(path, model, optimizer, schedule=None):
        step = load(path, model, optimizer, schedule)
        model[3].bias.data = np.nextafter(model[3].bias.data, np.float32(9))
        return step

    def a_number_drawn(path, model, optimizer, schedule=None):
        step = load(path, model, optimizer, schedule)
        model[2].rng.random()
        return step

    def a_step_less(*all, **named):
        return load(*all, **named) - 1

    def save_draws(path, model, *others, **named):
        model[2].rng.random()
        save(path, model, *others, **named)

    def arriving(at):
        def arrives(path, model, optimizer, schedule=None):
            run = lesson.Run()
            run.model, run.optimizer, run.schedule, run.rng = model, optimizer, schedule, model[2].rng
            run.go(20 - load(path, model, optimizer, schedule))
            if at is not None:
                where = model.parameters()[at]
                where.data = np.nextafter(where.data, np.float32(9))
            return 20
        return arrives

    ways = {"right": (save, load), "no optimizer": (without_optimizer, load), "no schedule": (save, without_schedule),
            "nothing": (save, lambda *all, **named: 8), "a bit less": (save, a_bit_less),
            "a number drawn": (save, a_number_drawn), "an earlier step": (save, a_step_less),
            "a number drawn by save": (save_draws, load),
            **{name: (save, arriving(at)) for name, at in ARRIVES.items()}}
    with tempfile.TemporaryDirectory() as folder:
        return [bool(lesson.same_after_resume(*ways[name], os.path.join(folder, "run.npz"))) for name in names]


def judge_resume(names, answer, reference):
    return first(f"saving and loading with {name}: expected {RESUMES[name]}, found {found}"
                 for name, found in zip(names, answer, strict=True) if found is not RESUMES[name])


# catch and repair


CATCHES = {"fault": "AssertionError", "graphs behind a product": "AssertionError", "zeros": "AssertionError",
           "the first epoch only": "AssertionError", "an epoch too many": "AssertionError",
           "the first loss for all": "AssertionError", "losses too high": "AssertionError",
           "one graph at the end": "AssertionError",
           "numbers": "passes", "Tensors without graphs": "passes"}


def draw_catch(rng):
    return list(CATCHES)


def act_catch(lesson, names):
    def numbers(model, batches, epochs):
        return [lesson.CrossEntropyLoss()(model(x), targets).item() for _ in range(epochs) for x, targets in batches]

    def tensors(model, batches, epochs):
        return [lesson.Tensor(loss) for loss in numbers(model, batches, epochs)]

    curves = {"fault": lesson.colleague_curve, "numbers": numbers, "Tensors without graphs": tensors,
              "graphs behind a product": lambda *all: [loss * 1.0 for loss in lesson.colleague_curve(*all)],
              "zeros": lambda model, batches, epochs: [0.0] * epochs * len(batches),
              "the first epoch only": lambda model, batches, epochs: numbers(model, batches, 1),
              "an epoch too many": lambda model, batches, epochs: numbers(model, batches, epochs + 1),
              "the first loss for all": lambda *all: numbers(*all)[:1] * len(numbers(*all)),
              "losses too high": lambda *all: [loss + 0.5 for loss in numbers(*all)],
              "one graph at the end": lambda *all: numbers(*all)[:-1] + lesson.colleague_curve(*all)[-1:]}
    return [outcome(lambda name=name: lesson.check_curve(curves[name])) for name in names]


def judge_catch(names, answer, reference):
    return first(f"a curve with {name}: expected {CATCHES[name]}, found {found}"
                 for name, found in zip(names, answer, strict=True) if found != CATCHES[name])


def draw_repair(rng):
    return {"x": [rng.normal(size=(n, 3)).astype(np.float32) for n in (4, 4, 2)],
            "targets": [rng.integers(0, 5, n) for n in (4, 4, 2)], "weight": rng.normal(size=(5, 3)).astype(np.float32)}


def act_repair(lesson, inputs):
    model, recorded = lesson.Sequential(lesson.Linear(3, 5), lesson.Dropout(0.5, rng=np.random.default_rng(3))), []
    model[0].weight.data = np.array(inputs["weight"])
    forward = model.forward

    def seen(x):
        out = forward(x)
        recorded.append(out._node is not None)
        return out

    model.forward = seen
    batches = [(lesson.Tensor(x), targets) for x, targets in zip(inputs["x"], inputs["targets"])]
    curve = lesson.val_curve(model, batches, 2)
    return {"curve": list(curve), "training": model.training, "recorded": recorded}


def judge_repair(inputs, answer, reference):
    if not all(isinstance(loss, float) for loss in answer["curve"]):
        return "the curve is a list of numbers"
    if any(answer["recorded"]):
        return "nothing needs to be recorded for a validation loss: with no_grad()"
    if not answer["training"]:
        return "the model should be left in training mode"
    losses = []
    for x, targets in zip(inputs["x"], inputs["targets"]):
        scores = x @ inputs["weight"].astype(np.float64).T
        losses.append((np.log(np.exp(scores).sum(axis=1)) - scores[np.arange(len(x)), targets]).mean())
    return differs(np.array(answer["curve"]), np.array(losses * 2), "the curve", rtol=1e-4, atol=1e-5)


# the two numbers


def draw_output_bytes(rng):
    return []


draw_step_count = draw_output_bytes


def act_output_bytes(lesson, inputs):
    return lesson.output_bytes


def act_step_count(lesson, inputs):
    return lesson.step_count


def judge_output_bytes(inputs, answer, reference):
    return differs(answer, reference, "bytes of outputs", rtol=0, atol=0)


def judge_step_count(inputs, answer, reference):
    return differs(answer, reference, "steps", rtol=0, atol=0)
