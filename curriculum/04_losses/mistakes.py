"""Plausible wrong answers. `code` stands in place of the exercise's solution region.

`ask` is the question that a learner gets when the same failure comes again, `says` the sentence after that.
"""

MISTAKES = {
    "log_softmax": [
        dict(
            name="no shift",
            code="return array - np.log(np.exp(array).sum(axis=axis, keepdims=True))",
            says="exp(1000) overflows to infinity. Take the largest score away first; the result stays the same.",
            ask="What is np.exp(np.float32(1000))?",
            symptom="right for small scores; inf or nan once a score passes 88",
        ),
        dict(
            name="log of softmax, kept from zero",
            code="""
                exps = np.exp(array - array.max(axis=axis, keepdims=True))
                return np.log(exps / exps.sum(axis=axis, keepdims=True) + array.dtype.type(1e-12))
            """,
            says="The probability became 0 before you took its logarithm, and 1e-12 is no cure: log(1e-12) is -27.6. "
                 "Never write the probability down.",
            ask="Why does nothing of yours lie below -27.6?",
            symptom="right for ordinary scores; no surprise above 27.6, however wrong the model is",
        ),
        dict(
            name="forgets the sum",
            code="return array - array.max(axis=axis, keepdims=True)",
            says="That is the shift alone. Take away the logarithm of the sum of exps as well.",
            ask="Do the exps of your answer sum to 1?",
            symptom="0 for the largest score of each row, so a right answer never costs anything",
        ),
        dict(
            name="one sum for the whole table",
            code="""
                shifted = array - array.max(axis=axis, keepdims=True)
                return shifted - np.log(np.exp(shifted).sum())
            """,
            says="Each row has its own sum: axis=axis, keepdims=True.",
            ask="What do the probabilities of one row sum to?",
            symptom="right for a batch of one; the more rows, the larger every loss",
        ),
        dict(
            name="always the last axis",
            code="""
                shifted = array - array.max(axis=-1, keepdims=True)
                return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
            """,
            says="The axis is an argument; use `axis` in both reductions.",
            ask="Where in your lines does `axis` stand?",
            symptom="right for the default, wrong for every other axis",
        ),
        dict(
            name="mean of the exps",
            code="""
                shifted = array - array.max(axis=axis, keepdims=True)
                return shifted - np.log(np.exp(shifted).mean(axis=axis, keepdims=True))
            """,
            says="Softmax divides by the sum of the exps, not by their mean.",
            ask="By how much does each of your numbers differ from the right one, and what is log(3)?",
            symptom="every loss too low by ln(classes): an untrained model starts at 0",
        ),
        dict(
            name="logarithm to base 2",
            code="""
                shifted = array - array.max(axis=axis, keepdims=True)
                return shifted - np.log2(np.exp(shifted).sum(axis=axis, keepdims=True))
            """,
            says="np.log undoes np.exp; np.log2 undoes 2 ** x.",
            ask="Which logarithm undoes exp?",
            symptom="near the truth; probabilities that do not sum to 1",
        ),
        dict(
            name="probabilities",
            code="""
                exps = np.exp(array - array.max(axis=axis, keepdims=True))
                return exps / exps.sum(axis=axis, keepdims=True)
            """,
            says="That is softmax. Its logarithm is asked for, and without going through the probability.",
            ask="Can a logarithm of a probability be above 0?",
            symptom="numbers from 0 to 1; every loss lies between -1 and 0",
        ),
        dict(
            name="the largest of the whole table",
            code="""
                shifted = array - array.max()
                return shifted - np.log(np.exp(shifted).sum(axis=axis, keepdims=True))
            """,
            says="A row whose scores all lie far below the largest of the table has only exps of 0. Each row needs its "
                 "own largest score: axis=axis, keepdims=True.",
            ask="What is the largest exp in a row whose scores all lie 1000 below the largest of another row?",
            symptom="right while all rows are alike in size; inf where one lies far below another",
        ),
        dict(
            name="in the caller's array",
            code="""
                array -= array.max(axis=axis, keepdims=True)
                return array - np.log(np.exp(array).sum(axis=axis, keepdims=True))
            """,
            says="`-=` writes into the array of the caller's Tensor. `shifted = array - ...` makes a new one.",
            ask="What stands in the logits after your function has run?",
            symptom="the answer is right; the logits are shifted, and whoever uses them next has other scores",
        ),
        dict(
            name="in 64 bits",
            code="""
                shifted = array.astype(np.float64) - array.max(axis=axis, keepdims=True)
                return shifted - np.log(np.exp(shifted).sum(axis=axis, keepdims=True))
            """,
            says="Keep the dtype of the array: float32 in, float32 out. The shift has already made it safe.",
            ask="Which dtype comes out of your function if float32 goes in?",
            symptom="right in value; twice the bytes, here and in all that follows",
        ),
    ],
    "cross_entropy": [
        dict(
            name="the sum",
            code="return -log_softmax(logits)[np.arange(len(ids)), ids].sum()",
            says="Average over the batch: `.mean()`. A sum grows with the size of the batch.",
            ask="What happens to your loss if every row stands in the batch twice?",
            symptom="right for one row; an untrained model of ten classes starts at 2.303 times the batch",
        ),
        dict(
            name="forgets the minus",
            code="return log_softmax(logits)[np.arange(len(ids)), ids].mean()",
            says="Logarithms of probabilities are negative; a loss is their mean with the sign turned.",
            ask="Should a loss fall or rise as a model gets worse?",
            symptom="a loss below zero, which is best when the model is worst",
        ),
        dict(
            name="round the door",
            code="return Tensor(-log_softmax(logits).data[np.arange(len(ids)), ids].mean())",
            says="Right number, wrong way: `.data` leaves the door. Index the Tensor, and take the Tensor's mean.",
            ask="Which operations pass the door in your loss, and which do not?",
            symptom="right in value; later lessons see a loss that hangs on nothing",
        ),
        dict(
            name="asks all classes",
            code="return -log_softmax(logits).mean()",
            says="Only the right class of each row counts: log_probs[np.arange(len(ids)), ids].",
            ask="Where in your line do the targets stand?",
            symptom="never below ln(classes); right for equal scores, so the untrained loss looks fine",
        ),
        dict(
            name="columns of all rows",
            code="return -log_softmax(logits)[:, ids].mean()",
            says="`[:, ids]` takes these columns from every row. Pair row r with ids[r]: [np.arange(len(ids)), ids].",
            ask="Which shape does log_probs[:, ids] have?",
            symptom="right for one row; else each row is also asked about its neighbours' classes",
        ),
        dict(
            name="softmax twice",
            code="return -log_softmax(log_softmax(logits).exp())[np.arange(len(ids)), ids].mean()",
            says="log_softmax has the softmax inside; give it the logits as they are.",
            ask="How low does your loss go for a model that is certain and right?",
            symptom="starts at ln(classes), and never gets below 1.461 for ten",
        ),
        dict(
            name="one less the probability",
            code="return 1 - log_softmax(logits).exp()[np.arange(len(ids)), ids].mean()",
            says="That is the mean of 1 - p. Surprise is -log(p), which has no ceiling.",
            ask="How large can your loss get, and how surprised was the model of Try first?",
            symptom="a loss between 0 and 1",
        ),
        dict(
            name="divides by the classes too",
            code="""
                right = Tensor(np.eye(logits.shape[1])[ids])
                return -(right * log_softmax(logits)).mean()
            """,
            says="The mean runs over rows and classes here, and only one place in each row is not 0: sum over the "
                 "classes first.",
            ask="Over how many numbers does your mean run, and how many of them are not 0?",
            symptom="too small by the number of classes: an untrained model of ten starts at 0.23",
        ),
        dict(
            name="log of the mean",
            code="return -log_softmax(logits).exp()[np.arange(len(ids)), ids].mean().log()",
            says="Take the logarithm of each row's probability first, and the mean after.",
            ask="Does one row that is certain and wrong show in your loss?",
            symptom="right if all rows are alike; one certain error in a batch goes unnoticed",
        ),
        dict(
            name="the mean round the door",
            code="return Tensor((-log_softmax(logits)[np.arange(len(ids)), ids]).data.mean())",
            says="The last step leaves the door: take the Tensor's own mean, without `.data`.",
            ask="Which operation of yours comes last, and does it pass the door?",
            symptom="right in value; later lessons see a loss that hangs on nothing",
        ),
        dict(
            name="rows and columns swapped",
            code="return -log_softmax(logits)[ids % len(ids), np.arange(len(ids)) % logits.shape[1]].mean()",
            says="Rows come first in the brackets: row r and column ids[r].",
            ask="Which place does your line take for the first row, and is it in the first row?",
            symptom="another row's class is asked, or an IndexError",
        ),
        dict(
            name="the scores themselves",
            code="return -logits[np.arange(len(ids)), ids].mean()",
            says="A score is no log-probability; log_softmax makes one of it.",
            ask="Does your loss change if all scores rise by 5? Should it?",
            symptom="a loss of any size, also below zero; a shift of all scores moves it",
        ),
    ],
    "bce": [
        dict(
            name="only the yes",
            code="return -(targets * bounded_log(probs)).mean()",
            says="Where the target is 0 your line says 0, whatever p is. Add (1 - target) * log(1 - p).",
            ask="What does your loss cost a model that says yes to everything?",
            symptom="a model that always says yes has loss 0",
        ),
        dict(
            name="yes for no",
            code="return -((1 - targets) * bounded_log(probs) + targets * bounded_log(1 - probs)).mean()",
            says="p is the probability of yes, so its logarithm goes with the target, and log(1 - p) with 1 - target.",
            ask="What does your loss say for p = 0.9 and target 1?",
            symptom="best where the model is always wrong; right at p = 0.5",
        ),
        dict(
            name="forgets the minus",
            code="return (targets * bounded_log(probs) + (1 - targets) * bounded_log(1 - probs)).mean()",
            says="Logarithms of probabilities are negative; turn the sign.",
            ask="Should a loss fall or rise as a model gets worse?",
            symptom="a loss below zero",
        ),
        dict(
            name="the sum",
            code="return -(targets * bounded_log(probs) + (1 - targets) * bounded_log(1 - probs)).sum()",
            says="Average: `.mean()`. A sum grows with the batch.",
            ask="What happens to your loss if every example stands there twice?",
            symptom="too large by the number of examples",
        ),
        dict(
            name="kept from zero by 1e-7",
            code="""
                log_yes, log_no = probs.maximum(1e-7).log(), (1 - probs).maximum(1e-7).log()
                return -(targets * log_yes + (1 - targets) * log_no).mean()
            """,
            says="log(1e-7) is -16.1, so certain errors cost 16 where 100 is right. bounded_log has the bound.",
            ask="What does p = 0 with target 1 cost in your loss?",
            symptom="right unless a probability is below 0.0000001 or that near to 1",
        ),
        dict(
            name="one minus the logarithm",
            code="return -(targets * bounded_log(probs) + (1 - targets) * (1 - bounded_log(probs))).mean()",
            says="The probability of no is 1 - p: take 1 - probs first and the logarithm after.",
            ask="What is log(1 - 0.25), and what does your line take?",
            symptom="right where all targets are 1",
        ),
        dict(
            name="round the door",
            code="""
                p, t = probs.data, targets.data
                log_yes, log_no = bounded_log_values(p), bounded_log_values(1 - p)
                return Tensor(-(t * log_yes + (1 - t) * log_no).mean())
            """,
            says="Right number, wrong way: stay with Tensors, `bounded_log(probs)` and `1 - probs`.",
            ask="Which operations pass the door in your loss?",
            symptom="right in value; later lessons see a loss that hangs on nothing",
        ),
        dict(
            name="picks before the logarithm",
            code="return -bounded_log(targets * probs + (1 - targets) * (1 - probs)).mean()",
            says="For targets between 0 and 1 the logarithms are averaged, not the probabilities: take the logarithms "
                 "first.",
            ask="What does your line say for target 0.25?",
            symptom="right for targets of 0 and 1; too low for those between",
        ),
        dict(
            name="divides by the rows",
            code="""
                line = targets * bounded_log(probs) + (1 - targets) * bounded_log(1 - probs)
                return -line.sum() / probs.shape[0]
            """,
            says="The mean is over all elements, and shape[0] counts the rows only: `.mean()`.",
            ask="How many elements has your batch, and by what do you divide?",
            symptom="right for one column; with more, too large by their number",
        ),
        dict(
            name="a mean for each column",
            code="""
                line = targets * bounded_log(probs) + (1 - targets) * bounded_log(1 - probs)
                return -line.mean(axis=0)
            """,
            says="A loss is one number: the mean over all elements, without an axis.",
            ask="Which shape has your loss for three rows of two?",
            symptom="right in value for one column, and of shape (1,)",
        ),
        dict(
            name="the mean round the door",
            code="""
                line = targets * bounded_log(probs) + (1 - targets) * bounded_log(1 - probs)
                return Tensor(-line.data.mean())
            """,
            says="The last step leaves the door: take the Tensor's own mean, without `.data`.",
            ask="Which operation of yours comes last, and does it pass the door?",
            symptom="right in value; later lessons see a loss that hangs on nothing",
        ),
        dict(
            name="kept from zero on one side",
            code="""
                log_yes, log_no = bounded_log(probs), bounded_log(1 - probs + 1e-7)
                return -(targets * log_yes + (1 - targets) * log_no).mean()
            """,
            says="log(1e-7) is -16.1, so a certain yes that is wrong costs 16 where 100 is right. bounded_log has the "
                 "bound.",
            ask="What does p = 1 with target 0 cost in your loss?",
            symptom="right unless the model is certain of a yes and wrong",
        ),
    ],
    "slope": [
        dict(
            name="to one side",
            code="""
                up = np.array(x.data)
                up[at] += nudge
                return (loss_of(Tensor(up, dtype=up.dtype)).item() - loss_of(x).item()) / nudge
            """,
            says="That is the slope half a nudge beside the point. Nudge up and down, and divide by both nudges.",
            ask="At which point between x and x + nudge does your slope belong?",
            symptom="right for straight lines, off by half a nudge of bend elsewhere",
        ),
        dict(
            name="divides by one nudge",
            code="""
                up, down = np.array(x.data), np.array(x.data)
                up[at] += nudge
                down[at] -= nudge
                rise = loss_of(Tensor(up, dtype=up.dtype)).item() - loss_of(Tensor(down, dtype=down.dtype)).item()
                return rise / nudge
            """,
            says="From down to up the way is two nudges long.",
            ask="How far apart are the two places at which you asked for the loss?",
            symptom="twice the slope",
        ),
        dict(
            name="forgets to divide",
            code="""
                up, down = np.array(x.data), np.array(x.data)
                up[at] += nudge
                down[at] -= nudge
                return loss_of(Tensor(up, dtype=up.dtype)).item() - loss_of(Tensor(down, dtype=down.dtype)).item()
            """,
            says="A slope is the rise for each unit of way: divide by 2 * nudge.",
            ask="Does your answer change with the size of the nudge? Should it?",
            symptom="as small as the nudge",
        ),
        dict(
            name="downhill",
            code="""
                up, down = np.array(x.data), np.array(x.data)
                up[at] += nudge
                down[at] -= nudge
                rise = loss_of(Tensor(down, dtype=up.dtype)).item() - loss_of(Tensor(up, dtype=down.dtype)).item()
                return rise / (2 * nudge)
            """,
            says="A loss that rises with the number has a positive slope: raised less lowered.",
            ask="Which sign has the slope of a square at 5?",
            symptom="the right size with the wrong sign",
        ),
        dict(
            name="nudges x itself",
            code="""
                array = x.data
                array[at] += nudge
                up = loss_of(x).item()
                array[at] -= 2 * nudge
                down = loss_of(x).item()
                return (up - down) / (2 * nudge)
            """,
            says="`x.data` is the Tensor's own array, and it stays nudged. Work on np.array(x.data), a copy.",
            ask="What is in x after your function has run?",
            symptom="the first slope is right; each call moves x a little",
        ),
        dict(
            name="float32",
            code="""
                up, down = np.array(x.data), np.array(x.data)
                up[at] += nudge
                down[at] -= nudge
                return (loss_of(Tensor(up)).item() - loss_of(Tensor(down)).item()) / (2 * nudge)
            """,
            says="Tensor(array) makes float32 of it, where a small nudge drowns: say dtype=array.dtype.",
            ask="Which dtype do your two nudged Tensors have?",
            symptom="right for large nudges, noise for small ones",
        ),
        dict(
            name="nudges every number",
            code="""
                up, down = Tensor(x.data + nudge, dtype=x.dtype), Tensor(x.data - nudge, dtype=x.dtype)
                return (loss_of(up).item() - loss_of(down).item()) / (2 * nudge)
            """,
            says="One number at a time: only the one at `at` moves.",
            ask="Where in your lines does `at` stand?",
            symptom="right for a Tensor of one number; else the sum of all slopes",
        ),
        dict(
            name="a nudge of its own",
            code="""
                nudge = 0.01
                up, down = np.array(x.data), np.array(x.data)
                up[at] += nudge
                down[at] -= nudge
                rise = loss_of(Tensor(up, dtype=up.dtype)).item() - loss_of(Tensor(down, dtype=down.dtype)).item()
                return rise / (2 * nudge)
            """,
            says="`nudge` is an argument with a default already; your first line throws away what the caller gave.",
            ask="What changes in your function if somebody says nudge=0.5?",
            symptom="right for the default, and for straight lines and squares",
        ),
        dict(
            name="nudges the whole column",
            code="""
                up, down, column = np.array(x.data), np.array(x.data), at if isinstance(at, int) else at[-1]
                up[..., column] += nudge
                down[..., column] -= nudge
                rise = loss_of(Tensor(up, dtype=up.dtype)).item() - loss_of(Tensor(down, dtype=down.dtype)).item()
                return rise / (2 * nudge)
            """,
            says="`at` is the whole position, row and column: up[at].",
            ask="How many numbers of two rows does your line move?",
            symptom="right for one row; else the sum of the slopes of a column",
        ),
        dict(
            name="a Tensor",
            code="""
                up, down = np.array(x.data), np.array(x.data)
                up[at] += nudge
                down[at] -= nudge
                return (loss_of(Tensor(up, dtype=up.dtype)) - loss_of(Tensor(down, dtype=down.dtype))) / (2 * nudge)
            """,
            says="A plain number is asked for: `.item()` takes it out of the Tensor.",
            ask="What is type(...) of your answer?",
            symptom="right in value, but abs() and :g refuse it",
        ),
    ],
    "catch": [
        dict(
            name="asks at the start only",
            code="""
                targets = np.array([3, 7, 5])
                _, loss = report_of(Tensor(np.zeros((3, 10))), targets)
                assert abs(loss - math.log(10)) < 0.01
            """,
            says="The fault is right for equal scores. Ask also about certain and right ones, where it is stuck.",
            ask="What does the colleague's report say for ten equal scores?",
            symptom="lets the fault pass",
        ),
        dict(
            name="asks at the end only",
            code="""
                targets = np.array([3, 7, 5])
                _, loss = report_of(Tensor(100 * np.eye(10)[targets]), targets)
                assert abs(loss) < 0.01
            """,
            says="A loss that is always 0 passes this. The first duty is ln(classes) for equal scores.",
            ask="Would your check notice a report that always says 0?",
            symptom="stops the fault, and lets a loss pass that is always 0",
        ),
        dict(
            name="looks at the share",
            code="""
                targets = np.array([3, 7, 5])
                right, _ = report_of(Tensor(100 * np.eye(10)[targets]), targets)
                assert right == 1
            """,
            says="The share of right answers is the same with one softmax and with two. Look at the loss.",
            ask="Which of the two numbers is wrong in the colleague's report?",
            symptom="lets the fault pass: softmax keeps the order",
        ),
        dict(
            name="wants it to fall",
            code="""
                targets = np.array([3, 7, 5])
                right = np.eye(10)[targets]
                losses = [report_of(Tensor(certainty * right), targets)[1] for certainty in (0, 1, 5)]
                assert losses[0] > losses[1] > losses[2]
            """,
            says="The colleague's loss falls too, and stops. Ask how low it is for certain and right scores.",
            ask="How low does the colleague's loss get, and how low should it?",
            symptom="lets the fault pass, and any loss that falls",
        ),
        dict(
            name="too generous at the end",
            code="""
                targets = np.array([3, 7, 5])
                _, loss = report_of(Tensor(np.zeros((3, 10))), targets)
                assert abs(loss - math.log(10)) < 0.01
                _, loss = report_of(Tensor(100 * np.eye(10)[targets]), targets)
                assert loss < 2
            """,
            says="The fault gets down to 1.461. Who is certain and right pays nothing: ask for less than 0.01.",
            ask="How low did the colleague's loss get?",
            symptom="lets the fault pass",
        ),
        dict(
            name="not certain enough",
            code="""
                targets = np.array([3, 7, 5])
                _, loss = report_of(Tensor(np.zeros((3, 10))), targets)
                assert abs(loss - math.log(10)) < 0.01
                _, loss = report_of(Tensor(np.eye(10)[targets]), targets)
                assert abs(loss) < 0.01
            """,
            says="A score of 1 against zeros is doubt: cross-entropy is 1.461 there. Ask with scores of 100.",
            ask="What does CrossEntropyLoss itself say for your scores?",
            symptom="stops the fault and every right report too",
        ),
        dict(
            name="one row of equal scores",
            code="""
                _, loss = report_of(Tensor(np.zeros((1, 10))), np.array([3]))
                assert abs(loss - math.log(10)) < 0.01
                targets = np.array([3, 7, 5])
                _, loss = report_of(Tensor(100 * np.eye(10)[targets]), targets)
                assert abs(loss) < 0.01
            """,
            says="For one row the sum and the mean are the same. Ask about several.",
            ask="Would your check notice a report that forgets to divide by the size of the batch?",
            symptom="stops the fault, and lets a sum pass for a mean",
        ),
        dict(
            name="anything but nothing at the start",
            code="""
                targets = np.array([3, 7, 5])
                _, loss = report_of(Tensor(np.zeros((3, 10))), targets)
                assert 0.1 < loss
                _, loss = report_of(Tensor(100 * np.eye(10)[targets]), targets)
                assert abs(loss) < 0.01
            """,
            says="Equal scores cost ln(classes), neither more nor less: hold the loss against that number.",
            ask="Which losses for ten equal scores does your check let pass, and which one is right?",
            symptom="stops the fault; a loss of any size at the start gets through",
        ),
    ],
    "repair": [
        dict(
            name="softmax still there",
            code="""
                probs = Softmax()(logits)
                right = (probs.argmax(axis=1).data == targets).mean()
                return float(right), CrossEntropyLoss()(probs, targets).item()
            """,
            says="The loss still gets probabilities. Give it the logits.",
            ask="What does CrossEntropyLoss expect, and what does it get here?",
            symptom="no loss below 1.461 for ten classes",
        ),
        dict(
            name="logarithm of softmax, kept from zero",
            code="""
                probs = Softmax()(logits)
                right = (probs.argmax(axis=1).data == targets).mean()
                picked = probs.data[np.arange(len(targets)), targets]
                return float(right), float(-np.log(picked + 1e-3).mean())
            """,
            says="1e-3 is added to each probability, which hides large surprises. The logits go straight to the loss.",
            ask="How large can your loss get?",
            symptom="near the truth while no row is certain and wrong; a loss slightly below zero",
        ),
        dict(
            name="counts in place of a share",
            code="""
                right = (logits.argmax(axis=1).data == targets).sum()
                return float(right), CrossEntropyLoss()(logits, targets).item()
            """,
            says="A share lies between 0 and 1: the mean of the comparison.",
            ask="Can 7 be a share?",
            symptom="the loss is right; the share grows with the batch",
        ),
        dict(
            name="best class down the columns",
            code="""
                best = logits.argmax(axis=0).data
                right = np.mean([best[i % len(best)] == target for i, target in enumerate(targets)])
                return float(right), CrossEntropyLoss()(logits, targets).item()
            """,
            says="Each row is one example: its best class is the argmax along axis 1.",
            ask="Which axis holds the classes?",
            symptom="the loss is right and the share is noise",
        ),
        dict(
            name="wrong in place of right",
            code="""
                wrong = (logits.argmax(axis=1).data != targets).mean()
                return float(wrong), CrossEntropyLoss()(logits, targets).item()
            """,
            says="The share of right answers is asked for.",
            ask="What does your share say for a model that is always right?",
            symptom="one less the truth; right at a half",
        ),
        dict(
            name="one less the probability",
            code="""
                right = (logits.argmax(axis=1).data == targets).mean()
                picked = Softmax()(logits).data[np.arange(len(targets)), targets]
                return float(right), float(1 - picked.mean())
            """,
            says="1 - p is no cross-entropy: that is -log(p). CrossEntropyLoss takes the logits.",
            ask="What does your report say for ten equal scores?",
            symptom="a loss between 0 and 1",
        ),
        dict(
            name="softmax, then its logarithm",
            code="""
                right = (logits.argmax(axis=1).data == targets).mean()
                return float(right), CrossEntropyLoss()(Softmax()(logits).log(), targets).item()
            """,
            says="Where softmax gives 0 the logarithm is minus infinity: the mistake of Try first. The logits go "
                 "straight to the loss.",
            ask="What does your report say for the model of Try first?",
            symptom="right for ordinary scores; inf for a model that is certain and wrong",
        ),
        dict(
            name="divides by the classes",
            code="""
                right = (logits.argmax(axis=1).data == targets).sum() / logits.shape[1]
                return float(right), CrossEntropyLoss()(logits, targets).item()
            """,
            says="A share of right answers is taken of the rows, and shape[1] counts the classes.",
            ask="Of how many answers is your share a share?",
            symptom="right where there are as many rows as classes",
        ),
    ],
    "chance_check": [
        dict(
            name="too high only",
            code="""
                logits = model(images)
                if logits.min().item() >= 0 and (logits.sum(axis=1) - 1).abs().max().item() < 1e-3:
                    raise ValueError("these are probabilities: leave Softmax out")
                loss, chance = CrossEntropyLoss()(logits, targets).item(), math.log(logits.shape[1])
                if not loss <= chance + slack:
                    raise ValueError(f"the loss is {loss:.3f}, and should be near {chance:.3f}")
                return loss
            """,
            says="A model that starts below ln(classes) knows something that it should not: use abs(loss - chance).",
            ask="What if the labels have leaked into the images?",
            symptom="a model that has seen the answers passes as untrained",
        ),
        dict(
            name="ten classes always",
            code="""
                logits = model(images)
                if logits.min().item() >= 0 and (logits.sum(axis=1) - 1).abs().max().item() < 1e-3:
                    raise ValueError("these are probabilities: leave Softmax out")
                loss, chance = CrossEntropyLoss()(logits, targets).item(), math.log(10)
                if not abs(loss - chance) <= slack:
                    raise ValueError(f"the loss is {loss:.3f}, and should be near {chance:.3f}")
                return loss
            """,
            says="The number of classes is logits.shape[1].",
            ask="Where do you learn how many classes the model has?",
            symptom="right for digits, and for nothing else",
        ),
        dict(
            name="counts the rows",
            code="""
                logits = model(images)
                if logits.min().item() >= 0 and (logits.sum(axis=1) - 1).abs().max().item() < 1e-3:
                    raise ValueError("these are probabilities: leave Softmax out")
                loss, chance = CrossEntropyLoss()(logits, targets).item(), math.log(len(logits))
                if not abs(loss - chance) <= slack:
                    raise ValueError(f"the loss is {loss:.3f}, and should be near {chance:.3f}")
                return loss
            """,
            says="len(logits) is the batch. The classes stand along axis 1: logits.shape[1].",
            ask="Does what a model knows depend on how many images you show it?",
            symptom="right when there are as many images as classes",
        ),
        dict(
            name="lets probabilities in",
            code="""
                logits = model(images)
                loss, chance = CrossEntropyLoss()(logits, targets).item(), math.log(logits.shape[1])
                if not abs(loss - chance) <= slack:
                    raise ValueError(f"the loss is {loss:.3f}, and should be near {chance:.3f}")
                return loss
            """,
            says="A model that ends in Softmax starts at ln(classes) too. Refuse rows that have nothing negative and "
                 "sum to 1.",
            ask="Where does a model with Softmax at its end start?",
            symptom="passes the model whose loss will refuse to fall",
        ),
        dict(
            name="softmax once more",
            code="""
                logits = model(images)
                if logits.min().item() >= 0 and (logits.sum(axis=1) - 1).abs().max().item() < 1e-3:
                    raise ValueError("these are probabilities: leave Softmax out")
                loss, chance = CrossEntropyLoss()(Softmax()(logits), targets).item(), math.log(logits.shape[1])
                if not abs(loss - chance) <= slack:
                    raise ValueError(f"the loss is {loss:.3f}, and should be near {chance:.3f}")
                return loss
            """,
            says="That is the fault of the colleague: CrossEntropyLoss takes the logits.",
            ask="How many softmaxes stand between your model and the loss?",
            symptom="hardly any start is refused: two softmaxes hide large scores",
        ),
        dict(
            name="refuses all that is positive",
            code="""
                logits = model(images)
                if logits.min().item() >= 0:
                    raise ValueError("these are probabilities: leave Softmax out")
                loss, chance = CrossEntropyLoss()(logits, targets).item(), math.log(logits.shape[1])
                if not abs(loss - chance) <= slack:
                    raise ValueError(f"the loss is {loss:.3f}, and should be near {chance:.3f}")
                return loss
            """,
            says="Scores may all be positive. Probabilities also sum to 1 in each row; ask for both.",
            ask="Are the scores 3, 3, 3 probabilities?",
            symptom="refuses scores that happen to be positive",
        ),
        dict(
            name="returns what it should be",
            code="""
                logits = model(images)
                if logits.min().item() >= 0 and (logits.sum(axis=1) - 1).abs().max().item() < 1e-3:
                    raise ValueError("these are probabilities: leave Softmax out")
                loss, chance = CrossEntropyLoss()(logits, targets).item(), math.log(logits.shape[1])
                if not abs(loss - chance) <= slack:
                    raise ValueError(f"the loss is {loss:.3f}, and should be near {chance:.3f}")
                return chance
            """,
            says="Return the loss of this model, not ln(classes).",
            ask="Should two models return the very same number?",
            symptom="every model starts at exactly ln(classes)",
        ),
        dict(
            name="slack built in",
            code="""
                logits = model(images)
                if logits.min().item() >= 0 and (logits.sum(axis=1) - 1).abs().max().item() < 1e-3:
                    raise ValueError("these are probabilities: leave Softmax out")
                loss, chance = CrossEntropyLoss()(logits, targets).item(), math.log(logits.shape[1])
                if not abs(loss - chance) <= 0.3:
                    raise ValueError(f"the loss is {loss:.3f}, and should be near {chance:.3f}")
                return loss
            """,
            says="Use the argument `slack`, whatever its default is.",
            ask="What happens in your function if somebody says slack=1.5?",
            symptom="right until somebody asks for another slack",
        ),
        dict(
            name="lets nan pass",
            code="""
                logits = model(images)
                if logits.min().item() >= 0 and (logits.sum(axis=1) - 1).abs().max().item() < 1e-3:
                    raise ValueError("these are probabilities: leave Softmax out")
                loss, chance = CrossEntropyLoss()(logits, targets).item(), math.log(logits.shape[1])
                if abs(loss - chance) > slack:
                    raise ValueError(f"the loss is {loss:.3f}, and should be near {chance:.3f}")
                return loss
            """,
            says="`nan > slack` is False, so nothing is raised. Say which losses may pass: `if not ... <= slack`.",
            ask="What is abs(nan - 1.79) > 0.3?",
            symptom="a model that returns nan passes as untrained",
        ),
        dict(
            name="classes counted by the targets",
            code="""
                logits = model(images)
                if logits.min().item() >= 0 and (logits.sum(axis=1) - 1).abs().max().item() < 1e-3:
                    raise ValueError("these are probabilities: leave Softmax out")
                loss, chance = CrossEntropyLoss()(logits, targets).item(), math.log(targets.max() + 1)
                if not abs(loss - chance) <= slack:
                    raise ValueError(f"the loss is {loss:.3f}, and should be near {chance:.3f}")
                return loss
            """,
            says="A batch need not hold the last class. The model knows how many there are: logits.shape[1].",
            ask="What if no image of the last class is in the batch?",
            symptom="right whenever the last class is among the targets",
        ),
        dict(
            name="slack as a share",
            code="""
                logits = model(images)
                if logits.min().item() >= 0 and (logits.sum(axis=1) - 1).abs().max().item() < 1e-3:
                    raise ValueError("these are probabilities: leave Softmax out")
                loss, chance = CrossEntropyLoss()(logits, targets).item(), math.log(logits.shape[1])
                if not abs(loss / chance - 1) <= slack:
                    raise ValueError(f"the loss is {loss:.3f}, and should be near {chance:.3f}")
                return loss
            """,
            says="`slack` is a distance: abs(loss - chance), not loss / chance - 1.",
            ask="Which losses pass for six classes and slack 0.3, by the docstring and by your line?",
            symptom="the more classes, the more is let through",
        ),
        dict(
            name="looks at the sums only",
            code="""
                logits = model(images)
                if (logits.sum(axis=1) - 1).abs().max().item() < 1e-3:
                    raise ValueError("these are probabilities: leave Softmax out")
                loss, chance = CrossEntropyLoss()(logits, targets).item(), math.log(logits.shape[1])
                if not abs(loss - chance) <= slack:
                    raise ValueError(f"the loss is {loss:.3f}, and should be near {chance:.3f}")
                return loss
            """,
            says="Scores may sum to 1 by chance, with one below 0. Probabilities have nothing negative; ask for both.",
            ask="Are 1.5 and -0.5 probabilities?",
            symptom="refuses scores that happen to sum to 1",
        ),
        dict(
            name="highest in place of the sum",
            code="""
                logits = model(images)
                if logits.min().item() >= 0 and logits.max().item() <= 1:
                    raise ValueError("these are probabilities: leave Softmax out")
                loss, chance = CrossEntropyLoss()(logits, targets).item(), math.log(logits.shape[1])
                if not abs(loss - chance) <= slack:
                    raise ValueError(f"the loss is {loss:.3f}, and should be near {chance:.3f}")
                return loss
            """,
            says="Scores may lie between 0 and 1 as well. What tells probabilities is that each row sums to 1.",
            ask="Are 0.3, 0.3, 0.3, 0.3, 0.3 and 0.3 probabilities?",
            symptom="refuses small scores that happen to be positive",
        ),
        dict(
            name="the first row for all",
            code="""
                logits = model(images)
                if logits.min().item() >= 0 and abs(logits[0].sum().item() - 1) < 1e-3:
                    raise ValueError("these are probabilities: leave Softmax out")
                loss, chance = CrossEntropyLoss()(logits, targets).item(), math.log(logits.shape[1])
                if not abs(loss - chance) <= slack:
                    raise ValueError(f"the loss is {loss:.3f}, and should be near {chance:.3f}")
                return loss
            """,
            says="One row may sum to 1 by chance. Each row has to: the largest distance from 1 counts.",
            ask="At how many rows do you look?",
            symptom="refuses scores whose first row happens to sum to 1",
        ),
        dict(
            name="the mean of the sums",
            code="""
                logits = model(images)
                if logits.min().item() >= 0 and abs(logits.sum(axis=1).mean().item() - 1) < 1e-3:
                    raise ValueError("these are probabilities: leave Softmax out")
                loss, chance = CrossEntropyLoss()(logits, targets).item(), math.log(logits.shape[1])
                if not abs(loss - chance) <= slack:
                    raise ValueError(f"the loss is {loss:.3f}, and should be near {chance:.3f}")
                return loss
            """,
            says="Sums of 0 and 2 have the mean 1, and neither row is one of probabilities. Take each row's distance "
                 "from 1.",
            ask="What is the mean of 0.5 and 1.5?",
            symptom="refuses scores whose rows sum to 1 on average",
        ),
        dict(
            name="keeps the loss to itself",
            code="""
                logits = model(images)
                if logits.min().item() >= 0 and (logits.sum(axis=1) - 1).abs().max().item() < 1e-3:
                    raise ValueError("these are probabilities: leave Softmax out")
                loss, chance = CrossEntropyLoss()(logits, targets).item(), math.log(logits.shape[1])
                if not abs(loss - chance) <= slack:
                    raise ValueError(f"the loss should be near {chance:.3f}")
                return loss
            """,
            says="The message shows what was expected and what was found: the loss as well.",
            ask="Can the reader of your message tell whether the loss is too high or too low?",
            symptom="a message that says what should be, and not what is",
        ),
    ],
    "narrowed": [
        dict(
            name="all classes",
            code="narrowed = math.log(classes)",
            says="That is the start. It holds only classes - ruled_out for possible.",
            ask="How many classes are left?",
            symptom="the loss of a model that knows nothing",
        ),
        dict(
            name="those ruled out",
            code="narrowed = math.log(ruled_out)",
            says="The classes that are left count, not those ruled out.",
            ask="Among how many classes is the model still undecided?",
            symptom="the logarithm of the wrong number",
        ),
        dict(
            name="difference of logarithms",
            code="narrowed = math.log(classes) - math.log(ruled_out)",
            says="Subtract first: log(classes - ruled_out). The difference of logarithms is that of a quotient.",
            ask="Is log(10) - log(4) the logarithm of 6?",
            symptom="log(classes / ruled_out)",
        ),
        dict(
            name="base 2",
            code="narrowed = math.log2(classes - ruled_out)",
            says="Surprise here is counted with the natural logarithm: math.log.",
            ask="Which logarithm gave 2.303 for ten?",
            symptom="bits, 1.44 times the truth",
        ),
        dict(
            name="base 10",
            code="narrowed = math.log10(classes - ruled_out)",
            says="Surprise here is counted with the natural logarithm: math.log.",
            ask="Which logarithm gave 2.303 for ten?",
            symptom="0.43 times the truth",
        ),
        dict(
            name="in proportion",
            code="narrowed = math.log(classes) * (classes - ruled_out) / classes",
            says="A logarithm does not shrink in proportion. Each class that is left has 1 / (classes - ruled_out).",
            ask="Which probability has each class that is left?",
            symptom="the start, times the share of classes that are left",
        ),
    ],
    "twice": [
        dict(
            name="that of ten classes",
            code="twice = math.log(math.e + 9) - 1",
            says="1.461 belongs to ten classes. Yours has classes - 1 zeros beside the one.",
            ask="How many zeros stand beside the 1 in your model?",
            symptom="1.461, whatever the number of classes",
        ),
        dict(
            name="one zero too many",
            code="twice = math.log(math.e + classes) - 1",
            says="One class has the 1, so classes - 1 have a 0.",
            ask="How many of the classes are wrong ones?",
            symptom="a little too high",
        ),
        dict(
            name="forgets the score itself",
            code="twice = math.log(math.e + classes - 1)",
            says="That is the log-sum-exp of the scores. The surprise is that, less the score of the right class, 1.",
            ask="Which score has the right class, and where is it in your line?",
            symptom="too high by 1",
        ),
        dict(
            name="one for e",
            code="twice = math.log(classes) - 1",
            says="The 1 is a score, so its exp counts: e, not 1.",
            ask="What is exp(1)?",
            symptom="a little too low",
        ),
        dict(
            name="zeros counted as zeros",
            code="twice = -math.log(1 / (1 + (classes - 1) / classes))",
            says="exp(0) is 1: each wrong class adds 1 to the sum.",
            ask="What is exp(0)?",
            symptom="below 1 for every number of classes",
        ),
        dict(
            name="the probability",
            code="twice = math.e / (math.e + classes - 1)",
            says="That is the probability of the right class. The loss is minus its logarithm.",
            ask="Is your number a probability or a surprise?",
            symptom="a number far below 1",
        ),
    ],
}

SURVIVORS = {
    "catch": {
        "`abs(loss - math.log(4)) < 0.01` becomes `abs(loss - math.log(4)) <= 0.01`": "right: no loss lies on the edge",
        "`abs(loss) < 0.01` becomes `abs(loss) <= 0.01`": "right: no loss lies on the edge",
        "`abs(loss - math.log(4)) < 0.01` becomes `abs(loss - math.log(4)) < 0.02`": "right: rounding is far smaller",
        "`abs(loss) < 0.01` becomes `abs(loss) < 0.02`": "right: rounding is far smaller",
        "`100 * np.eye(4)` becomes `101 * np.eye(4)`": "right: as certain",
        "`100 * np.eye(4)` becomes `99 * np.eye(4)`": "right: as certain",
        "`np.zeros((4, 4))` becomes `np.ones((4, 4))`": "right: equal scores all the same",
    },
    "repair": {
        "`logits.argmax(axis=1)` becomes `logits.argmax(axis=-1)`": "right: axis 1 is the last of two",
    },
    "chance_check": {
        "`abs(loss - chance) <= slack` becomes `abs(loss - chance) < slack`": "right: the edge belongs to neither side",
        "`(logits.sum(axis=1) - 1).abs().max().item() < 0.001` becomes "
        "`(logits.sum(axis=1) - 1).abs().max().item() <= 0.001`": "right: the edge belongs to neither side",
        "`(logits.sum(axis=1) - 1).abs().max().item() < 0.001` becomes "
        "`(logits.sum(axis=1) - 1).abs().max().item() < 0.002`": "right: sums of probabilities are off by far less",
        "`logits.sum(axis=1)` becomes `logits.sum(axis=-1)`": "right: axis 1 is the last of two",
    },
}
