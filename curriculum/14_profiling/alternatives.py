"""Right answers written differently. `code` stands in place of the exercise's solution region."""

ALTERNATIVES = {
    "flops": [
        dict(
            name="products first, by way of arrays",
            code="""
                made = int(np.prod(out_shape))
                if name in ("matmul", "conv2d"):
                    terms = shapes[0][-1] if name == "matmul" else int(np.prod(shapes[1][1:]))
                    return 2 * made * terms + made * (len(shapes) - 2)
                if name in MOVES:
                    return 0
                return int(np.prod(shapes[0])) if name in REDUCTIONS else made * PER_NUMBER.get(name, 1)
            """,
        ),
        dict(
            name="a dict of counts",
            code="""
                numbers = math.prod(out_shape)
                counts = {move: lambda: 0 for move in MOVES}
                counts.update({name: lambda: math.prod(shapes[0]) for name in REDUCTIONS})
                counts["matmul"] = lambda: 2 * shapes[0][-1] * numbers
                counts["conv2d"] = lambda: numbers * (2 * math.prod(shapes[1]) // shapes[1][0] + len(shapes[2:]))
                return counts.get(name, lambda: PER_NUMBER.get(name, 1) * numbers)()
            """,
        ),
    ],
    "observer": [
        dict(
            name="by keyword",
            code="""
                def observed(forward, *inputs, **options):
                    before = self.clock()
                    answer = step(forward, *inputs, **options)
                    after = self.clock()
                    arrays = arrays_of(inputs)
                    shapes = tuple([array.shape for array in arrays])
                    self.operations += [Operation(
                        elapsed_s=after - before, start_s=before, name=forward.__name__, direction="forward",
                        shapes=shapes, out_shape=answer.data.shape, dtype=answer.dtype.name,
                        flops=flops(forward.__name__, shapes, answer.shape),
                        moved_bytes=moved_bytes(arrays, [answer.data]))]
                    return answer
                return observed
            """,
        ),
        dict(
            name="shapes first, then the clock",
            code="""
                def apply(forward, *inputs, **options):
                    arrays = arrays_of(inputs)
                    shapes = tuple(array.shape for array in arrays)
                    started = self.clock()
                    out = step(forward, *inputs, **options)
                    ended = self.clock()
                    work = flops(forward.__name__, shapes, out.shape)
                    moved = moved_bytes(arrays, [out.data])
                    kind = str(out.data.dtype)
                    self.operations.append(Operation(forward.__name__, "forward", shapes, out.shape, kind, work, moved,
                                                     started, ended - started))
                    return out
                return apply
            """,
        ),
    ],
    "profiler": [
        dict(
            name="by keyword",
            code="""
                def observed(node, grad_out):
                    before = self.clock()
                    answer = ask(node, grad_out)
                    after = self.clock()
                    arrays = arrays_of(node.inputs)
                    shapes = tuple([array.shape for array in arrays])
                    self.operations += [Operation(
                        name=node.rule.name, direction="backward", shapes=shapes, out_shape=node.out.shape,
                        dtype=grad_out.dtype.name, start_s=before, elapsed_s=after - before,
                        flops=backward_flops(node.rule.name, shapes, node.out.shape, node.wants),
                        moved_bytes=moved_bytes(arrays + [grad_out], answer))]
                    return answer
                return observed
            """,
        ),
    ],
    "ranking": [
        dict(
            name="a sum for each label",
            code="""
                own = own_s(operations)
                labels = dict.fromkeys(op.label for op in operations)
                pairs = [(label, float(sum(s for op, s in zip(operations, own) if op.label == label)))
                         for label in labels]
                pairs.sort(key=lambda pair: -pair[1])
                return pairs
            """,
        ),
    ],
    "amdahl": [
        dict(
            name="by way of what is saved",
            code="""
                if times != times or times <= 0 or not (share >= 0 and share <= 1):
                    raise ValueError("share from 0 to 1, times above 0")
                left = 1 - share * (1 - 1 / times)
                if left == 0:
                    return math.inf
                return 1 / left
            """,
        ),
        dict(
            name="all of it apart",
            code="""
                if math.isnan(share) or math.isnan(times) or share < 0 or share > 1 or times <= 0:
                    raise ValueError("share from 0 to 1, times above 0")
                return float(times) if share == 1 else 1 / (1 - share + share / times)
            """,
        ),
    ],
    "catch": [
        dict(
            name="drawn numbers, NumPy's own tester",
            code="""
                x = np.random.default_rng(5).normal(size=(7, 4)).astype(np.float32)
                variances = [2.0, 5.0, 0.1, 30.0]
                with Profiler() as seen:
                    out = standardize(Tensor(x), variances)
                np.testing.assert_allclose(out.data, x / np.sqrt(variances), rtol=1e-4)
                dtypes = {op.dtype for op in seen.operations}
                if dtypes != {"float32"}:
                    raise AssertionError(f"dtypes {dtypes}")
            """,
        ),
    ],
    "standardized": [
        dict(
            name="cast after the root",
            code="""
                return array / np.sqrt(variances).astype(array.dtype)
            """,
        ),
        dict(
            name="column by column",
            code="""
                out = np.empty_like(array)
                for column, variance in enumerate(variances):
                    out[:, column] = array[:, column] / math.sqrt(variance)
                return out
            """,
        ),
    ],
}
