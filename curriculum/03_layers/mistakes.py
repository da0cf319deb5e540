"""Plausible wrong answers. `code` stands in place of the exercise's solution region.

`ask` is the question that a learner gets when the same failure comes again, `says` the sentence after that.
"""

MISTAKES = {
    "glorot_uniform": [
        dict(
            name="spread for bound",
            code="""
                fan_in, fan_out = fans(shape)
                a = math.sqrt(2 / (fan_in + fan_out))
                return rng.uniform(-a, a, shape)
            """,
            says="2 / (fan_in + fan_out) is the variance, and a * a is three times that: a is the root of 6 / sum.",
            ask="Numbers drawn evenly from -a to a have variance a * a / 3. Which variance do yours have?",
            symptom="numbers too small by a factor of root 3: signal fades twice as fast",
        ),
        dict(
            name="no root",
            code="""
                fan_in, fan_out = fans(shape)
                a = 6 / (fan_in + fan_out)
                return rng.uniform(-a, a, shape)
            """,
            says="6 / (fan_in + fan_out) is a * a; a is its root.",
            ask="For shape (3, 5) a is 0.866. What is yours?",
            symptom="nearly right for a few inputs, far too small for many",
        ),
        dict(
            name="fan_in only",
            code="""
                fan_in, fan_out = fans(shape)
                a = math.sqrt(6 / (2 * fan_in))
                return rng.uniform(-a, a, shape)
            """,
            says="Glorot takes the middle of both counts: fan_in + fan_out, not fan_in twice.",
            ask="What does your function make of shape (60, 200), and of (200, 60)?",
            symptom="right for square weights, wrong for all others",
        ),
        dict(
            name="only above zero",
            code="""
                fan_in, fan_out = fans(shape)
                return rng.uniform(0, math.sqrt(6 / (fan_in + fan_out)), shape)
            """,
            says="Draw from -a to a. Without negative weights nothing cancels, and a sum grows with its length.",
            ask="What is the mean of your numbers?",
            symptom="every sum comes out large and positive; ReLU bends nothing",
        ),
        dict(
            name="normal numbers",
            code="""
                fan_in, fan_out = fans(shape)
                return rng.normal(0, math.sqrt(2 / (fan_in + fan_out)), shape)
            """,
            says="The variance is right; drawn evenly means `rng.uniform(-a, a, shape)`.",
            ask="How large is your largest number, and how large may it be?",
            symptom="right spread, with rare numbers beyond the bound",
        ),
        dict(
            name="a generator of its own",
            code="""
                fan_in, fan_out = fans(shape)
                a = math.sqrt(6 / (fan_in + fan_out))
                return np.random.default_rng(0).uniform(-a, a, shape)
            """,
            says="Draw from the `rng` that you are given. Yours starts anew each time, with the same numbers.",
            ask="Do two layers of one shape start with different numbers?",
            symptom="all layers of one shape are twins, whatever the seed",
        ),
        dict(
            name="one row for all",
            code="""
                fan_in, fan_out = fans(shape)
                a = math.sqrt(6 / (fan_in + fan_out))
                return np.zeros(shape) + rng.uniform(-a, a, shape[1:])
            """,
            says="Every number is drawn by itself: give the whole shape to `rng.uniform`.",
            ask="How do the rows of your weight differ from each other?",
            symptom="all outputs of a layer are the same number",
        ),
    ],
    "he_normal": [
        dict(
            name="variance for spread",
            code="""
                fan_in, _ = fans(shape)
                return rng.normal(0, 2 / fan_in, shape)
            """,
            says="`rng.normal` takes the spread, the root of the variance.",
            ask="Which of mean, variance and spread does `rng.normal` ask for?",
            symptom="far too small, and smaller the wider the layer",
        ),
        dict(
            name="half not given back",
            code="""
                fan_in, _ = fans(shape)
                return rng.normal(0, math.sqrt(1 / fan_in), shape)
            """,
            says="1 / fan_in keeps the variance of a sum; behind ReLU half of it is lost, so He takes 2 / fan_in.",
            ask="What does ReLU leave of the variance, and where do you make up for it?",
            symptom="fades by root 2 a layer, like Glorot",
        ),
        dict(
            name="fan_out",
            code="""
                _, fan_out = fans(shape)
                return rng.normal(0, math.sqrt(2 / fan_out), shape)
            """,
            says="How many products meet in one sum is fan_in, the first of the two counts.",
            ask="What does your function make of shape (60, 200), and of (200, 60)?",
            symptom="right for square weights; layers that narrow grow, layers that widen fade",
        ),
        dict(
            name="both counts",
            code="""
                fan_in, fan_out = fans(shape)
                return rng.normal(0, math.sqrt(4 / (fan_in + fan_out)), shape)
            """,
            says="He reads the scale off fan_in alone: variance 2 / fan_in.",
            ask="Which count stands in He's variance?",
            symptom="right for square weights",
        ),
        dict(
            name="drawn evenly",
            code="""
                fan_in, _ = fans(shape)
                a = math.sqrt(6 / fan_in)
                return rng.uniform(-a, a, shape)
            """,
            says="The variance is right; normal numbers come from `rng.normal(0, spread, shape)`.",
            ask="What share of your numbers lies within one spread of 0?",
            symptom="works as well, and is not what the name says",
        ),
        dict(
            name="a generator of its own",
            code="""
                fan_in, _ = fans(shape)
                return np.random.default_rng(0).normal(0, math.sqrt(2 / fan_in), shape)
            """,
            says="Draw from the `rng` that you are given. Yours starts anew each time, with the same numbers.",
            ask="Do two layers of one shape start with different numbers?",
            symptom="all layers of one shape are twins, whatever the seed",
        ),
    ],
    "linear": [
        dict(
            name="round the door",
            code="""
                y = x.data @ self.weight.data.T
                return Tensor(y if self.bias is None else y + self.bias.data)
            """,
            says="Right numbers, wrong way: no reading sees this layer. Use the Tensors' own `@`, `+` and `.T`.",
            ask="What does `watch` show for your layer?",
            symptom="right in value, invisible to every reading; later lessons lose it without an error",
        ),
        dict(
            name="weight round the door",
            code="""
                y = x @ Tensor(self.weight.data.T)
                return y if self.bias is None else y + self.bias
            """,
            says="`Tensor(self.weight.data.T)` is a new Tensor that knows nothing of the Parameter: `self.weight.T`.",
            ask="Whose Tensor goes into your `@`: the layer's, or a copy of its numbers?",
            symptom="right in value; the weight itself takes no part",
        ),
        dict(
            name="bias forgotten",
            code="return x @ self.weight.T",
            says="Add `self.bias`, where there is one.",
            ask="What does a row of zeros become in your layer, and what should it become?",
            symptom="right until a bias is no longer 0",
        ),
        dict(
            name="bias before the product",
            code="""
                if self.bias is None:
                    return x @ self.weight.T
                return x @ self.weight.T + self.bias.sum()
            """,
            says="The bias has one number for each output; each output gets its own, not the sum of all.",
            ask="How many numbers has the bias, and which of them belongs to output 0?",
            symptom="right shape; every output is shifted by the same amount",
        ),
        dict(
            name="bias subtracted",
            code="y = x @ self.weight.T\nreturn y if self.bias is None else y - self.bias",
            says="The bias is added.",
            ask="What does a row of zeros become in your layer?",
            symptom="right until a bias is no longer 0",
        ),
        dict(
            name="no layer without bias",
            code="return x @ self.weight.T + self.bias",
            says="Where there is no bias, `self.bias` is None and there is nothing to add.",
            ask="What is `self.bias` in Linear(3, 4, bias=False)?",
            symptom="an error for layers without a bias, right for all others",
        ),
        dict(
            name="all rows flat",
            code="""
                y = x.reshape(-1, self.in_features) @ self.weight.T
                return y if self.bias is None else y + self.bias
            """,
            says="`@` works on the last two axes and keeps those in front: no reshape is needed.",
            ask="Which shape comes out when (2, 3, 4) goes in?",
            symptom="right for a batch of rows; leading axes are lost",
        ),
    ],
    "named_parameters": [
        dict(
            name="own only",
            code="return [(name, value) for name, value in vars(self).items() if isinstance(value, Parameter)]",
            says="A Module among the attributes has Parameters of its own: ask it with `value.named_parameters()`.",
            ask="What does your method do when an attribute is a Module?",
            symptom="right for a single layer; a model of layers has nothing",
        ),
        dict(
            name="one level deep",
            code="""
                found = {}
                for name, value in vars(self).items():
                    if isinstance(value, Parameter):
                        found.setdefault(id(value), (name, value))
                    elif isinstance(value, Module):
                        for inner, parameter in vars(value).items():
                            if isinstance(parameter, Parameter):
                                found.setdefault(id(parameter), (f"{name}.{inner}", parameter))
                return list(found.values())
            """,
            says="Modules may lie in modules in modules: call `value.named_parameters()`, which goes on by itself.",
            ask="How deep does your method look?",
            symptom="right for a model of layers; a model of models loses the inner ones",
        ),
        dict(
            name="shared told twice",
            code="""
                found = []
                for name, value in vars(self).items():
                    if isinstance(value, Parameter):
                        found.append((name, value))
                    elif isinstance(value, Module):
                        found += [(f"{name}.{inner}", p) for inner, p in value.named_parameters()]
                return found
            """,
            says="Remember which Parameters you have met, for instance by their `id`, and keep the first name.",
            ask="Two layers share one weight. How many Parameters is that?",
            symptom="right until something is shared; then it is counted, and later changed, twice",
        ),
        dict(
            name="equal taken for same",
            code="""
                found = []
                for name, value in vars(self).items():
                    inside = [(name, value)] if isinstance(value, Parameter) else []
                    if isinstance(value, Module):
                        inside = [(f"{name}.{inner}", p) for inner, p in value.named_parameters()]
                    for pair in inside:
                        if not any(np.array_equal(pair[1].data, p.data) for _, p in found):
                            found.append(pair)
                return found
            """,
            says="Two Parameters with equal numbers are still two: compare with `is`, or by `id`.",
            ask="All biases start at 0. How many of them does your method tell?",
            symptom="right while all numbers differ; of equal biases only the first is found",
        ),
        dict(
            name="in for is",
            code="""
                pairs = []
                for name, value in vars(self).items():
                    if isinstance(value, Parameter):
                        pairs.append((name, value))
                    if isinstance(value, Module):
                        for inner, parameter in value.named_parameters():
                            if parameter not in [known for _, known in pairs]:
                                pairs.append((f"{name}.{inner}", parameter))
                return pairs
            """,
            says="`in` asks with `==`, which compares the numbers of two Tensors. Ask with `is`, or by `id`.",
            ask="What does `==` give for two Tensors, and what does `in` make of it?",
            symptom="an error about shapes or truth for some models; for others a Parameter with equal numbers is lost",
        ),
        dict(
            name="bare names",
            code="""
                found = {}
                for name, value in vars(self).items():
                    if isinstance(value, Parameter):
                        found.setdefault(id(value), (name, value))
                    elif isinstance(value, Module):
                        for inner, parameter in value.named_parameters():
                            found.setdefault(id(parameter), (inner, parameter))
                return list(found.values())
            """,
            says="A name from inside gets the attribute's name and a dot in front: first.weight.",
            ask="How would you tell the weight of the first layer from that of the last?",
            symptom="all are found, and all are called weight and bias; a saved state keeps one of each",
        ),
        dict(
            name="arrays for Parameters",
            code="""
                found = {}
                for name, value in vars(self).items():
                    if isinstance(value, Parameter):
                        found.setdefault(id(value.data), (name, value.data))
                    elif isinstance(value, Module):
                        for inner, array in value.named_parameters():
                            found.setdefault(id(array), (f"{name}.{inner}", array))
                return list(found.values())
            """,
            says="Give the Parameters themselves: whoever finds one wants to set its `.data`.",
            ask="What could somebody change who has only the array?",
            symptom="names and numbers are right; nothing that is found can be set",
        ),
        dict(
            name="any Tensor",
            code="""
                found = {}
                for name, value in vars(self).items():
                    if isinstance(value, Tensor):
                        found.setdefault(id(value), (name, value))
                    elif isinstance(value, Module):
                        for inner, parameter in value.named_parameters():
                            found.setdefault(id(parameter), (f"{name}.{inner}", parameter))
                return list(found.values())
            """,
            says="A plain Tensor, such as a mean that is kept, is no Parameter: ask isinstance(value, Parameter).",
            ask="What distinguishes a Parameter from other Tensors?",
            symptom="right until a module keeps a Tensor that must not be learned",
        ),
        dict(
            name="in order of the alphabet",
            code="""
                found = {}
                for name, value in sorted(vars(self).items()):
                    if isinstance(value, Parameter):
                        found.setdefault(id(value), (name, value))
                    elif isinstance(value, Module):
                        for inner, parameter in value.named_parameters():
                            found.setdefault(id(parameter), (f"{name}.{inner}", parameter))
                return list(found.values())
            """,
            says="Keep the order of `vars(self)`, in which the attributes were set.",
            ask="Which comes first in a Linear layer, weight or bias, and which in yours?",
            symptom="all are found, in another order than they were made",
        ),
    ],
    "catch": [
        dict(
            name="asks whether it runs",
            code="out = make(6, 5, 4)(Tensor(np.ones((3, 6))))\nassert out.shape == (3, 4)",
            says="The fault runs. Ask for its parameters.",
            ask="What did the measurement above show that running it does not?",
            symptom="passes the fault",
        ),
        dict(
            name="asks for some",
            code="assert len(make(6, 5, 4).parameters()) > 0",
            says="The fault tells some parameters: those of the last layer. Ask for all of them.",
            ask="How many parameters does ListNet tell, and how many should it?",
            symptom="passes the fault",
        ),
        dict(
            name="at least",
            code="""
                found = sum(p.data.size for p in make(6, 5, 4).parameters())
                assert found >= 6 * 5 + 5 + 5 * 4 + 4
            """,
            says="Too many is wrong as well: compare with `==`.",
            ask="What does your check say of SpareNet?",
            symptom="passes a model that tells a layer which it does not use",
        ),
        dict(
            name="forgets the biases",
            code="""
                found = sum(p.data.size for p in make(6, 5, 4).parameters())
                assert found == 6 * 5 + 5 * 4
            """,
            says="Each Linear layer has a bias too, with one number for each output.",
            ask="Which Parameters has Linear(6, 5)?",
            symptom="refuses right models",
        ),
        dict(
            name="the count of another size",
            code="assert sum(p.data.size for p in make(6, 5, 4).parameters()) == 101_770",
            says="101,770 belongs to the sizes 784, 128, 10. For yours the sum is another.",
            ask="How many numbers does a model of sizes 6, 5, 4 have?",
            symptom="refuses right models",
        ),
        dict(
            name="raises something else",
            code="""
                found = sum(p.data.size for p in make(6, 5, 4).parameters())
                if found != 6 * 5 + 5 + 5 * 4 + 4:
                    raise ValueError(f"expected 59 numbers, found {found}")
            """,
            says="Only an AssertionError says 'caught': use assert.",
            ask="Which exception should the check raise?",
            symptom="the check breaks in place of catching",
        ),
        dict(
            name="accepts the fault as the norm",
            code="assert sum(p.data.size for p in make(6, 5, 4).parameters()) == 5 * 4 + 4",
            says="5 * 4 + 4 is the last layer alone; 6 * 5 + 5 come before it.",
            ask="Which layer does your number leave out?",
            symptom="accepts the fault and refuses right models",
        ),
    ],
    "sequential": [
        dict(
            name="a list beside the given methods",
            code="""
                def __init__(self, *layers):
                    self.layers = list(layers)

                def forward(self, x):
                    for layer in self.layers:
                        x = layer(x)
                    return x
            """,
            says="named_parameters passes over a list, and so does `__iter__`. Make attributes: "
                 "setattr(self, str(place), layer).",
            ask="What does len(...) say of your Sequential, and why?",
            symptom="runs, and has neither length nor parameters",
        ),
        dict(
            name="a list again",
            code="""
                def __init__(self, *layers):
                    self.layers = list(layers)

                def __iter__(self):
                    return iter(self.layers)

                def forward(self, x):
                    for layer in self.layers:
                        x = layer(x)
                    return x
            """,
            says="named_parameters passes over a list. Make attributes: setattr(self, str(place), layer).",
            ask="Which attributes does your Sequential have, and is one of them a Module?",
            symptom="runs, and has no parameters",
        ),
        dict(
            name="the last first",
            code="""
                def __init__(self, *layers):
                    for place, layer in enumerate(layers):
                        setattr(self, str(place), layer)

                def forward(self, x):
                    for layer in reversed(list(self)):
                        x = layer(x)
                    return x
            """,
            says="x goes through the first layer first.",
            ask="Which layer sees x itself?",
            symptom="right for one layer; an error or wrong numbers for more",
        ),
        dict(
            name="names from one",
            code="""
                def __init__(self, *layers):
                    for place, layer in enumerate(layers, 1):
                        setattr(self, str(place), layer)

                def forward(self, x):
                    for layer in self:
                        x = layer(x)
                    return x
            """,
            says="The first layer is \"0\": places count from 0, as in PyTorch.",
            ask="What are the names of your parameters?",
            symptom="works by itself; a state saved elsewhere does not fit",
        ),
        dict(
            name="numbers only what has parameters",
            code="""
                def __init__(self, *layers):
                    place = 0
                    for layer in layers:
                        setattr(self, str(place) if isinstance(layer, Module) else f"bend{place}", layer)
                        place += isinstance(layer, Module)
                    self.order = layers

                def __iter__(self):
                    return iter(self.order)

                def forward(self, x):
                    for layer in self.order:
                        x = layer(x)
                    return x
            """,
            says="An activation takes a place too: after Linear and ReLU the next layer is \"2\".",
            ask="Under which name is the second Linear layer of Linear, ReLU, Linear found?",
            symptom="works by itself; a state saved elsewhere does not fit",
        ),
        dict(
            name="stops before the last",
            code="""
                def __init__(self, *layers):
                    for place, layer in enumerate(layers):
                        setattr(self, str(place), layer)

                def forward(self, x):
                    for place in range(len(self) - 1):
                        x = self[place](x)
                    return x
            """,
            says="`range(len(self))` ends at the last layer by itself; yours leaves it out.",
            ask="Which layers does x go through?",
            symptom="the last layer is found and never used",
        ),
        dict(
            name="each layer sees the first x",
            code="""
                def __init__(self, *layers):
                    for place, layer in enumerate(layers):
                        setattr(self, str(place), layer)

                def forward(self, x):
                    for layer in self:
                        out = layer(x)
                    return out
            """,
            says="Hand on what the layer before returned: `x = layer(x)`.",
            ask="What does the second layer get in yours?",
            symptom="only the last layer counts",
        ),
        dict(
            name="in order of the alphabet",
            code="""
                def __init__(self, *layers):
                    for place, layer in enumerate(layers):
                        setattr(self, str(place), layer)

                def forward(self, x):
                    for name in sorted(name for name in vars(self) if name.isdigit()):
                        x = getattr(self, name)(x)
                    return x
            """,
            says="As text, \"10\" comes before \"2\". Keep the order in which the layers were given.",
            ask="In which order does `sorted` put \"2\" and \"10\"?",
            symptom="right for up to ten layers",
        ),
    ],
    "digit_net": [
        dict(
            name="pixels as they are",
            code="""
                def __init__(self, pixels, hidden, classes, rng=None):
                    self.net = Sequential(Flatten(), Linear(pixels, hidden, init=he_normal, rng=rng), ReLU(),
                                          Linear(hidden, classes, rng=rng))

                def forward(self, images):
                    return self.net(images)

                def probs(self, images):
                    return Softmax()(self(images))
            """,
            says="Divide the images by 255 first. Scores in the hundreds make Softmax sure of one class.",
            ask="How large are your scores, and what does Softmax make of such scores?",
            symptom="one class gets probability 1 before anything was learned",
        ),
        dict(
            name="Softmax in forward",
            code="""
                def __init__(self, pixels, hidden, classes, rng=None):
                    self.net = Sequential(Flatten(), Linear(pixels, hidden, init=he_normal, rng=rng), ReLU(),
                                          Linear(hidden, classes, rng=rng), Softmax())

                def forward(self, images):
                    return self.net(images / 255)

                def probs(self, images):
                    return self(images)
            """,
            says="forward gives scores; only probs makes probabilities of them.",
            ask="Do your scores sum to 1? Should they?",
            symptom="probabilities are right; whoever asks for scores gets probabilities",
        ),
        dict(
            name="no bend",
            code="""
                def __init__(self, pixels, hidden, classes, rng=None):
                    self.net = Sequential(Flatten(), Linear(pixels, hidden, init=he_normal, rng=rng),
                                          Linear(hidden, classes, rng=rng))

                def forward(self, images):
                    return self.net(images / 255)

                def probs(self, images):
                    return Softmax()(self(images))
            """,
            says="ReLU stands between the two layers; without it they are one (02).",
            ask="What did 02 say about two products in a row?",
            symptom="right shapes and sums; two layers that can do no more than one",
        ),
        dict(
            name="Glorot for both",
            code="""
                def __init__(self, pixels, hidden, classes, rng=None):
                    self.net = Sequential(Flatten(), Linear(pixels, hidden, rng=rng), ReLU(),
                                          Linear(hidden, classes, rng=rng))

                def forward(self, images):
                    return self.net(images / 255)

                def probs(self, images):
                    return Softmax()(self(images))
            """,
            says="The first layer has ReLU behind it: init=he_normal.",
            ask="Which of the two layers has ReLU behind it, and which rule is for that?",
            symptom="works; a little of the signal is lost",
        ),
        dict(
            name="He for both",
            code="""
                def __init__(self, pixels, hidden, classes, rng=None):
                    self.net = Sequential(Flatten(), Linear(pixels, hidden, init=he_normal, rng=rng), ReLU(),
                                          Linear(hidden, classes, init=he_normal, rng=rng))

                def forward(self, images):
                    return self.net(images / 255)

                def probs(self, images):
                    return Softmax()(self(images))
            """,
            says="Nothing bends the last layer's numbers, so it starts as Glorot says, which is the default.",
            ask="Which of the two layers has ReLU behind it?",
            symptom="works; scores start larger than they need",
        ),
        dict(
            name="rng left out",
            code="""
                def __init__(self, pixels, hidden, classes, rng=None):
                    self.net = Sequential(Flatten(), Linear(pixels, hidden, init=he_normal), ReLU(),
                                          Linear(hidden, classes))

                def forward(self, images):
                    return self.net(images / 255)

                def probs(self, images):
                    return Softmax()(self(images))
            """,
            says="Hand `rng` on to both Linear layers.",
            ask="Two models are made with the same seed. Are they the same?",
            symptom="works; a run cannot be repeated from its seed",
        ),
        dict(
            name="probabilities over the batch",
            code="""
                def __init__(self, pixels, hidden, classes, rng=None):
                    self.net = Sequential(Flatten(), Linear(pixels, hidden, init=he_normal, rng=rng), ReLU(),
                                          Linear(hidden, classes, rng=rng))

                def forward(self, images):
                    return self.net(images / 255)

                def probs(self, images):
                    return Softmax(axis=0)(self(images))
            """,
            says="The classes lie along the last axis; axis 0 walks over the images.",
            ask="Along which axis do your probabilities sum to 1?",
            symptom="columns sum to 1, rows do not",
        ),
        dict(
            name="a list again",
            code="""
                def __init__(self, pixels, hidden, classes, rng=None):
                    self.net = [Flatten(), Linear(pixels, hidden, init=he_normal, rng=rng), ReLU(),
                                Linear(hidden, classes, rng=rng)]

                def forward(self, images):
                    x = images / 255
                    for layer in self.net:
                        x = layer(x)
                    return x

                def probs(self, images):
                    return Softmax()(self(images))
            """,
            says="A plain list is passed over. Put the layers into a Sequential.",
            ask="How many numbers do the parameters of your model hold?",
            symptom="runs, and has no parameters",
        ),
    ],
    "parameter_bytes": [
        dict(
            name="numbers, not bytes",
            code="parameter_bytes = inputs * hidden + hidden + hidden * outputs + outputs",
            says="That many numbers, each of 4 bytes.",
            ask="How many bytes is a float32?",
            symptom="a quarter of the truth",
        ),
        dict(
            name="no biases",
            code="parameter_bytes = 4 * (inputs * hidden + hidden * outputs)",
            says="Each layer has a bias too, with one number for each output.",
            ask="Which Parameters has Linear(inputs, hidden)?",
            symptom="a little too small",
        ),
        dict(
            name="a bias for each input",
            code="parameter_bytes = 4 * (inputs * hidden + inputs + hidden * outputs + hidden)",
            says="The bias is added to what comes out, so it has one number for each output.",
            ask="Which shape has the bias of Linear(784, 128)?",
            symptom="a little too large",
        ),
        dict(
            name="the first layer only",
            code="parameter_bytes = 4 * (inputs * hidden + hidden)",
            says="The second layer has a weight and a bias too: hidden * outputs + outputs.",
            ask="How many Linear layers has the network?",
            symptom="too small by the last layer",
        ),
        dict(
            name="float64",
            code="parameter_bytes = 8 * (inputs * hidden + hidden + hidden * outputs + outputs)",
            says="float32 takes 4 bytes, float64 takes 8.",
            ask="Which dtype do parameters have?",
            symptom="twice the truth",
        ),
    ],
    "crossing": [
        dict(
            name="one row too early",
            code="crossing = (inputs * hidden + hidden + hidden * outputs + outputs) // (2 * hidden + outputs)",
            says="That batch still takes fewer bytes than the parameters; the next one takes more.",
            ask="How many bytes are the activations of your batch, and of one row more?",
            symptom="too small by one",
        ),
        dict(
            name="ReLU keeps nothing",
            code="crossing = (inputs * hidden + hidden + hidden * outputs + outputs) // (hidden + outputs) + 1",
            says="Three layers return something: Linear and ReLU return `hidden` numbers each, the last `outputs`.",
            ask="What does ReLU return, and is it a view?",
            symptom="nearly twice the truth",
        ),
        dict(
            name="the inputs as well",
            code="""
                numbers = inputs * hidden + hidden + hidden * outputs + outputs
                crossing = numbers // (inputs + 2 * hidden + outputs) + 1
            """,
            says="The question is about what the three layers return; the input was there before.",
            ask="Which of your numbers is returned by a layer?",
            symptom="too small, and by more the wider the input",
        ),
        dict(
            name="bytes against numbers",
            code="crossing = 4 * (inputs * hidden + hidden + hidden * outputs + outputs) // (2 * hidden + outputs) + 1",
            says="Compare bytes with bytes: the activations take 4 bytes each as well.",
            ask="How many bytes does one row keep?",
            symptom="four times the truth",
        ),
        dict(
            name="the outputs only",
            code="crossing = (inputs * hidden + hidden + hidden * outputs + outputs) // outputs + 1",
            says="What the layers return on the way is kept too: 2 * hidden numbers a row.",
            ask="What does the first layer return for one row?",
            symptom="far too large",
        ),
    ],
}
