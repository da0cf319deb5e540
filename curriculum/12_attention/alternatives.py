"""Right answers written differently. `code` stands in place of the exercise's solution region."""

ALTERNATIVES = {
    "attention": [
        dict(
            name="the query is divided first",
            code="""
                scores = (query * query.shape[-1] ** -0.5) @ key.transpose(-2, -1)
                if mask is not None:
                    scores = scores.where(allowed(mask), -math.inf)
                weights = Softmax(axis=-1)(scores)
                if return_weights:
                    return weights @ value, weights
                return weights @ value
            """,
        ),
        dict(
            name="minus infinity is added",
            code="""
                scores = query @ key.transpose(-1, -2) / math.sqrt(key.shape[-1])
                if mask is not None:
                    scores = scores + Tensor(np.where(allowed(mask), 0.0, -np.inf))
                weights = Softmax()(scores)
                return (weights @ value, weights) if return_weights else weights @ value
            """,
        ),
        dict(
            name="softmax by its parts",
            code="""
                scores = query @ key.transpose(-1, -2) / math.sqrt(query.shape[-1])
                heard = np.ones(scores.shape, dtype=bool) if mask is None else allowed(mask)
                top = Tensor(scores.data.max(axis=-1, keepdims=True))
                powers = where(heard, scores - top, -math.inf).exp()
                weights = powers / powers.sum(axis=-1, keepdims=True)
                return (weights @ value, weights) if return_weights else weights @ value
            """,
        ),
    ],
    "causal_mask": [
        dict(name="np.tri", code="return np.tri(length, dtype=bool)"),
        dict(name="np.tril", code="return np.tril(np.ones((length, length), dtype=bool))"),
        dict(
            name="two loops",
            code="""
                mask = np.zeros((length, length), dtype=bool)
                for row in range(length):
                    mask[row, :row + 1] = True
                return mask
            """,
        ),
    ],
    "layer_forward": [
        dict(
            name="a mask in both cases",
            code="""
                length = x.shape[-2]
                mask = causal_mask(length) if self.causal else np.ones((length, length), dtype=bool)
                query, key, value = self.query(x), self.key(x), self.value(x)
                answer, _ = scaled_dot_product_attention(query, key, value, mask=mask, return_weights=True)
                return self.out(answer)
            """,
        ),
        dict(
            name="two returns",
            code="""
                query, key, value = (layer(x) for layer in (self.query, self.key, self.value))
                if not self.causal:
                    return self.out(scaled_dot_product_attention(query, key, value))
                return self.out(scaled_dot_product_attention(query, key, value, causal_mask(x.shape[-2])))
            """,
        ),
    ],
    "blocks": [
        dict(
            name="put together at the end",
            code="""
                starts = range(0, query.shape[0], block)
                key, value = Tensor(key), Tensor(value)
                return np.concatenate([
                    scaled_dot_product_attention(Tensor(query[at:at + block]), key, value).data for at in starts])
            """,
        ),
        dict(
            name="while",
            code="""
                answers, start = np.zeros((query.shape[0], value.shape[1])), 0
                while start < len(query):
                    some = slice(start, start + block)
                    parts = Tensor(query[some]), Tensor(key), Tensor(value)
                    answers[some] = scaled_dot_product_attention(*parts).numpy()
                    start += block
                return answers
            """,
        ),
    ],
    "catch": [
        dict(
            name="by whole rows",
            code="""
                for keys in (4, 6):
                    for queries in range(1, keys + 1):
                        expected = [[j <= i for j in range(keys)] for i in range(keys - queries, keys)]
                        assert np.array_equal(mask_of(queries, keys), expected)
            """,
        ),
        dict(
            name="by the number of places that each hears",
            code="""
                for queries, keys in [(7, 7), (2, 9)]:
                    mask = mask_of(queries, keys)
                    assert mask.shape == (queries, keys)
                    for i, row in enumerate(mask):
                        heard = keys - queries + i + 1
                        assert row[:heard].all() and not row[heard:].any()
            """,
        ),
    ],
    "repair": [
        dict(name="np.tri", code="return np.tri(queries, keys, k=keys - queries, dtype=bool)"),
        dict(name="the last rows", code="return causal_mask(keys)[-queries:]"),
    ],
    "recall": [
        dict(
            name="step by step",
            code="""
                heard = attention(x)
                last = heard[:, heard.shape[1] - 1, :]
                return scores(last)
            """,
        ),
        dict(name="scores for all rows", code="return scores(attention(x))[:, -1]"),
    ],
}
