"""Right answers written differently. `code` stands in place of the exercise's solution region."""

ALTERNATIVES = {
    "fold": [
        dict(
            name="from the last step back",
            code="""
                table, shift = steps[-1]
                for before, moved in reversed(steps[:-1]):
                    shift = moved @ table + shift
                    table = before @ table
                return table, shift
            """,
        ),
        dict(
            name="first with the folded rest",
            code="""
                if len(steps) == 1:
                    return steps[0]
                (A, a), (B, b) = steps[0], fold(steps[1:])
                return A @ B, a @ B + b
            """,
        ),
    ],
    "relu": [
        dict(name="the larger of two", code="return np.maximum(0, array)"),
        dict(name="where", code="return np.where(array > 0, array, np.zeros_like(array))"),
        dict(
            name="a copy with zeros",
            code="""
                out = array.copy()
                out[out < 0] = 0
                return out
            """,
        ),
        dict(name="times a mask", code="return array * (array > 0)"),
    ],
    "sigmoid": [
        dict(
            name="both formulas of one small number",
            code="""
                small = np.exp(-np.abs(array))
                return np.where(array >= 0, 1 / (1 + small), small / (1 + small))
            """,
        ),
        dict(
            name="by parts",
            code="""
                out = np.empty_like(array)
                positive = array >= 0
                out[positive] = 1 / (1 + np.exp(-array[positive]))
                small = np.exp(array[~positive])
                out[~positive] = small / (1 + small)
                return out
            """,
        ),
        dict(name="kept within what exp can hold", code="return 1 / (1 + np.exp(-np.clip(array, -87, 87)))"),
    ],
    "gelu": [
        dict(
            name="one line, a power",
            code="return x * (1 + ((x + x**3 * 0.044715) * (2 / math.pi) ** 0.5).tanh()) / 2",
        ),
        dict(
            name="by Sigmoid: one plus tanh of z, halved, is Sigmoid of 2z",
            code="""
                inside = math.sqrt(2 / math.pi) * x * (1 + 0.044715 * x * x)
                return x * Sigmoid()(2 * inside)
            """,
        ),
    ],
    "catch": [
        dict(
            name="the two duties one by one",
            code="""
                scores = np.float32([[3, 4, 6, 2], [5, 6, 1, 3], [2, 3, 7, 7]])
                found = softmax_of(scores)
                assert np.allclose(found.sum(axis=1), 1)
                assert np.allclose(found[:, 1], math.e * found[:, 0])
            """,
        ),
        dict(
            name="row by row, as alone",
            code="""
                for row, found in zip([[3, 4], [6, 2], [5, 5]], softmax_of(np.float32([[3, 4], [6, 2], [5, 5]]))):
                    total = sum(math.exp(score) for score in row)
                    for score, prob in zip(row, found):
                        assert abs(prob - math.exp(score) / total) < 1e-4
            """,
        ),
    ],
    "softmax": [
        dict(
            name="in three steps",
            code="""
                largest = np.max(array, axis=axis, keepdims=True)
                top = np.exp(array - largest)
                total = np.sum(top, axis=axis, keepdims=True)
                return top / total
            """,
        ),
        dict(
            name="the axis moved to the end",
            code="""
                rows = np.moveaxis(array, axis, -1)
                rows = np.exp(rows - rows.max(-1)[..., None])
                return np.moveaxis(rows / rows.sum(-1)[..., None], -1, axis)
            """,
        ),
        dict(
            name="by a log",
            code="""
                shifted = array - array.max(axis=axis, keepdims=True)
                return np.exp(shifted - np.log(np.exp(shifted).sum(axis=axis, keepdims=True)))
            """,
        ),
    ],
    "template_probs": [
        dict(
            name="without a product",
            code="""
                batch, classes = len(images), len(templates)
                pairs = (standardise(images).flatten(1).reshape(batch, 1, -1)
                         * standardise(templates).flatten(1).reshape(1, classes, -1))
                return Softmax(axis=1)(pairs.mean(axis=2) * sharpness)
            """,
        ),
        dict(
            name="transposed and back",
            code="""
                pixels = images.shape[1] * images.shape[2]
                flat = standardise(images).reshape(-1, pixels)
                scores = (standardise(templates).reshape(-1, pixels) @ flat.T) * (sharpness / pixels)
                return Softmax(0)(scores).T
            """,
        ),
    ],
    "kept_bytes": [dict(name="one result, twenty times", code="kept_bytes = 20 * (batch * n * np.float32(0).nbytes)")],
    "worth_rows": [
        dict(
            name="by trying",
            code="""
                worth_rows = 1
                while 9 * n**3 + worth_rows * n**2 >= 10 * worth_rows * n**2:
                    worth_rows = worth_rows + 1
            """,
        ),
    ],
}
