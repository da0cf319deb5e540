"""Right answers written differently. `code` stands in place of the exercise's solution region."""

ALTERNATIVES = {
    "train_epoch": [
        dict(
            name="a list of batches, counted down",
            code="""
                self.model.train()
                self.optimizer.zero_grad()
                batches, losses = list(batches), []
                while batches:
                    group, batches = batches[: self.accumulate], batches[self.accumulate:]
                    for x, targets in group:
                        loss = self.loss(self.model(x), targets)
                        losses.append(loss.item())
                        (loss * (1 / self.accumulate)).backward()
                    self.update()
                return sum(losses) / max(len(losses), 1)
            """,
        ),
        dict(
            name="a gradient in place of a quotient",
            code="""
                self.model.train()
                self.optimizer.zero_grad()
                losses, waiting = [], 0
                for x, targets in batches:
                    loss = self.loss(self.model(x), targets)
                    loss.backward(np.asarray(1 / self.accumulate))
                    losses.append(loss.item())
                    waiting = (waiting + 1) % self.accumulate
                    if not waiting:
                        self.update()
                if waiting:
                    self.update()
                return float(np.mean(losses)) if losses else 0.0
            """,
        ),
    ],
    "clip": [
        dict(
            name="norms of norms",
            code="""
                with_grad = [p for p in parameters if p.grad is not None]
                norm = float(np.sqrt(sum(np.square(p.grad.astype(np.float64)).sum() for p in with_grad)))
                for p in with_grad:
                    p.grad *= min(1.0, max_norm / (norm + 1e-12))
                return norm
            """,
        ),
    ],
    "cosine": [
        dict(
            name="a share of the way",
            code="""
                self.t = self.t + 1
                gone = (1 - math.cos(math.pi * self.t / self.T_max)) / 2
                self.optimizer.lr = self.start - gone * (self.start - self.eta_min)
            """,
        ),
        dict(
            name="half an angle",
            code="""
                self.t += 1
                share = math.cos(math.pi / 2 * self.t / self.T_max) ** 2
                self.optimizer.lr = share * self.start + (1 - share) * self.eta_min
            """,
        ),
    ],
    "rerun_rule": [
        dict(
            name="one list of leaves",
            code="""
                leaves = [*inputs, *params]
                for leaf in leaves:
                    leaf.grad = None
                with drawn_again(draws):
                    result = part(*inputs)
                    result.backward(grad_out)
                found = []
                for leaf in leaves:
                    found.append(leaf.grad if leaf.grad is not None else np.zeros(leaf.shape, dtype=leaf.dtype))
                for at, p in enumerate(params):
                    p.grad = before[at]
                return found
            """,
        ),
        dict(
            name="a copy of the draws' run",
            code="""
                for p in params:
                    p.grad = None
                with drawn_again(draws):
                    again = part(*inputs)
                again.backward(grad_out)
                found = [leaf.grad for leaf in inputs + params]
                for p, grad in zip(params, before):
                    p.grad = grad
                return tuple(np.zeros_like(a) if g is None else g for a, g in zip(arrays, found))
            """,
        ),
    ],
    "resume": [
        dict(
            name="state dicts",
            code="""
                runs = [Run(), Run(), Run(seed=5)]
                runs[0].go(20)
                runs[1].go(8)
                save(path, runs[1].model, runs[1].optimizer, runs[1].schedule, runs[1].step)
                reached = load(path, runs[2].model, runs[2].optimizer, runs[2].schedule)
                runs[2].go(20 - reached)
                one, two = runs[0].model.state_dict(), runs[2].model.state_dict()
                return all((one[name] == two[name]).all() for name in one)
            """,
        ),
        dict(
            name="by name, and one number at the end",
            code="""
                one = Run()
                one.go(20)
                two = Run()
                two.go(5)
                save(path, two.model, optimizer=two.optimizer, schedule=two.schedule, step=two.step)
                two = Run(seed=5)
                two.go(20 - load(path, two.model, optimizer=two.optimizer, schedule=two.schedule))
                apart = [np.abs(p.data - q.data).max() for p, q in zip(one.model.parameters(), two.model.parameters())]
                return np.max(apart) == 0
            """,
        ),
    ],
    "catch": [
        dict(
            name="one loop",
            code="""
                curve = list(curve_of(deep, few, 3))
                assert len(curve) == 3 * len(few), "a loss is missing"
                for at, entry in enumerate(curve):
                    x, targets = few[at % len(few)]
                    right = CrossEntropyLoss()(deep(x), targets).item()
                    value = entry.item() if isinstance(entry, Tensor) else entry
                    assert abs(value - right) < 1e-4, "a loss is another"
                    assert not (isinstance(entry, Tensor) and entry._node is not None), "a graph"
            """,
        ),
    ],
    "repair": [
        dict(
            name="loops",
            code="""
                curve = []
                model.eval()
                for _ in range(epochs):
                    for x, targets in batches:
                        with no_grad():
                            curve.append(float(CrossEntropyLoss()(model(x), targets).data))
                model.train()
                return curve
            """,
        ),
    ],
    "output_bytes": [dict(name="factor by factor", code="output_bytes = depth * 3 * (batch * width * 4)")],
    "step_count": [dict(name="steps of an epoch", code="step_count = examples // small // many * epochs")],
}
