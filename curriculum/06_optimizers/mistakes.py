"""Plausible wrong answers. `code` stands in place of the exercise's solution region.

`ask` is the question that a learner gets when the same failure comes again, `says` the sentence after that.
"""

SGD = """
                if p.grad is None:
                    continue
                grad = p.grad + self.weight_decay * p.data if self.weight_decay else p.grad
                if self.momentum:
                    v *= self.momentum
                    v += grad
                    grad = self._direction(grad, v)
                p.data -= self.lr * grad
"""

ADAM = """
                m *= self.beta1
                m += (1 - self.beta1) * grad
                v *= self.beta2
                v += (1 - self.beta2) * (grad * grad)
                m_hat = m / (1 - self.beta1**self.steps)
                v_hat = v / (1 - self.beta2**self.steps)
                p.data -= self.lr * m_hat / (np.sqrt(v_hat) + self.eps)
"""

ADAMW = """
                for p in self.params:
                    if p.grad is not None:
                        p.data -= self.lr * self.shrink * p.data
                Adam.step(self)
"""

ROUND = """
                losses = []
                for x, targets in batches:
                    optimizer.zero_grad()
                    loss = CrossEntropyLoss()(model(x), targets)
                    loss.backward()
                    optimizer.step()
                    losses.append(loss.item())
                return sum(losses) / len(losses)
"""


CATCH = """
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
"""


def changed(code, old, new):
    """A solution with one place of it changed."""
    assert code.count(old) == 1, old
    return code.replace(old, new)


MISTAKES = {
    "state_memory": [
        dict(
            name="numbers, not bytes",
            code="return sum(array.size for arrays in self.state.values() for array in arrays)",
            says="A float32 takes four bytes, a float64 eight. nbytes knows.",
            ask="How many bytes has one of the numbers?",
            symptom="a quarter of the right number for float32",
        ),
        dict(
            name="four bytes each",
            code="return sum(4 * array.size for arrays in self.state.values() for array in arrays)",
            says="Not every array is float32. nbytes knows what each number takes.",
            ask="And if a parameter is float64?",
            symptom="right for float32 only",
        ),
        dict(
            name="the parameters too",
            code="""
                own = sum(array.nbytes for arrays in self.state.values() for array in arrays)
                return own + sum(p.memory_footprint() for p in self.params)
            """,
            says="Only what the optimizer remembers: the arrays in self.state.",
            ask="Whose bytes are the parameters?",
            symptom="too many by the bytes of the model",
        ),
        dict(
            name="one list only",
            code="return sum(array.nbytes for array in next(iter(self.state.values()), []))",
            says="The state may hold several lists: walk over all of them.",
            ask="What about the second list?",
            symptom="right with momentum, half for Adam",
        ),
        dict(
            name="one array of each list",
            code="return sum(arrays[0].nbytes for arrays in self.state.values())",
            says="Each list has an array for each parameter.",
            ask="How many parameters has the model?",
            symptom="right for a model of one parameter",
        ),
    ],
    "sgd": [
        dict(
            name="uphill",
            code=changed(SGD, "p.data -= self.lr * grad", "p.data += self.lr * grad"),
            says="The gradient points uphill; go against it.",
            ask="If the slope is positive, should the number grow?",
            symptom="the loss rises from the first step",
        ),
        dict(
            name="no velocity kept",
            code=changed(SGD, "v *= self.momentum\n                    v += grad", "v = self.momentum * v + grad"),
            says="`v = ...` gives the name to a new array; the optimizer's own stays zero. Write `v *= ...; v += ...`.",
            ask="What does self.state hold after two steps?",
            symptom="momentum has no effect at all",
        ),
        dict(
            name="a mean in place of a sum",
            code=changed(SGD, "v += grad", "v += (1 - self.momentum) * grad"),
            says="The velocity takes the whole gradient in. (Adam's m takes a share.)",
            ask="How large is the velocity after the first step?",
            symptom="the first steps are too short, by one minus momentum",
        ),
        dict(
            name="weight decay towards infinity",
            code=changed(SGD, "p.grad + self.weight_decay * p.data", "p.grad - self.weight_decay * p.data"),
            says="Decay pulls towards zero: add weight_decay * p to the gradient.",
            ask="With gradient 0, should a positive number fall or rise?",
            symptom="weights grow",
        ),
        dict(
            name="the gradient changed",
            code="""
                if p.grad is None:
                    continue
                p.grad += self.weight_decay * p.data
                grad = p.grad
                if self.momentum:
                    v *= self.momentum
                    v += grad
                    grad = self._direction(grad, v)
                p.data -= self.lr * grad
            """,
            says="`p.grad += ...` changes what belongs to the learner. Make a new array: grad = p.grad + ...",
            ask="What does p.grad hold after your step?",
            symptom="right as long as nobody looks at the gradient again",
        ),
        dict(
            name="decay after momentum",
            code="""
                if p.grad is None:
                    continue
                grad = p.grad
                if self.momentum:
                    v *= self.momentum
                    v += grad
                    grad = self._direction(grad, v)
                p.data -= self.lr * (grad + self.weight_decay * p.data)
            """,
            says="The decay belongs to the gradient, so it goes into the velocity as well.",
            ask="Which line comes first on the page, decay or velocity?",
            symptom="right without momentum",
        ),
        dict(
            name="nesterov as plain momentum",
            code=changed(SGD, "self._direction(grad, v)", "v"),
            says="Move by self._direction(grad, v), which knows of nesterov.",
            ask="Does your step look ahead anywhere?",
            symptom="right without nesterov",
        ),
        dict(
            name="a new array",
            code=changed(SGD, "p.data -= self.lr * grad", "p.data = p.data - self.lr * grad"),
            says="`p.data -= ...` writes in place; yours makes a new array for each parameter in each step.",
            ask="How many bytes does your last line allocate?",
            symptom="right numbers, and once more the bytes of the model in each step",
        ),
        dict(
            name="stops at None",
            code=changed(SGD, "continue", "break"),
            says="`break` leaves the loop, and all parameters that come after. `continue` passes over one.",
            ask="What becomes of the parameters behind one without a gradient?",
            symptom="right where the last parameter is the one without a gradient",
        ),
        dict(
            name="None taken for zeros",
            code="""
                grad = np.zeros_like(p.data) if p.grad is None else p.grad
                grad = grad + self.weight_decay * p.data
                if self.momentum:
                    v *= self.momentum
                    v += grad
                    grad = self._direction(grad, v)
                p.data -= self.lr * grad
            """,
            says="With decay or a velocity, gradient 0 moves a parameter. One without a gradient stays: pass over it.",
            ask="Where does decay take a parameter whose gradient is None?",
            symptom="frozen parameters fade away, or coast on",
        ),
        dict(
            name="decay with momentum only",
            code="""
                if p.grad is None:
                    continue
                if v is None:
                    p.data -= self.lr * p.grad
                else:
                    v *= self.momentum
                    v += p.grad + self.weight_decay * p.data
                    p.data -= self.lr * self._direction(p.grad + self.weight_decay * p.data, v)
            """,
            says="Decay is a setting of its own: it goes into the gradient with momentum and without.",
            ask="What does weight_decay do in your step when momentum is 0?",
            symptom="right with momentum; without it decay has no effect",
        ),
        dict(
            name="a new array without momentum",
            code=changed(SGD, "p.data -= self.lr * grad", """if self.momentum:
                    p.data -= self.lr * grad
                else:
                    p.data = p.data - self.lr * grad"""),
            says="`p.data -= ...` writes in place; without momentum yours makes a new array in each step.",
            ask="How many bytes does a plain step allocate?",
            symptom="right numbers, and once more the bytes of the model in each plain step",
        ),
        dict(
            name="nesterov without decay",
            code=changed(SGD, "self._direction(grad, v)", "self._direction(p.grad, v)"),
            says="The gradient that looks ahead is the one with decay in it: self._direction(grad, v).",
            ask="Which gradient do you hand to _direction?",
            symptom="right unless nesterov and decay meet",
        ),
        dict(
            name="nesterov without its velocity",
            code=changed(SGD, "self._direction(grad, v)", "grad + self.momentum * grad if self.nesterov else v"),
            says="It looks ahead along the velocity: grad + momentum * velocity. The two agree in the first step.",
            ask="What does your second step know of the first?",
            symptom="the first step is right, later ones are too short",
        ),
        dict(
            name="the learning rate of the first step",
            code=changed(SGD, "p.data -= self.lr * grad",
                         "self._lr = getattr(self, '_lr', self.lr)\n                p.data -= self._lr * grad"),
            says="lr may be changed between two steps: read self.lr in each.",
            ask="What does your step do after `optimizer.lr = 0.01`?",
            symptom="right as long as nobody changes lr",
        ),
    ],
    "adam": [
        dict(
            name="no correction",
            code=changed(changed(ADAM, "m / (1 - self.beta1**self.steps)", "m"),
                         "v / (1 - self.beta2**self.steps)", "v"),
            says="Both means began at zero. Divide by 1 - beta ** steps.",
            ask="How long is your first step, in learning rates?",
            symptom="the first steps are about three times too long",
        ),
        dict(
            name="correction of the first step for ever",
            code=changed(changed(ADAM, "self.beta1**self.steps", "self.beta1"), "self.beta2**self.steps", "self.beta2"),
            says="The pull of the zero start fades: beta ** steps, not beta.",
            ask="What does your correction do in step 1000?",
            symptom="the first step is right, later ones are not",
        ),
        dict(
            name="the root left out",
            code=changed(ADAM, "np.sqrt(v_hat)", "v_hat"),
            says="v is a mean of squares; its root has the size of a gradient.",
            ask="How does your step change if all gradients are ten times as large?",
            symptom="steps depend on the scale of the loss; huge where gradients are small",
        ),
        dict(
            name="eps under the root",
            code=changed(ADAM, "np.sqrt(v_hat) + self.eps", "np.sqrt(v_hat + self.eps)"),
            says="eps is added to the root, not under it.",
            ask="How large is the root of 1e-8?",
            symptom="steps too short where gradients are small",
        ),
        dict(
            name="betas exchanged",
            code=changed(changed(ADAM, "m *= self.beta1\n                m += (1 - self.beta1)",
                                 "m *= self.beta2\n                m += (1 - self.beta2)"),
                         "v *= self.beta2\n                v += (1 - self.beta2)",
                         "v *= self.beta1\n                v += (1 - self.beta1)"),
            says="beta1 belongs to m, beta2 to v.",
            ask="Which mean should be the slower one?",
            symptom="steps of the wrong length, from the first one on",
        ),
        dict(
            name="a sum in place of a mean",
            code=changed(ADAM, "m += (1 - self.beta1) * grad", "m += grad"),
            says="m is a running mean: it takes the share 1 - beta1 of the gradient.",
            ask="How large is m after the first step?",
            symptom="steps ten times too long",
        ),
        dict(
            name="means not kept",
            code="""
                m = self.beta1 * m + (1 - self.beta1) * grad
                v = self.beta2 * v + (1 - self.beta2) * (grad * grad)
                m_hat = m / (1 - self.beta1**self.steps)
                v_hat = v / (1 - self.beta2**self.steps)
                p.data -= self.lr * m_hat / (np.sqrt(v_hat) + self.eps)
            """,
            says="`m = ...` gives the name to a new array; the optimizer's own stays zero. Write `m *= ...; m += ...`.",
            ask="What does self.m hold after a step?",
            symptom="the first step is right, later ones shrink",
        ),
        dict(
            name="the size of the mean",
            code=changed(ADAM, "v += (1 - self.beta2) * (grad * grad)", "v += (1 - self.beta2) * (m * m)"),
            says="v is the mean of the squared gradient, not of the squared mean.",
            ask="What do you square?",
            symptom="first steps ten times too long",
        ),
        dict(
            name="decay nowhere",
            code=changed(changed(ADAM, "(1 - self.beta1) * grad", "(1 - self.beta1) * p.grad"),
                         "(grad * grad)", "(p.grad * p.grad)"),
            says="`grad` is p.grad with decay in it; both means take that one.",
            ask="Where does weight_decay go in your lines?",
            symptom="right without decay",
        ),
        dict(
            name="decay not in m",
            code=changed(ADAM, "(1 - self.beta1) * grad", "(1 - self.beta1) * p.grad"),
            says="m is the mean of `grad`, which has decay in it, and not of p.grad.",
            ask="Which gradient does m take in?",
            symptom="right without decay; with it steps are too short or too long",
        ),
        dict(
            name="decay not in v",
            code=changed(ADAM, "(grad * grad)", "(p.grad * p.grad)"),
            says="v is the mean of `grad` squared, which has decay in it.",
            ask="Which gradient does v take in?",
            symptom="right without decay; with it steps have the wrong length",
        ),
        dict(
            name="the gradient squared in place",
            code=changed(ADAM, "v += (1 - self.beta2) * (grad * grad)",
                         "grad *= grad\n                v += (1 - self.beta2) * grad"),
            says="Without decay `grad` is p.grad itself, and `*=` changes the learner's. Square into a new array.",
            ask="What does p.grad hold after your step?",
            symptom="right as long as nobody looks at the gradient again",
        ),
        dict(
            name="a correction that grows in a line",
            code=changed(ADAM, "v / (1 - self.beta2**self.steps)", "v / (self.steps * (1 - self.beta2))"),
            says="The pull of the zero start fades as beta ** steps; steps * (1 - beta) grows for ever.",
            ask="By what do you divide v in step 5000?",
            symptom="right for the first steps, ever longer ones after some hundreds",
        ),
        dict(
            name="a new array",
            code=changed(ADAM, "p.data -= self.lr * m_hat", "p.data = p.data - self.lr * m_hat"),
            says="`p.data -= ...` writes in place; yours makes a new array for each parameter in each step.",
            ask="How many bytes does your last line allocate for the new p.data?",
            symptom="right numbers, and once more the bytes of the model in each step",
        ),
    ],
    "adamw": [
        dict(
            name="never shrinks",
            code="Adam.step(self)",
            says="First take lr * shrink of each parameter away.",
            ask="Where does self.shrink stand in your lines?",
            symptom="AdamW is Adam without decay",
        ),
        dict(
            name="shrinks by all of shrink",
            code=changed(ADAMW, "self.lr * self.shrink * p.data", "self.shrink * p.data"),
            says="By lr * shrink of itself: a shorter step shrinks less.",
            ask="How much would a number shrink with lr 0.001?",
            symptom="weights vanish within a few steps",
        ),
        dict(
            name="grows",
            code=changed(ADAMW, "p.data -= self.lr", "p.data += self.lr"),
            says="Decay pulls towards zero.",
            ask="Is your number smaller afterwards?",
            symptom="weights grow",
        ),
        dict(
            name="shrinks all",
            code="""
                for p in self.params:
                    p.data -= self.lr * self.shrink * p.data
                Adam.step(self)
            """,
            says="A parameter without a gradient stays where it is, so it does not shrink either.",
            ask="What happens to a parameter whose gradient is None?",
            symptom="frozen parameters fade away",
        ),
        dict(
            name="mixed into the gradient",
            code="""
                self.weight_decay = self.shrink
                Adam.step(self)
                self.weight_decay = 0.0
            """,
            says="That is Adam's own decay, which is divided away. Shrink the number itself.",
            ask="How much further does your first step go because of the decay?",
            symptom="the first step shows no decay at all",
        ),
        dict(
            name="shrinks afterwards",
            code="""
                Adam.step(self)
                for p in self.params:
                    if p.grad is not None:
                        p.data -= self.lr * self.shrink * p.data
            """,
            says="First shrink, then step: the step itself is not to be shrunk.",
            ask="From 4 with lr 0.1 and decay 0.5: is it 3.7 or 3.705?",
            symptom="steps too short by lr * shrink of them",
        ),
        dict(
            name="stops at None",
            code="""
                for p in self.params:
                    if p.grad is None:
                        break
                    p.data -= self.lr * self.shrink * p.data
                Adam.step(self)
            """,
            says="`break` leaves the loop, and all parameters that come after. `continue` passes over one.",
            ask="What becomes of the parameters behind one without a gradient?",
            symptom="right where the last parameter is the one without a gradient",
        ),
        dict(
            name="is there a gradient?",
            code=changed(ADAMW, "if p.grad is not None", "if p.grad"),
            says="An array of several numbers is neither true nor false, and a 0 is false. Ask `is not None`.",
            ask="What is `if` to make of an array of three numbers?",
            symptom="an error for every parameter of more than one number",
        ),
        dict(
            name="shrinks downwards",
            code=changed(ADAMW, "self.shrink * p.data", "self.shrink * abs(p.data)"),
            says="Towards zero, not towards less: a negative number has to rise.",
            ask="From -8, should decay lead to -8.4 or to -7.6?",
            symptom="right for positive numbers, negative ones grow",
        ),
        dict(
            name="all by the same",
            code=changed(ADAMW, "self.shrink * p.data", "self.shrink * p.data.mean()"),
            says="Each number shrinks by its own share, not by that of the mean.",
            ask="Where do 4 and -4 go, whose mean is 0?",
            symptom="right for parameters of one number",
        ),
        dict(
            name="shrunk into a new array",
            code=changed(ADAMW, "p.data -= self.lr", "p.data = p.data - self.lr"),
            says="`p.data -= ...` writes in place; yours makes a new array for each parameter in each step.",
            ask="How many bytes does your shrinking line allocate for the new p.data?",
            symptom="right numbers, and once more the bytes of the model in each step",
        ),
    ],
    "catch": [
        dict(
            name="one batch",
            code="""
                model, rng = Linear(3, 4), np.random.default_rng(5)
                twin, x, targets = copy.deepcopy(model), Tensor(rng.normal(size=(5, 3))), rng.integers(0, 4, 5)
                one_round(model, SGD(model.parameters(), lr=0.5), [(x, targets)])
                CrossEntropyLoss()(twin(x), targets).backward()
                for p, q in zip(model.parameters(), twin.parameters()):
                    assert np.allclose(p.data, q.data - 0.5 * q.grad, atol=1e-5), "the step went elsewhere"
            """,
            says="On one batch nothing is wrong. Take two.",
            ask="When does the colleague's round go wrong for the first time?",
            symptom="lets the colleague's round pass",
        ),
        dict(
            name="the loss must fall",
            code="""
                model, rng = Linear(3, 4), np.random.default_rng(5)
                batch = Tensor(rng.normal(size=(5, 3))), rng.integers(0, 4, 5)
                before = CrossEntropyLoss()(model(batch[0]), batch[1]).item()
                one_round(model, SGD(model.parameters(), lr=0.01), [batch, batch])
                assert CrossEntropyLoss()(model(batch[0]), batch[1]).item() < before, "the loss does not fall"
            """,
            says="The colleague's loss falls at first, too. Compare the parameters with steps by hand.",
            ask="Does the colleague's loss fall in your example?",
            symptom="lets the colleague's round pass",
        ),
        dict(
            name="gradients must be gone",
            code="""
                model = Linear(3, 4)
                batch = Tensor(np.ones((5, 3))), np.array([3, 1, 0, 2, 1])
                one_round(model, SGD(model.parameters(), lr=0.5), [batch])
                assert all(p.grad is None for p in model.parameters()), "gradients are left"
            """,
            says="Who forgets before each backward has gradients left at the end, and is right.",
            ask="Does your check let optimizer.zero_grad() stand at the start?",
            symptom="refuses right rounds",
        ),
        dict(
            name="the twin is the model",
            code="""
                model, rng = Linear(3, 4), np.random.default_rng(5)
                twin, batches = model, [(Tensor(rng.normal(size=(5, 3))), rng.integers(0, 4, 5)) for _ in range(2)]
                one_round(model, SGD(model.parameters(), lr=0.5), batches)
                for p, q in zip(model.parameters(), twin.parameters()):
                    assert np.allclose(p.data, q.data), "the parameters are elsewhere"
            """,
            says="`twin = model` is the same model. copy.deepcopy makes another.",
            ask="How many models have you?",
            symptom="passes every round",
        ),
        dict(
            name="by hand forgets too",
            code="""
                model, rng = Linear(3, 4), np.random.default_rng(5)
                twin, batches = copy.deepcopy(model), [
                    (Tensor(rng.normal(size=(5, 3))), rng.integers(0, 4, 5)) for _ in range(2)]
                one_round(model, SGD(model.parameters(), lr=0.5), batches)
                for x, targets in batches:
                    CrossEntropyLoss()(twin(x), targets).backward()
                    for q in twin.parameters():
                        q.data -= 0.5 * q.grad
                for p, q in zip(model.parameters(), twin.parameters()):
                    assert np.allclose(p.data, q.data, atol=1e-5), "the parameters are elsewhere"
            """,
            says="Your steps by hand add up the gradients as the colleague's do. Set q.grad to None for each batch.",
            ask="What does q.grad hold in your second batch?",
            symptom="passes the colleague and refuses right rounds",
        ),
        dict(
            name="no steps by hand",
            code="""
                model, batch = Linear(3, 4), (Tensor([[5.0, 3.0, 4.0], [6.0, 2.0, 7.0]]), np.array([3, 2]))
                optimizer = SGD(model.parameters(), lr=0.01)
                one_round(model, optimizer, [batch] * 200)
                assert optimizer.steps == 200, "not a step for each batch"
                assert np.abs(model.bias.grad).max() < 1, "the gradients add up"
            """,
            says="Small gradients and the right count of steps can still lead elsewhere. Compare with steps by hand.",
            ask="Would you notice a round that goes half of each step?",
            symptom="lets rounds pass that go elsewhere",
        ),
        dict(
            name="the bias alone",
            code=changed(CATCH, "zip(model.parameters(), twin.parameters())", "[(model.bias, twin.bias)]"),
            says="The bias is not all. Compare every parameter.",
            ask="Who looks at the weight?",
            symptom="lets a round pass that forgets the gradients of biases alone",
        ),
        dict(
            name="any of them",
            code="""
                model, rng = Linear(3, 4), np.random.default_rng(5)
                twin, batches = copy.deepcopy(model), [(Tensor(rng.normal(size=(5, 3))), np.arange(5) % 4)] * 2
                one_round(model, SGD(model.parameters(), lr=0.5), batches)
                for x, targets in batches:
                    for q in twin.parameters():
                        q.grad = None
                    CrossEntropyLoss()(twin(x), targets).backward()
                    for q in twin.parameters():
                        q.data -= 0.5 * q.grad
                pairs = zip(model.parameters(), twin.parameters())
                assert any(np.allclose(p.data, q.data) for p, q in pairs), "the parameters are elsewhere"
            """,
            says="All parameters have to be where steps by hand lead, not one of them.",
            ask="And if one is right and the other is not?",
            symptom="rejects only what is wrong in every parameter",
        ),
    ],
    "repair": [
        dict(
            name="zero once",
            code="""
                losses = []
                optimizer.zero_grad()
                for x, targets in batches:
                    loss = CrossEntropyLoss()(model(x), targets)
                    loss.backward()
                    optimizer.step()
                    losses.append(loss.item())
                return sum(losses) / len(losses)
            """,
            says="Once for each batch, not once for the round.",
            ask="What does a gradient hold in the second batch?",
            symptom="right for rounds of one batch",
        ),
        dict(
            name="zero before the step",
            code="""
                losses = []
                for x, targets in batches:
                    loss = CrossEntropyLoss()(model(x), targets)
                    loss.backward()
                    optimizer.zero_grad()
                    optimizer.step()
                    losses.append(loss.item())
                return sum(losses) / len(losses)
            """,
            says="That forgets the new gradients before they were used. Forget before backward.",
            ask="What does `step` find in .grad?",
            symptom="the model never moves",
        ),
        dict(
            name="zero after the step",
            code="""
                losses = []
                for x, targets in batches:
                    loss = CrossEntropyLoss()(model(x), targets)
                    loss.backward()
                    optimizer.step()
                    optimizer.zero_grad()
                    losses.append(loss.item())
                return sum(losses) / len(losses)
            """,
            says="Whoever called may have left gradients behind: forget before the first backward as well.",
            ask="And if gradients are left from before the round?",
            symptom="right unless somebody called backward before",
        ),
        dict(
            name="the last loss",
            code=changed(ROUND, "return sum(losses) / len(losses)", "return losses[-1]"),
            says="The mean over all batches of the round.",
            ask="What does your function return for losses 3 and 5?",
            symptom="a loss that jumps from round to round",
        ),
        dict(
            name="the sum of losses",
            code=changed(ROUND, "return sum(losses) / len(losses)", "return sum(losses)"),
            says="The mean, so that rounds of more batches can be compared.",
            ask="What does your function return for losses 3 and 5?",
            symptom="losses too large by the number of batches",
        ),
        dict(
            name="the step first",
            code="""
                losses = []
                for x, targets in batches:
                    optimizer.step()
                    optimizer.zero_grad()
                    loss = CrossEntropyLoss()(model(x), targets)
                    loss.backward()
                    losses.append(loss.item())
                return sum(losses) / len(losses)
            """,
            says="Loss, backward, step: yours steps by the batch before, and never by the last one.",
            ask="Which batch's gradients move the model?",
            symptom="always one batch late",
        ),
        dict(
            name="the first and the last loss",
            code=changed(ROUND, "return sum(losses) / len(losses)", "return (losses[0] + losses[-1]) / 2"),
            says="The mean over all batches of the round, also those between.",
            ask="What does your function return for losses 3, 7 and 5?",
            symptom="right for rounds of one or two batches",
        ),
        dict(
            name="the median",
            code=changed(ROUND, "return sum(losses) / len(losses)", "return float(np.median(losses))"),
            says="The mean, not the one in the middle.",
            ask="What does your function return for losses 3, 4 and 8?",
            symptom="right for rounds of one or two batches",
        ),
        dict(
            name="half of the mean so far",
            code="""
                mean = None
                for x, targets in batches:
                    optimizer.zero_grad()
                    loss = CrossEntropyLoss()(model(x), targets)
                    loss.backward()
                    optimizer.step()
                    mean = loss.item() if mean is None else (mean + loss.item()) / 2
                return mean
            """,
            says="All batches count alike; in yours the last one counts half.",
            ask="What does your function return for losses 3, 4 and 8?",
            symptom="right for rounds of one or two batches",
        ),
        dict(
            name="the loss after the step",
            code=changed(ROUND, "losses.append(loss.item())",
                         "losses.append(CrossEntropyLoss()(model(x), targets).item())"),
            says="The loss of a batch is the one its gradients come from, before the step. Another forward costs time.",
            ask="How often does your round take each batch through the model?",
            symptom="losses too low, and a round that takes longer",
        ),
    ],
    "adam_bytes": [
        dict(name="numbers, not bytes", code="adam_bytes = 4 * (n * hidden + hidden + hidden * classes + classes)",
             says="A float32 takes four bytes.", ask="How many bytes has one number?", symptom="a quarter"),
        dict(name="state alone", code="adam_bytes = 2 * 4 * (n * hidden + hidden + hidden * classes + classes)",
             says="Weights and gradients count as well.", ask="What is alive besides m and v?", symptom="half"),
        dict(name="no gradients", code="adam_bytes = 3 * 4 * (n * hidden + hidden + hidden * classes + classes)",
             says="Each parameter has a gradient of its size.", ask="What does backward leave?",
             symptom="three quarters"),
        dict(name="no biases", code="adam_bytes = 4 * 4 * (n * hidden + hidden * classes)",
             says="Biases are parameters, too.", ask="What belongs to a Linear besides its weight?", symptom="too few"),
        dict(name="the first layer only", code="adam_bytes = 4 * 4 * (n * hidden + hidden)",
             says="The second Linear has parameters as well.", ask="How many layers are there?", symptom="too few"),
    ],
    "first_lr": [
        dict(name="no root", code="first_lr = (1 - betas[0]) / (1 - betas[1])",
             says="v is a mean of squares; the step divides by its root.", ask="Where is the root?",
             symptom="far too long"),
        dict(name="always one", code="first_lr = 1",
             says="That is the step with correction.", ask="What does the correction do?", symptom="one"),
        dict(name="turned round", code="first_lr = math.sqrt(1 - betas[1]) / (1 - betas[0])",
             says="m stands above, the root of v below.", ask="What is divided by what?", symptom="one over it"),
        dict(name="without one minus", code="first_lr = betas[0] / math.sqrt(betas[1])",
             says="The new gradient enters with the shares 1 - beta1 and 1 - beta2.",
             ask="What share of m is the first gradient?", symptom="about one"),
        dict(name="the usual betas", code="first_lr = (1 - 0.9) / math.sqrt(1 - 0.999)",
             says="Take the betas that are printed for you.", ask="What are your betas?", symptom="3.162"),
    ],
}

SURVIVORS = {
    "catch": {
        "`zip(model.parameters(), twin.parameters())` becomes `zip(twin.parameters(), model.parameters())`":
            "right: which of the two is asked first does not matter",
        "`np.allclose(p.data, q.data)` becomes `np.allclose(q.data, p.data)`": "right: the same comparison",
        "`[(Tensor(rng.normal(size=(5, 3))), np.arange(5) % 4)] * 2` becomes "
        "`[(Tensor(rng.normal(size=(5, 3))), np.arange(5) % 4)] * 3`": "right: two batches or more",
        "`np.arange(5) % 4` becomes `np.arange(5) % 3`": "right: any classes will do",
        "`np.arange(5) % 4` becomes `np.arange(5) // 4`": "right: any classes will do",
        "`Linear(3, 4)` becomes `Linear(3, 5)`": "right: any size that has the classes",
        "`np.random.default_rng(5)` becomes `np.random.default_rng(6)`": "right: any numbers will do",
        "`np.random.default_rng(5)` becomes `np.random.default_rng(4)`": "right: any numbers will do",
    },
}
