"""Right answers written differently. `code` stands in place of the exercise's solution region."""

ALTERNATIVES = {
    "memory_footprint": [
        dict(name="NumPy's own count", code="return self.data.nbytes"),
        dict(
            name="a loop",
            code="""
                count = 1
                for length in self.shape:
                    count = count * length
                return count * self.data.itemsize
            """,
        ),
    ],
    "add": [
        dict(name="the other way round", code="return self._apply(np.add, other, self)"),
        dict(name="a name for the door", code="door = Tensor._apply\nreturn door(np.add, self, other)"),
    ],
    "mul": [
        dict(name="through self", code="return self._apply(np.multiply, self, other)"),
    ],
    "catch": [
        dict(
            name="two helpers",
            code="""
                def ask(a, b):
                    try:
                        return shape_of(a, b)
                    except ValueError:
                        return "refused"

                assert ask((6, 5), (5,)) == (6, 5)
                assert ask((2, 3), (2,)) == "refused"
            """,
        ),
        dict(
            name="NumPy as the oracle",
            code="""
                for a, b in [((4, 3), (3,)), ((3, 4), (3,)), ((2, 1, 5), (7, 1))]:
                    try:
                        expected = np.broadcast_shapes(a, b)
                    except ValueError:
                        expected = None
                    try:
                        found = shape_of(a, b)
                    except ValueError:
                        found = None
                    assert found == expected
            """,
        ),
    ],
    "broadcast_shape": [
        dict(
            name="axis by axis from the right",
            code="""
                out = []
                for back in range(1, max(len(a), len(b)) + 1):
                    m = a[-back] if back <= len(a) else 1
                    n = b[-back] if back <= len(b) else 1
                    if m != n and m != 1 and n != 1:
                        raise ValueError(f"{a} does not meet {b}: {m} against {n}")
                    out.insert(0, n if m == 1 else m)
                return tuple(out)
            """,
        ),
        dict(
            name="turned round and turned back",
            code="""
                from itertools import zip_longest

                pairs = list(zip_longest(a[::-1], b[::-1], fillvalue=1))
                for m, n in pairs:
                    if m != n and 1 not in (m, n):
                        raise ValueError(f"shapes {a} and {b}: {m} is not {n}")
                return tuple(m if n == 1 else n for m, n in pairs)[::-1]
            """,
        ),
    ],
    "matmul_loops": [
        dict(
            name="a row times a column",
            code="""
                out = np.zeros((a.shape[0], b.shape[1]), a.dtype)
                for i in range(a.shape[0]):
                    for j in range(b.shape[1]):
                        out[i, j] = (a[i] * b[:, j]).sum()
                return out
            """,
        ),
        dict(
            name="p outermost",
            code="""
                rows, inner, columns = len(a), len(b), b.shape[1]
                out = np.zeros_like(a, shape=(rows, columns))
                for p in range(inner):
                    for i in range(rows):
                        for j in range(columns):
                            out[i, j] = out[i, j] + a[i, p] * b[p, j]
                return np.asarray(out)
            """,
        ),
    ],
    "standardise": [
        dict(
            name="the distance kept, a power for the root",
            code="""
                distance = images - images.mean(axis=(1, 2), keepdims=True)
                variance = (distance * distance).mean(axis=(1, 2), keepdims=True)
                return distance / (variance + eps) ** 0.5
            """,
        ),
        dict(
            name="flat rows",
            code="""
                flat = images.flatten(1)
                flat = flat - flat.mean(axis=1, keepdims=True)
                flat = flat * (flat.var(axis=1, keepdims=True) + eps) ** -0.5
                return flat.reshape(images.shape)
            """,
        ),
    ],
    "kept_bytes": [dict(name="counted by a Tensor",
                        code="kept_bytes = count * Tensor(np.ones((height, width))).data.nbytes")],
    "pair_bytes": [dict(name="a power of two", code="pair_bytes = int((2 * n) ** 2)")],
}
