"""Every sentence that the faces say, in both languages."""

from interviewer.rubric import Language, Localized


def words(key: str) -> Localized:
    """A phrase in both languages."""
    return _PHRASES[key]


def say(key: str, language: Language, **values: object) -> str:
    """A phrase in one language, with its `{placeholders}` filled. The phrases are plain text without markup."""
    return _PHRASES[key].into(language).format(**values)


def _read(table: str) -> dict[str, Localized]:
    """Each line: key | Chinese | English."""
    rows = (line.split("|") for line in table.strip().splitlines() if line.strip())
    return {key.strip(): Localized(zh=zh.strip(), en=en.strip()) for key, zh, en in rows}


_PHRASES = _read("""
app.title | 模拟面试官 | Mock interviewer
app.tagline | 逐点评分，每一分都有你自己的原话作证。 | Graded point by point, with your own words as the evidence.
app.language | 界面语言 | Language of the page
tab.practice | 练习 | Practice
tab.interviews | 记录 | Interviews

start.title | 开始一场面试 | Start an interview
start.bank | 题库 | Question bank
start.topics | 主题（不选即全部） | Topics (none means all)
start.count | 题数 | Number of questions
start.count_info | 这一选择最多 {most} 题 | At most {most} with this choice
start.order | 顺序 | Order
start.language | 题目语言 | Language of the questions
start.language_info | 两种语言都可以作答 | Answer in either language
start.mode | 模式 | Mode
start.probes | 答得不全时追问 | Ask back when an answer is not complete
start.hints | 允许提示 | Allow hints
start.button | 开始 | Start
start.no_banks | 没有可用的题库。请检查 rubrics 文件夹，或运行 interviewer check。 | There is no bank to play. Look into the rubrics folder, or run: interviewer check
order.bank | 题库顺序 | As in the bank
order.easy_first | 由易到难 | Easy ones first
order.shuffled | 随机 | Shuffled
mode.coach | 教练：每题之后立即看评分卡，可以重答 | Coach: the score card after each answer, and another try
mode.interview | 面试：全部答完才看结果 | Interview: nothing is shown until the end
language.zh | 中文 | 中文
language.en | English | English

play.progress | 第 {place} / {total} 题 · {topic} · 难度 {difficulty} | Question {place} / {total} · {topic} · difficulty {difficulty}
play.answer | 你的回答 | Your answer
play.placeholder | 用自己的话回答；Enter 发送，Shift+Enter 换行 | Answer in your own words; Enter sends, Shift+Enter breaks the line
play.send | 发送 | Send
play.hint | 提示 | Hint
play.repeat | 重复题目 | Repeat
play.skip | 跳过 | Skip
play.end | 结束面试 | End interview
play.end_sure | 确定结束？已答的题都会评分并保留。 | End now? What you have answered is graded and kept.
play.end_yes | 结束 | End
play.end_no | 继续 | Keep going
play.retry | 再答一次 | Try again
play.next | 下一题 | Next question
play.finish | 查看结果 | See the result
play.regrade | 重新评分 | Grade again
play.empty | 先写下回答，或者点“跳过”。 | Write an answer first, or press Skip.
play.no_hint | 这道题没有更多提示了。 | There is no further hint for this question.
play.moved_on | 这场面试已在另一个窗口继续。下面是它现在的样子；你写的内容还在输入框里。 | This interview has moved on in another window. This is where it stands; what you typed is still in the box.
play.gone | 找不到这场面试，或者它不属于这个浏览器。 | There is no such interview, or it does not belong to this browser.
play.too_long | 回答太长了（{length} 字，最多 {most} 字）。请删短一些；内容还在输入框里。 | The answer is too long ({length} characters, at most {most}). Please shorten it; it is still in the box.
play.not_now | 这一步现在不能做；下面是面试现在的状态。 | That cannot be done now; this is where the interview stands.
play.store_failed | 没有保存成功：{reason} 你写的内容还在输入框里，请再试一次。 | It could not be saved: {reason} What you typed is still in the box; please try again.
play.new | 新的面试 | New interview
play.card_empty | 回答之后，这里会出现评分卡。 | The score card appears here after your answer.
play.leave | 先离开（会保留） | Leave for now (kept)

contest.title | 对评分有异议？ | Disagree with a verdict?
contest.criterion | 哪一点 | Which point
contest.quote | 你回答里的原话 | The words of your answer that make it
contest.quote_info | 从你的回答里复制，一字不改 | Copied from your answer, to the letter
contest.button | 我说了这一点 | I did say this
contest.not_verbatim | 这段话不在你的回答里。请从回答中原样复制。 | These words are not in your answer. Please copy them from it as they stand.
contest.kept | 已记下；评分卡和记录里会同时写明评分与你的异议。 | Noted; card and transcript show the verdict and your objection side by side.

chat.label | 面试对话 | Interview conversation
chat.question | 面试官 | Interviewer
chat.probe | 追问 | Follow-up
chat.hint | 提示 | Hint
chat.repeat | 再说一遍 | Once more
chat.you | 你 | You
chat.again | 第 {number} 次 | try {number}
chat.skipped | 已跳过，这题不评分。 | Skipped; this question is not graded.
chat.noted | 好，记下了。 | Thank you, noted.
chat.over | 面试结束。 | That was the interview.

card.unanswered | 没有作答，不评分 | Not answered, not graded
card.waiting | 正在评分……回答已保存。 | Being graded … your answer is saved.
card.failed | 评分没有成功，回答已保存。这不是零分。 | The grading failed; your answer is saved. This is not a zero.
card.estimate | 这是离线覆盖率评分器的估计：它按词语找要点，会看错否定和换种说法的表达。 | This is an estimate by the offline coverage grader: it looks for points by their words, and misreads negation and unusual wording.
card.answer | 你的回答（得分的原话已标出） | Your answer (the words that earned credit are marked)
card.ledger | 逐点评分 | Point by point
card.gaps | 还缺什么 | What is missing
card.no_gaps | 核心要点都讲到了。 | Every core point is there.
card.extras | 参考答案之外讲对的 | Right, and not in the reference
card.dispute | 参考答案可能有问题： | The reference may be wrong:
card.model_answer | 看参考回答 | Show the model answer
card.correction | 对常见说法的更正： | Corrected from the usual version:
card.second_opinion | 请别的模型再评一次 | Ask another model for a second opinion
card.second_opinion_info | 把下面的文字复制到任何聊天模型。它的结论不会进入你的得分。 | Copy this text to any chat model. What it says does not enter your score.
second.language | 中文 | English
card.contested | 你的异议： | Your objection:
card.compared | 与上一次相比 | Compared with the try before
card.unchanged | 各要点没有变化。 | No point has changed.

level.met | 讲到了 | Met
level.partial | 讲到一部分 | Partly
level.missing | 没讲到 | Missing
level.contradicted | 讲反了 | Contradicted
level.unknown | 无法判断 | Could not tell
level.mistake | 误解 | Misconception
kind.bonus | 加分项 | bonus
aid.probed | 追问之后 | after a follow-up
aid.hinted | 提示之后 | after a hint

reason.met | 你的话讲出了这一点。 | Your words make this point.
reason.partial | 提到了一部分，还差关键的一半。 | Part of it is there; the other half is not.
reason.missing | 没有找到表达这一点的话。 | No words were found that make this point.
reason.contradicted | 话里提到了，但意思说反了。 | It is mentioned, but the other way round.
reason.stuffing | 没有作出这一点的陈述，只列了词。 | Nothing states this point; terms are only listed.
reason.doubted | 话里有这一点的词，但旁边的说法与答案相反，不能全算。 | The words are there, but what is said beside them is wrong, so they count for less.

flag.blank | 没有可评分的内容。 | There is nothing to grade in it.
flag.dont_know | “不知道”也是回答：没有要点可记。 | “I don't know” is an answer: there is no point to credit.
flag.echo | 这是题目的复述，复述不得分。 | This repeats the question; that earns nothing.
flag.injection | 有对评分者说的话，已略去不计；其余部分照常评分。 | Some of it speaks to the grader and was left out; the rest is graded as usual.
flag.stuffing | 大部分像是关键词的堆砌；只列词不算分，只有陈述才算。 | Most of this looks like a heap of keywords; listing earns nothing, only what is stated does.

band.few | 讲到的要点很少 | few points
band.some | 讲到一部分要点 | some points
band.many | 讲到多数要点 | many points
band.most | 讲到绝大部分要点 | most points
score.none | 未评分 | not graded
score.exact | {score} / 100 | {score} / 100
score.range | {low}–{high} / 100（有要点无法判断） | {low}–{high} / 100 (some points could not be judged)
score.estimate | 估计：{band}（{low}–{high}%） | Estimate: {band} ({low}–{high} %)

provenance.grader | 评分：{grader} | graded by {grader}
provenance.rubric | 评分标准 {digest} | rubric {digest}
provenance.prompt | 提示词 {digest} | prompt {digest}

report.title | 面试结果 | Result
report.counts | 计划 {planned} 题，作答 {answered} 题，已评分 {graded} 题。 | {planned} questions planned, {answered} answered, {graded} graded.
report.ungraded | {count} 题还没有评分，不计入平均。 | {count} answers have no grade yet and are in no mean.
report.topics | 各主题 | By topic
report.topic | 主题 | Topic
report.chart | 图 | Chart
report.score | 得分 | Score
report.graded | 已评 / 已问 | Graded / asked
report.strongest | 最强的要点 | Strongest points
report.weakest | 最弱的要点 | Weakest points
report.study | 接下来学什么 | What to study next
report.cards | 每一题 | Every question
report.download | 下载记录 | Download the transcript
report.regrade | 为所有未评分的回答重新评分 | Grade all ungraded answers again

list.title | 全部面试 | All interviews
list.empty | 还没有面试。 | No interviews yet.
list.refresh | 刷新 | Refresh
list.state_over | 已结束 | finished
list.state_open | 进行到第 {place} 题 | at question {place}
list.line | {bank} · {count} 题 · {mode} | {bank} · {count} questions · {mode}
list.open | 继续 | Continue
list.read | 查看 | Read
list.unreadable | 这份记录无法读取：{reason} | This interview cannot be read: {reason}
list.link | 换一个浏览器继续 | Go on in another browser
list.link_info | 在另一个浏览器中打开这个链接（一小时内有效，请不要分享给别人）： | Open this link in the other browser (good for one hour; it opens all your interviews, so share it with nobody):

mode_short.coach | 教练 | coach
mode_short.interview | 面试 | interview

transcript.title | 面试记录 | Interview transcript
transcript.plan | {mode}模式，{count} 题，题目语言：{spoken} | {mode} mode, {count} questions, language of the questions: {spoken}
transcript.begun | 开始于 {at} | Begun {at}
transcript.footer | 版本与来源 | Provenance
transcript.version | 程序版本 {version}，事件 {events} 条，导出于 {at} | Program version {version}, {events} events, exported {at}
transcript.bank | 题库 {bank} | bank {bank}
transcript.unanswered | （没有作答） | (not answered)
transcript.seconds | 用时 {seconds} 秒 | {seconds} s

enter.title | 在这个浏览器中继续 | Go on in this browser
enter.text | 点下面的按钮，这个浏览器就能看到链接主人的全部面试，并不再显示它自己原有的面试。 | Press the button, and this browser shows all interviews of the link's owner, and its own no longer.
enter.button | 继续 | Go on
enter.expired | 这个链接已失效。请在原来的浏览器里重新取一个。 | This link is no longer good. Take a new one in the browser it came from.

cli.commands | 命令：/hint 提示，/repeat 重复题目，/skip 跳过，/end 结束；空行结束一次回答。 | Commands: /hint, /repeat, /skip, /end; an empty line ends an answer.
cli.review | 回车：下一题；/retry 再答一次；/answer 看参考回答；/end 结束 | Enter: next question; /retry to try again; /answer for the model answer; /end
cli.resume | 接着练：interviewer chat --resume {id} | To go on later: interviewer chat --resume {id}
cli.export | 导出：interviewer export {id} --format md | To export: interviewer export {id} --format md
cli.unknown | 没有这个命令：{command} | There is no command {command}
""")

ALL = frozenset(_PHRASES)
