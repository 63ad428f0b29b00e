"""The list of all interviews of an owner, as links that resume or reread them."""

from datetime import UTC, tzinfo
from functools import lru_cache

from interviewer.domain.language import Language
from interviewer.errors import StoreError
from interviewer.presentation.templating import escaped, inline
from interviewer.presentation.wording import moment, score_text
from interviewer.sessions.interview_lists import PAGE_SIZE, InterviewOverview
from interviewer.sessions.removal import list_soft_deleted
from interviewer.sessions.service import SessionService
from interviewer.text.messages import say

# What differs between any two interviews stands first, and is not in their words.
_SHOWN_FROM = InterviewOverview._fields.index("bank")
_NOBODY = ("",) * _SHOWN_FROM

_REMOVED = """{% if removed %}<details data-key="removed-interviews"><summary>{{ say("list.removed") }}</summary><ul class="interviews">
{% for one in removed %}<li>{{ one.title or one.bank_title }} <button type="button" class="put-back" data-interview="{{ one.id }}">{{ say("list.undo") }}</button></li>{% endfor %}</ul></details>{% endif %}"""


def listing(
    service: SessionService,
    owner: str,
    language: Language,
    count: int = PAGE_SIZE,
    words: str = "",
    zone: tzinfo = UTC,
) -> str:
    """The interviews of an owner with all these words that changed last, so many of them, and a link that shows more."""
    title = f"<h2>{say('list.title', language)}</h2>"
    try:
        found = service.store.interviews(owner, count + 1, text=words, zone=zone)
        set_apart = list_soft_deleted(service.store, owner)
    except StoreError as error:
        return f'{title}<p role="alert">{escaped(say("list.away", language, reason=error.into(language)))}</p>'
    items = "".join(_item(overview, language) for overview in found[:count])
    removed = inline(_REMOVED, language, removed=set_apart)
    if not items:
        return f'{title}<p role="status">{say("list.none_found" if words.strip() else "list.empty", language)}</p>{removed}'
    more = ""
    if len(found) > count and words.strip():
        more = f"<p>{say('questions.first', language, count=count)}</p>"
    elif len(found) > count:
        text = say("list.more", language, count=count)
        more = f'<p class="more"><a href="?list={count + PAGE_SIZE}">{text}</a></p>'
    return f'{title}<ul class="interviews">{items}</ul>{more}{removed}'


def regraded(graded: int, left: int, language: Language) -> str:
    """How many answers were graded now, and how many are still to be."""
    source = '<p role="status">{{ say("list.regraded", count=graded) }}{% if left %} {{ say("list.regrading", count=left) }}{% endif %}</p>'
    return str(inline(source, language, graded=graded, left=left))


def link_told(address: str, language: Language) -> str:
    """The link with which another browser goes on."""
    source = '<p>{{ say("list.link_info") }}</p><p><code>{{ address }}</code></p>'
    return str(inline(source, language, address=address))


def wished_count(wish: str) -> int:
    """How many interviews a link asked for; the first page if it makes no sense."""
    return max(PAGE_SIZE, int(wish)) if wish.isascii() and wish.isdecimal() and len(wish) < 7 else PAGE_SIZE


def _item(found: InterviewOverview, language: Language) -> str:
    if found.problem:
        return f"<li>{escaped(say('list.unreadable', language, reason=found.problem))}</li>"
    words = _words(found._replace(title=None, waiting="")[_SHOWN_FROM:], language)
    title = f"<strong>{escaped(found.title)}</strong> · " if found.title else ""
    tools = "".join(
        f'<button type="button" class="{what}" data-interview="{found.id}" data-sure="{say(sure, language)}">'
        f"{say(f'list.{what}', language)}</button>"
        for what, sure in (("rename", "list.rename_to"), ("delete", "list.delete_sure"))
    )
    return (
        f'<li>{title}<a href="?interview={found.id}">{words[0]}</a> <span class="quiet">{words[1]} · '
        f'<time datetime="{found.begun_at}">{moment(found.begun_at)}</time></span> <span class="tools">{tools}</span></li>'
    )


@lru_cache(maxsize=1024)
def _words(shown: tuple[object, ...], language: Language) -> tuple[str, str]:
    """The name of the link and the state of an interview; those of an owner are often the same."""
    found = InterviewOverview._make((*_NOBODY, *shown))
    mode = say(f"mode_short.{found.mode}", language)
    text = say("list.line", language, bank=found.bank_title.into(language), count=found.planned, mode=mode)
    action = say("list.read" if found.is_over else "list.open", language)
    line = escaped(say("list.action", language, action=action, text=text))
    if not found.is_over:
        return line, say("list.state_open", language, place=found.position + 1)
    score = score_text(found.score, language, is_estimate=found.is_estimate)
    return line, f"{say('list.state_over', language)} · {score}"
