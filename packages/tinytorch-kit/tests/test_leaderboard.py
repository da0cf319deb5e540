"""A leaderboard is one page that loads nothing, shows what strangers wrote as text, and says what there is not yet."""
import base64
import hashlib
import json
import re
from html.parser import HTMLParser

import pytest
from tinytorch._kit import leaderboard, milestone
from tinytorch._kit.page import page
from tinytorch._kit.pareto import HEIGHT, WIDTH, Point, front, log_ticks, plot, ticks

VOID = {"meta", "br", "path", "circle"}


def both(baseline, optimized):
    return {"baseline": baseline, "optimized": optimized}


def entry(submitter="Ada", faster=2.0, accuracy=0.95, size=50_000, **more):
    return {"file": f"{submitter}/one.json", "submitter": submitter, "created": "2026-11-30T12:00:00Z",
            "seed": 3, "unbeaten": True, "accuracy": both(0.96, accuracy), "latency_ms": both(0.3, 0.3 / faster),
            "pairs": 40, "faster": {"ratio": faster, "low": faster - 0.1, "high": faster + 0.1},
            "size_bytes": both(814_120, size), "smaller": 814_120 / size, "peak_bytes": both(106_680, 227_816),
            "techniques": ["structured_prune", "int8"],
            "system": {"host_processor_model_name": "a processor", "division": "closed"}, **more}


def board(*entries, refused=()):
    tasks = [{"name": name, "metric": "accuracy", "floor": 0.9, "floor_says": "a line stays below it", "entries": some}
             for name, some in (("digits-mlp", list(entries)), ("digits-cnn", []))]
    return {"tasks": tasks, "refused": list(refused)}


class Read(HTMLParser):
    """What a browser would see: elements with their attributes, and the text outside of script and style."""

    def __init__(self, text):
        super().__init__()
        self.open, self.found, self.text = [], [], ""
        self.feed(text)
        assert not self.open, f"never closed: {self.open}"

    def handle_starttag(self, tag, attributes):
        self.found.append((tag, dict(attributes)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.found.append((tag, dict(attributes)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] not in ("script", "style"):
            self.text += data

    def all(self, tag):
        return [attributes for name, attributes in self.found if name == tag]


FULL = board(entry(), entry("Ben", 1.5, 0.97, 40_000), refused=[
    {"file": "c.json", "task": "digits-cnn", "submitter": "Cem",
     "reasons": ["12 repeats; at least 20 are needed", "two"]}])


@pytest.mark.parametrize("one", [board(), board(entry()), FULL])
def test_a_page_is_whole_and_loads_nothing(one):
    read = Read(page(one))
    linked = [attributes[name] for _, attributes in read.found for name in ("src", "href") if name in attributes]
    assert all(link.startswith("#") or link == "leaderboard.json" for link in linked)
    assert not {"link", "img", "iframe", "object", "base"} & {name for name, _ in read.found}
    assert not re.search(r"url\(|@import|fetch\(|XMLHttp|https?:", page(one))
    ids = [attributes["id"] for _, attributes in read.found if "id" in attributes]
    assert len(set(ids)) == len(ids) and {link[1:] for link in linked if link[0] == "#"} <= set(ids)


def test_only_its_own_style_and_script_may_run():
    text = page(FULL)
    policy = next(meta["content"] for meta in Read(text).all("meta") if "http-equiv" in meta)
    for kind in ("style", "script"):
        own = re.search(f"<{kind}>(.*?)</{kind}>", text, flags=re.S)[1]
        assert f"'sha256-{base64.b64encode(hashlib.sha256(own.encode()).digest()).decode()}'" in policy
    assert policy.startswith("default-src 'none'") and "unsafe" not in policy
    assert not re.search(r"<[^>]+ (style|on\w+)=", text)


def test_what_strangers_wrote_stays_text():
    nasty = '"><script>alert(1)</script>&amp;$style'
    bad = entry(nasty, file=nasty, techniques=[nasty], created=nasty,
                system={"host_processor_model_name": nasty, "division": nasty})
    one = board(bad, refused=[{"file": nasty, "task": nasty, "submitter": nasty, "reasons": [nasty]}])
    read = Read(page(one))
    assert len(read.all("script")) == 1 and read.text.count(nasty) >= 8


def test_each_column_of_a_table_is_sorted_by_a_button():
    text = page(FULL)
    heads = re.findall(r'<th scope="col"[^>]*><button type="button">([^<]+)</button></th>', text)
    assert heads[:3] == ["place", "submitter", "times faster"] and len(set(heads)) == len(heads) == 11
    assert text.count('aria-sort="ascending"><button') == 1  # one table, by place
    rows = re.findall(r'<tr id="digits-mlp-\d">(.*?)</tr>', text)
    values = [re.findall(r'data-value="([^"]+)"', row) for row in rows]
    assert [row[:2] for row in values] == [["1", "2"], ["2", "1.5"]] and {len(row) for row in values} == {7}


def test_a_table_says_before_and_after_and_the_interval():
    text = Read(page(board(entry()))).text
    assert all(said in text for said in ("2.001.90 to 2.10", "95.096.0", "50.0814.1", "structured_prune, int8"))


def test_where_there_is_nothing_yet_it_says_so():
    text = Read(page(board())).text
    assert "There is no submission yet. tinytorch milestone 6 makes" in text
    assert text.count("No submission to this task yet.") == 2 and "Refused" not in text
    text = Read(page(board(entry()))).text
    assert "1 submission on the board, none refused." in text and text.count("No submission to this task yet.") == 1


def test_refused_files_have_their_reasons():
    text = Read(page(FULL)).text
    assert "2 submissions on the board, 1 refused." in text and "12 repeats; at least 20 are neededtwo" in text


def test_a_point_is_on_the_front_if_no_other_one_beats_it():
    def points(*pairs):
        return [Point("", "", "", *pair) for pair in pairs]

    assert front(points((1, 90), (2, 95), (3, 95), (3, 99), (4, 98))) == points((1, 90), (2, 95), (3, 99))
    assert front(points((1, 90), (1, 90))) == points((1, 90), (1, 90))  # alike: neither is better


def test_a_plot_draws_each_point_inside_and_the_better_ones_higher_and_further_left():
    points = [Point("1", "one", "a", 0.2, 95), Point("2", "two", "b", 20, 97), Point("3", "three", "c", 20, 91)]
    drawn = plot(points, "size, kB", 90)
    places = [(float(x), float(y)) for x, y in re.findall(r'<circle cx="([\d.]+)" cy="([\d.]+)"', drawn)]
    assert all(0 < x < WIDTH and 0 < y < HEIGHT for x, y in places)
    assert places[0][0] < places[1][0] == places[2][0] and places[1][1] < places[0][1] < places[2][1]
    assert re.findall(r'<a href="#(\w)" class="best">', drawn) == ["a", "b"]
    assert "Accuracy against size, kB: 3 submissions, of which no other one beats 1, 2." in drawn


@pytest.mark.parametrize("accuracies", [[90], [100, 100], [90.1, 90.2]])
def test_a_plot_of_few_points_has_a_scale(accuracies):
    points = [Point(str(n), "", "a", 3.0, accuracy) for n, accuracy in enumerate(accuracies)]
    assert plot(points, "latency, ms", 90).count('class="axis"') > 5


def test_ticks_are_round():
    assert ticks(0, 10) == [0, 2, 4, 6, 8, 10] and ticks(89.6, 95.2) == [90, 92, 94]
    assert log_ticks(3, 700) == [5, 10, 20, 50, 100, 200, 500] and log_ticks(20, 30) == [20, 22, 24, 26, 28, 30]


def test_the_files_of_a_folder_are_found_at_any_depth(tmp_path):
    for name in ("b/submission-digits-mlp.json", "a.json", "b/notes.txt", "leaderboard.json"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("{}")
    assert leaderboard.submissions(tmp_path) == ["a.json", "b/submission-digits-mlp.json"]


def test_build_writes_page_and_data_and_says_who_leads(tmp_path, home, command, monkeypatch):
    (tmp_path / "sent").mkdir()
    monkeypatch.setattr(leaderboard, "judged", lambda home, folder, files: FULL)
    status, out, err = command("leaderboard", "build", tmp_path / "sent", "--out", tmp_path / "made/here")
    assert (status, err) == (0, "") and out.splitlines()[:3] == [
        "digits-mlp                 2  Ada leads, 2.00 times as fast as its baseline", "digits-cnn              none",
        "refused  c.json: 12 repeats; at least 20 are needed"]
    made = tmp_path / "made/here"
    assert json.loads((made / "leaderboard.json").read_text(encoding="utf-8")) == FULL
    assert (made / "index.html").read_text(encoding="utf-8") == page(FULL)


def test_build_says_where_nothing_lies(tmp_path, home, command, monkeypatch):
    monkeypatch.setattr(leaderboard, "judged", lambda home, folder, files: board())
    status, out, _ = command("leaderboard", "build", tmp_path)
    assert status == 0 and out.splitlines()[0] == "No submission is there. To make some: tinytorch milestone 6"
    assert out.splitlines()[1].startswith("open  leaderboard")


def test_build_needs_module_20(tmp_path, home, command):
    status, out, err = command("leaderboard", "build", tmp_path)
    assert (status, out) == (2, "") and "Module 20 Capstone" in err and not (home.root / "leaderboard").exists()


def test_verify_runs_milestone_6(tmp_path, home, command, monkeypatch):
    (tmp_path / "one.json").write_text("{}")
    monkeypatch.setattr(milestone, "run", lambda home, entry, words: print(entry["name"], words) or 1)
    status, out, _ = command("leaderboard", "verify", tmp_path / "one.json")
    assert status == 1 and out == f"mlperf ['--verify', {str(tmp_path / 'one.json')!r}]\n"
    assert command("leaderboard", "verify", tmp_path / "none.json")[0] == 2
