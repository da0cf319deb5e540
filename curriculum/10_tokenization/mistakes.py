"""Plausible wrong answers. `code` stands in place of the exercise's solution region.

`says` names the misconception once it is recognised, `ask` is the question that comes before it, `symptom` is what the
learner sees.
"""

MISTAKES = {
    "char": [
        dict(
            name="code points",
            code="""
                for char in text:
                    if char not in self.chars:
                        raise ValueError(f"no token for {char!r}")
                return [ord(char) for char in text]
            """,
            says="ord gives Unicode's number. Yours is the place of the character in self.chars.",
            ask="How large may a token of this vocabulary be at most?",
            symptom="numbers far above vocab_size, and decode ends in IndexError",
        ),
        dict(
            name="in the order of the new text",
            code="""
                for char in text:
                    if char not in self.chars:
                        raise ValueError(f"no token for {char!r}")
                number = {char: token for token, char in enumerate(dict.fromkeys(text))}
                return [number[char] for char in text]
            """,
            says="The numbers come from the vocabulary, self.chars. These depend on the text that is encoded.",
            ask="Does the same character get the same number in two texts?",
            symptom="every text begins with token 0",
        ),
        dict(
            name="counted from one",
            code="""
                number = {char: token for token, char in enumerate(self.chars, 1)}
                for char in text:
                    if char not in number:
                        raise ValueError(f"no token for {char!r}")
                return [number[char] for char in text]
            """,
            says="decode looks up self.chars[token], which counts from 0.",
            ask="Which character is self.chars[0]?",
            symptom="every character comes back as the next one",
        ),
        dict(
            name="strange ones are left out",
            code="return [self.chars.index(char) for char in text if char in self.chars]",
            says="What has no token must be refused. Left out, it is lost, and nobody hears of it.",
            ask="What should encode do with a character that it has never seen?",
            symptom="the text comes back shorter",
        ),
        dict(
            name="strange ones become the first",
            code="""
                number = {char: token for token, char in enumerate(self.chars)}
                return [number.get(char, 0) for char in text]
            """,
            says="Token 0 is a character of its own. What has none must be refused with ValueError.",
            ask="What comes back when you decode that token 0?",
            symptom="accents come back as blanks",
        ),
        dict(
            name="the message says nothing",
            code="""
                if not set(text) <= set(self.chars):
                    raise ValueError("unknown character")
                return [self.chars.index(char) for char in text]
            """,
            says="Somebody with a page of text needs to know which character it is. Put it into the message.",
            ask="What would you want to read in the message, with a page of a thousand characters before you?",
            symptom="right, but the error helps nobody",
        ),
        dict(
            name="the message shows the text",
            code="""
                if not set(text) <= set(self.chars):
                    raise ValueError(f"{text!r} has a character without a token")
                return [self.chars.index(char) for char in text]
            """,
            says="Among a thousand characters one has no token. Say which.",
            ask="How does the reader of your message find the character?",
            symptom="right, and the error shows all the text and not what is wrong in it",
        ),
        dict(
            name="a bare look-up",
            code="""
                number = {char: token for token, char in enumerate(self.chars)}
                return [number[char] for char in text]
            """,
            says="A failed look-up is a KeyError. The docstring promises ValueError, and a message.",
            ask="Which error does a dict raise for a key that it has not?",
            symptom="KeyError instead of ValueError",
        ),
    ],
    "most_frequent_pair": [
        dict(
            name="of equals the first that came",
            code="""
                counts = Counter(zip(tokens, tokens[1:]))
                return counts.most_common(1)[0][0]
            """,
            says="most_common keeps equals in the order in which they came. Take the lowest pair of them.",
            ask="Which of two equally frequent pairs does your line return?",
            symptom="right until two pairs are equally frequent",
        ),
        dict(
            name="of equals the highest",
            code="""
                counts = Counter(zip(tokens, tokens[1:]))
                return max(counts, key=lambda pair: (counts[pair], pair))
            """,
            says="max takes the largest count and of equals the largest pair. You want the lowest: min with -count.",
            ask="What does max do with two pairs of equal count?",
            symptom="right until two pairs are equally frequent",
        ),
        dict(
            name="the lowest of all",
            code="""
                counts = Counter(zip(tokens, tokens[1:]))
                return min(counts)
            """,
            says="The count comes first. Only among equals the lowest pair is taken.",
            ask="Where do you look at the counts?",
            symptom="a low pair that occurs once is preferred",
        ),
        dict(
            name="every second pair",
            code="""
                counts = Counter(zip(tokens[::2], tokens[1::2]))
                return min(counts, key=lambda pair: (-counts[pair], pair))
            """,
            says="Neighbours begin at each token, not at every second one.",
            ask="Which pairs does [7, 5, 9] have?",
            symptom="half of the pairs are missed",
        ),
        dict(
            name="without overlap",
            code="""
                counts, last = Counter(), None
                for at, pair in enumerate(zip(tokens, tokens[1:])):
                    if last != (at - 1, pair):
                        counts[pair] += 1
                        last = at, pair
                return min(counts, key=lambda pair: (-counts[pair], pair))
            """,
            says="6, 6, 6 counts twice here. Overlapping pairs are counted like all others.",
            ask="How often does 8, 8, 8 hold the pair (8, 8)?",
            symptom="runs of one token count for too little",
        ),
        dict(
            name="ties by the second number",
            code="""
                counts = Counter(zip(tokens, tokens[1:]))
                return min(counts, key=lambda pair: (-counts[pair], pair[1], pair[0]))
            """,
            says="The first number is compared before the second; tuples do that by themselves.",
            ask="Which is lower, (3, 9) or (5, 4)?",
            symptom="right until two pairs are equally frequent",
        ),
        dict(
            name="order forgotten",
            code="""
                counts = Counter(tuple(sorted(pair)) for pair in zip(tokens, tokens[1:]))
                return min(counts, key=lambda pair: (-counts[pair], pair))
            """,
            says="(7, 5) and (5, 7) are two different pairs: he is not eh.",
            ask="Are th and ht the same pair?",
            symptom="pairs that never occur",
        ),
    ],
    "merge": [
        dict(
            name="one on instead of two",
            code="""
                merged, at = [], 0
                while at < len(tokens):
                    if tuple(tokens[at:at + 2]) == tuple(pair):
                        merged.append(new)
                    else:
                        merged.append(tokens[at])
                    at += 1
                return merged
            """,
            says="A pair takes two tokens of the row, so go two on after it.",
            ask="Where do you stand after a pair?",
            symptom="the right token of each pair is still there",
        ),
        dict(
            name="the last one lost",
            code="""
                merged, at = [], 0
                while at < len(tokens) - 1:
                    if (tokens[at], tokens[at + 1]) == tuple(pair):
                        merged.append(new)
                        at += 2
                    else:
                        merged.append(tokens[at])
                        at += 1
                return merged
            """,
            says="The last token has no right neighbour, and belongs to the row all the same.",
            ask="What happens to a single token at the end of the row?",
            symptom="the text loses its last letter",
        ),
        dict(
            name="the first pair only",
            code="""
                for at in range(len(tokens) - 1):
                    if (tokens[at], tokens[at + 1]) == tuple(pair):
                        return [*tokens[:at], new, *tokens[at + 2:]]
                return list(tokens)
            """,
            says="Every occurrence is merged, not the first alone. Go on after it.",
            ask="How often does the pair occur, and how often is your new token there?",
            symptom="the same pair is learnt again and again",
        ),
        dict(
            name="in either order",
            code="""
                merged, at = [], 0
                while at < len(tokens):
                    if sorted(tokens[at:at + 2]) == sorted(pair):
                        merged.append(new)
                        at += 2
                    else:
                        merged.append(tokens[at])
                        at += 1
                return merged
            """,
            says="(7, 5) is not (5, 7). Merged in either order, he would come back as eh.",
            ask="Is a pair still itself when you turn it round?",
            symptom="text comes back with letters exchanged",
        ),
        dict(
            name="from the right",
            code="""
                merged, at = [], len(tokens)
                while at > 0:
                    if at > 1 and (tokens[at - 2], tokens[at - 1]) == tuple(pair):
                        merged.append(new)
                        at -= 2
                    else:
                        merged.append(tokens[at - 1])
                        at -= 1
                return merged[::-1]
            """,
            says="Of three equal tokens the first two are merged: walk from left to right.",
            ask="In 6, 6, 6, which two are merged?",
            symptom="right, except for runs of one token",
        ),
        dict(
            name="the new one is merged once more",
            code="""
                merged = []
                for token in tokens:
                    if merged and merged[-1] in (pair[0], new) and token == pair[1]:
                        merged[-1] = new
                    else:
                        merged.append(token)
                return merged
            """,
            says="What was merged in this walk is a new token; it does not count as the left one of the pair.",
            ask="What do you make of 7, 5, 5 with the pair (7, 5)?",
            symptom="letters vanish",
        ),
        dict(
            name="in the list that came in",
            code="""
                at = 0
                while at < len(tokens) - 1:
                    if (tokens[at], tokens[at + 1]) == tuple(pair):
                        tokens[at:at + 2] = [new]
                    at += 1
                return tokens
            """,
            says="That changes the list of whoever called. Return a new one.",
            ask="What does the caller's list hold afterwards?",
            symptom="right, and the caller's tokens are gone",
        ),
        dict(
            name="the same list where there is nothing to merge",
            code="""
                if tuple(pair) not in zip(tokens, tokens[1:]):
                    return tokens
                merged, at = [], 0
                while at < len(tokens):
                    if tuple(tokens[at:at + 2]) == tuple(pair):
                        merged.append(new)
                        at += 2
                    else:
                        merged.append(tokens[at])
                        at += 1
                return merged
            """,
            says="A new list was promised, here as well. Who changes yours, changes the caller's.",
            ask="Whose list do you return when the pair is nowhere?",
            symptom="right, and now and then two names for one list",
        ),
    ],
    "learn": [
        dict(
            name="always the row of the beginning",
            code="""
                merges = []
                while len(tokens) > 1 and len(merges) < count:
                    pair = most_frequent_pair(tokens)
                    merged = merge(tokens, pair, 256 + len(merges))
                    merges.append(pair)
                return merges
            """,
            says="The next pair is looked for in the merged row. Put it in place of `tokens`.",
            ask="In which row do you look for the second pair?",
            symptom="the same pair, again and again",
        ),
        dict(
            name="one number further",
            code="""
                merges = []
                while len(tokens) > 1 and len(merges) < count:
                    merges.append(most_frequent_pair(tokens))
                    tokens = merge(tokens, merges[-1], 256 + len(merges))
                return merges
            """,
            says="The first new token is 256. At that moment your list has one entry already.",
            ask="How long is your list when you make the first new token?",
            symptom="new tokens begin at 257",
        ),
        dict(
            name="after the largest token",
            code="""
                merges = []
                while len(tokens) > 1 and len(merges) < count:
                    pair, new = most_frequent_pair(tokens), max(tokens) + 1
                    tokens = merge(tokens, pair, new)
                    merges.append(pair)
                return merges
            """,
            says="The numbers go on from 256, whichever bytes occur: 0 to 255 are taken.",
            ask="What if the byte with the number max + 1 comes in another text?",
            symptom="new tokens carry the numbers of bytes",
        ),
        dict(
            name="pairs that occur once are left",
            code="""
                merges = []
                while len(tokens) > 1 and len(merges) < count:
                    pair = most_frequent_pair(tokens)
                    if Counter(zip(tokens, tokens[1:]))[pair] < 2:
                        break
                    tokens = merge(tokens, pair, 256 + len(merges))
                    merges.append(pair)
                return merges
            """,
            says="A sensible thought, and not what was asked: merges end when they are enough, or one token is left.",
            ask="When does the text above say that learning ends?",
            symptom="fewer merges than were asked for",
        ),
        dict(
            name="after the kinds that occur",
            code="""
                merges, kinds = [], len(set(tokens))
                while len(tokens) > 1 and len(merges) < count:
                    pair = most_frequent_pair(tokens)
                    tokens = merge(tokens, pair, kinds + len(merges))
                    merges.append(pair)
                return merges
            """,
            says="All 256 bytes are tokens already, whether they occur in this text or not. New ones begin at 256.",
            ask="Which byte carries the number that you give to the first merge?",
            symptom="new tokens carry the numbers of bytes",
        ),
        dict(
            name="turned round",
            code="""
                merges = []
                while len(tokens) > 1 and len(merges) < count:
                    right, left = most_frequent_pair(tokens)
                    tokens = merge(tokens, (right, left), 256 + len(merges))
                    merges.append((left, right))
                return merges
            """,
            says="A pair has its left token first, in the list as in the row.",
            ask="Which of the two stands first in the text?",
            symptom="text comes back with letters exchanged",
        ),
        dict(
            name="in the list that came in",
            code="""
                merges = []
                while len(tokens) > 1 and len(merges) < count:
                    merges.append(most_frequent_pair(tokens))
                    tokens[:] = merge(tokens, merges[-1], 255 + len(merges))
                return merges
            """,
            says="tokens[:] = changes the list of whoever called. tokens = gives your own name to the new row.",
            ask="What does the caller's list hold afterwards?",
            symptom="right merges, and the caller's tokens are merged as well",
        ),
    ],
    "catch": [
        dict(
            name="a round trip",
            code="""
                tokens = byte_tokens(page)
                merges = learn_merges(tokens, 60)
                pieces = pieces_of(merges)
                found = b"".join(pieces[token] for token in encode(tokens, merges))
                assert found.decode("utf-8") == page, "the text does not come back"
            """,
            says="Pieces put together are the text, however it was cut. Compare the tokens themselves.",
            ask="Does the colleague's encode return the text?",
            symptom="lets the fault pass",
        ),
        dict(
            name="shorter than before",
            code="""
                tokens = byte_tokens(page)
                merges = learn_merges(tokens, 60)
                assert len(encode(tokens, merges)) < len(tokens), "nothing was merged"
            """,
            says="The colleague's row is shorter than the bytes as well. Compare with what training left.",
            ask="How short should the row be?",
            symptom="lets the fault pass",
        ),
        dict(
            name="one merge only",
            code="""
                tokens = byte_tokens(page)
                merges = learn_merges(tokens, 1)
                assert encode(tokens, merges) == merge(tokens, merges[0], 256), "the merge is not done"
            """,
            says="With one merge there is no order to get wrong. Take many.",
            ask="In how many orders can one merge be done?",
            symptom="lets the fault pass",
        ),
        dict(
            name="counts only",
            code="""
                tokens = byte_tokens(page)
                merges = learn_merges(tokens, 60)
                expected = tokens
                for number, pair in enumerate(merges):
                    expected = merge(expected, pair, 256 + number)
                assert len(encode(tokens, merges)) == len(expected), "other numbers of tokens"
            """,
            says="As many tokens are not yet the same tokens. Compare whole rows.",
            ask="What if two tokens have changed places?",
            symptom="lets a row pass that has the right length",
        ),
        dict(
            name="held against the fault",
            code="""
                tokens = byte_tokens(page)
                merges = learn_merges(tokens, 60)
                assert encode(tokens, merges) == colleague_encode(tokens, merges), "unlike the colleague's"
            """,
            says="That takes the colleague's row for the right one. Right is what training left.",
            ask="Which of the two encoders does your check believe?",
            symptom="refuses the right one and lets the fault pass",
        ),
        dict(
            name="refuses everything",
            code="""
                tokens = byte_tokens(page)
                merges = learn_merges(tokens, 60)
                assert encode(tokens, merges) == tokens, "the tokens have changed"
            """,
            says="The row must change: merges are there to be done.",
            ask="What should come out, if not the bytes?",
            symptom="refuses the right one as well",
        ),
        dict(
            name="sorted rows",
            code="""
                tokens = byte_tokens(page)
                merges = learn_merges(tokens, 60)
                expected = tokens
                for number, pair in enumerate(merges):
                    expected = merge(expected, pair, 256 + number)
                assert sorted(encode(tokens, merges)) == sorted(expected), "other tokens"
            """,
            says="The order of tokens is the text. Compare the rows as they stand.",
            ask="What if the row came from back to front?",
            symptom="lets a row pass that holds the right tokens in another order",
        ),
        dict(
            name="the first ten tokens",
            code="""
                tokens = byte_tokens(page)
                merges = learn_merges(tokens, 60)
                expected = tokens
                for number, pair in enumerate(merges):
                    expected = merge(expected, pair, 256 + number)
                assert encode(tokens, merges)[:10] == expected[:10], "other tokens"
            """,
            says="Ten tokens say nothing of the eleventh. Compare whole rows.",
            ask="What if only the last token is wrong?",
            symptom="lets a row pass that begins right",
        ),
        dict(
            name="shorter than the colleague's",
            code="""
                tokens = byte_tokens(page)
                merges = learn_merges(tokens, 60)
                assert len(encode(tokens, merges)) < len(colleague_encode(tokens, merges)), "as long as the colleague's"
            """,
            says="Shorter than the fault is not yet right. Compare with the row that training left.",
            ask="Which row should come out, token by token?",
            symptom="refuses the fault, and lets other wrong rows pass",
        ),
    ],
    "repair": [
        dict(
            name="newest first",
            code="""
                for number in reversed(range(len(merges))):
                    tokens = merge(tokens, merges[number], 256 + number)
                return list(tokens)
            """,
            says="A late merge is made of what early ones made. Begin with the oldest.",
            ask="Can (256, 97) be merged before there is a 256?",
            symptom="hardly anything is merged",
        ),
        dict(
            name="longest first, as before",
            code="return list(colleague_encode(tokens, merges))",
            says="That is the fault itself. The order of learning decides, not the length.",
            ask="What does your own check say?",
            symptom="the text comes back, with more tokens",
        ),
        dict(
            name="from left to right, whatever is possible",
            code="""
                made_by, row = {pair: 256 + number for number, pair in enumerate(merges)}, []
                for token in tokens:
                    row.append(token)
                    while len(row) > 1 and (row[-2], row[-1]) in made_by:
                        row[-2:] = [made_by[row[-2], row[-1]]]
                return row
            """,
            says="That merges what it meets first. A merge waits for all older ones, in the whole row.",
            ask="In [7, 5, 9] with (5, 9) before (7, 5), which merge comes first?",
            symptom="the text comes back, with other tokens",
        ),
        dict(
            name="numbered from 257",
            code="""
                for number, pair in enumerate(merges, 1):
                    tokens = merge(tokens, pair, 256 + number)
                return list(tokens)
            """,
            says="Merge number 0 makes token 256.",
            ask="Which token does the first merge make?",
            symptom="later merges find no pair",
        ),
        dict(
            name="the first place only",
            code="""
                for number, pair in enumerate(merges):
                    places = [at for at in range(len(tokens) - 1) if (tokens[at], tokens[at + 1]) == pair]
                    if places:
                        tokens = [*tokens[:places[0]], 256 + number, *tokens[places[0] + 2:]]
                return list(tokens)
            """,
            says="Each merge is done at all its places before the next one.",
            ask="How often may one merge be possible in a row?",
            symptom="the text comes back, with far more tokens",
        ),
        dict(
            name="the most frequent first",
            code="""
                made_by = {pair: 256 + number for number, pair in enumerate(merges)}
                while possible := [pair for pair in zip(tokens, tokens[1:]) if pair in made_by]:
                    pair = Counter(possible).most_common(1)[0][0]
                    tokens = merge(tokens, pair, made_by[pair])
                return list(tokens)
            """,
            says="How often a pair occurs in this text plays no part. The order was settled when it was learnt.",
            ask="Whose counts decide, those of this text or those of the text that was learnt from?",
            symptom="the same word is cut differently in two texts",
        ),
        dict(
            name="ends at the first that finds nothing",
            code="""
                for number, pair in enumerate(merges):
                    merged = merge(tokens, pair, 256 + number)
                    if merged == list(tokens):
                        break
                    tokens = merged
                return list(tokens)
            """,
            says="A merge whose pair is not in this text is passed over, and the next one has its turn.",
            ask="Does every merge of the book occur in a short text?",
            symptom="short texts stay bytes, however large the vocabulary",
        ),
        dict(
            name="only those that occur are numbered",
            code="""
                chain, new = Chain(tokens), 256
                for pair in merges:
                    if chain.counts.get(pair):
                        chain.merge(pair, new)
                        new += 1
                return chain.tokens()
            """,
            says="A merge has its number from training, and keeps it in texts that do not need the others.",
            ask="Which number has merge 5 in a text in which merge 4 does not occur?",
            symptom="another text comes back",
        ),
        dict(
            name="in the list that came in",
            code="""
                for number, pair in enumerate(merges):
                    tokens[:] = merge(tokens, pair, 256 + number)
                return list(tokens)
            """,
            says="tokens[:] = changes the list of whoever called. tokens = gives your own name to the new row.",
            ask="What does the caller's list hold afterwards?",
            symptom="right, and the caller's bytes are gone",
        ),
    ],
    "padded": [
        dict(
            name="filled in front",
            code="""
                longest = max(len(row) for row in rows)
                table = np.full((len(rows), longest), filler)
                for at, row in enumerate(rows):
                    table[at, longest - len(row):] = row
                return Tensor(table, dtype=np.int64)
            """,
            says="The filler stands behind the row, so that every row begins at the first place.",
            ask="At which place does each row begin?",
            symptom="short rows stand at the right edge",
        ),
        dict(
            name="float",
            code="""
                longest = max(len(row) for row in rows)
                table = np.full((len(rows), longest), filler)
                for at, row in enumerate(rows):
                    table[at, :len(row)] = row
                return Tensor(table)
            """,
            says="A Tensor is float32 unless you say otherwise. Token numbers stay whole: dtype=np.int64.",
            ask="Which dtype does your Tensor have?",
            symptom="numbers above 16,777,216 are rounded",
        ),
        dict(
            name="zeros",
            code="""
                longest = max(len(row) for row in rows)
                table = np.zeros((len(rows), longest), dtype=np.int64)
                for at, row in enumerate(rows):
                    table[at, :len(row)] = row
                return Tensor(table, dtype=np.int64)
            """,
            says="Token 0 is the exclamation mark. Fill with `filler`.",
            ask="What does decode show for the places that you filled?",
            symptom="short rows end in exclamation marks",
        ),
        dict(
            name="cut to the shortest",
            code="return Tensor(np.array(list(zip(*rows))).T.reshape(len(rows), -1), dtype=np.int64)",
            says="zip stops at the shortest row, and the rest is lost.",
            ask="How long is the longest row?",
            symptom="the ends of long rows are missing",
        ),
        dict(
            name="the last token repeated",
            code="""
                longest = max(len(row) for row in rows)
                return Tensor([[*row, *(row[-1:] or [filler]) * (longest - len(row))] for row in rows], dtype=np.int64)
            """,
            says="Behind a short row stands the filler, not its own last token.",
            ask="What stands behind [4] in the example?",
            symptom="the last letter is repeated",
        ),
        dict(
            name="the first row for the longest",
            code="""
                longest = len(rows[0])
                return Tensor([[*row[:longest], *[filler] * (longest - len(row))] for row in rows], dtype=np.int64)
            """,
            says="Any row may be the longest. Look at all lengths.",
            ask="What becomes of a row that is longer than the first?",
            symptom="the ends of long rows are missing, or the shapes do not fit",
        ),
        dict(
            name="every 0 is filled",
            code="""
                longest = max(len(row) for row in rows)
                table = np.zeros((len(rows), longest), dtype=np.int64)
                for at, row in enumerate(rows):
                    table[at, :len(row)] = row
                table[table == 0] = filler
                return Tensor(table, dtype=np.int64)
            """,
            says="0 is a token like others, the exclamation mark. Begin with `filler` everywhere.",
            ask="How do you tell a place that is free from one that holds token 0?",
            symptom="exclamation marks become <pad>",
        ),
        dict(
            name="in the rows that came in",
            code="""
                longest = max(len(row) for row in rows)
                for row in rows:
                    row += [filler] * (longest - len(row))
                return Tensor(rows, dtype=np.int64)
            """,
            says="row += lengthens the caller's own list. row + makes a new one.",
            ask="How long are the caller's rows afterwards?",
            symptom="right, and the caller's rows are filled up as well",
        ),
        dict(
            name="two bytes a number",
            code="""
                longest = max(len(row) for row in rows)
                table = np.full((len(rows), longest), filler)
                for at, row in enumerate(rows):
                    table[at, :len(row)] = row
                return Tensor(table.astype(np.int16), dtype=np.int64)
            """,
            says="int16 ends at 32,767, and vocabularies are larger. Let it be int64 from the beginning.",
            ask="Which is the largest number that two bytes hold?",
            symptom="large token numbers come out below 0",
        ),
    ],
    "saved": [
        dict(
            name="what is left",
            code="saved = (page_bytes // bytes_per_token) ** 2",
            says="That is what is still compared. Saved is the difference from page_bytes squared.",
            ask="Is your number what is done, or what is no longer done?",
            symptom="the comparisons of the short row",
        ),
        dict(
            name="tokens instead of comparisons",
            code="saved = page_bytes - page_bytes // bytes_per_token",
            says="These are the tokens that are saved. Each is compared with each, so square both numbers first.",
            ask="How many comparisons do ten tokens make?",
            symptom="a number of a few thousand",
        ),
        dict(
            name="the difference squared",
            code="saved = (page_bytes - page_bytes // bytes_per_token) ** 2",
            says="Square first, subtract then: the difference of squares is not the square of the difference.",
            ask="Is 5 * 5 less 3 * 3 the same as 2 * 2?",
            symptom="too low",
        ),
        dict(
            name="in proportion",
            code="saved = page_bytes**2 - page_bytes**2 // bytes_per_token",
            says="Half as many tokens make a fourth of the comparisons: divide before you square.",
            ask="How many times fewer comparisons do half as many tokens make?",
            symptom="too low",
        ),
        dict(
            name="each pair once",
            code="saved = (page_bytes**2 - (page_bytes // bytes_per_token) ** 2) // 2",
            says="Each token is compared with each, n * n; nothing is halved.",
            ask="How many comparisons does the text above give for n tokens?",
            symptom="half of the truth",
        ),
    ],
    "added": [
        dict(
            name="the whole table",
            code="added = vocab_size * width * 4",
            says="256 of these rows were there before.",
            ask="How large is the table of the bytes alone?",
            symptom="too high by 256 rows",
        ),
        dict(
            name="one byte a number",
            code="added = (vocab_size - 256) * width",
            says="A float32 has four bytes.",
            ask="How many bytes has a float32?",
            symptom="a fourth of the truth",
        ),
        dict(
            name="eight bytes a number",
            code="added = (vocab_size - 256) * width * 8 - 8",
            says="A float32 has four bytes; eight are a float64.",
            ask="How many bytes has a float32?",
            symptom="nearly twice the truth",
        ),
        dict(
            name="rows only",
            code="added = (vocab_size - 256) * 4",
            says="Each token has a row of `width` numbers.",
            ask="How many numbers does the table keep for one token?",
            symptom="too low by the width",
        ),
        dict(
            name="255 bytes",
            code="added = (vocab_size - 255) * width * 4",
            says="There are 256 bytes: 0 is one of them.",
            ask="How many values can a byte have?",
            symptom="too low or too high by one row",
        ),
    ],
}

SURVIVORS = {
    "catch": {
        "`learn_merges(tokens, 60)` becomes `learn_merges(tokens, 61)`": "right: another number of merges, as good",
        "`learn_merges(tokens, 60)` becomes `learn_merges(tokens, 59)`": "right: another number of merges, as good",
    },
    "saved": {
        "`page_bytes // bytes_per_token` becomes `page_bytes / bytes_per_token`": "right: every choice divides evenly",
    },
}
