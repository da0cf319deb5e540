"""Plausible wrong answers. `code` stands in place of the exercise's solution region.

`ask` is the question that a learner gets when the same failure comes again, `says` the sentence after that.
"""

NORM = """
                centred = x - x.mean(axis=-1, keepdims=True)
                variance = (centred * centred).mean(axis=-1, keepdims=True)
                return centred / (variance + self.eps).sqrt() * self.weight + self.bias
"""

CATCH = """
                layer = layer_of(12, 3)
                for at in range(1, 16):
                    assert (change_of(layer, at)[:at] < 1e-6).all(), "a later token changes an earlier answer"
                assert change_of(layer, 0)[-1] > 1e-6, "the first token does not reach the last"
"""

HEADS = '''
def split_heads(x, n_heads):
    """(..., seq_len, d_model) as (..., n_heads, seq_len, head_dim): each head has its share of every token."""
    *leading, seq_len, d_model = x.shape
    return x.reshape(*leading, seq_len, n_heads, d_model // n_heads).transpose(-3, -2)


def join_heads(x):
    """(..., n_heads, seq_len, head_dim) back to (..., seq_len, d_model)."""
    *leading, n_heads, seq_len, head_dim = x.shape
    return x.transpose(-3, -2).reshape(*leading, seq_len, n_heads * head_dim)


@method(MultiHeadAttention)
def forward(self, x):
    query, key, value = (split_heads(layer(x), self.n_heads) for layer in (self.query, self.key, self.value))
    mask = causal_mask(x.shape[-2]) if self.causal else None
    return self.out(join_heads(scaled_dot_product_attention(query, key, value, mask)))
'''

BLOCK = """
                x = x + self.dropout(self.attention(self.norm1(x)))
                return x + self.dropout(self.mlp(self.norm2(x)))
"""

STREAM = """
                x = self.dropout(self.positions(self.embedding(tokens)))
                return self.norm(self.blocks(x))
"""

GENERATE = """
                model.eval()
                with no_grad():
                    for _ in range(max_new_tokens):
                        logits = model(np.array([row[-model.max_len:]]))
                        row.append(pick(logits.data[0, -1], temperature, rng))
                        if row[-1] == stop:
                            break
                model.train(training)
                return np.array(row, dtype=np.int64)
"""


def changed(code, *pairs):
    """`code` with each old part, which is there once, replaced by the new one behind it."""
    for old, new in zip(pairs[::2], pairs[1::2]):
        if code.count(old) != 1:
            raise ValueError(f"{old!r} is there {code.count(old)} times")
        code = code.replace(old, new)
    return code


MISTAKES = {
    "layer_norm": [
        dict(
            name="over the batch",
            code=NORM.replace("axis=-1", "axis=0"),
            says="Each row is normed by itself, along its last axis. Over axis 0 the others in the batch have a say.",
            ask="Which numbers does your mean put together?",
            symptom="a single row becomes all 0; columns have mean 0, rows have not",
        ),
        dict(
            name="no root",
            code=changed(NORM, "(variance + self.eps).sqrt()", "(variance + self.eps)"),
            says="Divide by the spread, which is the root of the variance.",
            ask="What is the spread of your row afterwards?",
            symptom="rows of spread 1 come out right, all others not",
        ),
        dict(
            name="divided by n - 1",
            code=changed(NORM, "(centred * centred).mean(axis=-1, keepdims=True)",
                         "(centred * centred).sum(axis=-1, keepdims=True) / (x.shape[-1] - 1)"),
            says="The mean square divides by n here.",
            ask="By what do you divide the sum of the squares?",
            symptom="all values a little too small, the more the shorter the row",
        ),
        dict(
            name="mean left in",
            code=changed(NORM, "return centred /", "return x /"),
            says="The mean is taken away from what is scaled, too.",
            ask="What is the mean of your row afterwards?",
            symptom="right for rows of mean 0",
        ),
        dict(
            name="eps outside the root",
            code=changed(NORM, "(variance + self.eps).sqrt()", "(variance.sqrt() + self.eps)"),
            says="eps stands under the root, beside the variance.",
            ask="What is the root of 5 + 4, and what is the root of 5, plus 4?",
            symptom="right to many digits where eps is small",
        ),
        dict(
            name="eps forgotten",
            code=changed(NORM, "variance + self.eps", "variance + 1e-5"),
            says="Whoever makes the layer chooses eps: self.eps.",
            ask="What does LayerNorm(4, eps=4.0) use?",
            symptom="right as long as nobody asks for another eps",
        ),
        dict(
            name="weight and bias forgotten",
            code=changed(NORM, " * self.weight + self.bias", ""),
            says="In the end comes the weight, times, and the bias, plus. At first they are 1 and 0 and do nothing.",
            ask="What do weight and bias of your layer do?",
            symptom="right before training, and never learns",
        ),
        dict(
            name="bias inside",
            code=changed(NORM, "return centred / (variance + self.eps).sqrt() * self.weight + self.bias",
                         "return (centred / (variance + self.eps).sqrt() + self.bias) * self.weight"),
            says="First times the weight, then plus the bias.",
            ask="Is the bias multiplied by the weight?",
            symptom="right as long as the bias is 0 or the weight 1",
        ),
        dict(
            name="mean by NumPy",
            code=changed(NORM, "x - x.mean(axis=-1, keepdims=True)", "x - Tensor(x.data.mean(axis=-1, keepdims=True))"),
            says="A Tensor made anew from .data has no past: backward takes the mean for a constant. Use x.mean.",
            ask="Does backward know that the mean depends on x?",
            symptom="right values, wrong gradients; it trains, worse",
        ),
        dict(
            name="variance by NumPy",
            code=changed(NORM, "(centred * centred).mean(axis=-1, keepdims=True)",
                         "Tensor((centred.data**2).mean(axis=-1, keepdims=True))"),
            says="A Tensor made anew from .data has no past: backward takes the spread for a constant.",
            ask="Does backward know that the spread depends on x?",
            symptom="right values, wrong gradients; it trains, worse",
        ),
        dict(
            name="all by NumPy",
            code=changed(NORM, "return centred / (variance + self.eps).sqrt() * self.weight + self.bias",
                         "out = centred / (variance + self.eps).sqrt() * self.weight + self.bias\n"
                         "                return Tensor(out.data)"),
            says="A Tensor made anew from .data has no past: backward ends here. Return what the operations gave.",
            ask="What does backward find behind your result?",
            symptom="right values, and nothing in front of the norm learns",
        ),
        dict(
            name="weight and bias cut off",
            code=changed(NORM, "* self.weight + self.bias", "* Tensor(self.weight.data) + Tensor(self.bias.data)"),
            says="Tensor(self.weight.data) is another Tensor. Multiply by self.weight itself, or it never learns.",
            ask="Which gradient does self.weight get?",
            symptom="right before training; weight stays 1 and bias 0",
        ),
    ],
    "catch": [
        dict(
            name="causality only",
            code=CATCH.rpartition("                assert change_of(layer, 0)")[0],
            says="The colleague's layer is causal. Ask also whether the first token is heard at the end.",
            ask="Which of the two duties does your check ask for?",
            symptom="lets the colleague's layer pass",
        ),
        dict(
            name="reach only",
            code="""
                layer = layer_of(12, 3)
                assert change_of(layer, 0)[-1] > 1e-6, "the first token does not reach the last"
            """,
            says="A layer in which everybody hears everybody reaches far, too. Ask for causality as well.",
            ask="May a later token change an earlier answer?",
            symptom="lets layers pass that look into the future",
        ),
        dict(
            name="one head",
            code=changed(CATCH, "layer_of(12, 3)", "layer_of(12, 1)"),
            says="With one head there is nothing to split. The fault needs two.",
            ask="With how many heads do you ask?",
            symptom="lets the colleague's layer pass",
        ),
        dict(
            name="a neighbour in place of the first",
            code=changed(CATCH, "change_of(layer, 0)[-1]", "change_of(layer, 12)[-1]"),
            says="Token 12 lies in the same piece as the last one. The first is the farthest: ask for it.",
            ask="Which token has the longest way to the end?",
            symptom="lets the colleague's layer pass",
        ),
        dict(
            name="any answer will do",
            code=changed(CATCH, "change_of(layer, 0)[-1] > 1e-6", "(change_of(layer, 0) > 1e-6).any()"),
            says="The first token changes its own answer in any layer. Ask for the last one.",
            ask="Whose answer has to move?",
            symptom="lets the colleague's layer pass",
        ),
        dict(
            name="the last token only",
            code=changed(CATCH, "for at in range(1, 16):", "for at in (15,):",
                         "change_of(layer, at)[:at] < 1e-6).all()", "change_of(layer, at)[0] < 1e-6)"),
            says="Each token may open a way to any earlier one: ask all of them about all before them.",
            ask="Which pairs of tokens do you ask about?",
            symptom="lets layers pass that look one token ahead",
        ),
        dict(
            name="the second token only",
            code=changed(CATCH, "range(1, 16)", "(1,)"),
            says="Any token may open a way to an earlier one, not only the second. Ask about all of them.",
            ask="Whose coming do you ask about?",
            symptom="lets layers pass that look ahead later in the text",
        ),
        dict(
            name="the last token, and all before it",
            code=changed(CATCH, "range(1, 16)", "(15,)"),
            says="Any token may open a way to an earlier one, not only the last. Ask about all of them.",
            ask="May token 9 change the answer at 3?",
            symptom="lets layers pass in which only the last token keeps out of the past",
        ),
        dict(
            name="the second in place of the first",
            code=changed(CATCH, "change_of(layer, 0)[-1]", "change_of(layer, 1)[-1]"),
            says="Tokens count from 0. The first one has the longest way: ask for it.",
            ask="Which number has the first token?",
            symptom="lets layers pass that are deaf to the first token alone",
        ),
        dict(
            name="an answer in the middle",
            code=changed(CATCH, "change_of(layer, 0)[-1]", "change_of(layer, 0)[8]"),
            says="The first token has to be heard up to the last answer, and that is 15.",
            ask="Which answer is farthest from the first token?",
            symptom="lets layers pass that hear the beginning up to the middle",
        ),
        dict(
            name="its own answer, too",
            code=changed(CATCH, "[:at] < 1e-6", "[:at + 1] < 1e-6"),
            says="A token does change its own answer. What must stay are those before it.",
            ask="May a token hear itself?",
            symptom="refuses right layers",
        ),
    ],
    "multi_head": [
        dict(
            name="cut across the text",
            code=changed(HEADS, "x.reshape(*leading, seq_len, n_heads, d_model // n_heads).transpose(-3, -2)",
                         "x.reshape(*leading, n_heads, seq_len, d_model // n_heads)",
                         "x.transpose(-3, -2).reshape(*leading, seq_len, n_heads * head_dim)",
                         "x.reshape(*leading, seq_len, n_heads * head_dim)"),
            says="That is the colleague's fault: it cuts memory into pieces of the text. Cut each token, then swap.",
            ask="Which numbers lie in the first piece of memory?",
            symptom="causal, trains, and the first tokens are not heard at the end",
        ),
        dict(
            name="joined without a swap",
            code=changed(HEADS, "x.transpose(-3, -2).reshape(*leading, seq_len, n_heads * head_dim)",
                         "x.reshape(*leading, seq_len, n_heads * head_dim)"),
            says="Before heads are put side by side, swap the axes back; else a row holds one head of several tokens.",
            ask="Does join_heads undo split_heads?",
            symptom="later tokens leak into earlier rows",
        ),
        dict(
            name="heads last",
            code=changed(HEADS, "x.reshape(*leading, seq_len, n_heads, d_model // n_heads).transpose(-3, -2)",
                         "x.reshape(*leading, seq_len, d_model // n_heads, n_heads).transpose(-1, -2)"
                         ".transpose(-3, -2)",
                         "x.transpose(-3, -2).reshape(*leading, seq_len, n_heads * head_dim)",
                         "x.transpose(-3, -2).transpose(-1, -2).reshape(*leading, seq_len, n_heads * head_dim)"),
            says="A head has head_dim numbers that lie together: cut d_model into (n_heads, head_dim), in this order.",
            ask="Which numbers of a token belong to head 0?",
            symptom="everything is consistent, but files of weights from elsewhere give other answers",
        ),
        dict(
            name="always causal",
            code=changed(HEADS, "causal_mask(x.shape[-2]) if self.causal else None", "causal_mask(x.shape[-2])"),
            says="Only if self.causal; else the mask is None.",
            ask="What does causal=False change in your layer?",
            symptom="right for models that write",
        ),
        dict(
            name="no mask",
            code=changed(HEADS, "mask = causal_mask(x.shape[-2]) if self.causal else None", "mask = None"),
            says="Without a mask each token hears those that come after it. Training looks splendid.",
            ask="What may the token at place 3 look at?",
            symptom="a very low loss, and babble when it writes",
        ),
        dict(
            name="out forgotten",
            code=changed(HEADS, "self.out(join_heads(scaled_dot_product_attention(query, key, value, mask)))",
                         "join_heads(scaled_dot_product_attention(query, key, value, mask))"),
            says="The answers of the heads lie side by side; self.out mixes them.",
            ask="Where do the heads meet?",
            symptom="right shapes, and a layer that never learns",
        ),
        dict(
            name="key and query exchanged",
            code=changed(HEADS, "scaled_dot_product_attention(query, key, value, mask)",
                         "scaled_dot_product_attention(key, query, value, mask)"),
            says="The order is query, key, value: the query of a token meets the keys of others.",
            ask="Who asks, and who is asked?",
            symptom="learns as well, but files of weights from elsewhere give other answers",
        ),
        dict(
            name="key in place of value",
            code=changed(HEADS, "scaled_dot_product_attention(query, key, value, mask)",
                         "scaled_dot_product_attention(query, key, key, mask)"),
            says="Keys say who is heard. What is heard are the values.",
            ask="Which of the three is mixed?",
            symptom="self.value gets no gradient",
        ),
        dict(
            name="query in place of key",
            code=changed(HEADS, "scaled_dot_product_attention(query, key, value, mask)",
                         "scaled_dot_product_attention(query, query, value, mask)"),
            says="A query meets keys, not queries.",
            ask="Which of the three is asked?",
            symptom="self.key gets no gradient",
        ),
        dict(
            name="joined by NumPy",
            code=changed(HEADS, "x.transpose(-3, -2).reshape(*leading, seq_len, n_heads * head_dim)",
                         "Tensor(x.data.swapaxes(-3, -2).reshape(*leading, seq_len, n_heads * head_dim))"),
            says="A Tensor made anew from .data has no past: backward ends at out. A Tensor has transpose and reshape.",
            ask="Which gradient does self.query get?",
            symptom="right values; of the attention only out learns",
        ),
        dict(
            name="split by NumPy",
            code=changed(HEADS, "x.reshape(*leading, seq_len, n_heads, d_model // n_heads).transpose(-3, -2)",
                         "Tensor(x.data.reshape(*leading, seq_len, n_heads, d_model // n_heads).swapaxes(-3, -2))"),
            says="A Tensor made anew from .data has no past: query, key and value never learn. Use the Tensor's own "
                 "reshape.",
            ask="What does backward find behind a head?",
            symptom="right values; of the attention only out learns",
        ),
        dict(
            name="divided twice",
            code=changed(HEADS, "scaled_dot_product_attention(query, key, value, mask)",
                         "scaled_dot_product_attention(query / math.sqrt(query.shape[-1]), key, value, mask)"),
            says="Scores are divided by the root of head_dim, which attention does already, and by nothing else.",
            ask="Who divides by the root, you or scaled_dot_product_attention?",
            symptom="softer weights than they should be",
        ),
    ],
    "block": [
        dict(
            name="handed on",
            code="""
                x = self.dropout(self.attention(self.norm1(x)))
                return self.dropout(self.mlp(self.norm2(x)))
            """,
            says="A block adds to the stream: x + ..., twice.",
            ask="What is left of x if both parts answer 0?",
            symptom="shallow models learn a little, deep ones nothing",
        ),
        dict(
            name="added to the normed",
            code="""
                normed = self.norm1(x)
                x = normed + self.dropout(self.attention(normed))
                normed = self.norm2(x)
                return normed + self.dropout(self.mlp(normed))
            """,
            says="What is read is normed; what is added to is the stream itself.",
            ask="Does the stream come through as it was?",
            symptom="each block puts the whole stream back to spread 1",
        ),
        dict(
            name="norm behind",
            code="""
                x = self.norm1(x + self.dropout(self.attention(x)))
                return self.norm2(x + self.dropout(self.mlp(x)))
            """,
            says="That is the block of 2017. Here the norm stands before each part, and the stream is never normed.",
            ask="What does your attention read?",
            symptom="trains, but deep models need a slow start",
        ),
        dict(
            name="one norm for both",
            code=changed(BLOCK, "self.norm2", "self.norm1"),
            says="Each part has a norm of its own: norm1 for attention, norm2 for the MLP.",
            ask="Which parameters would never get a gradient?",
            symptom="right before training",
        ),
        dict(
            name="side by side",
            code="""
                return (x + self.dropout(self.attention(self.norm1(x)))) + self.dropout(self.mlp(self.norm2(x)))
            """,
            says="The MLP reads the stream after attention has added to it.",
            ask="Does the MLP see what attention found?",
            symptom="learns, a little worse; files of weights from elsewhere give other answers",
        ),
        dict(
            name="second part added to the first x",
            code="""
                found = x + self.dropout(self.attention(self.norm1(x)))
                return x + self.dropout(self.mlp(self.norm2(found)))
            """,
            says="The second line starts from the result of the first in both places, or what attention found is lost.",
            ask="What becomes of what attention added?",
            symptom="attention's answer reaches the MLP and nobody else",
        ),
        dict(
            name="no dropout",
            code="""
                x = x + self.attention(self.norm1(x))
                return x + self.mlp(self.norm2(x))
            """,
            says="Dropout stands before each addition.",
            ask="What does dropout=0.1 change in your block?",
            symptom="right until somebody asks for dropout",
        ),
        dict(
            name="no dropout on attention",
            code=changed(BLOCK, "self.dropout(self.attention(self.norm1(x)))", "self.attention(self.norm1(x))"),
            says="Dropout stands before both additions, the first as well.",
            ask="In which of your two lines is self.dropout?",
            symptom="right until somebody asks for dropout",
        ),
        dict(
            name="no dropout on the MLP",
            code=changed(BLOCK, "self.dropout(self.mlp(self.norm2(x)))", "self.mlp(self.norm2(x))"),
            says="Dropout stands before both additions, the second as well.",
            ask="In which of your two lines is self.dropout?",
            symptom="right until somebody asks for dropout",
        ),
        dict(
            name="dropout on the sum",
            code="""
                x = self.dropout(x + self.attention(self.norm1(x)))
                return self.dropout(x + self.mlp(self.norm2(x)))
            """,
            says="Dropout falls on what is added, not on the stream.",
            ask="May dropout put numbers of the stream itself to 0?",
            symptom="with dropout the deep stream fades",
        ),
        dict(
            name="dropout before the part",
            code="""
                x = x + self.attention(self.dropout(self.norm1(x)))
                return x + self.mlp(self.dropout(self.norm2(x)))
            """,
            says="Dropout stands behind each part, before the addition; not in front of the part.",
            ask="In what order do dropout and attention come?",
            symptom="right until somebody asks for dropout",
        ),
        dict(
            name="stream cut",
            code=changed(BLOCK, "x = x + self.dropout(", "x = Tensor(x.data) + self.dropout("),
            says="Tensor(x.data) has no past: backward reaches earlier blocks through attention alone. Add to x.",
            ask="By which way does backward come back to x?",
            symptom="right values; deep models learn slowly",
        ),
    ],
    "stream": [
        dict(
            name="no places",
            code=changed(STREAM, "self.positions(self.embedding(tokens))", "self.embedding(tokens)"),
            says="Attention is blind to order. self.positions adds the place of each token.",
            ask="What tells `dog bites man` from `man bites dog`?",
            symptom="equal tokens have equal rows wherever they stand",
        ),
        dict(
            name="last norm forgotten",
            code=changed(STREAM, "self.norm(self.blocks(x))", "self.blocks(x)"),
            says="At the end the stream is normed once more, for the head.",
            ask="What does the head read?",
            symptom="the first loss is too high, the more the deeper the model",
        ),
        dict(
            name="normed before the blocks",
            code=changed(STREAM, "self.norm(self.blocks(x))", "self.blocks(self.norm(x))"),
            says="self.norm comes after all blocks.",
            ask="Is what the head reads normed?",
            symptom="logits grow with depth",
        ),
        dict(
            name="first block only",
            code=changed(STREAM, "self.blocks(x)", "self.blocks[0](x)"),
            says="All blocks, one after another: self.blocks is a Sequential and calls them all.",
            ask="How many blocks does your stream run through?",
            symptom="a model of one block, whatever n_layers says",
        ),
        dict(
            name="no dropout",
            code=changed(STREAM, "self.dropout(self.positions(self.embedding(tokens)))",
                         "self.positions(self.embedding(tokens))"),
            says="Dropout stands once here, before the first block.",
            ask="What happens between the tables and the first block?",
            symptom="right until somebody asks for dropout",
        ),
        dict(
            name="added twice",
            code=changed(STREAM, "self.norm(self.blocks(x))", "self.norm(x + self.blocks(x))"),
            says="The blocks add to the stream themselves; what comes out of the last one is the stream.",
            ask="How often is x in your sum?",
            symptom="the tables count twice",
        ),
        dict(
            name="dropout at the end",
            code="""
                x = self.positions(self.embedding(tokens))
                return self.norm(self.dropout(self.blocks(x)))
            """,
            says="Dropout stands behind the tables, before the blocks.",
            ask="In what order do dropout and the blocks come?",
            symptom="right until somebody asks for dropout",
        ),
        dict(
            name="cut behind the blocks",
            code=changed(STREAM, "self.norm(self.blocks(x))", "self.norm(Tensor(self.blocks(x).data))"),
            says="A Tensor made anew from .data has no past: nothing before the last norm learns.",
            ask="Which gradient does the table get?",
            symptom="right values; the loss falls a little and stays",
        ),
        dict(
            name="cut behind the tables",
            code=changed(STREAM, "self.dropout(self.positions(self.embedding(tokens)))",
                         "self.dropout(Tensor(self.positions(self.embedding(tokens)).data))"),
            says="A Tensor made anew from .data has no past: the two tables never learn.",
            ask="Which gradient does the table get?",
            symptom="right values; the loss falls, but the tables stay as they were drawn",
        ),
    ],
    "generate": [
        dict(
            name="scores of the first place",
            code=changed(GENERATE, "logits.data[0, -1]", "logits.data[0, 0]"),
            says="What comes next is scored at the last place of the text.",
            ask="What does the score at place 0 speak of?",
            symptom="the same token for ever",
        ),
        dict(
            name="the beginning of the text",
            code=changed(GENERATE, "row[-model.max_len:]", "row[:model.max_len]"),
            says="If the text is longer than max_len, its last tokens are read, not its first.",
            ask="Which part of a long text do you read?",
            symptom="right for short texts, then the same token for ever",
        ),
        dict(
            name="all of the text",
            code=changed(GENERATE, "row[-model.max_len:]", "row"),
            says="There are max_len places in the table. Read at most the last max_len tokens.",
            ask="What happens after max_len tokens?",
            symptom="right for short texts; then an error from the table of places",
        ),
        dict(
            name="stop not kept",
            code=changed(GENERATE, "                            break", "                            row.pop()\n"
                         "                            break"),
            says="The token that ends the text is its last one, so that the caller sees that it ended.",
            ask="How does the caller tell an end from the limit?",
            symptom="texts that end and texts that were cut look alike",
        ),
        dict(
            name="stop in the text",
            code=changed(GENERATE, "if row[-1] == stop:", "if stop in row:"),
            says="The text that was given may hold `stop`. Ask only for what was just picked.",
            ask="What if the question holds the end sign of an earlier one?",
            symptom="one token, if the text has a stop in it",
        ),
        dict(
            name="always greedy",
            code=changed(GENERATE, "pick(logits.data[0, -1], temperature, rng)", "pick(logits.data[0, -1])"),
            says="Hand temperature and rng on to pick.",
            ask="What does temperature change in your function?",
            symptom="right at temperature 0",
        ),
        dict(
            name="Dropout awake",
            code=changed(GENERATE, "                model.eval()\n", ""),
            says="A model in use is in eval mode: Dropout would falsify its scores.",
            ask="In which mode does the model read?",
            symptom="right without Dropout; with it, texts that differ each time",
        ),
        dict(
            name="always back to training",
            code=changed(GENERATE, "model.train(training)", "model.train()"),
            says="Leave the model in the mode in which it came: model.train(training).",
            ask="What if the model was in use already?",
            symptom="after the first text Dropout is awake",
        ),
        dict(
            name="recorded",
            code=changed(GENERATE, "with no_grad():", "if True:"),
            says="Nobody asks for gradients here, and each reading leaves a graph: with no_grad().",
            ask="What does each reading leave in memory?",
            symptom="right, slower, and a peak like that of training",
        ),
        dict(
            name="only what is new",
            code=changed(GENERATE, "return np.array(row,", "return np.array(row[len(tokens):],"),
            says="The text that was given stands in front of what is new.",
            ask="What does your array begin with?",
            symptom="the question is missing",
        ),
        dict(
            name="a return in the loop",
            code=changed(GENERATE, "break", "return np.array(row)"),
            says="A return inside the loop goes past model.train(training). Leave the loop with break.",
            ask="In which mode is the model after it met `stop`?",
            symptom="after a text that ended by itself, Dropout is quiet for the rest of the training",
        ),
        dict(
            name="token 0 never stops",
            code=changed(GENERATE, "if row[-1] == stop:", "if stop and row[-1] == stop:"),
            says="0 is a token like any other, and counts as False. Compare; None equals no token.",
            ask="What is `stop and ...` if stop is 0?",
            symptom="right, unless the end sign is the first of the vocabulary",
        ),
        dict(
            name="any temperature is 1",
            code=changed(GENERATE, "temperature, rng", "float(temperature > 0), rng"),
            says="Hand on the temperature itself, not only whether there is one.",
            ask="What is the difference between temperature 0.05 and 5 in your function?",
            symptom="right at temperatures 0 and 1",
        ),
        dict(
            name="a list",
            code=changed(GENERATE, "return np.array(row, dtype=np.int64)", "return row"),
            says="An int64 array comes back, so that it can be compared, cut and put into a batch like other tokens.",
            ask="What is the dtype of your result?",
            symptom="right numbers, until the caller asks for a shape",
        ),
        dict(
            name="floats",
            code=changed(GENERATE, "dtype=np.int64", "dtype=float"),
            says="Tokens are whole numbers: an int64 array. Tables refuse floats.",
            ask="What is the dtype of your result?",
            symptom="looks right, and no model reads it",
        ),
    ],
    "weight_count": [
        dict(name="one block", code="weight_count = 12 * d_model**2 + (2 * vocab_size + max_len) * d_model",
             says="There are n_layers blocks.", ask="How many blocks are there?", symptom="too small"),
        dict(name="one table of the vocabulary",
             code="weight_count = 12 * n_layers * d_model**2 + (vocab_size + max_len) * d_model",
             says="The vocabulary has a row in the table in front and one in the head.",
             ask="Which two parts have a row for each token?", symptom="one table too few"),
        dict(name="no places", code="weight_count = 12 * n_layers * d_model**2 + 2 * vocab_size * d_model",
             says="The table of places has max_len rows.", ask="Where is max_len?", symptom="a little too small"),
        dict(name="attention only",
             code="weight_count = 4 * n_layers * d_model**2 + (2 * vocab_size + max_len) * d_model",
             says="An MLP has 8 * d * d weights beside the 4 * d * d of the attention.",
             ask="How large are up and down?", symptom="two thirds of the blocks are missing"),
        dict(name="an MLP of one layer",
             code="weight_count = 8 * n_layers * d_model**2 + (2 * vocab_size + max_len) * d_model",
             says="up has 4 * d * d weights, and down as many.", ask="What is the shape of down?",
             symptom="a third of the blocks is missing"),
        dict(name="bytes",
             code="weight_count = 4 * (12 * n_layers * d_model**2 + (2 * vocab_size + max_len) * d_model)",
             says="Numbers are asked for, not bytes.", ask="In what do you count?", symptom="four times too many"),
    ],
    "cache_bytes": [
        dict(name="keys only", code="cache_bytes = users * text_len * n_layers * d_model * 4",
             says="Values are kept as well.", ask="What is kept beside the keys?", symptom="half"),
        dict(name="one block", code="cache_bytes = users * text_len * 2 * d_model * 4",
             says="Each block has keys and values of its own.", ask="How many blocks have keys?",
             symptom="too small by n_layers"),
        dict(name="one user", code="cache_bytes = text_len * n_layers * 2 * d_model * 4",
             says="Nobody's keys are anybody else's.", ask="How many texts are there?", symptom="too small by users"),
        dict(name="numbers, not bytes", code="cache_bytes = users * text_len * n_layers * 2 * d_model",
             says="A float32 takes four bytes.", ask="How many bytes has one number?", symptom="a quarter"),
        dict(name="queries, too", code="cache_bytes = users * text_len * n_layers * 3 * d_model * 4",
             says="The query of an old token is never asked again.", ask="Who needs the query of an old token?",
             symptom="half too much"),
        dict(name="all places", code="cache_bytes = users * max_len * n_layers * 2 * d_model * 4",
             says="Each text has text_len tokens; max_len is what it could have.", ask="How long are the texts?",
             symptom="too much"),
    ],
}

SURVIVORS = {
    "catch": {
        "`layer_of(12, 3)` becomes `layer_of(12, 4)`": "right: several heads, whatever their number",
        "`layer_of(12, 3)` becomes `layer_of(12, 2)`": "right: several heads, whatever their number",
        "`range(1, 16)` becomes `range(0, 16)`": "right: before token 0 there is nothing to ask",
        "`change_of(layer, 0)[-1] > 1e-06` becomes `change_of(layer, 0)[-1] >= 1e-06`":
            "right: an answer moves by 0, or by far more than 1e-6",
        "`change_of(layer, 0)[-1] > 1e-06` becomes `change_of(layer, 0)[-1] > 2e-06`":
            "right: an answer moves by 0, or by far more than 1e-6",
        "`change_of(layer, at)[:at] < 1e-06` becomes `change_of(layer, at)[:at] <= 1e-06`":
            "right: an answer moves by 0, or by far more than 1e-6",
        "`change_of(layer, at)[:at] < 1e-06` becomes `change_of(layer, at)[:at] < 2e-06`":
            "right: an answer moves by 0, or by far more than 1e-6",
    },
    "multi_head": {
        "`x.reshape(*leading, seq_len, n_heads, d_model // n_heads).transpose...` becomes "
        "`x.reshape(*leading, seq_len, n_heads, d_model // n_heads).transpose...`": "right: two axes are swapped",
        "`x.transpose(-3, -2)` becomes `x.transpose(-2, -3)`": "right: two axes are swapped",
    },
    "generate": {
        "`np.array(row, dtype=np.int64)` becomes `np.array(row)`":
            "right: whole numbers become int64 by themselves, but for Windows with a NumPy before 2",
        "`logits.data[0, -1]` becomes `logits.data[-1, -1]`": "right: a batch of one has one row",
    },
}
