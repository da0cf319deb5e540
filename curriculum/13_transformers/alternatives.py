"""Right answers written differently. `code` stands in place of the exercise's solution region."""

ALTERNATIVES = {
    "layer_norm": [
        dict(
            name="var of a Tensor",
            code="""
                spread = (x.var(axis=-1, keepdims=True) + self.eps).sqrt()
                return self.bias + self.weight * ((x - x.mean(axis=-1, keepdims=True)) / spread)
            """,
        ),
        dict(
            name="a power of minus a half",
            code="""
                n = x.shape[-1]
                centred = x - x.sum(axis=-1, keepdims=True) / n
                scale = ((centred * centred).sum(axis=-1, keepdims=True) / n + self.eps) ** -0.5
                return centred * scale * self.weight + self.bias
            """,
        ),
    ],
    "catch": [
        dict(
            name="all pairs at once",
            code="""
                for n_heads in (2, 4):
                    layer = layer_of(12, n_heads)
                    moved = np.stack([change_of(layer, at) for at in range(16)])
                    assert not np.triu(moved.T, 1).max() > 1e-6, "the future is heard"
                    assert moved[0, 15] > 1e-6, "the beginning is not heard"
            """,
        ),
        dict(
            name="every earlier token is heard",
            code="""
                layer = layer_of(12, 2)
                for at in range(16):
                    moved = change_of(layer, at) > 0
                    assert moved[at:].all() and not moved[:at].any(), "a wrong pair of tokens"
            """,
        ),
    ],
    "multi_head": [
        dict(
            name="one after another",
            code='''
def split_heads(x, n_heads):
    whole = x.reshape(x.shape[:-1] + (n_heads, x.shape[-1] // n_heads))
    return whole.transpose(x.ndim - 2, x.ndim - 1)


def join_heads(x):
    whole = x.transpose(-2, -3)
    return whole.flatten(whole.ndim - 2)


@method(MultiHeadAttention)
def forward(self, x):
    asks, keys, values = split_heads(self.query(x), self.n_heads), self.key(x), self.value(x)
    keys, values = split_heads(keys, self.n_heads), split_heads(values, self.n_heads)
    if self.causal:
        found = scaled_dot_product_attention(asks, keys, values, mask=causal_mask(x.shape[-2]))
    else:
        found = scaled_dot_product_attention(asks, keys, values)
    return self.out(join_heads(found))
''',
        ),
        dict(
            name="all axes named",
            code='''
def split_heads(x, n_heads):
    cut = x.reshape(*x.shape[:-1], n_heads, -1)
    axes = list(range(cut.ndim))
    axes[-3], axes[-2] = axes[-2], axes[-3]
    return cut.permute(*axes)


def join_heads(x):
    swapped = x.transpose(-2, -3)
    return swapped.reshape(*swapped.shape[:-2], -1)


@method(MultiHeadAttention)
def forward(self, x):
    parts = [split_heads(part, self.n_heads) for part in (self.query(x), self.key(x), self.value(x))]
    allowed = causal_mask(x.shape[-2]) if self.causal else np.ones((x.shape[-2], x.shape[-2]), dtype=bool)
    return self.out(join_heads(scaled_dot_product_attention(*parts, allowed)))
''',
        ),
    ],
    "block": [
        dict(
            name="name by name",
            code="""
                heard = self.attention(self.norm1(x))
                stream = self.dropout(heard) + x
                made = self.mlp(self.norm2(stream))
                return self.dropout(made) + stream
            """,
        ),
        dict(
            name="a loop",
            code="""
                for norm, part in ((self.norm1, self.attention), (self.norm2, self.mlp)):
                    x = x + self.dropout(part(norm(x)))
                return x
            """,
        ),
    ],
    "stream": [
        dict(
            name="block after block",
            code="""
                x = self.embedding(tokens)
                x = self.positions(x)
                x = self.dropout(x)
                for block in self.blocks:
                    x = block(x)
                return self.norm(x)
            """,
        ),
        dict(
            name="by place",
            code="""
                x = self.dropout(self.positions(self.embedding(tokens)))
                for at in range(len(self.blocks)):
                    x = self.blocks[at](x)
                return self.norm(x)
            """,
        ),
    ],
    "generate": [
        dict(
            name="a while loop, and Tensors",
            code="""
                asked = len(row)
                model.train(False)
                while len(row) < asked + max_new_tokens:
                    seen = Tensor([row[-model.max_len:]], dtype=np.int64)
                    with no_grad():
                        scores = model(seen)[0, -1].data
                    row = [*row, pick(scores, temperature=temperature, rng=rng)]
                    if row[-1] == stop:
                        break
                model.train(training)
                return np.asarray(row, dtype=np.int64)
            """,
        ),
        dict(
            name="inside, then out",
            code="""
                @no_grad()
                def one_more():
                    scores = model(np.asarray(row)[None, -model.max_len:]).data[0][-1]
                    row.append(pick(scores, temperature, rng))
                    return row[-1] != stop

                model.eval()
                for _ in range(max_new_tokens):
                    if not one_more():
                        break
                model.train() if training else model.eval()
                return np.array(row, dtype=np.int64)
            """,
        ),
    ],
    "weight_count": [
        dict(
            name="part by part",
            code="""
                attention, mlp = 4 * d_model * d_model, 2 * d_model * 4 * d_model
                weight_count = n_layers * (attention + mlp) + d_model * (vocab_size + max_len) + vocab_size * d_model
            """,
        ),
    ],
    "cache_bytes": [
        dict(name="token by token", code="cache_bytes = 4 * 2 * d_model * n_layers * (users * text_len)"),
    ],
}
