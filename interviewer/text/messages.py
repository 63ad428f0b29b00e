"""Every sentence that the faces say, in both languages."""

from interviewer.domain.rubric import Language, Localized


def words(key: str) -> Localized:
    """A phrase in both languages."""
    return _PHRASES[key]


def say(key: str, language: Language, **values: object) -> str:
    """A phrase in one language, with its `{placeholders}` filled. The phrases are plain text without markup."""
    return _PHRASES[key].into(language).format(**values)


def colon(language: Language) -> str:
    """What stands between a name and what it names."""
    return "：" if language is Language.ZH else ": "


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
tab.import | 导入 | Import

start.title | 开始一场面试 | Start an interview
start.bank | 题库 | Question bank
start.topics | 主题（不选即全部） | Topics (none means all)
start.count | 题数 | Number of questions
start.count_info | 这一选择最多 {most} 题 | At most {most} with this choice
start.order | 顺序 | Order
start.language | 题目语言 | Language of the questions
start.language_info | 两种语言都可以作答 | Answer in either language
start.mode | 模式 | Mode
start.bad_count | 题数要是 1 到 {most} 之间的整数。 | The number of questions is a whole number from 1 to {most}.
start.probes | 只答出一部分时追问 | Ask back when only part of the points are made
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
play.repeat | 重复 | Repeat
play.skip | 跳过 | Skip
play.end | 结束面试 | End interview
play.end_sure | 确定结束？已答的题都会评分并保留。 | End now? What you have answered is graded and kept.
play.end_yes | 结束 | End
play.end_no | 继续 | Keep going
play.retry | 再答一次 | Try again
play.next | 下一题 | Next question
play.finish | 看结果 | Result
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
contest.empty | 先贴上你回答里的原话。 | Paste the words of your answer first.
contest.not_verbatim | 这段话不在你的回答里。请从回答中原样复制。 | These words are not in your answer. Please copy them from it as they stand.
contest.kept | 已记下；评分卡和记录里会同时写明评分与你的异议。 | Noted; card and transcript show the verdict and your objection side by side.

ask.more | 能再往下说一层吗？ | Can you go one level deeper there?
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
card.failed | 评分没有成功，回答没有丢。这不是零分。 | The grading failed; the answer is not lost. This is not a zero.
card.estimate | 这是离线覆盖率评分器的估计：它按词语找要点，会看错否定和换种说法的表达。 | This is an estimate by the offline coverage grader: it looks for points by their words, and misreads negation and unusual wording.
badge.estimate | 估计，离线评分器：在 {n} 个带标注的回答上，与标注的相关系数 r = {r}（{labels}）。 | Estimate, offline grader: agreed with labels r = {r} (n = {n}, {labels}).
badge.estimate_unmeasured | 估计，离线评分器：在这个题库上没有测过。 | Estimate, offline grader: not measured on this question bank.
badge.model | 这个模型：在 {n} 个带标注的回答上，与标注的相关系数 r = {r}（{labels}）。 | This model: agreed with labels r = {r} (n = {n}, {labels}).
badge.model_unmeasured | 这个模型：在这个题库上没有测过。 | This model: not measured on this question bank.
badge.test_it | 到“评分模型”页测试一下。 | Run the test in the Grader tab.
badge.passed | 它通过了“评分模型”页的测试。 | It passed the test in the Grader tab.
badge.failed | 它没有通过“评分模型”页的测试。 | It did not pass the test in the Grader tab.
badge.labels | 标注来源未说明 | labels of unknown origin
badge.labels_model | 标注来自语言模型 | labels by a language model
badge.labels_person | 标注来自人 | labels by people
card.estimate_how | 它按词语找要点，会看错否定和换种说法的表达。 | It looks for points by their words, and misreads negation and unusual wording.
card.answer | 回答（得分的原话已标出） | The answer (the words that earned credit are marked)
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
kind.mistake | 误解 | misconception
aid.probed | 追问之后 | after a follow-up
aid.hinted | 提示之后 | after a hint

reason.met | 你的话讲出了这一点。 | Your words make this point.
reason.partial | 提到了一部分，还差关键的一半。 | Part of it is there; the other half is not.
reason.missing | 没有找到表达这一点的话。 | No words were found that make this point.
reason.contradicted | 话里提到了，但意思说反了。 | It is mentioned, but the other way round.
reason.unverified | 没有引用到回答里的原话，不计分。 | No words of the answer were quoted for it, so it is not credited.
reason.stuffing | 没有作出这一点的陈述，只列了词。 | Nothing states this point; terms are only listed.
reason.doubted | 话里有这一点的词，但旁边的说法与答案相反，不能全算。 | The words are there, but what is said beside them is wrong, so they count for less.

flag.blank | 没有可评分的内容。 | There is nothing to grade in it.
flag.dont_know | “不知道”也是回答：没有要点可记。 | “I don't know” is an answer: there is no point to credit.
flag.echo | 这是题目的复述，复述不得分。 | This repeats the question; that earns nothing.
flag.injection | 有对评分者说的话，已略去不计；其余部分照常评分。 | Some of it speaks to the grader and was left out; the rest is graded as usual.
flag.unverified | 评分者引用的话不在回答里，这一点没有计分。 | A quote of the grader is not in the answer; that point was not credited.
flag.unreadable | 有要点的评分无法读取，得分是一个区间。 | The verdict on a point could not be read, so the score is a range.
flag.split | 重复评分时结论不一致。 | Asked again, the grader did not always agree with itself.
flag.far_apart | 与离线评分器的估计相差很大，请看引用的原话。 | This is far from the offline estimate: look at the quotes.
flag.cut | 服务器似乎只读了提示词的一部分，评分可能不可靠。 | The server seems to have read only part of the prompt; the grade may be unreliable.
flag.stuffing | 大部分像是关键词的堆砌；只列词不算分，只有陈述才算。 | Most of this looks like a heap of keywords; listing earns nothing, only what is stated does.

band.few | 讲到的要点很少 | few points
band.some | 讲到一部分要点 | some points
band.many | 讲到多数要点 | many points
band.most | 讲到绝大部分要点 | most points
score.none | 未评分 | not graded
score.exact | {score} / 100 | {score} / 100
score.range | {low}–{high} / 100（有要点无法判断） | {low}–{high} / 100 (some points could not be judged)
score.estimate | 估计：{band}（{low}–{high}%） | Estimate: {band} ({low}–{high} %)

provenance.offline | 离线评分器 {grader} | the offline grader, {grader}
provenance.grader | 评分：{grader} | graded by {grader}
provenance.rubric | 评分标准 {digest} | rubric {digest}
provenance.prompt | 提示词 {digest} | prompt {digest}

report.title | 面试结果 | Result
report.counts | 计划 {planned} 题，作答 {answered} 题，已评分 {graded} 题。 | Questions planned: {planned}, answered: {answered}, graded: {graded}.
report.ungraded | {count} 题还没有评分，不计入平均。 | Answers without a grade: {count}; they are in no mean.
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

sheet.title | 评分表 | Mark sheet
sheet.facts | {answers} 份回答，{questions} 道题，题库 {bank}，评分于 {at} | {answers} answers to {questions} questions of the bank {bank}, graded {at}
sheet.counts | 共 {answers} 份回答，{candidates} 位候选人。 | Answers: {answers}, candidates: {candidates}.
sheet.count | 共 {answers} 份回答。 | Answers: {answers}.
sheet.mean_of | 已评 {count} 份。平均——{score} | Graded: {count}. Mean – {score}
sheet.blank | 空白回答 {count} 份，按没讲到任何要点计入平均。 | Blank answers: {count}; they count as answers without any point.
sheet.ungraded | {count} 份没有评成，不计入任何平均。 | Answers that could not be graded: {count}; they are in no mean.
sheet.look_at | 需要人再看一眼的 | What a person should look at
sheet.candidates | 各候选人 | By candidate
sheet.candidate | 候选人 | Candidate
sheet.unnamed | （未署名） | (no name)
sheet.answered | 作答 | Answered
sheet.answered_of | {count} / {total} 题 | {count} of {total}
sheet.mean | 平均 | Mean
sheet.weakest | 最弱的要点 | Weakest points
sheet.questions | 各题 | By question
sheet.question | 题目 | Question
sheet.answers | 回答 | Answers
sheet.score | 得分 | Score
sheet.points | 要点 | Points
sheet.remarks | 备注 | Remarks
sheet.mistakes | 误解 {count} 处 | misconceptions: {count}
sheet.part_ungraded | {count} 份未评 | {count} not graded
sheet.part_blank | {count} 份空白 | {count} blank
sheet.map | 谁讲到了什么 | Who made which point
sheet.map_info | 每行一份回答，每列一个要点；点记号看那份回答。 | A row for each answer, a column for each point; a sign leads to its answer.
sheet.legend | ● 讲到了  ◐ 讲到一部分  ○ 没讲到  ✕ 讲反了或有误解  · 没有这个误解  ? 无法判断  空格：没有作答 | ● met  ◐ partly  ○ missing  ✕ contradicted, or a misconception  · no such misconception  ? could not tell  empty: not answered
sheet.no_mistake | 没有这个误解 | No such misconception
sheet.made_by | {count} / {told} 份讲到 | made in {count} of {told}
sheet.mistaken_by | {count} / {told} 份有 | present in {count} of {told}
sheet.number | 第 {number} 点 | Point {number}
sheet.unanswered | 没有作答 | not answered
sheet.cards | 每份回答 | Every answer
sheet.version | 程序版本 {version} | Program version {version}
flag_short.blank | 空白 | blank
flag_short.dont_know | 不知道 | don't know
flag_short.echo | 复述题目 | echo
flag_short.injection | 对评分者说话 | speaks to the grader
flag_short.stuffing | 堆关键词 | keywords only
flag_short.unverified | 引用不实 | quote not found
flag_short.unreadable | 有要点未评 | verdict unreadable
flag_short.split | 结论不一 | split votes
flag_short.far_apart | 与估计相差大 | far from the estimate
flag_short.cut | 提示词被截断 | prompt cut

tab.grader | 评分模型 | Grader
grader.now_offline | 现在由内置的离线评分器评分（估计，不联网）。 | Grades come from the built-in offline grader (estimates, no network).
grader.now_model | 现在由 {model} 评分。 | Grades come from {model}.
grader.unmeasured | 这个模型还没有在这里测过，请先“测试评分”。 | This model has not been tested here; run “Test the grader” first.
grader.preset | 常用服务 | Common services
grader.base_url | 接口地址（OpenAI 兼容） | Base URL (OpenAI-compatible)
grader.base_url_info | 例如 http://127.0.0.1:11434/v1；贴整个 /chat/completions 地址也可以 | Such as http://127.0.0.1:11434/v1; a pasted /chat/completions address will do
grader.key | 密钥 | Key
grader.key_info | 只留在服务器内存里，不写入数据库、记录或日志；换了地址就清除 | Kept in the server's memory only, never in database, transcript or log; dropped when the address changes
grader.model | 模型 | Model
grader.shape | 调用方式 | Calls
grader.votes | 重复评分 | Votes
grader.find | 查找本机的模型服务 | Find local servers
grader.list | 列出模型 | List models
grader.test | 测试评分 | Test the grader
grader.use | 使用 | Use it
grader.offline | 用离线评分器 | Use the offline grader
grader.found | 找到 {count} 个本机服务。 | Servers found on this machine: {count}.
grader.found_none | 本机没有找到模型服务。Ollama、LM Studio、llama.cpp、vLLM 启动了吗？ | No model server was found on this machine. Is Ollama, LM Studio, llama.cpp or vLLM running?
grader.listed | 服务器有 {count} 个模型。 | Models on the server: {count}.
grader.testing | 正在测试：第 {place} / {total} 个回答…… | Testing: answer {place} of {total} …
fault.unreachable | 连不上服务器：它启动了吗？地址和端口对吗？ | The server cannot be reached: is it running, are address and port right?
fault.refused | 服务器拒绝了请求：检查密钥、余额和模型名。 | The server said no: check the key, the balance and the name of the model.
fault.malformed | 服务器的回答读不懂。 | The server's answer cannot be read.
fault.setting | 这样填还不能用： | This cannot be used yet:
grader.healthy | 这个模型可以评分。 | This model can grade.
grader.unhealthy | 有问题，见下面打叉的几行。 | There are problems: see the crossed lines.
grader.rung | 格式约束：{rung} | form held by: {rung}
shape.one_call | 一次问完所有要点（大模型） | All points in one call (strong models)
shape.per_criterion | 逐点提问（小模型） | One call for each point (small models)
votes.1 | 评一次 | Once
votes.3 | 不确定的要点再评两次 | Ask twice more about uncertain points
check.reachable | 能连上 | reachable
check.model known | 模型名正确 | model known
check.grades | 能评分 | grades
check.replies valid | 回复格式正确 | replies valid
check.quotes found | 引用的原话都在回答里 | quotes found
check.prompt read whole | 提示词被完整读取 | prompt read whole
check.order right | 好坏分得清 | order right
check.injection not rewarded | 讨分不给分 | injection not rewarded
check.fast enough | 够快 | fast enough
check.context | 上下文长度 | context size
card.why | 为什么重要： | Why it matters:
card.say | 可以这样说： | You could say:
card.estimate_beside | 离线评分器的估计（不计入得分）： | The offline grader's estimate (in no score):
card.review | 请人再看一眼这份评分。 | A person should look at this grade.
report.spent | 用了 {prompt} + {completion} 个 token（提示 + 回复）。 | {prompt} + {completion} tokens were spent (prompt + reply).
report.review | {count} 份评分需要人再看一眼。 | Grades that a person should look at: {count}.
list.regrade | 为所有未评分的回答评分 | Grade everything that is ungraded
list.regraded | 又评了 {count} 份。 | Graded now: {count}.

list.title | 全部面试 | All interviews
list.empty | 还没有面试。 | No interviews yet.
list.refresh | 刷新 | Refresh
list.state_over | 已结束 | finished
list.state_open | 进行到第 {place} 题 | at question {place}
list.line | {bank} · {count} 题 · {mode} | {bank} · {count} Q · {mode}
list.action | {action}：{text} | {action}: {text}
list.open | 继续 | Continue
list.read | 查看 | Read
list.unreadable | 这份记录无法读取：{reason} | This interview cannot be read: {reason}
list.link | 换一个浏览器继续 | Go on in another browser
list.link_info | 在另一个浏览器中打开这个链接（一小时内有效，请不要分享给别人）： | Open this link in the other browser (good for one hour; it opens all your interviews, so share it with nobody):

mode_short.coach | 教练 | coach
mode_short.interview | 面试 | interview

transcript.title | 面试记录 | Interview transcript
transcript.plan | {mode}模式，{count} 题，题目语言：{spoken} | {mode} mode, questions: {count}, language of the questions: {spoken}
transcript.model_answer | 参考回答： | Model answer:
transcript.begun | 开始于 {at} | Begun {at}
transcript.footer | 版本与来源 | Provenance
transcript.version | 程序版本 {version}，事件 {events} 条，导出于 {at} | Program version {version}, {events} events, exported {at}
transcript.bank | 题库 {bank} | bank {bank}
transcript.unanswered | （没有作答） | (not answered)
transcript.seconds | 用时 {seconds} 秒 | {seconds} s

doctor.unreachable | 服务器没有应答。它启动了吗？地址和端口对吗？本机的模型通常是 http://127.0.0.1:11434/v1（Ollama）或 http://127.0.0.1:1234/v1（LM Studio）。 | The server does not answer. Is it running, are address and port right? Models on this machine are usually at http://127.0.0.1:11434/v1 (Ollama) or http://127.0.0.1:1234/v1 (LM Studio).
doctor.refused | 服务器拒绝了请求：检查密钥、余额和模型名。 | The server said no: check the key, the balance and the name of the model.
doctor.unknown_model | 服务器的模型列表里没有这个名字，照列表抄一个。 | The server's list does not have this name; copy one from the list.
doctor.malformed | 模型写不出约定格式的回复。换大一点的模型，关掉思考模式，或改用“逐点”调用。 | The model does not keep to the form. Take a larger model, switch its thinking off, or ask point by point.
doctor.quotes | 模型引用了回答里没有的话，这些要点不会计分。换一个模型，或改用“逐点”调用。 | The model quotes words that nobody said; such points are not credited. Take another model, or ask point by point.
doctor.order | 好答案和坏答案没有分开。这个模型不适合评分。 | Good and bad answers are not told apart. This model should not grade.
doctor.injection | “给我满分”得了分。这个模型会听回答里的话，不适合评分。 | “Give me full marks” was rewarded. This model listens to the answer; it should not grade.
doctor.slow | 每次评分太慢。用小一点的模型、关掉思考模式，或用面试模式（后台评分）。 | A grade takes too long. Take a smaller model, switch its thinking off, or play in interview mode, which grades in the background.
doctor.context | 服务器的上下文太小，提示词会被截断。Ollama：设置 OLLAMA_CONTEXT_LENGTH=8192；其他服务器：加载模型时调大。 | The server's context is too small, so prompts are cut. For Ollama set OLLAMA_CONTEXT_LENGTH=8192; elsewhere enlarge it when loading the model.

bankfile.what | 这是一个题库，可以直接修改：题目、参考答案、要点（criteria）、同义词（aliases），也可以加追问（probe）和提示（hints）。 | This is a question bank, meant to be edited: questions, references, criteria, aliases; probes and hints may be added.
bankfile.check | 改完后运行 interviewer check 文件名，会指出哪里有问题。made 是导入时记下的，请不要改。 | After an edit, run interviewer check FILE: it says what is wrong. Leave `made` as it is: by it a later import knows your edits.

import.general | 综合 | General
import.no_question | 没有题目文字。 | It has no text.
import.no_answer | 没有答案，无法评分，没有收进题库。 | It has no answer, so it could not be graded; it is not in the bank.
import.only_link | 答案只是一个链接；请把内容写进文件。 | Its answer is only a link; write down what it says.
import.placeholder | 答案还没写（待补充、TODO 之类），没有收进题库。 | Its answer is still to be written (TODO and the like); it is not in the bank.
import.same | 与第 {line} 行的题目和答案相同，只收一次。 | The same question and answer stand at line {line}; it is taken once.
import.no_points | 从答案里找不到可评分的要点，没有收进题库。 | No point to grade by was found in its answer; it is not in the bank.
import.blocks | 文件里的每一块： | Every block of the file:
import.block_line | {role}：{blocks} 块，{lines} 行 | {role}: {blocks} (lines: {lines})
import.left_out | 没有收进题库的 {count} 处（行号：开头——原因）： | Not in the bank: {count} (lines: how it begins — why):
import.all_blocks | 逐块说明： | Block by block:
import.changes | 与上次导入相比： | Compared with the bank as it was:
import.questions | 题目： | Questions:
import.question | {id}：{text}（{criteria} 个要点） | {id}: {text} (criteria: {criteria})
import.doubts | 模型对答案的疑问（写在 dispute 里，不影响评分，请作者核对）： | What the model doubts in the answers (kept as `dispute`, never enforced; please look at it):
import.faults | 检查发现 {questions} 道题有 {count} 处可以改进： | The check found things to improve. Questions: {questions}, remarks: {count}:
import.more | 还有 {count} 处；加 --report 或运行 interviewer check 查看。 | And {count} more: add --report, or run interviewer check.
draft.made | 模型，依据 | model
draft.dropped | {question}：模型给出的要点“{claim}”没有采用（{why}）。 | {question}: a point of the model was dropped: “{claim}” ({why}).
draft.failed | {question}：模型没有成功（{why}），要点由离线方法得出；再次导入会重试。 | {question}: the model failed ({why}); its criteria were made offline, and another import asks again.
role.question | 题目 | question
role.answer | 答案 | answer
role.topic | 主题 | topic
role.navigation | 导航 | navigation
role.left_out | 略去 | left out
merge.added | 新增：{place} {theirs} | new: {place} {theirs}
merge.updated | 随原文件更新：{place}：{mine} → {theirs} | follows the source: {place}: {mine} → {theirs}
merge.dropped | 原文件已删，随之删去：{place}：{mine} | no longer in the source, dropped: {place}: {mine}
merge.kept | 保留你的修改：{place}：{mine} | your edit stays: {place}: {mine}
merge.gone | 原文件里已经没有这道题，仍保留：{place} | no longer in the source, kept: {place}
merge.conflict | 冲突，保留你的修改：{place}：你的：{mine}；原文件：{theirs} | conflict, your edit stays: {place}: yours: {mine}; the source: {theirs}

import.title | 导入你自己的题目 | Bring your own questions
import.intro | 一份带答案的题目清单就够了：Markdown、CSV、TSV、JSONL、Anki 导出的文本，或者 YAML 题库。先看结果，再保存。文件只在这台机器上处理，除非要点由网上的模型来拆。 | A list of questions with answers is enough: Markdown, CSV, TSV, JSONL, text exported by Anki, or a YAML bank. You see what was found before anything is saved. The file stays on this machine, unless a hosted model makes the points.
import.choose | 选择文件（最大 5 MB），或拖到这里 | Choose a file (5 MB at most), or drop it here
import.compiler | 谁来拆分评分要点 | Who makes the points to grade by
compiler.offline | 按参考答案的结构（离线） | From the structure of the reference answers (offline)
compiler.model | “评分模型”页选的模型 | The model chosen in the Grader tab
import.pasting | 或者粘贴一份清单 | Or paste a list
import.paste_title | 题库名称 | Name of the bank
import.paste | Markdown 清单 | The list, in Markdown
import.paste_placeholder | ### 1. 问题……（换行）答：…… | ### 1. Question … (new line) Answer: …
import.read_paste | 看看能读出什么 | See what is found
import.editing | 修改题库（YAML） | Edit the bank (YAML)
import.yaml | 题库文件 | The bank file
import.yaml_info | 题目、参考答案、要点、权重、同义词都可以改；保存时会检查。改了参考答案，要点不会自动跟着改。 | Questions, references, points, weights and aliases may all be changed; saving checks them. Points do not follow when you change a reference.
import.save | 保存题库 | Save the bank
import.save_named | 保存《{title}》 | Save “{title}”
import.play | 用这个题库练习 | Practise with this bank
import.no_file | 文件没有收到，请再选一次。 | No file has arrived; choose it again.
import.no_text | 先粘贴一份清单。 | Paste a list first.
import.not_here | 这台服务器对外开放，所以页面不能导入题库。请在服务器上运行 interviewer import 文件名。 | This server is open to others, so banks cannot be imported on the page. Run interviewer import FILE on the server.
import.nothing_to_save | 没有可保存的内容：先导入一份清单；太长的题库请用 interviewer import。 | There is nothing to save: import a list first; a very long bank goes by interviewer import.
import.not_saved | 没有保存，你的文字还在。问题在这里： | It was not saved, and your text is still here. What is wrong:
import.moved_on | 没有保存，你的文字还在：题库 {id} 在这期间被改过，或者这个 id 属于另一个题库。请重新导入，或者换一个 id。 | It was not saved, and your text is still here: the bank {id} has changed in the meantime, or this id is another bank's. Import again, or choose another id.
import.saved | 已保存《{title}》：{count} 题，文件 {file}。 | Saved “{title}” in {file}. Questions: {count}.
import.no_model | 还没有选模型：先到“评分模型”页选一个，或改用离线方式。 | No model is chosen: choose one in the Grader tab, or let the points be made offline.
import.drafting | 模型正在拆分要点：第 {done} / {total} 题…… | The model is making the points: question {done} of {total} …
import.unusable | 这份文件不能导入： | This file cannot be imported:
import.found | 《{title}》（{id}）：新题库 | “{title}” ({id}): a new bank
import.update | 《{title}》（{id}）：以前导入过，你改过的地方会保留 | “{title}” ({id}): imported before; what you edited stays
import.replaces | 《{title}》（{id}）：会取代已保存的同 id 题库，原来的另存为 .bak 文件 | “{title}” ({id}): takes the place of the saved bank with this id, which is kept in a .bak file
made.list_item | 列表项 | list item
made.sentence | 句子 | sentence
made.clause | 分句 | clause
made.contrast | 对比 | contrast
made.name_in_a_list | 列举的名称 | name in a list
made.word | 词 | word
import.unchanged | 《{title}》（{id}）：和已保存的一样 | “{title}” ({id}): the same as the one that is saved
import.counts | {questions} 题，{criteria} 个要点 | Questions: {questions}, points: {criteria}
import.too_long_to_edit | 这个题库太长，不能在页面上修改和保存。请用 interviewer import 文件名。 | This bank is too long to be edited and saved on the page. Use interviewer import FILE.
import.to_look_at | 请看一眼 | look at it

grades.head | {questions} 道题的 {n} 个回答，由 `{grader}` 评分：r = {r}（95 % 区间 {between}）。分开看：{parts}。 | {n} answers to {questions} questions, graded by `{grader}`: r = {r} (95 % interval {between}). In parts: {parts}.
grades.part | {name} {r}（n = {n}） | {name} {r} (n = {n})
grades.kind | 回答的种类 | Kind of answer
grades.n | n | n
grades.label | 标注 | label
grades.grade | 评分 | grade
grades.criteria | 逐点看是否给分：n = {n}，准确率 {accuracy}，macro-F1 {f1}。 | Criterion by criterion, credited or not: n = {n}, accuracy {accuracy}, macro-F1 {f1}.
grades.name_coverage | 离线评分器 | coverage grader
grades.name_constant | 一律给平均分 | constant
grades.name_length | 只看长度 | length
grades.name_whole_reference | 与整段参考答案的词语重合 | whole reference
grades.name_held_out | 留出 | held out
grades.name_seen | 见过 | seen
grades.name_zh | 中文 | zh
grades.name_en | 英文 | en
grades.name_full | 完整 | full
grades.name_partial | 一部分 | partial
grades.name_terse | 简短而正确 | terse
grades.name_beyond | 正确但参考里没有的说法 | beyond
grades.name_wrong | 流利但错误 | wrong
grades.name_contradicting | 前后矛盾 | contradicting
grades.name_stuffed | 堆砌关键词 | stuffed
grades.name_echo | 复述题目 | echo
grades.name_dont_know | 不知道 | dont_know
grades.name_attack | 对评分者说话 | attack
grades.name_chatty | 口语、啰嗦 | chatty
grades.name_half_right | 半对半错 | half-right
grades.name_mixed | 中英夹杂 | mixed
grades.name_rambling | 东拉西扯 | rambling
grades.name_typos | 错别字 | typos
grades.name_mistaken | 常见误解 | mistaken

enter.title | 在这个浏览器中继续 | Go on in this browser
enter.text | 点下面的按钮，这个浏览器就能看到链接主人的全部面试，并不再显示它自己原有的面试。 | Press the button, and this browser shows all interviews of the link's owner, and its own no longer.
enter.button | 继续 | Go on
enter.expired | 这个链接已失效。请在原来的浏览器里重新取一个。 | This link is no longer good. Take a new one in the browser it came from.

cli.commands | 命令：/hint 提示，/repeat 重复题目，/skip 跳过，/end 结束；空行结束一次回答。 | Commands: /hint, /repeat, /skip, /end; an empty line ends an answer.
cli.review | 回车：下一题；/retry 再答一次；/answer 看参考回答；/end 结束 | Enter: next question; /retry to try again; /answer for the model answer; /end
cli.resume | 接着练：interviewer chat --resume {id} | To go on later: interviewer chat --resume {id}
cli.export | 导出：interviewer export {id} --format md | To export: interviewer export {id} --format md
cli.not_sent | {command} 没有当作回答的一部分；先用空行结束这次回答，再输入命令。 | {command} was not taken as part of your answer: end the answer with an empty line, then give the command.
cli.unknown | 这里没有命令 {command}。 | There is no command {command} here.

import.why_title | 文件的标题 | The title of the file
import.why_same_line | 问题和答案写在同一行 | Question and answer stand in one line
import.why_bare_heading | 没有问号也没有编号；因为下面有正文，所以当作问题 | Neither a question mark nor a number; taken for a question because text stands under it
import.why_asked_before | 前面已有同样的问题，答案不同；两个都保留 | The same question stands above with another answer; both are kept
import.why_repeated | 与前面的问题和答案完全相同 | Question and answer are the same as above
import.why_listed | 只是列出问题，答案在别处 | Only lists a question that is answered elsewhere in the file
import.why_no_question | 不属于任何问题 | Belongs to no question
import.why_boilerplate | 目录、前言、许可、参考资料之类的段落 | A section such as contents, preface, licence or references
import.why_link_only | 答案只是一个链接，没有内容可以评分 | The answer is only a link; there is nothing to grade by
import.why_image_only | 答案只是一张图片，没有文字可以评分 | The answer is only an image; there is no text to grade by
import.why_image | 图片或徽章 | An image or a badge
import.why_anchor | 锚点 | An anchor
import.why_contents | 目录里的链接 | A link of a table of contents
import.why_back | 返回链接 | A link back
import.why_rule | 分隔线 | A dividing line
import.why_link_target | 链接地址的定义 | The address of a link
import.why_comment | 注释 | A comment
import.why_script | 脚本或样式 | A script or a style sheet
import.why_front_matter | 文件头信息 | Front matter
import.why_footnote | 没有问题引用的脚注 | A footnote that no question refers to
import.why_header | 表头 | The names of the columns
import.why_more_columns | 表头；除问题、答案、主题和编号以外的列没有读取 | The names of the columns; only question, answer, topic and number are read
import.why_settings | 导出设置 | Settings of the export
import.why_brackets | 数据的外层结构 | The frame around the data
import.why_no_text | 没有文字的标记 | Marks without text
import.why_empty_heading | 没有文字的标题 | A heading without text
""")

ALL = frozenset(_PHRASES)
