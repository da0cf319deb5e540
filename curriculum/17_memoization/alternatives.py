"""Right answers written differently. `code` stands in place of the exercise's solution region."""

ALTERNATIVES = {
    "attend": [
        dict(
            name="a mask in all cases",
            code="""
                query = split_heads(attention.query(x), attention.n_heads)
                key = split_heads(attention.key(x), attention.n_heads)
                value = split_heads(attention.value(x), attention.n_heads)
                keys, values = cache.append(layer, key.data, value.data)
                mask = causal_mask(keys.shape[-2])[cache.length:]
                found = scaled_dot_product_attention(query, Tensor(keys), Tensor(values), mask)
                return attention.out(join_heads(found))
            """,
        ),
        dict(
            name="a mask that is computed",
            code="""
                layers = attention.query, attention.key, attention.value
                query, key, value = [split_heads(one(x), attention.n_heads) for one in layers]
                known = cache.length
                kept = [Tensor._wrap(array) for array in cache.append(layer, key.data, value.data)]
                places = np.arange(known + x.shape[1])
                mask = places <= places[known:, None]
                return attention.out(join_heads(scaled_dot_product_attention(query, *kept, mask)))
            """,
        ),
    ],
    "read": [
        dict(
            name="places as a look-up",
            code="""
                places = np.arange(cache.length, cache.length + tokens.shape[1])
                x = model.embedding(tokens) + Tensor(model.positions.weight.data[places])
                layer = 0
                for block in model.blocks:
                    heard = attend(block.attention, block.norm1(x), cache, layer)
                    x = heard + x
                    x = block.mlp(block.norm2(x)) + x
                    layer += 1
                cache.length += tokens.shape[1]
                return model.head(model.norm(x))
            """,
        ),
        dict(
            name="with Dropout, as in 13",
            code="""
                known = cache.length
                rows = model.embedding(tokens)
                x = model.dropout(rows + model.positions.weight[known:known + rows.shape[1]])
                for at in range(len(cache.keys)):
                    block = model.blocks[at]
                    x = x + block.dropout(attend(block.attention, block.norm1(x), cache, at))
                    x = x + block.dropout(block.mlp(block.norm2(x)))
                cache.length = known + rows.shape[1]
                return model.head(model.norm(x))
            """,
        ),
    ],
    "generate": [
        dict(
            name="the prefill first",
            code="""
                row = list(row)
                with no_grad():
                    scores = read(model, np.array([row]), cache).data[0, -1]
                    for at in range(max_new_tokens):
                        row.append(pick(scores, temperature, rng))
                        if row[-1] == stop or at == max_new_tokens - 1:
                            break
                        scores = read(model, np.array([row[-1:]]), cache).data[0, -1]
                return np.array(row)
            """,
        ),
        dict(
            name="what the cache lacks, in eval mode",
            code="""
                training, end = model.training, len(row) + max_new_tokens
                model.eval()
                while len(row) < end and (row[-1] != stop or cache.length == 0):
                    with no_grad():
                        logits = read(model, np.array([row[cache.length:]]), cache)
                    row = [*row, pick(logits.data[0, -1], temperature, rng)]
                model.train(training)
                return np.array(row)
            """,
        ),
    ],
    "catch": [
        dict(
            name="as they are served",
            code="""
                found = served_in_turn(stream_of, small)
                assert found == [generate(small, text, 8)[3:].tolist() for text in (ANNA, BEN)]
            """,
        ),
        dict(
            name="two streams",
            code="""
                a, b = stream_of(small, [3, 4, 5], 5), stream_of(small, [7, 2], 5)
                one, two = [], []
                for _ in range(5):
                    one.append(next(a, None))
                    two.append(next(b, None))
                assert one == generate(small, [3, 4, 5], 5)[3:].tolist()
                assert two == generate(small, [7, 2], 5)[2:].tolist()
            """,
        ),
    ],
    "repair": [
        dict(
            name="a row that grows",
            code="""
                cache, row = KVCache.of(model), row_of(tokens)
                for _ in range(max_new_tokens):
                    with no_grad():
                        logits = read(model, np.array([row[cache.length:]]), cache)
                    row = [*row, pick(logits.data[0, -1])]
                    yield row[-1]
            """,
        ),
        dict(
            name="the prefill first",
            code="""
                cache = KVCache.of(model)

                def best(new: list[int]) -> int:
                    with no_grad():
                        return int(read(model, np.array([new]), cache).data[0, -1].argmax())

                token = best(row_of(tokens))
                for _ in range(max_new_tokens - 1):
                    yield token
                    token = best([token])
                yield token
            """,
        ),
    ],
    "serve": [
        dict(
            name="the rest of the queue",
            code="""
                queue = arrivals[at:]
                full = queue[limit - 1] if len(queue) >= limit else float("inf")
                begins = max(free, min(full, queue[0] + patience))
                count = 0
                while count < min(limit, len(queue)) and queue[count] <= begins:
                    count += 1
            """,
        ),
        dict(
            name="one after the other comes in",
            code="""
                count, begins = 1, max(free, arrivals[at] + patience)
                while count < limit and at + count < len(arrivals) and arrivals[at + count] <= begins:
                    count += 1
                if count == limit:
                    begins = max(free, arrivals[at + limit - 1])
            """,
        ),
    ],
    "together": [
        dict(
            name="an array that is filled",
            code="""
                texts = np.asarray(texts)
                cache, written = KVCache.of(model, len(texts)), np.zeros((len(texts), count), dtype=np.int64)
                with no_grad():
                    scores = read(model, texts, cache).data[:, -1]
                    for at in range(count):
                        written[:, at] = scores.argmax(axis=1)
                        if at < count - 1:
                            scores = read(model, written[:, at:at + 1], cache).data[:, -1]
                return written
            """,
        ),
        dict(
            name="rows that grow",
            code="""
                rows = np.array(texts)
                cache, given = KVCache.of(model, batch=rows.shape[0]), rows.shape[1]
                while rows.shape[1] < given + count:
                    with no_grad():
                        logits = read(model, rows[:, cache.length:], cache).data
                    rows = np.hstack([rows, np.argmax(logits[:, -1:], axis=2)])
                return rows[:, given:]
            """,
        ),
    ],
}
