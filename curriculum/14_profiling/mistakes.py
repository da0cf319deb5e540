"""Plausible wrong answers. `code` stands in place of the exercise's solution region.

`ask` is the question that a learner gets when the same failure comes again, `says` the sentence after that.
"""

FLOPS = """
    numbers = math.prod(out_shape)
    if name in MOVES:
        return 0
    if name in REDUCTIONS:
        return math.prod(shapes[0])
    if name == "matmul":
        return 2 * numbers * shapes[0][-1]
    if name == "conv2d":
        return 2 * numbers * math.prod(shapes[1][1:]) + (numbers if len(shapes) == 3 else 0)
    return PER_NUMBER.get(name, 1) * numbers
"""

OBSERVER = """
    def apply(forward, *inputs, **options):
        start = self.clock()
        out = step(forward, *inputs, **options)
        elapsed = self.clock() - start
        arrays, name = arrays_of(inputs), forward.__name__
        shapes = tuple(array.shape for array in arrays)
        self.operations.append(Operation(
            name, "forward", shapes, out.shape, str(out.dtype), flops(name, shapes, out.shape),
            moved_bytes(arrays, [out.data]), start, elapsed))
        return out
    return apply
"""

PULL = """
    def observed(node, grad_out):
        start = self.clock()
        grads = ask(node, grad_out)
        elapsed = self.clock() - start
        arrays, name = arrays_of(node.inputs), node.rule.name
        shapes = tuple(array.shape for array in arrays)
        self.operations.append(Operation(
            name, "backward", shapes, grad_out.shape, str(grad_out.dtype),
            backward_flops(name, shapes, grad_out.shape, node.wants),
            moved_bytes([grad_out, *arrays], grads), start, elapsed))
        return grads
    return observed
"""

RANKING = """
    seconds = {}
    for op, own in zip(operations, own_s(operations)):
        seconds[op.label] = seconds.get(op.label, 0.0) + own
    return sorted(seconds.items(), key=lambda pair: pair[1], reverse=True)
"""

AMDAHL = """
    if not (0 <= share <= 1 and times > 0):
        raise ValueError("share from 0 to 1, times above 0")
    left = (1 - share) + share / times
    return 1 / left if left > 0 else math.inf
"""

CATCH = """
    x, variances = np.arange(-6, 6, dtype=np.float32).reshape(4, 3), [4.0, 0.25, 9.0]
    with Profiler() as seen:
        out = standardize(Tensor(x), variances)
    assert np.allclose(out.data, x / np.sqrt(variances), atol=1e-4)
    assert seen.operations
    for op in seen.operations:
        assert op.dtype == "float32"
"""


def changed(code, old, new):
    """A solution with one place of it changed."""
    assert code.count(old) == 1, old
    return code.replace(old, new)


MISTAKES = {
    "flops": [
        dict(
            name="multiply-adds counted once",
            code=changed(FLOPS, "2 * numbers * shapes[0][-1]", "numbers * shapes[0][-1]"),
            says="Each term of a sum is a multiplication and an addition: 2 FLOPs.",
            ask="How many additions stand beside the 7 products of a sum?",
            symptom="half of the FLOPs of every product",
        ),
        dict(
            name="the wrong size of the second",
            code=changed(FLOPS, "shapes[0][-1]", "shapes[-1][-1]"),
            says="The length of a sum is the last size of the first input.",
            ask="Which size do both inputs of a product share?",
            symptom="wrong wherever k and n differ",
        ),
        dict(
            name="only the last two axes",
            code=changed(FLOPS, "2 * numbers * shapes[0][-1]", "2 * math.prod(out_shape[-2:]) * shapes[0][-1]"),
            says="A stack of products is computed product by product: take all numbers of the result.",
            ask="How many products are in a stack of shape (5, 4, 3)?",
            symptom="one product for a whole batch of heads",
        ),
        dict(
            name="the channels forgotten",
            code=changed(FLOPS, "math.prod(shapes[1][1:])", "math.prod(shapes[1][2:])"),
            says="A window reaches through all channels: channels * kernel_h * kernel_w.",
            ask="How many pixels does a window hold if the image has three channels?",
            symptom="too few FLOPs wherever there is more than one channel",
        ),
        dict(
            name="the whole weight for each number",
            code=changed(FLOPS, "math.prod(shapes[1][1:])", "math.prod(shapes[1])"),
            says="One number of the result needs one kernel, not all of them: leave out_channels out.",
            ask="Over how many products goes the sum for a single number of the result?",
            symptom="too many FLOPs, by the number of kernels",
        ),
        dict(
            name="the bias forgotten",
            code=changed(FLOPS, " + (numbers if len(shapes) == 3 else 0)", ""),
            says="A bias is one more addition for each number of the result.",
            ask="What does a third input of conv2d add?",
            symptom="a little too few FLOPs where there is a bias",
        ),
        dict(
            name="a sum counted by what comes out",
            code=changed(FLOPS, "math.prod(shapes[0])", "numbers"),
            says="A sum looks at each number that goes in.",
            ask="How many additions make one number of thirty?",
            symptom="a sum over everything counts as one FLOP",
        ),
        dict(
            name="moves counted",
            code=changed(FLOPS, "return 0", "return numbers"),
            says="A reshape computes nothing: 0.",
            ask="Which additions does a transpose make?",
            symptom="FLOPs for operations that only move numbers",
        ),
        dict(
            name="5 for each of PER_NUMBER",
            code=changed(FLOPS, "PER_NUMBER.get(name, 1)", "(5 if name in PER_NUMBER else 1)"),
            says="How many for each number says the table: PER_NUMBER.get(name, 1).",
            ask="How many FLOPs has a sigmoid for each number?",
            symptom="gelu counts like a softmax",
        ),
        dict(
            name="two of the reductions",
            code=changed(FLOPS, "name in REDUCTIONS", 'name in ("sum", "max_pool")'),
            says="All names of REDUCTIONS look at each number that goes in: name in REDUCTIONS.",
            ask="What does avg_pool count?",
            symptom="argmax over a thousand numbers counts as one FLOP",
        ),
        dict(
            name="two of the moves",
            code=changed(FLOPS, "name in MOVES", 'name in ("permute", "reshape")'),
            says="All names of MOVES have no arithmetic: name in MOVES.",
            ask="Which additions does an index make?",
            symptom="taking rows out of a table counts as arithmetic",
        ),
    ],
    "observer": [
        dict(
            name="the end in place of the time between",
            code=changed(OBSERVER, "self.clock() - start", "self.clock()"),
            says="Seconds elapsed are the second look at the clock less the first.",
            ask="What does a clock show, and what is the time that something took?",
            symptom="times that grow from operation to operation",
        ),
        dict(
            name="a second clock for the start",
            code=changed(OBSERVER, "moved_bytes(arrays, [out.data]), start, elapsed",
                         "moved_bytes(arrays, [out.data]), start + elapsed, elapsed"),
            says="start_s is when the operation began.",
            ask="Where would your operations stand on a time line?",
            symptom="operations are drawn after they have ended",
        ),
        dict(
            name="numbers left out",
            code=changed(OBSERVER, "arrays_of(inputs)", "[x.data for x in inputs if isinstance(x, Tensor)]"),
            says="A number is an input too, of shape (): arrays_of(inputs) makes an array of it.",
            ask="Which shapes has x * 0.5?",
            symptom="shapes of one input where there are two",
        ),
        dict(
            name="the dtype of the input",
            code=changed(OBSERVER, "str(out.dtype)", "str(arrays[0].dtype)"),
            says="dtype is that of the result: out.dtype.",
            ask="Where would you see that an operation made float64 of float32?",
            symptom="a change of dtype is seen one operation too late",
        ),
        dict(
            name="bytes of the result only",
            code=changed(OBSERVER, "moved_bytes(arrays, [out.data])", "out.data.nbytes"),
            says="What is read is moved as well; and a view moves nothing: moved_bytes(arrays, [out.data]).",
            ask="What must be read before there is a result?",
            symptom="too few bytes for products, and some for views",
        ),
        dict(
            name="FLOPs by the last input",
            code=changed(OBSERVER, "flops(name, shapes, out.shape)", "flops(name, shapes, shapes[0])"),
            says="The third thing that flops wants is the shape of the result.",
            ask="Which shape has the result of your product?",
            symptom="FLOPs of products are wrong unless they are square",
        ),
        dict(
            name="a clock of its own",
            code=OBSERVER.replace("self.clock()", "time.perf_counter()"),
            says="Ask self.clock, the one that was handed in.",
            ask="Whose clock does your observer look at?",
            symptom="the clock that is handed in is never asked",
        ),
        dict(
            name="newest first",
            code=changed(OBSERVER, "self.operations.append(", "self.operations.insert(0, "),
            says="Operations stand in the order of their ends: append.",
            ask="In which order are your operations?",
            symptom="the list is upside down",
        ),
        dict(
            name="the looking is timed",
            code="""
                def apply(forward, *inputs, **options):
                    start = self.clock()
                    out = step(forward, *inputs, **options)
                    arrays, name = arrays_of(inputs), forward.__name__
                    shapes = tuple(array.shape for array in arrays)
                    work, moved = flops(name, shapes, out.shape), moved_bytes(arrays, [out.data])
                    elapsed = self.clock() - start
                    self.operations.append(Operation(
                        name, "forward", shapes, out.shape, str(out.dtype), work, moved, start, elapsed))
                    return out
                return apply
            """,
            says="Ask the clock the second time at once when step is done; shapes, FLOPs and bytes come after that.",
            ask="Whose time lies between your two looks at the clock?",
            symptom="small operations seem ten times as slow as they are",
        ),
        dict(
            name="bytes by the name",
            code=changed(OBSERVER, "moved_bytes(arrays, [out.data])",
                         "0 if name in MOVES else sum(array.nbytes for array in [*arrays, out.data])"),
            says="A reshape can be a view or a copy: moved_bytes(arrays, [out.data]) looks which it is.",
            ask="Does each reshape move nothing?",
            symptom="copies count as if they were views",
        ),
        dict(
            name="options left behind",
            code=changed(OBSERVER, "step(forward, *inputs, **options)", "step(forward, *inputs)"),
            says="Options belong to the operation: step(forward, *inputs, **options).",
            ask="How does a sum learn its axis?",
            symptom="TypeError: permute() misses its axes",
        ),
    ],
    "profiler": [
        dict(
            name="says forward",
            code=changed(PULL, '"backward", shapes', '"forward", shapes'),
            says='The direction is "backward" here.',
            ask="How would you tell a rule from its forward in the list?",
            symptom="both ways are added up under one label",
        ),
        dict(
            name="all want a gradient",
            code=changed(PULL, "node.wants)", "[True] * len(shapes))"),
            says="Who wants a gradient says node.wants; the others cost nothing.",
            ask="How many products does a rule make if the first input wants no gradient?",
            symptom="twice the FLOPs for the first layer",
        ),
        dict(
            name="FLOPs of the forward",
            code=changed(PULL, "backward_flops(name, shapes, grad_out.shape, node.wants)",
                         "flops(name, shapes, grad_out.shape)"),
            says="The way back has a product for each gradient: backward_flops.",
            ask="How many products are on the way back of x @ w?",
            symptom="half of the FLOPs on the way back",
        ),
        dict(
            name="grad_out is not read",
            code=changed(PULL, "moved_bytes([grad_out, *arrays], grads)", "moved_bytes(arrays, grads)"),
            says="The gradient that comes in is read as well.",
            ask="What does a rule need beside the inputs of the forward?",
            symptom="too few bytes on the way back",
        ),
        dict(
            name="the end in place of the time between",
            code=changed(PULL, "self.clock() - start", "self.clock()"),
            says="Seconds elapsed are the second look at the clock less the first.",
            ask="What does a clock show, and what is the time that something took?",
            symptom="times that grow from operation to operation",
        ),
        dict(
            name="the shape of the first input",
            code=changed(PULL, "shapes, grad_out.shape, str(", "shapes, shapes[0], str("),
            says="out_shape is that of the gradient that came in.",
            ask="Which shape has grad_out?",
            symptom="shapes are wrong wherever an operation changes them",
        ),
        dict(
            name="put in front",
            code=changed(PULL, "self.operations.append(", "self.operations.insert(0, "),
            says="Operations stand in the order of their ends: append.",
            ask="In which order are your operations?",
            symptom="the way back stands before the way there",
        ),
        dict(
            name="always float32",
            code=changed(PULL, "str(grad_out.dtype)", '"float32"'),
            says="The dtype is that of the gradient that came in: str(grad_out.dtype).",
            ask="What would your list say of a gradient in float64?",
            symptom="float64 on the way back is not seen",
        ),
        dict(
            name="the dtype of the first input",
            code=changed(PULL, "str(grad_out.dtype)", "str(arrays[0].dtype)"),
            says="The dtype is that of the gradient that came in: str(grad_out.dtype).",
            ask="Which dtype has the gradient where float32 met float64?",
            symptom="float64 on the way back is seen one operation too late",
        ),
        dict(
            name="what is handed on counts",
            code=changed(PULL, "moved_bytes([grad_out, *arrays], grads)",
                         "sum(array.nbytes for array in [grad_out, *arrays, *grads] if array is not None)"),
            says="A view, or grad_out itself, moves nothing: moved_bytes([grad_out, *arrays], grads).",
            ask="What does the rule of an addition copy?",
            symptom="additions seem to move much on the way back",
        ),
        dict(
            name="the looking is timed",
            code="""
                def observed(node, grad_out):
                    start = self.clock()
                    grads = ask(node, grad_out)
                    arrays, name = arrays_of(node.inputs), node.rule.name
                    shapes = tuple(array.shape for array in arrays)
                    elapsed = self.clock() - start
                    self.operations.append(Operation(
                        name, "backward", shapes, grad_out.shape, str(grad_out.dtype),
                        backward_flops(name, shapes, grad_out.shape, node.wants),
                        moved_bytes([grad_out, *arrays], grads), start, elapsed))
                    return grads
                return observed
            """,
            says="Ask the clock the second time at once when the rule has answered; shapes and bytes come after that.",
            ask="Whose time lies between your two looks at the clock?",
            symptom="small operations seem slower on their way back than they are",
        ),
    ],
    "ranking": [
        dict(
            name="seconds of what lies inside count twice",
            code=changed(RANKING, "own_s(operations)", "[op.elapsed_s for op in operations]"),
            says="Take own_s: without what lies inside.",
            ask="How can the shares of all operations be more than the whole?",
            symptom="a checkpoint stands on top, with the time of all its layers",
        ),
        dict(
            name="the quickest first",
            code=changed(RANKING, ", reverse=True", ""),
            says="The slowest comes first: reverse=True.",
            ask="Which one do you want to see first?",
            symptom="the list is upside down",
        ),
        dict(
            name="only the last counts",
            code=changed(RANKING, "seconds.get(op.label, 0.0) + own", "own"),
            says="Add: the label may have been there before.",
            ask="What becomes of the first convolution when the second comes?",
            symptom="labels that come often are far too small",
        ),
        dict(
            name="by name",
            code=changed(RANKING, "seconds[op.label] = seconds.get(op.label, 0.0) + own",
                         "seconds[op.name] = seconds.get(op.name, 0.0) + own"),
            says="A label is name and direction: op.label.",
            ask="How much of conv2d is the way back?",
            symptom="there and back are added up",
        ),
        dict(
            name="by the alphabet",
            code=changed(RANKING, "key=lambda pair: pair[1]", "key=lambda pair: pair[0]"),
            says="Sort by the seconds, pair[1].",
            ask="What decides the order of your list?",
            symptom="the order has nothing to do with time",
        ),
        dict(
            name="the slowest single one",
            code=changed(RANKING, "seconds.get(op.label, 0.0) + own", "max(seconds.get(op.label, 0.0), own)"),
            says="Add up all operations of a label.",
            ask="What do a thousand quick operations cost together?",
            symptom="many small operations are overlooked",
        ),
    ],
    "amdahl": [
        dict(
            name="what is saved is added",
            code=changed(AMDAHL, "(1 - share) + share / times", "1 / (1 + share * (times - 1))"),
            says="The part shrinks to share / times of the time; the rest stays: (1 - share) + share / times.",
            ask="How long does the whole take if half of it becomes infinitely fast?",
            symptom="no ceiling: the faster the part, the faster the whole",
        ),
        dict(
            name="the rest forgotten",
            code=changed(AMDAHL, "(1 - share) + share / times", "share / times"),
            says="The rest of the time, 1 - share, stays.",
            ask="Who does the other half of the work?",
            symptom="far too good",
        ),
        dict(
            name="share and rest exchanged",
            code=changed(AMDAHL, "(1 - share) + share / times", "share + (1 - share) / times"),
            says="The part that becomes faster is share.",
            ask="Which of the two stays as it is?",
            symptom="right for half of the time only",
        ),
        dict(
            name="the time in place of the gain",
            code=changed(AMDAHL, "1 / left if left > 0 else math.inf", "left"),
            says="The question is how many times faster: 1 / left.",
            ask="Is a larger answer better?",
            symptom="numbers below 1 for something that became faster",
        ),
        dict(
            name="the part as a saving",
            code=changed(AMDAHL, "(1 - share) + share / times", "1 - share / times"),
            says="share / times is what the part still takes, not what it saves.",
            ask="What does the part still take when it is 4 times as fast?",
            symptom="a faster part makes the whole slower",
        ),
        dict(
            name="everything allowed",
            code="left = (1 - share) + share / times if times else 0\n"
                 "return 1 / left if left > 0 else math.inf",
            says="Refuse a share outside 0 to 1 and times that are not above 0: ValueError.",
            ask="What does your function say about a share of 150 %?",
            symptom="an answer where there is none",
        ),
        dict(
            name="no end if the part is all",
            code=changed(AMDAHL, "1 / left if left > 0 else math.inf", "1 / left if share < 1 else math.inf"),
            says="If the part is all of the time, the whole becomes `times` as fast, infinitely only with math.inf.",
            ask="All of the time becomes twice as fast: how much faster is the whole?",
            symptom="inf where every part was made twice as fast",
        ),
        dict(
            name="NaN slips through",
            code=changed(AMDAHL, "not (0 <= share <= 1 and times > 0)", "share < 0 or share > 1 or times <= 0"),
            says="Each comparison with NaN is False: refuse what is `not (0 <= share <= 1 and times > 0)`.",
            ask="What does NaN > 1 give, and NaN < 0?",
            symptom="NaN for a share comes out as inf",
        ),
    ],
    "catch": [
        dict(
            name="only the end",
            code=changed(changed(CATCH, "for op in seen.operations:", "if True:"), "op.dtype == \"float32\"",
                         "out.dtype == np.float32"),
            says="Look at each operation: a cast at the end hides float64 before it.",
            ask="What would your check say of one that casts back at the end?",
            symptom="float64 in the middle passes",
        ),
        dict(
            name="only the last operation",
            code=changed(CATCH, "for op in seen.operations:", "for op in seen.operations[-1:]:"),
            says="Look at every operation, not at one.",
            ask="Which operation makes the float64?",
            symptom="float64 in an earlier operation passes",
        ),
        dict(
            name="values are not compared",
            code=changed(CATCH, "np.allclose(out.data, x / np.sqrt(variances), atol=1e-4)", "out.shape == x.shape"),
            says="Compare the values with NumPy's.",
            ask="Would your check notice a division by the variance itself?",
            symptom="wrong values pass",
        ),
        dict(
            name="round the door is fine",
            code=changed(CATCH, "    assert seen.operations\n", ""),
            says="A loop over no operations finds nothing: there must be one at least.",
            ask="How many operations did you look at?",
            symptom="what goes round the door passes",
        ),
        dict(
            name="exactly one operation",
            code=changed(CATCH, "assert seen.operations\n", "assert len(seen.operations) == 1\n"),
            says="More operations than one are fine.",
            ask="Would your check accept a root and then a division?",
            symptom="right ones are refused",
        ),
        dict(
            name="equal variances",
            code=changed(CATCH, "[4.0, 0.25, 9.0]", "[4.0, 4.0, 4.0]"),
            says="Take variances that differ from column to column.",
            ask="Would your check notice one number for all columns?",
            symptom="one that divides all columns by the same passes",
        ),
        dict(
            name="any float",
            code=changed(CATCH, 'op.dtype == "float32"', 'op.dtype.startswith("float")'),
            says="float64 is a float too; float32 is what must stay.",
            ask="Which dtypes does your check allow?",
            symptom="the fault passes",
        ),
    ],
    "standardized": [
        dict(
            name="cast at the end",
            code="return (array / np.sqrt(variances)).astype(np.float32)",
            says="In float64 it must stay float64: give the spreads the dtype of the array.",
            ask="What comes out when float64 goes in?",
            symptom="gradcheck in float64 finds wrong digits",
        ),
        dict(
            name="centred as well",
            code="""
                array = array - array.mean(axis=0)
                return array / np.sqrt(np.asarray(variances, dtype=array.dtype))
            """,
            says="Divide only; nobody asked to take the mean away.",
            ask="What does a table with a single row become?",
            symptom="every column has mean 0",
        ),
        dict(
            name="the root forgotten",
            code="return array / np.asarray(variances, dtype=array.dtype)",
            says="The spread is the square root of the variance.",
            ask="What is the spread of a column with variance 9?",
            symptom="columns of quite different size",
        ),
        dict(
            name="multiplied",
            code="return array * np.sqrt(np.asarray(variances, dtype=array.dtype))",
            says="Divide by the spread.",
            ask="Does a wide column become narrower?",
            symptom="wide columns become wider",
        ),
        dict(
            name="one spread for all",
            code="return array / np.sqrt(np.mean(np.asarray(variances, dtype=array.dtype)))",
            says="Each column has a spread of its own.",
            ask="What do two columns with different variances become?",
            symptom="columns keep their different sizes",
        ),
        dict(
            name="still float64",
            code="return array / np.sqrt(np.asarray(variances))",
            says="An array made of a list of floats is float64: say dtype=array.dtype.",
            ask="Which dtype has np.asarray([4.0])?",
            symptom="float64 from there on",
        ),
        dict(
            name="in the caller's own array",
            code="""
                array /= np.sqrt(np.asarray(variances, dtype=array.dtype))
                return array
            """,
            says="The array belongs to whoever hands it in: make a new one, array / ...",
            ask="What has the caller's table become after your call?",
            symptom="standardizing the same data twice divides twice",
        ),
        dict(
            name="float64 on the way",
            code="return (array / np.sqrt(variances)).astype(array.dtype)",
            says="Here all is computed in float64, and then cast: give the spreads the dtype of the array first.",
            ask="Which dtype has your quotient before it is cast?",
            symptom="three times the memory that is needed",
        ),
    ],
    "conv_flops": [
        dict(name="multiply-adds counted once", code="conv_flops = batch * out_channels * side**2 * (channels * 9 + 1)",
             says="A product and an addition for each number of a window: 2.", ask="What is done with each product?",
             symptom="about half"),
        dict(name="the bias forgotten", code="conv_flops = batch * out_channels * side**2 * 2 * channels * 9",
             says="The bias is 1 more for each number of the result.", ask="What comes after the sum over the window?",
             symptom="a little too few"),
        dict(name="one image", code="conv_flops = out_channels * side**2 * (2 * channels * 9 + 1)",
             says="There are `batch` images.", ask="For how many images?", symptom="too few by the batch"),
        dict(name="one channel", code="conv_flops = batch * out_channels * side**2 * (2 * 9 + 1)",
             says="A window reaches through all channels.", ask="How many numbers are under a kernel?",
             symptom="too few by about the channels"),
        dict(name="by the parameters", code="conv_flops = 2 * batch * out_channels * (channels * 9 + 1)",
             says="Each kernel is used at side * side places.", ask="How often is a kernel used on one image?",
             symptom="too few by the number of places"),
    ],
    "part_times": [
        dict(name="wanted by the share", code="part_times = wanted / (percent / 100)",
             says="The rest stays: what is left for the part is 1 / wanted - (1 - share).",
             ask="How much of the time may the part still take?", symptom="too small"),
        dict(name="wanted squared", code="part_times = wanted * wanted",
             says="Solve Amdahl's law for times.", ask="What do you get from amdahl with your number?",
             symptom="has nothing to do with the share"),
        dict(name="the gain of the part alone", code="part_times = 1 + (wanted - 1) / (percent / 100)",
             says="Times do not add; seconds do.", ask="How many seconds of 100 may be left?", symptom="too small"),
        dict(name="the rest counted twice", code="part_times = 1 / (1 / wanted - (1 - percent / 100))",
             says="The part took `share` of the time, not all of it.", ask="How long did the part take before?",
             symptom="too large by 1 / share"),
        dict(name="the ceiling", code="part_times = 1 / (1 - percent / 100) + wanted",
             says="1 / (1 - share) is the most that the whole can gain.", ask="Is that the part or the whole?",
             symptom="has nothing to do with what is wanted"),
    ],
}

SURVIVORS = {
    "flops": {
        "`math.prod(shapes[0])` becomes `math.prod(shapes[-1])`": "right: what is reduced is the only input",
    },
    "observer": {
        "`moved_bytes(arrays, [out.data])` becomes `moved_bytes([out.data], arrays)`":
            "right: read or written, the bytes are the same, and sharing goes both ways",
    },
    "catch": {
        **{f"`[4.0, 0.25, 9.0]` becomes `[{other}]`": "right: any variances that differ"
           for other in ("8.0, 0.25, 9.0", "4.0, 0.5, 9.0", "4.0, 0.25, 18.0")},
        **{f"`np.allclose(out.data, x / np.sqrt(variances), atol=0.0001)` becomes `np.allclose({other})`":
           "right: close is close" for other in (
               "out.data, x / np.sqrt(variances)", "x / np.sqrt(variances), out.data, atol=0.0001",
               "out.data, x / np.sqrt(variances), atol=0.0002")},
        "`np.arange(-6, 6, dtype=np.float32)` becomes `np.arange(-6, 6)`": "right: a Tensor makes float32 of it",
    },
}
