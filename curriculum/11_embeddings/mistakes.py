"""Plausible wrong answers. `code` stands in place of the exercise's solution region.

`ask` is the question that a learner gets when the same failure comes again, `says` the sentence after that.
"""

LOOK_UP = """
    if ids.dtype.kind not in "iu":
        raise TypeError(f"tokens are whole numbers, and found {ids.dtype}")
    strange = ids[(ids < 0) | (ids >= count)]
    if strange.size:
        raise IndexError(f"the table has {count} rows, and found token {strange[0]}")
    return Tensor._apply(taken_rows, table, ids=ids)
"""

CATCH = """
    table, ids, grad_out = np.zeros((6, 3)), np.array([4, 1, 4, 3, 4]), np.arange(15.0).reshape(5, 3) + 3
    expected = np.zeros((6, 3))
    for row, grad in zip(ids, grad_out):
        expected[row] += grad
    found = gradient_of(table, ids, grad_out)
    assert np.allclose(found, expected), "not added up"
"""

SUMMED = """
    order = np.argsort(ids, kind="stable")
    distinct, starts = np.unique(ids[order], return_index=True)
    return distinct, np.add.reduceat(values[order], starts, axis=0)
"""

LEND = """
    p, rows = optimizer.params[at], optimizer.params[at].grad
    optimizer.params[at] = Tensor(p.data[rows.indices], dtype=p.dtype)
    optimizer.params[at].grad = rows.values
    for arrays in optimizer.state.values():
        arrays[at] = arrays[at][rows.indices]
"""

WAVES = """
    place, column = np.arange(max_len)[:, None], np.arange(d_model)
    angle = place / 10000 ** (column // 2 * 2 / d_model)
    return np.where(column % 2, np.cos(angle), np.sin(angle)).astype(np.float32)
"""


def changed(code, old, new):
    """A solution with one place of it changed."""
    assert code.count(old) == 1, old
    return code.replace(old, new)


MISTAKES = {
    "look_up": [
        dict(
            name="round the door",
            code=changed(LOOK_UP, "Tensor._apply(taken_rows, table, ids=ids)", "Tensor(table.data[ids])"),
            says="NumPy on `.data` goes round the door, and the table never gets a gradient.",
            ask="Who will tell backward that the table was used?",
            symptom="right rows, and a table that never learns",
        ),
        dict(
            name="floats are rounded down",
            code="""
                ids = ids.astype(np.int64)
                strange = ids[(ids < 0) | (ids >= count)]
                if strange.size:
                    raise IndexError(f"the table has {count} rows, and found token {strange[0]}")
                return Tensor._apply(taken_rows, table, ids=ids)
            """,
            says="2.7 is no token. Whoever sends floats has mixed something up; refuse them with TypeError.",
            ask="What should happen to the token 2.7?",
            symptom="scores are taken for tokens, without an error",
        ),
        dict(
            name="below 0 is let in",
            code=changed(LOOK_UP, "(ids < 0) | (ids >= count)", "ids >= count"),
            says="array[-1] is the last row for NumPy, so it does not stop there by itself. Refuse ids below 0.",
            ask="Which row does token -1 get from you?",
            symptom="token -1 is the last word of the vocabulary",
        ),
        dict(
            name="wraps around",
            code="""
                if ids.dtype.kind not in "iu":
                    raise TypeError(f"tokens are whole numbers, and found {ids.dtype}")
                return Tensor._apply(taken_rows, table, ids=ids % count)
            """,
            says="A token without a row is a mistake of somebody. With % it gets the row of another token.",
            ask="Which row does token 4 get in a table of 4?",
            symptom="rare tokens share the rows of frequent ones",
        ),
        dict(
            name="clipped to the table",
            code="""
                if ids.dtype.kind not in "iu":
                    raise TypeError(f"tokens are whole numbers, and found {ids.dtype}")
                return Tensor._apply(taken_rows, table, ids=np.clip(ids, 0, count - 1))
            """,
            says="A token without a row must be refused. Clipped, it gets the last row, and nobody hears of it.",
            ask="What should happen to a token that has no row?",
            symptom="unknown tokens become the last one",
        ),
        dict(
            name="flat",
            code=changed(LOOK_UP, "Tensor._apply(taken_rows, table, ids=ids)",
                         "Tensor._apply(taken_rows, table, ids=ids.ravel())"),
            says="The axes of the tokens stay: (4, 5) becomes (4, 5, width).",
            ask="Which shape has the answer for tokens of shape (4, 5)?",
            symptom="right for a row of tokens, one axis lost for a batch",
        ),
        dict(
            name="one-hot of them all",
            code=changed(LOOK_UP, "Tensor._apply(taken_rows, table, ids=ids)",
                         "Tensor(np.eye(count)[ids % (count - 1)]) @ table"),
            says="The last token has a row of its own, too, and no product is needed for it.",
            ask="Which row does the last token get?",
            symptom="the last token is taken for the first",
        ),
        dict(
            name="the largest alone",
            code="""
                if ids.dtype.kind not in "iu":
                    raise TypeError(f"tokens are whole numbers, and found {ids.dtype}")
                if ids.size and not 0 <= ids.max() < count:
                    raise IndexError(f"the table has {count} rows, and found token {ids.max()}")
                return Tensor._apply(taken_rows, table, ids=ids)
            """,
            says="The largest token may have a row while another is below 0. Look at all of them.",
            ask="What do you say to tokens 3 and -1, side by side?",
            symptom="token -1 is refused alone, and let in beside others",
        ),
        dict(
            name="only floats refused",
            code=changed(LOOK_UP, 'ids.dtype.kind not in "iu"', 'ids.dtype.kind == "f"'),
            says="Truths are no whole numbers either, and NumPy takes them for a mask. Say which kinds are let in.",
            ask="What does NumPy do with the index [True, False, True, True]?",
            symptom="a mask picks rows, and the answer has another shape",
        ),
        dict(
            name="only whole numbers with a sign",
            code=changed(LOOK_UP, 'not in "iu"', '!= "i"'),
            says="uint8 and its like are of whole numbers as well: kind \"u\".",
            ask="Which kind has np.uint8?",
            symptom="tokens that were saved as bytes are refused",
        ),
        dict(
            name="the token unsaid",
            code=changed(LOOK_UP, "the table has {count} rows, and found token {strange[0]}",
                         "the table has {count} rows, and some token has none"),
            says="Among a thousand tokens one is wrong. Say which.",
            ask="How does the reader of your message find the token?",
            symptom="an error that does not name the token",
        ),
    ],
    "catch": [
        dict(
            name="no token twice",
            code=changed(CATCH, "[4, 1, 4, 3, 4]", "[4, 1, 5, 3, 0]"),
            says="The fault shows where a token repeats. Put one in three times.",
            ask="Which ids make the colleague's line wrong?",
            symptom="the colleague passes",
        ),
        dict(
            name="the shape only",
            code="""
                found = gradient_of(np.zeros((6, 3)), np.array([4, 1, 4, 3, 4]), np.ones((5, 3)))
                assert found.shape == (6, 3), "another shape"
            """,
            says="The shape is right at the colleague's. Compare the numbers.",
            ask="What is wrong with the colleague's gradient, its shape or its numbers?",
            symptom="everything of the right shape passes",
        ),
        dict(
            name="once found right",
            code="""
                ids, grad_out = np.array([4, 1, 4, 3, 4]), np.arange(15.0).reshape(5, 3) + 3
                expected = np.zeros((6, 3))
                expected[ids] += grad_out
                assert np.allclose(gradient_of(np.zeros((6, 3)), ids, grad_out), expected), "not added up"
            """,
            says="Your expected numbers come by the colleague's own line. Add up one row at a time.",
            ask="How did you compute what you expect?",
            symptom="the colleague passes, and right gradients are refused",
        ),
        dict(
            name="rows that are not there",
            code="""
                found = gradient_of(np.zeros((6, 3)), np.array([4, 1, 4, 3, 4]), np.ones((5, 3)))
                assert not found[[0, 2, 5]].any(), "a row that was not taken has a gradient"
            """,
            says="Rows that were not taken have none at the colleague's as well. Ask how large the others are.",
            ask="How large is the gradient of row 4?",
            symptom="the colleague passes, and so do zeros",
        ),
        dict(
            name="wants one-hot shape",
            code=changed(CATCH, "expected = np.zeros((6, 3))", "expected = np.zeros((5, 3))"),
            says="The gradient has the shape of the table, here (6, 3).",
            ask="Which shape has the gradient of a table of 6 rows?",
            symptom="every gradient is refused",
        ),
        dict(
            name="the whole sum",
            code="""
                ids, grad_out = np.array([4, 1, 4, 3, 4]), np.arange(15.0).reshape(5, 3) + 3
                found = gradient_of(np.zeros((6, 3)), ids, grad_out)
                assert np.isclose(found.sum(), grad_out.sum()), "something was lost"
            """,
            says="Nothing may be lost, true; but what comes in must also go to its own row.",
            ask="Would you notice if two rows were exchanged?",
            symptom="gradients that land in the wrong row pass",
        ),
        dict(
            name="two of a kind",
            code=changed(CATCH, "[4, 1, 4, 3, 4]", "[4, 1, 4, 3, 0]"),
            says="Twice catches the colleague; three times also catches whoever counts to two.",
            ask="What about a gradient that adds the first two of a token, and no third?",
            symptom="a gradient that counts to two passes",
        ),
        dict(
            name="rows all alike",
            code=changed(CATCH, "np.arange(15.0).reshape(5, 3) + 3", "np.ones((5, 3))"),
            says="Where all rows are alike, one may stand for another. Let the rows of grad_out differ.",
            ask="Would you notice if a token's first row were added three times?",
            symptom="a gradient passes that counts right and adds the wrong rows",
        ),
        dict(
            name="one row looked at",
            code=changed(CATCH, "np.allclose(found, expected)", "np.allclose(found[4], expected[4])"),
            says="The row that occurs three times is not all. Compare the whole gradient.",
            ask="What do you know of the other rows?",
            symptom="a gradient passes that is right in one row",
        ),
    ],
    "repair": [
        dict(
            name="values not sorted along",
            code=changed(SUMMED, "values[order]", "values"),
            says="Sort the rows in the same order as the ids; else they belong to other tokens.",
            ask="Which row belongs to the first of your sorted ids?",
            symptom="right if the ids were sorted already",
        ),
        dict(
            name="runs of the unsorted",
            code="""
                distinct, starts = np.unique(ids, return_index=True)
                order = np.argsort(starts)
                sums = np.add.reduceat(values, starts[order], axis=0)
                return distinct, sums[np.argsort(order)]
            """,
            says="Without sorting, equal ids do not stand side by side. Sort ids and values first.",
            ask="Where do the places of one token lie?",
            symptom="right if equal ids are neighbours",
        ),
        dict(
            name="the last of each",
            code="""
                distinct, place = np.unique(ids, return_inverse=True)
                sums = np.zeros((len(distinct), values.shape[1]), dtype=values.dtype)
                sums[place] += values
                return distinct, sums
            """,
            says="That is the colleague's line once more. Sort, and add up runs.",
            ask="What does `sums[place] += values` do when a place repeats?",
            symptom="every token is counted once",
        ),
        dict(
            name="the mean",
            code="""
                order = np.argsort(ids, kind="stable")
                distinct, starts, times = np.unique(ids[order], return_index=True, return_counts=True)
                sums = np.add.reduceat(values[order], starts, axis=0)
                return distinct, sums / times[:, None].astype(values.dtype)
            """,
            says="Slopes of several uses add up; nobody divides by how many there were.",
            ask="A token was used three times, each time with slope 1. What is its slope?",
            symptom="frequent tokens learn as slowly as rare ones",
        ),
        dict(
            name="in the order in which they came",
            code="""
                first = np.sort(np.unique(ids, return_index=True)[1])
                distinct = ids[first]
                return distinct, np.stack([values[ids == one].sum(axis=0) for one in distinct]
                                          or np.zeros((0, values.shape[1])))
            """,
            says="The ids are to rise; np.unique gives them so.",
            ask="In which order are your ids?",
            symptom="right sums, and the ids unsorted",
        ),
        dict(
            name="by bincount",
            code="""
                distinct, place = np.unique(ids, return_inverse=True)
                columns = [np.bincount(place, column, minlength=len(distinct)) for column in values.T]
                return distinct, np.stack(columns, axis=1)
            """,
            says="np.bincount adds in float64 and returns it. float32 in, float32 out: .astype(values.dtype).",
            ask="Which dtype do your sums have?",
            symptom="right sums, at twice the bytes",
        ),
        dict(
            name="running sums",
            code="""
                order = np.argsort(ids, kind="stable")
                distinct, starts = np.unique(ids[order], return_index=True)
                total = np.cumsum(values[order], axis=0, dtype=values.dtype)
                return distinct, total[np.r_[starts[1:], len(ids)][:len(starts)] - 1]
            """,
            says="A running sum holds all tokens before as well. Take away where the run began, or use reduceat.",
            ask="What does your second sum contain?",
            symptom="the first token is right, and each later one too large",
        ),
        dict(
            name="a place for every id",
            code="""
                count = int(ids.max(initial=-1)) + 1
                sums = np.zeros((count, values.shape[1]), dtype=values.dtype)
                np.add.at(sums, ids, values)
                return np.arange(count), sums
            """,
            says="Only tokens that occur are wanted; yours also has all ids in between.",
            ask="How many rows do you return for ids 3 and 900?",
            symptom="right sums among many rows of zeros",
        ),
        dict(
            name="sums of 0 dropped",
            code="""
                sums = np.zeros((int(ids.max(initial=-1)) + 1, values.shape[1]), dtype=values.dtype)
                np.add.at(sums, ids, values)
                distinct = np.flatnonzero(sums.any(axis=1)).astype(ids.dtype)
                return distinct, sums[distinct]
            """,
            says="A token that occurs is there, even if its sum is 0. Ask the ids which they are, not the sums.",
            ask="What becomes of a token whose two rows are 7 and -7?",
            symptom="a token is lost, rarely; and an array as long as the table",
        ),
        dict(
            name="the caller's ids sorted",
            code="""
                order = np.argsort(ids, kind="stable")
                ids.sort()
                distinct, starts = np.unique(ids, return_index=True)
                return distinct, np.add.reduceat(values[order], starts, axis=0)
            """,
            says="`ids.sort()` sorts the array of the caller. `ids[order]` is a sorted copy.",
            ask="What does the batch look like after backward?",
            symptom="right sums, and the batch is in another order afterwards",
        ),
        dict(
            name="the caller's values added to",
            code="""
                distinct, first, place = np.unique(ids, return_index=True, return_inverse=True)
                for row, at in enumerate(first[place]):
                    if row != at:
                        values[at] += values[row]
                return distinct, values[first]
            """,
            says="You add into the array of the caller, who may still need it. Add into one of your own.",
            ask="Whose array do you add into?",
            symptom="right sums, and the gradient that came in is another one afterwards",
        ),
    ],
    "lend": [
        dict(
            name="the state forgotten",
            code="""
                p, rows = optimizer.params[at], optimizer.params[at].grad
                optimizer.params[at] = Tensor(p.data[rows.indices], dtype=p.dtype)
                optimizer.params[at].grad = rows.values
            """,
            says="m and v have a row for each row of the table. Lend those as well.",
            ask="What will Adam find in self.m beside your small parameter?",
            symptom="right for plain SGD; shapes that do not fit with Adam",
        ),
        dict(
            name="only the first list",
            code=changed(LEND, "for arrays in optimizer.state.values():",
                         "for arrays in list(optimizer.state.values())[:1]:"),
            says="Every list of the state: Adam has two.",
            ask="How many lists has Adam's state?",
            symptom="right with momentum, not with Adam",
        ),
        dict(
            name="new lists",
            code=changed(LEND, """    for arrays in optimizer.state.values():
        arrays[at] = arrays[at][rows.indices]
""", """    optimizer.state = {name: [array[rows.indices] if n == at else array for n, array in enumerate(arrays)]
                       for name, arrays in optimizer.state.items()}
"""),
            says="Adam's self.m is the old list. Put the rows into that one: arrays[at] = ...",
            ask="Is self.m of an Adam still the list in your state?",
            symptom="the step still finds the whole arrays",
        ),
        dict(
            name="always float32",
            code=changed(LEND, "Tensor(p.data[rows.indices], dtype=p.dtype)", "Tensor(p.data[rows.indices])"),
            says="A Tensor is float32 unless you say otherwise: dtype=p.dtype.",
            ask="Which dtype has a Tensor if you do not name one?",
            symptom="right for float32 tables",
        ),
        dict(
            name="Rows as the gradient",
            code=changed(LEND, "optimizer.params[at].grad = rows.values", "optimizer.params[at].grad = rows"),
            says="The step of 06 wants an array: rows.values.",
            ask="Which shape has the gradient that the step will see?",
            symptom="the step meets Rows, which it does not know",
        ),
        dict(
            name="the first rows",
            code=changed(changed(LEND, "p.data[rows.indices]", "p.data[:len(rows.indices)]"),
                         "arrays[at][rows.indices]", "arrays[at][:len(rows.indices)]"),
            says="The rows at rows.indices, not the first ones.",
            ask="Which rows have a gradient?",
            symptom="other words than those of the batch learn",
        ),
        dict(
            name="the state of the first rows",
            code=changed(LEND, "arrays[at][rows.indices]", "arrays[at][:len(rows.indices)]"),
            says="The state belongs to its rows: the same indices as for the parameter.",
            ask="Whose m stands beside row 3?",
            symptom="right until rows have a past",
        ),
        dict(
            name="the past forgotten",
            code=changed(LEND, "arrays[at] = arrays[at][rows.indices]",
                         "arrays[at] = np.zeros_like(arrays[at][rows.indices])"),
            says="What the optimizer remembers of these rows goes along; zeros would begin anew in each step.",
            ask="What does m hold after ten steps?",
            symptom="the first step is right; later ones forget",
        ),
        dict(
            name="the first list begins anew",
            code=changed(LEND, """    for arrays in optimizer.state.values():
        arrays[at] = arrays[at][rows.indices]
""", """    for n, arrays in enumerate(optimizer.state.values()):
        arrays[at] = arrays[at][rows.indices] if n else np.zeros_like(rows.values)
"""),
            says="m has a past, just as v has. Lend its rows, not zeros.",
            ask="What does m hold after ten steps, and what do you lend of it?",
            symptom="the first step is right; later ones remember half",
        ),
        dict(
            name="one state for all",
            code=changed(LEND, "arrays[at] = arrays[at][rows.indices]",
                         "arrays[at] = list(optimizer.state.values())[-1][at][rows.indices]"),
            says="Each list lends its own rows; yours all get those of the last list.",
            ask="Whose rows did you put into m?",
            symptom="right while m and v are 0, or if there is one list only",
        ),
        dict(
            name="Adam's lists by name",
            code=changed(LEND, "in optimizer.state.values():", "in (optimizer.m, optimizer.v):"),
            says="Only Adam has m and v. optimizer.state holds whatever lists there are, or none.",
            ask="Which lists has plain SGD?",
            symptom="right with Adam; an AttributeError with SGD",
        ),
        dict(
            name="Rows looked for too late",
            code="""
                p = optimizer.params[at]
                optimizer.params[at] = Tensor(p.data[p.grad.indices], dtype=p.dtype)
                optimizer.params[at].grad = p.grad.values
                for arrays in optimizer.state.values():
                    arrays[at] = arrays[at][optimizer.params[at].grad.indices]
            """,
            says="optimizer.params[at] is the small Tensor by then, and its grad an array. Ask the parameter, p.grad.",
            ask="Who stands at optimizer.params[at] when you read the state?",
            symptom="'numpy.ndarray' object has no attribute 'indices'",
        ),
        dict(
            name="the parameter cut down",
            code=changed(LEND, "optimizer.params[at] = Tensor(p.data[rows.indices], dtype=p.dtype)\n"
                               "    optimizer.params[at].grad = rows.values",
                         "p.data = p.data[rows.indices]\n    p.grad = rows.values"),
            says="The parameter belongs to the model and stays whole. Put a new Tensor into its place in the list.",
            ask="How many rows has the model's table afterwards?",
            symptom="the table itself becomes small",
        ),
    ],
    "sinusoids": [
        dict(
            name="the column for 2i",
            code=changed(WAVES, "column // 2 * 2 / d_model", "column / d_model"),
            says="Columns 2i and 2i + 1 share one angle: column // 2 * 2.",
            ask="Which i have columns 2 and 3?",
            symptom="sine and cosine of a pair have different speeds",
        ),
        dict(
            name="pairs counted twice",
            code=changed(WAVES, "column // 2 * 2 / d_model", "column * 2 / d_model"),
            says="The formula's 2i is the even column itself, not twice of it.",
            ask="What is 2i for column 2?",
            symptom="waves far too slow; half of the columns are nearly constant",
        ),
        dict(
            name="pairs half as slow",
            code=changed(WAVES, "column // 2 * 2 / d_model", "column // 2 / d_model"),
            says="The exponent is 2i / d_model, and column // 2 is i.",
            ask="How much slower is the last wave than the first?",
            symptom="the slowest wave is a hundred times slower, not ten thousand",
        ),
        dict(
            name="cosine first",
            code=changed(WAVES, "np.cos(angle), np.sin(angle)", "np.sin(angle), np.cos(angle)"),
            says="Sine in the even columns, cosine in the odd ones.",
            ask="What is in column 0 at place 0?",
            symptom="place 0 begins with 1",
        ),
        dict(
            name="halves instead of pairs",
            code="""
                half = (d_model + 1) // 2
                angle = np.arange(max_len)[:, None] / 10000 ** (2 * np.arange(half) / d_model)
                return np.concatenate([np.sin(angle), np.cos(angle)], axis=1)[:, :d_model].astype(np.float32)
            """,
            says="Sine and cosine alternate here, column by column. (Some do it in halves; then all must.)",
            ask="What is in column 1?",
            symptom="the right numbers in other columns",
        ),
        dict(
            name="places from one",
            code=changed(WAVES, "np.arange(max_len)[:, None]", "np.arange(1, max_len + 1)[:, None]"),
            says="Places count from 0.",
            ask="What is sin(0)?",
            symptom="everything is one place on",
        ),
        dict(
            name="float64",
            code=changed(WAVES, ".astype(np.float32)", ""),
            says="NumPy computes waves in float64; a table of float32 is asked for.",
            ask="Which dtype has np.sin(angle)?",
            symptom="all that is added to it becomes float64, at twice the bytes",
        ),
        dict(
            name="divided by the places",
            code=changed(WAVES, "/ d_model", "/ max_len"),
            says="How slow a wave is depends on its column and the width, not on how many places there are.",
            ask="Does place 3 look the same in a longer table?",
            symptom="positions change with the length of the table",
        ),
    ],
    "next_letter": [
        dict(
            name="round the door",
            code="return self.out(Tensor(self.embedding(letters).data.reshape(len(letters), -1)))",
            says="`.data` ends the way back: the table gets no gradient.",
            ask="Who gets no gradient in your model?",
            symptom="the loss falls, and the rows never move",
        ),
        dict(
            name="the mean of the rows",
            code="""
                rows = self.embedding(letters)
                mean = rows.mean(axis=1, keepdims=True)
                return self.out((rows * 0 + mean).flatten(1))
            """,
            says="Each place keeps a row of its own: one after the other, not their mean.",
            ask="Does your model know which letter came last?",
            symptom="scores do not depend on the order of letters",
        ),
        dict(
            name="the last letter only",
            code="""
                rows = self.embedding(letters)
                return self.out((rows * 0 + rows[:, -1:]).flatten(1))
            """,
            says="All letters of the context count.",
            ask="What happens to your scores if the first letter changes?",
            symptom="as good as a context of one",
        ),
        dict(
            name="the other way round",
            code="return self.out(self.embedding(np.asarray(letters)[:, ::-1]).flatten(1))",
            says="The first letter of the context comes first in the row.",
            ask="Which columns of the weight belong to the first letter?",
            symptom="it learns as well, and reads saved weights wrongly",
        ),
        dict(
            name="columns first",
            code="""
                rows = self.embedding(letters)
                return self.out(rows.transpose(1, 2).flatten(1))
            """,
            says="One row after the other: (batch, context, width) flattened as it is.",
            ask="Which number stands beside the first number of the first letter?",
            symptom="it learns as well, and reads saved weights wrongly",
        ),
        dict(
            name="without bias",
            code="return self.embedding(letters).flatten(1) @ self.out.weight.T",
            says="self.out is a layer: call it, and it adds its bias.",
            ask="Who gets no gradient in your model?",
            symptom="right until the bias has learnt something",
        ),
    ],
    "dense_bytes": [
        dict(
            name="no state",
            code="dense_bytes = 2 * 4 * vocab_size * width",
            says="Adam keeps two arrays beside the table, m and v.",
            ask="What does Adam remember?",
            symptom="half of the right number",
        ),
        dict(
            name="no gradient",
            code="dense_bytes = 3 * 4 * vocab_size * width",
            says="The gradient is an array of the table's shape, and counts.",
            ask="Which four arrays have the table's shape?",
            symptom="three quarters of the right number",
        ),
        dict(
            name="numbers, not bytes",
            code="dense_bytes = 4 * vocab_size * width",
            says="That are four arrays, counted in numbers; a float32 takes 4 bytes.",
            ask="How many bytes has one number?",
            symptom="a quarter of the right number",
        ),
        dict(
            name="the gradient of used rows",
            code="dense_bytes = 3 * 4 * vocab_size * width + 4 * distinct * width",
            says="With sparse=False the gradient has all rows, most of them 0.",
            ask="Which shape has the gradient with sparse=False?",
            symptom="a quarter too small",
        ),
        dict(
            name="float64",
            code="dense_bytes = 4 * 8 * vocab_size * width",
            says="float32 takes 4 bytes.",
            ask="How many bits has a float32?",
            symptom="twice the right number",
        ),
    ],
    "rows_bytes": [
        dict(
            name="every token",
            code="rows_bytes = tokens * (8 + 4 * width)",
            says="Equal tokens are added up: one row for each different one.",
            ask="How many rows are left after `summed`?",
            symptom="too large by how often tokens repeat",
        ),
        dict(
            name="no indices",
            code="rows_bytes = distinct * 4 * width",
            says="Which rows they are must be kept, too: 8 bytes each.",
            ask="How does the optimizer know which rows these are?",
            symptom="a few bytes a row too small",
        ),
        dict(
            name="indices of four bytes",
            code="rows_bytes = distinct * (4 + 4 * width)",
            says="An int64 takes 8 bytes.",
            ask="How many bits has an int64?",
            symptom="4 bytes a row too small",
        ),
        dict(
            name="an index for each number",
            code="rows_bytes = distinct * width * (8 + 4)",
            says="One index for each row, not for each number.",
            ask="How many indices has a row?",
            symptom="nearly three times too large",
        ),
        dict(
            name="an index for each token",
            code="rows_bytes = tokens * 8 + distinct * 4 * width",
            says="After adding up each token is there once, in indices as well.",
            ask="How long is `indices`?",
            symptom="too large by 8 bytes for each repeated token",
        ),
    ],
}

SURVIVORS = {
    "look_up": {
        "`ids >= count` becomes `ids > count`": "right: NumPy refuses token `count` itself, and names both numbers",
        "`(ids < 0) | (ids >= count)` becomes `ids < 0`": "right: NumPy refuses the others itself, with both numbers",
        "`{strange[0]}` becomes `{strange[-1]}`": "right: any token without a row will do",
    },
    "catch": {
        "`np.allclose(gradient_of(table, ids, grad_out), expected)` becomes "
        "`np.allclose(expected, gradient_of(table, ids, grad_out))`": "right: the same comparison",
        "`np.zeros((6, 3))` becomes `np.ones((6, 3))`": "right: a gradient does not depend on the table's numbers",
        "`[4, 1, 4, 3, 4]` becomes `[4, 2, 4, 3, 4]`": "right: any ids of which one occurs three times",
        "`[4, 1, 4, 3, 4]` becomes `[4, 0, 4, 3, 4]`": "right: any ids of which one occurs three times",
        "`[4, 1, 4, 3, 4]` becomes `[4, 1, 4, 4, 4]`": "right: four times will do",
        "`[4, 1, 4, 3, 4]` becomes `[4, 1, 4, 2, 4]`": "right: any ids of which one occurs three times",
        "`np.random.default_rng(3)` becomes `np.random.default_rng(4)`": "right: any numbers will do",
        "`np.random.default_rng(3)` becomes `np.random.default_rng(2)`": "right: any numbers will do",
    },
    "repair": {
        "`np.argsort(ids, kind='stable')` becomes `np.argsort(ids)`": "right: the order of equal ids does not matter",
        "`np.add.reduceat(values[order], starts, axis=0)` becomes `np.add.reduceat(values[order], starts)`":
            "right: axis 0 is the default",
    },
}
