"""What a grader asks of Compression: which numbers go, by laws where several choices are right; losses and gradients
against float64 arithmetic; and that zeros stay zeros while the rest learns."""
import numpy as np
from tinytorch._kit.probing import disguised, outcome
from tinytorch_teach.judging import differs, first


def normal(rng, *shape):
    return rng.normal(size=shape).astype(np.float32)


def of_tables(lesson, tables):
    """A model of Linear layers with these weights, and biases of 0."""
    return lesson.Sequential(*[lesson.Linear(table.shape[1], table.shape[0], init=lambda shape, rng, table=table: table)
                               for table in tables])


# sparsity: layers of unlike size and unlike sparsity, biases of 0 and not, numbers that are only nearly 0


def draw_sparsity(rng):
    models = []
    for shares in ((0.2, 0.9), (0.7, 0.1, 0.4), (0.0,)):
        sizes = rng.integers(3, 9, len(shares) + 1)
        tables = [normal(rng, sizes[at + 1], sizes[at]) for at in range(len(shares))]
        for table, share in zip(tables, shares):
            table[rng.random(table.shape) < share] = 0
            table[0, 0] = 1e-6
        models.append(tables)
    return {"models": models, "bias": float(rng.uniform(2, 5))}


def act_sparsity(lesson, inputs):
    answers = []
    for tables in inputs["models"]:
        model = of_tables(lesson, tables)
        model[0].bias.data = np.full(len(tables[0]), inputs["bias"], dtype=np.float32)
        answers.append(lesson.sparsity(model))
    return answers


def judge_sparsity(inputs, answer, reference):
    for tables, found in zip(inputs["models"], answer, strict=True):
        expected = sum((table == 0).sum() for table in tables) / sum(table.size for table in tables)
        says = differs(found, expected, f"the share of zeros in {len(tables)} weights", rtol=1e-6, atol=1e-9)
        if says:
            return says


# magnitude_prune: layers of unlike scale, sizes that are equal, zeros already there, all and nothing


AMOUNTS = [0.0, 0.3, 0.5, 0.9, 1.0]


def draw_magnitude_prune(rng):
    apart = [normal(rng, 6, 5), 4 * normal(rng, 3, 6), normal(rng, 4, 3) / 3]
    equal = [np.full((4, 5), 3, dtype=np.float32), np.full((3, 4), -3, dtype=np.float32)]
    zeros = [normal(rng, 5, 6), normal(rng, 4, 5)]
    zeros[0][rng.random((5, 6)) < 0.4] = 0
    return {"models": [apart, equal, zeros, [normal(rng, 7, 4)]], "bias": normal(rng, 4)}


def act_magnitude_prune(lesson, inputs):
    """All numbers that are left, and all masks, each behind one another in one array."""
    names, shapes, left, masks, biases = [], [], [], [], []
    for tables in inputs["models"]:
        for amount in AMOUNTS:
            model = of_tables(lesson, tables)
            model[0].bias.data = np.resize(inputs["bias"], len(tables[0]))
            made = lesson.magnitude_prune(model, amount)
            names.append(sorted(made))
            shapes += [list(made[name].shape) for name in sorted(made)]
            left += [model[at].weight.data.ravel() for at in range(len(tables))]
            masks += [made[name].ravel() for name in sorted(made)]
            biases.append(model[0].bias.data)
    percent = outcome(lambda: lesson.magnitude_prune(of_tables(lesson, inputs["models"][0]), 90))
    return {"names": names, "shapes": shapes, "left": np.concatenate(left), "masks": np.concatenate(masks),
            "biases": np.concatenate(biases), "percent": percent}


def judge_magnitude_prune(inputs, answer, reference):
    if answer["percent"] != "ValueError":
        return f"amount 90: expected ValueError, found {answer['percent']}"
    for what in ("names", "shapes"):
        if answer[what] != reference[what]:
            return f"{what} of the masks: expected {reference[what]}, found {answer[what]}"
    says = differs(answer["biases"], reference["biases"], "the biases, which stay", rtol=0, atol=0)
    if says or answer["masks"].dtype != bool:
        return says or f"a mask is made of True and False, found {answer['masks'].dtype}"
    start = 0
    for tables in inputs["models"]:
        numbers = np.concatenate([table.ravel() for table in tables])
        for amount in AMOUNTS:
            here = slice(start, start + numbers.size)
            says = pruned(numbers, amount, answer["left"][here], answer["masks"][here])
            if says:
                return f"amount {amount}, {len(tables)} weights: {says}"
            start = here.stop


def pruned(numbers, amount, left, keep):
    """The laws: the mask says what was done, as many go as asked for, and none larger than one that stays."""
    gone, sizes = round(amount * numbers.size), np.abs(numbers)
    if (~keep).sum() != gone:
        return f"expected {gone} of {numbers.size} weights to go, found {(~keep).sum()}"
    if keep.any() and gone and sizes[~keep].max() > sizes[keep].min():
        return f"a weight of size {sizes[~keep].max():.4g} went, and one of {sizes[keep].min():.4g} was kept"
    return differs(left, np.where(keep, numbers, 0), "weights under their masks", rtol=0, atol=0, dtype=np.float32)


# structured_prune: the two layers as one function of their input, with and without biases; sizes; nothing changed


PARTS = [0.25, 0.5, 0.7]


def draw_structured_prune(rng):
    cases = []
    for hidden, inside, outside in ((8, True, True), (12, False, True), (10, True, False)):
        first, second = normal(rng, hidden, 5), normal(rng, 3, hidden)
        first *= rng.permutation(np.linspace(0.5, 2, hidden, dtype=np.float32))[:, None]
        cases.append({"first": first, "second": second, "first_bias": normal(rng, hidden) if inside else None,
                      "second_bias": normal(rng, 3) if outside else None, "x": normal(rng, 6, 5)})
    return cases


def act_structured_prune(lesson, cases):
    """What the two layers answer, all behind one another, and what of them can be counted."""
    outs, shapes, biases, kept = [], [], [], True
    for case in cases:
        front = lesson.linear(case["first"], case["first_bias"])
        back = lesson.linear(case["second"], case["second_bias"])
        for amount in PARTS:
            start, end = lesson.structured_prune(front, back, amount)
            outs.append(end(lesson.ReLU()(start(lesson.Tensor(case["x"])))).data)
            shapes += [list(start.weight.shape), list(end.weight.shape)]
            biases += [start.bias is not None, end.bias is not None]
            start.weight.data *= 0
            end.weight.data *= 0
            kept &= bool((front.weight.data == case["first"]).all() and (back.weight.data == case["second"]).all())
    return {"outs": np.array(outs), "shapes": shapes, "biases": biases, "kept": kept}


def judge_structured_prune(cases, answer, reference):
    if not answer["kept"]:
        return "the two old layers should stay as they are"
    if answer["biases"] != reference["biases"]:
        return "a bias stays where there was one, and none comes where there was none"
    if answer["shapes"] != reference["shapes"]:
        return f"shapes of the weights: expected {reference['shapes'][:2]} first, found {answer['shapes'][:2]}"
    expected = []
    for case in cases:
        front, (inside, outside) = case["first"].astype(np.float64), (
            0 if bias is None else bias for bias in (case["first_bias"], case["second_bias"]))
        order = np.argsort(np.linalg.norm(front, axis=1))
        for amount in PARTS:
            stay = order[round(amount * len(front)):]
            middle = np.maximum(case["x"] @ front.T + inside, 0)[:, stay]
            expected.append(middle @ case["second"][:, stay].T + outside)
    return differs(answer["outs"], np.array(expected), "what the two layers answer", rtol=1e-3, atol=1e-4)


# distillation_loss: values and gradients, with and without targets; no detour round the door; far-out logits


CASES = [(4, 3, 1.0, 0.9, False), (5, 7, 2.5, 0.7, True), (3, 10, 4.0, 1.0, True), (6, 4, 3.0, 0.2, True)]
ALIKE = (4, 5, 2.0, 0.5, True)  # whose targets are all 0


def draw_distillation_loss(rng):
    return {"wave": float(rng.uniform(2, 9)), "cases": [
        {"logits": 3 * normal(rng, batch, classes), "teacher": 4 * normal(rng, batch, classes), "temperature": t,
         "alpha": alpha, "targets": rng.integers(0, highest, batch) if labelled else None}
        for (batch, classes, t, alpha, labelled), highest in zip([*CASES, ALIKE], [*[case[1] for case in CASES], 1])]}


def act_distillation_loss(lesson, inputs):
    answers = []
    for case in inputs["cases"]:
        logits, teacher = lesson.Tensor(case["logits"], requires_grad=True), lesson.Tensor(case["teacher"])
        rest = case["targets"], case["temperature"], case["alpha"]
        loss = lesson.distillation_loss(logits, teacher, *rest)
        loss.backward()
        with disguised(lesson.Tensor, inputs["wave"]) as mask:
            hidden = mask.show(lesson.distillation_loss(mask.hide(lesson.Tensor(case["logits"])), teacher, *rest))
        answers.append({"loss": loss.data, "grad": logits.grad, "hidden": hidden})
    far = lesson.distillation_loss(lesson.Tensor([[500.0, -500.0]]), lesson.Tensor([[400.0, -300.0]]), temperature=1.0)
    plain = lesson.distillation_loss(lesson.Tensor([[3.0, 5.0]]), lesson.Tensor([[4.0, -3.0]]), np.array([1]))
    return [answers, far.item(), plain.item()]


def log_shares(logits):
    shifted = logits - logits.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


def expected_loss(logits, teacher, targets, temperature, alpha):
    """The loss and its gradient for the logits, in float64."""
    logits, teacher, rows = logits.astype(np.float64), teacher.astype(np.float64), np.arange(len(logits))
    log_q, log_p = log_shares(logits / temperature), log_shares(teacher / temperature)
    soft = temperature**2 * (np.exp(log_p) * (log_p - log_q)).sum() / len(rows)
    grad = temperature * (np.exp(log_q) - np.exp(log_p)) / len(rows)
    if targets is None:
        return soft, grad
    plain, sure = log_shares(logits), np.eye(logits.shape[1])[targets]
    hard, slope = -plain[rows, targets].mean(), (np.exp(plain) - sure) / len(rows)
    return alpha * soft + (1 - alpha) * hard, alpha * grad + (1 - alpha) * slope


def judge_distillation_loss(inputs, answer, reference):
    answers, far, plain = answer
    for case, found in zip(inputs["cases"], answers, strict=True):
        rest = case["targets"], case["temperature"], case["alpha"]
        loss, grad = expected_loss(case["logits"], case["teacher"], *rest)
        what = f"temperature {rest[1]:g}, alpha {rest[2]:g}, {'no targets' if rest[0] is None else 'targets'}"
        says = first([differs(found["loss"], loss, f"{what}: the loss", rtol=1e-3, atol=1e-4, dtype=np.float32),
                      differs(found["grad"], grad, f"{what}: the gradient of the logits", rtol=1e-3, atol=1e-4),
                      differs(found["hidden"], loss, f"{what}: the loss, by Tensor operations only", rtol=1e-2,
                              atol=1e-2)])
        if says:
            return says
    usual, _ = expected_loss(np.array([[3.0, 5.0]]), np.array([[4.0, -3.0]]), [1], 2.0, 0.9)
    return first([differs(far, 0.0, "the loss of two that are both sure of the same class", rtol=0, atol=1e-5),
                  differs(plain, usual, "the loss with temperature and alpha left as they are", rtol=1e-3, atol=1e-4)])


# catch and repair


CATCHES = {"fault": "AssertionError", "no steps": "AssertionError", "masks before each step": "AssertionError",
           "only the first layer masked": "AssertionError", "only the last layer masked": "AssertionError",
           "masks once an epoch": "AssertionError", "masks in the first epoch only": "AssertionError",
           "batches in a list of its own, no masks": "AssertionError", "only biases learn": "AssertionError",
           "right": "passes", "right by a Trainer": "passes", "right by gradients": "passes"}


def draw_catch(rng):
    return list(CATCHES)


def act_catch(lesson, names):
    def tune(before=None, after=None, steps=True):
        def finetune(model, masks, optimizer, batches, epochs):
            for _ in range(epochs):
                for x, targets in batches:
                    optimizer.zero_grad()
                    lesson.CrossEntropyLoss()(model(x), targets).backward()
                    if before:
                        before(model, masks)
                    if steps:
                        optimizer.step()
                    if after:
                        after(model, masks)
        return finetune

    def by_trainer(model, masks, optimizer, batches, epochs):
        class Masked(lesson.Trainer):
            def update(self):
                super().update()
                lesson.apply_masks(model, masks)
        return Masked(model, optimizer).fit(batches, epochs)

    def of_gradients(model, masks):
        for name, p in lesson.weights(model).items():
            p.grad *= masks[name]

    def one_only(name):
        return tune(after=lambda model, masks: lesson.apply_masks(model, {name: masks[name]}))

    def once_an_epoch(model, masks, optimizer, batches, epochs):
        for _ in range(epochs):
            tune()(model, masks, optimizer, batches, 1)
            apply(model, masks)

    def in_the_first(model, masks, optimizer, batches, epochs):
        for epoch in range(epochs):
            tune(after=None if epoch else apply)(model, masks, optimizer, batches, 1)

    def of_its_own(model, masks, optimizer, batches, epochs):
        tune()(model, masks, optimizer, list(batches), epochs)

    def of_biases(model, masks):
        for p in lesson.weights(model).values():
            p.grad *= 0

    apply = lesson.apply_masks
    made = {"fault": lesson.colleague_finetune, "no steps": tune(after=apply, steps=False),
            "masks before each step": tune(before=apply), "only the first layer masked": one_only("0.weight"),
            "only the last layer masked": one_only("2.weight"), "masks once an epoch": once_an_epoch,
            "masks in the first epoch only": in_the_first, "batches in a list of its own, no masks": of_its_own,
            "only biases learn": tune(before=of_biases, after=apply),
            "right": tune(after=apply), "right by a Trainer": by_trainer,
            "right by gradients": tune(before=of_gradients)}
    return [outcome(lambda name=name: lesson.check_finetune(made[name])) for name in names]


def judge_catch(names, answer, reference):
    return first(f"a fine-tuning of the kind {name!r}: expected {CATCHES[name]}, found {found}"
                 for name, found in zip(names, answer, strict=True) if found != CATCHES[name])


def draw_repair(rng):
    tables = [normal(rng, 6, 5), normal(rng, 4, 6)]
    return {"tables": tables, "masks": [rng.random(table.shape) < 0.5 for table in tables], "x": normal(rng, 12, 5),
            "targets": rng.integers(0, 4, 12), "lr": float(rng.uniform(0.1, 0.3)), "momentum": 0.6}


def act_repair(lesson, inputs):
    masks = {f"{2 * at}.weight": mask for at, mask in enumerate(inputs["masks"])}
    batches = [(lesson.Tensor(inputs["x"][at:at + 4]), inputs["targets"][at:at + 4]) for at in (0, 4, 8)]
    answers = []
    for given, epochs in ((batches, 3), (lambda: iter(batches), 2), (batches, 0)):
        front, back = of_tables(lesson, inputs["tables"])
        model = lesson.Sequential(front, lesson.ReLU(), back)
        optimizer = lesson.SGD(model.parameters(), lr=inputs["lr"], momentum=inputs["momentum"])
        for p, velocity in zip(optimizer.params, optimizer.velocity):
            velocity += np.ones(p.shape, dtype=np.float32) / 5  # from before the model was pruned
        history = lesson.finetune(model, masks, optimizer, given, epochs)
        answers.append({"left": np.concatenate([p.data.ravel() for p in model.parameters()]), "steps": optimizer.steps,
                        "losses": np.array([entry["loss"] for entry in history], dtype=np.float64)})
    return answers


def judge_repair(inputs, answer, reference):
    keep = np.concatenate([part for mask in inputs["masks"] for part in (mask.ravel(), np.ones(len(mask), dtype=bool))])
    for epochs, found, right in zip((3, 2, 0), answer, reference, strict=True):
        if found["steps"] != 3 * epochs:
            return f"three batches in {epochs} epochs are {3 * epochs} steps, found {found['steps']}"
        if (found["left"][~keep] != 0).any():
            return f"{epochs} epochs: numbers that the masks do not keep are not 0"
        says = first([differs(found["left"], right["left"], f"{epochs} epochs: all numbers", rtol=1e-3, atol=1e-4),
                      differs(found["losses"], right["losses"], f"{epochs} epochs: the loss of each")])
        if says:
            return says


# the two numbers


def draw_packed_bytes(rng):
    return []


draw_together_bytes = draw_packed_bytes


def act_packed_bytes(lesson, inputs):
    return lesson.packed_bytes


def act_together_bytes(lesson, inputs):
    return lesson.together_bytes


def judge_packed_bytes(inputs, answer, reference):
    return differs(answer, reference, "bytes of the packed weight", rtol=0, atol=0)


def judge_together_bytes(inputs, answer, reference):
    return differs(answer, reference, "bytes of teacher and student together", rtol=0, atol=0)
