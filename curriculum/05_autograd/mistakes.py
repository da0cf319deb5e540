"""Plausible wrong answers. `code` stands in place of the exercise's solution region.

`ask` is the question that a learner gets when the same failure comes again, `says` the sentence after that.
"""

MULTIPLY = """
                @rule(np.multiply)
                def multiply_rule(grad_out, out, a, b):
                    return grad_out * b, grad_out * a
"""

MATMUL = """
                @rule(np.matmul, needs=True)
                @of_tables
                def matmul_rule(grad_out, out, a, b, needs):
                    grad_a = grad_out @ b.swapaxes(-1, -2) if needs[0] else None
                    grad_b = a.swapaxes(-1, -2) @ grad_out if needs[1] else None
                    return grad_a, grad_b
"""

SUM = """
                @rule(np.sum)
                def sum_rule(grad_out, out, a, axis=None, keepdims=False):
                    if axis is not None and not keepdims:
                        grad_out = np.expand_dims(grad_out, axis)
                    return (np.full(a.shape, grad_out),)
"""

RESHAPE = """
                @rule("reshape")
                def reshape_rule(grad_out, out, a, shape):
                    return (grad_out.reshape(a.shape),)
"""

EXP = """
                @rule(np.exp)
                def exp_rule(grad_out, out, a):
                    return (grad_out * out,)
"""


def instead(parts, old, new):
    """The cell of several rules, with one line of it changed."""
    whole = "".join(parts)
    assert whole.count(old) == 1, old
    return whole.replace(old, new)


def products(old, new):
    return instead([MULTIPLY, MATMUL], old, new)


def others(old, new):
    return instead([SUM, RESHAPE, EXP], old, new)


WALK = """
                for node in nodes:
                    for x, wanted, grad in zip(node.inputs, node.wants, ask(node, grads.pop(node))):
                        if not wanted:
                            continue
                        grad = unbroadcast(grad, x.shape)
                        if x._node is not None:
                            grads[x._node] = grads[x._node] + grad if x._node in grads else grad
                        elif x.grad is None:
                            x.grad = np.array(grad, dtype=x.dtype)
                        else:
                            x.grad += grad
                    node.free()
"""


def walk(old, new):
    return instead([WALK], old, new)


MISTAKES = {
    "numerical_gradient": [
        dict(
            name="eps in place of 2 eps",
            code="""
                nudged, slopes = array.copy(), np.zeros_like(array)
                for at in np.ndindex(array.shape):
                    nudged[at] = array[at] + eps
                    up = function(nudged)
                    nudged[at] = array[at] - eps
                    slopes[at] = (up - function(nudged)) / eps
                    nudged[at] = array[at]
                return slopes
            """,
            says="From eps below to eps above are 2 * eps. Divide by that.",
            ask="How far apart are the two places at which you ask?",
            symptom="every slope is twice too large",
        ),
        dict(
            name="one side only",
            code="""
                nudged, slopes, here = array.copy(), np.zeros_like(array), function(array)
                for at in np.ndindex(array.shape):
                    nudged[at] = array[at] + eps
                    slopes[at] = (function(nudged) - here) / eps
                    nudged[at] = array[at]
                return slopes
            """,
            says="A one-sided difference is off by eps times the bend of the function; ask above and below.",
            ask="With eps = 0.5, what is the slope of a square at 5 by your lines?",
            symptom="right to six digits for tiny eps, wrong for a large one",
        ),
        dict(
            name="not put back",
            code="""
                nudged, slopes = array.copy(), np.zeros_like(array)
                for at in np.ndindex(array.shape):
                    nudged[at] = array[at] + eps
                    up = function(nudged)
                    nudged[at] = array[at] - eps
                    slopes[at] = (up - function(nudged)) / (2 * eps)
                return slopes
            """,
            says="Each element must stand where it stood before the next one is nudged.",
            ask="What does `nudged` hold when the second element has its turn?",
            symptom="the first slope is right, the others are off a little, in the seventh digit",
        ),
        dict(
            name="nudges the caller's array",
            code="""
                slopes = np.zeros_like(array)
                for at in np.ndindex(array.shape):
                    array[at] += eps
                    up = function(array)
                    array[at] -= 2 * eps
                    slopes[at] = (up - function(array)) / (2 * eps)
                return slopes
            """,
            says="The array belongs to whoever asked: work on array.copy().",
            ask="What does the caller's array hold afterwards?",
            symptom="slopes nearly right; the array that was asked about has moved",
        ),
        dict(
            name="nudged in place, then put back",
            code="""
                slopes = np.zeros_like(array)
                for at in np.ndindex(array.shape):
                    here = array[at]
                    array[at] = here + eps
                    up = function(array)
                    array[at] = here - eps
                    slopes[at] = (up - function(array)) / (2 * eps)
                    array[at] = here
                return slopes
            """,
            says="While you nudge it, the function may be reading the caller's array as well: work on array.copy().",
            ask="In off_by(np.add, table, table), which of the two tables moves when you nudge the first?",
            symptom="right alone; where one array is used twice, the slopes of both come together",
        ),
        dict(
            name="the sign turned",
            code="""
                nudged, slopes = array.copy(), np.zeros_like(array)
                for at in np.ndindex(array.shape):
                    nudged[at] = array[at] + eps
                    up = function(nudged)
                    nudged[at] = array[at] - eps
                    slopes[at] = (function(nudged) - up) / (2 * eps)
                    nudged[at] = array[at]
                return slopes
            """,
            says="Up minus down: a function that rises has a positive slope.",
            ask="Which sign should the slope of a square at 5 have?",
            symptom="every slope has the wrong sign",
        ),
        dict(
            name="all at once",
            code="""
                rise = function(array + eps) - function(array - eps)
                return np.full(array.shape, rise / (2 * eps))
            """,
            says="Nudging all elements together gives the sum of their slopes. Nudge one at a time.",
            ask="How can one difference tell you several slopes?",
            symptom="one and the same number in every place",
        ),
    ],
    "product_rules": [
        dict(
            name="factors at the wrong side",
            code=products("grad_out * b, grad_out * a", "grad_out * a, grad_out * b"),
            says="Raise a by a little: a * b rises b times as much. So the first gradient has b.",
            ask="Let a be 3 and b be 4. How fast does a * b rise with a?",
            symptom="right where both factors are equal, as in x * x",
        ),
        dict(
            name="grad_out left out",
            code=products("grad_out * b, grad_out * a", "b + 0 * grad_out, a + 0 * grad_out"),
            says="Along a chain slopes multiply. What comes in as grad_out belongs into the product.",
            ask="What would your gradients be for grad_out 10?",
            symptom="right at the end of a chain, where grad_out is 1; wrong everywhere else",
        ),
        dict(
            name="no turn of b",
            code=products("grad_out @ b.swapaxes(-1, -2)", "grad_out @ b"),
            says="grad_out is (m, n) and b is (k, n): turn b.",
            ask="Which shape must the gradient of a have, and which have you?",
            symptom="an error about sizes, or a wrong table where b is square",
        ),
        dict(
            name="turned altogether",
            code=products("a.swapaxes(-1, -2) @ grad_out", "np.swapaxes(grad_out, -1, -2) @ a"),
            says="That is the transposed gradient of b. Its shape is (n, k) where (k, n) is wanted.",
            ask="Which shape has the second gradient?",
            symptom="right numbers in a transposed table; where k = n nobody notices",
        ),
        dict(
            name="all axes turned",
            code=products("a.swapaxes(-1, -2) @ grad_out", "a.T @ grad_out"),
            says=".T turns all axes of a stack; only the last two are to change places: swapaxes(-1, -2).",
            ask="Which shape has a.T when a is a stack of five tables?",
            symptom="right for tables; for stacks an error, or gradients of the wrong table",
        ),
        dict(
            name="needs not asked",
            code=products("grad_b = a.swapaxes(-1, -2) @ grad_out if needs[1] else None",
                          "grad_b = a.swapaxes(-1, -2) @ grad_out"),
            says="Where needs[1] is False nobody wants the gradient of b; return None and save the product.",
            ask="What do you return for b when needs is (True, False)?",
            symptom="right numbers, and half as much work again as necessary in every first layer",
        ),
        dict(
            name="zeros for what nobody asked",
            code=products("grad_a = grad_out @ b.swapaxes(-1, -2) if needs[0] else None",
                          "grad_a = grad_out @ b.swapaxes(-1, -2) if needs[0] else np.zeros_like(a)"),
            says="Zeros are an answer, and take the bytes of a. Where nobody asks there is none: None.",
            ask="What does np.zeros_like(a) cost for 512 images that nobody asked about?",
            symptom="right numbers, and a table of zeros for each input that is data",
        ),
        dict(
            name="needs exchanged",
            code=products("if needs[0] else None", "if needs[1] else None").replace(
                "a.swapaxes(-1, -2) @ grad_out if needs[1]", "a.swapaxes(-1, -2) @ grad_out if needs[0]"),
            says="needs[0] is about a, needs[1] about b.",
            ask="If only a wants a gradient, which of yours is None?",
            symptom="right when both are wanted; a weight gets None when its input is data",
        ),
    ],
    "other_rules": [
        dict(
            name="sum over an axis without its place",
            code=others("if axis is not None and not keepdims:", "if False:"),
            says="A summed axis is gone from grad_out; put it back with length 1 before you stretch.",
            ask="How does shape (3,) meet (3, 4), and how should it?",
            symptom="an error, or columns where rows are meant if the shape is square",
        ),
        dict(
            name="keepdims ignored",
            code=others("if axis is not None and not keepdims:", "if axis is not None:"),
            says="With keepdims=True the axis is still there; expand_dims would add another.",
            ask="Which shape has grad_out when keepdims is True?",
            symptom="right without keepdims; an error with it",
        ),
        dict(
            name="the share of a mean",
            code=others("return (np.full(a.shape, grad_out),)", "return (np.full(a.shape, grad_out) / a.size,)"),
            says="In a sum every element counts fully. Only a mean divides, and that is another operation.",
            ask="Raise one of twelve elements by 1. By how much does their sum rise?",
            symptom="slopes too small by the number of elements",
        ),
        dict(
            name="reshape to the new shape",
            code=others("grad_out.reshape(a.shape)", "grad_out.reshape(shape)"),
            says="grad_out has the new shape already. Read it back into the shape of a.",
            ask="Which shape must the gradient of a have?",
            symptom="gradients in the shape of the result; an error one operation later",
        ),
        dict(
            name="reshape in another order",
            code=others("grad_out.reshape(a.shape)", 'grad_out.reshape(a.shape, order="F")'),
            says="The numbers were read row by row; read them back in that order.",
            ask="Where does the second number of grad_out come from?",
            symptom="right shape, gradients at the wrong places",
        ),
        dict(
            name="exp like a power",
            code=others("return (grad_out * out,)", "return (grad_out * a * out,)"),
            says="exp is its own slope: grad_out * out, without a.",
            ask="How steep is exp at 0?",
            symptom="0 where the slope of exp is 1",
        ),
        dict(
            name="exp without grad_out",
            code=others("return (grad_out * out,)", "return (out + 0 * grad_out,)"),
            says="Along a chain slopes multiply: grad_out * out.",
            ask="What would your gradient be for grad_out 10?",
            symptom="right where exp is the last operation, wrong inside a chain",
        ),
        dict(
            name="exp of exp",
            code=others("return (grad_out * out,)", "return (grad_out * np.exp(out),)"),
            says="`out` is exp(a) already.",
            ask="What does `out` hold?",
            symptom="slopes far too large, and inf soon",
        ),
    ],
    "unbroadcast": [
        dict(
            name="mean in place of sum",
            code="""
                front = grad.ndim - len(shape)
                stretched = [at + front for at, length in enumerate(shape) if length == 1]
                return grad.mean(axis=(*range(front), *stretched)).reshape(shape) if grad.size else np.zeros(shape)
            """,
            says="A number that was used eight times counts eight times: sum.",
            ask="How often was each number used?",
            symptom="right shapes, gradients too small by the length that was stretched",
        ),
        dict(
            name="front axes only",
            code="""
                grad = grad.sum(axis=tuple(range(grad.ndim - len(shape))))
                return grad[tuple(slice(0, n) for n in shape)] if grad.size else np.zeros(shape)
            """,
            says="An axis of length 1 was stretched too: sum over it, and keep it.",
            ask="What happens to (3, 4) for an array of shape (3, 1)?",
            symptom="right for a bias; for (n, 1) only the first column counts",
        ),
        dict(
            name="inner axes only",
            code="""
                grad = grad[(0,) * (grad.ndim - len(shape))] if grad.size else grad.sum(axis=1, keepdims=True)
                for at, length in enumerate(shape):
                    if length == 1:
                        grad = grad.sum(axis=at, keepdims=True)
                return grad
            """,
            says="Axes that were put in front were stretched as well: sum over all of them.",
            ask="What do you do with the rows after the first?",
            symptom="a bias gets the gradient of the first row alone",
        ),
        dict(
            name="axes counted from the left",
            code="""
                front = grad.ndim - len(shape)
                stretched = [at for at, length in enumerate(shape) if length == 1]
                return grad.sum(axis=tuple({*range(front), *stretched})).reshape(shape)
            """,
            says="The axes of `shape` are the last of grad's: axis `at` of shape is axis at + front of grad.",
            ask="In (2, 3, 4) for (3, 1), which axis of grad is the 1?",
            symptom="right where no axis was put in front; an error otherwise",
        ),
        dict(
            name="a length of 1 dropped",
            code="""
                front = grad.ndim - len(shape)
                stretched = [at + front for at, length in enumerate(shape) if length == 1]
                return grad.sum(axis=(*range(front), *stretched))
            """,
            says="The array has its 1 still: reshape to `shape`.",
            ask="Which shape has your result for (3, 1)?",
            symptom="right numbers, an axis too few",
        ),
    ],
    "backward": [
        dict(
            name="`=` for `+` in a node",
            code=walk("grads[x._node] = grads[x._node] + grad if x._node in grads else grad", "grads[x._node] = grad"),
            says="A result that was used twice gets two gradients, and both count: add.",
            ask="Which of two gradients survives in grads?",
            symptom="right on a chain, wrong wherever a result is used twice",
        ),
        dict(
            name="`=` for `+=` in a leaf",
            code=walk("x.grad += grad", "x.grad = np.array(grad, dtype=x.dtype)"),
            says="A leaf adds up what comes in: x * x at 3 has slope 6, not 3.",
            ask="What is x.grad after x * x at 3?",
            symptom="x * x has slope 3 at 3; a second walk forgets the first",
        ),
        dict(
            name="a leaf that borrows",
            code=walk("x.grad = np.array(grad, dtype=x.dtype)", "x.grad = grad"),
            says="The gradient belongs to others too, perhaps to the one who called. Give the leaf a copy of its own.",
            ask="Who else holds the array that you put into .grad?",
            symptom="right at first; two leaves share one array, and a change of one moves the other",
        ),
        dict(
            name="added in place",
            code=walk("grads[x._node] = grads[x._node] + grad if x._node in grads else grad", """if x._node in grads:
                                grads[x._node] += grad
                            else:
                                grads[x._node] = grad"""),
            says="`+=` writes into the array of the first gradient, which another node or the caller holds as well.",
            ask="Add's rule returns one array twice. What does `+=` on the one do to the other?",
            symptom="right on trees; with shared arrays some gradients count twice",
        ),
        dict(
            name="stretched shapes left",
            code=walk("grad = unbroadcast(grad, x.shape)", "grad = np.asarray(grad)"),
            says="A gradient has its input's shape: undo the stretch with unbroadcast.",
            ask="Which shape has the gradient of a bias?",
            symptom="right for equal shapes; a bias gets a table",
        ),
        dict(
            name="never freed",
            code=walk("                    node.free()\n", ""),
            says="When its inputs are done a node lets go of its arrays: node.free().",
            ask="What happens when the same graph is walked twice?",
            symptom="right numbers; a second walk over one graph doubles them silently",
        ),
        dict(
            name="frees the last node only",
            code=walk("                    node.free()\n", "                node.free()\n"),
            says="Each node lets go when its inputs are done: node.free() stands inside the loop over nodes.",
            ask="How many nodes does one node.free() below the loop free?",
            symptom="right numbers; all arrays but the oldest stay in memory, and a branch can be walked again",
        ),
        dict(
            name="asks past the readings",
            code=walk("ask(node, grads.pop(node))", "pull(node, grads.pop(node))"),
            says="`ask` is `pull` with the readings round it. Who calls pull itself walks unseen.",
            ask="What did observed_pull() give you, and who wants to see each call?",
            symptom="right numbers; whoever watches the walk sees none of it",
        ),
        dict(
            name="stops at the first unwanted",
            code=walk("continue", "break"),
            says="`break` leaves the loop over inputs. Pass over this one and go on with the next: continue.",
            ask="In 5 - a, which input comes first, and what do you do after it?",
            symptom="right where the unwanted input is the last; a weight behind data gets nothing",
        ),
        dict(
            name="results keep theirs",
            code=walk("grad = unbroadcast(grad, x.shape)", "grad = x.grad = unbroadcast(grad, x.shape)"),
            says="Only leaves keep a .grad. And a leaf that holds `grad` already adds it to itself.",
            ask="What does x.grad hold before you add to it?",
            symptom="leaves hold twice their slope",
        ),
        dict(
            name="walks from the other end",
            code=walk("for node in nodes:", "for node in sorted(nodes, key=lambda node: id(node)):").replace(
                "grads.pop(node)", "grads.pop(node, np.zeros_like(node.out))"),
            says="A node may be asked only when all who used its result have been: newest first, as `nodes` are.",
            ask="Which node is asked first, and has it its gradient?",
            symptom="gradients missing, now some, now others",
        ),
        dict(
            name="a second gradient in float64",
            code=walk("x.grad += grad", "x.grad = x.grad + grad"),
            says="A leaf's gradient has the leaf's dtype; `+=` keeps it.",
            ask="Which dtype has x.grad when a float32 leaf gets a second gradient, in float64?",
            symptom="right numbers; beside float64 a float32 leaf has a gradient of twice the bytes",
        ),
    ],
    "catch": [
        dict(
            name="asks nothing",
            code="make(7)(Tensor(np.ones((5, 2, 3)))).sum().backward()",
            says="Walking back raises nothing here. Look at each parameter's .grad, and assert.",
            ask="Where do you look at a .grad?",
            symptom="passes every model",
        ),
        dict(
            name="the first parameter only",
            code="""
                model = make(7)
                model(Tensor(np.ones((5, 2, 3)))).sum().backward()
                name, parameter = model.named_parameters()[0]
                assert parameter.grad is not None, "0.weight and 0.bias"
            """,
            says="Any layer can go round the door. Ask every parameter.",
            ask="What if it were the last layer?",
            symptom="catches a lost first layer, and no other",
        ),
        dict(
            name="without walking back",
            code="""
                missed = [name for name, parameter in make(7).named_parameters() if parameter.grad is None]
                assert not missed, f"no gradient reaches {', '.join(missed)}"
            """,
            says="Before a backward nobody has a gradient. Compute a number and walk back first.",
            ask="Who has a gradient before anybody walked back?",
            symptom="refuses every model",
        ),
        dict(
            name="any will do",
            code="""
                model = make(7)
                model(Tensor(np.ones((5, 2, 3)))).sum().backward()
                missed = [name for name, parameter in model.named_parameters() if parameter.grad is None]
                assert len(missed) < 2, f"no gradient reaches {', '.join(missed)}"
            """,
            says="One parameter without a gradient is one too many.",
            ask="What if only a bias is missed?",
            symptom="lets a lost bias pass",
        ),
        dict(
            name="names nobody",
            code="""
                model = make(7)
                model(Tensor(np.ones((5, 2, 3)))).sum().backward()
                assert all(parameter.grad is not None for parameter in model.parameters()), "a gradient is missing"
            """,
            says="Say which: the message names each parameter that is missed.",
            ask="What does your message tell somebody with forty layers?",
            symptom="catches all, and helps nobody to find it",
        ),
        dict(
            name="names all",
            code="""
                model = make(7)
                model(Tensor(np.ones((5, 2, 3)))).sum().backward()
                names = ", ".join(name for name, _ in model.named_parameters())
                assert all(parameter.grad is not None for parameter in model.parameters()), f"missed among {names}"
            """,
            says="Name only those whose .grad is None.",
            ask="Which names in your message belong to parameters that got theirs?",
            symptom="the message accuses the innocent as well",
        ),
    ],
    "repair": [
        dict(
            name="a Tensor round NumPy",
            code="""
                rows = images.data.reshape(len(images), -1) / 255
                return Tensor(rows @ self.weight.data.T + self.bias.data, requires_grad=True)
            """,
            says="A new Tensor is a leaf: nothing leads from it to the weight. Let the Tensors themselves meet.",
            ask="Which nodes lead from the result to the weight?",
            symptom="the same numbers and still no gradient",
        ),
        dict(
            name="only the weight",
            code="return images.flatten(1) / 255 @ self.weight.T + self.bias.data",
            says="`.data` of the bias is an array, and arrays have no gradient. Add the bias itself.",
            ask="What is self.bias.data to the door?",
            symptom="an error, or a bias that never moves",
        ),
        dict(
            name="not scaled",
            code="return super().forward(images.flatten(1))",
            says="Pixels from 0 to 255 are to become 0 to 1 first.",
            ask="How large are your scores beside the colleague's?",
            symptom="scores 255 times too large",
        ),
        dict(
            name="scaled afterwards",
            code="return super().forward(images.flatten(1)) / 255",
            says="Divide the pixels, not the scores: the bias must keep its size.",
            ask="What became of the bias?",
            symptom="right while the bias is 0, as it is at the start",
        ),
        dict(
            name="a weight of its own",
            code="return images.flatten(1) / 255 @ Tensor(self.weight.data.T, requires_grad=True) + self.bias",
            says="Tensor(...) copies. The copy gets the gradient, the weight none.",
            ask="Who gets the gradient, self.weight or a copy of it?",
            symptom="right numbers; the bias learns, the weight stays",
        ),
        dict(
            name="scaled by the brightest pixel",
            code="return super().forward(images.flatten(1) / images.data.max())",
            says="Divide by 255 whatever the images hold: a dark batch is dark, and must stay so.",
            ask="What becomes of a batch whose brightest pixel is 100?",
            symptom="right where one pixel is 255, wrong in a dark batch",
        ),
        dict(
            name="column by column",
            code="return super().forward(images.permute(0, 2, 1).flatten(1) / 255)",
            says="The colleague reads an image row by row, and weights go by place: images.flatten(1).",
            ask="Which pixel meets the second column of the weight?",
            symptom="right shape, pixels at the wrong places",
        ),
        dict(
            name="scaled by 256",
            code="return super().forward(images.flatten(1) / 256)",
            says="The brightest pixel is 255, and is to become 1.",
            ask="What becomes of a pixel of 255?",
            symptom="scores too small by four parts in a thousand",
        ),
    ],
    "forward_runs": [
        dict(name="one run each", code="forward_runs = n * hidden + hidden + hidden * classes + classes",
             says="Central differences ask twice for each parameter.", ask="How often is one parameter nudged?",
             symptom="half of the right number"),
        dict(name="no biases", code="forward_runs = 2 * (n * hidden + hidden * classes)",
             says="Biases are parameters as well.", ask="How many numbers has one Linear?",
             symptom="too few by two for each hidden number and class"),
        dict(name="one bias a layer", code="forward_runs = 2 * (n * hidden + 1 + hidden * classes + 1)",
             says="A layer has one bias for each number that it gives.", ask="Which shape has a bias?",
             symptom="a little too few"),
        dict(name="and one for the start",
             code="forward_runs = 2 * (n * hidden + hidden + hidden * classes + classes) + 1",
             says="Central differences never ask at the place itself.", ask="Who asks at the place itself?",
             symptom="one too many"),
        dict(name="weights in a row", code="forward_runs = 2 * (n + hidden + classes) * hidden",
             says="A weight has in times out numbers, and each layer has its own.", ask="What has the last layer?",
             symptom="far off"),
    ],
    "node_count": [
        dict(name="one a layer", code="node_count = depth + (depth - 1) + 5",
             says="A Linear records three: permute, matmul, add.", ask="How often does Linear pass the door?",
             symptom="far too few"),
        dict(name="ReLU after the last too", code="node_count = 3 * depth + depth + 5",
             says="ReLU stands between layers: one less than layers.", ask="What follows the last layer?",
             symptom="one too many"),
        dict(name="the turn forgotten", code="node_count = 2 * depth + (depth - 1) + 5",
             says="weight.T passes the door as well.", ask="What did the list of names above show for one Linear?",
             symptom="one too few for each layer"),
        dict(name="the loss as one", code="node_count = 3 * depth + (depth - 1) + 1",
             says="CrossEntropyLoss records five.", ask="What did the list of names show at its start?",
             symptom="four too few"),
        dict(name="parameters counted", code="node_count = 3 * depth + (depth - 1) + 5 + 2 * depth",
             says="Parameters are leaves; they have no node.", ask="Who made a parameter?",
             symptom="two too many for each layer"),
    ],
}

SURVIVORS = {
    "numerical_gradient": {
        "`np.zeros_like` becomes `np.ones_like`": "right: every place is written",
    },
    "product_rules": {
        "`b.swapaxes(-1, -2)` becomes `b.swapaxes(-2, -1)`": "right: the same two change places",
        "`a.swapaxes(-1, -2)` becomes `a.swapaxes(-2, -1)`": "right: the same two change places",
    },
    "backward": {
        "`np.array(grad, dtype=x.dtype, order='C')` becomes `np.array(grad, dtype=x.dtype)`":
            "right: the same numbers, in another order in memory",
    },
    "catch": {
        "`make(7)` becomes `make(8)`": "right: any size will do",
        "`make(7)` becomes `make(6)`": "right: any size will do",
        "`np.ones((5, 2, 3))` becomes `np.zeros((5, 2, 3))`": "right: a slope of 0 is a gradient too",
        "`np.ones((5, 2, 3))` becomes `np.ones((6, 2, 3))`": "right: any count of images will do",
        "`np.ones((5, 2, 3))` becomes `np.ones((4, 2, 3))`": "right: any count of images will do",
        "`model(Tensor(np.ones((5, 2, 3)))).sum` becomes `model(Tensor(np.ones((5, 2, 3)))).mean`":
            "right: any number will do",
    },
}
