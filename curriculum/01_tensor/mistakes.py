"""Plausible wrong answers. `code` stands in place of the exercise's solution region.

`ask` is the question that a learner gets when the same failure comes again, `says` the sentence after that.
"""

MISTAKES = {
    "memory_footprint": [
        dict(
            name="counts numbers",
            code="return math.prod(self.shape)",
            says="That is how many numbers there are. Multiply by the bytes of one: `self.dtype.itemsize`.",
            ask="Your answer for 15 numbers is 15. How many bytes is one float32?",
            symptom="a quarter of the truth for float32; right for int8",
        ),
        dict(
            name="four bytes always",
            code="return 4 * math.prod(self.shape)",
            says="Only a float32 takes 4 bytes; ask the dtype for its `itemsize`.",
            ask="What does a float64 take?",
            symptom="right for float32, half the truth for float64",
        ),
        dict(
            name="first axis only",
            code="return (len(self.data) if self.ndim else 1) * self.dtype.itemsize",
            says="`len` is the length of the first axis; multiply the lengths of all axes.",
            ask="What does `len` of a (3, 5) array say?",
            symptom="right for one axis; too small for a table",
        ),
        dict(
            name="adds the lengths",
            code="""
                places = sum(self.shape) if self.ndim > 1 else self.data.size
                return places * self.dtype.itemsize
            """,
            says="A table of 3 rows and 5 columns has 3 * 5 places, not 3 + 5.",
            ask="How many places has a table of 3 rows and 5 columns?",
            symptom="too small for tables, and worse the larger they are",
        ),
        dict(
            name="bits for bytes",
            code="return math.prod(self.shape) * self.dtype.itemsize * 8",
            says="`itemsize` counts bytes already; a byte has 8 bits, and the question is about bytes.",
            ask="What unit does `itemsize` have?",
            symptom="eight times the truth",
        ),
        dict(
            name="what a view keeps alive",
            code="return (self.data if self.data.base is None else self.data.base).nbytes",
            says="A view shows fewer places than the array that it reads; count the places that this Tensor shows.",
            ask="How many places does `A[::2]` show?",
            symptom="right for arrays of their own; twice the truth for every second row",
        ),
    ],
    "add": [
        dict(
            name="round the door",
            code='return Tensor(self.data + getattr(other, "data", other))',
            says="Right numbers, wrong way: no reading sees this sum. Go through `Tensor._apply`.",
            ask="What does `watch` show for your sum?",
            symptom="right in value, invisible to every reading; later lessons lose it without an error",
        ),
        dict(
            name="evaluates itself",
            code="return Tensor._evaluate(np.add, self, other)",
            says="`_evaluate` is what stands behind the door. Call `Tensor._apply`, where readings stand.",
            ask="Which of `_apply` and `_evaluate` changes when a reading is put on?",
            symptom="right until a reading is put on, then blind to it",
        ),
        dict(
            name="copied from subtraction",
            code="return Tensor._apply(np.subtract, self, other)",
            says="This is subtraction; NumPy's function for addition is `np.add`.",
            ask="What is [5, 7] + [3, 11], and what does yours say?",
            symptom="wrong except where the right operand is 0",
        ),
        dict(
            name="changes the left operand",
            code='self.data = self.data + getattr(other, "data", other)\nreturn self',
            says="`a + b` must leave `a` as it was: return a new Tensor from `Tensor._apply`.",
            ask="What is in `a` after `a + b`?",
            symptom="the first sum is right; whoever uses the left operand again is not",
        ),
        dict(
            name="adds itself",
            code="return Tensor._apply(np.add, self, self)",
            says="The second operand is `other`.",
            ask="Where in your line does `other` stand?",
            symptom="doubles the left operand, whatever the right one is",
        ),
    ],
    "mul": [
        dict(
            name="round the door",
            code='return Tensor(self.data * getattr(other, "data", other))',
            says="Right numbers, wrong way: no reading sees this product. Go through `Tensor._apply`.",
            ask="What does `watch` show for your product?",
            symptom="right in value, invisible to every reading; later lessons lose it without an error",
        ),
        dict(
            name="evaluates itself",
            code="return Tensor._evaluate(np.multiply, self, other)",
            says="`_evaluate` is what stands behind the door. Call `Tensor._apply`, where readings stand.",
            ask="Which of `_apply` and `_evaluate` changes when a reading is put on?",
            symptom="right until a reading is put on, then blind to it",
        ),
        dict(
            name="matrix product",
            code="return Tensor._apply(np.matmul, self, other)",
            says="`np.matmul` is `@`. Element by element is `np.multiply`.",
            ask="Which sign calls np.matmul?",
            symptom="right shape for square tables, other numbers; an error for most shapes",
        ),
        dict(
            name="copied from addition",
            code="return Tensor._apply(np.add, self, other)",
            says="This is addition; NumPy's function is `np.multiply`.",
            ask="What is 3 * 7, and what does yours say?",
            symptom="sums in place of products; right for 2 and 2",
        ),
        dict(
            name="changes the left factor",
            code='self.data = self.data * getattr(other, "data", other)\nreturn self',
            says="`a * b` must leave `a` as it was: return a new Tensor from `Tensor._apply`.",
            ask="What is in `a` after `a * b`?",
            symptom="the first product is right; whoever uses the left factor again is not",
        ),
    ],
    "catch": [
        dict(
            name="square shapes only",
            code="assert shape_of((3, 3), (3,)) == (3, 3)\nassert shape_of((1, 4), (5, 1)) == (5, 4)",
            says="The fault is right for square tables. Ask about (4, 3) and (3,).",
            ask="For which shapes above did the colleague and NumPy differ?",
            symptom="passes the fault",
        ),
        dict(
            name="lets ValueError escape",
            code="assert shape_of((4, 3), (3,)) == (4, 3)",
            says="The fault refuses these shapes with ValueError. Catch it with try, and turn it into AssertionError.",
            ask="Which exception does the fault raise for (4, 3) and (3,)?",
            symptom="the check breaks in place of catching",
        ),
        dict(
            name="forgets to ask for a refusal",
            code="""
                try:
                    assert shape_of((4, 3), (3,)) == (4, 3)
                except ValueError:
                    raise AssertionError("these shapes meet") from None
            """,
            says="The second duty is to refuse: ask also about two shapes that do not meet, such as (3, 4) and (3,).",
            ask="Would your check notice a function that never refuses?",
            symptom="passes a function that never refuses",
        ),
        dict(
            name="asks for a refusal only",
            code="""
                try:
                    shape_of((3, 4), (3,))
                except ValueError:
                    return
                raise AssertionError("these shapes do not meet")
            """,
            says="The first duty is to give the shape: ask also about two shapes that meet, such as (4, 3) and (3,).",
            ask="Would your check notice a function that refuses everything?",
            symptom="passes a function that always refuses",
        ),
        dict(
            name="expects the wrong shape",
            code="""
                try:
                    found = shape_of((3, 4), (3,))
                except ValueError:
                    found = None
                assert found == (3, 4)
            """,
            says="(3, 4) and (3,) do not meet: the 3 would stand under the 4. Compare with NumPy first.",
            ask="What does NumPy say about (3, 4) and (3,)?",
            symptom="accepts the fault and refuses NumPy",
        ),
        dict(
            name="refuses everything",
            code="assert False",
            says="Raise AssertionError only when the answer of `shape_of` is wrong.",
            ask="Does your check ask `shape_of` anything?",
            symptom="refuses right functions too",
        ),
    ],
    "broadcast_shape": [
        dict(
            name="aligned from the left",
            code="""
                pairs = list(zip(a + (1,) * (len(b) - len(a)), b + (1,) * (len(a) - len(b))))
                if any(m != n and 1 not in (m, n) for m, n in pairs):
                    raise ValueError(f"shapes {a} and {b} do not meet")
                return tuple(n if m == 1 else m for m, n in pairs)
            """,
            says="The ones go in front of the shorter shape, so that last axes stand over each other.",
            ask="Under which axis of (4, 3) should the 3 of (3,) stand?",
            symptom="right for shapes of equal length and for square tables",
        ),
        dict(
            name="takes the larger",
            code="""
                pairs = list(zip((1,) * (len(b) - len(a)) + a, (1,) * (len(a) - len(b)) + b))
                if any(m != n and 1 not in (m, n) for m, n in pairs):
                    raise ValueError(f"shapes {a} and {b} do not meet")
                return tuple(max(m, n) for m, n in pairs)
            """,
            says="1 gives way to any length, also to 0: (3, 1) and (0,) meet in (3, 0).",
            ask="What do lengths 1 and 0 become?",
            symptom="right unless an axis is empty",
        ),
        dict(
            name="never refuses",
            code="""
                pairs = list(zip((1,) * (len(b) - len(a)) + a, (1,) * (len(a) - len(b)) + b))
                return tuple(n if m == 1 else m for m, n in pairs)
            """,
            says="Where two lengths differ and neither is 1, raise ValueError.",
            ask="What should (3, 4) and (3,) give?",
            symptom="right for shapes that meet; says something for those that do not",
        ),
        dict(
            name="stretches the second only",
            code="""
                pairs = list(zip((1,) * (len(b) - len(a)) + a, (1,) * (len(a) - len(b)) + b))
                if any(m != n and n != 1 for m, n in pairs):
                    raise ValueError(f"shapes {a} and {b} do not meet")
                return tuple(m for m, n in pairs)
            """,
            says="Either side may stretch: a 1 in the first shape gives way as well.",
            ask="What do (7, 1) and (1, 6) become?",
            symptom="right while the first shape is the larger",
        ),
        dict(
            name="drops what stands alone",
            code="""
                pairs = list(zip(a[::-1], b[::-1]))
                if any(m != n and 1 not in (m, n) for m, n in pairs):
                    raise ValueError(f"shapes {a} and {b} do not meet")
                return tuple(n if m == 1 else m for m, n in pairs)[::-1]
            """,
            says="`zip` stops at the shorter shape; the axes in front belong to the result as well.",
            ask="How many axes should (7, 1) and (5, 1, 6) give?",
            symptom="right for equally many axes; else the front axes are missing",
        ),
        dict(
            name="lets NumPy do it",
            code="return np.broadcast_shapes(a, b)",
            says="NumPy has this function, and here you write it: align at the right, then go axis by axis.",
            ask="If NumPy's rule were the colleague's, would yours be right?",
            symptom="right, and nothing was learnt",
        ),
        dict(
            name="shows no shapes",
            code="""
                pairs = list(zip((1,) * (len(b) - len(a)) + a, (1,) * (len(a) - len(b)) + b))
                if any(m != n and 1 not in (m, n) for m, n in pairs):
                    raise ValueError("shapes do not meet")
                return tuple(n if m == 1 else m for m, n in pairs)
            """,
            says="Whoever meets this error needs to see both shapes in its message.",
            ask="What would you want to read at midnight: 'shapes do not meet', or which?",
            symptom="right, and useless when it refuses",
        ),
    ],
    "matmul_loops": [
        dict(
            name="keeps the last product",
            code="""
                (m, k), (_, n) = a.shape, b.shape
                out = np.zeros((m, n), dtype=a.dtype)
                for i in range(m):
                    for j in range(n):
                        for p in range(k):
                            out[i, j] = a[i, p] * b[p, j]
                return out
            """,
            says="Each step adds to what is there: `+=`, not `=`.",
            ask="Row 0 and column 0 have three products. How many of them are in your answer?",
            symptom="right for an inner size of 1",
        ),
        dict(
            name="reads b the other way",
            code="""
                (m, k), (_, n) = a.shape, b.shape
                out = np.zeros((m, n), dtype=a.dtype)
                for i in range(m):
                    for j in range(n):
                        for p in range(k):
                            out[i, j] += a[i, p] * b[j % k, p % n]
                return out
            """,
            says="Column j of b is b[p, j]: p walks down the rows.",
            ask="Which index of b walks along the inner size?",
            symptom="right when b equals its transpose",
        ),
        dict(
            name="float64 zeros",
            code="""
                (m, k), (_, n) = a.shape, b.shape
                out = np.zeros((m, n))
                for i in range(m):
                    for j in range(n):
                        for p in range(k):
                            out[i, j] += a[i, p] * b[p, j]
                return out
            """,
            says="`np.zeros` makes float64 unless told otherwise: `dtype=a.dtype`.",
            ask="How many bytes does a number of your result take?",
            symptom="right in value, twice the bytes",
        ),
        dict(
            name="stops one short",
            code="""
                (m, k), (_, n) = a.shape, b.shape
                out = np.zeros((m, n), dtype=a.dtype)
                for i in range(m):
                    for j in range(n):
                        for p in range(k - 1):
                            out[i, j] += a[i, p] * b[p, j]
                return out
            """,
            says="`range(k)` ends at k - 1 by itself; yours leaves the last product out.",
            ask="What is the last value of p in your loop?",
            symptom="a little too small; far off for small inner sizes",
        ),
        dict(
            name="rows for columns",
            code="""
                (m, k), (_, n) = a.shape, b.shape
                out = np.zeros((m, n), dtype=a.dtype)
                for i in range(m):
                    for j in range(min(m, n)):
                        for p in range(k):
                            out[i, j] += a[i, p] * b[p, j]
                return out
            """,
            says="j walks over the n columns of b.",
            ask="How many columns does the result have, and how many does j reach?",
            symptom="right for square results; zeros in the last columns of wide ones",
        ),
        dict(
            name="lets NumPy do it",
            code="return a @ b",
            says="The loops are the point: this function is the slow truth that `@` is held against.",
            ask="If `@` were wrong, would your function notice?",
            symptom="right and fast, and no oracle for `@`",
        ),
    ],
    "standardise": [
        dict(
            name="one mean for all images",
            code="""
                spread = (images.var() + eps).sqrt()
                return (images - images.mean()) / spread
            """,
            says="Each image has its own mean and spread: reduce over axes 1 and 2, and keep them with keepdims=True.",
            ask="How many means should there be for three images?",
            symptom="pale images stay pale and dark ones dark",
        ),
        dict(
            name="one mean for each pixel",
            code="""
                mean = images.mean(axis=0, keepdims=True)
                spread = (images.var(axis=0, keepdims=True) + eps).sqrt()
                return (images - mean) / spread
            """,
            says="Axis 0 counts images; an image's own pixels lie along axes 1 and 2.",
            ask="Which axes walk over the pixels of one image?",
            symptom="every pixel has mean 0 over the images, no image has",
        ),
        dict(
            name="variance for spread",
            code="""
                mean = images.mean(axis=(1, 2), keepdims=True)
                return (images - mean) / (images.var(axis=(1, 2), keepdims=True) + eps)
            """,
            says="Divide by the root of the variance; the variance is in squared units.",
            ask="If pixels were counted in cents, what unit would the variance have?",
            symptom="right for images of spread 1",
        ),
        dict(
            name="eps after the root",
            code="""
                mean = images.mean(axis=(1, 2), keepdims=True)
                return (images - mean) / (images.var(axis=(1, 2), keepdims=True).sqrt() + eps)
            """,
            says="The root of (variance + eps): add eps before the root.",
            ask="What does your function do to an image that is nearly of one grey?",
            symptom="right for images with contrast; noise in nearly grey ones is blown up",
        ),
        dict(
            name="no eps",
            code="""
                mean = images.mean(axis=(1, 2), keepdims=True)
                return (images - mean) / images.var(axis=(1, 2), keepdims=True).sqrt()
            """,
            says="An image of one grey has variance 0: add eps before the root.",
            ask="What is 0 / 0?",
            symptom="nan for grey images",
        ),
        dict(
            name="round the door",
            code="""
                x = images.data
                mean, variance = x.mean(axis=(1, 2), keepdims=True), x.var(axis=(1, 2), keepdims=True)
                return Tensor((x - mean) / np.sqrt(variance + eps))
            """,
            says="Right numbers, wrong way: use the Tensor's own mean, var, sqrt, `-` and `/`; nothing needs `.data`.",
            ask="What does `watch` show for your function?",
            symptom="right in value, invisible to every reading",
        ),
    ],
    "kept_bytes": [
        dict(
            name="the rows alone",
            code="kept_bytes = count * width * 4",
            says="A view keeps the whole array alive that it reads, not only the row that it shows.",
            ask="What happens to the rest of a picture while a view of its first row lives?",
            symptom="too small by the height",
        ),
        dict(
            name="numbers, not bytes",
            code="kept_bytes = count * height * width",
            says="That many numbers are alive, each of 4 bytes.",
            ask="How many bytes is a float32?",
            symptom="a quarter of the truth",
        ),
        dict(
            name="one picture",
            code="kept_bytes = height * width * 4",
            says="Each of the `count` views keeps a picture of its own alive.",
            ask="How many pictures are read by a view at the end?",
            symptom="too small by the count",
        ),
        dict(
            name="float64",
            code="kept_bytes = count * height * width * 8",
            says="float32 takes 4 bytes, float64 takes 8.",
            ask="Which dtype do the pictures have?",
            symptom="twice the truth",
        ),
        dict(
            name="the rows again",
            code="kept_bytes = count * height * width * 4 + count * width * 4",
            says="A view adds no bytes: its row is already in the picture that it keeps alive.",
            ask="How many bytes does a view add?",
            symptom="a little too large",
        ),
    ],
    "pair_bytes": [
        dict(
            name="numbers, not bytes",
            code="pair_bytes = n * n",
            says="The result has n * n numbers, each of 4 bytes.",
            ask="How many bytes is a float32?",
            symptom="a quarter of the truth",
        ),
        dict(
            name="no stretch",
            code="pair_bytes = n * 4",
            says="(n, 1) and (1, n) meet in (n, n).",
            ask="In which shape do (n, 1) and (1, n) meet?",
            symptom="too small by n",
        ),
        dict(
            name="float64",
            code="pair_bytes = n * n * 8",
            says="A float32 Tensor less a float32 Tensor is float32: 4 bytes each.",
            ask="Which dtype does the result have?",
            symptom="twice the truth",
        ),
        dict(
            name="each pair once",
            code="pair_bytes = n * (n - 1) // 2 * 4",
            says="The result holds every ordered pair, (i, j) and (j, i), and the diagonal: n * n places.",
            ask="How many places has a table of shape (n, n)?",
            symptom="half of the truth",
        ),
        dict(
            name="the inputs as well",
            code="pair_bytes = n * n * 4 + 2 * n * 4",
            says="The question is about the result; `a` was there before, and the two shapes of it are views.",
            ask="How many bytes do the two reshaped Tensors add?",
            symptom="a little too large",
        ),
    ],
}

# Mutants of the solutions that are let pass, with the reason.
SURVIVORS = {
    "add": {
        "`Tensor._apply(np.add, self, other)` becomes `Tensor._apply(np.add, other, self)`":
            "right: a sum has no order",
    },
    "mul": {
        "`Tensor._apply(np.multiply, self, other)` becomes `Tensor._apply(np.multiply, other, self)`":
            "right: a product has no order",
    },
    "catch": {
        "`shape_of(a, b)` becomes `shape_of(b, a)`": "right: meeting has no order",
        "`((5, 1, 2), (7, 1), (5, 7, 2))` becomes `((5, 1, 2), (7, 2), (5, 7, 2))`":
            "right: these shapes meet in the same one",
        "`((3, 4), (3,), None)` becomes `((4, 4), (3,), None)`": "right: these do not meet either",
        "`((3, 4), (3,), None)` becomes `((2, 4), (3,), None)`": "right: these do not meet either",
        "`((3, 4), (3,), None)` becomes `((3, 5), (3,), None)`": "right: these do not meet either",
        "`((3, 4), (3,), None)` becomes `((3, 4), (2,), None)`": "right: these do not meet either",
    },
    "broadcast_shape": {
        "`zip((1,) * (len(b) - len(a)) + a, (1,) * (len(a) - len(b)) + b)` becomes "
        "`zip((1,) * (len(a) - len(b)) + b, (1,) * (len(b) - len(a)) + a)`": "right: meeting has no order",
    },
}
