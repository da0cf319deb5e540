"""Plausible wrong answers. `code` stands in place of the exercise's solution region.

`ask` is the question that a learner gets when the same failure comes again, `says` the sentence after that.
"""

CATCH = """
                for low, high in [(-4, 7), (5, 6), (-3, -2)]:
                    array = np.linspace(low, high, 50, dtype=np.float32)
                    step, reach = calibrate(array)[0], max(high, 0) - min(low, 0)
                    assert np.abs(there_and_back(array, calibrate) - array).max() <= 0.51 * step
                    assert step <= 1.01 * reach / 255
"""

CALIBRATE = """
                low, high = edges(array, axis, percentile)
                low, high = np.minimum(low, 0.0), np.maximum(high, 0.0)
                step = np.maximum(high, -low) / 127 if symmetric else (high - low) / 255
                scale = np.asarray(np.maximum(step, SMALLEST), dtype=np.float32)
                zero_point = np.zeros(scale.shape) if symmetric else np.rint(-128 - low / scale)
                return scale, np.asarray(zero_point, dtype=np.int8)
"""

LAYER = """
                def __init__(self, linear, per_channel=True, percentile=100.0):
                    weight = linear.weight.data
                    scale, _ = calibrate(weight, symmetric=True, axis=0 if per_channel else None, percentile=percentile)
                    self.codes = Parameter(quantize(weight, scale), requires_grad=False, dtype=np.int8)
                    self.scale = Parameter(scale, requires_grad=False)
                    self.bias = None if linear.bias is None else Parameter(linear.bias.data, requires_grad=False)

                def forward(self, x):
                    codes = Tensor(self.codes.data)
                    y = (x @ codes.T) * self.scale.T
                    return y if self.bias is None else y + self.bias
"""

MODEL = """
                if isinstance(model, Linear):
                    return QuantizedLinear(model, per_channel, percentile)
                twin = copy.copy(model)
                for name, part in vars(model).items():
                    if isinstance(part, Module):
                        setattr(twin, name, quantize_model(part, per_channel, percentile))
                    elif isinstance(part, Parameter):
                        setattr(twin, name, copy.deepcopy(part))
                return twin
"""


def changed(code, old, new):
    """A solution with one place of it changed."""
    assert code.count(old) == 1, old
    return code.replace(old, new)


MISTAKES = {
    "quantize": [
        dict(
            name="not clipped",
            code="return (np.rint(array / scale) + zero_point).astype(np.int64).astype(np.int8)",
            says="Clip to -128 and 127 before astype: int8 wraps around.",
            ask="Which code has a number far beyond the last mark?",
            symptom="large numbers come back small, or with the other sign",
        ),
        dict(
            name="digits cut off",
            code="return np.clip(np.trunc(array / scale) + zero_point, -128, 127).astype(np.int8)",
            says="astype cuts digits off; np.rint goes to the nearest mark.",
            ask="Which mark is nearest to 9.8?",
            symptom="errors of up to a whole step, all towards 0",
        ),
        dict(
            name="rounded down",
            code="return np.clip(np.floor(array / scale) + zero_point, -128, 127).astype(np.int8)",
            says="np.floor takes the mark below; np.rint the nearest.",
            ask="Which mark is nearest to -4.4, and which to 9.8?",
            symptom="errors of up to a whole step, all downwards",
        ),
        dict(
            name="the zero point subtracted",
            code="return np.clip(np.rint(array / scale) - zero_point, -128, 127).astype(np.int8)",
            says="On the way to codes the zero point is added; it is subtracted on the way back.",
            ask="Which code must the number 0 get?",
            symptom="0 comes back as minus twice the zero point",
        ),
        dict(
            name="multiplied by the scale",
            code="return np.clip(np.rint(array * scale) + zero_point, -128, 127).astype(np.int8)",
            says="The scale is the distance of two marks: divide by it to count marks.",
            ask="How many steps of 0.5 are there in 2.2?",
            symptom="few different codes, or only the last ones",
        ),
        dict(
            name="clipped before the zero point is added",
            code="return (np.clip(np.rint(array / scale), -128, 127) + zero_point).astype(np.int64).astype(np.int8)",
            says="The code must lie from -128 to 127 after the zero point was added.",
            ask="What is 127 + 3 in an int8?",
            symptom="numbers near one end wrap around",
        ),
        dict(
            name="clipped at 0 and 255",
            code="return np.clip(np.rint(array / scale) + zero_point, 0, 255).astype(np.int64).astype(np.int8)",
            says="An int8 reaches from -128 to 127; 0 to 255 is uint8.",
            ask="What are the lowest and the highest int8?",
            symptom="nothing below the zero point comes back",
        ),
        dict(
            name="the zero point added before rounding",
            code="return np.clip(np.rint(array / scale + zero_point), -128, 127).astype(np.int8)",
            says="Round first and then add: np.rint takes a half to the even neighbour, which 3 more may change.",
            ask="Which code has 1.75 at scale 0.5 and zero point 3?",
            symptom="a code off by one, only halfway between two marks",
        ),
    ],
    "dequantize": [
        dict(
            name="subtracted in int8",
            code="return ((codes - np.int8(zero_point)) * scale).astype(np.float32)",
            says="Make float32 of the codes first: an int8 minus an int8 wraps around.",
            ask="What is 127 - (-128) in an int8?",
            symptom="the upper half comes back below 0",
        ),
        dict(
            name="the zero point added",
            code="return (codes.astype(np.float32) + zero_point) * scale",
            says="On the way back the zero point is subtracted.",
            ask="Which number must the zero point itself become?",
            symptom="all numbers are shifted by two zero points",
        ),
        dict(
            name="divided by the scale",
            code="return (codes.astype(np.float32) - zero_point) / scale",
            says="A code counts steps; times the scale it is the number.",
            ask="How far is mark 4 from mark 0, if two marks are 0.5 apart?",
            symptom="numbers of quite another size",
        ),
        dict(
            name="the zero point after the scale",
            code="return codes.astype(np.float32) * scale - zero_point",
            says="The zero point is a code: subtract it before you multiply.",
            ask="Is the zero point a code or a number?",
            symptom="right only where the zero point is 0",
        ),
        dict(
            name="no zero point",
            code="return codes.astype(np.float32) * scale",
            says="Subtract the zero point from the codes.",
            ask="Which number must the zero point itself become?",
            symptom="right only where the zero point is 0",
        ),
        dict(
            name="codes read as 0 to 255",
            code="return (codes.view(np.uint8).astype(np.float32) - zero_point) * scale",
            says="The codes are int8, from -128 to 127: codes.astype(np.float32).",
            ask="What becomes of code -1?",
            symptom="right for codes from 0 on, 256 steps too large below",
        ),
    ],
    "catch": [
        dict(
            name="both sides only",
            code=changed(CATCH, "[(-4, 7), (5, 6), (-3, -2)]", "[(-4, 7), (-5, 2)]"),
            says="Take numbers that are all above 0 too, and all below.",
            ask="For which numbers does the colleague's ruler fail?",
            symptom="the fault passes",
        ),
        dict(
            name="above 0 only",
            code=changed(CATCH, "[(-4, 7), (5, 6), (-3, -2)]", "[(-4, 7), (5, 6)]"),
            says="Numbers may all lie below 0 as well.",
            ask="Would you notice a ruler that is right above 0 and wrong below?",
            symptom="a ruler that loses negative numbers passes",
        ),
        dict(
            name="coarse is fine",
            code=changed(CATCH, "assert step <= 1.01 * reach / 255", "pass"),
            says="Look at the step too: with a step of 100 everything is within half a step.",
            ask="What would a ruler with a step of 100 do in your check?",
            symptom="a ruler that loses every digit passes",
        ),
        dict(
            name="coarse up to 60 times",
            code=changed(CATCH, "1.01 * reach / 255", "60 * reach / 255"),
            says="255 steps lead along the ruler; one of 1.01 * reach / 255 is the largest that is fair.",
            ask="How many codes does a ruler use whose step is twice as large as need be?",
            symptom="a ruler that uses a few of its codes passes",
        ),
        dict(
            name="a whole step allowed",
            code=changed(CATCH, "<= 0.51 * step", "<= 60 * step"),
            says="A number comes back within half a step: 0.51 * step.",
            ask="How far can a number be from the nearest mark?",
            symptom="rulers that are too short pass",
        ),
        dict(
            name="the step of its own range",
            code=changed(CATCH, "max(high, 0) - min(low, 0)", "high - low"),
            says="The ruler reaches 0: measure from the lowest or 0 to the highest or 0.",
            ask="How long is a ruler for 5, 5.5 and 6 that reaches 0?",
            symptom="right rulers are refused",
        ),
        dict(
            name="the mean only",
            code=changed(CATCH, "np.abs(there_and_back(array, calibrate) - array).max()",
                         "abs(there_and_back(array, calibrate).mean() - array.mean())"),
            says="Compare every number: errors of both signs cancel in a mean.",
            ask="Would you notice a ruler that cuts both ends short?",
            symptom="rulers that lose a few numbers pass",
        ),
    ],
    "calibrate": [
        dict(
            name="does not reach 0",
            code=changed(changed(CALIBRATE, "np.minimum(low, 0.0), np.maximum(high, 0.0)", "low, high"),
                         "np.asarray(zero_point, dtype=np.int8)",
                         "np.asarray(np.clip(zero_point, -128, 127), dtype=np.int8)"),
            says="Let the ruler reach 0: np.minimum(low, 0.0), np.maximum(high, 0.0).",
            ask="Which code stands for 0, if all numbers lie above it?",
            symptom="numbers on one side of 0 become one number",
        ),
        dict(
            name="only the low end reaches 0",
            code=changed(changed(CALIBRATE, "np.maximum(high, 0.0)", "high"),
                         "np.asarray(zero_point, dtype=np.int8)",
                         "np.asarray(np.clip(zero_point, -128, 127), dtype=np.int8)"),
            says="Numbers may all lie below 0: then the high end moves to 0.",
            ask="What does your ruler do with [-3, -2.5]?",
            symptom="numbers below 0 become one number",
        ),
        dict(
            name="always from 0",
            code=changed(CALIBRATE, "np.minimum(low, 0.0)", "np.zeros_like(low)"),
            says="The low end is the lowest number, if that is below 0.",
            ask="Where do negative numbers lie on your ruler?",
            symptom="negative numbers come back as 0",
        ),
        dict(
            name="the highest counts, not the furthest",
            code=changed(CALIBRATE, "np.maximum(high, -low) / 127", "high / 127"),
            says="Symmetric: the number furthest from 0 counts, on either side.",
            ask="How far does your symmetric ruler reach for [-7, 5]?",
            symptom="negative numbers are cut short",
        ),
        dict(
            name="half of both sides",
            code=changed(CALIBRATE, "np.maximum(high, -low) / 127", "(high - low) / 254"),
            says="A symmetric ruler reaches as far on both sides as the number furthest from 0.",
            ask="How far does your symmetric ruler reach for [-7, 5]?",
            symptom="the larger side is cut short",
        ),
        dict(
            name="127 steps for both kinds",
            code=changed(CALIBRATE, "(high - low) / 255", "(high - low) / 127"),
            says="From -128 to 127 are 255 steps.",
            ask="How many steps are there from code -128 to code 127?",
            symptom="half of the codes are never used",
        ),
        dict(
            name="256 steps",
            code=changed(CALIBRATE, "(high - low) / 255", "(high - low) / 256"),
            says="256 marks have 255 steps between them.",
            ask="How many steps lie between three marks?",
            symptom="the highest number is cut short by a step",
        ),
        dict(
            name="zero point from the middle",
            code=changed(CALIBRATE, "np.rint(-128 - low / scale)", "np.rint(-(low + high) / 2 / scale)"),
            says="The lowest number gets code -128: 0 lies -low / scale steps above it.",
            ask="Which code does the lowest number get with your zero point?",
            symptom="a zero point off by one, and an error of a step at one end",
        ),
        dict(
            name="the zero point cut off",
            code=changed(CALIBRATE, "np.rint(-128 - low / scale)", "np.ceil(-128 - low / scale - 0.999)"),
            says="Round the zero point to the nearest code: np.rint.",
            ask="Is your zero point the nearest code to 0?",
            symptom="errors of up to a step at the upper end",
        ),
        dict(
            name="one ruler after all",
            code=changed(CALIBRATE, "edges(array, axis, percentile)",
                         "(edge + 0 * edges(array, axis, percentile)[0] for edge in edges(array, None, percentile))"),
            says="Pass the axis on to edges.",
            ask="How many rulers are there with axis 0?",
            symptom="all rows get the same scale",
        ),
        dict(
            name="the percentile forgotten",
            code=changed(CALIBRATE, "edges(array, axis, percentile)", "edges(array, axis, 100.0)"),
            says="Pass the percentile on to edges.",
            ask="What does your ruler do with one number that is 100 times too large?",
            symptom="odd numbers stretch the ruler",
        ),
        dict(
            name="one zero point for all",
            code=changed(CALIBRATE, "np.zeros(scale.shape)", "0"),
            says="A symmetric ruler has a zero point for each scale: np.zeros(scale.shape).",
            ask="Which shape has your zero point, symmetric and with axis 0?",
            symptom="a zero point of shape () beside many scales",
        ),
        dict(
            name="zero point 0 for zeros",
            code=changed(CALIBRATE, "np.rint(-128 - low / scale)",
                         "np.rint(np.where(high > low, -128 - low / scale, 0))"),
            says="The code of low is -128, for zeros as well: divide by the scale, which is never 0.",
            ask="Which code does 0 get, if all numbers are 0?",
            symptom="a zero point made of 0 / 0",
        ),
        dict(
            name="a scale of 0",
            code=changed(CALIBRATE, "np.maximum(step, SMALLEST)", "np.where(step == 0, 1.0, step)"),
            says="A float32 cannot hold every small step: take SMALLEST at least, np.maximum(step, SMALLEST).",
            ask="What is a step of 1e-47 in float32?",
            symptom="scale 0, and codes of 0 / 0, for very small numbers",
        ),
    ],
    "quantized_linear": [
        dict(
            name="always per channel",
            code=changed(LAYER, "0 if per_channel else None", "0"),
            says="Only if per_channel is there a scale for each row; else axis=None.",
            ask="How many scales are there if per_channel is False?",
            symptom="per_channel changes nothing",
        ),
        dict(
            name="a scale for each column",
            code=changed(changed(LAYER, "0 if per_channel else None", "1 if per_channel else None"),
                         "(x @ codes.T) * self.scale.T", "x @ (codes * self.scale).T"),
            says="A row of the weight makes one number of the answer; its ruler goes along axis 0.",
            ask="Which axis of (out_features, in_features) counts the rows?",
            symptom="a scale of shape (1, in_features)",
        ),
        dict(
            name="affine without its zero point",
            code=changed(LAYER, "symmetric=True, ", ""),
            says="The codes of a weight are symmetric: symmetric=True, and no zero point to keep.",
            ask="Where does your layer keep the zero point?",
            symptom="codes cut short at one end",
        ),
        dict(
            name="floats made once",
            code=changed(changed(LAYER, "                    self.bias =", """\
                    self.floats = Tensor(quantize(weight, scale))
                    self.bias ="""), "codes = Tensor(self.codes.data)", "codes = self.floats"),
            says="Make the floats in forward and let them go: kept, they take four bytes for each weight again.",
            ask="How many bytes do all attributes of your layer take together?",
            symptom="a layer larger than the Linear that it was made from",
        ),
        dict(
            name="the float weight answers",
            code=changed(changed(LAYER, "                    self.bias =", """\
                    self.kept = weight.copy()
                    self.bias ="""), "y = (x @ codes.T) * self.scale.T", "y = x @ Tensor(self.kept).T"),
            says="Multiply with the codes and their scale; of the float weight nothing may remain.",
            ask="Which numbers does your forward multiply with?",
            symptom="answers without any error, and no byte saved",
        ),
        dict(
            name="a scale that learns",
            code=changed(LAYER, "Parameter(scale, requires_grad=False)", "Parameter(scale)"),
            says="None of them learns: Parameter(scale, requires_grad=False).",
            ask="What would an optimizer do with your scale?",
            symptom="scales drift away from their codes when something else learns",
        ),
        dict(
            name="multiplies codes",
            code=changed(LAYER, " * self.scale.T", ""),
            says="Codes count steps: multiply by the scale, before the product or after it.",
            ask="What is a code, without its scale?",
            symptom="answers far too large",
        ),
        dict(
            name="the bias forgotten",
            code=changed(LAYER, "y if self.bias is None else y + self.bias", "y"),
            says="Add the bias, if there is one.",
            ask="What does a Linear add at the end?",
            symptom="answers shifted",
        ),
        dict(
            name="the same bias",
            code=changed(LAYER, "Parameter(linear.bias.data, requires_grad=False)", "linear.bias"),
            says="Keep a bias of its own: Parameter(linear.bias.data, requires_grad=False).",
            ask="What happens to your layer when the Linear learns on?",
            symptom="the bias still learns, and changes in two places",
        ),
        dict(
            name="off the Tensors",
            code=changed(LAYER, "(x @ codes.T)", "Tensor(x.data @ codes.data.T)"),
            says="x stays a Tensor: x @ codes.T, so that a gradient can come through.",
            ask="How would a gradient get from y to x?",
            symptom="layers in front of it get no gradient",
        ),
        dict(
            name="the percentile forgotten",
            code=changed(LAYER, ", percentile=percentile)", ")"),
            says="Pass the percentile on to calibrate.",
            ask="What does percentile change in your layer?",
            symptom="percentile changes nothing",
        ),
    ],
    "integer_linear": [
        dict(
            name="multiplied in int8",
            code="""
                sums = (x_codes - x_zero) @ codes.T
                return (sums * (x_scale * scale.T)).astype(np.float32)
            """,
            says="Both to int32 first: a product of two int8 does not fit into one.",
            ask="What is 100 * 4 in an int8?",
            symptom="sums wrap around and look random",
        ),
        dict(
            name="subtracted in int8",
            code="""
                sums = (x_codes - x_zero).astype(np.int32) @ codes.astype(np.int32).T
                return (sums * (x_scale * scale.T)).astype(np.float32)
            """,
            says="To int32 before the zero point is subtracted.",
            ask="What is 127 - (-128) in an int8?",
            symptom="right only for zero points near 0",
        ),
        dict(
            name="the zero point forgotten",
            code="""
                sums = x_codes.astype(np.int32) @ codes.astype(np.int32).T
                return (sums * (x_scale * scale.T)).astype(np.float32)
            """,
            says="Subtract x_zero from the codes of x.",
            ask="Which code stands for 0 in x?",
            symptom="answers shifted, each column by another number",
        ),
        dict(
            name="without the scale of x",
            code="""
                sums = (x_codes.astype(np.int32) - x_zero) @ codes.astype(np.int32).T
                return (sums * scale.T).astype(np.float32)
            """,
            says="Both scales were pulled out of the sum; multiply with both.",
            ask="How many scales were pulled out?",
            symptom="all answers off by one factor",
        ),
        dict(
            name="one scale for all",
            code="""
                sums = (x_codes.astype(np.int32) - x_zero) @ codes.astype(np.int32).T
                return (sums * (x_scale * scale.mean())).astype(np.float32)
            """,
            says="Each row of the codes has its scale, and makes a column of the answer: scale.T.",
            ask="Which scale belongs to the second column of the answer?",
            symptom="columns off by different factors",
        ),
        dict(
            name="floats multiplied after all",
            code="""
                x = (x_codes.astype(np.float32) - x_zero) * x_scale
                return (x @ (codes.astype(np.float32) * scale).T).astype(np.float32)
            """,
            says="Multiply and add whole numbers, and both scales once at the end.",
            ask="How often does your function multiply by a scale?",
            symptom="sums rounded on the way, and nothing for a chip to win",
        ),
        dict(
            name="left in float64",
            code="""
                sums = (x_codes.astype(np.int32) - x_zero) @ codes.astype(np.int32).T
                return sums * (x_scale * scale.T)
            """,
            says="int32 times float32 is float64: .astype(np.float32) at the end.",
            ask="Which dtype has your answer?",
            symptom="answers of eight bytes each",
        ),
        dict(
            name="scales along the rows of the answer",
            code="""
                sums = (x_codes.astype(np.int32) - x_zero) @ codes.astype(np.int32).T
                return (sums * (x_scale * scale)).astype(np.float32)
            """,
            says="A scale belongs to a column of the answer: scale.T.",
            ask="Which scale belongs to the second column of the answer?",
            symptom="an error of broadcasting, or wrong answers where rows and columns are as many",
        ),
        dict(
            name="added up in int16",
            code="""
                sums = (x_codes.astype(np.int16) - x_zero) @ codes.astype(np.int16).T
                return (sums * (x_scale * scale.T)).astype(np.float32)
            """,
            says="A product needs 16 bits, and a sum of many more: int32.",
            ask="How large can 50 products of 255 and 127 become together?",
            symptom="right for short rows only",
        ),
    ],
    "quantize_model": [
        dict(
            name="the top level only",
            code=changed(MODEL, """if isinstance(part, Module):
                        setattr(twin, name, quantize_model(part, per_channel, percentile))""",
                         """if isinstance(part, Linear):
                        setattr(twin, name, QuantizedLinear(part, per_channel, percentile))"""),
            says="A Module among the attributes may hold layers itself: call quantize_model for it.",
            ask="What about a Linear inside a Sequential inside the model?",
            symptom="inner layers stay float32",
        ),
        dict(
            name="in place",
            code=changed(changed(MODEL, "copy.copy(model)", "model"), "vars(model).items()",
                         "list(vars(model).items())"),
            says="Work on a copy: twin = copy.copy(model).",
            ask="What is left of the float model?",
            symptom="the model that was given is quantized",
        ),
        dict(
            name="Parameters shared",
            code=changed(MODEL, """
                    elif isinstance(part, Parameter):
                        setattr(twin, name, copy.deepcopy(part))""", ""),
            says="A shallow copy has the same Parameters: copy them with copy.deepcopy.",
            ask="What happens to the new model when the given one learns on?",
            symptom="a Parameter changes in two models",
        ),
        dict(
            name="options for the first level only",
            code=changed(MODEL, "quantize_model(part, per_channel, percentile)", "quantize_model(part)"),
            says="Pass per_channel and percentile on.",
            ask="Which options do the inner layers get?",
            symptom="options change nothing",
        ),
        dict(
            name="the percentile forgotten",
            code=changed(MODEL, "quantize_model(part, per_channel, percentile)", "quantize_model(part, per_channel)"),
            says="Pass the percentile on as well.",
            ask="Which percentile do the inner layers get?",
            symptom="percentile changes nothing",
        ),
        dict(
            name="not a single Linear",
            code=changed(MODEL, """if isinstance(model, Linear):
                    return QuantizedLinear(model, per_channel, percentile)
""", """if isinstance(model, Linear) and False:
                    return model
"""),
            says="A Linear becomes QuantizedLinear(model, per_channel, percentile).",
            ask="Where in your function is a QuantizedLinear made?",
            symptom="nothing is quantized",
        ),
    ],
    "code_bytes": [
        dict(name="codes only", code="code_bytes = n * hidden + hidden * classes",
             says="Scales and biases are kept too, in float32.", ask="What else does a QuantizedLinear keep?",
             symptom="too small by eight bytes a row"),
        dict(name="biases forgotten", code="code_bytes = n * hidden + hidden * classes + 4 * (hidden + classes)",
             says="Each row has a scale and a bias, 4 bytes each.", ask="What else does a row have beside its scale?",
             symptom="too small by four bytes a row"),
        dict(name="a quarter of all", code="code_bytes = n * hidden + hidden + hidden * classes + classes",
             says="Only the weights become codes; scales and biases keep 4 bytes.", ask="How many bytes has a bias?",
             symptom="a quarter of the float network"),
        dict(name="one scale a layer", code="code_bytes = n * hidden + hidden * classes + 4 * (hidden + classes) + 8",
             says="Per channel: a scale for each row.", ask="How many scales does the first layer have?",
             symptom="too small"),
        dict(name="scales for columns",
             code="code_bytes = n * hidden + hidden * classes + 4 * (n + 2 * hidden + classes)",
             says="A scale for each row, and a row makes one number of the answer.", ask="How many rows has a weight?",
             symptom="counts a scale for each input"),
    ],
    "codes_left": [
        dict(name="one side", code="codes_left = round(127 * within / outlier)",
             says="The others lie on both sides of 0, and 0 is a code too.", ask="What about the numbers below 0?",
             symptom="fewer than half"),
        dict(name="without 0", code="codes_left = 2 * round(127 * within / outlier)",
             says="0 is a code as well.", ask="Which code do numbers near 0 get?", symptom="one too few"),
        dict(name="rounded down", code="codes_left = 2 * int(127 * within / outlier) + 1",
             says="A number gets the nearest code: round.", ask="Which code does the largest of the others get?",
             symptom="two too few"),
        dict(name="of 255 steps", code="codes_left = 2 * round(255 * within / outlier) + 1",
             says="A symmetric ruler has 127 steps from 0 to the largest number.",
             ask="How long is one step of this ruler?", symptom="about twice as many"),
        dict(name="all of them", code="codes_left = 255",
             says="One step is outlier / 127. How many of those are there up to `within`?",
             ask="How long is one step of this ruler?", symptom="as if there were no odd number"),
    ],
}

REST = "there_and_back(array, calibrate) - array).max()"

SURVIVORS = {
    "quantize": {
        "`np.clip(np.rint(array / scale) + zero_point, -128, 127)` becomes "
        "`np.clip(-128, np.rint(array / scale) + zero_point, 127)`": "right: which of two is the larger is all one",
    },
    "catch": {
        **{f"`[(-4, 7), (5, 6), (-3, -2)]` becomes `{pairs}`": "right: any numbers on both sides, above and below"
           for pairs in ("[(-4, 8), (5, 6), (-3, -2)]", "[(-4, 6), (5, 6), (-3, -2)]", "[(-4, 7), (6, 6), (-3, -2)]",
                         "[(-4, 7), (4, 6), (-3, -2)]", "[(-4, 7), (5, 7), (-3, -2)]", "[(-4, 7), (5, 5), (-3, -2)]",
                         "[(-5, 7), (5, 6), (-3, -2)]", "[(-3, 7), (5, 6), (-3, -2)]", "[(-4, 7), (5, 6), (-4, -2)]",
                         "[(-4, 7), (5, 6), (-2, -2)]", "[(-4, 7), (5, 6), (-3, -3)]", "[(-4, 7), (5, 6), (-3, -1)]")},
        **{f"`np.linspace(low, high, 50, dtype=np.float32)` becomes `np.linspace({other})`":
           "right: any numbers between the two"
           for other in ("low, high, 50", "high, low, 50, dtype=np.float32", "low, high, 51, dtype=np.float32",
                         "low, high, 49, dtype=np.float32")},
        **{f"`np.abs({REST} <= 0.51 * step` becomes `np.abs({REST} {other}`":
           "right: a wrong ruler loses its ends by more than a step"
           for other in ("< 0.51 * step", "<= step", "<= 1.02 * step")},
        "`step <= 1.01 * reach / 255` becomes `step < 1.01 * reach / 255`": "right: one per cent is for rounding",
        "`1.01 * reach` becomes `reach`": "right: one per cent is for rounding",
        "`1.01 * reach / 255` becomes `1.01 * reach / 256`": "right: one per cent is for rounding",
        "`1.01 * reach / 255` becomes `1.01 * reach / 254`": "right: one per cent is for rounding",
        "`max(high, 0)` becomes `max(0, high)`": "right: the larger of two in either order",
        "`max(high, 0) - min(low, 0)` becomes `max(high, 0) - min(0, low)`":
        "right: the smaller of two in either order",
        "`max(high, 0)` becomes `max(high, 1)`":
        "the ruler for -3 to -2 may be a third coarser; others see a coarse one",
        "`max(high, 0) - min(low, 0)` becomes `max(high, 0) - min(low, -1)`":
        "the ruler for 5 to 6 may be a sixth coarser; others see a coarse one",
    },
    "calibrate": {
        "`np.minimum(low, 0.0)` becomes `np.minimum(0.0, low)`": "right: the smaller of two in either order",
        "`np.maximum(high, 0.0)` becomes `np.maximum(0.0, high)`": "right: the larger of two in either order",
        "`np.maximum(step, SMALLEST)` becomes `np.maximum(SMALLEST, step)`": "right: the larger of two in either order",
        "`np.maximum(high, -low)` becomes `np.maximum(-low, high)`": "right: the larger of two in either order",
        "`-128 - low / scale` becomes `128 - low / scale`": "256 more is the same int8, where floats wrap around in it",
    },
    "codes_left": {
        "`127 * within` becomes `128 * within`": "rounds to the same number for these sizes",
        "`127 * within` becomes `126 * within`": "rounds to the same number for these sizes",
    },
}
