"""Plausible wrong answers of the model."""

MISTAKES = {
    "add": [
        dict(name="takes away", code="return Tensor._apply(np.subtract, a, b)", says="That is the difference.",
             ask="What is 3 + 5?", symptom="sums are too small"),
        dict(name="leaves the second out", code="return Tensor._apply(np.add, a, 0)", says="`b` is not used.",
             ask="What is 3 + 5?", symptom="sums do not depend on the second number"),
        dict(name="fails", code="raise TypeError('expected two Tensors')", says="", ask="", symptom=""),
    ],
}
SURVIVORS = {}
