"""Plausible wrong answers. `code` stands in place of the exercise's solution region.

`ask` is the question that a learner gets when the same failure comes again, `says` the sentence after that.
"""

MISTAKES = {
    "scaled": [
        dict(name="divided by the largest", code="return (array - array.min()) / array.max()",
             says="After the least is gone the largest is smaller, too: divide by largest minus least.",
             ask="What is your largest number?", symptom="the largest is not 1"),
        dict(name="not moved", code="return array / array.max()", says="First take the least away.",
             ask="What becomes of the least?", symptom="the least is not 0"),
        dict(name="brackets", code="return array - array.min() / (array.max() - array.min())",
             says="Division comes before subtraction: put the difference in brackets.",
             ask="What does Python divide first?", symptom="nothing is stretched"),
        dict(name="each row by itself", code="""
                least, most = array.min(axis=-1, keepdims=True), array.max(axis=-1, keepdims=True)
                return (array - least) / (most - least)
            """, says="One least and one largest for the whole array.", ask="How many numbers are 0 in your table?",
             symptom="right for one axis; each row has its own 0 and 1"),
        dict(name="turned", code="return (array.max() - array) / (array.max() - array.min())",
             says="The least becomes 0, not the largest.", ask="What becomes of the largest?", symptom="upside down"),
    ],
    "row_means": [
        dict(name="columns", code="return table.sum(axis=0) / table.shape[0]", says="Along the columns is axis 1.",
             ask="How many means have you for (2, 3)?", symptom="one mean for each column"),
        dict(name="divided by rows", code="return table.sum(axis=1) / table.shape[0]",
             says="A row has as many numbers as there are columns: shape[1].", ask="How many numbers has a row?",
             symptom="right for square tables"),
        dict(name="sums", code="return table.sum(axis=1)", says="Divide by the count.", ask="Is it a mean already?",
             symptom="too large by the count of columns"),
        dict(name="one mean", code="return np.full(table.shape[0], table.mean())", says="Each row has its own mean.",
             ask="Are all rows alike?", symptom="the same number in each place"),
        dict(name="one axis too many", code="return table.mean(axis=1, keepdims=True)",
             says="Shape (rows,): leave keepdims away.", ask="Which shape has your result?", symptom="shape (rows, 1)"),
    ],
    "catch": [
        dict(name="the result only", code="""
                assert first_zero(np.array([3, 5, 7])).tolist() == [0, 5, 7], "the first number should be 0"
            """, says="Keep the array under a name, and look at it afterwards.", ask="What about the caller's array?",
             symptom="lets the colleague pass"),
        dict(name="the caller only", code="""
                array = np.array([3, 5, 7])
                first_zero(array)
                assert array.tolist() == [3, 5, 7], "the caller's array was changed"
            """, says="Look at what comes back as well.", ask="What comes back from a function that does nothing?",
             symptom="lets a function pass that changes nothing"),
        dict(name="the first number", code="""
                array = np.array([3, 5, 7])
                assert first_zero(array)[0] == 0 and array[0] == 3, "the first number"
            """, says="The others must be as they were: compare all.", ask="And if all became 0?",
             symptom="lets a function pass that makes all numbers 0"),
        dict(name="a first number of 0", code="""
                array = np.array([0, 5, 7])
                assert first_zero(array).tolist() == [0, 5, 7] and array.tolist() == [0, 5, 7], "no"
            """, says="With a 0 in front nothing can go wrong. Begin with another number.",
             ask="Would your array show a change?", symptom="lets the colleague pass"),
        dict(name="the length", code="""
                array = np.array([3, 5, 7])
                assert len(first_zero(array)) == 3 and len(array) == 3, "three numbers"
            """, says="Compare the numbers, not their count.", ask="Do you look at a number?",
             symptom="passes nearly all"),
    ],
    "first_zero": [
        dict(name="another name", code="""
                changed = array
                changed[0] = 0
                return changed
            """, says="`changed = array` is the same array under another name: array.copy().",
             ask="How many arrays are there?", symptom="the caller's array changes"),
        dict(name="a one", code="""
                changed = array.copy()
                changed[0] = 1
                return changed
            """, says="0, not 1.", ask="What should the first number become?", symptom="1 in front"),
        dict(name="the last", code="""
                changed = array.copy()
                changed[-1] = 0
                return changed
            """, says="The first number has index 0.", ask="Which index has the first?", symptom="0 at the end"),
        dict(name="all", code="""
                changed = array.copy()
                changed[:] = 0
                return changed
            """, says="Only the first.", ask="What is left of the others?", symptom="zeros everywhere"),
        dict(name="two of them", code="""
                changed = array.copy()
                changed[:2] = 0
                return changed
            """, says="Only the first.", ask="How many numbers are in array[:2]?", symptom="the second is gone"),
    ],
    "array_bytes": [
        dict(name="numbers", code="array_bytes = shape[0] * shape[1] * shape[2]", says="Each takes 8 bytes.",
             ask="How many bytes has one?", symptom="an eighth"),
        dict(name="added", code="array_bytes = 8 * (shape[0] + shape[1] + shape[2])", says="Multiply the lengths.",
             ask="How many places has a table of 3 by 4?", symptom="far too few"),
        dict(name="a table", code="array_bytes = 8 * shape[0] * shape[1]", says="There are three axes.",
             ask="Which length is left?", symptom="too few"),
        dict(name="four bytes", code="array_bytes = 4 * shape[0] * shape[1] * shape[2]", says="8 bytes each.",
             ask="How many bytes has one?", symptom="half"),
        dict(name="bits", code="array_bytes = 64 * shape[0] * shape[1] * shape[2]", says="Bytes, not bits.",
             ask="In which unit?", symptom="eight times too many"),
    ],
}

SURVIVORS = {
    "row_means": {"`table.sum(axis=1)` becomes `table.sum(axis=-1)`": "right: axis 1 is the last of two"},
}
