"""Right answers written differently. `code` stands in place of the exercise's solution region."""

ALTERNATIVES = {
    "look_up": [
        dict(
            name="by the extremes",
            code="""
                if not np.issubdtype(ids.dtype, np.integer):
                    raise TypeError(f"expected whole numbers, found {ids.dtype}")
                if ids.size > 0 and not 0 <= ids.min() <= ids.max() < count:
                    strange = int(ids.min()) if ids.min() < 0 else int(ids.max())
                    raise IndexError(f"token {strange} is not among the {count} rows")
                return Tensor._apply(taken_rows, table, ids=ids)
            """,
        ),
        dict(
            name="token by token",
            code="""
                if ids.dtype.kind in "iu":
                    for token in ids.flat:
                        if token < 0 or token > count - 1:
                            raise IndexError(f"there are {count} rows and none for {int(token)}")
                    return Tensor._apply(taken_rows, table, ids=ids.astype(np.int64))
                raise TypeError(f"{ids.dtype} is no dtype of tokens")
            """,
        ),
    ],
    "catch": [
        dict(
            name="by a one-hot product",
            code="""
                rng = np.random.default_rng(7)
                table, ids = np.ones((5, 4)), np.array([3, 0, 3, 2, 0, 3, 3, 2])
                grad_out = rng.normal(size=(8, 4))
                expected = np.eye(5)[ids].T @ grad_out
                if not np.allclose(gradient_of(table, ids, grad_out), expected):
                    raise AssertionError("what comes in for a row is not added up")
            """,
        ),
        dict(
            name="by np.add.at",
            code="""
                ids, grad_out = np.array([6, 4, 6, 6, 5, 4]), np.random.default_rng(3).random((6, 3))
                expected = np.zeros((8, 3))
                np.add.at(expected, ids, grad_out)
                found = gradient_of(np.zeros((8, 3)), ids, grad_out)
                for row in range(8):
                    assert np.allclose(found[row], expected[row]), f"row {row}"
            """,
        ),
    ],
    "repair": [
        dict(
            name="np.add.at on the distinct ones",
            code="""
                distinct, place = np.unique(ids, return_inverse=True)
                sums = np.zeros((len(distinct), values.shape[1]), dtype=values.dtype)
                np.add.at(sums, place, values)
                return distinct, sums
            """,
        ),
        dict(
            name="one-hot rows of the distinct ones",
            code="""
                distinct = np.unique(ids)
                one_hot = (distinct[:, None] == ids).astype(values.dtype)
                return distinct, one_hot @ values
            """,
        ),
        dict(
            name="a loop with a dict",
            code="""
                sums = {}
                for one, row in zip(ids.tolist(), values):
                    sums[one] = sums[one] + row if one in sums else row.copy()
                distinct = sorted(sums)
                rows = np.array([sums[one] for one in distinct], dtype=values.dtype)
                return np.array(distinct, dtype=ids.dtype), rows.reshape(len(distinct), values.shape[1])
            """,
        ),
    ],
    "lend": [
        dict(
            name="by np.take",
            code="""
                whole = optimizer.params[at]
                part = Tensor(np.take(whole.data, whole.grad.indices, axis=0), dtype=whole.dtype)
                part.grad = whole.grad.values.copy()
                optimizer.params[at] = part
                for name in optimizer.state:
                    optimizer.state[name][at] = np.take(optimizer.state[name][at], whole.grad.indices, axis=0)
            """,
        ),
        dict(
            name="the state first",
            code="""
                p = optimizer.params[at]
                for arrays in optimizer.state.values():
                    arrays[at] = arrays[at][p.grad.indices, :]
                small = Tensor._wrap(p.data[p.grad.indices])
                small.grad = np.array(p.grad.values)
                optimizer.params[at] = small
            """,
        ),
    ],
    "sinusoids": [
        dict(
            name="every second column",
            code="""
                waves = np.zeros((max_len, d_model), dtype=np.float32)
                angle = np.arange(max_len)[:, None] / 10000.0 ** (np.arange(0, d_model, 2) / d_model)
                waves[:, 0::2] = np.sin(angle)
                waves[:, 1::2] = np.cos(angle[:, :d_model // 2])
                return waves
            """,
        ),
        dict(
            name="two loops",
            code="""
                rows = []
                for place in range(max_len):
                    angles = [place * 10000 ** (-(column - column % 2) / d_model) for column in range(d_model)]
                    rows.append([np.cos(one) if at % 2 else np.sin(one) for at, one in enumerate(angles)])
                return np.array(rows, dtype=np.float32)
            """,
        ),
    ],
    "next_letter": [
        dict(
            name="by reshape",
            code="""
                rows = self.embedding(letters)
                return self.out(rows.reshape(len(rows), -1))
            """,
        ),
        dict(
            name="by hand",
            code="""
                batch, context = letters.shape
                rows = self.embedding(letters).reshape(batch, context * self.embedding.embedding_dim)
                return rows @ self.out.weight.T + self.out.bias
            """,
        ),
    ],
    "dense_bytes": [
        dict(name="one by one", code="table_bytes = vocab_size * width * 4\ndense_bytes = table_bytes + table_bytes + "
                                     "2 * table_bytes"),
        dict(name="by the Tensor", code="dense_bytes = 4 * Tensor(np.zeros((vocab_size, width))).memory_footprint()"),
    ],
    "rows_bytes": [
        dict(name="indices and values", code="rows_bytes = distinct * 8 + distinct * width * 4"),
        dict(name="asked", code="rows_bytes = Rows(np.arange(distinct), np.zeros((distinct, width), "
                                "dtype=np.float32)).nbytes"),
    ],
}
