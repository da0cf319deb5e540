"""Right answers written differently. `code` stands in place of the exercise's solution region."""

ALTERNATIVES = {
    "glorot_uniform": [
        dict(
            name="scaled afterwards",
            code="""
                variance = 2 / sum(fans(shape))
                return math.sqrt(3 * variance) * (2 * rng.random(shape) - 1)
            """,
        ),
        dict(
            name="one by one",
            code="""
                a = (6 / (fans(shape)[0] + fans(shape)[1])) ** 0.5
                return np.reshape([rng.uniform(-a, a) for _ in range(math.prod(shape))], shape).astype(np.float32)
            """,
        ),
    ],
    "he_normal": [
        dict(name="scaled afterwards", code="return rng.standard_normal(shape) * (2 / fans(shape)[0]) ** 0.5"),
        dict(
            name="counted without fans",
            code="""
                fan_in = math.prod(shape[1:])
                return rng.normal(loc=0.0, scale=math.sqrt(2 / fan_in), size=shape)
            """,
        ),
    ],
    "linear": [
        dict(
            name="two axes swapped",
            code="""
                out = x @ self.weight.transpose(0, 1)
                if self.bias is not None:
                    out = out + self.bias
                return out
            """,
        ),
        dict(
            name="rows made flat and put back",
            code="""
                flat = x.reshape(-1, self.in_features) @ self.weight.permute(1, 0)
                shift = 0 if self.bias is None else self.bias
                return (flat + shift).reshape(*x.shape[:-1], self.out_features)
            """,
        ),
    ],
    "named_parameters": [
        dict(
            name="a list and a set",
            code="""
                pairs, seen = [], set()
                for name in vars(self):
                    value = getattr(self, name)
                    inside = []
                    if isinstance(value, Parameter):
                        inside = [(name, value)]
                    if isinstance(value, Module):
                        inside = [(name + "." + deep, p) for deep, p in value.named_parameters()]
                    for full, p in inside:
                        if id(p) not in seen:
                            seen.add(id(p))
                            pairs.append((full, p))
                return pairs
            """,
        ),
        dict(
            name="own first, as PyTorch, and a helper that walks",
            code="""
                def walk(module, front):
                    for name, value in vars(module).items():
                        if isinstance(value, Parameter):
                            yield front + name, value
                    for name, value in vars(module).items():
                        if isinstance(value, Module):
                            yield from walk(value, front + name + ".")

                pairs = []
                for name, parameter in walk(self, ""):
                    if not any(parameter is other for _, other in pairs):
                        pairs.append((name, parameter))
                return pairs
            """,
        ),
    ],
    "catch": [
        dict(
            name="shapes of all",
            code="""
                shapes = sorted(p.shape for p in make(7, 3, 5).parameters())
                assert shapes == sorted([(3, 7), (3,), (5, 3), (5,)])
            """,
        ),
        dict(
            name="large sizes",
            code="""
                total = 0
                for name, p in make(784, 128, 10).named_parameters():
                    total += math.prod(p.shape)
                if total != 101_770:
                    raise AssertionError(f"101,770 numbers expected, {total:,} told")
            """,
        ),
    ],
    "sequential": [
        dict(
            name="vars and places",
            code="""
                def __init__(self, *layers):
                    vars(self).update({str(i): layers[i] for i in range(len(layers))})

                def forward(self, x):
                    out = x
                    for i in range(len(self)):
                        out = getattr(self, f"{i}")(out)
                    return out
            """,
        ),
        dict(
            name="a count kept",
            code="""
                def __init__(self, *layers):
                    self.count = 0
                    for layer in layers:
                        self.__dict__[str(self.count)] = layer
                        self.count += 1

                def forward(self, x):
                    place = 0
                    while place < self.count:
                        x = self[place](x)
                        place += 1
                    return x
            """,
        ),
    ],
    "digit_net": [
        dict(
            name="scaled in another way, an axis said",
            code="""
                def __init__(self, pixels, hidden, classes, rng=None):
                    first = Linear(pixels, hidden, init=he_normal, rng=rng)
                    last = Linear(hidden, classes, init=glorot_uniform, rng=rng)
                    self.net = Sequential(Flatten(), first, ReLU(), last)

                def forward(self, images):
                    return self.net(images * (1 / 255))

                def probs(self, images):
                    return Softmax(axis=1)(self.forward(images))
            """,
        ),
        dict(
            name="scaled after Flatten",
            code="""
                def __init__(self, pixels, hidden, classes, rng=None):
                    layers = [Flatten(), Linear(pixels, hidden, init=he_normal, rng=rng), ReLU()]
                    layers.append(Linear(hidden, classes, rng=rng))
                    self.net, self.softmax = Sequential(*layers), Softmax()

                def forward(self, images):
                    x = self.net[0](images) / 255.0
                    for layer in list(self.net)[1:]:
                        x = layer(x)
                    return x

                def probs(self, images):
                    scores = self(images)
                    return self.softmax(scores)
            """,
        ),
    ],
    "parameter_bytes": [
        dict(
            name="counted by a model",
            code="""
                model = Sequential(Linear(inputs, hidden), ReLU(), Linear(hidden, outputs))
                parameter_bytes = sum(p.memory_footprint() for p in model.parameters())
            """,
        ),
    ],
    "crossing": [
        dict(
            name="counted up",
            code="""
                numbers, crossing = inputs * hidden + hidden + hidden * outputs + outputs, 1
                while crossing * (2 * hidden + outputs) <= numbers:
                    crossing += 1
            """,
        ),
    ],
}
