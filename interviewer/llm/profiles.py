"""What is known about servers before they are asked, as data; whatever is not known here is learned from refusals."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

_ALL = ("json_schema", "json_object", "prompted")
_NO_SCHEMA = ("json_object", "prompted")
_NO_OBJECT = ("json_schema", "prompted")
_THINKING_DISABLED: Mapping[str, Any] = MappingProxyType({"thinking": {"type": "disabled"}})
_ENABLE_THINKING_FALSE: Mapping[str, Any] = MappingProxyType({"enable_thinking": False})
_NO_EFFORT: Mapping[str, Any] = MappingProxyType({"reasoning_effort": "none"})


@dataclass(frozen=True, slots=True)
class Profile:
    """What one kind of server takes."""

    rungs: tuple[str, ...] = _ALL
    """Ways to ask for JSON that it may know, firmest first."""
    limit: str = "max_tokens"
    thinking_off: Mapping[str, Any] | None = None
    temperature: bool = True
    stream_usage: bool = True
    object_takes_schema: bool = False
    extra: Mapping[str, Any] | None = None
    """Fields that every request to it carries."""


UNKNOWN = Profile()

PROFILES: Mapping[str, Profile] = MappingProxyType(
    {
        "openai": Profile(limit="max_completion_tokens"),
        "deepseek": Profile(rungs=_NO_SCHEMA, thinking_off=_THINKING_DISABLED),
        "dashscope": Profile(thinking_off=_ENABLE_THINKING_FALSE),
        "moonshot": Profile(limit="max_completion_tokens", thinking_off=_THINKING_DISABLED, temperature=False),
        "zhipu": Profile(rungs=_NO_SCHEMA, thinking_off=_THINKING_DISABLED, stream_usage=False),
        "siliconflow": Profile(rungs=_NO_SCHEMA, thinking_off=_ENABLE_THINKING_FALSE),
        "openrouter": Profile(
            thinking_off=MappingProxyType({"reasoning": {"effort": "none"}}),
            extra=MappingProxyType({"provider": {"require_parameters": True}}),
        ),
        "gemini": Profile(thinking_off=_NO_EFFORT),
        "anthropic": Profile(rungs=("prompted",)),
        "ollama": Profile(thinking_off=_NO_EFFORT),
        "lmstudio": Profile(rungs=_NO_OBJECT),
        "llamacpp": Profile(thinking_off=_NO_EFFORT, object_takes_schema=True),
        "vllm": Profile(thinking_off=MappingProxyType({"chat_template_kwargs": {"enable_thinking": False}})),
        "sglang": Profile(thinking_off=MappingProxyType({"chat_template_kwargs": {"enable_thinking": False}})),
    }
)

# A host belongs to the kind whose name here it is or ends with (after a full stop).
HOSTS: Mapping[str, str] = MappingProxyType(
    {
        "api.openai.com": "openai",
        "openai.azure.com": "openai",
        "api.deepseek.com": "deepseek",
        "dashscope.aliyuncs.com": "dashscope",
        "dashscope-intl.aliyuncs.com": "dashscope",
        "maas.aliyuncs.com": "dashscope",
        "api.moonshot.ai": "moonshot",
        "api.moonshot.cn": "moonshot",
        "open.bigmodel.cn": "zhipu",
        "api.z.ai": "zhipu",
        "api.siliconflow.cn": "siliconflow",
        "api.siliconflow.com": "siliconflow",
        "openrouter.ai": "openrouter",
        "generativelanguage.googleapis.com": "gemini",
        "api.anthropic.com": "anthropic",
        "ollama.com": "ollama",
    }
)


def profile_of(host: str, kind: str = "") -> Profile:
    """The profile of a kind that is known, else of a host; hosts that nobody has described are taken to know everything."""
    if kind:
        return PROFILES[kind]
    parts = host.lower().rstrip(".").split(".")
    names = (".".join(parts[start:]) for start in range(len(parts)))
    return next((PROFILES[HOSTS[name]] for name in names if name in HOSTS), UNKNOWN)


@dataclass(frozen=True, slots=True)
class Preset:
    """A choice to offer: a service or a program, and where it is found unless it was moved."""

    kind: str
    title: str
    base_url: str
    needs_key: bool = True


PRESETS: tuple[Preset, ...] = (
    Preset("openai", "OpenAI", "https://api.openai.com/v1"),
    Preset("deepseek", "DeepSeek", "https://api.deepseek.com/v1"),
    Preset("dashscope", "DashScope (Qwen)", "https://dashscope.aliyuncs.com/compatible-mode/v1"),
    Preset("moonshot", "Moonshot (Kimi)", "https://api.moonshot.cn/v1"),
    Preset("zhipu", "Zhipu (GLM)", "https://open.bigmodel.cn/api/paas/v4"),
    Preset("siliconflow", "SiliconFlow", "https://api.siliconflow.cn/v1"),
    Preset("openrouter", "OpenRouter", "https://openrouter.ai/api/v1"),
    Preset("gemini", "Gemini", "https://generativelanguage.googleapis.com/v1beta/openai"),
    Preset("ollama", "Ollama", "http://127.0.0.1:11434/v1", needs_key=False),
    Preset("lmstudio", "LM Studio", "http://127.0.0.1:1234/v1", needs_key=False),
    Preset("llamacpp", "llama.cpp", "http://127.0.0.1:9931/v1", needs_key=False),
    Preset("vllm", "vLLM", "http://127.0.0.1:8000/v1", needs_key=False),
)
