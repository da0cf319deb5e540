"""Right answers written differently. `code` stands in place of the exercise's solution region."""

ALTERNATIVES = {
    "numerical_gradient": [
        dict(
            name="a nudge array for each place",
            code="""
                slopes = np.empty_like(array)
                for at in np.ndindex(array.shape):
                    nudge = np.zeros_like(array)
                    nudge[at] = eps
                    slopes[at] = (function(array + nudge) - function(array - nudge)) / (2 * eps)
                return slopes
            """,
        ),
        dict(
            name="over a flat copy",
            code="""
                found = []
                for at in range(array.size):
                    up, down = array.flatten(), array.flatten()
                    up[at] += eps
                    down[at] -= eps
                    found.append((function(up.reshape(array.shape)) - function(down.reshape(array.shape))) / eps / 2)
                return np.array(found).reshape(array.shape)
            """,
        ),
    ],
    "product_rules": [
        dict(
            name="np.matmul and np.swapaxes",
            code="""
                @rule(np.multiply)
                def of_multiply(grad_out, out, a, b):
                    return np.multiply(grad_out, b), np.multiply(a, grad_out)


                @rule(np.matmul, needs=True)
                @of_tables
                def of_matmul(grad_out, out, a, b, needs):
                    gradients = [None, None]
                    if needs[0]:
                        gradients[0] = np.matmul(grad_out, np.swapaxes(b, -2, -1))
                    if needs[1]:
                        gradients[1] = np.matmul(np.swapaxes(a, -2, -1), grad_out)
                    return gradients
            """,
        ),
        dict(
            name="einsum",
            code="""
                @rule("multiply")
                def multiply_rule(grad_out, out, a, b):
                    return b * grad_out, a * grad_out


                @rule("matmul", needs=True)
                @of_tables
                def matmul_rule(grad_out, out, a, b, needs):
                    grad_a = np.einsum("...ij,...kj->...ik", grad_out, b) if needs[0] else None
                    return grad_a, np.einsum("...ki,...kj->...ij", a, grad_out) if needs[1] else None
            """,
        ),
    ],
    "other_rules": [
        dict(
            name="a view of the stretched gradient",
            code="""
                @rule(np.sum)
                def sum_rule(grad_out, out, a, axis=None, keepdims=False):
                    if axis is None or keepdims:
                        return (np.broadcast_to(grad_out, a.shape),)
                    return (np.broadcast_to(np.expand_dims(grad_out, axis), a.shape),)


                @rule("reshape")
                def reshape_rule(grad_out, out, a, shape):
                    return (np.reshape(grad_out, a.shape),)


                @rule(np.exp)
                def exp_rule(grad_out, out, a):
                    return (out * grad_out,)
            """,
        ),
        dict(
            name="the shape with ones, and exp once more",
            code="""
                @rule(np.sum)
                def sum_rule(grad_out, out, a, axis=None, keepdims=False):
                    shape = a.sum(axis=axis, keepdims=True).shape
                    return (np.ones_like(a) * np.reshape(grad_out, shape),)


                @rule("reshape")
                def reshape_rule(grad_out, out, a, shape):
                    return [grad_out.reshape(*a.shape)]


                @rule(np.exp)
                def exp_rule(grad_out, out, a):
                    return [np.exp(a) * grad_out]
            """,
        ),
    ],
    "unbroadcast": [
        dict(
            name="axis after axis",
            code="""
                while grad.ndim > len(shape):
                    grad = grad.sum(axis=0)
                for at, length in enumerate(shape):
                    if length == 1:
                        grad = grad.sum(axis=at, keepdims=True)
                return grad
            """,
        ),
        dict(
            name="ones in front",
            code="""
                padded = (1,) * (grad.ndim - len(shape)) + tuple(shape)
                axes = tuple(at for at, (n, m) in enumerate(zip(padded, grad.shape)) if n != m)
                return grad.sum(axis=axes, keepdims=True).reshape(shape)
            """,
        ),
    ],
    "backward": [
        dict(
            name="wanted inputs first",
            code="""
                for node in nodes:
                    found = ask(node, grads.pop(node))
                    for at, x in enumerate(node.inputs):
                        if node.wants[at]:
                            one = unbroadcast(found[at], x._data.shape)
                            if x._node is None:
                                x.grad = np.array(one if x.grad is None else x.grad + one, dtype=x.dtype)
                            else:
                                grads[x._node] = one + grads.get(x._node, 0)
                    node.free()
            """,
        ),
        dict(
            name="leaves gathered like nodes",
            code="""
                leaves = {}
                for node in nodes:
                    for x, wanted, one in zip(node.inputs, node.wants, ask(node, grads[node])):
                        if wanted:
                            one = unbroadcast(one, x.shape)
                            kept, key = (leaves, x) if x._node is None else (grads, x._node)
                            key = id(key) if kept is leaves else key
                            before = kept[key] if key in kept else None
                            if kept is leaves:
                                kept[key] = (x, one if before is None else before[1] + one)
                            else:
                                kept[key] = one if before is None else before + one
                    node.free()
                for x, total in leaves.values():
                    x.grad = np.array(total if x.grad is None else x.grad + total, dtype=x.dtype)
            """,
        ),
    ],
    "catch": [
        dict(
            name="by way of a loss",
            code="""
                model = make(5)
                CrossEntropyLoss()(model(Tensor(np.full((3, 2, 3), 40.0))), np.array([3, 1, 2])).backward()
                for name, parameter in model.named_parameters():
                    parameter.missed = parameter.grad is None
                names = [name for name, parameter in model.named_parameters() if parameter.missed]
                if names:
                    raise AssertionError("these stay where they are: " + " and ".join(names))
            """,
        ),
    ],
    "repair": [
        dict(
            name="by hand",
            code="""
                rows = images.reshape(len(images), -1) * (1 / 255)
                return rows @ self.weight.T + self.bias
            """,
        ),
    ],
    "forward_runs": [
        dict(name="layer by layer", code="forward_runs = 2 * (n + 1) * hidden + 2 * (hidden + 1) * classes"),
    ],
    "node_count": [
        dict(name="four a layer, less one", code="node_count = 4 * depth + 4"),
    ],
}
