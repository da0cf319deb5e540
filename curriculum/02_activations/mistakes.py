"""Plausible wrong answers. `code` stands in place of the exercise's solution region.

`ask` is the question that a learner gets when the same failure comes again, `says` the sentence after that.
"""

MISTAKES = {
    "fold": [
        dict(
            name="loses the earlier shifts",
            code="""
                table, shift = steps[0]
                for next_table, next_shift in steps[1:]:
                    table, shift = table @ next_table, next_shift
                return table, shift
            """,
            says="Each shift goes through all tables after it: the new shift is `shift @ next_table + next_shift`.",
            ask="What becomes of x = 0 in the two steps, and what does your one step make of it?",
            symptom="right when all shifts but the last are 0",
        ),
        dict(
            name="adds the shifts past the tables",
            code="""
                table, shift = steps[0]
                for next_table, next_shift in steps[1:]:
                    table, shift = table @ next_table, shift.sum() + next_shift
                return table, shift
            """,
            says="A shift that was added before a table is multiplied by that table as well.",
            ask="Times 2 plus 5, then times 3 plus 4: what becomes of the 5?",
            symptom="right table, shift too small or too large",
        ),
        dict(
            name="multiplies in the wrong order",
            code="""
                table, shift = steps[0]
                for next_table, next_shift in steps[1:]:
                    table, shift = next_table @ table, shift @ next_table + next_shift
                return table, shift
            """,
            says="x meets the first table first: `(x @ A) @ B` is `x @ (A @ B)`, not `x @ (B @ A)`.",
            ask="Which table stands next to x?",
            symptom="an error, or other numbers of the right shape where tables are square",
        ),
        dict(
            name="shifts through the whole table",
            code="""
                table, shift = steps[0]
                for next_table, next_shift in steps[1:]:
                    table = table @ next_table
                    shift = shift @ table + next_shift
                return table, shift
            """,
            says="The first shift came after the first table, so only the tables after it count: `shift @ next_table`.",
            ask="Is `a` in (x @ A + a) @ B + b multiplied by A?",
            symptom="an error, or another shift of the right shape where tables are square",
        ),
        dict(
            name="round the door",
            code="""
                table, shift = steps[0][0].data, steps[0][1].data
                for next_table, next_shift in steps[1:]:
                    table, shift = table @ next_table.data, shift @ next_table.data + next_shift.data
                return Tensor(table), Tensor(shift)
            """,
            says="Right numbers, wrong way: no reading sees these products. Tensors have `@` and `+` of their own.",
            ask="What would `watch` show for your fold?",
            symptom="right in value, invisible to every reading",
        ),
        dict(
            name="subtracts the shift",
            code="""
                table, shift = steps[0]
                for next_table, next_shift in steps[1:]:
                    table, shift = table @ next_table, next_shift - shift @ next_table
                return table, shift
            """,
            says="Both parts of the shift are added: `shift @ next_table + next_shift`.",
            ask="Times 2 plus 5, then times 3 plus 4: what becomes of 0?",
            symptom="right table, shift off by twice what was carried",
        ),
    ],
    "relu": [
        dict(
            name="largest of the array",
            code="return np.max(array, 0)",
            says="`np.max(array, 0)` is the largest along axis 0; `np.maximum(array, 0)` compares each element with 0.",
            ask="What shape does your relu give for a table of 2 rows and 3 columns?",
            symptom="an axis is gone",
        ),
        dict(
            name="absolute value",
            code="return np.abs(array)",
            says="A number below 0 becomes 0, not its opposite.",
            ask="What should -3 become?",
            symptom="right for positive numbers",
        ),
        dict(
            name="upside down",
            code="return np.minimum(array, 0)",
            says="ReLU keeps what is above 0: `np.maximum`.",
            ask="Is 4 kept or replaced?",
            symptom="keeps the negative numbers and drops the others",
        ),
        dict(
            name="a step",
            code="return (array > 0).astype(array.dtype)",
            says="A number above 0 stays what it is; yours makes it 1.",
            ask="What should 6 become?",
            symptom="zeros and ones only",
        ),
        dict(
            name="changes the array",
            code="array[array < 0] = 0\nreturn array",
            says="This writes into the array that you were given, and whoever holds it loses numbers. Make a new one.",
            ask="What is in the array after `relu(array)`?",
            symptom="right answer, and the input is spoilt",
        ),
        dict(
            name="float64 zeros",
            code="return np.maximum(array, np.zeros(array.shape))",
            says="`np.zeros` makes float64, which makes the result float64; a plain 0 does not.",
            ask="How many bytes does a number of your result take?",
            symptom="right in value, twice the bytes",
        ),
        dict(
            name="keeps a little",
            code="return np.where(array > 0, array, np.float32(0.01) * array)",
            says="That is another bend, called leaky ReLU. Here numbers below 0 become 0.",
            ask="What should -3 become, and what does yours make of it?",
            symptom="nearly right; small numbers in place of zeros",
        ),
    ],
    "sigmoid": [
        dict(
            name="first formula alone",
            code="return 1 / (1 + np.exp(-array))",
            says="exp(-x) overflows for x below -88.7. Use exp(-abs(x)), which never does.",
            ask="What does exp see when x is -100?",
            symptom="right nearly everywhere; a warning, and 0, far below 0",
        ),
        dict(
            name="second formula alone",
            code="return np.exp(array) / (1 + np.exp(array))",
            says="exp(x) overflows for x above 88.7, and inf / inf is nan. Use exp(-abs(x)), which never does.",
            ask="What does exp see when x is 100?",
            symptom="nan far above 0",
        ),
        dict(
            name="both branches of where",
            code="return np.where(array >= 0, 1 / (1 + np.exp(-array)), np.exp(array) / (1 + np.exp(array)))",
            says="`np.where` computes both branches for every x and then chooses. Give both the same exp(-abs(x)).",
            ask="For which x does np.where compute its first branch?",
            symptom="right in value, with warnings from the branch that is not taken",
        ),
        dict(
            name="left over from one",
            code="""
                upper = 1 / (1 + np.exp(-np.abs(array)))
                return np.where(array >= 0, upper, 1 - upper)
            """,
            says="1 - upper has lost its digits when upper is nearly 1. Below 0 it is small / (1 + small).",
            ask="What is sigmoid(-20), and what is 1 - sigmoid(20) in float32?",
            symptom="right to seven places after the point, and 0 below -17",
        ),
        dict(
            name="through tanh",
            code="return 0.5 + 0.5 * np.tanh(0.5 * array)",
            says="Equal on paper, but 0.5 minus nearly 0.5 has lost its digits far below 0.",
            ask="What does yours make of -20, and how many digits of it are right?",
            symptom="right to seven places after the point, and 0 below -17",
        ),
        dict(
            name="mirrored",
            code="return 1 / (1 + np.exp(-np.abs(array)))",
            says="With abs(x) alone -3 and 3 give the same. Below 0 it is small / (1 + small).",
            ask="What do -3 and 3 become, and what should they add up to?",
            symptom="right above 0; never under 0.5",
        ),
        dict(
            name="clipped early",
            code="return 1 / (1 + np.exp(-np.clip(array, -30, 30)))",
            says="Below -30 all answers are the same 9e-14. Nothing needs clipping once exp sees -abs(x).",
            ask="Are your answers for -40 and -60 different?",
            symptom="quiet, and right between -30 and 30",
        ),
        dict(
            name="float64 inside",
            code="""
                wide = array.astype(np.float64)
                small = np.exp(-np.abs(wide))
                return np.where(wide < 0, small, 1) / (1 + small)
            """,
            says="float64 moves the edge and doubles the bytes; float32 in, float32 out.",
            ask="Which dtype has your result?",
            symptom="right in value, twice the bytes",
        ),
        dict(
            name="a straight line between",
            code="return np.clip(0.25 * array + 0.5, 0, 1)",
            says="A line that is cut off meets the curve at 0 only. The formula has exp in it.",
            ask="What are sigmoid(3) and sigmoid(5), and what are yours?",
            symptom="0 and 1 where small and large shares should be",
        ),
        dict(
            name="no exp at all",
            code="return 0.5 + 0.5 * array / (1 + np.abs(array))",
            says="This bends too, but far more slowly. The formula is 1 / (1 + exp(-x)).",
            ask="What is sigmoid(10) by the formula?",
            symptom="the right shape, and 0.95 where 0.99995 is right",
        ),
    ],
    "gelu": [
        dict(
            name="a square for the cube",
            code="""
                inside = math.sqrt(2 / math.pi) * (x + 0.044715 * x * x)
                return 0.5 * x * (1 + inside.tanh())
            """,
            says="Inside the tanh stands the cube of x, which keeps its sign.",
            ask="How often does x stand beside 0.044715?",
            symptom="near above 0, too large far below it",
        ),
        dict(
            name="the root upside down",
            code="""
                inside = math.sqrt(math.pi / 2) * (x + 0.044715 * x * x * x)
                return 0.5 * x * (1 + inside.tanh())
            """,
            says="The factor is the root of 2 / pi, about 0.798.",
            ask="Is your factor above or below 1?",
            symptom="a steeper bend; right far from 0",
        ),
        dict(
            name="without the one",
            code="""
                inside = math.sqrt(2 / math.pi) * (x + 0.044715 * x * x * x)
                return 0.5 * x * inside.tanh()
            """,
            says="The share is half of one plus the tanh; without the one it runs from -0.5 to 0.5.",
            ask="What should 7 become, and what does yours make of it?",
            symptom="half of x far above 0, and positive below it",
        ),
        dict(
            name="without the half",
            code="""
                inside = math.sqrt(2 / math.pi) * (x + 0.044715 * x * x * x)
                return x * (1 + inside.tanh())
            """,
            says="One plus a tanh runs from 0 to 2; half of it is a share.",
            ask="What should 7 become, and what does yours make of it?",
            symptom="twice the truth",
        ),
        dict(
            name="the factor on x alone",
            code="""
                inside = math.sqrt(2 / math.pi) * x + 0.044715 * x * x * x
                return 0.5 * x * (1 + inside.tanh())
            """,
            says="The root of 2 / pi multiplies both, x and the cube: mind the brackets.",
            ask="What does the root of 2 / pi multiply?",
            symptom="off by less than 0.01",
        ),
        dict(
            name="the quick sigmoid form",
            code="return x / (1 + (-1.702 * x).exp())",
            says="That is another approximation, off by up to 0.02. The docstring has the tanh form.",
            ask="What does yours make of 0.5, to four places?",
            symptom="off by up to 0.02",
        ),
        dict(
            name="round the door",
            code="""
                a = x.data
                inside = math.sqrt(2 / math.pi) * (a + 0.044715 * a * a * a)
                return Tensor(0.5 * a * (1 + np.tanh(inside)))
            """,
            says="Right numbers, wrong way: use `+`, `*` and `.tanh()` of the Tensor; nothing needs `.data`.",
            ask="What does `watch` show for your GELU?",
            symptom="right in value, invisible to every reading",
        ),
    ],
    "catch": [
        dict(
            name="one row only",
            code="""
                found = softmax_of(np.float32([3, 4, 6]))
                assert np.isclose(found.sum(), 1)
                assert np.isclose(found[1], math.e * found[0], rtol=1e-3)
            """,
            says="With one axis there is no wrong axis. Ask about a batch of several rows.",
            ask="How many rows did the colleague's tests have?",
            symptom="passes the fault",
        ),
        dict(
            name="the sum of all",
            code="""
                found = softmax_of(np.float32([[3, 4, 6], [5, 3, 2], [4, 2, 7]]))
                assert np.isclose(found.sum(), 3)
            """,
            says="Three columns that sum to 1 sum to 3 together, as three rows do. Assert each row's sum.",
            ask="What do the colleague's probabilities of a 3 by 3 batch sum to, all together?",
            symptom="passes the fault on square batches",
        ),
        dict(
            name="rows only",
            code="""
                found = softmax_of(np.float32([[3, 4, 6], [5, 3, 2]]))
                assert np.allclose(found.sum(axis=1), 1)
            """,
            says="Rows that sum to 1 are one duty. The other: a score higher by 1 has e times the probability.",
            ask="Would your check notice a function that gives every class the same?",
            symptom="passes a function that ignores the scores",
        ),
        dict(
            name="columns",
            code="""
                found = softmax_of(np.float32([[3, 4, 6], [5, 3, 2]]))
                assert np.allclose(found.sum(axis=0), 1)
            """,
            says="Columns that sum to 1 are the fault. A row of (batch, classes) lies along axis 1.",
            ask="Which axis counts the classes?",
            symptom="accepts the fault and refuses right functions",
        ),
        dict(
            name="the winner only",
            code="""
                scores = np.float32([[3, 4, 6], [5, 3, 2]])
                assert (softmax_of(scores).argmax(axis=1) == scores.argmax(axis=1)).all()
            """,
            says="The largest score can have the largest share even when rows do not sum to 1. Assert the sums.",
            ask="What did the colleague's function make of [3, 4, 6], and which of the three was largest?",
            symptom="passes the fault most of the time",
        ),
        dict(
            name="equal to the last digit",
            code="""
                counts = np.float32([[3, 5, 2], [4, 9, 7]])
                expected = counts / counts.sum(axis=1, keepdims=True)
                assert (softmax_of(np.log(counts)) == expected).all()
            """,
            says="Right functions differ in the last digit of float32. Use np.allclose.",
            ask="Does 3/8 come out exactly when it is computed through log and exp?",
            symptom="refuses right functions too",
        ),
    ],
    "softmax": [
        dict(
            name="the colleague's axis",
            code="""
                powers = np.exp(array - array.max(axis=0, keepdims=True))
                return powers / powers.sum(axis=0, keepdims=True)
            """,
            says="The axis is an argument: pass `axis=axis` to both max and sum.",
            ask="Where in your code does `axis` stand?",
            symptom="right along axis 0; otherwise columns sum to 1",
        ),
        dict(
            name="always the last axis",
            code="""
                powers = np.exp(array - array.max(axis=-1, keepdims=True))
                return powers / powers.sum(axis=-1, keepdims=True)
            """,
            says="The axis is an argument: pass `axis=axis` to both max and sum.",
            ask="What does your function do differently for axis 0?",
            symptom="right for the last axis only",
        ),
        dict(
            name="nothing subtracted",
            code="""
                powers = np.exp(array)
                return powers / powers.sum(axis=axis, keepdims=True)
            """,
            says="exp overflows above 88.7. Subtract the largest score along the axis first; the ratio stays the same.",
            ask="What is exp(1000) in float32?",
            symptom="right for small scores, nan for large ones",
        ),
        dict(
            name="largest of the whole batch",
            code="""
                powers = np.exp(array - array.max())
                return powers / powers.sum(axis=axis, keepdims=True)
            """,
            says="A row far below the largest of the batch becomes 0 / 0. Subtract each row's own largest.",
            ask="What is exp(-1000 - 1002), and what is the sum of three such powers?",
            symptom="right when all rows have scores of one size",
        ),
        dict(
            name="smallest subtracted",
            code="""
                powers = np.exp(array - array.min(axis=axis, keepdims=True))
                return powers / powers.sum(axis=axis, keepdims=True)
            """,
            says="With the smallest subtracted exp overflows in a wide row. Subtract the largest.",
            ask="Which numbers does exp see in a row from -1200 to -1000?",
            symptom="right until two scores of a row lie 89 apart",
        ),
        dict(
            name="sums everything",
            code="""
                powers = np.exp(array - array.max(axis=axis, keepdims=True))
                return powers / powers.sum()
            """,
            says="Divide by the sum along the axis, not by the sum of all: powers.sum(axis=axis, keepdims=True).",
            ask="What does each row of yours sum to?",
            symptom="right for one row",
        ),
        dict(
            name="divides by the largest",
            code="""
                powers = np.exp(array - array.max(axis=axis, keepdims=True))
                return powers / powers.max(axis=axis, keepdims=True)
            """,
            says="The largest is what you subtract; what you divide by is the sum.",
            ask="What does each row of yours sum to?",
            symptom="the winner always has 1",
        ),
        dict(
            name="powers of 2",
            code="""
                powers = 2 ** (array - array.max(axis=axis, keepdims=True))
                return powers / powers.sum(axis=axis, keepdims=True)
            """,
            says="The powers are those of e: np.exp.",
            ask="How many times the probability has a score that is higher by 1, in yours?",
            symptom="sums to 1, the right winner, milder probabilities",
        ),
        dict(
            name="changes the scores",
            code="""
                array -= array.max(axis=axis, keepdims=True)
                powers = np.exp(array)
                return powers / powers.sum(axis=axis, keepdims=True)
            """,
            says="`array -= ...` changes the scores for everyone who holds them. Make a new array.",
            ask="What is in `array` after `softmax(array, -1)`?",
            symptom="right answer, and the input is spoilt",
        ),
        dict(
            name="exp of half",
            code="""
                powers = np.exp((array - array.max(axis=axis, keepdims=True)) / 2)
                return powers / powers.sum(axis=axis, keepdims=True)
            """,
            says="The powers are those of the scores themselves: e to the score.",
            ask="How many times the probability has a score that is higher by 1, in yours?",
            symptom="sums to 1, the right winner, milder probabilities",
        ),
    ],
    "template_probs": [
        dict(
            name="over the batch",
            code="""
                images, templates = standardise(images).flatten(1), standardise(templates).flatten(1)
                return Softmax(axis=0)(sharpness * (images @ templates.T / images.shape[1]))
            """,
            says="Axis 0 counts the images; probabilities of one image lie along the last axis.",
            ask="What do the probabilities of the first image sum to?",
            symptom="columns sum to 1; the winner is often right",
        ),
        dict(
            name="templates as they are",
            code="""
                images, templates = standardise(images).flatten(1), templates.flatten(1)
                return Softmax()(sharpness * (images @ templates.T / images.shape[1]))
            """,
            says="Make the templates even as well, or a dark one wins over a pale one.",
            ask="Which template has the most ink, and how often does it win?",
            symptom="templates with contrast win too often",
        ),
        dict(
            name="images as they are",
            code="""
                images, templates = images.flatten(1), standardise(templates).flatten(1)
                return Softmax()(sharpness * (images @ templates.T / images.shape[1]))
            """,
            says="Make the images even as well, or dark images are too sure of themselves.",
            ask="Do a pale and a dark print of one image get the same probabilities?",
            symptom="right winner; dark images get probabilities near 1",
        ),
        dict(
            name="sum for mean",
            code="""
                images, templates = standardise(images).flatten(1), standardise(templates).flatten(1)
                return Softmax()(sharpness * (images @ templates.T))
            """,
            says="The score is the mean over pixels: divide the sum by their number.",
            ask="How large can your scores get, and how large should they?",
            symptom="right winner, with a probability of nearly 1",
        ),
        dict(
            name="sharpness after Softmax",
            code="""
                images, templates = standardise(images).flatten(1), standardise(templates).flatten(1)
                return sharpness * Softmax()(images @ templates.T / images.shape[1])
            """,
            says="Multiply the scores by sharpness, before Softmax; after it the rows sum to something else.",
            ask="What do your rows sum to?",
            symptom="right winner; rows sum to sharpness",
        ),
        dict(
            name="no sharpness",
            code="""
                images, templates = standardise(images).flatten(1), standardise(templates).flatten(1)
                return Softmax()(images @ templates.T / images.shape[1])
            """,
            says="Scores between -1 and 1 give nearly equal probabilities; multiply them by sharpness.",
            ask="Where in your code does `sharpness` stand?",
            symptom="right winner, probabilities nearly equal",
        ),
        dict(
            name="round the door",
            code="""
                a, b = standardise(images).flatten(1).data, standardise(templates).flatten(1).data
                return Tensor(softmax(sharpness * (a @ b.T) / a.shape[1], -1))
            """,
            says="Right numbers, wrong way: no reading sees the product and the Softmax. Nothing here needs `.data`.",
            ask="Are matmul and softmax among the names that `watch` shows?",
            symptom="right in value, invisible to every reading",
        ),
    ],
    "kept_bytes": [
        dict(
            name="products only",
            code="kept_bytes = 10 * batch * n * 4",
            says="ReLU makes a new array of the same size each time: ten products and ten results of ReLU.",
            ask="How many results are kept, and of which shape?",
            symptom="half of the truth",
        ),
        dict(
            name="numbers, not bytes",
            code="kept_bytes = 20 * batch * n",
            says="That many numbers are kept, each of 4 bytes.",
            ask="How many bytes is a float32?",
            symptom="a quarter of the truth",
        ),
        dict(
            name="x as well",
            code="kept_bytes = 21 * batch * n * 4",
            says="x is no result; the question is about what the products and ReLU leave.",
            ask="How many results are there, without x?",
            symptom="a little too large",
        ),
        dict(
            name="tables as well",
            code="kept_bytes = 20 * batch * n * 4 + 10 * n * n * 4",
            says="The tables were there before; the question is about the results.",
            ask="Which of your bytes do not depend on the batch?",
            symptom="too large by the tables",
        ),
        dict(
            name="float64",
            code="kept_bytes = 20 * batch * n * 8",
            says="float32 takes 4 bytes, float64 takes 8.",
            ask="Which dtype do the results have?",
            symptom="twice the truth",
        ),
    ],
    "worth_rows": [
        dict(
            name="where both are equal",
            code="worth_rows = n",
            says="At n rows both take 10 * n * n * n multiplications. Fewer begins one row later.",
            ask="How many multiplications does each way take for n rows?",
            symptom="too small by one",
        ),
        dict(
            name="forgets the last product",
            code="worth_rows = 9 * n // 10 + 1",
            says="After folding, the batch still has to meet the one table: batch * n * n more.",
            ask="How many products does the folded way take, with the batch's own?",
            symptom="a tenth too small",
        ),
        dict(
            name="against one product",
            code="worth_rows = 9 * n + 1",
            says="Compare with all ten products of the batch, 10 * batch * n * n, not with one.",
            ask="How many products in a row does the other way take?",
            symptom="nine times too large",
        ),
        dict(
            name="ten products to fold",
            code="worth_rows = 10 * n // 9 + 1",
            says="Ten tables need nine products to become one.",
            ask="How many products make two tables one? And ten?",
            symptom="a ninth too large",
        ),
        dict(
            name="squares",
            code="worth_rows = n * n + 1",
            says="9 * n * n * n + batch * n * n is to be less than 10 * batch * n * n. Divide all of it by n * n.",
            ask="What is left of n * n * n after dividing by n * n?",
            symptom="too large by n",
        ),
    ],
}

# Mechanical mutants of the solutions that pass, and why.
SURVIVORS = {
    "relu": {
        "`np.maximum(array, 0, dtype=array.dtype)` becomes `np.maximum(array, 0)`":
            "right: it differs for a single number on NumPy 1 alone, which no learner is asked to know",
        "`np.maximum(array, 0, dtype=array.dtype)` becomes `np.maximum(0, array, dtype=array.dtype)`":
            "right: the larger of two in either order",
    },
    "sigmoid": {
        "`np.where(array < 0, small, one)` becomes `np.where(array <= 0, small, one)`":
            "right: at 0 both formulas give 0.5",
    },
    "catch": {
        "`np.arange(3, 9).reshape(2, 3)` becomes `np.arange(3, 9).reshape(3, 2)`":
            "right: another batch of unlike rows",
        "`np.allclose(found, counts / counts.sum(axis=1, keepdims=True))` becomes "
        "`np.allclose(counts / counts.sum(axis=1, keepdims=True), found)`":
            "right: the same comparison from the other side",
        "`counts.sum(axis=1, keepdims=True)` becomes `counts.sum(axis=-1, keepdims=True)`":
            "right: axis 1 is the last of two",
    },
}
