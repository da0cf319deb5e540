"""Plausible wrong answers. `code` stands in place of the exercise's solution region.

`ask` is the question that a learner gets when the same failure comes again, `says` the sentence after that.
"""

CROSS_ENTROPY = """
                shifted = logits - logits.max(axis=1, keepdims=True)
                right = shifted[np.arange(len(ids)), ids]
                powers = np.exp(shifted, out=shifted)
                sums = powers.sum(axis=1, keepdims=True)
                if keep is not None:
                    powers /= sums
                    keep["probs"] = powers
                return (np.log(sums[:, 0]) - right).mean()
"""

CROSS_ENTROPY_RULE = """
                share = grad_out / len(ids)
                grad = kept["probs"] * share
                grad[np.arange(len(ids)), ids] -= share
                return (grad,)
"""

CATCH = """
                pool = pool_of()
                held = [pool.take((100, 1000)) for _ in range(3)]
                held.append(pool.take((100, 1000))[3])
                held.append(pool.take((100, 1000)))
                for at, one in enumerate(held):
                    for other in held[:at]:
                        assert not np.shares_memory(one, other), "what somebody holds was handed out again"
"""

REPAIR = """
                        for at in range(len(buffers)):
                            if not held(buffers, at):
                                break
                        else:
                            at = len(buffers)
                            buffers.append(np.empty(size, np.uint8))
                            self.made += 1
"""

LOWERED = """
                out = POOL.take((rows, channels, kernel_w, out_w, batch), images.dtype)
                for j in range(kernel_w):
                    out[:, :, j] = picture[:, :, j:j + stride_w * out_w:stride_w]
                return out
"""

CONV2D = """
                for row in range(out_h):
                    needed = rows[stride[0] * row:stride[0] * row + kernel_h].reshape(flat.shape[1], -1)
                    np.matmul(flat, needed, out=out[row])
                    if bias is not None:
                        out[row] += bias[:, None]
"""

ACCELERATE = """
                def apply(forward: Callable[..., Any], *inputs: Any, **options: Any) -> Tensor:
                    if forward.__name__ in FAST:
                        forward = FAST[forward.__name__].forward
                    return step(forward, *inputs, **options)
                return apply
"""


def changed(code, old, new):
    """A solution with one place of it changed."""
    assert code.count(old) == 1, old
    return code.replace(old, new)


MISTAKES = {
    "cross_entropy": [
        dict(
            name="without the shift",
            code=changed(CROSS_ENTROPY, "logits - logits.max(axis=1, keepdims=True)", "logits.copy()"),
            says="exp(89) overflows float32: take the row's largest away first.",
            ask="What is exp of a logit of 700?",
            symptom="inf for large logits",
        ),
        dict(
            name="the largest of all",
            code=changed(CROSS_ENTROPY, "logits.max(axis=1, keepdims=True)", "logits.max()"),
            says="Each row is shifted by its own largest, axis=1; a row far below has only zeros otherwise.",
            ask="A row of logits near -500, beside one near 700: what is left of its powers?",
            symptom="log of 0 in rows that lie low",
        ),
        dict(
            name="the sum over rows",
            code=changed(CROSS_ENTROPY, "- right).mean()", "- right).sum()"),
            says="It is the mean surprise, not the sum.",
            ask="What happens to your number when each row comes twice?",
            symptom="as many times too large as there are rows",
        ),
        dict(
            name="the sign",
            code=changed(CROSS_ENTROPY, "np.log(sums[:, 0]) - right", "right - np.log(sums[:, 0])"),
            says="The surprise is log(sum) less the right score; it is never negative.",
            ask="Can a surprise be negative?",
            symptom="a negative loss that learning drives down",
        ),
        dict(
            name="the right scores after exp",
            code=changed(CROSS_ENTROPY, "right = shifted[np.arange(len(ids)), ids]\n                "
                         "powers = np.exp(shifted, out=shifted)",
                         "powers = np.exp(shifted, out=shifted)\n                "
                         "right = shifted[np.arange(len(ids)), ids]"),
            says="exp writes into the same array: note the right scores before.",
            ask="What stands in `shifted` once exp has written into it?",
            symptom="the loss stays high however good the logits are",
        ),
        dict(
            name="powers kept in place of probabilities",
            code=changed(CROSS_ENTROPY, "                    powers /= sums\n", ""),
            says="Probabilities have sum 1 in each row: divide by the sums before you keep them.",
            ask="What is the sum of a row of keep['probs']?",
            symptom="right losses, wrong gradients",
        ),
        dict(
            name="the columns' sums",
            code=changed(changed(CROSS_ENTROPY, "powers.sum(axis=1,", "powers.sum(axis=0,"),
                         "np.log(sums[:, 0])", "np.log(sums[0, ids])"),
            says="Classes stand along axis 1: sum along it.",
            ask="Over what does your sum run, classes or examples?",
            symptom="examples of one batch change each other's loss",
        ),
    ],
    "cross_entropy_rule": [
        dict(
            name="without the mean",
            code=changed(CROSS_ENTROPY_RULE, "share = grad_out / len(ids)", "share = grad_out"),
            says="The loss is a mean over rows: each has grad_out / batch.",
            ask="Forward divided by the number of rows; where do you?",
            symptom="gradients as many times too large as the batch",
        ),
        dict(
            name="grad_out forgotten",
            code=changed(CROSS_ENTROPY_RULE, "grad_out / len(ids)", "grad_out.dtype.type(1 / len(ids))"),
            says="What comes behind the loss has a slope, grad_out: multiply by it.",
            ask="What if the loss is multiplied by 3 before backward?",
            symptom="right as long as nothing stands behind the loss",
        ),
        dict(
            name="1 taken away, not the share",
            code=changed(CROSS_ENTROPY_RULE, "ids] -= share", "ids] -= 1"),
            says="The 1 of the right class has its share too: take `share` away.",
            ask="What is the sum of a row of the gradient?",
            symptom="rows of the gradient do not sum to 0",
        ),
        dict(
            name="all right classes of every row",
            code=changed(CROSS_ENTROPY_RULE, "grad[np.arange(len(ids)), ids] -= share", "grad[:, ids[0]] -= share"),
            says="Each row has its own right class: [np.arange(len(ids)), ids].",
            ask="From which class do you take the share in row 2?",
            symptom="every example is pushed to the class of the first",
        ),
        dict(
            name="the sign",
            code=changed(CROSS_ENTROPY_RULE, "return (grad,)", "return (-grad,)"),
            says="The slope is the probability less 1 at the right class: negative there.",
            ask="If the right logit grows, does the loss grow or shrink?",
            symptom="learning goes uphill",
        ),
        dict(
            name="what was kept is changed",
            code=changed(CROSS_ENTROPY_RULE, 'grad = kept["probs"] * share',
                         'grad = kept["probs"]\n                grad *= share'),
            says="kept['probs'] belongs to the graph: multiply into a new array.",
            ask="Whose array is `grad` before you multiply it?",
            symptom="right once, wrong when somebody looks at the probabilities",
        ),
    ],
    "catch": [
        dict(
            name="two held",
            code=changed(CATCH, "held.append(pool.take((100, 1000))[3])\n                "
                         "held.append(pool.take((100, 1000)))", "held = held[:2]"),
            says="Two that take turns are found only by a third: hold three and more.",
            ask="The colleague has two buffers. How many must you hold?",
            symptom="pools of few buffers pass",
        ),
        dict(
            name="no part",
            code=changed(CATCH, "held.append(pool.take((100, 1000))[3])\n                ", ""),
            says="Keep a row of an array and nothing else of it, then take another array.",
            ask="Who holds an array of which only a row is used?",
            symptom="pools that forget parts pass",
        ),
        dict(
            name="neighbours only",
            code=changed(CATCH, "held[:at]", "held[at - 1:at]"),
            says="Each must be compared with all that came before it, not with the last one alone.",
            ask="Which pairs do you compare?",
            symptom="pools whose buffers take turns pass",
        ),
        dict(
            name="never new",
            code=changed(CATCH, "assert not np.shares_memory(one, other)", "assert np.shares_memory(one, other)"),
            says="They are all held, so no two may share memory.",
            ask="May two arrays that are both held be one buffer?",
            symptom="right pools are refused",
        ),
        dict(
            name="equal numbers",
            code=changed(CATCH, "not np.shares_memory(one, other)", "not one is other"),
            says="Two arrays can show the same memory and be two objects: np.shares_memory.",
            ask="Is a view the same object as what it shows?",
            symptom="pools that hand out views pass",
        ),
    ],
    "repair": [
        dict(
            name="always new",
            code="""
                        at = len(buffers)
                        buffers.append(np.empty(size, np.uint8))
                        self.made += 1
            """,
            says="Look first whether one of the buffers is free, by its place: a name in your loop holds it, too.",
            ask="When does your pool use a buffer again, and who holds the one that your loop looks at?",
            symptom="no buffer comes back",
        ),
        dict(
            name="a held one",
            code=changed(REPAIR, "if not held(buffers, at):", "if held(buffers, at):"),
            says="A buffer may be handed out when it is not held.",
            ask="Which buffers does your loop stop at?",
            symptom="numbers that somebody reads are written over",
        ),
        dict(
            name="the last one always",
            code=changed(changed(REPAIR, "range(len(buffers))", "range(len(buffers) - 1, len(buffers) // 2, -1)"),
                         "not held", "held"),
            says="Any buffer that nobody holds will do, and none that somebody holds.",
            ask="Which buffers does your loop stop at?",
            symptom="numbers that somebody reads are written over",
        ),
        dict(
            name="only the first one is asked",
            code="""
                        at = 0
                        if not buffers or held(buffers, 0):
                            at = len(buffers)
                            buffers.append(np.empty(size, np.uint8))
                            self.made += 1
            """,
            says="Ask all buffers of this size, not only the first.",
            ask="The second of three died: does your `take` find it?",
            symptom="buffers come back only sometimes",
        ),
        dict(
            name="nothing counted",
            code=changed(REPAIR, "                            self.made += 1\n", ""),
            says="`made` counts the buffers that were asked of the system.",
            ask="What does `made` say after three arrays?",
            symptom="made stays 0",
        ),
        dict(
            name="two in turn",
            code="""
                        at = self.made % 2
                        self.made += 1
                        if len(buffers) < 2:
                            at = len(buffers)
                            buffers.append(np.empty(size, np.uint8))
            """,
            says="That is the colleague's pool: who holds a buffer is not asked.",
            ask="What happens to the first array when a third is taken?",
            symptom="numbers that somebody reads are written over",
        ),
    ],
    "lowered": [
        dict(
            name="stride forgotten",
            code=changed(LOWERED, "j:j + stride_w * out_w:stride_w", "j:j + out_w"),
            says="Windows lie stride_w apart: a slice in steps of stride_w.",
            ask="How many pixels lie between two windows?",
            symptom="right for stride 1",
        ),
        dict(
            name="the shift the other way",
            code=changed(LOWERED, "out[:, :, j] =", "out[:, :, kernel_w - 1 - j] ="),
            says="Copy number j begins at pixel j.",
            ask="At which pixel does the first copy begin?",
            symptom="kernels are read from right to left",
        ),
        dict(
            name="shifts in steps of the stride",
            code=changed(LOWERED, "j:j + stride_w * out_w:stride_w",
                         "j * stride_w % (j + 1):][:, :, :stride_w * out_w:stride_w"),
            says="The kernel's columns lie side by side: copy j begins at pixel j whatever the stride.",
            ask="By how much does copy 2 begin later than copy 1?",
            symptom="some copies begin too early",
        ),
        dict(
            name="one shift for all",
            code=changed(LOWERED, "j:j + stride_w * out_w:stride_w", "0:stride_w * out_w:stride_w"),
            says="Each copy is shifted by one pixel more than the one before.",
            ask="In what do your copies differ?",
            symptom="every column of the kernel sees the same pixel",
        ),
        dict(
            name="float32 always",
            code=changed(LOWERED, ", images.dtype)", ")"),
            says="take's own dtype is float32: hand it images.dtype.",
            ask="What becomes of float64 images?",
            symptom="nudging in float64 finds wrong slopes in convolutions",
        ),
        dict(
            name="all but the last copy",
            code=changed(LOWERED, "for j in range(kernel_w):",
                         "out.fill(0)\n                for j in range(kernel_w - 1):"),
            says="There is a copy for each of the kernel_w columns.",
            ask="How many copies do you write, and what is in the others?",
            symptom="the kernel's last column has no say",
        ),
    ],
    "conv2d": [
        dict(
            name="rows in steps of 1",
            code=changed(CONV2D, "rows[stride[0] * row:stride[0] * row + kernel_h]", "rows[row:row + kernel_h]"),
            says="Rows of the answer lie stride[0] rows of the picture apart.",
            ask="With stride 2, which rows does row 4 of the answer need?",
            symptom="right for stride 1",
        ),
        dict(
            name="the other stride",
            code=changed(CONV2D, "rows[stride[0] * row:stride[0] * row + kernel_h]",
                         "rows[min(stride[1] * row, len(rows) - kernel_h):][:kernel_h]"),
            says="stride is (down, right): rows go by stride[0].",
            ask="Which of the two strides is that of rows?",
            symptom="right as long as both strides are equal",
        ),
        dict(
            name="no bias",
            code=changed(CONV2D, "out[row] += bias[:, None]", "out[row] += 0 * bias[:, None]"),
            says="Add the bias, one number for each channel of the answer.",
            ask="Where does the bias go?",
            symptom="all answers are off by the bias",
        ),
        dict(
            name="the bias in the first row alone",
            code=changed(CONV2D, "if bias is not None:", "if bias is not None and not row:"),
            says="Every row of the answer gets the bias.",
            ask="Which rows get the bias?",
            symptom="only the first row is right",
        ),
        dict(
            name="the bias twice",
            code=changed(CONV2D, "bias[:, None]", "2 * bias[:, None]"),
            says="The bias is added once.",
            ask="How often is the bias in your answer?",
            symptom="all answers are off by the bias, the other way",
        ),
        dict(
            name="the last rows for all",
            code=changed(CONV2D, "rows[stride[0] * row:stride[0] * row + kernel_h]", "rows[-kernel_h:]"),
            says="Each row of the answer needs its own rows of the picture.",
            ask="In what do the products of two rows differ?",
            symptom="all rows of the answer are alike",
        ),
    ],
    "accelerate": [
        dict(
            name="options forgotten",
            code=changed(ACCELERATE, "return step(forward, *inputs, **options)", "return step(forward, *inputs)"),
            says="Options go on as they came: **options.",
            ask="Where is the stride of a convolution, in inputs or in options?",
            symptom="operations with options fail",
        ),
        dict(
            name="the slow one",
            code=changed(ACCELERATE, "forward = FAST[", "fast = FAST["),
            says="Hand the fast forward to step.",
            ask="Which forward does step get?",
            symptom="everything is right, and nothing is faster",
        ),
        dict(
            name="the fast one called at once",
            code=changed(ACCELERATE, "if forward.__name__ in FAST:\n                        forward = "
                         "FAST[forward.__name__].forward",
                         "if forward.__name__ in FAST:\n                        return forward(*inputs, **options)"),
            says="Leave it to step to call: it takes arrays out of Tensors, and gradients are recorded there.",
            ask="What are inputs here, arrays or Tensors?",
            symptom="fails inside the forward, or gives no gradients",
        ),
        dict(
            name="only convolution",
            code=changed(ACCELERATE, "if forward.__name__ in FAST:", 'if forward.__name__ == "conv2d":'),
            says="Every name of FAST is exchanged.",
            ask="Which names does FAST have?",
            symptom="convolutions are faster, the rest is not",
        ),
        dict(
            name="convolution for all",
            code=changed(ACCELERATE, "FAST[forward.__name__].forward", 'FAST["conv2d"].forward'),
            says="Each name has its own fast forward: FAST[forward.__name__].",
            ask="A relu comes. Which forward do you hand on?",
            symptom="right in a test with convolutions only",
        ),
        dict(
            name="looked up once",
            code="""
                found = []

                def apply(forward: Callable[..., Any], *inputs: Any, **options: Any) -> Tensor:
                    if not found and forward.__name__ in FAST:
                        found.append(FAST[forward.__name__].forward)
                    return step(*found or [forward], *inputs, **options)
                return apply
            """,
            says="Look the name up each time: the next operation is another one.",
            ask="After a convolution comes an addition. What does step get?",
            symptom="right for the first operation",
        ),
    ],
    "lowered_bytes": [
        dict(name="all copies of im2col",
             code="lowered_bytes = 4 * channels * kernel_h * kernel_w * (height - kernel_h + 1) * "
                  "(width - kernel_w + 1) * batch",
             says="There is no copy for each row of the kernel, only for each column.", ask="How many are there?",
             symptom="as large as im2col"),
        dict(name="whole rows", code="lowered_bytes = 4 * height * channels * kernel_w * width * batch",
             says="A copy has out_w windows in a row, not the width.", ask="How many windows lie in a row?",
             symptom="a little too many"),
        dict(name="rows of the answer",
             code="lowered_bytes = 4 * (height - kernel_h + 1) * channels * kernel_w * (width - kernel_w + 1) * batch",
             says="All rows of the picture are there, height of them.", ask="How many rows has `lowered`?",
             symptom="a little too few"),
        dict(name="numbers, not bytes",
             code="lowered_bytes = height * channels * kernel_w * (width - kernel_w + 1) * batch",
             says="A float32 takes 4 bytes.", ask="Bytes or numbers?", symptom="a fourth of it"),
        dict(name="the kernel's rows",
             code="lowered_bytes = 4 * height * channels * kernel_h * (width - kernel_w + 1) * batch",
             says="Copies are made for the kernel's columns: kernel_w.", ask="Which side of it counts the copies?",
             symptom="wrong unless the kernel is square"),
    ],
    "saved_bytes": [
        dict(name="one operation more", code="saved_bytes = 2 * 4 * count * steps",
             says="One read and one write are left.", ask="What must pass in any case?", symptom="one too many"),
        dict(name="writes only", code="saved_bytes = 4 * count * (steps - 1)",
             says="Between two operations an array is written and read: two passes.",
             ask="Who reads what was written?", symptom="half of it"),
        dict(name="numbers, not bytes", code="saved_bytes = 2 * count * (steps - 1)",
             says="A float32 takes 4 bytes.", ask="Bytes or numbers?", symptom="a fourth of it"),
        dict(name="what is left", code="saved_bytes = 2 * 4 * count",
             says="That is what still passes; asked for is what does not.", ask="Saved, or left?", symptom="too few"),
        dict(name="two operations fewer", code="saved_bytes = 2 * 4 * count * (steps - 2)",
             says="Between `steps` operations there are steps - 1 arrays.", ask="How many arrays lie between them?",
             symptom="one too few"),
    ],
}

TAKEN = "`pool.take((100, 1000))` becomes `pool.take({})`"
SURVIVORS = {
    "conv2d": {
        "`rows[stride[0] * row:stride[0] * row + kernel_h].reshape(flat.shape...` becomes "
        "`rows[stride[0] * row:stride[0] * row + kernel_h].reshape(flat.shape...` (2)": "right: the last axis of two",
    },
    "cross_entropy": {
        "`np.exp(shifted, out=shifted)` becomes `np.exp(shifted)`": "right: an array more, and the same numbers",
        "`powers.sum(axis=1, keepdims=True)` becomes `powers.sum(axis=-1, keepdims=True)`": "right: the same axis",
        "`logits.max(axis=1, keepdims=True)` becomes `logits.max(axis=-1, keepdims=True)`": "right: the same axis",
        "`np.log(sums[:, 0])` becomes `np.log(sums[:, -1])`": "right: there is one column",
    },
    "catch": {
        "`pool.take((100, 1000))[3]` becomes `pool.take((100, 1000))[4]`": "right: any row will do",
        "`pool.take((100, 1000))[3]` becomes `pool.take((100, 1000))[2]`": "right: any row will do",
        "`for _ in range(3)` becomes `for _ in range(4)`": "right: one more is held",
        "`np.shares_memory(one, other)` becomes `np.shares_memory(other, one)`": "right: the same question",
        **{TAKEN.format(shape) + " (3)": "right: what has another size is no other array's" for shape in (
            "(101, 1000)", "(99, 1000)", "(100, 1001)", "(100, 999)")},
    },
}
