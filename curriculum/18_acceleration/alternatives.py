"""Right answers written differently. `code` stands in place of the exercise's solution region."""

ALTERNATIVES = {
    "cross_entropy": [
        dict(
            name="probabilities from the logarithms",
            code="""
                rows = np.arange(len(ids))
                shifted = logits - np.max(logits, axis=1)[:, None]
                log_probs = shifted - np.log(np.exp(shifted).sum(axis=1))[:, None]
                if keep is not None:
                    keep["probs"] = np.exp(log_probs)
                return -log_probs[rows, ids].mean()
            """,
        ),
        dict(
            name="the right ones taken along the axis",
            code="""
                shifted = logits - logits.max(axis=-1, keepdims=True)
                powers = np.exp(shifted)
                sums = powers.sum(axis=-1, keepdims=True)
                if keep is not None:
                    keep.update(probs=powers / sums)
                right = np.take_along_axis(shifted, ids[:, None], axis=1)
                return np.mean(np.log(sums) - right)
            """,
        ),
    ],
    "cross_entropy_rule": [
        dict(
            name="a table of ones",
            code="""
                right = np.zeros_like(kept["probs"])
                right[range(len(ids)), ids] = 1
                return ((kept["probs"] - right) * (grad_out / len(ids)),)
            """,
        ),
        dict(
            name="copied first",
            code="""
                grad = kept["probs"].copy()
                for row, right in enumerate(ids):
                    grad[row, right] -= 1
                grad *= grad_out / len(ids)
                return (grad,)
            """,
        ),
    ],
    "catch": [
        dict(
            name="written and read again",
            code="""
                pool, held = pool_of(), []
                for number in range(6):
                    array = pool.take((100, 1000))
                    array[...] = number
                    held.append(array[7] if number % 2 else array)
                    del array
                for number, kept in enumerate(held):
                    assert (kept == number).all(), "somebody else wrote into it"
            """,
        ),
        dict(
            name="all pairs by hand",
            code="""
                pool = pool_of()
                a, b, c = (pool.take((200, 500)) for _ in range(3))
                row = pool.take((200, 500))[11]
                d, e = pool.take((200, 500)), pool.take((200, 500))
                every = [a, b, c, row, d, e]
                pairs = [(x, y) for x in every for y in every if x is not y]
                assert not any(np.shares_memory(x, y) for x, y in pairs)
                assert all(every[i] is not every[j] for i in range(6) for j in range(i))
            """,
        ),
    ],
    "repair": [
        dict(
            name="the free places as a list",
            code="""
                        free = [at for at in range(len(buffers)) if not held(buffers, at)]
                        if not free:
                            buffers.append(np.empty(size, dtype=np.uint8))
                            self.made += 1
                            free = [len(buffers) - 1]
                        at = free[0]
            """,
        ),
        dict(
            name="from the end",
            code="""
                        at = len(buffers) - 1
                        while at >= 0 and held(buffers, at):
                            at -= 1
                        if at < 0:
                            self.made = self.made + 1
                            buffers.append(np.zeros(size, np.uint8))
                            at = len(buffers) - 1
            """,
        ),
    ],
    "lowered": [
        dict(
            name="stacked",
            code="""
                shifts = [picture[:, :, j:j + stride_w * (out_w - 1) + 1:stride_w] for j in range(kernel_w)]
                return np.stack(shifts, axis=2)
            """,
        ),
        dict(
            name="a view of windows",
            code="""
                windows = np.lib.stride_tricks.sliding_window_view(picture, kernel_w, axis=2)[:, :, ::stride_w]
                out = POOL.take((rows, channels, kernel_w, out_w, batch), images.dtype)
                out[...] = windows.transpose(0, 1, 4, 2, 3)
                return out
            """,
        ),
    ],
    "conv2d": [
        dict(
            name="product first, then its place",
            code="""
                column = 0 if bias is None else bias[:, None]
                for row, first in enumerate(range(0, stride[0] * out_h, stride[0])):
                    table = rows[first:first + kernel_h].reshape(flat.shape[1], out_w * batch)
                    out[row] = flat @ table + column
            """,
        ),
        dict(
            name="one product of views",
            code="""
                starts = stride[0] * np.arange(out_h)
                tables = np.stack([rows[start:start + kernel_h].reshape(flat.shape[1], -1) for start in starts])
                np.matmul(flat, tables, out=out)
                if bias is not None:
                    out += bias[:, None]
            """,
        ),
    ],
    "accelerate": [
        dict(
            name="a table of forwards",
            code="""
                forwards = {name: fast.forward for name, fast in FAST.items()}

                def apply(forward: Callable[..., Any], *inputs: Any, **options: Any) -> Tensor:
                    return step(forwards.get(forward.__name__, forward), *inputs, **options)
                return apply
            """,
        ),
        dict(
            name="two ways on",
            code="""
                def apply(forward: Callable[..., Any], *inputs: Any, **options: Any) -> Tensor:
                    fast = FAST.get(forward.__name__)
                    if fast is None:
                        return step(forward, *inputs, **options)
                    return step(fast.forward, *inputs, **options)
                return apply
            """,
        ),
    ],
}
