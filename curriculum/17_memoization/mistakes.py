"""Plausible wrong answers. `code` stands in place of the exercise's solution region.

`ask` is the question that a learner gets when the same failure comes again, `says` the sentence after that.
"""

ATTEND = """
                query, key, value = (split_heads(part(x), attention.n_heads)
                                     for part in (attention.query, attention.key, attention.value))
                keys, values = cache.append(layer, key.data, value.data)
                new = x.shape[-2]
                mask = causal_mask(keys.shape[2])[-new:] if new > 1 else None
                found = scaled_dot_product_attention(query, Tensor._wrap(keys), Tensor._wrap(values), mask)
                return attention.out(join_heads(found))
"""

READ = """
                start, stop = cache.length, cache.length + tokens.shape[1]
                x = model.embedding(tokens) + model.positions.weight[start:stop]
                for layer, block in enumerate(model.blocks):
                    x = x + attend(block.attention, block.norm1(x), cache, layer)
                    x = x + block.mlp(block.norm2(x))
                cache.length = stop
                return model.head(model.norm(x))
"""

GENERATE = """
                with no_grad():
                    for _ in range(max_new_tokens):
                        logits = read(model, np.array([new]), cache)
                        new = [pick(logits.data[0, -1], temperature, rng)]
                        row = row + new
                        if new[0] == stop:
                            break
                return np.array(row)
"""

CATCH = """
                texts = [3, 4, 5], [1, 4], [2]
                right = [generate(small, text, 6)[len(text):].tolist() for text in texts]
                streams = [stream_of(small, text, 6) for text in texts]
                found = zip(*[[next(stream, None) for stream in streams] for _ in range(6)])
                for tokens, expected in zip(found, right):
                    assert list(tokens) == expected
"""

STREAM = """
                cache, new = KVCache.of(model), row_of(tokens)
                for _ in range(max_new_tokens):
                    with no_grad():
                        new = [pick(read(model, np.array([new]), cache).data[0, -1])]
                    yield new[0]
"""

SERVE = """
                    begins = arrivals[at] + patience
                    if at + limit - 1 < len(arrivals):
                        begins = min(begins, arrivals[at + limit - 1])
                    begins = max(begins, free)
                    count = sum(arrival <= begins for arrival in arrivals[at:at + limit])
"""

TOGETHER = """
                cache, new, written = KVCache.of(model, len(texts)), np.asarray(texts), []
                with no_grad():
                    for _ in range(count):
                        new = read(model, new, cache).data[:, -1].argmax(axis=-1)[:, None]
                        written.append(new)
                return np.concatenate(written, axis=1)
"""


def changed(code, old, new):
    """A solution with one place of it changed."""
    assert code.count(old) == 1, old
    return code.replace(old, new)


MISTAKES = {
    "attend": [
        dict(
            name="the mask of the new ones",
            code=changed(ATTEND, "causal_mask(keys.shape[2])[-new:]", "causal_mask(keys.shape[2])[:new]"),
            says="The new ones are the last places: the last rows of the mask.",
            ask="Whom does the first of the new tokens hear, in your mask?",
            symptom="new tokens hear only the beginning of the text",
        ),
        dict(
            name="no mask",
            code=changed(ATTEND, "causal_mask(keys.shape[2])[-new:] if new > 1 else None", "None"),
            says="Among several new tokens an earlier one must not hear a later one.",
            ask="In the prefill, whom does the first token hear?",
            symptom="right for single tokens, wrong for the prefill",
        ),
        dict(
            name="the first layer for all",
            code=changed(ATTEND, "cache.append(layer,", "cache.append(0 * layer,"),
            says="Each layer has its own place in the cache: append(layer, ...).",
            ask="Whose keys are in layer 0 after the second block?",
            symptom="later layers write over the first",
        ),
        dict(
            name="keys without the cache",
            code=changed(ATTEND, "query, Tensor._wrap(keys), Tensor._wrap(values), mask",
                         "query, key, value, causal_mask(new)"),
            says="Hear all keys and values that append returned, not the new ones alone.",
            ask="What did append return, and where do you use it?",
            symptom="every reading forgets the ones before",
        ),
        dict(
            name="not joined by heads",
            code=changed(ATTEND, "join_heads(found)", "found.reshape(x.shape)"),
            says="Heads stand in front of the tokens; join_heads swaps them back first.",
            ask="In which order do heads and tokens stand in `found`?",
            symptom="right for one token, mixed for several",
        ),
        dict(
            name="without the last layer",
            code=changed(ATTEND, "attention.out(join_heads(found))", "join_heads(found) @ attention.out.weight.T"),
            says="attention.out adds its bias as well: call it.",
            ask="What does a Linear do beside the product?",
            symptom="the bias is missing",
        ),
        dict(
            name="length moves",
            code=changed(ATTEND, "new = x.shape[-2]", "new = x.shape[-2]\n                cache.length += new"),
            says="All blocks append behind the same tokens; `read` moves cache.length when the last one is done.",
            ask="Behind which tokens does the second block append?",
            symptom="the cache fills up too fast",
        ),
    ],
    "read": [
        dict(
            name="places from 0",
            code=changed(READ, "weight[start:stop]", "weight[:stop - start]"),
            says="New tokens stand at places from cache.length on.",
            ask="At which place does a single new token stand?",
            symptom="right in the prefill, wrong from then on",
        ),
        dict(
            name="the place of the last one for all",
            code=changed(READ, "weight[start:stop]", "weight[stop - 1:stop]"),
            says="Each new token has its own place: rows start to stop.",
            ask="Which place has the first of three new tokens?",
            symptom="right for single tokens, wrong for the prefill",
        ),
        dict(
            name="length stays",
            code=changed(READ, "                cache.length = stop\n", ""),
            says="When all blocks are done, the cache has the new tokens: cache.length = stop.",
            ask="Where does the next reading put its keys?",
            symptom="each reading writes over the one before",
        ),
        dict(
            name="the norm forgotten",
            code=changed(READ, "attend(block.attention, block.norm1(x), cache, layer)",
                         "attend(block.attention, x, cache, layer)"),
            says="Attention reads the stream normed: block.norm1(x).",
            ask="What does a block of 13 hand to its attention?",
            symptom="other logits, from the first token on",
        ),
        dict(
            name="the second norm forgotten",
            code=changed(READ, "block.mlp(block.norm2(x))", "block.mlp(x)"),
            says="The MLP, too, reads the stream normed: block.norm2(x).",
            ask="What does a block of 13 hand to its MLP?",
            symptom="other logits, from the first token on",
        ),
        dict(
            name="one layer for all blocks",
            code=changed(READ, "block.norm1(x), cache, layer)", "block.norm1(x), cache, 0)"),
            says="Each block has its layer of the cache: attend(..., cache, layer).",
            ask="Whose keys are in layer 0 when the second block is done?",
            symptom="right in the prefill, wrong from then on",
        ),
        dict(
            name="no stream",
            code=changed(READ, "x = x + block.mlp(block.norm2(x))", "x = block.mlp(block.norm2(x))"),
            says="The MLP adds to the stream: x + ...",
            ask="What happens to the stream in a block?",
            symptom="other logits, from the first token on",
        ),
        dict(
            name="length moves in each block",
            code=changed(changed(READ, "                cache.length = stop\n", ""),
                         "x = x + block.mlp(block.norm2(x))",
                         "x = x + block.mlp(block.norm2(x))\n                    cache.length += tokens.shape[1]"),
            says="All blocks write behind the same length; move it once, at the end.",
            ask="Which length does the second block see?",
            symptom="the cache fills up too fast",
        ),
        dict(
            name="the last norm forgotten",
            code=changed(READ, "model.head(model.norm(x))", "model.head(x)"),
            says="Before the head comes the last norm: model.head(model.norm(x)).",
            ask="What does `stream` of 13 do at its end?",
            symptom="other logits",
        ),
    ],
    "generate": [
        dict(
            name="the whole row each time",
            code=changed(GENERATE, "logits = read(model, np.array([new]), cache)",
                         "cache.length = 0\n                        logits = read(model, np.array([row]), cache)"),
            says="After the prefill read the new token alone.",
            ask="How many tokens do you read for the tenth new one?",
            symptom="right text, and nothing is saved",
        ),
        dict(
            name="always greedy",
            code=changed(GENERATE, "pick(logits.data[0, -1], temperature, rng)", "int(logits.data[0, -1].argmax())"),
            says="pick knows temperature and rng.",
            ask="What does your text look like at temperature 1?",
            symptom="the temperature has no effect",
        ),
        dict(
            name="stays quiet",
            code="\n                model.eval()" + GENERATE,
            says="Leave the mode as it is, or put it back: model.train(training).",
            ask="Is Dropout on again when learning goes on?",
            symptom="after the first text the model never drops out again",
        ),
        dict(
            name="the first place",
            code=changed(GENERATE, "logits.data[0, -1]", "logits.data[0, 0]"),
            says="What comes next is said at the last place.",
            ask="Which place of the prefill says what comes next?",
            symptom="right for a text of one token",
        ),
        dict(
            name="no end",
            code=changed(GENERATE, "if new[0] == stop:\n                            break", "pass"),
            says="End after `stop` was picked.",
            ask="What is `stop` for?",
            symptom="the text goes on behind its end",
        ),
        dict(
            name="recorded",
            code=changed(GENERATE, "with no_grad():", "if True:"),
            says="Nobody asks for gradients: read inside `with no_grad():`.",
            ask="What does each reading keep for a backward that never comes?",
            symptom="right, slower, and memory grows with the text",
        ),
        dict(
            name="a list",
            code=changed(GENERATE, "return np.array(row)", "return row"),
            says="The text is an array, as in 13: np.array(row).",
            ask="What does the first line of `generate` say that it returns?",
            symptom="what is done with a text later fails",
        ),
    ],
    "catch": [
        dict(
            name="one after the other",
            code="""
                for text in ([3, 4, 5], [1, 4]):
                    right = generate(small, text, 6)[len(text):].tolist()
                    assert list(stream_of(small, text, 6)) == right
            """,
            says="Alone each of them is right. Two must be under way at the same time.",
            ask="When does the second stream begin in your check?",
            symptom="the fault passes",
        ),
        dict(
            name="against itself",
            code="""
                texts = [3, 4, 5], [1, 4]
                alone = [list(stream_of(small, text, 6)) for text in texts]
                streams = [stream_of(small, text, 6) for text in texts]
                found = zip(*[[next(stream, None) for stream in streams] for _ in range(6)])
                for tokens, expected in zip(found, alone):
                    assert list(tokens) == expected
            """,
            says="What is right is what `generate` gives, not what the stream itself gives alone.",
            ask="Would a stream pass whose tokens are wrong from the start, alone and in company?",
            symptom="streams that are always wrong pass",
        ),
        dict(
            name="only that they differ",
            code="""
                streams = [stream_of(small, text, 6) for text in ([3, 4, 5], [1, 4])]
                a, b = zip(*[[next(stream, None) for stream in streams] for _ in range(6)])
                assert a != b
            """,
            says="Compare with what is right, not with each other.",
            ask="Would wrong answers that differ pass your check?",
            symptom="the fault may pass",
        ),
        dict(
            name="the first token only",
            code=changed(CATCH, "assert list(tokens) == expected", "assert tokens[0] == expected[0]"),
            says="The first token comes of the prefill, before anybody disturbs. Compare all of them.",
            ask="After how many tokens does the first one get disturbed?",
            symptom="the fault passes",
        ),
        dict(
            name="with the text",
            code=changed(CATCH, "[len(text):]", ""),
            says="A stream yields what is new; leave the text out of what is right.",
            ask="What does generate return beside the new tokens?",
            symptom="right streams are refused",
        ),
        dict(
            name="the same text twice",
            code=changed(CATCH, "[3, 4, 5], [1, 4], [2]", "[3, 4, 5], [3, 4, 5]"),
            says="Ask with two different texts; who asks the same gets the same.",
            ask="Would streams pass that give everybody what the first one asked for?",
            symptom="streams that ignore their text pass",
        ),
        dict(
            name="the first stream only",
            code=changed(CATCH, "zip(found, right)", "list(zip(found, right))[:1]"),
            says="Compare every stream with what is right.",
            ask="Who tells you when the second stream is wrong?",
            symptom="streams of which only the first is right pass",
        ),
        dict(
            name="the second stream only",
            code=changed(CATCH, "zip(found, right)", "list(zip(found, right))[1:2]"),
            says="Compare every stream with what is right.",
            ask="Who tells you when the first stream is wrong?",
            symptom="streams of which only the second is right pass",
        ),
        dict(
            name="as far as they go",
            code="""
                texts = [3, 4, 5], [1, 4]
                right = [generate(small, text, 6)[len(text):].tolist() for text in texts]
                for a, b, *expected in zip(*[stream_of(small, text, 6) for text in texts], *right):
                    assert [a, b] == expected
            """,
            says="zip ends with the shortest: a stream that ends too early is compared no further.",
            ask="How many tokens do you compare if a stream ends after five?",
            symptom="streams that end too early pass",
        ),
        dict(
            name="an end that is no verdict",
            code=changed(CATCH, "next(stream, None)", "next(stream)"),
            says="next(stream) raises StopIteration where a stream has ended; next(stream, None) gives None instead.",
            ask="What does next(stream) do if the stream has ended?",
            symptom="a stream that ends too early ends the check as well",
        ),
    ],
    "repair": [
        dict(
            name="one for each model",
            code=changed(STREAM, "KVCache.of(model)", "shared(model)").replace(
                "for _ in range", "cache.length = 0\n                for _ in range", 1),
            says="What belongs to one request is made for one request: KVCache.of(model) inside.",
            ask="Who else has your cache?",
            symptom="as the colleague's",
        ),
        dict(
            name="no cache",
            code="""
                row = row_of(tokens)
                for _ in range(max_new_tokens):
                    with no_grad():
                        new = pick(read(model, np.array([row[-1:]]), KVCache.of(model)).data[0, -1])
                    row.append(new)
                    yield new
            """,
            says="A cache lives as long as its request, not as long as a token.",
            ask="What does the model know of the text when it reads the last token?",
            symptom="each token is written as if it were the first",
        ),
        dict(
            name="one token fewer",
            code=changed(STREAM, "range(max_new_tokens)", "range(max_new_tokens - 1)"),
            says="max_new_tokens are to come.",
            ask="How many tokens does your stream yield?",
            symptom="the last token is missing",
        ),
        dict(
            name="the text again",
            code=changed(STREAM, "for _ in range", "yield from new\n                for _ in range"),
            says="Who asks has the text already: yield what is new.",
            ask="What is the first token of your stream?",
            symptom="a stream begins with the text",
        ),
        dict(
            name="the first token for ever",
            code=changed(changed(STREAM, "new = [pick(", "token = [pick("), "yield new[0]", "yield token[0]"),
            says="The token that was picked is the next one to read.",
            ask="What do you read for the second token?",
            symptom="the text is read again and again",
        ),
        dict(
            name="all at once",
            code="yield from generate(model, tokens, max_new_tokens)[len(tokens):].tolist()",
            says="Each token is to be yielded as soon as it is picked, before the next is read.",
            ask="How many tokens have been read when your first one comes?",
            symptom="right, and the first token comes when the last one is there",
        ),
        dict(
            name="read anew",
            code="""
                row = row_of(tokens)
                for _ in range(max_new_tokens):
                    with no_grad():
                        row.append(pick(read(model, np.array([row]), KVCache.of(model)).data[0, -1]))
                    yield row[-1]
            """,
            says="One cache for the request; after the prefill the new token alone is read.",
            ask="How many tokens do you read for the tenth new one?",
            symptom="right, and nothing is saved",
        ),
        dict(
            name="quiet for others as well",
            code="""
                cache, new = KVCache.of(model), row_of(tokens)
                with no_grad():
                    for _ in range(max_new_tokens):
                        new = [pick(read(model, np.array([new]), cache).data[0, -1])]
                        yield new[0]
            """,
            says="Between two tokens the code of whoever reads them runs, so end no_grad before each yield.",
            ask="Are gradients on for the one who got your token, until they ask for the next?",
            symptom="who reads a stream while learning learns nothing",
        ),
        dict(
            name="recorded",
            code=changed(STREAM, "with no_grad():", "if True:"),
            says="Nobody asks for gradients: read inside `with no_grad():`.",
            ask="What does each reading keep for a backward that never comes?",
            symptom="right, slower, and memory grows with the text",
        ),
    ],
    "serve": [
        dict(
            name="waits for company always",
            code=changed(SERVE, "min(begins, arrivals[at + limit - 1])", "begins"),
            says="A full batch begins at once: at arrivals[at + limit - 1].",
            ask="When does a batch begin that is full long before patience ends?",
            symptom="everybody waits for patience to end",
        ),
        dict(
            name="no patience",
            code=changed(SERVE, "begins = arrivals[at] + patience", "begins = arrivals[at]"),
            says="The oldest waits for up to `patience` for others.",
            ask="When does a single request begin, if nobody else comes?",
            symptom="batches are smaller than they could be",
        ),
        dict(
            name="the machine is never busy",
            code=changed(SERVE, "                    begins = max(begins, free)\n", ""),
            says="A batch begins when the machine is free, not before: max(begins, free).",
            ask="Can two batches run at the same time?",
            symptom="no queue ever builds up",
        ),
        dict(
            name="those who are late as well",
            code=changed(SERVE, "sum(arrival <= begins for arrival in ", "len("),
            says="Only who has arrived when the batch begins is part of it.",
            ask="Has the last of your batch arrived when it begins?",
            symptom="answers come before requests",
        ),
        dict(
            name="no limit",
            code=changed(SERVE, "arrivals[at:at + limit]", "arrivals[at:]"),
            says="Up to `limit` requests: arrivals[at:at + limit].",
            ask="How large do your batches get?",
            symptom="batches larger than the limit",
        ),
        dict(
            name="patience from when it is free",
            code=changed(SERVE, "begins = arrivals[at] + patience", "begins = max(arrivals[at], free) + patience"),
            says="Patience counts from the arrival of the oldest, busy machine or not.",
            ask="Since when has the oldest been waiting?",
            symptom="a busy machine makes people wait longer than it must",
        ),
        dict(
            name="who came before patience ended",
            code=changed(changed(SERVE, "                    begins = max(begins, free)\n", ""),
                         "[at:at + limit])", "[at:at + limit])\n                    begins = max(begins, free)"),
            says="Count when the batch begins: who comes while the machine is still busy is part of it.",
            ask="Who has arrived between the end of patience and the beginning of the batch?",
            symptom="a busy machine leaves people behind who are there",
        ),
        dict(
            name="a request that never comes",
            code=changed(changed(SERVE, "                    if at + limit - 1 < len(arrivals):\n", ""),
                         "                        begins = min(", "                    begins = min("),
            says="Near the end fewer than `limit` are left: ask whether at + limit - 1 is below len(arrivals).",
            ask="Who fills the batch of the last request?",
            symptom="IndexError at the last requests",
        ),
    ],
    "together": [
        dict(
            name="one after the other",
            code="return np.array([generate(model, text, count)[len(text):] for text in texts.tolist()])",
            says="Read all texts as one batch, with one cache of that batch size.",
            ask="How often do you fetch the weights for a token of each text?",
            symptom="right, and no faster than alone",
        ),
        dict(
            name="the best of all texts",
            code=changed(TOGETHER, "argmax(axis=-1)[:, None]", "argmax(axis=0)[:len(texts), None] % 50"),
            says="Each text has its own best token: argmax(axis=-1).",
            ask="Along which axis do the scores of a text stand?",
            symptom="tokens of other texts",
        ),
        dict(
            name="the first place",
            code=changed(TOGETHER, ".data[:, -1]", ".data[:, 0]"),
            says="What comes next is said at the last place.",
            ask="Which place of the prefill says what comes next?",
            symptom="wrong from the first token",
        ),
        dict(
            name="with the texts in front",
            code=changed(TOGETHER, "(written, axis=1)", "([np.asarray(texts), *written], axis=1)"),
            says="Return what is new: count tokens for each text.",
            ask="What shape has your answer?",
            symptom="longer by the texts",
        ),
        dict(
            name="a new cache for each token",
            code=changed(TOGETHER, "read(model, new, cache)", "read(model, new, KVCache.of(model, len(texts)))"),
            says="One cache for the whole batch, from its first token to its last.",
            ask="What does the model know of the text at the second token?",
            symptom="right first token, then none",
        ),
        dict(
            name="in another order",
            code=changed(TOGETHER, "np.concatenate(written, axis=1)", "np.concatenate(written, axis=1)[:, ::-1]"),
            says="In the order in which they were written.",
            ask="Which token was written first?",
            symptom="the text runs backwards",
        ),
        dict(
            name="recorded",
            code=changed(TOGETHER, "with no_grad():", "if True:"),
            says="Nobody asks for gradients: read inside `with no_grad():`.",
            ask="What does each reading keep for a backward that never comes?",
            symptom="right, slower, and memory grows with the text",
        ),
        dict(
            name="tokens with a point",
            code=changed(TOGETHER, "return np.concatenate(written, axis=1)",
                         "return np.concatenate([np.zeros((len(texts), 0)), *written], axis=1)"),
            says="np.zeros is float64 unless you say otherwise: dtype=np.int64.",
            ask="What is the dtype of your answer?",
            symptom="tokens such as 7.0",
        ),
        dict(
            name="a cache for one",
            code=changed(TOGETHER, "KVCache.of(model, len(texts))", "KVCache.of(model)"),
            says="The cache has room for as many texts as are read together: KVCache.of(model, len(texts)).",
            ask="For how many texts is your cache?",
            symptom="append says that the batch is another",
        ),
        dict(
            name="a row, not a column",
            code=changed(TOGETHER, "[:, None]", ""),
            says="What is read has a row for each text: [:, None] makes (texts, 1).",
            ask="Which shape does `read` ask of its tokens?",
            symptom="read says that the shape is another",
        ),
    ],
    "cache_bytes": [
        dict(name="keys only", code="cache_bytes = 4 * n_layers * d_model * people * length",
             says="Keys and values: two arrays.", ask="What is kept beside the keys?", symptom="half"),
        dict(name="numbers, not bytes", code="cache_bytes = 2 * n_layers * d_model * people * length",
             says="A float32 takes four bytes.", ask="How many bytes has one number?", symptom="a quarter"),
        dict(name="one layer", code="cache_bytes = 2 * 4 * d_model * people * length",
             says="Every block keeps its own.", ask="And the other blocks?", symptom="too small by n_layers"),
        dict(name="one person", code="cache_bytes = 2 * 4 * n_layers * d_model * length",
             says="Each person has a cache.", ask="Where are the other people?", symptom="too small by people"),
        dict(name="the square of the length", code="cache_bytes = 2 * 4 * n_layers * people * length * length",
             says="A token keeps d_model numbers, not one for each other token.", ask="What does one token keep?",
             symptom="grows with the square of the length"),
    ],
    "again": [
        dict(name="all of them", code="again = count * (count + 1) // 2",
             says="`count` of them were computed for the first time.", ask="How many keys are new?",
             symptom="too many by count"),
        dict(name="the square", code="again = count * count - count",
             says="The readings are of 1, 2, 3, ... tokens: half of the square.", ask="How long is the first reading?",
             symptom="twice too many"),
        dict(name="one text", code="again = count + 1",
             says="For each new token all are read again.", ask="How many readings are there?", symptom="far too few"),
        dict(name="one reading more", code="again = (count + 1) * (count + 2) // 2 - count - 1",
             says="There are `count` readings; the last token is never read.", ask="Is the last token read?",
             symptom="too many by count"),
        dict(name="one reading fewer", code="again = (count - 1) * (count - 2) // 2",
             says="The last reading has `count` tokens: the one given, and all but the last that were written.",
             ask="How many tokens has the last reading?", symptom="too few by count"),
    ],
}

TEXTS = "`([3, 4, 5], [1, 4], [2])` becomes `{}`"
SURVIVORS = {
    "attend": {
        "`causal_mask(keys.shape[2])[-new:] if new > 1 else None` becomes "
        "`causal_mask(keys.shape[2])[-new:] if new >= 1 else None`": "right: a single token's row is all True",
        "`causal_mask(keys.shape[2])[-new:] if new > 1 else None` becomes "
        "`causal_mask(keys.shape[2])[-new:] if new > 0 else None`": "right: a single token's row is all True",
    },
    "generate": {
        "`new[0] == stop` becomes `new[-1] == stop`": "right: new has one token",
        "`logits.data[0, -1]` becomes `logits.data[-1, -1]`": "right: the batch has one text",
    },
    "catch": {
        **{TEXTS.format(texts): "right: any texts will do" for texts in (
            "([4, 4, 5], [1, 4], [2])", "([2, 4, 5], [1, 4], [2])", "([3, 5, 5], [1, 4], [2])",
            "([3, 3, 5], [1, 4], [2])", "([3, 4, 6], [1, 4], [2])", "([3, 4, 4], [1, 4], [2])",
            "([3, 4, 5], [2, 4], [2])", "([3, 4, 5], [0, 4], [2])", "([3, 4, 5], [1, 5], [2])",
            "([3, 4, 5], [1, 3], [2])", "([3, 4, 5], [1, 4], [3])", "([3, 4, 5], [1, 4], [1])")},
    },
    "repair": {
        "`(yield new[0])` becomes `(yield new[-1])`": "right: new has one token",
        "`read(model, np.array([new]), cache).data[0, -1]` becomes "
        "`read(model, np.array([new]), cache).data[-1, -1]`": "right: the batch has one text",
    },
    "serve": {
        "`max(begins, free)` becomes `max(free, begins)`": "right: the same",
        "`min(begins, arrivals[at + limit - 1])` becomes `min(arrivals[at + limit - 1], begins)`": "right: the same",
    },
    "together": {
        "`np.concatenate(written, axis=1)` becomes `np.concatenate(written, axis=-1)`": "right: the same axis",
        "`read(model, new, cache).data[:, -1].argmax(axis=-1)` becomes "
        "`read(model, new, cache).data[:, -1].argmax(axis=1)`": "right: the same axis",
    },
    "again": {
        "`count * (count + 1) // 2` becomes `count * (count + 1) / 2`": "right: no rest",
    },
}
