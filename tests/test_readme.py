import re
import subprocess
import sys
from pathlib import Path

import diagram
import pytest
import typer

from interviewer import cli
from interviewer.banks.loader import read_bank
from interviewer.settings import Settings, shipped

ROOT = Path(__file__).parent.parent
READMES = [ROOT / "README.md", ROOT / "README.zh-CN.md"]


@pytest.fixture(params=READMES, ids=lambda path: path.name)
def readme(request: pytest.FixtureRequest) -> str:
    text: str = request.param.read_text(encoding="utf-8")
    return text


def test_every_variable_is_in_the_readme_and_no_other(readme: str) -> None:
    known = {f"INTERVIEWER_{name.upper()}" for name in Settings.model_fields}
    assert set(re.findall(r"INTERVIEWER_[A-Z_]+[A-Z]", readme)) == known


def test_its_examples_name_questions_that_are_shipped(readme: str) -> None:
    named = re.findall(r"`interviewer practise ([\w-]+)`", readme)
    assert named
    assert set(named) <= {question.id for question in read_bank(shipped("rubrics") / "deep-learning.yaml").questions}


def test_every_command_is_in_the_readme_and_no_other(readme: str) -> None:
    known = set(typer.main.get_command(cli.app).commands)  # type: ignore[attr-defined]
    assert set(re.findall(r"`interviewer ([a-z]+)\b", readme)) == known


def test_every_option_in_the_readme_exists(readme: str) -> None:
    commands = typer.main.get_command(cli.app).commands  # type: ignore[attr-defined]
    for name, rest in re.findall(r"`interviewer ([a-z]+)((?: [^\n`|]*)?)", readme):
        options = {
            option for parameter in commands[name].params for option in (*parameter.opts, *parameter.secondary_opts)
        }
        assert set(re.findall(r"(?<!\w)--[a-z-]+", rest)) <= options


def test_the_state_diagram_is_fresh() -> None:
    text = READMES[0].read_text(encoding="utf-8")
    assert diagram.spliced(text) == text


def test_every_file_that_a_readme_shows_is_there(readme: str) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", readme) + re.findall(r'src="([^"]+)"', readme):
        if "://" not in target:
            assert (ROOT / target).exists(), target


def test_the_first_command_of_the_readme_starts_the_program() -> None:
    assert "pip install -e . && python app.py" in READMES[0].read_text(encoding="utf-8")
    done = subprocess.run(
        [sys.executable, ROOT / "app.py", "--help"], capture_output=True, text=True, check=False, cwd=ROOT
    )
    assert "Serve the page" in done.stdout
