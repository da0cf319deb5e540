"""Right answers written differently. `code` stands in place of the exercise's solution region."""

ALTERNATIVES = {
    "conv2d_loops": [
        dict(
            name="all places at once",
            code="""
            import itertools
            for b, o, row, column in np.ndindex(*out.shape):
                if bias is not None:
                    out[b, o, row, column] = bias[o]
                for c, i, j in itertools.product(range(in_channels), range(kernel_h), range(kernel_w)):
                    y, x = row * stride_h + i, column * stride_w + j
                    out[b, o, row, column] += weight[o, c, i, j] * padded[b, c, y, x]
            """,
        ),
        dict(
            name="windows cut out",
            code="""
            for b, image in enumerate(padded):
                for o, kernel in enumerate(weight):
                    for row in range(out_h):
                        for column in range(out_w):
                            top, start = row * stride_h, column * stride_w
                            window = image[:, top:top + kernel_h, start:start + kernel_w]
                            out[b, o, row, column] = (window * kernel).sum()
                    if bias is not None:
                        out[b, o] += bias[o]
            """,
        ),
    ],
    "im2col": [
        dict(
            name="six axes",
            code="""
            picture = batch_last(images, padding)
            columns = np.zeros((len(picture), kernel_h, kernel_w, out_h, out_w, len(images)), dtype=images.dtype)
            slices = taps((kernel_h, kernel_w), (out_h, out_w), stride)
            for i in range(kernel_h):
                for j in range(kernel_w):
                    rows, cols = next(slices)
                    columns[:, i, j] = picture[:, rows, cols, :]
            return columns.reshape(len(picture) * kernel_h * kernel_w, out_h * out_w * len(images))
            """,
        ),
        dict(
            name="stacked",
            code="""
            picture = batch_last(images, padding)
            slices = taps(kernel_size, (out_h, out_w), stride)
            columns = np.stack([picture[:, rows, cols] for rows, cols in slices], axis=1)
            return columns.reshape(columns.shape[0] * columns.shape[1], -1)
            """,
        ),
    ],
    "col2im": [
        dict(
            name="six axes",
            code="""
            stride_h, stride_w = pair(stride)
            parts = columns.reshape(channels, kernel_h, kernel_w, out_h, out_w, batch)
            picture = np.zeros((channels, height + 2 * pad_h, width + 2 * pad_w, batch), dtype=columns.dtype)
            for i in range(kernel_h):
                for j in range(kernel_w):
                    picture[:, i:i + stride_h * out_h:stride_h, j:j + stride_w * out_w:stride_w] += parts[:, i, j]
            return np.moveaxis(picture, -1, 0)[:, :, pad_h:pad_h + height, pad_w:pad_w + width]
            """,
        ),
        dict(
            name="the batch first",
            code="""
            parts = columns.reshape(channels, kernel_h * kernel_w, out_h, out_w, batch).transpose(1, 4, 0, 2, 3)
            padded = np.zeros((batch, channels, height + 2 * pad_h, width + 2 * pad_w), columns.dtype)
            for part, (rows, cols) in zip(parts, taps((kernel_h, kernel_w), (out_h, out_w), stride)):
                padded[:, :, rows, cols] = padded[:, :, rows, cols] + part
            return np.ascontiguousarray(padded[:, :, pad_h:pad_h + height, pad_w:pad_w + width])
            """,
        ),
    ],
    "conv2d_rule": [
        dict(
            name="one after the other",
            code="""
            grad = np.moveaxis(grad_out, 0, -1).reshape(grad_out.shape[1], -1)
            of_images, of_weight = None, None
            if needs[1]:
                of_weight = grad.dot(kept["columns"].T).reshape(weight.shape)
            if needs[0]:
                of_images = col2im(flat.T.dot(grad), images.shape, kernel_size, stride=stride, padding=padding)
            return of_images, of_weight, grad_out.sum(axis=(0, 2, 3))
            """,
        ),
        dict(
            name="as many as there are inputs",
            code="""
            grad, found = grad_out.transpose(1, 2, 3, 0).reshape(len(flat), -1), []
            found.append(col2im(flat.T @ grad, images.shape, kernel_size, stride, padding) if needs[0] else None)
            found.append((kept["columns"] @ grad.T).T.reshape(weight.shape) if needs[1] else None)
            if bias is not None:
                found.append(grad.sum(1) if needs[2] else None)
            return tuple(found)
            """,
        ),
    ],
    "max_pool": [
        dict(
            name="a choice",
            code="""
            for n in range(1, len(views)):
                wins = views[n] > largest
                winners = np.where(wins, np.uint16(n), winners)
                largest = np.where(wins, views[n], largest)
            if keep is not None:
                keep["winners"] = winners
            return largest
            """,
        ),
        dict(
            name="all at once",
            code="""
            stacked = np.stack(views)
            if keep is not None:
                keep["winners"] = stacked.argmax(axis=0)
            return stacked.max(axis=0)
            """,
        ),
    ],
    "catch": [
        dict(
            name="nudging",
            code="""
            first, second = conv(3, 2, 3), conv(2, 3, (1, 2))

            def both(weight, bias, last_weight, last_bias):
                first.weight, first.bias, second.weight, second.bias = weight, bias, last_weight, last_bias
                return second(first(few).tanh())

            gradcheck(both, first.weight, first.bias, second.weight, second.bias)
            """,
        ),
        dict(
            name="by hand",
            code="""
            first, second, one, two = conv(3, 5, (2, 3)), conv(5, 4, 3), Conv2d(3, 5, (2, 3)), Conv2d(5, 4, 3)
            one.load_state_dict(first.state_dict())
            two.load_state_dict(second.state_dict())
            for a, b in ((first, second), (one, two)):
                b(a(few).tanh()).tanh().sum().backward()
            for a, b in ((first, one), (second, two)):
                for kind in ("weight", "bias"):
                    found, right = getattr(a, kind).grad, getattr(b, kind).grad
                    assert found is not None, f"{kind} has no gradient"
                    assert np.abs(found - right).max() < 1e-3, f"{kind} has another"
            """,
        ),
    ],
    "repair": [
        dict(
            name="who makes the columns",
            code="""
            make = scratch_im2col if keep is None else im2col
            columns = make(images, weight.shape[2:], stride=stride, padding=padding)
            if keep is not None:
                keep["columns"] = columns
            return with_columns(columns, images, weight, bias, stride, padding)
            """,
        ),
        dict(
            name="ours where something is recorded",
            code="""
            if keep is not None:
                return conv2d(images, weight, bias, stride=stride, padding=padding, keep=keep)
            columns = scratch_im2col(images, weight.shape[2:], stride, padding)
            return with_columns(columns, images, weight, bias, stride, padding)
            """,
        ),
    ],
    "multiply_adds": [
        dict(
            name="factor by factor",
            code="""
            out_h, out_w = places((batch, in_channels, size, size), kernel, stride, padding)
            multiply_adds = (in_channels * kernel ** 2) * (out_h * out_w * batch) * out_channels
            """,
        ),
    ],
    "field": [dict(name="layer by layer", code="field = receptive_field([(3, 1), (2, 2), *[(wide, 1)] * more])")],
}
