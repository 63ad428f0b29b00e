import json
import logging
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from interviewer.errors import SettingsError
from interviewer.settings import configure_logging, prepare_gradio, read_settings


def test_without_a_word_from_the_environment_it_works_on_this_machine_alone() -> None:
    settings = read_settings()
    assert (settings.host, settings.port, settings.root_path) == ("127.0.0.1", 7860, "")


def test_the_environment_the_env_file_and_the_command_line_are_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    Path(".env").write_text("INTERVIEWER_PORT=1111\nINTERVIEWER_HOST=0.0.0.0\nOTHER=1\n")
    assert read_settings().port == 1111
    monkeypatch.setenv("INTERVIEWER_PORT", "2222")
    assert read_settings().port == 2222
    assert read_settings(port=3333, host=None).port == 3333
    assert read_settings().host == "0.0.0.0"


@pytest.mark.parametrize(
    "name, value",
    [("PORT", "many"), ("PORT", "70000"), ("GRADING_THREADS", "0"), ("ROOT_PATH", "/interview"), ("LOG_LEVEL", "LOUD")],
)
def test_a_value_that_cannot_be_used_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"INTERVIEWER_{name}", value)
    with pytest.raises(SettingsError, match=f"INTERVIEWER_{name}: .*{value}"):
        read_settings()


@pytest.mark.parametrize(
    ("said", "language"),
    [
        ({}, "zh"),
        ({"LANG": "C.UTF-8"}, "zh"),
        ({"LANG": "zh_TW.UTF-8"}, "zh"),
        ({"LANG": "en_US.UTF-8"}, "en"),
        ({"LANG": "de_DE@euro"}, "en"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "en_GB.UTF-8"}, "en"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "", "LC_MESSAGES": "en_GB"}, "en"),
        ({"LANG": "en_US.UTF-8", "INTERVIEWER_LANGUAGE": "zh"}, "zh"),
    ],
)
def test_the_terminal_speaks_the_language_of_its_locale(
    monkeypatch: pytest.MonkeyPatch, said: dict[str, str], language: str
) -> None:
    for name, value in said.items():
        monkeypatch.setenv(name, value)
    assert read_settings().terminal_language == language


def test_the_signing_key_is_made_once_kept_private_and_never_shown() -> None:
    first = read_settings()
    key = first.signing_key
    assert read_settings().signing_key == key
    path = first.data_folder / "secret"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(first.data_folder.stat().st_mode) == 0o700
    assert key not in repr(first)
    assert [path.name for path in first.data_folder.iterdir()] == ["secret"]


def test_a_weak_or_damaged_key_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = read_settings()
    (settings.data_folder / "secret").write_text("short")
    with pytest.raises(SettingsError, match="damaged"):
        read_settings().signing_key  # noqa: B018
    monkeypatch.setenv("INTERVIEWER_SECRET", "hunter2")
    with pytest.raises(SettingsError, match="at least 16") as refused:
        read_settings().signing_key  # noqa: B018
    assert "hunter2" not in str(refused.value)


def test_a_data_folder_that_cannot_be_made_is_an_error_with_advice(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("file").write_text("")
    monkeypatch.setenv("INTERVIEWER_DATA_DIR", "file/inside")
    with pytest.raises(SettingsError, match="INTERVIEWER_DATA_DIR"):
        read_settings().database  # noqa: B018


def test_gradio_is_told_to_keep_quiet_before_it_is_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADIO_ANALYTICS_ENABLED", "True")
    monkeypatch.setenv("GRADIO_TEMP_DIR", "/elsewhere")
    monkeypatch.setenv("GRADIO_ROOT_PATH", "https://another.example/app")
    prepare_gradio(read_settings())
    assert os.environ["GRADIO_ANALYTICS_ENABLED"] == "False"
    assert os.environ["GRADIO_RUN_HISTORY"] == "False"
    assert os.environ["GRADIO_TEMP_DIR"].endswith("gradio")
    assert not os.environ["GRADIO_ROOT_PATH"]


@pytest.fixture
def package_logger() -> Iterator[logging.Logger]:
    logger = logging.getLogger("interviewer")
    kept = logger.handlers[:], logger.level
    yield logger
    logger.handlers[:], level = kept
    logger.setLevel(level)


def test_warnings_are_reported_once_and_less_is_not(
    package_logger: logging.Logger, capsys: pytest.CaptureFixture[str]
) -> None:
    for _ in range(2):
        configure_logging(read_settings())
    logging.getLogger("interviewer.llm.client").warning("it failed")
    logging.getLogger("interviewer.llm.client").info("asking again")
    [line] = capsys.readouterr().err.splitlines()
    assert line.endswith("WARNING interviewer.llm.client: it failed")


def test_events_may_be_reported_as_json(
    package_logger: logging.Logger, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INTERVIEWER_LOG_LEVEL", "info")
    monkeypatch.setenv("INTERVIEWER_LOG_FORMAT", "json")
    configure_logging(read_settings())
    logging.getLogger("interviewer.llm.client").info("%s 失败", "它", extra={"host": "models.example", "status": None})
    told = json.loads(capsys.readouterr().err)
    assert told.pop("time")
    assert told == {
        "level": "INFO",
        "logger": "interviewer.llm.client",
        "message": "它 失败",
        "host": "models.example",
        "status": None,
    }
