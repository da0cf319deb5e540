"""Right answers written differently. `code` stands in place of the exercise's solution region."""

ALTERNATIVES = {
    "log_softmax": [
        dict(
            name="the largest added back",
            code="""
                top = np.max(array, axis=axis, keepdims=True)
                whole = top + np.log(np.sum(np.exp(array - top), axis=axis, keepdims=True))
                return array - whole
            """,
        ),
        dict(
            name="two at a time",
            code="return array - np.logaddexp.reduce(array, axis=axis, keepdims=True)",
        ),
    ],
    "cross_entropy": [
        dict(
            name="a table with a 1 at the right class",
            code="""
                right = Tensor(np.eye(logits.shape[1])[ids])
                return (right * log_softmax(logits, axis=1)).sum() / -len(ids)
            """,
        ),
        dict(
            name="row by row",
            code="""
                log_probs, total = log_softmax(logits), 0.0
                for row, right in enumerate(ids):
                    total = total - log_probs[row, int(right)]
                return total / len(ids)
            """,
        ),
    ],
    "bce": [
        dict(
            name="from no towards yes",
            code="""
                log_no = bounded_log(1 - probs)
                return (targets * (log_no - bounded_log(probs)) - log_no).mean()
            """,
        ),
        dict(
            name="two means",
            code="""
                yes = (targets * bounded_log(probs)).mean()
                no = ((1 - targets) * bounded_log(1 - probs)).mean()
                return -yes - no
            """,
        ),
    ],
    "slope": [
        dict(
            name="a nudge as a Tensor",
            code="""
                way = np.zeros(x.shape)
                way[at] = nudge
                step = Tensor(way, dtype=x.dtype)
                return (loss_of(x + step) - loss_of(x - step)).item() / (nudge + nudge)
            """,
        ),
        dict(
            name="a loop over both sides",
            code="""
                losses = []
                for sign in (1, -1):
                    moved = x.data.copy()
                    moved[at] = moved[at] + sign * nudge
                    losses.append(loss_of(Tensor(moved, dtype=x.dtype)).item())
                return (losses[0] - losses[1]) / nudge / 2
            """,
        ),
    ],
    "catch": [
        dict(
            name="held against CrossEntropyLoss",
            code="""
                targets = np.array([1, 4, 2, 0])
                for certainty in (0, 1, 20):
                    logits = Tensor(certainty * np.eye(5)[targets])
                    expected = CrossEntropyLoss()(logits, targets).item()
                    assert np.isclose(report_of(logits, targets)[1], expected, atol=1e-3)
            """,
        ),
        dict(
            name="one row at a time",
            code="""
                for scores, expected in [([0, 0, 0, 0], math.log(4)), ([0, 50, 0, 0], 0)]:
                    loss = report_of(Tensor([scores, scores, scores]), np.array([1, 1, 1]))[1]
                    if not abs(loss - expected) < 0.001:
                        raise AssertionError(f"expected {expected}, found {loss}")
            """,
        ),
    ],
    "repair": [
        dict(
            name="the share by softmax, the loss by logits",
            code="""
                best = Softmax()(logits).argmax(axis=1).numpy()
                return np.mean(best == targets), CrossEntropyLoss()(logits, targets).item()
            """,
        ),
        dict(
            name="counted",
            code="""
                hits = sum(int(row.argmax().item()) == right for row, right in zip(logits, targets))
                return hits / len(targets), CrossEntropyLoss().forward(logits, targets).item()
            """,
        ),
    ],
    "chance_check": [
        dict(
            name="with NumPy where it only looks",
            code="""
                logits = model(images)
                scores = logits.numpy()
                sums = scores.sum(axis=1)
                if np.all(scores >= 0) and np.allclose(sums, 1, atol=1e-3):
                    raise ValueError("rows sum to 1: the model ends in Softmax")
                loss, expected = CrossEntropyLoss()(logits, targets).item(), np.log(scores.shape[1])
                if not expected - slack <= loss <= expected + slack:
                    raise ValueError(f"expected a loss near {expected:.2f}, found {loss:.2f}")
                return loss
            """,
        ),
        dict(
            name="one message for both",
            code="""
                logits = model(images)
                loss = CrossEntropyLoss()(logits, targets).item()
                chance = math.log(len(logits.data[0]))
                probs = bool((logits.data >= 0).all()) and bool((abs(logits.data.sum(axis=1) - 1) < 1e-3).all())
                if probs or not abs(loss - chance) <= slack:
                    raise ValueError(f"loss {loss}, ln(classes) {chance}, rows are probabilities: {probs}")
                return loss
            """,
        ),
    ],
    "narrowed": [
        dict(name="as a surprise", code="narrowed = -math.log(1 / (classes - ruled_out))"),
        dict(name="by the loss itself",
             code="narrowed = CrossEntropyLoss()(Tensor([[0] * (classes - ruled_out)]), np.array([0])).item()"),
    ],
    "twice": [
        dict(name="as a surprise", code="twice = -math.log(math.e / (math.e + (classes - 1)))"),
        dict(name="by the loss itself",
             code="twice = CrossEntropyLoss()(Tensor([[1] + [0] * (classes - 1)]), np.array([0])).item()"),
    ],
}
