"""The files by which the program is deployed name what there is, and are read by the programs they are for."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from interviewer import cli
from interviewer.cli.worker import GRACE_SECONDS
from interviewer.settings import Settings
from interviewer.web.guard import HEALTH, READY

ROOT = Path(__file__).parent.parent
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
COMPOSE = (ROOT / "compose.yaml").read_text(encoding="utf-8")
SERVICES: dict[str, dict[str, Any]] = yaml.safe_load(COMPOSE)["services"]
DOCS = [ROOT / "docs" / name for name in ("operating.md", "operating.zh-CN.md")]
COMMANDS = typer.main.get_command(cli.app).commands  # type: ignore[attr-defined]


@pytest.mark.parametrize("path", DOCS, ids=lambda path: path.name)
def test_every_file_command_and_route_that_the_docs_name_is_there(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#]+)\)", text) + re.findall(r"(tests/[\w/]+\.py)", text):
        assert (ROOT if target.startswith("tests/") else path.parent / "").joinpath(target).exists(), target
    assert set(re.findall(r"`interviewer (\w+)", text)) <= set(COMMANDS)
    assert set(re.findall(r"`interviewer admin ([\w-]+)", text)) == set(COMMANDS["admin"].commands)
    assert HEALTH in text
    assert READY in text


@pytest.mark.parametrize("path", [ROOT / "Dockerfile", ROOT / "compose.yaml", *DOCS], ids=lambda path: path.name)
def test_every_variable_is_a_setting(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    named = set(re.findall(r"INTERVIEWER_([A-Z_]+[A-Z])", text))
    assert named
    assert named <= {name.upper() for name in Settings.model_fields}


def test_the_image_is_made_of_files_that_are_there_and_runs_as_nobody_special() -> None:
    copied = [name for line in re.findall(r"(?m)^COPY (?!--)(.*) \S+$", DOCKERFILE) for name in line.split()]
    assert {"interviewer", "rubrics", "prompts", "app.py"} <= set(copied)
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    for name in copied:
        assert (ROOT / name).exists(), name
        assert f"!{name}" in ignored
    final = DOCKERFILE.rpartition("\nFROM ")[2]
    assert re.findall(r"(?m)^USER (.*)$", final) == ["interviewer"]
    assert f"7860{HEALTH}" in final
    assert re.findall(r'(?m)^CMD \["(\w+)"\]$', final)[0] in COMMANDS


def test_every_service_of_ours_is_held_in_and_runs_a_command_that_exists() -> None:
    ours = {name: service for name, service in SERVICES.items() if "build" in service}
    assert {"web1", "web2", "worker"} <= set(ours)
    for service in ours.values():
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service.get("command", ["serve"])[0] in COMMANDS
    volumes = [service["volumes"][0].split(":")[0] for service in ours.values()]
    assert len(set(volumes)) == len(volumes)
    assert "ports" not in str(ours)


def test_what_the_operator_sets_in_env_reaches_every_service_of_ours() -> None:
    rows = re.findall(r"(?m)^\| `INTERVIEWER_.*", DOCS[0].read_text(encoding="utf-8"))
    table = set(re.findall(r"INTERVIEWER_[A-Z_]+[A-Z]", " ".join(rows)))
    assert {"INTERVIEWER_OIDC_ISSUER", "INTERVIEWER_DAILY_TOKENS", "INTERVIEWER_METRICS_HOST"} <= table
    for service in (service for service in SERVICES.values() if "build" in service):
        assert service["env_file"] == ".env"
        for name, value in service["environment"].items():  # it comes before the file
            assert value.startswith("${" + name + ":") or name not in table, name


def test_a_worker_has_the_time_to_end_what_it_is_doing() -> None:
    assert int(SERVICES["worker"]["stop_grace_period"].removesuffix("s")) > GRACE_SECONDS


def test_the_replicas_are_those_that_the_proxy_knows() -> None:
    proxy = (ROOT / "deploy" / "Caddyfile").read_text(encoding="utf-8")
    assert set(re.findall(r"(\w+):7860", proxy)) == {name for name in SERVICES if name.startswith("web")}
    assert HEALTH in proxy


def test_no_visitor_names_a_user_through_a_proxy_of_the_examples_and_clicks_are_limited_by_address() -> None:
    caddy, nginx = ((ROOT / "deploy" / name).read_text(encoding="utf-8") for name in ("Caddyfile", "nginx.conf"))
    assert re.search(r"(?m)^\s+header_up -Remote-User$", caddy)
    assert re.search(r'(?m)^\s+proxy_set_header Remote-User "";$', nginx)
    assert re.search(r"(?m)^\s+limit_req zone=clicks ", nginx)
    for path in DOCS:  # in bold
        assert re.search(r"\*\*[^*\n]*`INTERVIEWER_PROXY_USER_HEADER`[^*\n]*\*\*", path.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "command",
    [
        "nginx -t -q -e stderr -c {root}/deploy/nginx.conf",
        "caddy validate --adapter caddyfile --config {root}/deploy/Caddyfile",
        "docker compose --project-directory {folder} -f {root}/compose.yaml config --quiet",
    ],
    ids=lambda command: command.split()[0],
)
def test_a_file_is_read_by_the_program_it_is_for(command: str, tmp_path: Path) -> None:
    words = command.format(root=ROOT, folder=tmp_path).split()
    if shutil.which(words[0]) is None:
        pytest.skip(f"{words[0]} is not installed")
    if (
        "compose" in words
        and subprocess.run(["docker", "compose", "version"], check=False, capture_output=True).returncode
    ):
        pytest.skip("docker compose is not installed")
    secret = "x" * 32
    (tmp_path / ".env").write_text(f"INTERVIEWER_SECRET={secret}\nPOSTGRES_PASSWORD={secret}\nSITE=interview.example\n")
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
