"""Make build/fingerprints/NN_name.json, by which learners' machines know mistakes without holding any solution.

    python curriculum/workshop/fingerprints.py [NN ...]         quick where nothing has changed

    {"acts": source, "inputs": {exercise: [frozen, ...]}, "known": {exercise: {hash: {"name", "ask", "says"}}},
     "made_from": hash}

The inputs are drawn as probes draw them and rounded to small whole numbers, which are exact whatever library adds them
up. A mistake on a rounding edge, or with the answers of another, would be mistaken for something else: then other
inputs are drawn, and if that does not help, nothing is written. Among a thousand values one always is on an edge, so
the `act` functions in the file say of a large array its shape, its length as a vector, and a few of its values.

What raises has no fingerprint, its own message must do; nor has what differs in dtype alone, nor a number that is each
learner's own, nor an answer that is drawn anew each time.
"""
import argparse
import hashlib
import json
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import trials
from tinytorch._kit import child, marks, probing
from tinytorch_teach import lessons
from walk import Folder, Reply, Walk

CURRICULUM = Path(__file__).resolve().parents[1]
BUILD = CURRICULUM.parent / "build/fingerprints"
DRAWS = 12  # of inputs, before we give up
NEAR = (1.0, 1 - 1e-6, 1 + 1e-6)  # factors under which a fingerprint must stay
LEARNERS = ("ada", "ben", "cyd", "dan", "eva")
SEEDED = """
import numpy, tinytorch.core.tensor
numpy.random.seed({seed})
getattr(tinytorch.core.tensor, "manual_seed", int)({seed})
"""
BRIEFLY = """

def _briefly(x):
    if isinstance(x, (list, tuple)):
        return [_briefly(item) for item in x]
    if isinstance(x, dict):
        return {key: _briefly(item) for key, item in x.items()}
    if not isinstance(x, _np.ndarray) or x.size <= 8:
        return x
    length = float(_np.sqrt(_np.square(x.astype(float)).sum()))
    return {"shape": list(x.shape), "length": length, "some": x.ravel()[:: x.size // 7][:8]}


def _brief(act):
    return lambda lesson, inputs: _briefly(act(lesson, inputs))


import numpy as _np
globals().update({name: _brief(act) for name, act in list(globals().items()) if name.startswith("act_")})
"""


class Refused(Exception):
    """Mistakes that could be taken for something else; a line for each."""


def whole(x):
    """Values as small whole numbers; a single number below 1, such as a rate, keeps four digits."""
    if isinstance(x, dict):
        return {key: whole(item) for key, item in x.items()}
    if isinstance(x, (list, tuple)):
        return [whole(item) for item in x]
    if isinstance(x, np.ndarray):
        return np.rint(3 * x).astype(x.dtype) if x.dtype.kind == "f" else x
    if isinstance(x, float) and np.isfinite(x):
        return float(round(x)) if abs(x) >= 1 else float(f"{x:.4g}")
    return x


def made(lesson):
    """What is known about the mistakes of a lesson, for its JSON file.

    Raises
    ------
    Refused
        If mistakes are not told apart.
    """
    inputs, known, against = {}, {}, []
    with Folder(lesson) as folder:
        bench = trials.Bench.of(lesson, folder)
        varying = own_numbers(lesson, folder)
        with Walk(lesson, folder.path, acts=lesson.acts + BRIEFLY) as walk:
            for name in lesson.points:
                if name not in varying and bench.mistakes.get(name):
                    walk.to(name)
                    inputs[name], known[name], said = told_apart(bench, walk, name)
                    against += said
    if against:
        raise Refused("\n".join(against))
    return {"acts": lesson.acts + BRIEFLY, "inputs": inputs, "known": known}


def told_apart(bench, walk, exercise):
    """Frozen inputs that tell all mistakes of an exercise apart, what is known by them, and complaints if none do."""
    tried = []
    for form in (whole, lambda x: x):
        for seed in range(DRAWS):
            drawn = form(bench.lesson.draw(exercise, np.random.default_rng([seed, len(exercise)])))
            frozen = json.loads(json.dumps([marks.freeze(drawn)]))
            known, against = recognised(bench, walk, exercise, [marks.thaw(one) for one in frozen])
            tried.append((frozen, known, [f"{bench.lesson.slug}, {exercise}: {line}" for line in against]))
            if not against:
                return tried[-1]
    return min(tried, key=lambda one: len(one[2]))


def recognised(bench, walk, exercise, inputs):
    """{hash: what is said of the mistake} under these inputs, and complaints."""
    cell = next(cell for cell in bench.lesson.graded if cell.id == exercise)
    right = walk.solution(exercise, inputs)
    if not trials.alike(right, right):
        return {}, [f"the solution fails on whole numbers, or its answers are not finite: {right}"[:300]]
    taken, known, against = {marks.fingerprint(right.answers): "the right answer"}, {}, []
    for mistake in bench.mistakes[exercise]:
        text, name = lessons.filled_cell(cell, mistake["code"]).text, mistake["name"]
        reply = seeded(walk, exercise, text, inputs, 1)
        prints = fingerprints(reply)
        if not prints or prints != fingerprints(seeded(walk, exercise, text, inputs, 2)):
            continue
        if prints[0] in taken and only_dtype(reply, right):
            continue
        if len(set(prints)) > 1:
            against.append(f"'{name}' stands on a rounding edge")
        elif prints[0] in taken:
            against.append(f"'{name}' answers as {taken[prints[0]]} does")
        taken[prints[0]] = f"'{name}'"
        known[prints[0]] = {key: mistake[key] for key in ("name", "ask", "says")}
    return known, against


def seeded(walk, exercise, text, inputs, seed):
    """The Reply to inputs when random numbers begin at a seed."""
    return walk.answers(exercise, text + SEEDED.format(seed=seed), inputs, rest=walk.leans_below)


def fingerprints(reply):
    """The fingerprint of a reply, and those from near by; none if there is an error among the answers."""
    if reply.answers is None or any("error" in answer for answer in reply.answers):
        return []
    return [marks.fingerprint(reply.answers, factor) for factor in NEAR]


def only_dtype(reply, right):
    """Whether a reply with a right one's fingerprint is told from it by its form."""
    return marks.fingerprint(reply.answers) == marks.fingerprint(right.answers) and not trials.alike(reply, right)


def own_numbers(lesson, folder):
    """Exercises whose right answer depends on the learner's id."""
    if not any("mine(" in cell.text for cell in lesson.graded):
        return set()
    seen = [right_answers(lesson, folder, learner) for learner in LEARNERS]
    return {name for name in lesson.points if len({one[name] for one in seen}) > 1}


def right_answers(lesson, folder, learner):
    """{exercise: fingerprint} of the solution under a learner's id."""
    out = {}
    with Walk(lesson, folder.path, learner=learner) as walk:
        walk.run()
        for name in lesson.points:
            inputs = [lesson.draw(name, np.random.default_rng(0))]
            answers = walk.say(60, ask=name, inputs=inputs)["answers"]
            out[name] = str(fingerprints(Reply(answers)))
    return out


def sources(lesson):
    """A hash of all that a file is made from."""
    texts = [(lesson.folder / name).read_text(encoding="utf-8") for name in ("lesson.py", "probes.py", "mistakes.py")]
    texts += [Path(module.__file__).read_text(encoding="utf-8") for module in (child, marks, probing, trials)]
    texts += [Path(__file__).read_text(encoding="utf-8"), *lessons.below(lesson).values()]
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:16]


def write(lesson, build=BUILD):
    """Write a lesson's file, if it is not current; what was done, for a line of output."""
    path, hashed = build / f"{lesson.slug}.json", sources(lesson)
    if path.exists() and json.loads(path.read_text(encoding="utf-8")).get("made_from") == hashed:
        return "is current"
    marked = {**made(lesson), "made_from": hashed}
    build.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(marked, indent=None, separators=(",", ":")) + "\n", encoding="utf-8")
    known = sum(map(len, marked["known"].values()))
    return f"knows {known} mistakes of {len(marked['known'])} exercises, {path.stat().st_size / 1000:.0f} kB"


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("numbers", nargs="*", help="lessons such as 03; all that are written if none is named")
    parser.add_argument("--curriculum", type=Path, default=CURRICULUM, help="the folder with course.toml")
    parser.add_argument("--build", type=Path, default=BUILD, help="where the files go")
    asked = parser.parse_args(arguments)
    numbers, refused = asked.numbers or lessons.numbers(asked.curriculum), 0
    with ProcessPoolExecutor(trials.AT_ONCE) as pool:
        for line, against in pool.map(told, numbers, [asked.curriculum] * len(numbers), [asked.build] * len(numbers)):
            print(line, flush=True)
            refused += bool(against)
            print(against, end="", file=sys.stderr)
    return 1 if refused else 0


def told(number, curriculum, build):
    """A line of output about one lesson, and what speaks against writing its file."""
    lesson = lessons.load(number, curriculum)
    try:
        return f"{lesson.slug:<24}{write(lesson, build)}", ""
    except (Refused, ValueError) as error:
        return f"{lesson.slug:<24}not written:", f"{error}\n"


if __name__ == "__main__":
    sys.exit(main())
