"""Right answers written differently. `code` stands in place of the exercise's solution region."""

ALTERNATIVES = {
    "order": [
        dict(
            name="shuffled in place, cut by start",
            code="""
                numbers = np.arange(len(self.dataset))
                if self.shuffle:
                    rng_of(self.seed, epoch).shuffle(numbers)
                batches = [numbers[at:at + self.batch_size] for at in range(0, len(numbers), self.batch_size)]
                if self.drop_last and batches and len(batches[-1]) < self.batch_size:
                    batches.pop()
                return batches
            """,
        ),
        dict(
            name="sorted by drawn keys, split by NumPy",
            code="""
                count = len(self.dataset)
                keys = rng_of(self.seed, epoch).random(count) if self.shuffle else np.arange(count)
                numbers = np.argsort(keys, kind="stable")
                if self.drop_last:
                    numbers = numbers[:count - count % self.batch_size]
                return np.split(numbers, range(self.batch_size, len(numbers), self.batch_size)) if len(numbers) else []
            """,
        ),
    ],
    "sample": [
        dict(
            name="index by index",
            code="""
                try:
                    sample = self.dataset[index]
                    if self.dataset.transform is not None:
                        rng = rng_of(self.seed, epoch, index)
                        sample = (self.dataset.transform(sample[0], rng),) + tuple(sample[1:])
                    return sample
                except Exception as cause:
                    raise RuntimeError("could not load sample %d" % index) from cause
            """,
        ),
    ],
    "catch": [
        dict(
            name="twice as many, again and again",
            code="""
                samples = [(image, 7 - at % 5) for at, image in enumerate(pixels[:30])]
                x, y = collate(samples)
                assert x.shape == (30, 20, 20) and list(y) == [label for _, label in samples], "labels"
                assert all(np.allclose(x.data[at], samples[at][0] / 255.0) for at in range(30)), "pixels"
                seconds = [work_s(lambda: collate(thousand[:many])) / many for many in (32, 1024)]
                assert seconds[1] < 4 * seconds[0], "a sample costs more in a large batch"
            """,
        ),
    ],
    "repair": [
        dict(
            name="places made before",
            code="""
                columns = []
                for part in range(len(samples[0])):
                    first = np.asarray(samples[0][part])
                    column = np.empty((len(samples), *first.shape), dtype=first.dtype)
                    for at, sample in enumerate(samples):
                        column[at] = sample[part]
                    columns.append(column)
                return as_batch(columns)
            """,
        ),
        dict(
            name="arrays of lists",
            code="""
                return as_batch([np.array([sample[part] for sample in samples]) for part in range(len(samples[0]))])
            """,
        ),
    ],
    "ahead": [
        dict(
            name="a list, and receipts cancelled one by one",
            code="""
                receipts = []
                try:
                    for item in items:
                        receipts.append(pool.submit(function, item))
                        if len(receipts) == depth:
                            break
                    while receipts:
                        value = receipts[0].result()
                        del receipts[0]
                        for item in islice(items, 1):
                            receipts.append(pool.submit(function, item))
                        yield value
                finally:
                    for receipt in receipts:
                        receipt.cancel()
                    pool.shutdown(wait=True)
            """,
        ),
        dict(
            name="filled up where it is short",
            code="""
                waiting, value = deque(), None
                try:
                    waiting.extend(pool.submit(function, item) for item in islice(items, depth))
                    while len(waiting) > 0:
                        value = waiting[0].result()
                        waiting.popleft()
                        while len(waiting) < depth:
                            try:
                                waiting.append(pool.submit(function, next(items)))
                            except StopIteration:
                                break
                        yield value
                finally:
                    pool.shutdown(wait=True, cancel_futures=True)
            """,
        ),
    ],
    "cache": [
        dict(
            name="asked for forgiveness",
            code="""
                try:
                    return self.kept[index]
                except KeyError:
                    found = self.dataset[index]
                nbytes = 0
                for part in found:
                    nbytes += np.asarray(part).nbytes
                with self._lock:
                    if nbytes <= self.max_bytes - self.kept_bytes:
                        self.kept_bytes += nbytes
                        self.kept[index] = found
                return found
            """,
        ),
    ],
    "use": [
        dict(
            name="counted parts",
            code="""
                few = len(dataset) // 5
                parts = random_split(dataset, [len(dataset) - few, few], seed=seed)
                parts[1].transform = None
                loaders = [DataLoader(parts[0], 32, True, seed=seed), DataLoader(parts[1], 256)]
                trainer = Trainer(model, optimizer)
                trainer.fit(loaders[0], epochs, validation=loaders[1])
                return trainer.history
            """,
        ),
    ],
    "batch_ms": [
        dict(name="whichever is slower", code="""
            loading = batch * load_ms / workers
            batch_ms = loading if loading > step_ms else step_ms
        """),
    ],
    "alive_bytes": [
        dict(name="pixel by pixel",
             code="alive_bytes = side**2 * (count + batch * 4 + batch * prefetch * workers * 4)"),
    ],
}
