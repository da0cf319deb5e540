"""Right answers written differently. `code` stands in place of the exercise's solution region."""

ALTERNATIVES = {
    "state_memory": [
        dict(
            name="two loops",
            code="""
                total = 0
                for name in self.state:
                    for array in self.state[name]:
                        total += array.size * array.itemsize
                return total
            """,
        ),
    ],
    "sgd": [
        dict(
            name="np.multiply and np.add",
            code="""
                if p.grad is not None:
                    move = np.add(p.grad, self.weight_decay * p.data)
                    if self.momentum > 0:
                        np.multiply(v, self.momentum, out=v)
                        np.add(v, move, out=v)
                        move = move + self.momentum * v if self.nesterov else v
                    p.data -= self.lr * move
            """,
        ),
        dict(
            name="slices",
            code="""
                if p.grad is None:
                    continue
                grad = p.grad + self.weight_decay * p.data
                if v is not None:
                    v[...] = self.momentum * v + grad
                    grad = self.momentum * v + grad if self.nesterov else v
                p.data += -self.lr * grad
            """,
        ),
    ],
    "adam": [
        dict(
            name="line by line",
            code="""
                m *= self.beta1
                m += (1 - self.beta1) * grad
                v *= self.beta2
                v += (1 - self.beta2) * grad**2
                m_hat = m / (1 - self.beta1**self.steps)
                v_hat = v / (1 - self.beta2**self.steps)
                p.data -= self.lr * m_hat / (np.sqrt(v_hat) + self.eps)
            """,
        ),
        dict(
            name="towards the newest",
            code="""
                m += (1 - self.beta1) * (grad - m)
                v += (1 - self.beta2) * (grad**2 - v)
                m_hat = m / (1 - self.beta1**self.steps)
                v_hat = v / (1 - self.beta2**self.steps)
                p.data -= self.lr * m_hat / (v_hat**0.5 + self.eps)
            """,
        ),
        dict(
            name="the correction in the learning rate",
            code="""
                m[...] = self.beta1 * m + (1 - self.beta1) * grad
                v[...] = self.beta2 * v + (1 - self.beta2) * np.square(grad)
                bias1, bias2 = 1 - self.beta1**self.steps, 1 - self.beta2**self.steps
                p.data -= self.lr / bias1 * m / (np.sqrt(v) / bias2**0.5 + self.eps)
            """,
        ),
    ],
    "adamw": [
        dict(
            name="a factor",
            code="""
                for p in self.params:
                    if p.grad is None:
                        continue
                    p.data *= 1 - self.lr * self.shrink
                super(AdamW, self).step()
            """,
        ),
    ],
    "catch": [
        dict(
            name="one batch after the other",
            code="""
                rng, model = np.random.default_rng(7), Linear(4, 3)
                batches = [(Tensor(rng.normal(size=(6, 4))), rng.integers(0, 3, 6)) for _ in range(3)]
                expected = copy.deepcopy(model)
                one_round(model, SGD(model.parameters(), lr=0.2), batches)
                for x, targets in batches:
                    loss = CrossEntropyLoss()(expected(x), targets)
                    loss.backward()
                    for q in expected.parameters():
                        q.data = q.data - 0.2 * q.grad
                        q.grad = None
                if not np.allclose(model.weight.data, expected.weight.data, atol=1e-5):
                    raise AssertionError("the weight went elsewhere")
            """,
        ),
    ],
    "repair": [
        dict(
            name="zero first and last",
            code="""
                total, count = 0.0, 0
                optimizer.zero_grad()
                for x, targets in batches:
                    loss = CrossEntropyLoss()(model(x), targets)
                    loss.backward()
                    optimizer.step()
                    optimizer.zero_grad()
                    total, count = total + loss.item(), count + 1
                return total / count
            """,
        ),
    ],
    "adam_bytes": [dict(name="layer by layer", code="adam_bytes = 16 * ((n + 1) * hidden + (hidden + 1) * classes)")],
    "first_lr": [dict(name="a power", code="first_lr = (1 - betas[0]) * (1 - betas[1]) ** -0.5")],
}
