from pathlib import Path

import pytest

from interviewer.banks.loader import BankLibrary
from interviewer.domain.language import Language
from interviewer.domain.rubric import Localized
from interviewer.evaluation.grader_check import CheckFinding, GraderCheck
from interviewer.sessions.grader_registry import GraderOptions, GraderRegistry
from interviewer.web.grader_settings import GraderActions, GraderForm


def test_a_model_that_failed_its_test_is_used_only_if_that_is_asked_for_once_more(tmp_path: Path) -> None:
    models = GraderRegistry(GraderOptions(is_private=True), lambda _: pytest.fail("no model is asked"), 1)
    actions, form = (
        GraderActions(models, BankLibrary(None, tmp_path)),
        GraderForm("http://127.0.0.1:9/v1", "", "m", "one_call", 1),
    )
    found = CheckFinding("order right", is_good=False, detail=Localized("0.1", "0.1"))
    models.remember(actions._choice("me", form), GraderCheck("m", "127.0.0.1", (), (found,)))
    told = actions.use("me", form, Language.EN)
    assert told.asks
    assert "Use it all the same" in told.html
    assert models.choice("me").endpoint is None
    actions.use_anyway("me", form, Language.EN)
    chosen = models.choice("me").endpoint
    assert chosen is not None
    assert chosen.model == "m"


def test_a_model_that_passed_or_was_not_tested_is_used_at_once(tmp_path: Path) -> None:
    models = GraderRegistry(GraderOptions(is_private=True), lambda _: pytest.fail("no model is asked"), 1)
    actions, form = (
        GraderActions(models, BankLibrary(None, tmp_path)),
        GraderForm("http://127.0.0.1:9/v1", "", "m", "one_call", 1),
    )
    assert not actions.use("me", form, Language.EN).asks
    found = CheckFinding("order right", is_good=True, detail=Localized("0.9", "0.9"))
    models.remember(actions._choice("me", form), GraderCheck("m", "127.0.0.1", (), (found,)))
    assert not actions.use("me", form, Language.EN).asks
    assert models.choice("me").endpoint is not None
