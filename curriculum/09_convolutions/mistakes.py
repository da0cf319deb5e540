"""Plausible wrong answers. `code` stands in place of the exercise's solution region.

`ask` is the question that a learner gets when the same failure comes again, `says` the sentence after that.
"""

LOOPS = """
            for b in range(batch):
                for o in range(out_channels):
                    for row in range(out_h):
                        for column in range(out_w):
                            total = 0.0 if bias is None else bias[o]
                            for c in range(in_channels):
                                for i in range(kernel_h):
                                    for j in range(kernel_w):
                                        pixel = padded[b, c, stride_h * row + i, stride_w * column + j]
                                        total += pixel * weight[o, c, i, j]
                            out[b, o, row, column] = total
"""

COLUMNS = """
            picture = batch_last(images, padding)
            channels, batch = picture.shape[0], picture.shape[-1]
            windows = np.empty((channels, kernel_h * kernel_w, out_h, out_w, batch), images.dtype)
            for n, (rows, cols) in enumerate(taps((kernel_h, kernel_w), (out_h, out_w), stride)):
                windows[:, n] = picture[:, rows, cols]
            return windows.reshape(channels * kernel_h * kernel_w, -1)
"""

BACK = """
            windows = columns.reshape(channels, kernel_h * kernel_w, out_h, out_w, batch)
            picture = np.zeros((channels, height + 2 * pad_h, width + 2 * pad_w, batch), columns.dtype)
            for n, (rows, cols) in enumerate(taps((kernel_h, kernel_w), (out_h, out_w), stride)):
                picture[:, rows, cols] += windows[:, n]
            return picture[:, pad_h:pad_h + height, pad_w:pad_w + width].transpose(3, 0, 1, 2)
"""

RULE = """
            grad = grad_out.transpose(1, 2, 3, 0).reshape(len(weight), -1)
            of_images = col2im(flat.T @ grad, images.shape, kernel_size, stride, padding) if needs[0] else None
            of_weight = (grad @ kept["columns"].T).reshape(weight.shape) if needs[1] else None
            return of_images, of_weight, grad.sum(axis=1)
"""

POOL = """
            for n, view in enumerate(views[1:], 1):
                if keep is not None:
                    winners = np.maximum(winners, (view > largest) * np.uint16(n))
                largest = np.maximum(largest, view)
            if keep is not None:
                keep["winners"] = winners
            return largest
"""

CATCH = """
            found, right = [Sequential(kind(3, 4, 3), ReLU(), kind(4, 5, 2)) for kind in (conv, Conv2d)]
            right.load_state_dict(found.state_dict())
            for model in (found, right):
                out = model(few)
                (out * out).sum().backward()
            for (name, mine), theirs in zip(found.named_parameters(), right.parameters()):
                assert mine.grad is not None and np.abs(mine.grad - theirs.grad).max() < 1e-3, name
"""

REPAIR = """
            if keep is None:
                columns = scratch_im2col(images, weight.shape[2:], stride, padding)
            else:
                columns = keep["columns"] = im2col(images, weight.shape[2:], stride, padding)
            return with_columns(columns, images, weight, bias, stride, padding)
"""


def changed(code, old, new):
    """A solution with one place of it changed."""
    assert code.count(old) == 1, old
    return code.replace(old, new)


MISTAKES = {
    "conv2d_loops": [
        dict(
            name="a bias for each product",
            code=changed(changed(LOOPS, "total = 0.0 if bias is None else bias[o]", "total = 0.0"),
                         "total += pixel * weight[o, c, i, j]",
                         "total += pixel * weight[o, c, i, j] + (0.0 if bias is None else bias[o])"),
            says="The bias belongs to a number of the result, not to a product: add it once, outside the inner loops.",
            ask="How often is the bias added to one number of the result?",
            symptom="right without a bias",
        ),
        dict(
            name="the kernel turned over",
            code=changed(LOOPS, "weight[o, c, i, j]", "weight[o, c, kernel_h - 1 - i, kernel_w - 1 - j]"),
            says="Row i and column j of the window meet row i and column j of the kernel; nothing is turned over.",
            ask="Which number of the kernel meets the first pixel of the window?",
            symptom="right for kernels that look the same upside down",
        ),
        dict(
            name="the stride forgotten",
            code=changed(LOOPS, "stride_h * row + i, stride_w * column + j", "row + i, column + j"),
            says="Places are a stride apart: the window of a row of the result begins at stride_h * row.",
            ask="Where does the window of row 3 begin when the stride is 2?",
            symptom="right with stride 1",
        ),
        dict(
            name="strides exchanged",
            code=changed(LOOPS, "stride_h * row + i, stride_w * column", "stride_w * row + i, stride_h * column"),
            says="Rows go with stride_h, columns with stride_w.",
            ask="Which of the two strides moves the window down?",
            symptom="right with equal strides; else wrong, or out of the picture",
        ),
        dict(
            name="the last channel only",
            code=changed(changed(LOOPS, "total = 0.0 if bias", "shift = 0.0 if bias"), "for c in range(in_channels):",
                         "for c in range(in_channels):\n                                total = shift"),
            says="The sum goes over all channels; start it once, before the loop over the channels.",
            ask="What becomes of the sum when the second channel begins?",
            symptom="right for one channel",
        ),
        dict(
            name="the bias of the image",
            code=changed(LOOPS, "else bias[o]", "else bias[b % len(bias)]"),
            says="Each kernel o has a bias, and it is the same for all images.",
            ask="Which loop variable chooses the bias?",
            symptom="right without a bias",
        ),
        dict(
            name="the mean of the window",
            code=changed(LOOPS, "= total\n", "= total / (kernel_h * kernel_w)\n"),
            says="A convolution adds up; it does not divide.",
            ask="What do you divide by, and why?",
            symptom="too small by the size of the window",
        ),
    ],
    "im2col": [
        dict(
            name="the batch in front of the places",
            code=changed(COLUMNS, "return windows.reshape(", "return np.moveaxis(windows, 4, 2).reshape("),
            says="The columns go place by place, and at each place image by image: the batch is the last axis.",
            ask="In your first two columns, which image and which place do they come from?",
            symptom="right shape and right windows, in another order; right for one image",
        ),
        dict(
            name="window first, channel second",
            code=changed(COLUMNS, "return windows.reshape(", "return windows.swapaxes(0, 1).reshape("),
            says="weight.reshape(out_channels, -1) has all numbers of one channel, then of the next: channels first.",
            ask="In weight.reshape(out_channels, -1), what stands behind the first number of a kernel?",
            symptom="right for one channel; else kernels meet pixels of other channels",
        ),
        dict(
            name="the padding forgotten",
            code=changed(COLUMNS, "batch_last(images, padding)", "batch_last(images, 1 if padding == 1 else 0)"),
            says="batch_last puts the zeros around the images if it is told the padding.",
            ask="What do you hand to batch_last?",
            symptom="right without padding",
        ),
        dict(
            name="stride 1 throughout",
            code=changed(COLUMNS, "(out_h, out_w), stride)", "(out_h, out_w), 1)"),
            says="taps needs the stride: places are that far apart.",
            ask="How far apart are the pixels that one number of the window meets?",
            symptom="right with stride 1",
        ),
        dict(
            name="the window column by column",
            code=changed(COLUMNS, "windows[:, n] =", "windows[:, n // kernel_w + n % kernel_w * kernel_h] ="),
            says="taps goes row by row through the window, and so does weight.reshape: number n goes to place n.",
            ask="Which number of the window is in your second row?",
            symptom="kernels are mirrored at their diagonal; right for windows of one row or column",
        ),
        dict(
            name="turned around",
            code=changed(COLUMNS, "-1)\n", "-1).T.reshape(channels * kernel_h * kernel_w, -1)\n"),
            says="The windows are the columns. A reshape of the transposed matrix mixes them.",
            ask="Is your first column the first window?",
            symptom="right shape, numbers in disorder",
        ),
    ],
    "col2im": [
        dict(
            name="written over",
            code=changed(BACK, "+= windows[:, n]", "= windows[:, n]"),
            says="A pixel lies in several windows and gets the sum of all: += in place of =.",
            ask="Which of its several gradients does a pixel have in the end?",
            symptom="right where windows do not overlap",
        ),
        dict(
            name="the mean of the copies",
            code="""
            windows = columns.reshape(channels, kernel_h * kernel_w, out_h, out_w, batch)
            picture = np.zeros((channels, height + 2 * pad_h, width + 2 * pad_w, batch), columns.dtype)
            times = np.zeros_like(picture)
            for n, (rows, cols) in enumerate(taps((kernel_h, kernel_w), (out_h, out_w), stride)):
                picture[:, rows, cols] += windows[:, n]
                times[:, rows, cols] += 1
            picture = picture / np.maximum(times, 1)
            return picture[:, pad_h:pad_h + height, pad_w:pad_w + width].transpose(3, 0, 1, 2)
            """,
            says="That gives the pixels back, and for gradients it is wrong: each copy moves the loss, so they add up.",
            ask="If a number is copied twice and each copy has slope 3, what is its slope?",
            symptom="undoes im2col; as a gradient too small inside the picture",
        ),
        dict(
            name="the padding cut off at one end",
            code=changed(BACK, "pad_h:pad_h + height, pad_w:pad_w + width", ":height, :width"),
            says="The padding lies at both ends: the image begins at pad_h and pad_w.",
            ask="Where in the padded picture does pixel 0 of the image lie?",
            symptom="right without padding; else the gradient is moved",
        ),
        dict(
            name="stride 1 throughout",
            code=changed(BACK, "(out_h, out_w), stride)", "(out_h, out_w), 1)"),
            says="The slices are those of im2col, a stride apart.",
            ask="Are these the slices that im2col copied from?",
            symptom="right with stride 1",
        ),
        dict(
            name="the batch first",
            code=changed(BACK, "columns.reshape(channels, kernel_h * kernel_w, out_h, out_w, batch)",
                         "np.moveaxis(columns.reshape(channels, kernel_h * kernel_w, batch, out_h, out_w), 2, 4)"),
            says="In the columns the batch is the last axis, behind the places.",
            ask="In what order did im2col write the columns?",
            symptom="right for one image",
        ),
        dict(
            name="channels and window exchanged",
            code=changed(BACK, "columns.reshape(channels, kernel_h * kernel_w, out_h, out_w, batch)",
                         "columns.reshape(kernel_h * kernel_w, channels, out_h, out_w, batch).swapaxes(0, 1)"),
            says="The rows go channel by channel, and in each by number of the window.",
            ask="What do the first kernel_h * kernel_w rows belong to?",
            symptom="right for one channel",
        ),
        dict(
            name="the axes left as they are",
            code=changed(BACK, ".transpose(3, 0, 1, 2)", ".reshape(shape)"),
            says="reshape does not turn axes: bring the batch to the front with transpose(3, 0, 1, 2).",
            ask="What does reshape do with an array whose last axis is the batch?",
            symptom="right shape; right for one image",
        ),
    ],
    "conv2d_rule": [
        dict(
            name="always all three",
            code=changed(changed(RULE, " if needs[0] else None", ""), " if needs[1] else None", ""),
            says="The gradient for the images is dear, and often nobody wants it: None where `needs` says no.",
            ask="What do you compute for the first layer, whose images are data?",
            symptom="right numbers, and a third of the work for nothing",
        ),
        dict(
            name="the batch left in front",
            code=changed(RULE, "grad_out.transpose(1, 2, 3, 0).reshape(len(weight), -1)",
                         "grad_out.transpose(1, 0, 2, 3).reshape(len(weight), -1)"),
            says="The forward ended with the batch last, then the places: transpose(1, 2, 3, 0) undoes it.",
            ask="In which order are the columns, and in which is your grad?",
            symptom="the bias is right, all else is mixed; right for one image",
        ),
        dict(
            name="a reshape in place of a turn",
            code=changed(RULE, "grad_out.transpose(1, 2, 3, 0).reshape(len(weight), -1)",
                         "grad_out.reshape(len(weight), -1)"),
            says="grad_out has the batch in front; reshape alone mixes images and channels. Turn it first.",
            ask="Does row 0 of your grad belong to one kernel?",
            symptom="right shapes; right for one image",
        ),
        dict(
            name="the mean over the batch",
            code=changed(RULE, '(grad @ kept["columns"].T)', '(grad @ kept["columns"].T / len(images))'),
            says="The loss has taken its mean already. A weight that was used many times gets the sum.",
            ask="Who divides by the batch, the loss or each rule?",
            symptom="weights learn too slowly by the size of the batch; biases are right",
        ),
        dict(
            name="the bias over the batch only",
            code=changed(RULE, "grad.sum(axis=1)", "grad_out.sum(axis=0)[:, 0, 0]"),
            says="A bias is added at every place of every image: sum over all of them.",
            ask="How many numbers does one bias move?",
            symptom="right for results of one place",
        ),
        dict(
            name="images and weight exchanged",
            code=changed(RULE, "return of_images, of_weight, grad", "return of_weight, of_images, grad"),
            says="One gradient for each input, in their order: images, weight, bias.",
            ask="To whom does your first gradient go?",
            symptom="an error about shapes",
        ),
        dict(
            name="no padding on the way back",
            code=changed(RULE, "kernel_size, stride, padding)", "kernel_size, 1, padding)"),
            says="col2im needs the stride and the padding of the forward.",
            ask="With what did the forward call im2col, and with what do you call col2im?",
            symptom="right with stride 1; else an error",
        ),
        dict(
            name="columns made anew",
            code=changed(RULE, 'kept["columns"].T', "im2col(images, kernel_size, stride, padding).T"),
            says='Right numbers, and the forward has done that work already: its columns are in kept["columns"].',
            ask="What has the forward put into `kept`, and do you use it?",
            symptom="right, and slower; what has become of the kept columns goes unseen",
        ),
        dict(
            name="columns of ones",
            code=changed(RULE, 'kept["columns"].T', 'np.sign(np.abs(kept["columns"])).T'),
            says="By the rule of `@`, the gradient for the left side is grad times the right side turned: the columns.",
            ask="What stood to the right of `@` in the forward?",
            symptom="right shapes, and weights learn nothing about the pixels",
        ),
    ],
    "max_pool": [
        dict(
            name="the last of equals",
            code=changed(POOL, "(view > largest)", "(view >= largest)"),
            says="Of equal numbers the first wins: a later one must be larger, not equal.",
            ask="Who wins in a window of four equal numbers?",
            symptom="right unless numbers are equal, and behind a ReLU many are 0",
        ),
        dict(
            name="the largest first",
            code="""
            for n, view in enumerate(views[1:], 1):
                largest = np.maximum(largest, view)
                winners = np.maximum(winners, (view > largest) * np.uint16(n))
            if keep is not None:
                keep["winners"] = winners
            return largest
            """,
            says="Compare with the largest so far before it becomes the new one; afterwards nothing is larger than it.",
            ask="When you compare, does largest know of this view already?",
            symptom="right values, and number 0 always wins",
        ),
        dict(
            name="counted from the second",
            code=changed(POOL, "enumerate(views[1:], 1)", "enumerate(views[1:])"),
            says="The first view is number 0, so the second is number 1: enumerate(views[1:], 1).",
            ask="Which number has the second of the window?",
            symptom="right values; the gradient goes to the neighbour",
        ),
        dict(
            name="starting at zero",
            code="""
            largest = np.maximum(largest, 0)""" + POOL,
            says="Numbers below 0 have a largest, too.",
            ask="What is the largest of -3 and -5?",
            symptom="right behind a ReLU; windows of numbers below 0 give 0",
        ),
        dict(
            name="winners only of the last round",
            code=changed(POOL, "winners = np.maximum(winners, (view > largest) * np.uint16(n))",
                         "winners = (view > largest) * np.uint16(n)"),
            says="Where this view does not win, the winner so far stays.",
            ask="What becomes of number 1, which won, when number 2 is smaller?",
            symptom="right where the last or the first is the largest",
        ),
        dict(
            name="the mean",
            code="""
            for n, view in enumerate(views[1:], 1):
                winners = np.maximum(winners, (view > largest) * np.uint16(n))
                largest = np.maximum(largest, view)
            if keep is not None:
                keep["winners"] = winners
            return sum(views) / np.float32(len(views))
            """,
            says="That is average pooling; return the largest.",
            ask="Which number of each window do you return?",
            symptom="right winners, and softer values",
        ),
        dict(
            name="into the images",
            code=changed(POOL, "largest = np.maximum(largest, view)",
                         "largest = np.maximum(largest, view, out=largest)"),
            says="views[0] is a view of the images: out= and assignments to places of it write into them. A forward "
                 "never changes what comes in.",
            ask="In whose memory does your result lie?",
            symptom="right for windows side by side, and the images are not what they were",
        ),
    ],
    "catch": [
        dict(
            name="values only",
            code="""
            found, right = [Sequential(kind(3, 4, 3), ReLU(), kind(4, 5, 2)) for kind in (conv, Conv2d)]
            right.load_state_dict(found.state_dict())
            assert np.allclose(found(few).data, right(few).data, rtol=1e-3, atol=1e-3), "other values"
            """,
            says="The colleague's values are right. Walk back, and compare gradients.",
            ask="Does your check call backward?",
            symptom="lets the colleague's layers pass",
        ),
        dict(
            name="one layer",
            code=changed(CATCH, "Sequential(kind(3, 4, 3), ReLU(), kind(4, 5, 2))", "Sequential(kind(3, 4, 3))"),
            says="One layer alone has scratch for itself. Put a second one behind it.",
            ask="Who could overwrite the columns of a single layer?",
            symptom="lets the colleague's layers pass, as the colleague's own test did",
        ),
        dict(
            name="biases only",
            code=changed(CATCH, "zip(found.named_parameters(), right.parameters())",
                         "zip(found.named_parameters()[1::2], right.parameters()[1::2])"),
            says="The gradient of a bias needs no columns. Compare those of the weights.",
            ask="Which gradients are computed from columns?",
            symptom="lets the colleague's layers pass",
        ),
        dict(
            name="weights only",
            code=changed(CATCH, "zip(found.named_parameters(), right.parameters())",
                         "zip(found.named_parameters()[::2], right.parameters()[::2])"),
            says="A layer may lose the gradient of its bias as well: compare all parameters.",
            ask="Would your check see a bias that gets no gradient?",
            symptom="finds the colleague's fault, and lets a frozen bias pass",
        ),
        dict(
            name="no thought of None",
            code=changed(CATCH, "mine.grad is not None and ", ""),
            says="Where Conv2d has a gradient and the other layers have None, they are wrong: assert that first.",
            ask="What does your check do with a bias whose gradient is None?",
            symptom="ends with TypeError at a frozen bias",
        ),
        dict(
            name="another draw",
            code=changed(CATCH, "            right.load_state_dict(found.state_dict())\n", ""),
            says="Layers with other numbers have other gradients. Move the numbers over first.",
            ask="Do both models have the same weights?",
            symptom="refuses right layers as well",
        ),
    ],
    "repair": [
        dict(
            name="scratch as before",
            code="""
            columns = scratch_im2col(images, weight.shape[2:], stride, padding)
            if keep is not None:
                keep["columns"] = columns
            return with_columns(columns, images, weight, bias, stride, padding)
            """,
            says="What is kept must not lie in scratch, which the next layer overwrites.",
            ask="In whose memory are the columns that you keep?",
            symptom="the colleague's fault",
        ),
        dict(
            name="no scratch at all",
            code=changed(REPAIR, "columns = scratch_im2col(", "columns = im2col("),
            says="Right, and dearer than it has to be: where nothing is recorded, scratch will do.",
            ask="Who needs the columns after the product when nothing is recorded?",
            symptom="right everywhere, and memory is asked for in each call",
        ),
        dict(
            name="the other way round",
            code=changed(REPAIR, "if keep is None:", "if keep is not None:").replace(
                'columns = keep["columns"] = im2col(', "columns = im2col(").replace(
                "columns = scratch_im2col(", 'columns = keep["columns"] = scratch_im2col('),
            says="keep is a dictionary while 05 records; then the columns have to be their own.",
            ask="What is `keep` under no_grad?",
            symptom="the colleague's fault, and no gain under no_grad",
        ),
        dict(
            name="kept nothing",
            code=changed(REPAIR, 'columns = keep["columns"] = im2col(', "columns = im2col("),
            says='The way back asks for kept["columns"]: put them there.',
            ask="What will the rule look for in `kept`?",
            symptom="the forward is right, the way back stops with KeyError",
        ),
        dict(
            name="kept before the copy",
            code="""
            columns = scratch_im2col(images, weight.shape[2:], stride, padding)
            if keep is not None:
                keep["columns"] = columns.copy()
            return with_columns(columns, images, weight, bias, stride, padding)
            """,
            says="Right gradients, but the columns are written twice. Let im2col make them where they will stay.",
            ask="How often are the columns written while 05 records?",
            symptom="right numbers; while it records, all columns are copied once more",
        ),
    ],
    "multiply_adds": [
        dict(
            name="every pixel a place",
            code="multiply_adds = batch * out_channels * size * size * in_channels * kernel * kernel",
            says="With a stride and little padding there are fewer places than pixels: count those along an axis.",
            ask="How many places has the window along an axis?",
            symptom="right for stride 1 and a padding that keeps the size",
        ),
        dict(
            name="no channels of the image",
            code="""
            out_size = (size + 2 * padding - kernel) // stride + 1
            multiply_adds = batch * out_channels * out_size * out_size * kernel * kernel
            """,
            says="Each window goes over all channels of the image.",
            ask="How many products has one window?",
            symptom="too small by in_channels",
        ),
        dict(
            name="padding at one end",
            code="""
            out_size = (size + padding - kernel) // stride + 1
            multiply_adds = batch * out_channels * out_size * out_size * in_channels * kernel * kernel
            """,
            says="Padding lies at both ends, so it counts twice.",
            ask="How wide is the padded image?",
            symptom="a place less along each axis",
        ),
        dict(
            name="a window in one row",
            code="""
            out_size = (size + 2 * padding - kernel) // stride + 1
            multiply_adds = batch * out_channels * out_size * out_size * in_channels * kernel
            """,
            says="A window has kernel times kernel numbers for each channel.",
            ask="How many numbers has a kernel for one channel?",
            symptom="too small by the size of the kernel",
        ),
        dict(
            name="one image",
            code="""
            out_size = (size + 2 * padding - kernel) // stride + 1
            multiply_adds = out_channels * out_size * out_size * in_channels * kernel * kernel
            """,
            says="That is one image; there are `batch` of them.",
            ask="Where is the batch in your product?",
            symptom="too small by the batch",
        ),
        dict(
            name="places without the first",
            code="""
            out_size = (size + 2 * padding - kernel) // stride
            multiply_adds = batch * out_channels * out_size * out_size * in_channels * kernel * kernel
            """,
            says="The window has a place before it moves for the first time: + 1.",
            ask="How many places has a window that cannot move at all?",
            symptom="a place less along each axis",
        ),
    ],
    "field": [
        dict(
            name="no step of two",
            code="field = 1 + 2 + 1 + more * (wide - 1)",
            says="Behind a stride of 2 each number is two pixels from the next: there the field grows twice as fast.",
            ask="How many pixels apart are two neighbours behind the pool?",
            symptom="too small; right without the stride",
        ),
        dict(
            name="windows added up",
            code="field = 3 + 2 + more * wide",
            says="A layer of kernel k widens the field by k - 1 steps, for one pixel was there before.",
            ask="How far does a layer of 1 by 1 see?",
            symptom="plausible and too small",
        ),
        dict(
            name="the whole windows doubled",
            code="field = 1 + 2 + 1 + more * wide * 2",
            says="k - 1, not k: the middle of the window was seen before.",
            ask="By how much does a layer of 3 by 3 widen the field?",
            symptom="too large by two for each layer",
        ),
        dict(
            name="the stride in the pool as well",
            code="field = 1 + 2 + 2 + more * (wide - 1) * 2",
            says="The pool's own window is one pixel wider, and its stride counts for the layers behind it.",
            ask="For which layers is a step two pixels long?",
            symptom="too large by one",
        ),
        dict(
            name="doubled each time",
            code="field = 1 + 2 + 1 + sum((wide - 1) * 2 ** n for n in range(1, more + 1))",
            says="Only the pool has a stride of 2. The convolutions behind it leave the step at two pixels.",
            ask="Which layers make the step longer?",
            symptom="far too large",
        ),
        dict(
            name="the pool forgotten",
            code="field = 1 + 2 + more * (wide - 1) * 2",
            says="The pool is a window, too: 2 by 2 widens the field by one pixel.",
            ask="How many pixels does a number behind the pool depend on?",
            symptom="too small by one",
        ),
    ],
}

SURVIVORS = {
    "im2col": {
        "`windows.reshape(channels * kernel_h * kernel_w, -1)` becomes "
        "`windows.reshape(channels * kernel_h * kernel_w, -2)`": "right: any negative size means what is left",
    },
    "col2im": {
        "`height + 2 * pad_h` becomes `height + 3 * pad_h`": "right: more padding is cut off as well",
        "`width + 2 * pad_w` becomes `width + 3 * pad_w`": "right: more padding is cut off as well",
    },
    "conv2d_rule": {
        "`grad_out.transpose(1, 2, 3, 0).reshape(len(weight), -1)` becomes "
        "`grad_out.transpose(1, 2, 3, 0).reshape(len(weight), -2)`": "right: any negative size means what is left",
        "`grad.sum(axis=1)` becomes `grad.sum(axis=-1)`": "right: of two axes the last is 1",
    },
    "max_pool": {
        "`np.maximum(largest, view)` becomes `np.maximum(view, largest)`": "right: the same",
        "`np.maximum(winners, (view > largest) * np.uint16(n))` becomes "
        "`np.maximum((view > largest) * np.uint16(n), winners)`": "right: the same",
    },
    "catch": {
        "`Sequential(kind(3, 4, 3), ReLU(), kind(4, 5, 2))` becomes "
        "`Sequential(ReLU(), kind(3, 4, 3), kind(4, 5, 2))`": "right: two layers, one behind the other",
        "`Sequential(kind(3, 4, 3), ReLU(), kind(4, 5, 2))` becomes "
        "`Sequential(kind(3, 4, 3), kind(4, 5, 2), ReLU())`": "right: two layers, one behind the other",
        "`kind(3, 4, 3)` becomes `kind(3, 4, 4)`": "right: any sizes will do",
        "`kind(3, 4, 3)` becomes `kind(3, 4, 2)`": "right: any sizes will do",
        "`kind(4, 5, 2)` becomes `kind(4, 6, 2)`": "right: any sizes will do",
        "`kind(4, 5, 2)` becomes `kind(4, 4, 2)`": "right: any sizes will do",
        "`kind(4, 5, 2)` becomes `kind(4, 5, 3)`": "right: any sizes will do",
        "`kind(4, 5, 2)` becomes `kind(4, 5, 1)`": "right: any sizes will do",
        "`(out * out).sum` becomes `(out * out).mean`": "right: any number that all depend on will do",
        "`(out * out).sum` becomes `out.sum`": "right: any number that all depend on will do",
        "`np.abs(mine.grad - theirs.grad).max() < 0.001` becomes "
        "`np.abs(mine.grad - theirs.grad).max() <= 0.001`": "right: wrong gradients are far apart",
        "`np.abs(mine.grad - theirs.grad).max() < 0.001` becomes "
        "`np.abs(mine.grad - theirs.grad).max() < 0.002`": "right: wrong gradients are far apart",
    },
}
