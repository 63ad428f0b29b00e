"""What `interviewer doctor` says of model servers on this machine, and how it has a model pulled."""

import sys

from interviewer.cli.app import fail
from interviewer.cli.model_progress import wait_for_model
from interviewer.domain.language import Language
from interviewer.text.messages import say


def tell_local_servers(language: Language) -> None:
    """The servers that are found, or how to get one, on the error stream."""
    from interviewer.llm.discovery import find_local_servers
    from interviewer.llm.local_models import machine_memory, setup_advice

    found = find_local_servers()
    lines = [f"{one.kind}: {one.base_url}  {', '.join(one.models)}" for one in found]
    for line in lines or setup_advice(machine_memory(), language):
        print(line, file=sys.stderr)


def pull_model(model: str, base_url: str | None, language: Language) -> None:
    """Have Ollama pull a model; Ctrl-C stops it, and another try goes on from there."""
    from interviewer.llm.discovery import find_local_servers
    from interviewer.llm.local_models import pull_line
    from interviewer.llm.ollama import pull

    url = base_url or next((one.base_url for one in find_local_servers() if one.kind == "ollama"), None)
    if url is None:
        fail(say("local_model.no_ollama", language))
    is_terminal = sys.stderr.isatty()

    def work() -> None:
        shown = ""
        for progress in pull(url, model):
            line = pull_line(progress, model, language)
            if line != shown:
                print(f"\r\033[K{line}" if is_terminal else line, end="" if is_terminal else "\n", file=sys.stderr)
            shown = line

    wait_for_model(work, language)
    print(("\n" if is_terminal else "") + say("local_model.pulled", language, model=model))
