"""Takes a picture of the score card in each of its states: `python tests/browser/card_states.py FOLDER [STATE …]`.

Phone and wide, light and dark, both languages; the pictures are for looking at.
"""

import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright
from served import CHROMIUM, FLAGS, ROOT, Server

if __name__ == "__main__":
    sys.path.insert(0, str(ROOT / "tests"))

from fakes import FlakyGrader, Only, both

from interviewer.banks.loader import read_bank
from interviewer.domain.grade import Level, Ruling
from interviewer.domain.interview import Begun, Mode, Plan
from interviewer.domain.language import Language
from interviewer.domain.rubric import Localized
from interviewer.grading import LLMGrader
from interviewer.grading.lexical import LexicalGrader
from interviewer.grading.protocol import Grader
from interviewer.llm.scripted import ScriptedLLM
from interviewer.sessions.service import Session, SessionService
from interviewer.sessions.store import Store
from interviewer.settings import read_settings, shipped
from interviewer.web.identity import Owners

OWNER = "looker"
# Width, height, look and language: each language is seen on both sizes and in both looks.
SIZES = [
    (390, 844, "light", Language.EN),
    (390, 844, "dark", Language.ZH),
    (1280, 900, "light", Language.ZH),
    (1280, 900, "dark", Language.EN),
]

COLLAPSE = both("几层线性的乘起来还是一个矩阵", "several linear layers multiply out to one matrix")
BENT = both("弯的边界画不出来", "it cannot draw a bent boundary")
ANY = both("有了非线性，够宽就能逼近任何连续函数", "with a non-linearity a wide network fits any continuous function")
RIGHT = both(f"{COLLAPSE.zh}，所以{BENT.zh}。{ANY.zh}。", f"Without one, {COLLAPSE.en}, so {BENT.en}. And {ANY.en}.")
HALF = both(
    "不加的话好像学不了太复杂的东西，而且收敛慢。", "Without it the net cannot learn very complex things, I think."
)
WRONG = both(
    "因为线性网络的参数太少，激活函数还能把输出压到 0 到 1 之间。",
    "Because a linear network has too few parameters, and the activation squashes outputs to between 0 and 1.",
)
UPSIDE_DOWN = both(
    "其实纯线性的网络也能表示任何函数，只是训练起来慢一些。",
    "Actually a purely linear network can represent any function, it only trains more slowly.",
)
UNKNOWING = both("不知道", "I don't know")
WRITTEN = both(
    """没有激活函数时：

```python
def net(x):
    return W2 @ (W1 @ x + b1) + b2  # 等于 (W2 @ W1) @ x + 一个常数，一个非常非常非常长的注释，看看它怎么换行
```

$$W_2(W_1 x + b_1) + b_2 = (W_2 W_1)x + (W_2 b_1 + b_2)$$

| 网络 | 能表示 | 异或 |
|---|---|---|
| 纯线性 | 只有仿射函数 | 不行 |
| 加 ReLU | $\\max(0, x)$ 拼出的任意折线 | 行 |

所以 `depth` 再大也没有用。""",
    """Without an activation:

```python
def net(x):
    return W2 @ (W1 @ x + b1) + b2  # the same as (W2 @ W1) @ x + a constant: a long comment to see how it wraps
```

$$W_2(W_1 x + b_1) + b_2 = (W_2 W_1)x + (W_2 b_1 + b_2)$$

| Network | Can represent | XOR |
|---|---|---|
| purely linear | affine maps only | no |
| with ReLU | any polyline made of $\\max(0, x)$ | yes |

So a larger `depth` buys nothing.""",
)


def verdict(name: str, level: str, reason: Localized, *quotes: Localized) -> dict[str, object]:
    return {"id": name, "verdict": level, "reason": reason, "quotes": quotes}


SAYS_COLLAPSE = verdict(
    "collapse", "met", both("说出了线性层相乘等价于一层。", "It says that linear layers multiply into one."), COLLAPSE
)
SAYS_BENT = verdict(
    "limited-power", "met", both("说出了表示不了弯曲的边界。", "It says that curves stay out of reach."), BENT
)
NOTHING_OF_IT = both("没有提到。", "It says nothing of this.")

# By name: the answer, what the model says, and what people do then.
GRADED: dict[str, tuple[Localized, list[dict[str, object]], dict[str, object]]] = {
    "right": (
        RIGHT,
        [SAYS_COLLAPSE, SAYS_BENT, verdict("universal-approximation", "met", both("说出了万能逼近。", "It names universal approximation."), ANY)],
        {"opening": both("说清了矩阵相乘只得到一个矩阵。", "It says how matrices multiply out to one.")},
    ),
    "half": (
        HALF,
        [
            verdict("collapse", "missing", NOTHING_OF_IT),
            verdict(
                "limited-power", "partial", both("“太复杂的东西”没说是什么。", "“Complex things” leaves open which."),
                both("学不了太复杂的东西", "cannot learn very complex things"),
            ),
        ],
        {
            "gaps": [
                {
                    "id": "collapse",
                    "why": both("这是深度为什么需要非线性的核心。", "It is the core of why depth needs a non-linearity."),
                    "say": both("线性层叠起来还是一个线性层，例如 $W_2W_1$ 就是一个矩阵。", "Stacked linear layers are one linear layer: $W_2W_1$ is one matrix."),
                }
            ],
        },
    ),
    "wrong": (
        WRONG,
        [verdict("collapse", "missing", NOTHING_OF_IT), verdict("limited-power", "missing", NOTHING_OF_IT)],
        {
            "misconceptions": [
                verdict("few-parameters", "made", both("把原因说成参数少。", "It blames too few parameters."), both("线性网络的参数太少", "a linear network has too few parameters")),
                verdict("squashing", "made", both("把作用说成压缩输出。", "It takes squashing for the purpose."), both("激活函数还能把输出压到 0 到 1 之间", "the activation squashes outputs to between 0 and 1")),
            ]
        },
    ),
    "contradicted": (
        UPSIDE_DOWN,
        [
            verdict("collapse", "missing", NOTHING_OF_IT),
            verdict("limited-power", "contradicted", both("说反了：纯线性网络只能表示仿射函数。", "The other way round: it can only represent affine maps."), both("纯线性的网络也能表示任何函数", "a purely linear network can represent any function")),
        ],
        {},
    ),
    "written": (
        WRITTEN,
        [
            verdict("collapse", "met", both("公式写出了这一点。", "The formula shows it."), both("(W_2 W_1)x + (W_2 b_1 + b_2)", "(W_2 W_1)x + (W_2 b_1 + b_2)")),
            verdict("limited-power", "met", both("表里写出了。", "The table says so."), both("只有仿射函数", "affine maps only")),
        ],
        {"extras": [{"quote": both("任意折线", "any polyline"), "claim": both("ReLU 网络是分段线性的。", "A ReLU network is piecewise linear.")}]},
    ),
}  # fmt: skip


def replying(verdicts: list[dict[str, object]], more: dict[str, object], language: Language) -> Grader:
    """The grader of a model that says exactly this, and "not made" of all other misconceptions."""
    said = {"verdicts": verdicts, "misconceptions": [], "opening": "", "gaps": [], "extras": [], "dispute": "", **more}
    reply = json.loads(json.dumps(said, default=lambda text: text.into(language)))
    given = {row["id"] for rows in (reply["verdicts"], reply["misconceptions"]) for row in rows}
    for criterion in BANK["nonlinearity"].criteria:
        if criterion.id not in given:
            key, level = ("misconceptions", "not_made") if criterion.kind == "mistake" else ("verdicts", "missing")
            row = {"id": criterion.id, "quotes": [], "reason": NOTHING_OF_IT.into(language), "verdict": level}
            reply[key].append(row)
    return LLMGrader(ScriptedLLM(lambda _: json.dumps(reply, ensure_ascii=False)))


BANK = read_bank(shipped("rubrics") / "deep-learning.yaml")


def play(url: str, language: Language) -> Iterator[tuple[str, Session]]:
    """One interview for each state of the card, each on its first question."""
    store = Store(url)

    def answered(text: Localized, grader: Grader, *, more: bool = False, second: Grader | None = None) -> Session:
        questions = ("nonlinearity", "vanishing-gradient-remedies") if more else ("nonlinearity",)
        service = SessionService(store, Only(grader, second=second))
        session = service.begin(OWNER, Begun(BANK, Plan(questions, mode=Mode.COACH, language=language)))
        session.answer(text.into(language))
        session.run_due_and_wait(language)
        return session

    for name, (text, verdicts, more) in GRADED.items():
        yield name, answered(text, replying(verdicts, more, language))
    yield "estimate", answered(HALF, LexicalGrader())
    yield "unknowing", answered(UNKNOWING, LexicalGrader())
    yield "ungraded", answered(RIGHT, FlakyGrader(failures=1))
    marked = answered(RIGHT, LexicalGrader())
    marked.self_mark("nonlinearity", 1, {"collapse": Level.MET, "limited-power": Level.PARTIAL})
    marked.rule("nonlinearity", 1, Ruling("collapse", Level.MET, "Ada", "She says it in her own words."))
    yield "marked", marked
    strict = replying(GRADED["half"][1], {}, language)
    twice = answered(RIGHT, replying(GRADED["right"][1], {}, language), second=strict)
    twice.ask_second_opinion("nonlinearity", 1)
    twice.run_due_and_wait(language)
    yield "twice", twice
    again = answered(HALF, replying(GRADED["half"][1], {}, language))
    again.retry()
    again.runner.graders = Only(replying(GRADED["right"][1], {}, language))  # type: ignore[misc]
    again.answer(RIGHT.into(language))
    again.run_due_and_wait(language)
    yield "again", again


def take(browser: Browser, server: Server, cookie: str, states: dict[Language, dict[str, str]], folder: Path) -> None:
    """A picture of each state in each size, and what is wider than its page."""
    name, _, value = cookie.split(";", maxsplit=1)[0].partition("=")
    for width, height, look, language in SIZES:
        context = browser.new_context(
            locale={Language.ZH: "zh-CN", Language.EN: "en"}[language],
            viewport={"width": width, "height": height},
            color_scheme=look,  # type: ignore[arg-type]
        )
        context.add_cookies([{"name": name, "value": value, "url": server.url}])
        page = context.new_page()
        for state, interview in states[language].items():
            page.goto(f"{server.url}/?interview={interview}")
            page.locator("#card .card").wait_for()
            page.wait_for_timeout(300)
            page.add_style_tag(content="#reviewing, #notice { position: static !important; }")  # else they hide a part
            page.screenshot(path=folder / f"{state}-{width}-{look}-{language}.png", full_page=True)
            wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
            if wide > 0:
                print(f"{state}, {width} px, {language}: the page is {wide} px too wide")
        context.close()


def main() -> None:
    pictures, wanted = Path(sys.argv[1]), sys.argv[2:]
    pictures.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        settings = read_settings(data_dir=Path(folder))
        states = {
            one: {name: session.id for name, session in play(settings.database, one) if name in (wanted or [name])}
            for one in Language
        }
        cookie = Owners(settings.signing_key, is_https=False).set_cookie(OWNER)
        server = Server(Path(folder))
        server.start()
        try:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            take(browser, server, cookie, states, pictures)
            browser.close()
        finally:
            server.stop()


if __name__ == "__main__":
    main()
