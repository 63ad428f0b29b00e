"""Local models to suggest for a machine's memory, read from `local_models.toml`."""

import os
import tomllib
from collections.abc import Iterable
from pathlib import Path

from pydantic import BaseModel

from interviewer.domain.language import Language
from interviewer.llm.ollama import PullProgress
from interviewer.text.messages import say


class LocalModel(BaseModel, frozen=True, extra="forbid"):
    """One model under the names that three programs know it by; `local_models.toml` says what the fields mean."""

    memory: int
    ollama: str
    lmstudio: str
    llamacpp: str
    agreed: float


_MODELS = tuple(
    LocalModel.model_validate(entry)
    for entry in tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))["model"]
)


def machine_memory() -> float | None:
    """This machine's memory in GB; None where the system does not tell."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    except (AttributeError, ValueError, OSError):
        return None


def suggested_model(memory: float | None) -> LocalModel:
    """The largest model that so much memory is enough for; the smallest where it is not known."""
    return max((one for one in _MODELS if one.memory <= (memory or 0)), key=lambda one: one.memory)


def fitting_model(names: Iterable[str]) -> str | None:
    """The first of a server's models that is one of those suggested, for whatever memory; None if none is."""
    known = {one.ollama for one in _MODELS if one.agreed}
    return next((name for name in names if name in known), None)


def setup_advice(memory: float | None, language: Language) -> list[str]:
    """How to get a local model: what fits this machine, and a line for each of three programs."""
    model = suggested_model(memory)
    size = say("local_model.unknown_memory", language) if memory is None else f"{memory:.0f} GB"
    quality = "local_model.measured" if model.agreed else "local_model.unmeasured"
    return [
        say("local_model.fits", language, memory=size, model=model.ollama)
        + say(quality, language, **({"share": model.agreed} if model.agreed else {})),
        say("local_model.ollama", language, model=model.ollama),
        say("local_model.lmstudio", language, model=model.lmstudio),
        say("local_model.llamacpp", language, model=model.llamacpp),
    ]


def pull_line(progress: PullProgress, model: str, language: Language) -> str:
    if progress.share is None:
        return say("local_model.pulling", language, model=model, status=progress.status)
    return say(
        "local_model.pulling_share", language, model=model, status=progress.status, share=int(progress.share * 100)
    )
