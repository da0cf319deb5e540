"""Plausible wrong answers. `code` stands in place of the exercise's solution region.

`ask` is the question that a learner gets when the same failure comes again, `says` the sentence after that.
"""

ORDER = """
    count, size = len(self.dataset), self.batch_size
    numbers = rng_of(self.seed, epoch).permutation(count) if self.shuffle else np.arange(count)
    return [numbers[at * size:(at + 1) * size] for at in range(len(self))]
"""

SAMPLE = """
    try:
        found, transform = self.dataset[index], self.dataset.transform
        if transform is None:
            return found
        first, *others = found
        return (transform(first, rng_of(self.seed, epoch, index)), *others)
    except Exception as error:
        raise RuntimeError(f"sample {index} of {type(self.dataset).__name__}: {error!r}") from error
"""

CATCH = """
    batch = collate(thousand[:20])
    assert np.allclose(batch.x.data, pixels[:20] / 255), "the images are others"
    assert np.array_equal(batch.y, np.arange(20) % 10), "the labels are others"
    small, large = work_s(lambda: collate(thousand[:32])), work_s(lambda: collate(thousand))
    assert large < 128 * small, "a sample costs far more in a large batch"
"""

AHEAD = """
    try:
        receipts = deque(pool.submit(function, item) for item in islice(items, depth))
        while receipts:
            value = receipts.popleft().result()
            receipts.extend(pool.submit(function, item) for item in islice(items, 1))
            yield value
    finally:
        pool.shutdown(cancel_futures=True)
"""

CACHE = """
    if index in self.kept:
        return self.kept[index]
    sample = self.dataset[index]
    size = sum(np.asarray(part).nbytes for part in sample)
    with self._lock:
        if self.kept_bytes + size <= self.max_bytes:
            self.kept[index] = sample
            self.kept_bytes += size
    return sample
"""

USE = """
    learnt, kept_back = random_split(dataset, [0.8, 0.2], seed)
    kept_back.transform = None
    train = DataLoader(learnt, batch_size=32, shuffle=True, seed=seed)
    return Trainer(model, optimizer).fit(train, epochs, DataLoader(kept_back, batch_size=256))
"""


def changed(code, old, new):
    """A solution with one place of it changed."""
    assert code.count(old) == 1, old
    return code.replace(old, new)


MISTAKES = {
    "order": [
        dict(
            name="the same order in every epoch",
            code=changed(ORDER, "rng_of(self.seed, epoch)", "rng_of(self.seed, 0)"),
            says="The generator is that of this epoch: rng_of(self.seed, epoch).",
            ask="What is different in your next epoch?",
            symptom="mixed once, and then always the same",
        ),
        dict(
            name="drawn by whoever comes first",
            code=changed(ORDER, "rng_of(self.seed, epoch)", "default_rng()"),
            says="The default generator goes on with each draw of anybody. Draw from rng_of(self.seed, epoch).",
            ask="What comes if you ask for the same epoch again?",
            symptom="a good order, and no run can be repeated",
        ),
        dict(
            name="batches mixed, not samples",
            code="""
                count, size = len(self.dataset), self.batch_size
                batches = [np.arange(count)[at * size:(at + 1) * size] for at in range(len(self))]
                full = count // size
                if self.shuffle:
                    batches[:full] = [batches[at] for at in rng_of(self.seed, epoch).permutation(full)]
                return batches
            """,
            says="Mix the samples, then cut. Mixed batches of a sorted set still hold one class each.",
            ask="Which samples ever meet in one of your batches?",
            symptom="each sample once, and always beside the same neighbours",
        ),
        dict(
            name="drawn with replacement",
            code=changed(ORDER, ".permutation(count)", ".integers(0, count, count)"),
            says="A permutation has each sample once; independent draws have some twice and a third of them never.",
            ask="How often does each sample come in an epoch of yours?",
            symptom="right sizes, but samples are missing and others come twice",
        ),
        dict(
            name="the rest always left out",
            code=changed(ORDER, "range(len(self))", "range(count // size)"),
            says="A rest is a batch as well, unless drop_last says otherwise. len(self) knows.",
            ask="Where are samples 20 to 22 of 23, in batches of 5?",
            symptom="right where the batches divide evenly",
        ),
        dict(
            name="a batch always left out",
            code="""
                count, size = len(self.dataset), self.batch_size
                numbers = rng_of(self.seed, epoch).permutation(count) if self.shuffle else np.arange(count)
                batches = [numbers[at:at + size] for at in range(0, count, size)]
                return batches[:-1] if self.drop_last else batches
            """,
            says="Only a batch that is not full is left out, and len(self) has left it out already.",
            ask="Do 20 samples in fives leave a rest?",
            symptom="one batch too few with drop_last",
        ),
        dict(
            name="drop_last overheard",
            code=changed(ORDER, "range(len(self))", "range(-(-count // size))"),
            says="With drop_last a batch that is not full is left out. len(self) knows.",
            ask="How long is your last batch with drop_last?",
            symptom="one short batch too many",
        ),
        dict(
            name="the same samples always left out",
            code=changed(ORDER, ".permutation(count) if", ".permutation(count - count % size * self.drop_last) if"),
            says="Mix all samples, then leave a rest out: else the last ones are never seen.",
            ask="Which samples does your epoch leave out, and which the next one?",
            symptom="with drop_last the last samples of the data set never come",
        ),
        dict(
            name="always mixed",
            code=changed(ORDER, " if self.shuffle else np.arange(count)", ""),
            says="Without shuffle the samples come in their own order.",
            ask="What does self.shuffle decide in your code?",
            symptom="validation comes mixed, too",
        ),
    ],
    "sample": [
        dict(
            name="all samples drawn alike",
            code=changed(SAMPLE, "rng_of(self.seed, epoch, index)", "rng_of(self.seed, epoch)"),
            says="Each sample has a generator of its own: the index is the third of rng_of.",
            ask="Are two samples of one epoch moved differently?",
            symptom="in each epoch all images are moved the same way",
        ),
        dict(
            name="drawn once for all epochs",
            code=changed(SAMPLE, "rng_of(self.seed, epoch, index)", "rng_of(self.seed, 0, index)"),
            says="A sample draws anew in each epoch: the epoch is the second of rng_of.",
            ask="What does a sample look like in the next epoch?",
            symptom="each image is changed, but the same way for ever",
        ),
        dict(
            name="the default generator",
            code=changed(SAMPLE, "rng_of(self.seed, epoch, index)", "default_rng()"),
            says="What the default generator gives depends on who drew before. Use rng_of(self.seed, epoch, index).",
            ask="What if two threads prepare batches?",
            symptom="another batch each time, and with each number of workers",
        ),
        dict(
            name="the seed forgotten",
            code=changed(SAMPLE, "rng_of(self.seed, epoch, index)", "rng_of(0, epoch, index)"),
            says="The seed of the loader is part of it: rng_of(self.seed, epoch, index).",
            ask="Do two loaders with different seeds draw differently?",
            symptom="every run changes its images in the same way",
        ),
        dict(
            name="epoch and index exchanged",
            code=changed(SAMPLE, "rng_of(self.seed, epoch, index)", "rng_of(self.seed, epoch + index)"),
            says="The sum of epoch and index is the same for many samples. They are two arguments.",
            ask="Which samples share a generator in your code?",
            symptom="sample 8 in epoch 3 draws what sample 7 drew in epoch 4",
        ),
        dict(
            name="the change lost",
            code=changed(SAMPLE, "return (transform(first, rng_of(self.seed, epoch, index)), *others)",
                         "transform(first, rng_of(self.seed, epoch, index))\n        return found"),
            says="A transform returns the new first part, and leaves the old one alone. Use what it returns.",
            ask="What becomes of what transform returns?",
            symptom="images come as they are",
        ),
        dict(
            name="an error without its cause",
            code=changed(SAMPLE, ") from error", ") from None"),
            says="`from error` keeps the first error and where it arose; `from None` hides both.",
            ask="Can somebody still find out in which line it failed?",
            symptom="the sample is named, and nobody knows what went wrong",
        ),
        dict(
            name="an error without a number",
            code=changed(SAMPLE, 'f"sample {index} of {type(self.dataset).__name__}: {error!r}"',
                         'f"a sample of {type(self.dataset).__name__}: {error!r}"'),
            says="The message has the index: that is what one wants to know.",
            ask="Which of 4,000 samples was it?",
            symptom="the cause is there, and nobody knows which sample to look at",
        ),
        dict(
            name="the other parts lost",
            code=changed(SAMPLE, ", *others)\n", ", others[0])\n"),
            says="A sample may have more than two parts: put all others behind the first.",
            ask="What becomes of a third part?",
            symptom="right for image and label",
        ),
    ],
    "catch": [
        dict(
            name="values only",
            code=changed(CATCH, "assert large < 128 * small", "assert small and large"),
            says="The colleague's values are right. Compare the seconds for all with those for 32.",
            ask="What is wrong with the colleague's batch, if its values are right?",
            symptom="passes everything that is right in value",
        ),
        dict(
            name="time only",
            code="""
                small, large = work_s(lambda: collate(thousand[:32])), work_s(lambda: collate(thousand))
                assert large < 128 * small, "a sample costs far more in a large batch"
            """,
            says="A collate that is quick and wrong passes. Assert values as well.",
            ask="Does your check refuse a batch of zeros?",
            symptom="passes what is quick, whatever it gives",
        ),
        dict(
            name="the labels forgotten",
            code=changed(CATCH, """    assert np.array_equal(batch.y, np.arange(20) % 10), "the labels are others"
""", ""),
            says="Labels that belong to other images are the worst of faults: assert batch.y.",
            ask="What if images and labels were mixed apart?",
            symptom="passes a batch whose labels are others",
        ),
        dict(
            name="not a moment more",
            code=changed(CATCH, "large < 128 * small", "large < small"),
            says="32 times as many samples may take 32 times as long. Leave room, four times that.",
            ask="How long may 1,024 samples take, if 32 take 1 ms?",
            symptom="refuses everything",
        ),
        dict(
            name="the images forgotten",
            code=changed(CATCH, """    assert np.allclose(batch.x.data, pixels[:20] / 255), "the images are others"
""", ""),
            says="Assert the values of batch.x, too.",
            ask="Does your check refuse a batch of zeros?",
            symptom="passes a batch whose images are others",
        ),
        dict(
            name="the first image only",
            code=changed(CATCH, "np.allclose(batch.x.data, pixels[:20] / 255)",
                         "np.allclose(batch.x.data[0], pixels[0] / 255)"),
            says="Look at all images of the batch: one that is repeated passes.",
            ask="What if all rows of the batch hold the same image?",
            symptom="passes a batch in which the first image comes again and again",
        ),
    ],
    "repair": [
        dict(
            name="the colleague's again",
            code="""
                first, *others = zip(*samples)
                images = np.zeros((0, *np.shape(first[0])))
                for image in first:
                    images = np.concatenate([images, image[None] / (255 if image.dtype == np.uint8 else 1)])
                return as_batch([images, *map(np.stack, others)])
            """,
            says="Each concatenate copies all images before. np.stack copies each image once.",
            ask="How many images are copied for the last one of your batch?",
            symptom="right values; the time grows with the square of the batch",
        ),
        dict(
            name="chained, not stacked",
            code="""
                return as_batch([np.concatenate([np.atleast_1d(part) for part in column]) for column in zip(*samples)])
            """,
            says="concatenate puts rows behind rows and has no axis for the samples; np.stack makes a new one.",
            ask="What is the shape of two images of (3, 4) in your batch?",
            symptom="right labels; images (6, 4) in place of (2, 3, 4)",
        ),
        dict(
            name="all floats",
            code="""
                return as_batch([np.stack(part).astype(np.float32) for part in zip(*samples)])
            """,
            says="Leave the dtypes: as_batch tells pixels and labels by them.",
            ask="What dtype do your labels have, and what values your pixels?",
            symptom="labels become floats, pixels go up to 255",
        ),
        dict(
            name="divided twice",
            code="""
                first, *others = [np.stack(part) for part in zip(*samples)]
                return as_batch([first / 255, *others])
            """,
            says="as_batch divides pixels, and leaves floats as they are. Do not divide here.",
            ask="What becomes of a sample of floats?",
            symptom="right for pixels; floats are 255 times too small",
        ),
        dict(
            name="mixed apart",
            code="""
                rng = np.random.default_rng(len(samples))
                return as_batch([rng.permutation(np.stack(part)) for part in zip(*samples)])
            """,
            says="Each part is mixed by itself, so labels come beside other images. The order is that of `samples`.",
            ask="Does label 5 of your batch belong to image 5?",
            symptom="all shapes and values are there, and nothing can be learnt",
        ),
        dict(
            name="from the end",
            code="""
                samples, rows = list(samples), []
                while samples:
                    rows.append(samples.pop())
                return as_batch([np.stack(part) for part in zip(*rows)])
            """,
            says="pop takes the last sample first; the order of a batch is that of `samples`.",
            ask="Which sample is row 0 of your batch?",
            symptom="right pairs, in the reverse order",
        ),
        dict(
            name="stretched to the brightest",
            code="""
                columns = [np.stack(part) for part in zip(*samples)]
                return as_batch([column / column.max() if column.ndim > 1 else column for column in columns])
            """,
            says="The same image would have other values beside other images. as_batch divides pixels by 255.",
            ask="Does an image of your batch depend on the images beside it?",
            symptom="right where some pixel is 255",
        ),
        dict(
            name="always a Batch",
            code="""
                columns = as_batch([np.stack(part) for part in zip(*samples)])
                return Batch(columns[0], columns[-1])
            """,
            says="A sample may have one part or three; as_batch returns a tuple then.",
            ask="What becomes of the second of three parts?",
            symptom="right for pairs",
        ),
    ],
    "ahead": [
        dict(
            name="one after the other",
            code="""
                try:
                    for item in items:
                        yield pool.submit(function, item).result()
                finally:
                    pool.shutdown(cancel_futures=True)
            """,
            says="You wait for each receipt before the next item is handed over. Hold up to `depth` of them.",
            ask="What do the threads do while the caller works?",
            symptom="right values, in the time of no thread at all",
        ),
        dict(
            name="all at once",
            code=changed(AHEAD, "islice(items, depth)", "items"),
            says="Not more than `depth` ahead: each value that waits takes memory, and items may never end.",
            ask="How many batches lie in memory, if the model is slow?",
            symptom="right values; with many items memory fills up",
        ),
        dict(
            name="whichever is ready",
            code="""
                try:
                    receipts = [pool.submit(function, item) for item in islice(items, depth)]
                    while receipts:
                        ready = next((receipt for receipt in receipts if receipt.done()), None)
                        if ready is None:
                            time.sleep(0.001)
                            continue
                        receipts.remove(ready)
                        receipts.extend(pool.submit(function, item) for item in islice(items, 1))
                        yield ready.result()
                finally:
                    pool.shutdown(cancel_futures=True)
            """,
            says="Take the oldest receipt, and wait for it, though a later one may be ready before.",
            ask="In which order do your values come if the first takes longest?",
            symptom="each value once, in an order that changes from run to run",
        ),
        dict(
            name="the newest first",
            code=changed(AHEAD, "receipts.popleft()", "receipts.pop()"),
            says="pop takes the newest receipt; the oldest is at the left.",
            ask="Which of your receipts is the oldest?",
            symptom="each value once, the first ones last",
        ),
        dict(
            name="never refilled",
            code=changed(AHEAD, """            receipts.extend(pool.submit(function, item) for item in islice(items, 1))
""", ""),
            says="For each value taken, hand over one more item.",
            ask="Who hands over item `depth`?",
            symptom="stops after `depth` values",
        ),
        dict(
            name="one ahead, whatever the depth",
            code=changed(AHEAD, "islice(items, depth)", "islice(items, 1)"),
            says="Begin with `depth` items; then one more for each value taken.",
            ask="How many receipts do you hold?",
            symptom="right values; most of the threads have nothing to do",
        ),
        dict(
            name="one more than asked for",
            code=changed(AHEAD, "islice(items, depth)", "islice(items, 2 * depth)"),
            says="At most `depth` items are ahead of the caller.",
            ask="How many batches lie in memory at most?",
            symptom="right values, more memory",
        ),
        dict(
            name="the last ones lost",
            code="""
                try:
                    receipts = deque(pool.submit(function, item) for item in islice(items, depth))
                    for item in items:
                        yield receipts.popleft().result()
                        receipts.append(pool.submit(function, item))
                finally:
                    pool.shutdown(cancel_futures=True)
            """,
            says="When the items have come to their end, receipts are left: their values belong to the caller as well.",
            ask="What becomes of your receipts when there is no next item?",
            symptom="`depth` values are missing at the end",
        ),
        dict(
            name="the next one too late",
            code="""
                try:
                    receipts = deque(pool.submit(function, item) for item in islice(items, depth))
                    while receipts:
                        yield receipts.popleft().result()
                        receipts.extend(pool.submit(function, item) for item in islice(items, 1))
                finally:
                    pool.shutdown(cancel_futures=True)
            """,
            says="What stands after `yield` runs when the caller comes back. Submit the next item before you yield.",
            ask="How many items are ahead while the caller works?",
            symptom="right values, one fewer ahead while the caller works",
        ),
        dict(
            name="the next one too early",
            code="""
                try:
                    receipts = deque(pool.submit(function, item) for item in islice(items, depth))
                    while receipts:
                        oldest = receipts.popleft()
                        receipts.extend(pool.submit(function, item) for item in islice(items, 1))
                        yield oldest.result()
                finally:
                    pool.shutdown(cancel_futures=True)
            """,
            says="While you wait for the oldest it counts as well. Wait for its value, and then submit the next item.",
            ask="How many items are under way while you wait for the oldest?",
            symptom="right values, with `depth` and one more under way",
        ),
        dict(
            name="shut down at the end only",
            code="""
                receipts = deque(pool.submit(function, item) for item in islice(items, depth))
                while receipts:
                    value = receipts.popleft().result()
                    receipts.extend(pool.submit(function, item) for item in islice(items, 1))
                    yield value
                pool.shutdown(cancel_futures=True)
            """,
            says="If the caller leaves early, nothing after `yield` runs but `finally`.",
            ask="What runs if the caller leaves after the third value?",
            symptom="right, until somebody breaks off a loop; then threads pile up",
        ),
        dict(
            name="what waits still begins",
            code=changed(AHEAD, "pool.shutdown(cancel_futures=True)", "pool.shutdown()"),
            says="Without cancel_futures the pool first does all that was handed over.",
            ask="What do the threads do after the caller has left?",
            symptom="leaving takes as long as all batches that were ahead",
        ),
        dict(
            name="errors passed over",
            code=changed(AHEAD, "value = receipts.popleft().result()", """try:
                value = receipts.popleft().result()
            except Exception:
                continue"""),
            says="An error is raised where its value is wanted. Do not catch it.",
            ask="What does the caller learn about a sample that failed?",
            symptom="some batches are missing, and nobody hears of it",
        ),
    ],
    "cache": [
        dict(
            name="nothing kept",
            code="""
                sample = self.dataset[index]
                self.kept_bytes += sum(np.asarray(part).nbytes for part in sample)
                return self.kept.get(index, sample)
            """,
            says="Keep the sample: self.kept[index] = sample.",
            ask="Who puts samples into self.kept?",
            symptom="every sample is asked for each time",
        ),
        dict(
            name="no limit",
            code=changed(CACHE, "self.kept_bytes + size <= self.max_bytes", "size <= self.max_bytes"),
            says="What is kept already counts as well: self.kept_bytes + size.",
            ask="How many samples do you keep, if each of them fits?",
            symptom="memory grows to the size of the data set",
        ),
        dict(
            name="compared before adding",
            code=changed(CACHE, "self.kept_bytes + size <= self.max_bytes", "self.kept_bytes <= self.max_bytes"),
            says="What counts is what would be kept then: self.kept_bytes + size.",
            ask="How many bytes are kept after the next sample?",
            symptom="one sample more than fits",
        ),
        dict(
            name="without the lock",
            code=changed(CACHE, "with self._lock:", "if True:"),
            says="Two threads may read the same count before either writes it: test and change it with the lock held.",
            ask="What if two threads add to self.kept_bytes at the same time?",
            symptom="right for one thread; with several the count goes wrong now and then",
        ),
        dict(
            name="asked inside the lock",
            code="""
                with self._lock:
                    if index not in self.kept:
                        sample = self.dataset[index]
                        size = sum(np.asarray(part).nbytes for part in sample)
                        if self.kept_bytes + size > self.max_bytes:
                            return sample
                        self.kept[index] = sample
                        self.kept_bytes += size
                    return self.kept[index]
            """,
            says="Who holds the lock while it waits for the disk makes all others wait. Ask before `with self._lock:`.",
            ask="What do the other threads do while one of them asks the data set?",
            symptom="right, and four workers are as slow as one",
        ),
        dict(
            name="not counted",
            code=changed(CACHE, "            self.kept_bytes += size\n", ""),
            says="Count what you keep: self.kept_bytes += size.",
            ask="What is self.kept_bytes after three samples?",
            symptom="never full",
        ),
        dict(
            name="the first part only",
            code=changed(CACHE, "sum(np.asarray(part).nbytes for part in sample)", "np.asarray(sample[0]).nbytes"),
            says="All parts of a sample take bytes.",
            ask="How many bytes does a label take?",
            symptom="a little more is kept than fits",
        ),
        dict(
            name="counted in numbers",
            code=changed(CACHE, "np.asarray(part).nbytes", "np.asarray(part).size"),
            says="max_bytes are bytes; an int64 takes 8 of them.",
            ask="How many bytes does an array of five int64 take?",
            symptom="several times as much is kept as fits",
        ),
        dict(
            name="the oldest thrown out",
            code="""
                if index in self.kept:
                    return self.kept[index]
                sample = self.dataset[index]
                size = sum(np.asarray(part).nbytes for part in sample)
                with self._lock:
                    while self.kept and self.kept_bytes + size > self.max_bytes:
                        self.kept.pop(next(iter(self.kept)))
                        self.kept_bytes -= size
                    if size <= self.max_bytes:
                        self.kept[index] = sample
                        self.kept_bytes += size
                return sample
            """,
            says="What is full stays. Each sample comes once in an epoch: what is thrown out is what will be wanted.",
            ask="If half of the samples fit, how many of the next epoch are still there?",
            symptom="keeps to the limit, and is asked far more often",
        ),
        dict(
            name="full one too early",
            code=changed(CACHE, "size <= self.max_bytes", "size < self.max_bytes"),
            says="At most max_bytes: a sample that fits exactly is kept.",
            ask="Do two samples of 48 bytes fit into 96?",
            symptom="one sample too few, where it fits exactly",
        ),
        dict(
            name="nothing when it is full",
            code=changed(CACHE, "    return sample\n", "    return self.kept[max(self.kept)]\n"),
            says="Return the sample whether it was kept or not.",
            ask="What do you return for a sample that does not fit?",
            symptom="right until the cache is full",
        ),
    ],
    "use": [
        dict(
            name="validation is moved, too",
            code=changed(USE, "    kept_back.transform = None\n", ""),
            says="Validation asks for samples as they are: kept_back.transform = None.",
            ask="What does the model see in validation?",
            symptom="the validation loss is a little too high, and jumps",
        ),
        dict(
            name="nothing is moved",
            code=changed(USE, "kept_back.transform = None", "kept_back.transform = learnt.transform = None"),
            says="The part to learn from keeps its transform.",
            ask="What does the model see in training?",
            symptom="learns by heart as before",
        ),
        dict(
            name="the parts exchanged",
            code=changed(USE, "learnt, kept_back =", "kept_back, learnt ="),
            says="Four fifths are to learn from.",
            ask="From how many of 50 samples does your model learn?",
            symptom="learns from a fifth of the samples",
        ),
        dict(
            name="validated on what it learnt",
            code=changed(USE, "DataLoader(kept_back, batch_size=256)", "DataLoader(learnt, batch_size=256)"),
            says="Validation asks samples that were kept back.",
            ask="Has your model seen the samples that it is asked about?",
            symptom="accuracy is too good",
        ),
        dict(
            name="learnt from all",
            code=changed(USE, "DataLoader(learnt, batch_size=32", "DataLoader(dataset, batch_size=32"),
            says="What is kept back must not be learnt from: load `learnt`.",
            ask="Has your model seen the samples that it is asked about?",
            symptom="accuracy is too good, and nothing warns you",
        ),
        dict(
            name="never mixed again",
            code=changed(USE, "shuffle=True, ", ""),
            says="Say shuffle=True: the split is mixed once, and an epoch wants an order of its own.",
            ask="In which order do the samples come in the second epoch?",
            symptom="learns a little worse; every epoch has the same batches",
        ),
        dict(
            name="split without the seed",
            code=changed(USE, "[0.8, 0.2], seed)", "[0.8, 0.2])"),
            says="random_split takes the seed as well, or each run keeps back other samples.",
            ask="Which samples are kept back in the next run?",
            symptom="two runs with one seed cannot be compared",
        ),
        dict(
            name="loaded without the seed",
            code=changed(USE, "shuffle=True, seed=seed)", "shuffle=True)"),
            says="The loader draws order and changes from its seed: pass it on.",
            ask="In which order does the next run learn?",
            symptom="two runs with one seed differ",
        ),
        dict(
            name="validated one by one",
            code=changed(USE, "DataLoader(kept_back, batch_size=256)", "DataLoader(kept_back)"),
            says="Validation is the same in batches of 256, and takes far less time.",
            ask="How often does the model run in one validation of 800 samples?",
            symptom="right numbers, and validation takes as long as training",
        ),
        dict(
            name="large batches",
            code=changed(USE, "batch_size=32", "batch_size=64"),
            says="Batches of 32 were asked for.",
            ask="How many steps does an epoch of 3,200 samples have?",
            symptom="half of the steps",
        ),
    ],
    "batch_ms": [
        dict(
            name="added up",
            code="batch_ms = load_ms * batch / workers + step_ms",
            says="Loading and stepping go on at the same time; the slower of the two decides.",
            ask="What do the threads do during a step?",
            symptom="as if nothing was prepared ahead",
        ),
        dict(
            name="without threads",
            code="batch_ms = max(load_ms * batch, step_ms)",
            says="So many workers load so many batches at the same time: divide by workers.",
            ask="How many batches are ready after load_ms * batch?",
            symptom="workers make no difference",
        ),
        dict(
            name="the faster of the two",
            code="batch_ms = min(load_ms * batch / workers, step_ms)",
            says="A batch is needed before its step: the slower of the two decides.",
            ask="Can steps go on faster than batches arrive?",
            symptom="faster than possible",
        ),
        dict(
            name="loading only",
            code="batch_ms = load_ms * batch / workers + 1e-3 * step_ms",
            says="If loading is faster than a step, the step decides.",
            ask="What if a step takes longer than loading?",
            symptom="right where loading is the slower one",
        ),
        dict(
            name="the step only",
            code="batch_ms = 1.001 * step_ms",
            says="If a step is faster than loading, loading decides.",
            ask="What if loading takes longer than a step?",
            symptom="right where the step is the slower one",
        ),
    ],
    "alive_bytes": [
        dict(
            name="a byte for each pixel of a batch",
            code="alive_bytes = count * side * side + batch * side * side * (workers * prefetch + 1)",
            says="In a batch a pixel is a float32 of 4 bytes.",
            ask="How many bytes does a pixel take in a batch?",
            symptom="batches four times too small",
        ),
        dict(
            name="all in float32",
            code="alive_bytes = 4 * count * side * side + 4 * batch * side * side * (workers * prefetch + 1)",
            says="What is kept stays in bytes; only batches are float32.",
            ask="What is kept for the whole data set?",
            symptom="what 07 did",
        ),
        dict(
            name="without the one in hand",
            code="alive_bytes = count * side * side + 4 * batch * side * side * workers * prefetch",
            says="The caller holds a batch besides those that are ahead.",
            ask="Where is the batch of which the step is under way?",
            symptom="one batch too few",
        ),
        dict(
            name="prefetch for all workers together",
            code="alive_bytes = count * side * side + 4 * batch * side * side * (prefetch + 1)",
            says="Each of the workers is `prefetch` batches ahead.",
            ask="How many batches are ahead, if each worker has several?",
            symptom="too few batches",
        ),
        dict(
            name="workers in place of batches",
            code="alive_bytes = count * side * side + 4 * batch * side * side * (workers + prefetch)",
            says="Workers times prefetch are ahead, and one is in hand.",
            ask="How many batches does each worker make before it waits?",
            symptom="too few batches",
        ),
        dict(
            name="batches only",
            code="alive_bytes = 4 * batch * side * side * (workers * prefetch + 1)",
            says="The data set itself is in memory, too.",
            ask="Where do batches come from?",
            symptom="the images as bytes are missing",
        ),
    ],
}

SURVIVORS = {
    "order": {
        "`rng_of(self.seed, epoch)` becomes `rng_of(epoch, self.seed)`":
            "right: seed and epoch still tell all generators apart",
    },
    "sample": {
        "`rng_of(self.seed, epoch, index)` becomes `rng_of(epoch, self.seed, index)`":
            "right: seed and epoch still tell all generators apart",
        "`rng_of(self.seed, epoch, index)` becomes `rng_of(self.seed, index, epoch)`":
            "right: epoch and index still tell all generators apart",
    },
    "catch": {
        "`np.allclose(batch.x.data, pixels[:20] / 255)` becomes `np.allclose(pixels[:20] / 255, batch.x.data)`":
            "right: equal either way",
        "`np.array_equal(batch.y, np.arange(20) % 10)` becomes `np.array_equal(np.arange(20) % 10, batch.y)`":
            "right: equal either way",
        "`large < 128 * small` becomes `large <= 128 * small`": "right: no limit of time is exact",
        "`large < 128 * small` becomes `large < 129 * small`": "right: no limit of time is exact",
        "`large < 128 * small` becomes `large < 127 * small`": "right: no limit of time is exact",
        "`thousand[:32]` becomes `thousand[:33]`": "right: another small batch",
        "`thousand[:32]` becomes `thousand[:31]`": "right: another small batch",
    },
    "use": {
        "`batch_size=256` becomes `batch_size=257`": "right: another large batch",
        "`batch_size=256` becomes `batch_size=255`": "right: another large batch",
    },
    "batch_ms": {
        "`max(load_ms * batch / workers, step_ms)` becomes `max(step_ms, load_ms * batch / workers)`":
            "right: the larger of two is the same either way",
    },
}
