"""What a grader asks of Convolutions. The oracle is a sum over NumPy's own windows, in float64, and for the way back
the same sum turned around, window by window."""
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from tinytorch._kit.probing import outcome
from tinytorch_teach.judging import differs, first

# batch, in_channels, out_channels, height and width, kernel, stride, padding
SETTINGS = [[2, 3, 4, [5, 7], [3, 2], [1, 1], [0, 0]], [3, 2, 3, [6, 5], [2, 4], [2, 1], [0, 1]],
            [2, 4, 2, [7, 8], [3, 3], [2, 3], [1, 2]], [1, 1, 5, [4, 6], [4, 6], [1, 1], [0, 0]],
            [3, 2, 2, [6, 9], [1, 2], [3, 2], [2, 0]], [4, 3, 2, [5, 5], [3, 3], 2, 1]]


def draw_conv2d_loops(rng):
    return [drawn(rng, *setting) for setting in SETTINGS]


def drawn(rng, batch, in_channels, out_channels, size, kernel, stride, padding):
    arrays = {"images": (batch, in_channels, *size), "weight": (out_channels, in_channels, *kernel),
              "bias": (out_channels,)}
    question = {name: rng.normal(size=shape).astype(np.float32) for name, shape in arrays.items()}
    question["grad_out"] = rng.normal(size=by_windows(question, stride, padding).shape).astype(np.float32)
    return question | {"stride": stride, "padding": padding}


def both(size):
    return (size, size) if isinstance(size, int) else tuple(size)


def windows(images, kernel, stride, padding):
    """(batch, channels, out_h, out_w, kernel_h, kernel_w), in float64."""
    (stride_h, stride_w), (pad_h, pad_w) = both(stride), both(padding)
    padded = np.pad(images.astype(np.float64), ((0, 0), (0, 0), (pad_h, pad_h), (pad_w, pad_w)))
    return sliding_window_view(padded, kernel, axis=(2, 3))[:, :, ::stride_h, ::stride_w]


def by_windows(question, stride, padding):
    """The convolution without a bias."""
    weight = question["weight"].astype(np.float64)
    return np.einsum("bcyxij,ocij->boyx", windows(question["images"], weight.shape[2:], stride, padding), weight)


def told(question):
    """Stride and padding as a learner's code gets them."""
    return {name: question[name] if isinstance(question[name], int) else tuple(question[name])
            for name in ("stride", "padding")}


def said(question):
    return (f"images {question['images'].shape}, kernel {question['weight'].shape[2:]}, stride {question['stride']}, "
            f"padding {question['padding']}")


def act_conv2d_loops(lesson, questions):
    return [[lesson.conv2d_loops(q["images"], q["weight"], bias, **told(q)) for bias in (None, q["bias"])]
            for q in questions]


def judge_conv2d_loops(questions, answer, reference):
    for question, (plain, shifted) in zip(questions, answer, strict=True):
        right = by_windows(question, question["stride"], question["padding"])
        says = (differs(plain, right, said(question), rtol=1e-4, atol=1e-4)
                or differs(shifted, right + question["bias"][:, None, None], f"{said(question)}, with a bias",
                           rtol=1e-4, atol=1e-4))
        if says:
            return says


# im2col: rows channel by channel and window row by window row; columns place by place, the batch last


draw_im2col = draw_conv2d_loops


def act_im2col(lesson, questions):
    return [lesson.im2col(q["images"], q["weight"].shape[2:], **told(q)) for q in questions]


def judge_im2col(questions, answer, reference):
    for question, found in zip(questions, answer, strict=True):
        kernel = question["weight"].shape[2:]
        right = windows(question["images"], kernel, question["stride"], question["padding"])
        right = right.transpose(1, 4, 5, 2, 3, 0).reshape(right.shape[1] * kernel[0] * kernel[1], -1)
        says = differs(found, right, said(question), rtol=0, atol=0, dtype=np.float32)
        if says:
            return says


# col2im: columns of numbers that no image has, added up pixel by pixel


def draw_col2im(rng):
    return [question | {"columns": rng.normal(size=columns_shape(question)).astype(np.float32)}
            for question in draw_conv2d_loops(rng)]


def columns_shape(question):
    batch, _, out_h, out_w = question["grad_out"].shape
    return question["weight"][0].size, out_h * out_w * batch


def act_col2im(lesson, questions):
    return [lesson.col2im(q["columns"], q["images"].shape, q["weight"].shape[2:], **told(q)) for q in questions]


def judge_col2im(questions, answer, reference):
    for question, found in zip(questions, answer, strict=True):
        right = added_back(question["columns"], question)
        says = differs(found, right, said(question), rtol=1e-4, atol=1e-4, dtype=np.float32)
        if says:
            return says


def added_back(columns, question):
    """Column by column: to which pixels does each go back?"""
    batch, channels, height, width = question["images"].shape
    (kernel_h, kernel_w), (stride_h, stride_w) = question["weight"].shape[2:], both(question["stride"])
    (pad_h, pad_w), (_, _, out_h, out_w) = both(question["padding"]), question["grad_out"].shape
    padded = np.zeros((batch, channels, height + 2 * pad_h, width + 2 * pad_w))
    column = 0
    for row in range(0, stride_h * out_h, stride_h):
        for col in range(0, stride_w * out_w, stride_w):
            for image in padded:
                window = columns[:, column].reshape(channels, kernel_h, kernel_w)
                image[:, row:row + kernel_h, col:col + kernel_w] += window
                column += 1
    return padded[:, :, pad_h:pad_h + height, pad_w:pad_w + width]


# conv2d_rule: all three gradients, with and without bias, and no work for what nobody wants


NEEDS = [[True, True, True], [False, True, True], [True, False, False], [True, True]]


MARK = 3  # the kept columns are that many times the right ones: the weight's gradient comes from them, not from images
draw_conv2d_rule = draw_conv2d_loops


def act_conv2d_rule(lesson, questions):
    return [[asked(lesson, question, needs) for needs in NEEDS] for question in questions]


def asked(lesson, question, needs):
    arrays = [question["images"], question["weight"], question["bias"]][:len(needs)]
    kept, options = {}, told(question)
    out = lesson.conv2d(*arrays, **options, keep=kept)
    kept["columns"] = kept["columns"] * MARK
    grads = lesson.RULES["conv2d"].vjp(question["grad_out"], out, *arrays, **options, needs=needs, kept=kept)
    return [grad for grad, _ in zip(grads, needs)]


def judge_conv2d_rule(questions, answer, reference):
    for question, answers in zip(questions, answer, strict=True):
        right = gradients(question)
        for needs, found in zip(NEEDS, answers, strict=True):
            for name, needed, grad, expected in zip(("images", "weight", "bias"), needs, found, right):
                what = f"{said(question)}: the gradient for {name}"
                if not needed and name != "bias" and grad is not None:
                    return f"{what} is not wanted, and should be None"
                says = needed and differs(grad, expected, what, rtol=1e-3, atol=1e-3, dtype=np.float32)
                if says:
                    return says
            if len(found) != len(needs):
                return f"one gradient for each input: expected {len(needs)}, found {len(found)}"


def gradients(question):
    weight, grad_out = question["weight"].astype(np.float64), question["grad_out"].astype(np.float64)
    seen = windows(question["images"], weight.shape[2:], question["stride"], question["padding"])
    columns = np.einsum("ocij,boyx->cijyxb", weight, grad_out).reshape(columns_shape(question))
    return (added_back(columns, question), MARK * np.einsum("bcyxij,boyx->ocij", seen, grad_out),
            grad_out.sum(axis=(0, 2, 3)))


# max_pool: whole numbers, of which many are equal; windows beside each other, overlapping, and apart


POOLS = [[[2, 2], [2, 2]], [[3, 2], [1, 2]], [[2, 3], [3, 3]], [[4, 5], [4, 5]], [[1, 3], [1, 1]]]


def draw_max_pool(rng):
    return [rng.integers(-4, 0, (3, 2, 7, 8)).astype(np.float32) for _ in POOLS]


def act_max_pool(lesson, images):
    answer = []
    for (kernel, stride), array in zip(POOLS, images):
        keep, given = {}, np.array(array)
        found = lesson.max_pool(given, tuple(kernel), tuple(stride), keep=keep)
        plain = lesson.max_pool(given, tuple(kernel), tuple(stride))
        answer.append([found, keep.get("winners"), plain, given])
    return answer


def judge_max_pool(images, answer, reference):
    for (kernel, stride), array, (found, winners, plain, after) in zip(POOLS, images, answer, strict=True):
        what = f"windows {tuple(kernel)}, stride {tuple(stride)}"
        seen = windows(array, kernel, stride, 0).reshape(3, 2, (7 - kernel[0]) // stride[0] + 1, -1,
                                                         kernel[0] * kernel[1])
        says = first([
            differs(found, seen.max(axis=-1), f"{what}: the largest", rtol=0, atol=0, dtype=np.float32),
            differs(winners, seen.argmax(axis=-1), f"{what}: the winners, first of equals", rtol=0, atol=0),
            differs(plain, seen.max(axis=-1), f"{what}: the largest, nothing recorded", rtol=0, atol=0),
            differs(after, array, f"{what}: the images afterwards", rtol=0, atol=0)])
        if says:
            return says


# catch and repair


CATCHES = {"fault": "AssertionError", "half of the weight's gradient": "AssertionError",
           "no gradient for the bias": "AssertionError", "nothing for the layer in front": "AssertionError",
           "Conv2d": "passes", "Conv2d under another name": "passes"}


def draw_catch(rng):
    return list(CATCHES)


def act_catch(lesson, names):
    Tensor, Conv2d = lesson.Tensor, lesson.Conv2d

    def layers(parts):
        """A class of layers that hand `parts(images, weight, bias)` to the convolution."""
        def forward(self, images):
            images, weight, bias = parts(images, self.weight, self.bias)
            return Tensor._apply(lesson.conv2d, images, weight, bias, stride=self.stride, padding=self.padding)
        return type("Layers", (Conv2d,), {"forward": forward})

    kinds = {"fault": lesson.ColleagueConv2d, "Conv2d": Conv2d,
             "Conv2d under another name": type("Renamed", (Conv2d,), {}),
             "half of the weight's gradient": layers(lambda x, w, b: (x, w * 0.5 + Tensor(w.data * 0.5), b)),
             "no gradient for the bias": layers(lambda x, w, b: (x, w, Tensor(b.data))),
             "nothing for the layer in front": layers(lambda x, w, b: (Tensor(x.data), w, b))}
    return [outcome(lambda name=name: lesson.check_layers(kinds[name])) for name in names]


def judge_catch(names, answer, reference):
    return first(f"layers with {name}: expected {CATCHES[name]}, found {found}"
                 for name, found in zip(names, answer, strict=True) if found != CATCHES[name])


def draw_repair(rng):
    return {"images": rng.normal(size=(2, 3, 6, 5)).astype(np.float32),
            "weights": [rng.normal(size=shape).astype(np.float32) for shape in ((3, 3, 3, 3), (4, 3, 3, 2))],
            "biases": [rng.normal(size=size).astype(np.float32) for size in (3, 4)]}


def act_repair(lesson, inputs):
    x = lesson.Tensor(inputs["images"], requires_grad=True)
    layers = [lesson.FrugalConv2d(3, 3, 3, padding=1), lesson.FrugalConv2d(3, 4, (3, 2), stride=(2, 1))]
    for layer, weight, bias in zip(layers, inputs["weights"], inputs["biases"]):
        layer.weight.data, layer.bias.data = np.array(weight), np.array(bias)
    lesson.scratch[:] = 7
    twice = layers[0](layers[0](x).tanh())  # one layer, used twice
    out = layers[1](twice.tanh())
    untouched = bool((lesson.scratch == 7).all())
    (out * out).sum().backward()
    lesson.scratch[:] = 7
    with lesson.no_grad():
        quiet = layers[1](x)
    used = not (lesson.scratch == 7).all()
    grads = [p.grad for layer in layers for p in (layer.weight, layer.bias)]
    return {"untouched": untouched, "used": bool(used), "arrays": [out.data, quiet.data, x.grad, *grads]}


def judge_repair(inputs, answer, reference):
    if not answer["untouched"]:
        return "columns that are kept must not lie in scratch"
    if not answer["used"]:
        return "where nothing is recorded, the columns should lie in scratch"
    names = ("the result", "the result under no_grad", "the gradient of the images", "a weight used twice", "its bias",
             "the last weight", "its bias")
    return first(differs(found, right, name, rtol=1e-3, atol=1e-3, dtype=np.float32)
                 for name, found, right in zip(names, answer["arrays"], reference["arrays"], strict=True))


# the two numbers


def draw_multiply_adds(rng):
    return []


draw_field = draw_multiply_adds


def act_multiply_adds(lesson, inputs):
    return lesson.multiply_adds


def act_field(lesson, inputs):
    return lesson.field


def judge_multiply_adds(inputs, answer, reference):
    return differs(answer, reference, "multiply-adds", rtol=0, atol=0)


def judge_field(inputs, answer, reference):
    return differs(answer, reference, "pixels", rtol=0, atol=0)
