from pathlib import Path

import pytest
from html_seen import ATTACKS, seen

from interviewer.banks.importing.pipeline import preview
from interviewer.banks.loader import BankLibrary
from interviewer.domain.language import Language
from interviewer.web.import_handlers import preview_html


@pytest.mark.parametrize("attack", [*(a for a in ATTACKS if len(a) < 200), '"><img src=x onerror=alert(1)>', "{{7*7}}"])
def test_a_list_of_attacks_is_shown_as_text(tmp_path: Path, attack: str) -> None:
    text = f"# {attack}\n\n## 1. What is {attack} and what for?\n\nAnswer: It is {attack}, which shows text.\n\n[x](#top)\n"
    shown = preview("nasty.md", text.encode(), library=BankLibrary(None, tmp_path), folder=tmp_path, title=attack)
    html = preview_html(shown, "draft", Language.EN)
    found = seen(html)
    assert not {tag for tag, _ in found.tags} & {"script", "img", "h1", "a"}
    assert not any(name.startswith("on") or name == "src" for _, attributes in found.tags for name in attributes)
    assert not any(sign in html for sign in "{}$`")
    assert "What is" in found.text
