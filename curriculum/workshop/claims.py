"""What a lesson must prove. Each claim is a function of a Proof; it returns what speaks against it, one line each."""
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import cached_property

import pages
import trials
from tinytorch._kit import release, wire
from tinytorch_teach import lessons
from tinytorch_teach.grader import Grader
from walk import Folder, Walk

MISTAKES, PLAUSIBLE, KILLED = 5, 0.6, 0.95
ALTERNATIVES = 2
CHECK_S, LESSON_S = 1.0, 60.0
RIGHT = "right:"  # how the reason for a surviving mutant begins if it is another right answer
KEYS = ("name", "code", "says", "ask", "symptom")


@dataclass
class Proof:
    """One lesson on the stand: its bench, a grader for it, and what was found out on the way."""

    bench: trials.Bench
    notes: list = field(default_factory=list)

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        if "grader" in vars(self):
            self.grader.close()

    @property
    def lesson(self):
        return self.bench.lesson

    @cached_property
    def grader(self):
        return Remembering(self.lesson)

    @cached_property
    def trials(self):
        return self.bench.trials()

    @cached_property
    def page(self):
        return pages.whole(self.lesson, self.bench.folder)

    def of(self, *kinds):
        return [trial for trial in self.trials if trial.kind in kinds]


class Remembering(Grader):
    """A Grader that runs the reference once for the same questions to the same learner."""

    def __init__(self, lesson):
        super().__init__(lesson, course="proof", tier="none")
        self.known = {}

    def reference(self, questions, learner=""):
        keys = {name: (learner, name, wire.encode(asked)) for name, asked in questions.items()}
        new = {name: asked for name, asked in questions.items() if keys[name] not in self.known}
        if new:
            self.known |= {keys[name]: answers for name, answers in super().reference(new, learner).items()}
        return {name: self.known[keys[name]] for name in questions}


def claim_released_as_it_is_it_scores_nothing(proof):
    report = proof.grader.grade(release.release(proof.lesson.cells))
    return [f"it scores {report.points} of {report.of}"] if report.points else []


def claim_solved_it_scores_every_point(proof):
    report = proof.grader.grade(proof.lesson.cells, learner="proof")
    return [f"{name}: {verdict.says}" for name, verdict in report.verdicts.items() if verdict.points < verdict.of]


def claim_one_blank_exercise_loses_exactly_its_points(proof):
    stubs, found, seed = proof.lesson.stubs(), [], proof.bench.seed
    for name, points in proof.lesson.points.items():
        book = [replace(cell, text=stubs[name]) if cell.id == name else cell for cell in proof.lesson.cells]
        report = proof.grader.grade(book, seed=seed)
        lost = {other: verdict.says for other, verdict in report.verdicts.items() if verdict.points < verdict.of}
        if report.points != proof.lesson.total - points:
            found.append(f"{name}: expected {proof.lesson.total - points} points, found {report.points}; lost: {lost}")
    return found


def claim_an_exercise_is_answered_while_all_below_it_are_blank(proof):
    return [f"{trial.exercise}: {trial.probes}" for trial in proof.of("alone") if trial.probes]


def claim_probes_and_checks_accept_the_solution_and_reject_a_stub_or_nothing_in_its_place(proof):
    right = proof.of("solution")
    found = [f"{trial}: {trial.probes or trial.checks}" for trial in right if trial.probes or trial.checks]
    return found + [f"{trial}: the {'probes' if not trial.probes else 'check'} let it pass"
                    for trial in proof.of("blank", "hollow") if not trial.probes or not trial.checks]


def claim_every_exercise_has_five_mistakes_each_with_all_that_is_said_of_one(proof):
    found = []
    for name in proof.lesson.points:
        given = proof.bench.mistakes.get(name, [])
        found += [f"{name}: expected {MISTAKES} mistakes, found {len(given)}"] if len(given) < MISTAKES else []
        found += [f"{name}: {one.get('name', one)} has no {key}" for one in given for key in KEYS if not one.get(key)]
    return found + unknown(proof.bench.mistakes, proof.lesson, "mistakes")


def claim_every_mistake_is_rejected(proof):
    proof.notes += [f"{trial}: rejected by {trial.seen} of 3 questions alone" for trial in proof.of("mistake")
                    if 0 < trial.seen < 3]
    return [f"{trial}: the probes let it pass" for trial in proof.of("mistake") if not trial.probes]


def claim_three_of_five_mistakes_return_the_form_of_a_right_answer(proof):
    found = []
    for name in proof.lesson.points:
        plausible = [trial.plausible for trial in proof.of("mistake") if trial.exercise == name]
        if sum(plausible) < PLAUSIBLE * len(plausible):
            odd = [trial.name for trial in proof.of("mistake") if trial.exercise == name and not trial.plausible]
            found.append(f"{name}: {sum(plausible)} of {len(plausible)}; not these: {'; '.join(odd)}")
    return found


def claim_mutants_are_rejected_and_survivors_have_a_reason(proof):
    """Those that are right answers are not counted; the others may be one in twenty."""
    alive = [trial for trial in proof.of("mutant") if not trial.probes]
    reasons = proof.bench.survivors
    found = [f"{trial}: survives, and SURVIVORS in mistakes.py gives no reason" for trial in alive
             if not reasons.get(trial.exercise, {}).get(trial.name)]
    wrong = [trial for trial in alive if not reasons.get(trial.exercise, {}).get(trial.name, "").startswith(RIGHT)]
    counted = len(proof.of("mutant")) - len(alive) + len(wrong)
    if len(wrong) > (1 - KILLED) * counted:
        found.append(f"{counted - len(wrong)} of {counted} are rejected; expected {KILLED:.0%}")
    names = {(trial.exercise, trial.name) for trial in alive}
    return found + [f"{exercise}: SURVIVORS names {name}, which does not survive"
                    for exercise, given in reasons.items() for name in given if (exercise, name) not in names]


def claim_every_alternative_passes_probes_and_checks(proof):
    found = [f"{trial}: {trial.probes or trial.checks}" for trial in proof.of("alternative")
             if trial.probes or trial.checks]
    few = len(proof.of("alternative")) < ALTERNATIVES
    found += [f"expected {ALTERNATIVES} alternatives or more, found {len(proof.of('alternative'))}"] if few else []
    return found + unknown(proof.bench.alternatives, proof.lesson, "alternatives")


def unknown(given, lesson, what):
    return [f"{what}.py speaks of {name}, which has no points here" for name in given if name not in lesson.points]


def claim_later_lessons_pass_on_top_of_every_alternative(proof):
    curriculum, number = proof.lesson.curriculum, proof.lesson.number
    later = [lessons.load(entry["number"], curriculum) for entry in lessons.entries(curriculum)
             if number in entry["needs"] and not pages.unwritten(curriculum, entry)]
    return [line for one in later for line in on_top(proof, one)]


def on_top(proof, later):
    """What fails in a later lesson on top of this lesson's module with alternatives in it."""
    def tried(which):
        text = proof.lesson.module_text({name: one["code"] for name, one in which.items()})
        found = pages.complaints(later, folder, {lessons.path_of(proof.lesson.module): text}, right)
        said = ", ".join(f"{name} as '{one['name']}'" for name, one in which.items())
        return [f"{later.slug}: {line}; on top of {said}" for line in found]

    with Folder(later) as folder, ThreadPoolExecutor(trials.WORKERS) as pool:
        right = pages.answered(later, folder, proof.bench.seed)
        return [line for lines in pool.map(tried, mixtures(proof)) for line in lines]


def mixtures(proof):
    """Alternatives for all exercises at once, {exercise: (name, code)}, so many that each has its turn."""
    given = {name: some for name, some in proof.bench.alternatives.items() if some}
    most = max(map(len, given.values()), default=0)
    return [{name: some[n % len(some)] for name, some in given.items()} for n in range(most)]


def claim_try_first_runs_and_misses_its_target(proof):
    text = (proof.lesson.folder / "try_first.py").read_text(encoding="utf-8")
    acts = f"{text}\n\ndef act_try_first(lesson, inputs):\n    return [TARGET, result(lesson)]\n"
    with Walk(proof.lesson, proof.bench.folder.path, acts=acts) as walk:
        walk.run()
        answer = walk.say(LESSON_S, ask="try_first", inputs=[None])["answers"][0]
    if "error" in answer:
        return [f"it raises {answer['error']}: {answer['says']}"]
    target, reached = answer["value"]
    if target.keys() != reached.keys():
        return [f"TARGET has {', '.join(target)}, and result() {', '.join(reached)}"]
    missed = [key for key in target if misses(target[key], reached[key])]
    return [] if missed else [f"it meets its target: {target}, reached {reached}"]


def misses(target, reached):
    """A plain target is the most that is allowed; ["at least", x] is the least."""
    return not reached >= target[1] if isinstance(target, list) else not reached <= target


def claim_each_arrow_of_the_map_is_needed_and_no_other(proof):
    curriculum = proof.lesson.curriculum
    lower = [entry for entry in lessons.entries(curriculum) if entry["number"] < proof.lesson.number]

    def said_without(entry):
        return pages.complaints(proof.lesson, proof.bench.folder, pages.stubbed(entry))

    with ThreadPoolExecutor(trials.WORKERS) as pool:
        all_said = pool.map(said_without, lower)
        return [line for entry, said in zip(lower, all_said) for line in arrow(proof.lesson, entry, said)]


def arrow(lesson, entry, said):
    """What speaks against the map, if `said` is what fails while one module is a stub."""
    name = f"Module {entry['number']}"
    if entry["number"] in lesson.needs:
        if not said:
            return [f"{name} is on the map, and with it a stub everything passes"]
        return [] if any(name in line for line in said) else [f"no message names {name}: {said[0]}"]
    if entry["number"] in pages.needed(lesson.curriculum, lesson.needs):
        return []  # needed by what is needed
    return [f"{name} is not on the map, and with it a stub this fails: {said[0]}"] if said else []


def claim_the_whole_page_runs_and_is_quick(proof):
    """In 1.5 GB, which is what the process gets. A slow check has a second try, for other work may be going on."""
    found = [f"{cell.id}: {cell.error}" for cell in proof.page if cell.error]
    slow = {cell.id for cell in proof.page if cell.role == "check" and cell.elapsed_s > CHECK_S}
    again = pages.whole(proof.lesson, proof.bench.folder) if slow else []
    found += [f"{cell.id} takes {cell.elapsed_s:.1f} s; expected under {CHECK_S:g} s" for cell in again
              if cell.id in slow and cell.elapsed_s > CHECK_S]
    total = sum(cell.elapsed_s for cell in proof.page)
    proof.notes.append(f"the whole page takes {total:.1f} s, its slowest check "
                       f"{max((cell.elapsed_s for cell in proof.page if cell.role == 'check'), default=0):.2f} s")
    return found + ([f"it takes {total:.0f} s; expected under {LESSON_S:g} s"] if total > LESSON_S else [])


CLAIMS = {name.removeprefix("claim_").replace("_", " "): function
          for name, function in list(globals().items()) if name.startswith("claim_")}
