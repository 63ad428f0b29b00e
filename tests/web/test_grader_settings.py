from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import gradio as gr
import pytest
from cryptography.fernet import Fernet

from interviewer.banks.loader import BankLibrary
from interviewer.domain.language import Language
from interviewer.domain.rubric import Localized
from interviewer.errors import StoreError
from interviewer.evaluation.grader_check import CheckFinding, GraderCheck
from interviewer.sessions.database import Database
from interviewer.sessions.grader_choice import GraderOptions
from interviewer.sessions.grader_registry import GraderRegistry
from interviewer.sessions.kept_choices import KeptChoices
from interviewer.sessions.store import Store
from interviewer.text.messages import localized
from interviewer.web.components import words_of
from interviewer.web.grader_settings import GraderActions, requested
from interviewer.web.grader_tab import GraderTab
from interviewer.web.visit import Visit

ME = Visit("me", Language.EN)


def test_a_model_that_failed_its_test_is_used_only_if_that_is_asked_for_once_more(tmp_path: Path) -> None:
    models = GraderRegistry(GraderOptions(is_private=True), lambda _: pytest.fail("no model is asked"), 1)
    actions, form = (
        GraderActions(models, BankLibrary(None, tmp_path)),
        ("http://127.0.0.1:9/v1", "", "m", "one_call", 1),
    )
    found = CheckFinding("order right", is_good=False, detail=Localized("0.1", "0.1"))
    models.remember(models.choice_for("me", requested(*form)), GraderCheck("m", "127.0.0.1", (), (found,)))
    told = actions.use(ME, *form)
    assert told.asks
    assert "Use it all the same" in told.html
    assert models.choice("me").endpoint is None
    actions.use_anyway(ME, *form)
    chosen = models.choice("me").endpoint
    assert chosen is not None
    assert chosen.model == "m"


def test_the_page_says_where_a_key_is_kept_and_that_one_cannot_be_read_any_more(tmp_path: Path) -> None:
    store, told = Store(f"sqlite:///{tmp_path / 'a.sqlite3'}"), []
    form = ("http://127.0.0.1:9/v1", "sk-mine", "m", "one_call", 1)
    for key in (None, Fernet.generate_key(), Fernet.generate_key()):
        models = GraderRegistry(GraderOptions(), lambda _: pytest.fail("no model is asked"), 1)
        if key:
            models.keep(KeptChoices(store.database, key.decode()))
        with gr.Blocks():
            tab = GraderTab(models.options)
        actions = GraderActions(models, BankLibrary(None, tmp_path))
        told.append((words_of([tab.key], Language.EN)[tab.key]["info"], actions.status(ME)))
        actions.use(ME, *form)
    in_memory, in_database, unreadable = told
    assert "in the server's memory only" in in_memory[0]
    assert "encrypted in the database" in in_database[0]
    assert "Choose the model again" in unreadable[1]
    assert "Grades come from m" in actions.status(ME)
    assert "sk-mine" not in repr(requested(*form))


def test_where_kept_choices_cannot_be_reached_the_tab_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store(f"sqlite:///{tmp_path / 'a.sqlite3'}")
    models = GraderRegistry(GraderOptions(), lambda _: pytest.fail("no model is asked"), 1)
    models.keep(KeptChoices(store.database, Fernet.generate_key().decode()))
    actions, form = (
        GraderActions(models, BankLibrary(None, tmp_path)),
        ("http://127.0.0.1:9/v1", "sk-mine", "m", "one_call", 1),
    )

    @contextmanager
    def away(*_: object) -> Iterator[None]:
        raise StoreError(localized("store.unreachable"))
        yield

    for door in ("read", "write"):
        monkeypatch.setattr(Database, door, away)
    why = localized("store.unreachable").into(Language.EN)
    panels = [actions.use(ME, *form), actions.offline(ME)]
    assert all(why in html for html in (actions.status(ME), *(panel.html for panel in panels)))
    assert not any(panel.drop_key for panel in panels)  # it can be tried again


def test_a_model_that_passed_or_was_not_tested_is_used_at_once(tmp_path: Path) -> None:
    models = GraderRegistry(GraderOptions(is_private=True), lambda _: pytest.fail("no model is asked"), 1)
    actions, form = (
        GraderActions(models, BankLibrary(None, tmp_path)),
        ("http://127.0.0.1:9/v1", "", "m", "one_call", 1),
    )
    assert not actions.use(ME, *form).asks
    found = CheckFinding("order right", is_good=True, detail=Localized("0.9", "0.9"))
    models.remember(models.choice_for("me", requested(*form)), GraderCheck("m", "127.0.0.1", (), (found,)))
    assert not actions.use(ME, *form).asks
    assert models.choice("me").endpoint is not None
