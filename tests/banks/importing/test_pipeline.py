import contextlib
import json
import random
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sources import JAVA, read

from interviewer.banks import writer
from interviewer.banks.importing import import_report, pipeline
from interviewer.banks.importing.document import Block, Item, Role, source
from interviewer.banks.importing.merging import MergeOutcome
from interviewer.banks.importing.pipeline import Preview, preview, save
from interviewer.banks.loader import BankLibrary, parse_bank
from interviewer.domain.language import Language
from interviewer.domain.rubric import Localized
from interviewer.errors import BankError, LLMUnreachable
from interviewer.llm.scripted import Request, ScriptedLLM
from interviewer.settings import shipped


@pytest.fixture(autouse=True)
def stand_in_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "read", read)


def look(folder: Path, text: str = JAVA, name: str = "java notes.txt", **options: object) -> Preview:
    return preview(name, text.encode(), library=BankLibrary(None, folder), folder=folder, **options)  # type: ignore[arg-type]


def said(shown: Preview, *, whole: bool = False, language: Language = Language.EN) -> str:
    return "\n".join(import_report.lines(shown.report(language), whole=whole))


def test_an_imported_file_is_a_bank_that_can_be_played_at_once(tmp_path: Path) -> None:
    library = BankLibrary(None, tmp_path / "banks")
    shown = preview("java notes.txt", JAVA.encode(), library=library, folder=tmp_path / "banks")
    assert not (tmp_path / "banks").exists()
    path = save(shown)
    assert path == tmp_path / "banks" / "java-notes.yaml"
    assert library.bank("java-notes") == shown.bank
    assert parse_bank(path.read_text(encoding="utf-8"), "x") == shown.bank
    assert {one.name for one in path.parent.iterdir()} == {"java-notes.yaml", ".imported"}


def test_ids_come_from_the_words_of_the_question_never_from_its_place(tmp_path: Path) -> None:
    bank = look(tmp_path).bank
    names = [question.id for question in bank.questions]
    assert names[:2] == ["how-hashmap-find-bucket-key", "difference-between-arraylist-linkedlist"]
    assert re.fullmatch("q-[0-9a-f]{10}", names[2])
    parts = JAVA.split("? ")
    turned = look(tmp_path, "? ".join([parts[0], parts[2], parts[4], parts[1], parts[3]])).bank
    assert sorted(question.id for question in turned.questions) == sorted(names)
    assert [question.topic for question in bank.questions][:2] == ["collections"] * 2
    assert bank.topics is not None
    assert bank.topics["collections"] == Localized(en="Collections")


def test_the_report_speaks_of_every_block_and_of_what_was_left_out(tmp_path: Path) -> None:
    shown = look(tmp_path)
    summary = said(shown)
    assert "question: 4 (lines: 4)" in summary
    assert "1: Thanks for reading. — stands before the first question" in summary
    assert "9: Which list is faster? — It has no answer" in summary
    whole = said(shown, whole=True)
    for number, line in enumerate(JAVA.splitlines(), start=1):
        assert f"  {number}: {line[:40]}" in whole
    assert "how-hashmap-find-bucket-key: How does a HashMap" in whole
    assert "没有答案" in said(shown, language=Language.ZH)


def test_an_edited_bank_survives_another_import_of_a_changed_file(tmp_path: Path) -> None:
    path = save(look(tmp_path))
    text = path.read_text(encoding="utf-8")
    mine = text.replace("difficulty: 1", "difficulty: 3  # hard, they say", 1)
    mine = re.sub(r"weight: [\d.]+", "weight: 5", mine, count=1)
    path.write_text(f"# kept by me\n{mine}", encoding="utf-8")
    shown = look(
        tmp_path, JAVA.replace("互斥；", "资源互斥；") + "? What is a monitor in Java?\nA lock with a wait set.\n"
    )
    assert re.search(r"your edit stays: “How does a HashMap[^”]*”, criteria", said(shown, whole=True))
    save(shown)
    after = path.read_text(encoding="utf-8")
    assert after.startswith("# kept by me\n")
    assert "difficulty: 3  # hard, they say" in after
    assert "资源互斥" in after
    bank = parse_bank(after, "x")
    assert bank == shown.bank
    assert bank.questions[0].criteria[0].weight == 5
    assert bank.questions[-1].id == "what-is-a-monitor-in-java"
    assert "new: “What is a monitor in Java?”" in said(shown)
    again = look(
        tmp_path, JAVA.replace("互斥；", "资源互斥；") + "? What is a monitor in Java?\nA lock with a wait set.\n"
    )
    assert again.is_same
    assert again.changes == () or {change.did for change in again.changes} == {"kept"}


def test_a_conflict_is_shown_with_both_versions(tmp_path: Path) -> None:
    path = save(look(tmp_path))
    mine = path.read_text(encoding="utf-8").replace("互斥；占有并等待；不可抢占；循环等待。", "我的答案")
    path.write_text(mine, encoding="utf-8")
    shown = look(tmp_path, JAVA.replace("互斥；", "资源互斥；"))
    assert "我的答案" in shown.yaml
    assert "yours: 我的答案; the source: 资源互斥；" in said(shown)


def test_what_was_changed_in_the_meantime_is_not_overwritten(tmp_path: Path) -> None:
    new = look(tmp_path)
    path = save(new)
    with pytest.raises(BankError, match="made by someone else in the meantime"):
        save(new)
    shown = look(tmp_path, JAVA.replace("互斥；", "资源互斥；"))
    path.write_text(path.read_text(encoding="utf-8") + "# edited just now\n", encoding="utf-8")
    with pytest.raises(BankError, match="changed in the meantime"):
        save(shown)
    assert path.read_text(encoding="utf-8").endswith("# edited just now\n")
    assert {one.name for one in tmp_path.iterdir()} == {path.name, ".imported"}


def test_an_interrupted_save_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = save(look(tmp_path))
    before = path.read_bytes()
    shown = look(tmp_path, JAVA.replace("互斥；", "资源互斥；"))

    def full(number: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(writer.os, "fsync", full)
    with pytest.raises(BankError, match="cannot be written: No space left"):
        save(shown)
    assert path.read_bytes() == before
    assert {one.name for one in tmp_path.iterdir()} == {path.name, ".imported"}


def test_an_id_that_another_bank_has_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(BankError, match="'deep-learning' is the id of a bank that ships with the program"):
        look(tmp_path, id="deep-learning")
    save(look(tmp_path))
    with pytest.raises(BankError, match=r"'java-notes' is taken by java-notes\.yaml: choose another"):
        look(tmp_path, id="java-notes", output=tmp_path / "other.yaml")
    assert look(tmp_path, output=tmp_path / "mine.yaml").bank.id == "mine"


def test_a_bank_that_was_imported_before_is_found_where_it_is(tmp_path: Path) -> None:
    path = save(look(tmp_path))
    renamed = path.rename(tmp_path / "renamed.yaml")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    shown = preview("java notes.txt", JAVA.encode(), library=BankLibrary(elsewhere, tmp_path), folder=elsewhere)
    assert shown.path == renamed
    assert shown.is_same


def test_a_bank_written_by_hand_is_added_to_only_when_it_is_named(tmp_path: Path) -> None:
    by_hand = tmp_path / "java-notes.yaml"
    by_hand.write_text(
        "id: java-notes\ntitle: Mine\nlanguage: en\nquestions:\n- id: q\n  text: Why?\n  reference: So.\n"
        "  criteria: [{id: c, text: So}]\n"
    )
    with pytest.raises(BankError, match=r"java-notes\.yaml: was written by hand: choose another id"):
        look(tmp_path)
    shown = look(tmp_path, output=by_hand)
    assert [question.id for question in shown.bank.questions][-1] == "q"
    assert len(shown.bank.questions) == 4


def test_a_folder_may_be_named_and_a_name_that_no_library_finds_may_not(tmp_path: Path) -> None:
    assert look(tmp_path / "banks", output=tmp_path).path == tmp_path / "java-notes.yaml"
    with pytest.raises(BankError, match=r"mine\.txt: would not be found as a bank"):
        look(tmp_path, output=tmp_path / "mine.txt")


def test_a_file_system_without_links_will_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def unable(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(writer.os, "link", unable)
    new = look(tmp_path)
    assert parse_bank(save(new).read_text(encoding="utf-8"), "x") == new.bank
    with pytest.raises(BankError, match="cannot be written"):
        save(new)


def test_nothing_in_the_report_speaks_to_a_terminal(tmp_path: Path) -> None:
    shown = look(tmp_path, "\x1b[2J gone\n? What is a \x1b[31mJava class?\nA \x07 type of objects\n")
    assert "\x1b" not in said(shown, whole=True)
    assert "\x07" not in said(shown, whole=True)


def test_a_bank_is_taken_as_it_is_and_what_it_replaces_is_kept(tmp_path: Path) -> None:
    text = (shipped("rubrics") / "deep-learning.yaml").read_text(encoding="utf-8")
    shown = look(tmp_path, text, "mine.yaml", id="my-learning", title="Mine")
    assert (shown.bank.id, shown.bank.title.zh) == ("my-learning", "Mine")
    assert shown.yaml.splitlines()[:4] == text.splitlines()[:4]
    assert [line for line in text.splitlines() if line.startswith("#") and line not in shown.yaml] == []
    assert shown.source is None
    path = save(shown)
    other = look(tmp_path, JAVA, id="other").yaml.replace("id: other", "id: my-learning")
    save(look(tmp_path, other, "other.yml"))
    assert len(parse_bank(path.read_text(encoding="utf-8"), "x").questions) == 3
    assert path.with_name("my-learning.yaml.bak").read_text(encoding="utf-8") == shown.yaml


@pytest.mark.parametrize(
    "name, data, cause",
    [
        ("a.txt", b"", "a.txt: has no question: questions are headings"),
        ("a.txt", b"? What?\n? Why?\n", "has 2 questions, none of them with an answer"),
        ("a.yaml", b"id: [", "a.yaml: line 2: is not YAML"),
        ("a.yaml", "标题".encode("gb18030"), "a.yaml: byte 0: is not UTF-8"),
        ("../../etc/passwd.yaml", b"x", "passwd.yaml: line 1"),
    ],
)
def test_what_cannot_be_imported_is_refused_with_its_cause(tmp_path: Path, name: str, data: bytes, cause: str) -> None:
    with pytest.raises(BankError) as refused:
        preview(name, data, library=BankLibrary(None, tmp_path), folder=tmp_path)
    assert str(refused.value).startswith(cause) or cause in str(refused.value)


def test_nothing_in_a_file_is_taken_for_a_path_or_for_markup(tmp_path: Path) -> None:
    text = "? <script>alert(1)</script> and ../../x of Java?\n<b>file:///etc/passwd</b> is a \x07\x1b[31m path\n"
    bank = look(tmp_path / "banks", text, "..%2f..\\..\\evil.txt").bank
    assert re.fullmatch(r"[a-z0-9-]+", bank.id)
    assert bank.questions[0].text.en == "<script>alert(1)</script> and ../../x of Java?"
    assert "\x1b" not in bank.questions[0].reference.en
    assert save(look(tmp_path / "banks", text, "../../evil.txt")).parent == tmp_path / "banks"


@pytest.mark.parametrize("name", ["面试题.txt", "操作系统.txt"])
def test_a_file_name_in_another_encoding_makes_a_bank_of_its_own(tmp_path: Path, name: str) -> None:
    as_unix_has_it = name.encode("gb18030").decode("utf-8", "surrogateescape")
    shown = look(tmp_path, name=as_unix_has_it)
    assert shown.bank.id.startswith({"面试题.txt": "c3-e6-ca", "操作系统.txt": "b2-d9"}[name])
    assert parse_bank(save(shown).read_text(encoding="utf-8"), "x") == shown.bank


@pytest.mark.parametrize("name", ["con", "nul", "com1", "aux.v2"])
def test_no_file_is_called_as_a_device_of_windows(tmp_path: Path, name: str) -> None:
    path = save(look(tmp_path, id=name))
    assert path.name == f"bank-{name}.yaml"
    assert look(tmp_path, id=name).is_same
    assert save(look(tmp_path, id=f"my-{name}")).name == f"my-{name}.yaml"


def test_a_file_where_the_folder_should_be_is_named(tmp_path: Path) -> None:
    (tmp_path / "notes").write_text("", encoding="utf-8")
    with pytest.raises(BankError, match=r"a.yaml: cannot be written: notes is no folder"):
        save(look(tmp_path, output=tmp_path / "notes" / "a.yaml"))


def test_of_two_windows_that_save_at_once_one_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save(look(tmp_path))
    shown = [look(tmp_path, JAVA.replace("互斥；", f"{n}互斥；")) for n in range(2)]
    both_are_ready = threading.Barrier(2)
    replace = writer.shutil.copymode

    def slowly(*args: Any) -> None:
        with contextlib.suppress(threading.BrokenBarrierError):
            both_are_ready.wait(0.2)
        replace(*args)

    monkeypatch.setattr(writer.shutil, "copymode", slowly)
    with ThreadPoolExecutor(2) as pool:
        saving = [pool.submit(save, one) for one in shown]
    outcomes = [one.exception() for one in saving]
    assert sorted(map(str, outcomes)) == [
        "None",
        "java-notes.yaml: was changed in the meantime: nothing was written; import again",
    ]


def test_names_without_any_word_are_kept_apart(tmp_path: Path) -> None:
    names = ["!!!.txt", "？.txt", "。。。.txt"]
    assert len({look(tmp_path, name=name).bank.id for name in names}) == len(names)


def test_signs_that_no_bank_may_hold_are_gone_from_names_and_titles(tmp_path: Path) -> None:
    shown = look(tmp_path, name="a\n\x1b[31m\0b.txt", title="One\nline \udcff\x1b[1m")
    made = shown.bank.questions[0].made
    assert made is not None
    assert made.file == "a [31mb.txt"
    assert shown.bank.title.en == "One line [1m"
    long = look(tmp_path, name=f"{'x' * 5000}.txt").bank.questions[0].made
    assert long is not None
    assert len(long.file) == 200


def test_a_question_that_is_kept_never_takes_the_place_of_another(tmp_path: Path) -> None:
    old = "? What is a Java lock?\nIt keeps other threads out.\n"
    path = save(look(tmp_path, old))
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("weight: 2", "weight: 3"), encoding="utf-8")
    bank = look(tmp_path, "? What is a Java Lock?\nA thing at a door.\n" + old).bank
    assert [question.reference.en for question in bank.questions] == [
        "A thing at a door.",
        "It keeps other threads out.",
    ]
    assert [question.id for question in bank.questions][1] == "what-is-a-java-lock"


def test_halves_of_signs_and_blank_texts_are_left_out(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    items = (Item("\x00", "y", 1), Item("What is a Java \ud800class?", "A\r\ntype\u2028of\tobjects", 2))
    blocks = (Block(Role.QUESTION, 1, 2, "", 0),)
    monkeypatch.setattr(pipeline, "read", lambda *_: source("x.md", "", items, blocks))
    shown = look(tmp_path)
    assert shown.bank.questions[0].reference.en == "A\ntype\nof objects"
    assert shown.bank.title == Localized(en="x.md")
    assert "It has no text" in said(shown)
    assert parse_bank(shown.yaml, "x") == shown.bank


def test_what_the_check_finds_is_told_without_drowning_the_author(tmp_path: Path) -> None:
    many = "".join(f"? Which animal number {n} and so on is it in Java?\nIt is {n} and it is red.\n" for n in range(20))
    text = said(look(tmp_path, many))
    assert "The check found things to improve" in text
    assert "more: add --report" in text
    assert len(text.splitlines()) < 30
    assert "more: add --report" not in said(look(tmp_path, many), whole=True)


def drafts(request: Request) -> str:
    """A point that quotes the beginning of the last sentence of the reference."""
    data = json.loads(request.messages[1].content.split("\n")[1])
    said = data["reference"][-1]["text"].split("；")[0]
    quoted = {
        "quote": said,
        "id": "last",
        "zh": f"其中：{said}",
        "en": said if said.isascii() else "The first condition",
        "kind": "core",
        "importance": 2,
    }
    return json.dumps({"points": [{**quoted, "aliases": []}], "dispute": "Is it always so?"})


def test_a_model_drafts_the_criteria_and_is_asked_again_only_for_what_is_new(tmp_path: Path) -> None:
    llm = ScriptedLLM(drafts, name="wise")
    shown = look(tmp_path, llm=llm, threads=2)
    assert len(llm.requests) == 3
    assert [question.made.by for question in shown.bank.questions if question.made] == ["wise"] * 3
    assert shown.bank.questions[0].criteria[0].made.startswith("model: - It masks the hash")
    assert "how-hashmap-find-bucket-key: Is it always so?" in said(shown)
    save(shown)
    again = look(tmp_path, llm=llm)
    assert again.is_same
    assert look(tmp_path).is_same
    assert len(llm.requests) == 3
    more = look(tmp_path, JAVA + "? What is a monitor in Java?\nA lock with a wait set.\n", llm=llm)
    assert len(llm.requests) == 4
    assert more.bank.questions[:3] == shown.bank.questions


def test_where_the_model_fails_the_import_goes_on_offline_and_says_so(tmp_path: Path) -> None:
    def unwell(request: Request) -> str | Exception:
        return LLMUnreachable("the server is down") if "死锁" in request.messages[1].content else drafts(request)

    shown = look(tmp_path, llm=ScriptedLLM(unwell))
    assert [bool(question.made and question.made.by) for question in shown.bank.questions] == [True, True, False]
    assert "什么是死锁？: the model failed (the server is down)" in said(shown)
    save(shown)
    better = ScriptedLLM(drafts)
    mended = look(tmp_path, llm=better)
    assert len(better.requests) == 1
    assert mended.bank.questions[2].criteria[0].id == "last"
    assert MergeOutcome.CONFLICT not in {change.did for change in mended.changes}


def test_points_that_were_dropped_are_told(tmp_path: Path) -> None:
    def invents(request: Request) -> str:
        said = json.loads(drafts(request))
        said["points"].append({**said["points"][0], "id": "new", "en": "It is magic", "quote": "magic"})
        return json.dumps(said)

    text = said(look(tmp_path, llm=ScriptedLLM(invents)))
    assert "a point of the model was dropped: “It is magic” (its quote does not stand in the reference" in text


@pytest.mark.parametrize("seed", range(12))
def test_whatever_is_edited_no_comment_is_lost_and_another_import_changes_nothing(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    source = JAVA.splitlines()
    path = save(look(tmp_path))
    for _ in range(3):
        lines = path.read_text(encoding="utf-8").splitlines()
        for _ in range(6):
            place = chance.randrange(3, len(lines))
            line = lines[place]
            if re.match(r" +(?:- )?\w+:", line) and chance.random() < 0.6:
                lines.insert(place, f"# note {chance.random()}")
            elif re.match(r" +(?:text|reference): [^|{]", line):
                lines[place] = f"{line} edited  # {chance.random()}"
            elif "weight:" in line:
                lines[place] = "        weight: 4"
        text = "\n".join(lines) + "\n"
        parse_bank(text, path.name)
        path.write_text(text, encoding="utf-8")
        place = chance.randrange(2, len(source))
        source[place : place + chance.choice((0, 1))] = chance.choice(
            ([], [f"{source[place]} indeed"], [source[place]])
        )
        shown = look(tmp_path, "\n".join(source))
        save(shown)
        assert parse_bank(shown.yaml, path.name) == shown.bank
        assert [note for note in re.findall(r"# (?:note )?0\.\d+", text) if note not in shown.yaml] == []
        assert look(tmp_path, "\n".join(source)).is_same


def test_a_copy_of_what_was_imported_is_kept_beside_the_bank_and_edits_are_told_by_it(tmp_path: Path) -> None:
    path = save(look(tmp_path))
    copy = tmp_path / ".imported" / path.name
    assert copy.read_bytes() == path.read_bytes()
    assert "fields:" not in path.read_text(encoding="utf-8")
    changed = JAVA.replace("互斥；", "资源互斥；")
    path.write_text(path.read_text(encoding="utf-8").replace("互斥；", "排他；"), encoding="utf-8")
    assert MergeOutcome.CONFLICT in {change.did for change in look(tmp_path, changed).changes}
    save(look(tmp_path, changed))
    assert MergeOutcome.CONFLICT not in {change.did for change in look(tmp_path, changed).changes}
    assert "资源互斥" in copy.read_text(encoding="utf-8")
    copy.write_text("id: [", encoding="utf-8")
    assert "排他" in look(tmp_path, changed).yaml, "without a copy all that differs counts as edited"
