"""Right answers written differently. `code` stands in place of the exercise's solution region."""

ALTERNATIVES = {
    "sparsity": [
        dict(
            name="in one array",
            code="""
                numbers = np.concatenate([p.data.ravel() for p in weights(model).values()])
                return float((numbers == 0).mean())
            """,
        ),
        dict(
            name="by what is left",
            code="""
                left = count = 0
                for name, p in model.named_parameters():
                    if p.ndim > 1:
                        left += np.count_nonzero(p.data)
                        count += p.data.size
                return 1 - left / count
            """,
        ),
    ],
    "magnitude_prune": [
        dict(
            name="ranks in place of places",
            code="""
                found = weights(model)
                flat = np.concatenate([p.data.ravel() for p in found.values()])
                ranks = np.argsort(np.argsort(flat**2, kind="stable"))
                keep = ranks >= part(amount, flat.size)
                ends = np.cumsum([p.data.size for p in found.values()])
                pieces = np.split(keep, ends[:-1])
                masks = {name: piece.reshape(p.shape) for (name, p), piece in zip(found.items(), pieces)}
                apply_masks(model, masks)
                return masks
            """,
        ),
        dict(
            name="a partition, from the end",
            code="""
                found = list(weights(model).items())
                sizes = np.abs(np.concatenate([p.data.flatten() for _, p in found]))
                gone = part(amount, sizes.size)
                keep = np.zeros(sizes.size, dtype=bool)
                keep[np.argsort(-sizes)[:sizes.size - gone]] = True
                masks, start = {}, 0
                for name, p in found:
                    end = start + p.data.size
                    masks[name] = keep[start:end].reshape(p.data.shape)
                    start = end
                apply_masks(model, masks)
                return masks
            """,
        ),
    ],
    "structured_prune": [
        dict(
            name="norms by linalg, and a mask",
            code="""
                norms = np.linalg.norm(first.weight.data, axis=1)
                stay = np.ones(len(norms), dtype=bool)
                stay[np.argsort(norms)[:part(amount, len(norms))]] = False
                biases = [layer.bias.data if layer.bias is not None else None for layer in (first, second)]
                start = linear(first.weight.data[stay], biases[0] if biases[0] is None else biases[0][stay])
                return start, linear(second.weight.data[:, stay], biases[1])
            """,
        ),
        dict(
            name="row by row",
            code="""
                norms = [float((row * row).sum()) ** 0.5 for row in first.weight.data]
                order = sorted(range(len(norms)), key=norms.__getitem__)
                stay = sorted(order[part(amount, len(norms)):])
                front = None if first.bias is None else np.take(first.bias.data, stay)
                back = None if second.bias is None else second.bias.data
                small = np.take(first.weight.data, stay, axis=0), np.take(second.weight.data, stay, axis=1)
                return linear(small[0], front), linear(small[1], back)
            """,
        ),
    ],
    "distillation_loss": [
        dict(
            name="cross-entropy less what the teacher costs itself",
            code="""
                p_log = log_softmax(teacher_logits * (1 / temperature), axis=-1)
                q_log = log_softmax(logits * (1 / temperature), axis=-1)
                p = p_log.exp()
                gaps = (p * p_log).sum(axis=-1) - (p * q_log).sum(axis=-1)
                loss = temperature * temperature * gaps.mean()
                if targets is not None:
                    loss = alpha * loss + (1 - alpha) * CrossEntropyLoss()(logits, targets)
                return loss
            """,
        ),
        dict(
            name="divided by the batch",
            code="""
                student, teacher = log_softmax(logits / temperature), log_softmax(teacher_logits / temperature)
                soft = (teacher.exp() * (teacher - student)).sum() / logits.shape[0] * temperature**2
                return soft if targets is None else soft * alpha + CrossEntropyLoss()(logits, targets) * (1 - alpha)
            """,
        ),
    ],
    "catch": [
        dict(
            name="the whole model under its masks",
            code="""
                model, masks, optimizer, batches = practice(seed=4)
                found = weights(model)
                before = {name: p.data.copy() for name, p in found.items()}

                def look():
                    for name, p in found.items():
                        assert np.array_equal(p.data, p.data * masks[name])

                finetune(model, masks, optimizer, Watched(batches, look), 2)
                look()
                for name, p in found.items():
                    assert not np.array_equal(p.data, before[name])
                    assert np.abs(p.data).sum() > 0.5 * np.abs(before[name]).sum()
            """,
        ),
        dict(
            name="by sparsity, with a list of what was seen",
            code="""
                model, masks, optimizer, batches = practice()
                before, seen = model.state_dict(), [sparsity(model)]
                finetune(model, masks, optimizer, Watched(batches, lambda: seen.append(sparsity(model))), 3)
                seen.append(sparsity(model))
                assert max(seen) - min(seen) < 1e-9
                for name, old in before.items():
                    if name in masks:
                        assert (model.state_dict()[name][masks[name]] != old[masks[name]]).any()
            """,
        ),
    ],
    "repair": [
        dict(
            name="a loop of its own",
            code="""
                loss, history = CrossEntropyLoss(), []
                apply_masks(model, masks)
                for _ in range(epochs):
                    losses = []
                    for x, targets in (batches() if callable(batches) else batches):
                        optimizer.zero_grad()
                        now = loss(model(x), targets)
                        now.backward()
                        optimizer.step()
                        apply_masks(model, masks)
                        losses.append(now.item())
                    history.append({"loss": sum(losses) / len(losses)})
                return history
            """,
        ),
        dict(
            name="the method of one Trainer replaced",
            code="""
                apply_masks(model, masks)
                trainer = Trainer(model, optimizer)
                plain = trainer.update

                def update():
                    plain()
                    apply_masks(model, masks)

                trainer.update = update
                return trainer.fit(batches, epochs)
            """,
        ),
    ],
}
