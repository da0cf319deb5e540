"""Plausible wrong answers. `code` stands in place of the exercise's solution region.

`ask` is the question that a learner gets when the same failure comes again, `says` the sentence after that.
"""

EPOCH = """
                self.model.train()
                self.optimizer.zero_grad()
                total, count = 0.0, 0
                for count, (x, targets) in enumerate(batches, 1):
                    loss = self.loss(self.model(x), targets)
                    (loss / self.accumulate).backward()
                    total += loss.item()
                    if count % self.accumulate == 0:
                        self.update()
                if count % self.accumulate:
                    self.update()
                return total / max(count, 1)
"""

CLIP = """
                grads = [p.grad for p in parameters if p.grad is not None]
                norm = math.sqrt(sum(float((grad * grad).sum()) for grad in grads))
                if norm > max_norm:
                    for grad in grads:
                        grad *= max_norm / norm
                return norm
"""

COSINE = """
                self.t += 1
                wave = (1 + math.cos(math.pi * self.t / self.T_max)) / 2
                self.optimizer.lr = self.eta_min + (self.start - self.eta_min) * wave
"""

RERUN = """
                for p in params:
                    p.grad = None
                with drawn_again(draws):
                    part(*inputs).backward(grad_out)
                found = [np.zeros_like(x.data) if x.grad is None else x.grad for x in (*inputs, *params)]
                for p, grad in zip(params, before):
                    p.grad = grad
                return tuple(found)
"""

RESUME = """
                whole, first, second = Run(), Run(), Run(seed=5)
                whole.go(20)
                first.go(8)
                save(path, first.model, first.optimizer, first.schedule, first.step)
                second.step = load(path, second.model, second.optimizer, second.schedule)
                second.go(20 - second.step)
                pairs = zip(whole.model.parameters(), second.model.parameters())
                return all(np.array_equal(p.data, q.data) for p, q in pairs)
"""

CURVE = """
                curve = curve_of(deep, few, 2)
                expected = [CrossEntropyLoss()(deep(x), targets).item() for x, targets in few] * 2
                found = [float(getattr(entry, "data", entry)) for entry in curve]
                assert np.shape(found) == np.shape(expected) and np.allclose(found, expected), "the losses are others"
                assert all(getattr(entry, "_node", None) is None for entry in curve), "an entry holds its graph"
"""

REPAIR = """
                model.eval()
                with no_grad():
                    losses = [CrossEntropyLoss()(model(x), targets).item()
                              for _ in range(epochs) for x, targets in batches]
                model.train()
                return losses
"""


def changed(code, old, new):
    """A solution with one place of it changed."""
    assert code.count(old) == 1, old
    return code.replace(old, new)


MISTAKES = {
    "train_epoch": [
        dict(
            name="not divided",
            code=changed(EPOCH, "(loss / self.accumulate).backward()", "loss.backward()"),
            says="Each loss is divided by self.accumulate before its backward; else the step is too long.",
            ask="How long is the step of four batches beside that of one large batch?",
            symptom="right with accumulate=1; with 4 the step is four times too long",
        ),
        dict(
            name="a step for every batch",
            code=changed(EPOCH, "if count % self.accumulate == 0:", "if True:"),
            says="Step only after every accumulate-th batch.",
            ask="How many steps do four batches take with accumulate=4?",
            symptom="accumulate only makes the steps shorter",
        ),
        dict(
            name="the last group forgotten",
            code=changed(EPOCH, "if count % self.accumulate:\n", "if False:\n"),
            says="Batches after the last full group have gradients too: update once more at the end.",
            ask="With five batches in twos, who steps for the fifth?",
            symptom="right where the batches divide evenly; else the last ones are lost",
        ),
        dict(
            name="counted from 0",
            code=changed(EPOCH, "enumerate(batches, 1)", "enumerate(batches)"),
            says="With a count from 0 the first batch steps alone. Count from 1.",
            ask="After which batch does your first step come?",
            symptom="the first step comes after one batch",
        ),
        dict(
            name="the mean of what was divided",
            code=changed(EPOCH, "total += loss.item()", "total += loss.item() / self.accumulate"),
            says="The loss that is reported is the undivided one.",
            ask="Does the mean loss depend on accumulate?",
            symptom="losses too small by accumulate; training itself is right",
        ),
        dict(
            name="old gradients kept",
            code=changed(EPOCH, "                self.optimizer.zero_grad()\n", ""),
            says="Somebody may have left gradients behind: zero_grad before the first batch.",
            ask="What is in .grad when your epoch begins?",
            symptom="right unless somebody called backward before",
        ),
        dict(
            name="never told to train",
            code=changed(EPOCH, "                self.model.train()\n", ""),
            says="After an evaluation the model is in eval mode: call self.model.train() first.",
            ask="What does Dropout do in your epoch?",
            symptom="right numbers without Dropout",
        ),
        dict(
            name="the last loss",
            code=changed(EPOCH, "return total / max(count, 1)", "return loss.item()"),
            says="The mean over all batches of the epoch.",
            ask="What do you return for losses 3 and 5?",
            symptom="a loss that jumps from epoch to epoch",
        ),
        dict(
            name="always cross-entropy",
            code=changed(EPOCH, "self.loss(self.model(x), targets)", "CrossEntropyLoss()(self.model(x), targets)"),
            says="The trainer was given a loss: self.loss.",
            ask="Which loss was the trainer given?",
            symptom="right for classes, an error for anything else",
        ),
        dict(
            name="part of an update",
            code=EPOCH.replace("self.update()", "self.optimizer.step(); self.optimizer.zero_grad()"),
            says="A group ends with self.update(), which also clips and moves the schedule on.",
            ask="What does the Trainer's update do that your lines do not?",
            symptom="right without clip and schedule; with them nothing is clipped and the rate never falls",
        ),
        dict(
            name="told to train at the end",
            code=changed(EPOCH, "                self.model.train()\n", "").replace(
                "                return", "                self.model.train()\n                return"),
            says="self.model.train() comes before the first batch; at the end it helps only the next epoch.",
            ask="In which mode does the first batch go through the model?",
            symptom="the first epoch after an evaluation goes without Dropout",
        ),
        dict(
            name="the last group made whole",
            code=changed(EPOCH, "if count % self.accumulate:\n", """if count % self.accumulate:
                    for p in self.optimizer.params:
                        if p.grad is not None:
                            p.grad = p.grad * (self.accumulate / (count % self.accumulate))
"""),
            says="A last group of fewer batches is divided like the others, and its gradient is smaller.",
            ask="What do you do to the gradients of the last group?",
            symptom="right where the batches divide evenly; else the last step is too long",
        ),
        dict(
            name="a list expected",
            code=changed(EPOCH, "for count, (x, targets) in enumerate(batches, 1):",
                         """for count in range(1, len(batches) + 1):
                    x, targets = batches[count - 1]"""),
            says="batches may be a generator, which has no length: only walk over it.",
            ask="Has what minibatches gives a length?",
            symptom="right for lists, an error for generators",
        ),
    ],
    "clip": [
        dict(
            name="each by itself",
            code="""
                grads = [p.grad for p in parameters if p.grad is not None]
                norm = math.sqrt(sum(float((grad * grad).sum()) for grad in grads))
                for grad in grads:
                    own = math.sqrt(float((grad * grad).sum()))
                    if own > max_norm:
                        grad *= max_norm / own
                return norm
            """,
            says="One norm for all gradients together, and one factor; else the direction changes.",
            ask="Is the factor the same for all gradients?",
            symptom="the norm stays above the limit, and the direction turns",
        ),
        dict(
            name="always scaled",
            code=changed(CLIP, "if norm > max_norm:", "if norm > 0:"),
            says="Below the limit nothing changes.",
            ask="What becomes of gradients of norm 0.1 when the limit is 100?",
            symptom="small gradients are blown up to the limit",
        ),
        dict(
            name="no root",
            code=changed(CLIP, "math.sqrt(sum(float((grad * grad).sum()) for grad in grads))",
                         "sum(float((grad * grad).sum()) for grad in grads)"),
            says="The norm is the root of the sum of squares.",
            ask="What is the norm of [3] and [4]?",
            symptom="norms are squared, and gradients far too short",
        ),
        dict(
            name="values clipped",
            code="""
                grads = [p.grad for p in parameters if p.grad is not None]
                norm = math.sqrt(sum(float((grad * grad).sum()) for grad in grads))
                for grad in grads:
                    np.clip(grad, -max_norm, max_norm, out=grad)
                return norm
            """,
            says="That cuts single numbers, which turns the direction. Scale all by one factor.",
            ask="Do your gradients still point the same way?",
            symptom="no number above the limit, but the norm is",
        ),
        dict(
            name="a new array",
            code=changed(CLIP, "grad *= max_norm / norm", "grad = grad * (max_norm / norm)"),
            says="`grad = ...` names a new array and leaves the gradient as it was. Write `grad *= ...`.",
            ask="What is in p.grad afterwards?",
            symptom="the right norm is returned, and nothing is clipped",
        ),
        dict(
            name="the norm afterwards",
            code=changed(CLIP, "return norm", "return min(norm, max_norm)"),
            says="Return the norm as it was: that it was too large is what one wants to know.",
            ask="Which of the two norms do you return?",
            symptom="gradients right; the report never shows a norm above the limit",
        ),
        dict(
            name="parameters in place of gradients",
            code="""
                parameters = [p for p in parameters if p.grad is not None]
                norm = math.sqrt(sum(float((p.data * p.data).sum()) for p in parameters))
                if norm > max_norm:
                    for p in parameters:
                        p.grad *= max_norm / norm
                return norm
            """,
            says="It is the gradients whose length counts.",
            ask="Whose squares do you add up?",
            symptom="clips when the weights are large, whatever the gradients are",
        ),
        dict(
            name="divided before asked",
            code="""
                grads = [p.grad for p in parameters if p.grad is not None]
                norm = math.sqrt(sum(float((grad * grad).sum()) for grad in grads))
                factor = min(1.0, max_norm / norm)
                for grad in grads:
                    grad *= factor
                return norm
            """,
            says="The norm may be 0. Divide by it only if it is above the limit.",
            ask="What does your line do when all gradients are 0?",
            symptom="right until all gradients are 0, or there are none; then a ZeroDivisionError",
        ),
        dict(
            name="a new array in p.grad",
            code="""
                parameters = [p for p in parameters if p.grad is not None]
                norm = np.float64(math.sqrt(sum(float((p.grad * p.grad).sum()) for p in parameters)))
                if norm > max_norm:
                    for p in parameters:
                        p.grad = p.grad * (max_norm / norm)
                return float(norm)
            """,
            says="In place: `p.grad *= ...` keeps the array and its dtype.",
            ask="Is p.grad the array that it was, and of which dtype?",
            symptom="right values, in new arrays of float64",
        ),
    ],
    "cosine": [
        dict(
            name="a straight line",
            code=changed(COSINE, "(1 + math.cos(math.pi * self.t / self.T_max)) / 2", "1 - self.t / self.T_max"),
            says="Half a cosine wave: slow at first, slow at the end.",
            ask="What is the rate after a quarter of the way?",
            symptom="right at the start, in the middle and at the end",
        ),
        dict(
            name="counted afterwards",
            code="""
                wave = (1 + math.cos(math.pi * self.t / self.T_max)) / 2
                self.optimizer.lr = self.eta_min + (self.start - self.eta_min) * wave
                self.t += 1
            """,
            says="Count first: after the first step t is 1.",
            ask="What does your first step change?",
            symptom="always one step late",
        ),
        dict(
            name="a whole wave",
            code=changed(COSINE, "math.pi * self.t", "2 * math.pi * self.t"),
            says="Half a wave leads from the top to the bottom; a whole one leads back up.",
            ask="What is the cosine of 2 pi?",
            symptom="ends where it began",
        ),
        dict(
            name="the least rate added on top",
            code=changed(COSINE, "(self.start - self.eta_min) * wave", "self.start * wave"),
            says="The wave is as high as the difference of start and eta_min.",
            ask="What is the rate at t = 0 by your line?",
            symptom="right where eta_min is 0; else too high",
        ),
        dict(
            name="from where it stands",
            code=changed(COSINE, "(self.start - self.eta_min)", "(self.optimizer.lr - self.eta_min)"),
            says="The formula starts from lr(0), self.start, not from the rate of the moment.",
            ask="What is multiplied by the wave in the second step?",
            symptom="falls much too fast",
        ),
        dict(
            name="not halved",
            code=changed(COSINE, "(1 + math.cos(math.pi * self.t / self.T_max)) / 2",
                         "math.cos(math.pi * self.t / self.T_max)"),
            says="The cosine goes from 1 to -1; (1 + cos) / 2 goes from 1 to 0.",
            ask="What is your rate at the end?",
            symptom="rates below zero in the second half",
        ),
    ],
    "rerun_rule": [
        dict(
            name="drawn anew",
            code=changed(RERUN, "with drawn_again(draws):", "if True:"),
            says="Dropout draws other numbers in the second run. Run it inside `with drawn_again(draws):`.",
            ask="Which numbers does Dropout drop in the second run?",
            symptom="right without Dropout; with it the gradients belong to another network",
        ),
        dict(
            name="old gradients in the way",
            code=changed(RERUN, """                for p in params:
                    p.grad = None
""", ""),
            says="The backward inside adds to what stands in p.grad. Set it to None first.",
            ask="What is in p.grad when the backward inside begins?",
            symptom="right in the first step; afterwards old gradients count twice",
        ),
        dict(
            name="old gradients lost",
            code=changed(RERUN, """                for p, grad in zip(params, before):
                    p.grad = grad
""", """                for p in params:
                    p.grad = None
"""),
            says="What stood in p.grad belongs to earlier batches. Put it back.",
            ask="What becomes of gradients that were there before?",
            symptom="right without accumulation",
        ),
        dict(
            name="gradients left inside",
            code=changed(RERUN, """                for p, grad in zip(params, before):
                    p.grad = grad
""", ""),
            says="The backward outside adds what you return to p.grad. What the walk inside left must be gone by then.",
            ask="What is in p.grad when you return?",
            symptom="gradients of parameters count twice",
        ),
        dict(
            name="inputs only",
            code=changed(RERUN, "else x.grad for x in (*inputs, *params)]",
                         "else x.grad for x in inputs] + [np.zeros_like(p.data) for p in params]"),
            says="Parameters are inputs of this operation, too: return their gradients.",
            ask="What do you return for a weight?",
            symptom="the input learns, the parameters never move",
        ),
        dict(
            name="parameters first",
            code=changed(RERUN, "(*inputs, *params)]", "(*params, *inputs)]"),
            says="One gradient for each of `arrays`, in their order: first the inputs.",
            ask="To whom does your first gradient go?",
            symptom="an error about shapes, or gradients exchanged",
        ),
        dict(
            name="a gradient of ones",
            code=changed(RERUN, ".backward(grad_out)", ".backward(np.ones_like(out))"),
            says="Start the walk inside with what arrives from outside: grad_out.",
            ask="What does your walk inside begin with?",
            symptom="right only where the part is the last and its sum the loss",
        ),
        dict(
            name="None not put back",
            code=changed(RERUN, """                    p.grad = grad
""", """                    if grad is not None:
                        p.grad = grad
"""),
            says="None is put back as well: else what the walk left stays, and is added once more outside.",
            ask="What is in p.grad when you return, if None stood there before?",
            symptom="right where gradients stood before; after zero_grad all gradients of parameters are doubled",
        ),
        dict(
            name="None for the unreached",
            code=changed(RERUN, "[np.zeros_like(x.data) if x.grad is None else x.grad for x in", "[x.grad for x in"),
            says="Who was not reached gets zeros of its shape: backward outside cannot add None.",
            ask="What do you return for a parameter that the part does not use?",
            symptom="right until a part has a layer that it does not use; then an error",
        ),
    ],
    "resume": [
        dict(
            name="close is enough",
            code=changed(RESUME, "np.array_equal(p.data, q.data)", "np.allclose(p.data, q.data)"),
            says="Bit for bit: np.array_equal. A millionth grows in the steps to come.",
            ask="Does your comparison see a difference of one bit?",
            symptom="lets runs pass that are a little off",
        ),
        dict(
            name="not resumed",
            code=changed(RESUME, "second.step = load(path, second.model, second.optimizer, second.schedule)",
                         "load(path, second.model, second.optimizer, second.schedule); second = first"),
            says="Go on in the new Run, which knows only what the file told it.",
            ask="Which run goes on after loading?",
            symptom="says True to every file",
        ),
        dict(
            name="the run that stopped",
            code=changed(RESUME, "zip(whole.model.parameters()", "zip(first.model.parameters()"),
            says="Compare with the run that went through, not with the one that stopped at 8.",
            ask="Which two runs should end alike?",
            symptom="False for what is right",
        ),
        dict(
            name="compared at the stop",
            code=changed(RESUME, "second.go(20 - second.step)", "whole = first"),
            says="At the stop the weights are equal even if Adam's state is lost. Go on, and compare at the end.",
            ask="What would a lost optimizer change at step 8?",
            symptom="sees lost weights, and nothing else that is lost",
        ),
        dict(
            name="twelve steps whatever was loaded",
            code=changed(RESUME, "second.go(20 - second.step)", "second.go(12)"),
            says="The step comes from the file; go as many as are left from there.",
            ask="What if the file says 7?",
            symptom="does not notice a wrong step",
        ),
        dict(
            name="the opposite",
            code=changed(RESUME, "return all(", "return not all("),
            says="True means that they are equal.",
            ask="What do you return for a right pair of save and load?",
            symptom="False for what is right",
        ),
        dict(
            name="one equal pair",
            code=changed(RESUME, "return all(", "return any("),
            says="All parameters have to be equal.",
            ask="How many of the parameters have to be equal?",
            symptom="says True as long as one parameter is right",
        ),
        dict(
            name="the first weight",
            code=changed(RESUME, "zip(whole.model.parameters(), second.model.parameters())",
                         "[(whole.model[0].weight, second.model[0].weight)]"),
            says="Compare all parameters, not the first weight only.",
            ask="Which parameters do you compare?",
            symptom="does not notice a difference in any other parameter",
        ),
        dict(
            name="the last bias",
            code=changed(RESUME, "return all(np.array_equal(p.data, q.data) for p, q in pairs)",
                         """for p, q in pairs:
                    same = np.array_equal(p.data, q.data)
                return same"""),
            says="Your loop keeps the answer of the last pair only. Ask all pairs.",
            ask="What becomes of the answer of the first pair?",
            symptom="does not notice a difference in any parameter before the last",
        ),
        dict(
            name="with the run that was saved",
            code=changed(RESUME, "second.go(20 - second.step)",
                         "second.go(20 - second.step); first.go(12); whole = first"),
            says="Saving may change the run that is saved. Compare with the one that went through.",
            ask="What if save changes the run that it saves?",
            symptom="does not notice a save that changes the run",
        ),
    ],
    "catch": [
        dict(
            name="values only",
            code=CURVE.rpartition("                assert all(getattr(entry")[0],
            says="The colleague's values are right. Ask each entry for its node.",
            ask="Which of the two duties does your check ask for?",
            symptom="lets the colleague's curve pass",
        ),
        dict(
            name="graphs only",
            code="""
                curve = curve_of(deep, few, 2)
                assert all(getattr(entry, "_node", None) is None for entry in curve), "an entry holds its graph"
            """,
            says="A curve of zeros holds no graph either. Compare the values as well.",
            ask="Does your check look at a single value?",
            symptom="lets a curve of zeros pass",
        ),
        dict(
            name="floats only",
            code=changed(CURVE, 'assert all(getattr(entry, "_node", None) is None for entry in curve)',
                         "assert all(isinstance(entry, float) for entry in curve)"),
            says="A Tensor without a graph costs four bytes and is right. Ask for the node.",
            ask="Is every Tensor a leak?",
            symptom="refuses right curves of Tensors",
        ),
        dict(
            name="the first entry",
            code=changed(CURVE, "for entry in curve), \"an entry", "for entry in curve[:1]), \"an entry"),
            says="Any entry may hold a graph: ask all.",
            ask="How many entries do you ask?",
            symptom="lets later graphs pass",
        ),
        dict(
            name="no length",
            code="""
                curve = curve_of(deep, few, 2)
                for entry, (x, targets) in zip(curve, few + few):
                    right = CrossEntropyLoss()(deep(x), targets).item()
                    assert np.isclose(float(getattr(entry, "data", entry)), right), "the losses are others"
                    assert getattr(entry, "_node", None) is None, "an entry holds its graph"
            """,
            says="zip stops at the shorter list. Compare the lengths.",
            ask="What if the curve has one epoch only?",
            symptom="lets curves pass that are too short",
        ),
        dict(
            name="one value",
            code=changed(CURVE, "np.allclose(found, expected)", "np.isclose(found[0], expected[0])"),
            says="A curve may repeat its first loss. Compare all of its values.",
            ask="How many of the values do you compare?",
            symptom="lets a curve pass that repeats its first loss",
        ),
        dict(
            name="anything above 0",
            code=changed(CURVE, "np.allclose(found, expected)", "min(found) > 0"),
            says="A loss above 0 may be a wrong one. Compare it with that of the model.",
            ask="Which losses would be too high for your check?",
            symptom="refuses zeros and lets all other wrong losses pass",
        ),
    ],
    "repair": [
        dict(
            name="still recorded",
            code=changed(REPAIR, "with no_grad():", "if True:"),
            says="Numbers hold no graph, but each graph was built first. Under no_grad it is not.",
            ask="What does the forward run of a validation batch leave in memory, for a moment?",
            symptom="right numbers, and a peak like that of training",
        ),
        dict(
            name="Dropout awake",
            code=changed(REPAIR, "                model.eval()\n", ""),
            says="In training mode Dropout falsifies the loss: model.eval() first.",
            ask="Do two equal epochs give equal losses?",
            symptom="losses too high, and never twice the same",
        ),
        dict(
            name="left asleep",
            code=changed(REPAIR, "                model.train()\n", ""),
            says="Put the model back into training mode.",
            ask="What does Dropout do in the next epoch of training?",
            symptom="right numbers; from then on the model trains without Dropout",
        ),
        dict(
            name="Tensors",
            code=changed(REPAIR, "targets).item()", "targets)"),
            says="Numbers are wanted: .item().",
            ask="Of what type is an entry of your list?",
            symptom="a list of Tensors",
        ),
        dict(
            name="one loss an epoch",
            code="""
                model.eval()
                with no_grad():
                    losses = [CrossEntropyLoss()(model(x), targets).item() for x, targets in batches]
                model.train()
                return [sum(losses) / len(losses)] * epochs
            """,
            says="Batch after batch, of all epochs.",
            ask="How long is the list for two batches and three epochs?",
            symptom="one number where several are asked for",
        ),
        dict(
            name="batch by batch, not epoch by epoch",
            code="""
                model.eval()
                with no_grad():
                    losses = [CrossEntropyLoss()(model(x), targets).item()
                              for x, targets in batches for _ in range(epochs)]
                model.train()
                return losses
            """,
            says="First all batches of one epoch, then the next epoch.",
            ask="Which loss is your second entry?",
            symptom="right for one batch or one epoch; else out of order",
        ),
    ],
    "output_bytes": [
        dict(name="numbers, not bytes", code="output_bytes = 3 * batch * width * depth",
             says="A float32 takes four bytes.", ask="How many bytes has one number?", symptom="a quarter"),
        dict(name="one output a pair", code="output_bytes = 4 * batch * width * depth",
             says="matmul, add and ReLU leave one each.", ask="How many nodes has a Linear with ReLU?",
             symptom="a third"),
        dict(name="the weights", code="output_bytes = 4 * (width * width + width) * depth",
             says="Outputs have the shape (batch, width), whatever the weights take.", ask="Where is the batch?",
             symptom="independent of the batch"),
        dict(name="one layer", code="output_bytes = 3 * 4 * batch * width",
             says="All `depth` pairs stay alive until backward.", ask="How many pairs are there?",
             symptom="too small by depth"),
        dict(name="turned table too", code="output_bytes = 4 * 4 * batch * width * depth",
             says="weight.T is a view and has no row of the batch.", ask="Which four outputs do you count?",
             symptom="a third too much"),
    ],
    "step_count": [
        dict(name="a step for each batch", code="step_count = epochs * examples // small",
             says="A step comes after every `many` batches.", ask="What does `many` do?", symptom="too many"),
        dict(name="one epoch", code="step_count = examples // (small * many)",
             says="All epochs count.", ask="And the other epochs?", symptom="too few by epochs"),
        dict(name="batches times many", code="step_count = epochs * examples // small * many",
             says="Divide by many: fewer steps, not more.", ask="Does accumulating make more steps or fewer?",
             symptom="far too many"),
        dict(name="one more for each epoch", code="step_count = epochs * (examples // (small * many) + 1)",
             says="All divide evenly, so nothing is left at the end of an epoch.", ask="What is left at the end?",
             symptom="too many by the number of epochs"),
        dict(name="examples counted", code="step_count = epochs * examples",
             says="A step is for small * many examples.", ask="How many examples go into a step?",
             symptom="far too many"),
    ],
}

SURVIVORS = {
    "train_epoch": {
        "`max(count, 1)` becomes `max(1, count)`": "right: the same",
    },
    "clip": {
        "`norm > max_norm` becomes `norm >= max_norm`": "right: at the limit the factor is 1",
    },
    "resume": {
        "`zip(whole.model.parameters(), second.model.parameters())` becomes "
        "`zip(second.model.parameters(), whole.model.parameters())`": "right: the same comparison",
        "`(Run(), Run(), Run(seed=5))` becomes `(Run(), Run(), Run())`": "right: what is loaded replaces all of it",
        "`(Run(), Run(), Run(seed=5))` becomes `(Run(), Run(), Run(seed=6))`": "right: any other run will do",
        "`(Run(), Run(), Run(seed=5))` becomes `(Run(), Run(), Run(seed=4))`": "right: any other run will do",
        "`first.go(8)` becomes `first.go(9)`": "right: any stop on the way will do",
        "`first.go(8)` becomes `first.go(7)`": "right: any stop on the way will do",
        "`np.array_equal(p.data, q.data)` becomes `np.array_equal(q.data, p.data)`": "right: the same comparison",
    },
    "catch": {
        "`np.allclose(found, expected)` becomes `np.allclose(expected, found)`": "right: values are far apart or equal",
    },
    "step_count": {
        "`epochs * examples // (small * many)` becomes `epochs * examples / (small * many)`": "right: no rest",
    },
}
