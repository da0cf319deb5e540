"""Right answers written differently. `code` stands in place of the exercise's solution region."""

ALTERNATIVES = {
    "digest": [
        dict(
            name="hashlib and a copy",
            code="""
                copy = dict(record)
                copy.pop("digest", None)
                encoder = json.JSONEncoder(sort_keys=True, separators=(",", ":"), allow_nan=False)
                return hashlib.sha256(encoder.encode(copy).encode("ascii")).hexdigest()
            """,
        ),
        dict(
            name="sorted by hand at the top",
            code="""
                how = {"sort_keys": True, "separators": (",", ":"), "allow_nan": False}
                parts = [json.dumps(key) + ":" + json.dumps(record[key], **how)
                         for key in sorted(record) if key != "digest"]
                return hashed("{" + ",".join(parts) + "}")
            """,
        ),
    ],
    "improvement": [
        dict(
            name="in plain Python",
            code="""
                from statistics import median

                before, after = submission.baseline, submission.optimized
                ratios = [b / o for b, o in zip(before.latencies_ms, after.latencies_ms)]
                return Improvement(median(ratios), bootstrap_interval(ratios, np.random.default_rng(0)),
                                   before.size_bytes / after.size_bytes, after.accuracy - before.accuracy)
            """,
        ),
        dict(
            name="by names",
            code="""
                entries = [submission.baseline, submission.optimized]
                ratios = np.divide(*[entry.latencies_ms for entry in entries])
                sizes = [entry.size_bytes for entry in entries]
                scores = [entry.accuracy for entry in entries]
                return Improvement(faster=float(np.percentile(ratios, 50)), smaller=sizes[0] / sizes[1],
                                   interval=bootstrap_interval(ratios, rng=np.random.default_rng(0)),
                                   accuracy=scores[1] - scores[0])
            """,
        ),
    ],
    "times": [
        dict(
            name="reasons and whether they hold",
            code="""
                both = [entry.latencies_ms for entry in entries_of(submission).values()]
                reasons = {
                    "fewer than twenty": min(map(len, both)) < FEWEST,
                    "a time that is none": min(min(times, default=1) for times in both) <= 0,
                    "equal times": any(times and max(times) == min(times) for times in both),
                    "no pairs": len({len(times) for times in both}) > 1,
                    "longer than the whole": sum(map(sum, both)) / 1000 > submission.elapsed_s}
                return [reason for reason, holds in reasons.items() if holds]
            """,
        ),
        dict(
            name="with NumPy",
            code="""
                says, total = [], 0.0
                for name, entry in entries_of(submission).items():
                    times = np.array(entry.latencies_ms)
                    total += float(times.sum())
                    says += [f"{name}: few"] * (len(times) < FEWEST) + [f"{name}: none"] * bool((times <= 0).any())
                    says += [f"{name}: equal"] * (len(np.unique(times)) == 1)
                if len(submission.baseline.latencies_ms) != len(submission.optimized.latencies_ms):
                    says.append("unlike lengths")
                if total > submission.elapsed_s * 1e3:
                    says.append("too long")
                return says
            """,
        ),
    ],
    "catch": [
        dict(
            name="a table of verdicts",
            code="""
                cem = received["Cem"]
                slow = [{"latencies_ms": [one * (3 if at < 8 else 1) for at, one in enumerate(entry.latencies_ms)]}
                        for entry in (cem.baseline, cem.optimized)]
                cases = [(received["Ada"], True), (received["Ben"], True), (cem, False), (changed(cem, *slow), False),
                         (changed(received["Ben"], data=cem.data), True)]
                for submission, refused in cases:
                    if bool(validate(submission)) != refused:
                        raise AssertionError(f"{submission.submitter} should {'' if refused else 'not '}be refused")
            """,
        ),
        dict(
            name="made anew",
            code="""
                def slowed(entry):
                    times = np.array(entry.latencies_ms)
                    times[:8] *= 3
                    return {"latencies_ms": times.tolist()}

                cem, ben = received["Cem"], received["Ben"]
                busy = changed(cem, slowed(cem.baseline), slowed(cem.optimized))
                honest = [cem, busy, sent("Dora", 3.0, (950, 940))]
                unfair = [received["Ada"], ben, replace(ben, data=cem.data).sealed(),
                          sent("Emil", 3.0, (950, 940), slow=16)]
                assert not any(validate(one) for one in honest)
                assert all(validate(one) for one in unfair)
            """,
        ),
    ],
    "repair": [
        dict(
            name="reasons and whether they hold",
            code="""
                task = TASKS[submission.task]
                counts = [entry.accuracy * task.examples for entry in entries_of(submission).values()]
                ratios = np.divide(submission.baseline.latencies_ms, submission.optimized.latencies_ms)
                ends = [np.median(part) for part in (ratios[:len(ratios) // 4], ratios[-(len(ratios) // 4):])]
                given = submission.data.part, submission.data.examples, submission.data.sha256
                reasons = {"other data": given != ("test", task.examples, task.data_sha256),
                           "no whole number": not np.allclose(counts, np.rint(counts), rtol=0, atol=1e-5),
                           "not warm": max(ends) > 1.5 * min(ends)}
                return [reason for reason, holds in reasons.items() if holds]
            """,
        ),
        dict(
            name="whole numbers by the nearest",
            code="""
                from statistics import median

                says, task, data = [], TASKS[submission.task], submission.data
                if data.part != "test":
                    says.append("not the test part")
                if data.examples != task.examples or data.sha256 != task.data_sha256:
                    says.append("not the data of the task")
                for entry in (submission.baseline, submission.optimized):
                    if abs(entry.accuracy - round(entry.accuracy * task.examples) / task.examples) > 1e-9:
                        says.append("no count of examples")
                pairs = list(zip(submission.baseline.latencies_ms, submission.optimized.latencies_ms))
                part = len(pairs) // 4
                start, end = (median(b / o for b, o in some) for some in (pairs[:part], pairs[-part:]))
                if abs(math.log(start / end)) > math.log(1.5):
                    says.append("cold")
                return says
            """,
        ),
    ],
    "pareto": [
        dict(
            name="all against all",
            code="""
                table = np.asarray(costs, dtype=float)
                as_low = (table[:, None] <= table).all(axis=-1)
                lower = (table[:, None] < table).any(axis=-1)
                return ~(as_low & lower).any(axis=0)
            """,
        ),
        dict(
            name="two loops",
            code="""
                table = [tuple(map(float, row)) for row in costs]
                front = np.ones(len(table), dtype=bool)
                for at, row in enumerate(table):
                    for other in table:
                        if other != row and all(a <= b for a, b in zip(other, row)):
                            front[at] = False
                return front
            """,
        ),
    ],
    "race": [
        dict(
            name="two functions",
            code="""
                ran = []

                def first():
                    ran.append("b")
                    baseline()

                def second():
                    ran.append("o")
                    optimized()

                begun = clock()
                times = interleaved([first, second], pairs, warmup, clock, rng)
                elapsed_s = clock() - begun
                return Race(times, [ran[2 * warmup + 2 * pair] for pair in range(pairs)], elapsed_s)
            """,
        ),
        dict(
            name="from the end",
            code="""
                trail = []
                works = [lambda letter=letter, work=work: (trail.append(letter), work())
                         for letter, work in (("b", baseline), ("o", optimized))]
                start = clock()
                times = interleaved(works, pairs, warmup, clock=clock, rng=rng)
                counted = trail[len(trail) - 2 * pairs:]
                return Race(times, [counted[at] for at in range(0, len(counted), 2)], clock() - start)
            """,
        ),
    ],
    "together_times": [
        dict(name="in shares", code="""
                p, n = products / 100, norms / 100
                together_times = 1 / (p / a + n / b + (1 - p - n))
             """),
        dict(name="what each saves",
             code="together_times = 100 / (100 - products * (1 - 1 / a) - norms * (1 - 1 / b))"),
    ],
    "fewest_examples": [
        dict(name="as a fraction", code="""
                from fractions import Fraction

                fewest_examples = Fraction(str(claimed)).denominator
             """),
        dict(name="by the common divisor",
             code="fewest_examples = 10_000 // math.gcd(round(10_000 * claimed), 10_000)"),
    ],
}
