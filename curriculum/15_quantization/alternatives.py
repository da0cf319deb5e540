"""Right answers written differently. `code` stands in place of the exercise's solution region."""

ALTERNATIVES = {
    "quantize": [
        dict(
            name="step by step, in place",
            code="""
                codes = np.round(np.asarray(array, dtype=np.float64) / scale)
                codes += zero_point
                codes[codes < -128] = -128
                codes[codes > 127] = 127
                return codes.astype("int8")
            """,
        ),
        dict(
            name="clipped before the zero point",
            code="""
                zero_point = np.asarray(zero_point, dtype=np.float64)
                marks = np.clip(array / scale, -128 - zero_point, 127 - zero_point)
                return (np.rint(marks) + zero_point).astype(np.int8)
            """,
        ),
    ],
    "dequantize": [
        dict(
            name="by way of int32",
            code="""
                steps = np.subtract(codes, zero_point, dtype=np.int32)
                return (steps * scale).astype(np.float32)
            """,
        ),
        dict(
            name="multiplied out",
            code="""
                scale = np.asarray(scale, dtype=np.float32)
                return np.float32(codes) * scale - np.float32(zero_point) * scale
            """,
        ),
    ],
    "catch": [
        dict(
            name="many arrays drawn",
            code="""
                rng = np.random.default_rng(3)
                for low, high in [(-1, 2), (4, 5), (-9, -8), (0, 300), (-0.02, 0)]:
                    array = rng.uniform(low, high, 500).astype(np.float32)
                    scale, zero_point = calibrate(array)
                    back = dequantize(quantize(array, scale, zero_point), scale, zero_point)
                    if np.abs(back - array).max() > 0.51 * scale:
                        raise AssertionError("numbers are lost")
                    reach = max(high, 0) - min(low, 0)
                    if 255 * scale > 1.02 * reach:
                        raise AssertionError("coarse")
            """,
        ),
        dict(
            name="by the ends",
            code="""
                for ends in ([5, 6], [-6, -5], [-5, 6]):
                    array = np.linspace(*ends, 50, dtype=np.float32)
                    scale, zero_point = map(float, calibrate(array))
                    wanted = (max(ends[1], 0) - min(ends[0], 0)) / 255
                    assert np.isclose(scale, wanted, rtol=1e-3)
                    lowest, highest = (-128 - zero_point) * scale, (127 - zero_point) * scale
                    assert lowest - 0.51 * scale <= ends[0] and ends[1] <= highest + 0.51 * scale
            """,
        ),
    ],
    "calibrate": [
        dict(
            name="symmetric returns early",
            code="""
                low, high = edges(array, axis, percentile)
                low, high = np.where(low > 0, 0, low), np.where(high < 0, 0, high)
                if symmetric:
                    furthest = np.maximum(np.abs(low), np.abs(high))
                    scale = np.clip(furthest / 127, SMALLEST, None).astype(np.float32)
                    return np.asarray(scale), np.zeros(np.shape(scale), dtype=np.int8)
                scale = np.clip((high - low) / 255, SMALLEST, None)
                zero_point = -128 - np.rint(low / scale)
                return np.asarray(scale, dtype=np.float32), np.asarray(zero_point, dtype=np.int8)
            """,
        ),
        dict(
            name="the zero point counted in steps",
            code="""
                low, high = (np.stack([edge, 0 * edge]) for edge in edges(array, axis, percentile))
                low, high = low.min(axis=0), high.max(axis=0)
                step = np.max([high, -low], axis=0) / 127 if symmetric else (high - low) / 255
                step = np.asarray(np.maximum(step, SMALLEST))
                zero_point = 0 * step if symmetric else np.round(-low / step) - 128
                return step.astype(np.float32), np.clip(zero_point, -128, 127).astype(np.int8)
            """,
        ),
    ],
    "quantized_linear": [
        dict(
            name="dequantized before the product",
            code="""
                def __init__(self, linear, per_channel=True, percentile=100.0):
                    weight = linear.weight.numpy().copy()
                    ruler = calibrate(weight, True, 0 if per_channel else None, percentile)
                    self.scale = Parameter(ruler[0], requires_grad=False)
                    self.codes = Parameter(quantize(weight, *ruler), False, np.int8)
                    self.bias = None
                    if linear.bias is not None:
                        self.bias = Parameter(linear.bias.data.copy(), requires_grad=False)

                def forward(self, x):
                    y = x @ Tensor(dequantize(self.codes.data, self.scale.data).T)
                    if self.bias is not None:
                        y = y + self.bias
                    return y
            """,
        ),
        dict(
            name="a scale for each column of the answer",
            code="""
                def __init__(self, linear: Linear, per_channel: bool = True, percentile: float = 100.0) -> None:
                    axis = 0 if per_channel else None
                    scale = calibrate(linear.weight.data, symmetric=True, axis=axis, percentile=percentile)[0]
                    codes = quantize(linear.weight.data, scale, 0)
                    self.codes = Parameter(codes, requires_grad=False, dtype=np.int8)
                    self.scale = Parameter(scale, requires_grad=False)
                    self.bias = None if linear.bias is None else Parameter(linear.bias, requires_grad=False)

                def forward(self, x: Tensor) -> Tensor:
                    columns = Tensor(self.codes.data.T * np.ravel(self.scale.data))
                    return x @ columns if self.bias is None else x @ columns + self.bias
            """,
        ),
    ],
    "integer_linear": [
        dict(
            name="the zero point taken out of the sum",
            code="""
                rows, weight = np.int32(x_codes), np.int32(codes)
                sums = rows @ weight.T - np.int32(x_zero) * weight.sum(axis=1)
                return np.float32(x_scale * sums * scale.ravel())
            """,
        ),
        dict(
            name="einsum",
            code="""
                steps = np.subtract(x_codes, x_zero, dtype=np.int32)
                sums = np.einsum("ri,oi->ro", steps, codes.astype(np.int32))
                return (sums * x_scale * scale[:, 0]).astype(np.float32)
            """,
        ),
    ],
    "quantize_model": [
        dict(
            name="a deep copy, then in place",
            code="""
                def converted(part):
                    if isinstance(part, Linear):
                        return QuantizedLinear(part, per_channel, percentile)
                    for name, inner in list(vars(part).items()):
                        if isinstance(inner, Module):
                            setattr(part, name, converted(inner))
                    return part
                return converted(copy.deepcopy(model))
            """,
        ),
        dict(
            name="a new object of the same class",
            code="""
                if isinstance(model, Linear):
                    return QuantizedLinear(model, per_channel=per_channel, percentile=percentile)
                twin = object.__new__(type(model))
                for name, part in vars(model).items():
                    if isinstance(part, Module):
                        vars(twin)[name] = quantize_model(part, per_channel, percentile)
                    else:
                        vars(twin)[name] = copy.deepcopy(part)
                return twin
            """,
        ),
    ],
}
