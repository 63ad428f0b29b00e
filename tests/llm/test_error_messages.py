"""What the model's room tells people when something fails, it tells them in their language."""

import ast
import re
from pathlib import Path

import pytest

from interviewer import llm
from interviewer.domain.language import Language
from interviewer.errors import LLMUnreachable, SettingsError
from interviewer.evaluation import openai_batch
from interviewer.llm import Message
from interviewer.llm.client import OpenAICompatible
from interviewer.llm.endpoints import Endpoint, normalize_base_url
from interviewer.text.messages import ALL, localized

ERRORS = {"LLMError", "LLMUnreachable", "LLMRefused", "LLMMalformed", "SettingsError"}
SOURCES = [*Path(llm.__file__).parent.glob("*.py"), Path(openai_batch.__file__)]
KEYS = sorted(key for key in ALL if key.startswith(("llm.", "endpoint.")))


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_no_error_is_raised_with_a_text_in_one_language(source: Path) -> None:
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ERRORS:
            assert not isinstance(node.args[0], ast.Constant | ast.JoinedStr), f"{source.name}:{node.lineno}"


@pytest.mark.parametrize("key", KEYS)
def test_every_message_is_written_in_both_languages(key: str) -> None:
    text = localized(key, **dict.fromkeys(PLACEHOLDERS, "7"))
    assert re.search(r"[\u4e00-\u9fff]", text.zh)
    assert not re.search(r"[\u4e00-\u9fff]", text.en)
    # Chinese sentences have Chinese punctuation; no word of English but names that are the same in both languages.
    assert not re.search(r"[\u4e00-\u9fff][,;?!(]|[,;?!)][\u4e00-\u9fff]", text.zh)
    words = set(re.findall(r"[A-Za-z][A-Za-z_]+", re.sub(r"https?://\S+|https?:", "", text.zh)))
    assert words <= SAME_IN_BOTH, words - SAME_IN_BOTH


PLACEHOLDERS = (
    "model name summary text seconds host status url reason target bytes excerpt spent count file folder path files places "
    "kind scheme address needs context read written"
).split()
SAME_IN_BOTH = set(
    "API key Base URL HTTP_PROXY HTTPS_PROXY ALL_PROXY NO_PROXY UTF JSON choices token Ollama OLLAMA_CONTEXT_LENGTH "
    "INTERVIEWER_MAX_TOKENS INTERVIEWER_CALL_SHAPE per_criterion".split()
)


def test_an_address_that_cannot_be_used_is_explained_in_chinese() -> None:
    with pytest.raises(SettingsError) as raised:
        normalize_base_url("ftp://host")
    assert raised.value.into(Language.ZH) == "地址要以 http:// 或 https:// 开头，不能以 ftp: 开头"


def test_a_server_that_is_not_there_is_explained_in_chinese() -> None:
    with OpenAICompatible(Endpoint("http://127.0.0.1:9", "m")) as model, pytest.raises(LLMUnreachable) as raised:
        model.reply([Message("user", "?")])
    told = raised.value.into(Language.ZH)
    assert told.startswith("连不上 127.0.0.1:9（")
    assert told.endswith("）：服务器在运行吗？地址对吗？")
