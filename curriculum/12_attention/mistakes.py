"""Plausible wrong answers. `code` stands in place of the exercise's solution region.

`ask` is the question that a learner gets when the same failure comes again, `says` the sentence after that.
"""

ATTENTION = """
                scores = query @ key.transpose(-1, -2) / math.sqrt(query.shape[-1])
                if mask is not None:
                    scores = where(allowed(mask), scores, -math.inf)
                weights = Softmax()(scores)
                answer = weights @ value
                return (answer, weights) if return_weights else answer
"""

FORWARD = """
                mask = causal_mask(x.shape[-2]) if self.causal else None
                return self.out(scaled_dot_product_attention(self.query(x), self.key(x), self.value(x), mask))
"""

BLOCKS = """
                answers = np.zeros((len(query), value.shape[-1]), dtype=query.dtype)
                for start in range(0, len(query), block):
                    some = slice(start, start + block)
                    answers[some] = scaled_dot_product_attention(Tensor(query[some]), Tensor(key), Tensor(value)).data
                return answers
"""

CATCH = """
                for queries, keys in [(5, 5), (3, 7), (1, 6)]:
                    mask = mask_of(queries, keys)
                    assert mask.shape == (queries, keys)
                    for i in range(queries):
                        for j in range(keys):
                            assert mask[i, j] == (j <= keys - queries + i)
"""


def changed(code, old, new):
    """A solution with one place of it changed."""
    assert code.count(old) == 1, old
    return code.replace(old, new)


MISTAKES = {
    "attention": [
        dict(
            name="not divided",
            code=changed(ATTENTION, " / math.sqrt(query.shape[-1])", ""),
            says="Divide the products by the square root of d, the length of a query.",
            ask="How far do the scores spread when a query has 64 numbers?",
            symptom="shares near 0 and 1 from the start, and slow training",
        ),
        dict(
            name="divided by d",
            code=changed(ATTENTION, "math.sqrt(query.shape[-1])", "query.shape[-1]"),
            says="The spread of a sum of d products grows with the square root of d; divide by that.",
            ask="A sum of 64 products spreads 8 and not 64. By what do you divide?",
            symptom="shares too even",
        ),
        dict(
            name="divided by the number of keys",
            code=changed(ATTENTION, "query.shape[-1]", "key.shape[-2]"),
            says="d is the length of a query, its last axis, and not how many keys there are.",
            ask="Which axis is the length of a query?",
            symptom="answers depend on how many keys there are, even on hidden ones",
        ),
        dict(
            name="softmax over the queries",
            code=changed(ATTENTION, "Softmax()", "Softmax(axis=-2)"),
            says="Each query shares itself out among the keys: softmax along the last axis.",
            ask="Which sums are 1, those of rows or those of columns?",
            symptom="columns sum to 1, rows do not",
        ),
        dict(
            name="zero in place of minus infinity",
            code=changed(ATTENTION, "-math.inf", "0.0"),
            says="exp(0) is 1, a share like any other. What is hidden needs the score minus infinity.",
            ask="What is the share of a score 0 among scores around 0?",
            symptom="hidden keys are heard",
        ),
        dict(
            name="hidden after softmax",
            code=changed(changed(ATTENTION, "scores = where(allowed(mask), scores, -math.inf)", "allowed(mask)"),
                         "weights = Softmax()(scores)",
                         "weights = Softmax()(scores)\n                if mask is not None:\n"
                         "                    weights = where(mask, weights, 0.0)"),
            says="What is hidden must not take part in the sum either: hide before softmax.",
            ask="What is the sum of a row of shares with a mask?",
            symptom="shares sum to less than 1",
        ),
        dict(
            name="the mask turned round",
            code=changed(ATTENTION, "where(allowed(mask)", "where(~allowed(mask)"),
            says="True is where a query may use a key; infinity goes where it is False.",
            ask="What does True mean in this mask?",
            symptom="only the hidden keys are heard, or nan",
        ),
        dict(
            name="off the seam",
            code=changed(ATTENTION, "weights = Softmax()(scores)", "weights = Softmax()(Tensor(scores.data))"),
            says="Tensor(scores.data) is a new leaf: no gradient comes through it. Keep to Tensor operations.",
            ask="Does the query get a gradient?",
            symptom="values right, queries and keys never learn",
        ),
        dict(
            name="answers without the shares",
            code=changed(ATTENTION, "(answer, weights) if return_weights else answer", "answer"),
            says="With return_weights=True return (answer, weights).",
            ask="What is return_weights for?",
            symptom="cannot be taken apart into two",
        ),
    ],
    "causal_mask": [
        dict(
            name="later places",
            code="place = np.arange(length)\nreturn place[:, None] <= place",
            says="Row i hears columns up to i: the lower left half is True.",
            ask="Whom may the first place hear?",
            symptom="each place hears only later ones",
        ),
        dict(
            name="not itself",
            code="place = np.arange(length)\nreturn place[:, None] > place",
            says="A place may hear itself; the diagonal is True.",
            ask="Whom does the first place hear?",
            symptom="the first row is all False",
        ),
        dict(
            name="one ahead",
            code="return np.tri(length, k=1, dtype=bool)",
            says="Row i ends at column i; column i + 1 is the answer.",
            ask="How many places may the first place hear?",
            symptom="each place hears the next one",
        ),
        dict(
            name="numbers",
            code="return np.tri(length)",
            says="A mask is made of True and False: dtype=bool.",
            ask="What dtype has your mask?",
            symptom="float64 ones and zeros",
        ),
        dict(
            name="everybody",
            code="return np.ones((length, length), dtype=bool)",
            says="Later places must be False.",
            ask="What may place 0 hear of place 3?",
            symptom="nothing is hidden",
        ),
    ],
    "layer_forward": [
        dict(
            name="always causal",
            code=changed(FORWARD, "causal_mask(x.shape[-2]) if self.causal else None", "causal_mask(x.shape[-2])"),
            says="Only if self.causal; else there is no mask.",
            ask="What if the layer is not causal?",
            symptom="a layer that may hear all hears only what came before",
        ),
        dict(
            name="never causal",
            code=changed(FORWARD, "causal_mask(x.shape[-2]) if self.causal else None", "None"),
            says="If self.causal, a causal mask goes along.",
            ask="What does self.causal change?",
            symptom="later rows are heard",
        ),
        dict(
            name="keys for queries",
            code=changed(FORWARD, "self.query(x), self.key(x)", "self.key(x), self.query(x)"),
            says="Queries come first: scaled_dot_product_attention(query, key, value, mask).",
            ask="Which rows ask, and which are asked?",
            symptom="the table of scores is turned over",
        ),
        dict(
            name="one layer for queries and keys",
            code=changed(FORWARD, "self.key(x)", "self.query(x)"),
            says="What a row is found by is another thing than what it asks: self.key(x).",
            ask="What is self.key for?",
            symptom="every row listens mostly to itself",
        ),
        dict(
            name="without the last layer",
            code=changed(FORWARD, "self.out(", "(").rstrip() + " @ self.out.weight.T",
            says="Call the layer: self.out(...) adds its bias too.",
            ask="What does a Linear do beside the product?",
            symptom="the bias of out never counts",
        ),
        dict(
            name="values not projected",
            code=changed(FORWARD, "self.value(x)", "self.key(x)"),
            says="What a row says is self.value(x).",
            ask="What does a row say, and by which layer?",
            symptom="the layer value has no gradient",
        ),
        dict(
            name="the mask of the batch",
            code=changed(FORWARD, "x.shape[-2]", "x.shape[0]"),
            says="The length of the sequences is x.shape[-2]; axis 0 may be the batch.",
            ask="Which axis is the length, for x of shape (5, 7, 12)?",
            symptom="an error about shapes, or a wrong mask for single sequences",
        ),
    ],
    "blocks": [
        dict(
            name="at one go",
            code="return scaled_dot_product_attention(Tensor(query), Tensor(key), Tensor(value)).data",
            says="Take `block` queries at a time: query[start:start + block].",
            ask="How large is the table of scores in your answer?",
            symptom="right answers, the whole table at once",
        ),
        dict(
            name="keys in blocks too",
            code=changed(BLOCKS, "Tensor(key), Tensor(value)", "Tensor(key[some]), Tensor(value[some])"),
            says="Each query needs all keys: only the queries are cut.",
            ask="Whom does a query in your block hear?",
            symptom="every block hears only itself",
        ),
        dict(
            name="the rest is lost",
            code=changed(BLOCKS, "range(0, len(query), block)", "range(0, len(query) - block + 1, block)"),
            says="The last block may be smaller; range(0, len(query), block) reaches it.",
            ask="What happens to the last queries if block does not divide their number?",
            symptom="zeros at the end",
        ),
        dict(
            name="as many as keys",
            code=changed(BLOCKS, "range(0, len(query), block)", "range(0, len(key), block)").replace(
                "answers = np.zeros((len(query),", "answers = np.zeros((len(key),"),
            says="There is an answer for each query, not for each key.",
            ask="How many answers are there?",
            symptom="too many rows, or an error about an empty slice",
        ),
        dict(
            name="one query too many",
            code=changed(BLOCKS, "slice(start, start + block)", "slice(start, start + block + 1)"),
            says="A block is start to start + block; the end of a slice is not part of it.",
            ask="How many queries are in your blocks?",
            symptom="right answers, a table one row too high",
        ),
        dict(
            name="always in the first rows",
            code=changed(BLOCKS, "answers[some] =", "answers[:len(query[some])] ="),
            says="The answers of a block go to the rows of its queries: answers[some].",
            ask="Where do the answers of the second block go?",
            symptom="zeros after the first block",
        ),
    ],
    "catch": [
        dict(
            name="corners only",
            code="""
                mask = mask_of(6, 6)
                assert mask.shape == (6, 6)
                assert mask[0, 0] and mask[5, 5] and mask[5, 0] and not mask[0, 5]
            """,
            says="The corners are right in the colleague's mask. Compare every place.",
            ask="Which place beside the diagonal do you look at?",
            symptom="the fault passes",
        ),
        dict(
            name="squares only",
            code=changed(CATCH, "[(5, 5), (3, 7), (1, 6)]", "[(5, 5), (7, 7)]"),
            says="Take fewer queries than keys too; the colleague's mask is made for them.",
            ask="Would you notice a mask that is right for squares only?",
            symptom="a mask that counts from the first place passes",
        ),
        dict(
            name="only too much",
            code=changed(CATCH, "assert mask[i, j] == (j <= keys - queries + i)",
                         "assert j <= keys - queries + i or not mask[i, j]"),
            says="Hearing too little is wrong as well: compare both ways.",
            ask="Does your check accept a mask that is all False?",
            symptom="a mask that hides a place from itself passes",
        ),
        dict(
            name="counted from the first place",
            code=changed(CATCH, "j <= keys - queries + i", "j <= i"),
            says="The queries are the last places: query i is place keys - queries + i.",
            ask="Which place is query 0 when 3 queries meet 7 keys?",
            symptom="right masks are refused",
        ),
        dict(
            name="the colleague's rule",
            code=changed(CATCH, "j <= keys - queries + i", "j <= keys - queries + i + 1"),
            says="Place keys - queries + i may hear itself and what is before it.",
            ask="May a place hear the one after it?",
            symptom="the fault passes and right masks are refused",
        ),
        dict(
            name="refuses everything",
            code="raise AssertionError('no mask is good enough')",
            says="A check must accept what is right.",
            ask="What would a right mask have to do to pass?",
            symptom="right masks are refused",
        ),
    ],
    "repair": [
        dict(
            name="the first rows",
            code="return causal_mask(keys)[:queries]",
            says="The queries are the last places: the last rows of the mask.",
            ask="Which rows of causal_mask(keys) belong to the last places?",
            symptom="right for squares only",
        ),
        dict(
            name="all rows",
            code="return causal_mask(keys)",
            says="Only `queries` rows are asked for.",
            ask="What shape has your mask?",
            symptom="too many rows",
        ),
        dict(
            name="the last columns",
            code="return causal_mask(keys)[:queries, keys - queries:]",
            says="The keys stay all; rows are cut, not columns.",
            ask="What shape has your mask?",
            symptom="the queries hear only each other",
        ),
        dict(
            name="one row too late",
            code="return np.tri(queries, keys, k=keys - queries - 1, dtype=bool)",
            says="Each place hears itself: place keys - queries + i hears up to that one.",
            ask="Does the last query hear the last key?",
            symptom="no query hears itself",
        ),
        dict(
            name="every key",
            code="return np.ones((queries, keys), dtype=bool)",
            says="Among the queries the earlier ones must not hear the later ones.",
            ask="May the first of two queries hear the second?",
            symptom="right for a single query only",
        ),
    ],
    "recall": [
        dict(
            name="the first row",
            code="return scores(attention(x)[:, 0])",
            says="The question stands in the last row: [:, -1].",
            ask="Which row asks?",
            symptom="right no more often than chance",
        ),
        dict(
            name="the mean of all rows",
            code="return scores(attention(x).mean(axis=1))",
            says="Only the answer of the last row counts.",
            ask="What do the other four rows ask?",
            symptom="learns slowly, and never all of it",
        ),
        dict(
            name="the last question",
            code="return scores(attention(x)[-1])",
            says="x[-1] is the last question of the batch; the last row of each is x[:, -1].",
            ask="What is the first axis of x?",
            symptom="five rows of scores, whatever the batch",
        ),
        dict(
            name="no attention",
            code="return scores(x[:, -1])",
            says="The last row alone has no digit: attention(x) lets it hear the others.",
            ask="What does the last row know without listening?",
            symptom="ten per cent right",
        ),
        dict(
            name="attention among the questions",
            code="return scores(attention(x[:, -1]))",
            says="These are the last rows of all questions, and would hear each other. Attention first, then [:, -1].",
            ask="Whom does a row hear in attention(x[:, -1])?",
            symptom="ten per cent right",
        ),
        dict(
            name="its own row added",
            code="return scores((attention(x) + x)[:, -1])",
            says="Take the answer of attention as it is; adding the row to it comes in 13.",
            ask="What goes into the layer `scores`, by the docstring?",
            symptom="other scores than asked for",
        ),
    ],
    "share_bytes": [
        dict(name="numbers, not bytes", code="share_bytes = batch * length * length * layers",
             says="A float32 takes four bytes.", ask="How many bytes has one share?", symptom="a quarter"),
        dict(name="one row a place", code="share_bytes = 4 * batch * length * layers * 64",
             says="Each row has a share for every row: length * length.", ask="How many shares has one row?",
             symptom="grows with length, not its square"),
        dict(name="one layer", code="share_bytes = 4 * batch * length * length",
             says="All layers keep their shares until backward.", ask="And the other layers?",
             symptom="too small by the number of layers"),
        dict(name="one sequence", code="share_bytes = 4 * length * length * layers",
             says="Each sequence of the batch has a table of its own.", ask="Where is the batch?",
             symptom="too small by the batch"),
        dict(name="the batch squared", code="share_bytes = 4 * batch * batch * length * layers",
             says="Sequences do not hear each other; it is the length that is squared.",
             ask="Who hears whom, rows of one sequence or of all?", symptom="grows with the batch squared"),
    ],
    "longest": [
        dict(name="not a root", code="longest = budget // (4 * batch)",
             says="That is how many scores one sequence may have; they are length * length.",
             ask="How many scores has a sequence of this length?", symptom="millions of rows"),
        dict(name="bytes forgotten", code="longest = math.isqrt(budget // batch)",
             says="A score takes four bytes.", ask="How many bytes has one score?", symptom="twice too long"),
        dict(name="the batch forgotten", code="longest = math.isqrt(budget // 4)",
             says="Each sequence of the batch has a table.", ask="How many tables are there?",
             symptom="too long by the root of the batch"),
        dict(name="all layers", code="longest = math.isqrt(budget // (4 * batch * layers))",
             says="The budget is for one layer.", ask="For how many layers is the budget?",
             symptom="too short by the root of the layers"),
        dict(name="one row too long", code="longest = math.isqrt(budget // (4 * batch)) + 1",
             says="The rows must still fit: round down.", ask="Does your length still fit?", symptom="one too many"),
    ],
}

SURVIVORS = {
    "attention": {
        "`key.transpose(-1, -2)` becomes `key.transpose(-2, -1)`": "right: which of two axes is named first is all one",
    },
    "blocks": {
        "`np.zeros((len(query), value.shape[-1]), dtype=query.dtype)` becomes "
        "`np.zeros((len(query), value.shape[-1]))`": "right: the values are the same",
        "`np.zeros((len(query), value.shape[-1]), dtype=query.dtype)` becomes "
        "`np.ones((len(query), value.shape[-1]), dtype=query.dtype)`": "right: every row is written over",
        "`value.shape[-1]` becomes `value.shape[1]`": "right: a table has two axes",
    },
    "catch": {
        f"`[(5, 5), (3, 7), (1, 6)]` becomes `{sizes}`": "right: any sizes, if some have fewer queries than keys"
        for sizes in ("[(6, 5), (3, 7), (1, 6)]", "[(4, 5), (3, 7), (1, 6)]", "[(5, 6), (3, 7), (1, 6)]",
                      "[(5, 4), (3, 7), (1, 6)]", "[(5, 5), (4, 7), (1, 6)]", "[(5, 5), (2, 7), (1, 6)]",
                      "[(5, 5), (3, 8), (1, 6)]", "[(5, 5), (3, 6), (1, 6)]", "[(5, 5), (3, 7), (2, 6)]",
                      "[(5, 5), (3, 7), (0, 6)]", "[(5, 5), (3, 7), (1, 7)]", "[(5, 5), (3, 7), (1, 5)]")
    },
}
