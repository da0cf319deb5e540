"""Plausible wrong answers. `code` stands in place of the exercise's solution region.

`ask` is the question that a learner gets when the same failure comes again, `says` the sentence after that.
"""

SPARSITY = """
    arrays = [p.data for p in weights(model).values()]
    zeros = sum(np.count_nonzero(array == 0) for array in arrays)
    return zeros / sum(array.size for array in arrays)
"""

MAGNITUDE = """
    found = weights(model)
    sizes = np.concatenate([np.abs(p.data).ravel() for p in found.values()])
    keep = np.ones(sizes.size, dtype=bool)
    keep[np.argsort(sizes)[:part(amount, sizes.size)]] = False
    masks = {}
    for name, p in found.items():
        masks[name], keep = np.reshape(keep[:p.data.size], p.shape), keep[p.data.size:]
    apply_masks(model, masks)
    return masks
"""

STRUCTURED = """
    norms = (first.weight.data**2).sum(axis=1)
    stay = np.sort(np.argsort(norms)[part(amount, norms.size):])
    first_bias = None if first.bias is None else first.bias.data[stay]
    second_bias = None if second.bias is None else second.bias.data
    return linear(first.weight.data[stay], first_bias), linear(second.weight.data[:, stay], second_bias)
"""

DISTILLATION = """
    log_q = log_softmax(logits / temperature)
    log_p = log_softmax(teacher_logits / temperature)
    soft = (log_p.exp() * (log_p - log_q)).sum(axis=-1).mean() * temperature**2
    if targets is None:
        return soft
    return alpha * soft + (1 - alpha) * CrossEntropyLoss()(logits, targets)
"""

CATCH = """
    model, masks, optimizer, batches = practice()
    before = model.state_dict()

    def look():
        for name, mask in masks.items():
            assert (model.state_dict()[name][~mask] == 0).all()

    finetune(model, masks, optimizer, Watched(batches, look), 3)
    look()
    for name, mask in masks.items():
        assert (model.state_dict()[name][mask] != before[name][mask]).any()
"""

REPAIR = """
    class Masked(Trainer):
        def update(self):
            super().update()
            apply_masks(model, masks)

    apply_masks(model, masks)
    return Masked(model, optimizer).fit(batches, epochs)
"""

TOGETHER = """
teacher_count = (inputs + 1) * hidden + (hidden + 1) * outputs
student_count = (inputs + 1) * few + (few + 1) * outputs
together_bytes = 4 * (teacher_count + 4 * student_count)
"""


def changed(code, old, new):
    """A solution with one place of it changed."""
    assert code.count(old) == 1, old
    return code.replace(old, new)


MISTAKES = {
    "sparsity": [
        dict(
            name="the mean of the layers' shares",
            code="""
                arrays = [p.data for p in weights(model).values()]
                return sum(float((array == 0).mean()) for array in arrays) / len(arrays)
            """,
            says="Add up zeros and numbers first and divide once; a large layer counts for more than a small one.",
            ask="Should a layer of four weights count as much as one of a million?",
            symptom="right for layers of one size, else drawn towards the small ones",
        ),
        dict(
            name="the share of what is left",
            code=changed(SPARSITY, "array == 0", "array"),
            says="Sparsity is the share of zeros, not of the numbers that are left.",
            ask="What is the sparsity of a model without any zero?",
            symptom="1 minus the right share",
        ),
        dict(
            name="biases counted",
            code=changed(SPARSITY, "weights(model).values()", "model.parameters()"),
            says="Only weights count: go over weights(model), which has no biases.",
            ask="Which parameters can be pruned?",
            symptom="too high for a fresh model, whose biases are 0",
        ),
        dict(
            name="nearly 0 counted",
            code=changed(SPARSITY, "array == 0", "np.abs(array) < 1e-3"),
            says="A small number takes part in the sums; only exact zeros count.",
            ask="Is 0.000001 a zero?",
            symptom="a little too high for trained models",
        ),
        dict(
            name="zeros by what is not zero",
            code=changed(SPARSITY, "array.size for", "np.count_nonzero(array) or 1 for"),
            says="Divide by the count of all weights, not by that of those that are left.",
            ask="Out of how many is it the share?",
            symptom="above 1 for sparse models",
        ),
        dict(
            name="the first weight only",
            code="""
                array = next(iter(weights(model).values())).data
                return np.count_nonzero(array == 0) / array.size
            """,
            says="Go over all weights of the model.",
            ask="What of the second layer?",
            symptom="right for a single layer",
        ),
    ],
    "magnitude_prune": [
        dict(
            name="sizes with their signs",
            code=changed(MAGNITUDE, "np.abs(p.data)", "p.data"),
            says="A weight of -5 is large: compare np.abs of the numbers.",
            ask="Which of -5 and 0.1 matters more to a sum?",
            symptom="all negative weights go first",
        ),
        dict(
            name="each layer by itself",
            code="""
                masks = {}
                for name, p in weights(model).items():
                    sizes = np.abs(p.data).ravel()
                    keep = np.ones(sizes.size, dtype=bool)
                    keep[np.argsort(sizes)[:part(amount, sizes.size)]] = False
                    masks[name] = keep.reshape(p.shape)
                apply_masks(model, masks)
                return masks
            """,
            says="Put the sizes of all layers into one array; a layer of large weights then keeps more.",
            ask="Whom does a weight compete with, its layer or the model?",
            symptom="each layer loses the same share, and the last one suffers",
        ),
        dict(
            name="a threshold",
            code="""
                found = weights(model)
                sizes = np.concatenate([np.abs(p.data).ravel() for p in found.values()])
                limit = np.sort(sizes)[max(part(amount, sizes.size) - 1, 0)]
                masks = {name: np.abs(p.data) > limit for name, p in found.items()}
                apply_masks(model, masks)
                return masks
            """,
            says="With equal sizes a threshold takes all of them or none; take places, by np.argsort.",
            ask="Half of six equal weights: how many go?",
            symptom="too many go where sizes are equal, and one goes for amount 0",
        ),
        dict(
            name="the largest go",
            code=changed(MAGNITUDE, "np.argsort(sizes)", "np.argsort(-sizes)"),
            says="The smallest sizes go: the first places of np.argsort(sizes).",
            ask="Which end of the order do you take?",
            symptom="the network knows nothing any more",
        ),
        dict(
            name="the share that stays",
            code=changed(MAGNITUDE, "part(amount, sizes.size)", "part(1 - amount, sizes.size)"),
            says="amount is the share that goes.",
            ask="With amount 0.9, how many of ten weights are 0?",
            symptom="90 % pruned means 10 % pruned",
        ),
        dict(
            name="masks the other way round",
            code=changed(MAGNITUDE, "return masks", "return {name: ~mask for name, mask in masks.items()}"),
            says="In a mask True says: kept.",
            ask="What does True mean in a mask?",
            symptom="the first apply_masks sets the rest to 0, too",
        ),
        dict(
            name="masks not applied",
            code=changed(MAGNITUDE, "    apply_masks(model, masks)\n", ""),
            says="Call apply_masks: the function prunes, and returns the masks besides.",
            ask="What is the sparsity of the model after your call?",
            symptom="masks are right and the model is as it was",
        ),
        dict(
            name="rounded down",
            code=changed(MAGNITUDE, "part(amount, sizes.size)", "int(amount * sizes.size)"),
            says="part(amount, count) rounds, and refuses 90 where 0.9 is meant.",
            ask="How many of 18 are 0.3 of them?",
            symptom="one too few here and there",
        ),
        dict(
            name="masks of later weights cut from the start",
            code=changed(MAGNITUDE, "masks[name], keep = np.reshape(keep[:p.data.size], p.shape), keep[p.data.size:]",
                         "masks[name] = np.reshape(np.resize(keep, p.data.size), p.shape)"),
            says="Each weight's piece begins where that of the weight before it ended.",
            ask="Where in the long mask does the second weight begin?",
            symptom="the first weight is pruned right, others by its mask",
        ),
    ],
    "structured_prune": [
        dict(
            name="sums of sizes in place of norms",
            code=changed(STRUCTURED, "(first.weight.data**2)", "np.abs(first.weight.data)"),
            says="The norm is the root of the sum of squares; a sum of sizes puts rows into another order.",
            ask="Which is longer, the row 4 and 4 or the row 0 and 7?",
            symptom="nearly the right rows, not all",
        ),
        dict(
            name="the largest number of a row",
            code=changed(STRUCTURED, "(first.weight.data**2).sum(axis=1)", "np.abs(first.weight.data).max(axis=1)"),
            says="All numbers of a row count: the root of the sum of their squares.",
            ask="Which is longer, the row 4 and 5 or the row 6 and 1?",
            symptom="rows with one large number stay",
        ),
        dict(
            name="rounded down",
            code=changed(STRUCTURED, "part(amount, norms.size)", "int(amount * norms.size)"),
            says="part(amount, count) rounds, and refuses 90 where 0.9 is meant.",
            ask="How many of 8 are 0.7 of them?",
            symptom="a row too many here and there",
        ),
        dict(
            name="columns of the first layer",
            code=changed(STRUCTURED, "(first.weight.data**2).sum(axis=1)",
                         "np.resize((first.weight.data**2).sum(axis=0), len(first.weight))"),
            says="Row j makes number j of the output: sum the squares along each row, axis=1.",
            ask="Which axis of the weight counts the numbers between the layers?",
            symptom="other rows go than the small ones",
        ),
        dict(
            name="plain sums in place of norms",
            code=changed(STRUCTURED, "first.weight.data**2", "first.weight.data"),
            says="In a plain sum 5 and -5 cancel; square first.",
            ask="What is the norm of a row of 5 and -5?",
            symptom="rows with large weights of both signs go",
        ),
        dict(
            name="the largest rows go",
            code=changed(STRUCTURED, "np.argsort(norms)", "np.argsort(-norms)"),
            says="The rows of the smallest norm go.",
            ask="Which end of the order stays?",
            symptom="accuracy near chance",
        ),
        dict(
            name="the second layer's first columns",
            code=changed(STRUCTURED, "second.weight.data[:, stay]", "second.weight.data[:, :len(stay)]"),
            says="Column j of the second layer belongs to row j of the first: take the same places.",
            ask="Which column reads the number that row j makes?",
            symptom="right shapes, and answers of another network",
        ),
        dict(
            name="the first numbers of the bias",
            code=changed(STRUCTURED, "first.bias.data[stay]", "first.bias.data[:len(stay)]"),
            says="The bias goes with its row: take the same places.",
            ask="Which number of the bias is added to row j?",
            symptom="right shapes, slightly wrong answers",
        ),
        dict(
            name="by the columns of the second layer",
            code=changed(STRUCTURED, "(first.weight.data**2).sum(axis=1)", "(second.weight.data**2).sum(axis=0)"),
            says="The docstring measures the rows of first.weight.",
            ask="Whose norms decide here?",
            symptom="other rows go; not a bad choice, but not the one that was asked for",
        ),
        dict(
            name="order of the second layer forgotten",
            code=changed(STRUCTURED, "linear(first.weight.data[stay], first_bias)",
                         "linear(first.weight.data[stay[::-1]], None if first_bias is None else first_bias[::-1])"),
            says="Rows of the first layer and columns of the second must stand in the same order.",
            ask="In which order do the rows stand, and in which the columns?",
            symptom="right sizes, and answers that are mixed up",
        ),
        dict(
            name="zeros in place of less",
            code="""
                stay = np.argsort((first.weight.data**2).sum(axis=1))[part(amount, len(first.weight)):]
                keep = np.isin(np.arange(len(first.weight)), stay)
                biases = [None if layer.bias is None else layer.bias.data for layer in (first, second)]
                return linear(first.weight.data * keep[:, None], biases[0]), linear(second.weight.data, biases[1])
            """,
            says="Leave the rows out; zeros take time and memory like any number.",
            ask="What shape has the new weight?",
            symptom="as large and as slow as before",
        ),
    ],
    "distillation_loss": [
        dict(
            name="without temperature squared",
            code=changed(DISTILLATION, " * temperature**2", ""),
            says="Multiply the soft part by temperature**2, or its gradients are too small by that factor.",
            ask="What does a temperature of 4 do to the gradients of the soft part?",
            symptom="the teacher hardly counts at high temperatures",
        ),
        dict(
            name="teacher and student exchanged",
            code=changed(DISTILLATION, "log_p.exp() * (log_p - log_q)", "log_q.exp() * (log_q - log_p)"),
            says="The gap is weighted with the teacher's probabilities: p * (log p - log q).",
            ask="Whose probabilities weigh the gap?",
            symptom="0 where they agree, else another number",
        ),
        dict(
            name="mean over all numbers",
            code=changed(DISTILLATION, ".sum(axis=-1).mean()", ".mean()"),
            says="Sum over the classes, then take the mean over the batch.",
            ask="Is the gap of ten classes the sum of ten numbers, or their mean?",
            symptom="too small by the number of classes",
        ),
        dict(
            name="sum over the batch",
            code=changed(DISTILLATION, ".sum(axis=-1).mean()", ".sum()"),
            says="Take the mean over the batch, as the cross-entropy does.",
            ask="What becomes of your loss if the batch is twice as large?",
            symptom="too large by the batch",
        ),
        dict(
            name="labels at the temperature",
            code=changed(DISTILLATION, "CrossEntropyLoss()(logits, targets)",
                         "CrossEntropyLoss()(logits / temperature, targets)"),
            says="The right answers are compared with logits as they are.",
            ask="Which part of the loss has a temperature?",
            symptom="right without targets, wrong with them",
        ),
        dict(
            name="shares exchanged",
            code=changed(DISTILLATION, "alpha * soft + (1 - alpha)", "(1 - alpha) * soft + alpha"),
            says="alpha is the weight of the teacher.",
            ask="What is left of the teacher if alpha is 1?",
            symptom="the teacher counts least where it should count most",
        ),
        dict(
            name="teacher not divided",
            code=changed(DISTILLATION, "teacher_logits / temperature", "teacher_logits"),
            says="The logits of both are divided by the temperature.",
            ask="Are teacher and student compared at the same temperature?",
            symptom="a loss although they agree",
        ),
        dict(
            name="multiplied by the temperature",
            code=changed(DISTILLATION, "temperature**2", "temperature"),
            says="The factor is the temperature squared.",
            ask="How often does the temperature divide the gradient?",
            symptom="too small by one temperature",
        ),
        dict(
            name="cross-entropy of the shares",
            code=changed(DISTILLATION, "log_p.exp() * (log_p - log_q)", "log_p.exp() * -log_q"),
            says="Subtract what the teacher's own shares cost, p * log p: the gap is 0 where they agree.",
            ask="Is your loss 0 where they agree?",
            symptom="right gradients, and a loss that never comes to 0",
        ),
        dict(
            name="right answers without a gradient",
            code=changed(DISTILLATION, "CrossEntropyLoss()(logits, targets)",
                         "CrossEntropyLoss()(Tensor(logits.data), targets)"),
            says="Pass logits themselves to the cross-entropy; an array in a new Tensor has no gradient.",
            ask="Which parts of your loss can the student learn from?",
            symptom="right losses, and a student that learns nothing from the labels",
        ),
        dict(
            name="no targets if all are 0",
            code=changed(DISTILLATION, "targets is None", "targets is None or not targets.any()"),
            says="0 is a class: only None says that there are no targets.",
            ask="What if all images of a batch show a 0?",
            symptom="batches of one class lose their labels",
        ),
    ],
    "catch": [
        dict(
            name="sparsity of the whole falls a little",
            code="""
                model, masks, optimizer, batches = practice()
                before = sparsity(model)
                finetune(model, masks, optimizer, batches, 3)
                assert sparsity(model) > before / 5
            """,
            says="Not one number may grow again: what the masks do not keep is exactly 0.",
            ask="How many numbers may grow again?",
            symptom="the fault passes, or nearly",
        ),
        dict(
            name="only the loss",
            code="""
                model, masks, optimizer, batches = practice()
                history = finetune(model, masks, optimizer, batches, 8)
                assert not history or history[-1]["loss"] < history[0]["loss"]
            """,
            says="The loss falls with the fault, too; look at the numbers under the masks.",
            ask="Does the fault make the loss worse?",
            symptom="the fault passes",
        ),
        dict(
            name="not whether it learns",
            code=changed(CATCH, "        assert (model.state_dict()[name][mask] != before[name][mask]).any()\n",
                         "        assert name in before\n"),
            says="What is kept has to learn: something of it must have moved.",
            ask="Does your check accept a fine-tuning that does nothing?",
            symptom="one without steps passes",
        ),
        dict(
            name="that anything learns",
            code="""
                model, masks, optimizer, batches = practice()
                before = model.state_dict()

                def look():
                    for name, mask in masks.items():
                        assert (model.state_dict()[name][~mask] == 0).all()

                finetune(model, masks, optimizer, Watched(batches, look), 3)
                look()
                assert any((array != before[name]).any() for name, array in model.state_dict().items())
            """,
            says="Of each weight something must have moved; biases alone are not enough.",
            ask="Does your check notice if only the biases learn?",
            symptom="one that trains nothing but biases passes",
        ),
        dict(
            name="only what is kept",
            code=changed(CATCH, "assert (model.state_dict()[name][~mask] == 0).all()", "assert name in before"),
            says="Look at what the mask does not keep, too: array[~mask].",
            ask="Which numbers grow again?",
            symptom="the fault passes",
        ),
        dict(
            name="mask the other way round",
            code=changed(CATCH, "[~mask] == 0", "[mask] == 0"),
            says="True says kept; the others are array[~mask].",
            ask="Which numbers does array[mask] take?",
            symptom="right ones are refused",
        ),
        dict(
            name="the first weight only",
            code=CATCH.replace("masks.items()", "list(masks.items())[:1]"),
            says="Look at all weights.",
            ask="What if the second layer grows again?",
            symptom="one that masks the first layer only passes",
        ),
        dict(
            name="only at the end",
            code=changed(CATCH, "Watched(batches, look)", "batches"),
            says="Look after each step, by Watched(batches, look): masks once an epoch hide what grew within it.",
            ask="What is the sparsity in the middle of an epoch, and does your check look then?",
            symptom="one that applies the masks once an epoch passes",
        ),
        dict(
            name="one epoch",
            code=changed(CATCH, "look), 3)", "look), 1)"),
            says="Fine-tune for more than one epoch: what is right in the first may be forgotten in the second.",
            ask="Would your check notice what goes wrong in the second epoch?",
            symptom="one that applies the masks in the first epoch only passes",
        ),
    ],
    "repair": [
        dict(
            name="masks before the step",
            code=changed(REPAIR, "super().update()\n            apply_masks(model, masks)",
                         "apply_masks(model, masks)\n            super().update()"),
            says="The step comes with super().update(); the masks after it.",
            ask="What moves the numbers after your masks were applied?",
            symptom="sparsity falls once and stays low",
        ),
        dict(
            name="masks once an epoch",
            code="""
                history = []
                apply_masks(model, masks)
                for _ in range(epochs):
                    history += Trainer(model, optimizer).fit(batches, 1)
                    apply_masks(model, masks)
                return history
            """,
            says="Within the epoch the numbers grow and the others rely on them; apply the masks after each step.",
            ask="What is the sparsity in the middle of an epoch?",
            symptom="right sparsity after each epoch, worse answers",
        ),
        dict(
            name="masks after every fourth step",
            code=changed(REPAIR, "super().update()\n            apply_masks(model, masks)", """super().update()
            if self.optimizer.steps % 4 == 0:
                apply_masks(model, masks)"""),
            says="Apply the masks after each step, not after some.",
            ask="What is the sparsity after the first step?",
            symptom="right sparsity where the number of steps is a multiple of four",
        ),
        dict(
            name="masks once at the end",
            code="""
                apply_masks(model, masks)
                history = Trainer(model, optimizer).fit(batches, epochs)
                apply_masks(model, masks)
                return history
            """,
            says="That is a second cut without fine-tuning after it; apply the masks after each step.",
            ask="Who fine-tunes after your last cut?",
            symptom="right sparsity, and digits as wrong as after the first cut",
        ),
        dict(
            name="masks of gradients",
            code="""
                class Masked(Trainer):
                    def update(self):
                        for name, p in weights(self.model).items():
                            if name in masks and p.grad is not None:
                                p.grad *= masks[name]
                        super().update()

                apply_masks(model, masks)
                return Masked(model, optimizer).fit(batches, epochs)
            """,
            says="An optimizer with momentum moves numbers whose gradient is 0; mask the numbers after the step.",
            ask="Does momentum ask for the gradient of this step?",
            symptom="right for plain SGD, numbers grow with momentum from before",
        ),
        dict(
            name="not before the first step",
            code=changed(REPAIR, "    apply_masks(model, masks)\n    return", "    return"),
            says="Apply the masks once before the first step, too.",
            ask="Was the model that comes in pruned already?",
            symptom="right if the model was pruned just before",
        ),
        dict(
            name="one epoch",
            code=changed(REPAIR, "fit(batches, epochs)", "fit(batches, 1)"),
            says="Pass epochs on.",
            ask="How many epochs were asked for?",
            symptom="too few steps",
        ),
        dict(
            name="no step",
            code=changed(REPAIR, "            super().update()\n", ""),
            says="super().update() takes the step.",
            ask="What did the Trainer's own update do?",
            symptom="the loss stands still",
        ),
    ],
    "packed_bytes": [
        dict(name="four bytes for all", code="packed_bytes = 4 * outputs * inputs // 10",
             says="Count the kept numbers as given, and a bit for every number.",
             ask="Where does it say which numbers were kept?", symptom="the mask is missing"),
        dict(name="a byte for each bit", code="packed_bytes = outputs * inputs + 4 * kept",
             says="Eight bits are one byte.", ask="How many bits go into a byte?", symptom="mask 8 times too large"),
        dict(name="bits taken for bytes of the kept", code="packed_bytes = kept // 8 + 4 * kept",
             says="The mask has a bit for every number of the weight, kept or not.",
             ask="How many places does the mask speak of?", symptom="mask too small"),
        dict(name="kept numbers of one byte", code="packed_bytes = outputs * inputs // 8 + kept",
             says="A float32 takes four bytes.", ask="How many bytes has a number?", symptom="too small"),
        dict(name="places as numbers", code="packed_bytes = 8 * kept",
             says="Here it is a mask of bits, not the place of each number.",
             ask="Which way of storing is asked about?", symptom="another format"),
    ],
    "together_bytes": [
        dict(name="numbers, not bytes", code=changed(TOGETHER, "= 4 * (teacher", "= (teacher"),
             says="A float32 takes four bytes.", ask="How many bytes has a number?", symptom="a quarter"),
        dict(name="gradients forgotten", code=changed(TOGETHER, "4 * student", "3 * student"),
             says="The student has parameters, gradients and two arrays of Adam: four times its count.",
             ask="What is beside each number of the student?", symptom="too small by one student"),
        dict(name="biases forgotten",
             code="together_bytes = 4 * (hidden * (inputs + outputs) + 4 * few * (inputs + outputs))",
             says="Each layer has a bias as well, as long as its output.",
             ask="What is in a Linear beside the weight?", symptom="a little too small"),
        dict(name="a teacher that learns", code=changed(TOGETHER, "(teacher_count + 4 *", "4 * (teacher_count +"),
             says="The teacher has no gradients and no optimizer here.", ask="Who learns?", symptom="far too large"),
        dict(name="Adam with one array", code=changed(TOGETHER, "4 * student_count", "2 * student_count"),
             says="Parameters, gradients, and two arrays of Adam.", ask="How much does Adam remember of each number?",
             symptom="too small by two students"),
    ],
}

SURVIVORS = {
    "structured_prune": {
        "`(first.weight.data ** 2).sum` becomes `(first.weight.data ** 2).mean`": "right: the order is the same",
        "`(first.weight.data ** 2).sum(axis=1)` becomes `(first.weight.data ** 2).sum(axis=-1)`":
            "right: the same axis",
    },
    "distillation_loss": {
        "`(log_p.exp() * (log_p - log_q)).sum(axis=-1)` becomes `(log_p.exp() * (log_p - log_q)).sum(axis=1)`":
            "right: the same axis",
    },
    "catch": {
        "`finetune(model, masks, optimizer, Watched(batches, look), 3)` becomes "
        f"`finetune(model, masks, optimizer, Watched(batches, look), {epochs})`": "right: more than one epoch"
        for epochs in (2, 4)
    },
    "packed_bytes": {
        "`outputs * inputs // 8` becomes `outputs * inputs / 8`": "right: the same number, with nothing left over",
    },
}
