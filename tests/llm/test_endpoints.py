import pytest
from hypothesis import given
from hypothesis import strategies as st

from interviewer.errors import SettingsError
from interviewer.llm.endpoints import (
    HOSTED,
    LOCAL,
    Endpoint,
    is_loopback,
    is_private,
    normalize_base_url,
)
from interviewer.llm.server_profiles import PRESETS, PROFILES, UNKNOWN, profile_of


@pytest.mark.parametrize(
    "pasted, meant",
    [
        ("localhost:11434", "http://localhost:11434/v1"),
        ("127.0.0.1:1234", "http://127.0.0.1:1234/v1"),
        ("[::1]:8080", "http://[::1]:8080/v1"),
        (" http://127.0.0.1:11434/ \n", "http://127.0.0.1:11434/v1"),
        ("api.deepseek.com", "https://api.deepseek.com/v1"),
        ("myhost:8000", "https://myhost:8000/v1"),
        ("HTTPS://API.OpenAI.com/v1/", "https://api.openai.com/v1"),
        ("https://api.openai.com/v1/chat/completions", "https://api.openai.com/v1"),
        ("https://api.openai.com/chat/completions", "https://api.openai.com/v1"),
        ("https://api.openai.com/v1/models/", "https://api.openai.com/v1"),
        ("https://open.bigmodel.cn/api/paas/v4/", "https://open.bigmodel.cn/api/paas/v4"),
        ("https://dashscope.aliyuncs.com/compatible-mode/v1", "https://dashscope.aliyuncs.com/compatible-mode/v1"),
        (
            "https://generativelanguage.googleapis.com/v1beta/openai/",
            "https://generativelanguage.googleapis.com/v1beta/openai",
        ),
        ("http://h//v1//", "http://h/v1"),
        ("http://0.0.0.0:8000", "http://127.0.0.1:8000/v1"),
        ("http://[::]:8000", "http://[::1]:8000/v1"),
        ("http://127.1:80", "http://127.0.0.1:80/v1"),
        ("http://2130706433", "http://127.0.0.1/v1"),
        ("http://１２７.0.0.1：8000", "http://127.0.0.1:8000/v1"),
        ("“https://host.example/v1”", "https://host.example/v1"),
        ("'https://host.example/v1'", "https://host.example/v1"),
        ("https://host.example./v1#top", "https://host.example/v1"),
        ("https://例子.cn/v1", "https://例子.cn/v1"),
    ],
)
def test_an_address_is_read_as_it_was_meant(pasted: str, meant: str) -> None:
    assert normalize_base_url(pasted) == meant


@pytest.mark.parametrize(
    "pasted, words",
    [
        ("", "no address"),
        ("http://exa mple.com", "no address"),
        ("http://host\x00.com", "no address"),
        ("ftp://host", "http:// or https://"),
        ("file:///etc/passwd", "http:// or https://"),
        ("file:/etc/passwd", "http:// or https://"),
        ("javascript:alert(1)", "http:// or https://"),
        ("https://user:pass@host/v1", "user name"),
        ("https://key@host/v1", "user name"),
        ("https://host/v1?api-version=1", "leave out"),
        ("http://host:99999", "port"),
        ("http://host:abc", "port"),
        ("http://", "no host"),
        ("::1", "no host"),
        ("http://a..b", "no host"),
        ("http://a“b", "no host"),
        ("http://[::1", "no address"),
        ("http://169.254.169.254/latest", "metadata"),
        ("169.254.1.1", "metadata"),
        ("http://2852039166", "metadata"),
        ("http://0xA9FEA9FE", "metadata"),
        ("http://0251.0376.0251.0376", "metadata"),
        ("http://169.254.43518", "metadata"),
        ("http://１６９。254.169.254", "metadata"),
        ("http://[::ffff:169.254.169.254]", "metadata"),
        ("http://[::ffff:a9fe:a9fe]", "metadata"),
        ("http://[64:ff9b::a9fe:a9fe]", "metadata"),
        ("http://[2002:a9fe:a9fe::]", "metadata"),
        ("http://[fe80::1]", "metadata"),
        ("http://[fe80::1%25eth0]", "metadata"),
        ("http://[fd00:ec2::254]", "metadata"),
        ("http://100.100.100.200", "metadata"),
        ("http://metadata.google.internal.", "metadata"),
        ("http://METADATA", "metadata"),
        ("http://224.0.0.1", "many machines"),
        ("http://255.255.255.255", "many machines"),
    ],
)
def test_an_address_that_leads_to_no_model_is_refused(pasted: str, words: str) -> None:
    with pytest.raises(SettingsError, match=words):
        normalize_base_url(pasted)


@given(st.text() | st.from_regex(r"(https?://)?[\w.:\[\]%@-]{1,20}(/[\w/]*)?"))
def test_an_address_is_read_or_refused_and_reading_it_again_changes_nothing(pasted: str) -> None:
    try:
        meant = normalize_base_url(pasted)
    except SettingsError:
        return
    assert normalize_base_url(meant) == meant


@pytest.mark.parametrize(
    "url, loopback, private",
    [
        ("http://localhost/v1", True, True),
        ("http://app.localhost/v1", True, True),
        ("http://127.8.9.1/v1", True, True),
        ("http://[::1]/v1", True, True),
        ("http://[::ffff:127.0.0.1]/v1", True, True),
        ("http://192.168.1.5/v1", False, True),
        ("http://10.0.0.1/v1", False, True),
        ("http://[fd12::1]/v1", False, True),
        ("http://ollama/v1", False, True),
        ("http://host.docker.internal/v1", False, True),
        ("http://nas.local/v1", False, True),
        ("https://api.openai.com/v1", False, False),
        ("https://localhost.example.com/v1", False, False),
        ("https://8.8.8.8/v1", False, False),
        ("http://[broken", False, False),
    ],
)
def test_this_machine_and_its_network_are_known(url: str, loopback: bool, private: bool) -> None:
    assert (is_loopback(url), is_private(url)) == (loopback, private)


@pytest.mark.parametrize("kind", [kind for kind, profile in PROFILES.items() if profile.preset])
def test_every_preset_can_be_used(kind: str) -> None:
    preset = PROFILES[kind].preset
    assert preset in PRESETS
    endpoint = Endpoint(preset.base_url)
    assert endpoint.base_url == preset.base_url
    assert Endpoint(preset.base_url, kind=kind).profile is PROFILES[kind]
    assert endpoint.is_private is preset.base_url.startswith("http:")
    if not endpoint.is_private:
        assert endpoint.profile is PROFILES[kind]


def test_a_server_is_known_by_its_host_and_others_are_unknown() -> None:
    assert profile_of("my.openai.azure.com") is PROFILES["azure"]
    assert profile_of("notopenrouter.ai") is UNKNOWN
    assert all(profile.modes[-1] == "prompted" for profile in PROFILES.values())


def test_time_limits_depend_on_where_the_model_runs() -> None:
    assert Endpoint("localhost:11434").time_limits is LOCAL
    assert Endpoint("https://api.openai.com").time_limits is HOSTED


@pytest.mark.parametrize("key", ["sk-é", "sk-a\nb", "sk a"])
def test_a_key_that_no_header_can_carry_is_refused(key: str) -> None:
    with pytest.raises(SettingsError, match="copy it again"):
        Endpoint("https://api.openai.com", key=key)


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(SettingsError, match="no kind of server"):
        Endpoint("https://api.openai.com", kind="skynet")
