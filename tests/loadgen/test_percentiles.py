"""MLCommons LoadGen is the oracle of latencies: on the same system, asked in the same way, p50 and p90 agree.

Of hundreds of latencies it is no matter which of two neighbouring ranks a percentile takes. Times are real here, so the
test wants a machine that is not busy. `nox -s loadgen` installs LoadGen, and nothing else needs it.
"""
import queue
import re
import threading
import time

import mlperf_loadgen as loadgen
import numpy as np
import pytest
from tinytorch.benchmarking import arrivals, percentile, served, timed

CLOSE = {50: 0.10, 90: 0.20}  # how far a percentile may be from LoadGen's, as a share of it
RATE = 40.0  # queries a second of the server; it could answer 166
COUNTS = {"SingleStream": 400, "Offline": 400, "Server": 600}


def system():
    """An answer that takes 3 to 9 ms, drawn alike each time."""
    rng = np.random.default_rng(19)
    return lambda: time.sleep(rng.uniform(0.003, 0.009))


def by_loadgen(scenario, folder):
    """{q: seconds} as LoadGen's summary has them."""
    answer, asked = system(), queue.SimpleQueue()

    def work():
        while (sample := asked.get()) is not None:
            answer()
            loadgen.QuerySamplesComplete([loadgen.QuerySampleResponse(sample.id, 0, 0)])

    worker = threading.Thread(target=work)
    worker.start()
    sut = loadgen.ConstructSUT(lambda samples: [asked.put(sample) for sample in samples], lambda: None)
    library = loadgen.ConstructQSL(100, 100, lambda samples: None, lambda samples: None)
    try:
        loadgen.StartTestWithLogSettings(sut, library, settings(scenario), logs(folder), "")
    finally:
        asked.put(None)
        worker.join()
        loadgen.DestroyQSL(library)
        loadgen.DestroySUT(sut)
    said = (folder / "mlperf_log_summary.txt").read_text(encoding="utf-8")
    return {q: int(re.search(rf"^{q}\.00 percentile latency \(ns\) +: (\d+)$", said, re.M)[1]) / 1e9 for q in CLOSE}


def settings(scenario):
    """As many queries as COUNTS says; in Offline one query that has so many samples."""
    found, count = loadgen.TestSettings(), COUNTS[scenario]
    found.scenario, found.mode = getattr(loadgen.TestScenario, scenario), loadgen.TestMode.PerformanceOnly
    found.min_query_count = found.max_query_count = count
    found.min_duration_ms = 1
    found.offline_expected_qps = 1000 * count / 1.1  # it takes a tenth more samples than last for min_duration_ms
    found.server_target_qps, found.server_target_latency_ns = RATE, 10**9
    return found


def logs(folder):
    found = loadgen.LogSettings()
    found.log_output.outdir, found.enable_trace = str(folder), False
    return found


def by_ours(scenario):
    """{q: seconds} as this course measures them."""
    answer, count = system(), COUNTS[scenario]
    if scenario == "SingleStream":
        latencies = timed(answer, count, warmup=0)
    elif scenario == "Offline":
        latencies = served(answer, np.zeros(count))
    else:
        latencies = served(answer, arrivals(RATE, count, np.random.default_rng(7)))
    return {q: percentile(latencies, q) for q in CLOSE}


@pytest.mark.parametrize("scenario", COUNTS)
def test_percentiles_are_those_of_loadgen(scenario, tmp_path):
    expected, found = by_loadgen(scenario, tmp_path), by_ours(scenario)
    print(scenario, {q: f"{1000 * found[q]:.2f} ms, LoadGen {1000 * expected[q]:.2f} ms" for q in CLOSE})
    for q, share in CLOSE.items():
        assert found[q] == pytest.approx(expected[q], rel=share), f"p{q} of {scenario}"
