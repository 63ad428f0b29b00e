"""What is suggested fits the machine, under the names of three programs."""

import pytest

from interviewer.domain.language import Language
from interviewer.llm.local_models import fitting_model, machine_memory, setup_advice, suggested_model


@pytest.mark.parametrize(
    "memory, model", [(None, "qwen3:1.7b"), (4, "qwen3:1.7b"), (7.7, "qwen3:4b"), (16, "qwen3:8b"), (256, "qwen3:14b")]
)
def test_the_suggested_model_fits_the_memory(memory: float | None, model: str) -> None:
    assert suggested_model(memory).ollama == model


@pytest.mark.parametrize("language", Language)
def test_three_lines_name_a_model_of_the_same_size_and_what_is_known_of_it(language: Language) -> None:
    first, *ways = setup_advice(15.6, language)
    assert "qwen3:8b" in first
    assert "89.0" in first
    assert "16 GB" in first
    for way, name in zip(
        ways, ("ollama pull qwen3:8b", "lms get qwen/qwen3-8b", "-hf Qwen/Qwen3-8B-GGUF"), strict=True
    ):
        assert name in way
    assert "%" not in setup_advice(2, language)[0]  # nothing is known of the smallest


def test_the_memory_of_this_machine_is_read() -> None:
    memory = machine_memory()
    assert memory is None or 0.1 < memory < 100_000


def test_a_model_that_is_known_to_grade_is_told_from_others() -> None:
    assert fitting_model(["llama3:8b", "qwen3:8b"]) == "qwen3:8b"
    assert fitting_model(["llama3:8b", "qwen3:1.7b"]) is None
