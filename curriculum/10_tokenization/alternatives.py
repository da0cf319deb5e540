"""Right answers written differently. `code` stands in place of the exercise's solution region."""

ALTERNATIVES = {
    "char": [
        dict(
            name="by the place in the list",
            code="""
                strange = set(text) - set(self.chars)
                if strange:
                    raise ValueError(f"no token for {sorted(strange)}")
                return [self.chars.index(char) for char in text]
            """,
        ),
        dict(
            name="a failed look-up, explained",
            code="""
                number = dict(zip(self.chars, range(self.vocab_size)))
                tokens = []
                for char in text:
                    try:
                        tokens.append(number[char])
                    except KeyError as error:
                        raise ValueError(f"{char} is not in the vocabulary") from error
                return tokens
            """,
        ),
    ],
    "most_frequent_pair": [
        dict(
            name="sorted",
            code="""
                counts = {}
                for pair in zip(tokens, tokens[1:]):
                    counts[pair] = counts.get(pair, 0) + 1
                return sorted(counts, key=lambda pair: (-counts[pair], pair[0], pair[1]))[0]
            """,
        ),
        dict(
            name="the largest count, then the lowest pair",
            code="""
                pairs = [(tokens[at], tokens[at + 1]) for at in range(len(tokens) - 1)]
                counts = Counter(pairs)
                most = max(counts.values())
                return min(pair for pair in pairs if counts[pair] == most)
            """,
        ),
        dict(
            name="the first of sorted ones",
            code="return Counter(sorted(zip(tokens, tokens[1:]))).most_common(1)[0][0]",
        ),
    ],
    "merge": [
        dict(
            name="a stack",
            code="""
                stack = []
                for token in tokens:
                    if stack and (stack[-1], token) == pair:
                        stack[-1] = new
                    else:
                        stack.append(token)
                return stack
            """,
        ),
        dict(
            name="cut out of a copy",
            code="""
                row, at = list(tokens), 0
                while at < len(row) - 1:
                    if row[at] == pair[0] and row[at + 1] == pair[1]:
                        row[at:at + 2] = [new]
                    at += 1
                return row
            """,
        ),
    ],
    "learn": [
        dict(
            name="a for with a break",
            code="""
                merges, row = [], list(tokens)
                for new in range(256, 256 + count):
                    if len(row) < 2:
                        break
                    merges.append(most_frequent_pair(row))
                    row = merge(row, merges[-1], new)
                return merges
            """,
        ),
        dict(
            name="one merge, then the rest",
            code="""
                def more(row, new):
                    if len(row) < 2 or new == 256 + count:
                        return []
                    pair = most_frequent_pair(row)
                    return [pair, *more(merge(row, pair, new), new + 1)]

                return more(tokens, 256)
            """,
        ),
    ],
    "catch": [
        dict(
            name="on another text",
            code="""
                text = byte_tokens("she sells sea shells by the sea shore; the shells she sells are sea shells. " * 3)
                for row in (text, byte_tokens(page)):
                    merges, expected = learn_merges(row, 70), row
                    for number in range(len(merges)):
                        expected = merge(expected, merges[number], 256 + number)
                    if list(encode(row, merges)) != expected:
                        raise AssertionError("the merges are not done in their order")
            """,
        ),
        dict(
            name="held against a Chain",
            code="""
                row = byte_tokens(page)
                merges, chain = learn_merges(row, 90), Chain(row)
                for number, pair in enumerate(merges):
                    chain.merge(pair, 256 + number)
                assert encode(row, merges) == chain.tokens(), "other tokens than training left"
            """,
        ),
    ],
    "repair": [
        dict(
            name="by the loops",
            code="""
                for number, pair in enumerate(merges):
                    tokens = merge(tokens, pair, 256 + number)
                return list(tokens)
            """,
        ),
        dict(
            name="the oldest that is possible",
            code="""
                made_by = {pair: 256 + number for number, pair in enumerate(merges)}
                while possible := [made_by[pair] for pair in zip(tokens, tokens[1:]) if pair in made_by]:
                    oldest = min(possible)
                    tokens = merge(tokens, merges[oldest - 256], oldest)
                return list(tokens)
            """,
        ),
    ],
    "padded": [
        dict(
            name="lists that grow",
            code="""
                longest = max(map(len, rows))
                return Tensor([list(row) + [filler] * (longest - len(row)) for row in rows], dtype=np.int64)
            """,
        ),
        dict(
            name="zip_longest",
            code="""
                from itertools import zip_longest

                columns = list(zip_longest(*rows, fillvalue=filler))
                return Tensor(np.array(columns, dtype=np.int64).T, dtype=np.int64)
            """,
        ),
    ],
    "saved": [
        dict(name="by the ratio", code="saved = page_bytes * page_bytes * (1 - 1 / bytes_per_token**2)"),
        dict(name="tokens first",
             code="tokens = page_bytes / bytes_per_token\nsaved = page_bytes * page_bytes - tokens * tokens"),
    ],
    "added": [
        dict(name="two tables", code="added = vocab_size * width * 4 - 256 * width * 4"),
        dict(name="measured", code="added = Tensor(np.zeros((vocab_size - 256, width))).memory_footprint()"),
    ],
}
