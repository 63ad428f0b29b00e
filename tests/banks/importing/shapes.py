"""Small lists in the shapes that people write, each with its questions and the answers they have."""

import json

SHAPES = {
    "numbered steps between numbered questions": (
        "list.txt",
        (
            "杂记\n1、什么是冒烟测试？\n先看主流程能不能走通。\n\n2、上线失败了怎么办？\n1、先回滚\n2、再看日志\n3、补上用例\n\n3、什么是灰度？\n先给一部分人用。\n4、为什么要评审用例？\n大家看到的不一样。\n"
        ),
        ["什么是冒烟测试？", "上线失败了怎么办？", "什么是灰度？", "为什么要评审用例？"],
        ["先看", "1、先回滚\n2、再看日志\n3、补上用例", "先给", "大家"],
    ),
    "question and answer under the names of two languages": (
        "list.md",
        (
            "### 存储\n\n1. **问题：**\n   - 中文：什么是检查点？\n   - English: What is a checkpoint?\n\n**参考答案：**\n   - 中文：一份可以恢复的状态。\n"
            "   - English: A state to go back to.\n\n2. **问题：**\n   - 中文：谈谈你用过的日志。\n   - English: Tell me about logs you have used.\n"
        ),
        ["什么是检查点？\nWhat is a checkpoint?"],
        ["- 一份可以恢复的状态。\n- A state to go back to."],
    ),
    "questions without answers in bare lines": (
        "list.txt",
        (
            "Shells\n\nWhat is a pipe?\n\nExplain signals.\n\nDifference between a job and a process.\n\n2. Files\nThe basics\n\nHow do you sort a file?\n\n"
            "With sort, which reads all of it first.\n\nWhat is an inode?\n\nWhy two links?\n\nWhen is a file gone?\n"
        ),
        ["How do you sort a file?"],
        ["With sort, which reads all of it first."],
    ),
    "stars and struck words": (
        "list.md",
        "### 如何查看端口？ (★★)\n\n用 ss。\n\n### ~~换一台机器，端口被占用的原因是什么 (★)。~~\n\n### 防火墙有什么用？（⭐）\n\n拦住连接。\n",
        ["如何查看端口？", "防火墙有什么用？"],
        ["用 ss。", "拦住连接。"],
    ),
    "a quiz with labels over its parts": (
        "list.md",
        (
            "## 第 1 题 🟢\n\n**题型：** 单选题\n\n### 题目\n\n哪个命令显示进程？\n\n**选项：**\n- A. ls\n- B. ps\n\n"
            "<details>\n<summary>查看答案</summary>\n\n### ✅ 正确答案：B\n\n### 解析\n\nls 显示文件。\n\n</details>\n\n"
            "## 第 2 题 🔴\n\n**题型：** 判断题\n\n### 题目\n\n信号可以排队。\n\n**选项：**\n- A. 正确\n- B. 错误\n\n"
            "<details>\n<summary>查看答案</summary>\n\n### ✅ 正确答案：B\n\n</details>\n"
        ),
        ["哪个命令显示进程？\n- A. ls\n- B. ps", "信号可以排队。\n- A. 正确\n- B. 错误"],
        ["ps\n\n解析\n\nls 显示文件。", "错误"],
    ),
    "headings of the same level inside the answers": (
        "list.md",
        (
            "# Kernel notes\nFor the second round\n\n# Q1: What is a page fault?\nThe page is not in memory.\n\n# major and minor\n"
            "A major one reads the disk.\n\n# Q2: How is a page found?\n# the walk\nLevel by level.\n\n# a shortcut\nThe TLB.\n\n# Q3: Who handles it?\nThe kernel.\n\n# Closing remarks\nSleep well.\n"
        ),
        ["What is a page fault?", "How is a page found?", "Who handles it?"],
        [
            "The page is not in memory.\n\nmajor and minor\n\nA major",
            "the walk\n\nLevel by level.\n\na shortcut",
            "The kernel.",
        ],
    ),
    "links above the questions": (
        "list.txt",
        "面试题：https://example.org/a\n更多题目：https://example.org/b\n1、什么是基线？\n拿来比较的版本。\n\n2、什么是探索测试？\n边学边测。\n",
        ["什么是基线？", "什么是探索测试？"],
        ["拿来比较的版本。", "边学边测。"],
    ),
    "what interviewers ask, in tables and in lines": (
        "list.md",
        (
            "# 复盘\n\n## 1. 缓存\n\n| 面试官问 | 答 | 出处 |\n|---|---|---|\n| 过期怎么删？ | 惰性加定期 | 笔记 |\n| 穿透 | 缓存空值 | 笔记 |\n\n"
            "## 2. 队列\n\n**面试官问**：消息丢了怎么办？\n**答**：落盘后再确认。\n\n**面试官追问**：重复了呢？\n**答**：按编号去重。\n"
        ),
        ["过期怎么删？", "穿透", "消息丢了怎么办？", "重复了呢？"],
        ["惰性加定期", "缓存空值", "落盘后再确认。", "按编号去重。"],
    ),
    "numbered nouns in bold": (
        "list.md",
        (
            "# Shell notes\n\n## Files\n\n**1. Counting lines**\n```bash\nwc -l notes.txt\n```\n\n**2. Hard vs soft link**\n- **Hard**: a second name.\n"
            "- **Soft**: a path.\n\n**3. What is an inode?**\n- The record of a file.\n\n## Processes\n\n**4. Zombies**\n- Ended, but not waited for.\n\n"
            "**5. Pipes**\n- A channel.\n"
        ),
        ["Counting lines", "Hard vs soft link", "What is an inode?", "Zombies", "Pipes"],
        ["```bash\nwc -l", "- Hard: a second name.", "- The record", "- Ended,", "- A channel."],
    ),
    "cards without a header of which one goes on below": (
        "cards.csv",
        'Queue,"First in,\nfirst out."\nSemaphore,Counts permits.\n,A lock is one with a single permit.\n,"Taking one may\nblock."\nHeap,A tree.\n',
        ["Queue", "Semaphore", "Heap"],
        [
            "First in,\nfirst out.",
            "Counts permits.\nA lock is one with a single permit.\nTaking one may\nblock.",
            "A tree.",
        ],
    ),
    "options in one cell": (
        "quiz.csv",
        (
            'question,options,answer\nWhich is last in?,"[""queue"", ""stack""]","[""B""]"\nWhich is first in?,"[\'queue\', \'stack\']",A\n'
            'Which are linear?,"A. list; B. tree; C. array","[""A"", ""C""]"\nWhich is a tree?,"{""A"": ""heap"", ""B"": ""ring""}",a\n'
        ),
        [
            "Which is last in?\nA. queue\nB. stack",
            "Which is first in?\nA. queue\nB. stack",
            "Which are linear?\nA. list\nB. tree\nC. array",
            "Which is a tree?\nA. heap\nB. ring",
        ],
        ["stack", "queue", "list\narray", "heap"],
    ),
    "turns of two speakers": (
        "list.md",
        (
            "# 某厂面经\n\n## 一面\n\n**面试官：** 先介绍一下自己？\n\n**我：**（略去两分钟）\n\n**面试官**：什么是管道？\n\n"
            "**我**：进程之间的通道。\n\n（他笑了笑）\n\n面试官：嗯，好的。\n\n我：谢谢。\n\n面试官 A：怎么关闭它？\n\n我：\n- 关写端\n- 关读端\n\n"
            "> 总结：别紧张\n\n## Round 2\n\n**Interviewer:** Signals or messages?\n\n**Me:** Messages, as they queue.\n\n"
            "**Interviewer:** Which tools?\n\n**Me:** (forgot)\n\n## 写在最后\n\n你也在找工作吗？\n"
        ),
        ["什么是管道？", "怎么关闭它？", "Signals or messages?"],
        ["进程之间的通道。", "- 关写端\n- 关读端", "Messages, as they queue."],
    ),
    "bold questions with lettered options": (
        "list.md",
        (
            "**1. Which layer routes packets?**\n\n- A. Link\n- B. Network\n- C. Is it none? No\n\n**Answer: B**\n\n"
            "*Rationale:* Routers look at IP addresses. Do switches? No.\n\n---\n\n"
            "**2. The port of HTTPS is:**\n\n- A. 80\n- B. 443\n\n**Answer: B**\n\n*Rationale:* IANA set it.\n\n---\n\n"
            "**3. Which are lossy?**\n\n- [x] A. JPEG\n- [ ] B. PNG\n- [x] C. MP3\n\n**Answer: A, C**\n\n"
            "*Rationale:* Both drop detail.\n\n---\n\n"
            "**4. Which one is a tree?**\n\n- A. Heap\n- B. Stack\n\n(no key given)\n"
        ),
        [
            "Which layer routes packets?\n- A. Link\n- B. Network\n- C. Is it none? No",
            "The port of HTTPS is:\n- A. 80\n- B. 443",
            "Which are lossy?\n- A. JPEG\n- B. PNG\n- C. MP3",
        ],
        [
            "Network\n\nRationale: Routers look at IP addresses. Do switches? No.",
            "443\n\nRationale: IANA set it.",
            "JPEG\n\nMP3\n\nRationale: Both drop detail.",
        ],
    ),
    "headings in the items of a list": (
        "list.md",
        (
            "# Networking\n\n> A course for **your team**. Why not give it a try? The first month is free.\n\n## Core\n\n"
            "1. ### What is ARP?\n\n    It finds hardware addresses.\n\n2. ### Why is my link down?\n\n    Look:\n\n"
            "    1. Is the cable in? Plug it.\n    2. Is the port up?\n    3. Does the other end answer?\n\n"
            "## Transport\n\n3. ### TCP or UDP?\n\n    | | TCP | UDP |\n    |---|---|---|\n    | Ordered? | yes | no |\n\n"
            "    - Need order? TCP.\n    - Need speed? UDP.\n    - Need both? QUIC.\n\n4. ### Explain NAT\n\n    It rewrites.\n"
        ),
        ["What is ARP?", "Why is my link down?", "TCP or UDP?", "Explain NAT"],
        [
            "It finds hardware addresses.",
            "Look:\n1. Is the cable in? Plug it.\n2. Is the port up?\n3. Does the other end answer?",
            "| TCP | UDP\nOrdered? | yes | no\n- Need order? TCP.\n- Need speed? UDP.\n- Need both? QUIC.",
            "It rewrites.",
        ],
    ),
    "turns with times": (
        "list.txt",
        (
            "10:01 面试官：什么是管道？\n\n[10:02:03] 我：进程之间的通道。\n\n先进先出。\n\n面试官 (10:05)：怎么关闭它？\n\n我 10:06：关写端。\n"
        ),
        ["什么是管道？", "怎么关闭它？"],
        ["进程之间的通道。\n\n先进先出。", "关写端。"],
    ),
    "turns in one paragraph": (
        "list.txt",
        "Interviewer: What is a pipe?\nCandidate: A channel.\n\nInterviewer: Explain signals.\nCandidate: Short notes.\n",
        ["What is a pipe?", "Explain signals."],
        ["A channel.", "Short notes."],
    ),
    "a marked question and my answer": (
        "list.md",
        "Q：什么是管道？\n我答：进程之间的通道。\n\nQ：什么是信号？\n我答：给进程的短消息。\n",
        ["什么是管道？", "什么是信号？"],
        ["进程之间的通道。", "给进程的短消息。"],
    ),
    "headings in two languages": (
        "list.md",
        (
            "# Notes 笔记\n\n## 如何使用 How do I use this?\n\nRead. 读。\n\n## Basics 基础\n\n### Q1. What is a pipe?\n### 什么是管道？\n\n"
            "A channel.\n\n通道。\n\n### Q2. Design a lock\n### 设计一把锁\n\n1. Clarify. Who waits?\n2. Queue the rest.\n\n"
            "### Q3. Push vs pull\n### 推与拉\n\n## Credits 致谢\n\nThanks.\n"
        ),
        ["What is a pipe?\n什么是管道？", "Design a lock\n设计一把锁"],
        ["A channel.\n\n通道。", "1. Clarify. Who waits?\n2. Queue"],
    ),
    "marks in two languages": (
        "list.md",
        "**Q: What is a pipe?**\n**问：什么是管道？**\n\nA: A channel.\n\n**Q: What is a signal?**\n**问：什么是信号？**\n\nA: A note.\n",
        ["What is a pipe?\n什么是管道？", "What is a signal?\n什么是信号？"],
        ["A channel.", "A note."],
    ),
    "one heading in two languages": (
        "list.md",
        "## What is a pipe? / 什么是管道？\n\nA channel.\n\n## 信号是什么？ What is a signal?\n\nA note.\n",
        ["What is a pipe? / 什么是管道？", "信号是什么？ What is a signal?"],
        ["A channel.", "A note."],
    ),
    "containers with a title": (
        "list.md",
        (
            "### 什么是管道？\n\n::: details 参考答案\n进程之间的通道。\n:::\n\n### 什么是信号？\n\n::: details 参考答案\n（待完善）\n:::\n\n"
            "### What is a lock?\n\n::: details Show the answer\nOne holder.\n:::\n"
        ),
        ["什么是管道？", "What is a lock?"],
        ["进程之间的通道。", "One holder."],
    ),
    "questions in either language": (
        "list.md",
        "## What is a pipe?\n## 什么是信号？\n\n短消息。\n\n## What is a lock?\n\nOne holder.\n\n## 什么是堆？\n\n一种树。\n",
        ["什么是信号？", "What is a lock?", "什么是堆？"],
        ["短消息。", "One holder.", "一种树。"],
    ),
    "folds that order and do not ask": (
        "list.md",
        (
            "<details>\n<summary><b>The build fails on one machine. Name what you would look at.</b></summary>\n\n"
            "1. **Versions**: is the compiler the same? Are the flags?\n2. **State**: is the cache stale?\n\n</details>\n\n"
            "<details>\n<summary><b>What is a flaky test?</b></summary>\n\nOne that fails now and then.\n\n</details>\n"
        ),
        ["The build fails on one machine. Name what you would look at.", "What is a flaky test?"],
        ["1. Versions: is the compiler", "One that fails"],
    ),
    "numbered headings with numbered steps": (
        "list.md",
        (
            "### 1.1 什么是握手？\n\n双方先约好参数。\n\n### 1.2 建立连接的过程\n\n1. 计算校验和\n\n说明：逐字节相加。\n\n"
            "2. 给出序号\n\n从随机数开始。\n\n### 1.3 为什么要三次？\n\n两边都要确认对方能收到。\n"
        ),
        ["什么是握手？", "建立连接的过程", "为什么要三次？"],
        ["双方", "1. 计算校验和", "两边"],
    ),
    "plain headings between headings that ask": (
        "list.md",
        (
            "# 网络\n\n## 粘包\n\n字节流没有边界。\n\n## 窗口\n\n接收方告诉发送方还能收多少。\n\n### 窗口为零怎么办？\n\n发送方定时探测。\n\n"
            "## 什么是慢启动？\n\n从小窗口开始加倍。\n"
        ),
        ["粘包", "窗口", "窗口为零怎么办？", "什么是慢启动？"],
        ["字节流", "接收方", "发送方定时", "从小窗口"],
    ),
    "an exercise inside a section": (
        "list.md",
        "### 什么是值传递？\n\n参数是一份副本。\n\n### 深拷贝和浅拷贝\n\n浅拷贝只复制一层。\n\n练习：改了副本，原来的 a 变了吗？\n\n答案：没有变。\n",
        ["什么是值传递？", "深拷贝和浅拷贝"],
        ["参数", "浅拷贝只复制一层。"],
    ),
    "deeper headings with a mark and no answer": (
        "list.md",
        (
            "## Q. What is a pipe?\n\nA channel between processes.\n\n## Q. What is a signal?\n\nA short note to a process.\n\n"
            "#### Q. What is a daemon?\n#### Q. What is a zombie?\n"
        ),
        ["What is a pipe?", "What is a signal?"],
        ["A channel", "A short note to a process."],
    ),
    "follow-ups below a question": (
        "list.md",
        "- What is a trait?\n  - How would you test one?\n- What is a mixin?\n  - A class that only adds methods.\n",
        ["What is a mixin?"],
        ["- A class that only adds methods"],
    ),
    "a remark in the summary": (
        "list.md",
        (
            "<details><summary>Is a view stored? (in most databases)</summary>\n\n</details>\n\n"
            "<details><summary>What is a cursor?</summary>\n\nIt walks the rows one by one.\n\n</details>\n"
        ),
        ["What is a cursor?"],
        ["It walks"],
    ),
    "links and their labels": (
        "list.md",
        (
            "## What does grep do? [[source]](https://example.org/g)\n\nIt prints the lines that match.\n\n### See also\n\n"
            "- [The manual](https://example.org/m)\n- [A long talk](https://example.org/t)\n\n"
            "## What does sort do?\n[[Answer]](https://example.org/s)\n\nIt orders lines.\n\nRelated links:\n\n- [More](https://example.org/x)\n"
        ),
        ["What does grep do?", "What does sort do?"],
        ["It prints the lines that match.", "It orders lines."],
    ),
    "words behind the last rule": (
        "list.txt",
        (
            "**Q: What is a byte?**\n**A:** Eight bits.\n\n---\n\n**Q: What is a word?**\n**A:** What a processor takes at once.\n\n---\n\n"
            "How to use this deck:\n1. Open the program\n2. Choose the file\n"
        ),
        ["What is a byte?", "What is a word?"],
        ["Eight bits.", "What a processor takes at once."],
    ),
    "indented prose and indented code": (
        "list.md",
        (
            "#### What is a median?\n        Half of the values are below it\n\n        An outlier hardly moves it\n\n"
            "#### How is it computed?\n        sorted(xs)[len(xs) // 2]\n\n#### Why not the mean?\n        1) One value can pull it away\n        2) It may be no value at all\n"
        ),
        ["What is a median?", "How is it computed?", "Why not the mean?"],
        ["Half of the values are below it\n\nAn outlier", "```\n", "1) One value"],
    ),
    "cards of several lines": (
        "cards.txt",
        "What are the layers?\t- physical\n- link\n- network\nWhat is a frame?\tWhat the link layer sends.\n",
        ["What are the layers?", "What is a frame?"],
        ["- physical\n- link\n- network", "What the link layer sends."],
    ),
    "cards below a row of names": (
        "cards.txt",
        "Front\tBack\nWhat is a hub?\tIt repeats what it hears.\nWhat is a switch?\tIt knows who is where.\n",
        ["What is a hub?", "What is a switch?"],
        ["It repeats", "It knows"],
    ),
    "cards with a comment between their sides": (
        "cards.md",
        "## Ring buffer\n\nIs it full?\n\n<!-- split -->\n\nThe write place has come round.\n\n## Bloom filter\n\nWhen does it err?\n\n<!-- split -->\n\nIt may say yes.\n",
        ["Ring buffer\n\nIs it full?", "Bloom filter\n\nWhen does it err?"],
        ["The write place", "It may say yes."],
    ),
    "a deck with decks in it": (
        "deck.json",
        json.dumps(
            {
                "__type__": "Deck",
                "name": "All",
                "note_models": [{"flds": [{"name": "Front"}]}],
                "notes": [
                    {"fields": ["What is <i>DNS</i>?", "It turns names into addresses."], "tags": ["net::names"]}
                ],
                "children": [{"notes": [{"fields": ["What is NAT?", "Many hosts share one address."], "tags": []}]}],
            }
        ),
        ["What is DNS?", "What is NAT?"],
        ["It turns", "Many hosts"],
    ),
    "choices in one line": (
        "list.md",
        "### 1. 哪个协议没有连接？ A. TCP B. UDP C. SCTP\n\n答案：B\n\n### 2. 哪一层管路由？\nA. 链路层\nB. 网络层\n\n【答案】B。路由器在这一层转发。\n",
        ["哪个协议没有连接？\nA. TCP\nB. UDP\nC. SCTP", "哪一层管路由？\n\nA. 链路层\nB. 网络层"],
        ["UDP", "网络层\n\n路由器在这一层转发。"],
    ),
    "choices with a right one in a block": (
        "list.md",
        "## Q. Which call blocks?\n* poll\n* read\n* stat\n```\nread\n```\n\n## Q. Which call forks?\n- [ ] `exec`\n- [x] `fork`\n",
        ["Which call blocks?\n- poll\n- read\n- stat", "Which call forks?\n- exec\n- fork"],
        ["read", "fork"],
    ),
    "lines that file a question away, between it and its answer": (
        "list.md",
        (
            "#### Q1: Why are topics cut into partitions?\n\n**Difficulty:** Basic | **Type:** Theory\n\n**Answer:** Each can be read at once.\n\n"
            "#### Q2: What keeps the order?\n\n**Difficulty:** Basic | **Type:** Theory\n\n**Answer:** A key keeps its partition.\n"
        ),
        ["Why are topics cut into partitions?", "What keeps the order?"],
        ["Each can be read at once.", "A key keeps its partition."],
    ),
    "terms below the letters of the alphabet": (
        "terms.md",
        (
            "# Terms\n\n### A\n\n**Abstraction**\nLeaving out what does not matter.\n\n**Atomic**\nDone whole or not at all.\n\n"
            "### B\n\n**Barrier**\nNobody goes on before all are there.\n\n**Buffer**\nA place for what has to wait.\n"
        ),
        ["Abstraction", "Atomic", "Barrier", "Buffer"],
        ["Leaving out", "Done whole", "Nobody goes on", "A place"],
    ),
    "headings of one sign": (
        "terms.md",
        "# 数据结构\n\n## 堆\n\n一种完全二叉树。\n\n## 队列\n\n先进先出的表。\n\n## 栈\n\n后进先出的表。\n",
        ["堆", "队列", "栈"],
        ["一种", "先进", "后进"],
    ),
    "languages of one letter": (
        "terms.md",
        "# Languages\n\n## 1. C\n\nHas pointers.\n\n## 2. Go\n\nHas channels.\n\n## 3. R\n\nHas tables.\n",
        ["C", "Go", "R"],
        ["Has pointers", "Has channels", "Has tables"],
    ),
    "calls that end in brackets": (
        "list.md",
        "### Methods of a thread\n\n1. wait()\n2. notify()\n3. equals()\n\n### Lock\n\nIt keeps others out.\n",
        ["Methods of a thread", "Lock"],
        ["1. wait()\n2. notify()\n3. equals()", "It keeps"],
    ),
    "blanks with options in numbered lists": (
        "quiz.md",
        (
            "1.   队列的特点是（ ）。\n     1.   A、先进先出\n     2.   B、先进后出\n\n     **答案：A**\n\n     解析：从一端进，从另一端出。\n\n"
            "2.   栈用于（ ）。\n     1.   A、广度优先\n     2.   B、函数调用\n\n     **答案：B**\n"
        ),
        ["队列的特点是（ ）。\n\nA、先进先出\n\nB、先进后出", "栈用于（ ）。\n\nA、广度优先\n\nB、函数调用"],
        ["先进先出\n\n解析：从一端进", "函数调用"],
    ),
    "columns that say what kind of answer they hold": (
        "sheet.csv",
        "ID,Question,Ideal Answer,Created At,Good to hear\n1,What is a page?,A piece of memory.,2021-04-02,Its size\n2,What is a frame?,Where a page lies.,,\n",
        ["What is a page?", "What is a frame?"],
        ["A piece of memory.\n\nGood to hear：\nIts size", "Where a page lies."],
    ),
    "what a server replies": (
        "reply.json",
        json.dumps(
            {
                "code": 0,
                "tags": ["a", "b"],
                "data": {
                    "total": 1,
                    "list": [
                        {
                            "title": "What does with do?",
                            "content": {"answer": "It closes what it opens.", "analysis": "Also after an error."},
                            "tags": [{"id": 1, "name": "python"}],
                        }
                    ],
                },
            }
        ),
        ["What does with do?"],
        ["It closes what it opens.\n\nAlso after an error."],
    ),
    "columns of which one asks": (
        "list.md",
        (
            "# 网络\n\n一、基础\n\n| 问题 | 记住这些 |\n|---|---|\n| 什么是端口？ | 区分同一台机器上的程序 |\n| 端口有哪些？ | 0 到 65535 |\n\n"
            "```\nss -lnt\n```\n\n二、连接\n\n| 面试官常问 | 怎么说 |\n|---|---|\n| 为什么要握手？ | 让双方确认彼此的收发都正常 |\n"
            "| 谁先挥手？ | 先不再发送数据的那一方 |\n\n| 问题 | 公司 |\n|---|---|\n| 什么是粘包，怎么处理？ | 甲 |\n| 什么是滑动窗口？ | 乙 |\n"
        ),
        ["什么是端口？", "端口有哪些？", "为什么要握手？", "谁先挥手？"],
        ["区分同一台机器上的程序", "0 到 65535", "让双方确认彼此的收发都正常", "先不再发送数据的那一方"],
    ),
    "a list with numbers that hardly asks": (
        "list.md",
        (
            "### 缓存\n1. 缓存雪崩是什么?\n2. 淘汰策略\n    - 最近最少使用\n    - 先进先出\n3. 预热\n    - TODO\n"
            "7. 缓存和数据库的双写\n    - 先写库\n        - 再删缓存\n8. 如何监控命中率\n    - 看计数器\n"
        ),
        ["淘汰策略", "缓存和数据库的双写", "如何监控命中率"],
        ["- 最近最少使用\n- 先进先出", "- 先写库\n  - 再删缓存", "- 看计数器"],
    ),
    "numbers in the answers of numbers": (
        "list.txt",
        (
            "3.锁\n一次只让一个进去。\n\n4.乐观锁和悲观锁区别\n1.悲观锁\n先锁再做。\n2.乐观锁\n先做再比版本。\n\n"
            "5.死锁怎么避免？\n按同样的顺序拿锁。\n\n6.信号量\n1.减一\n2.为零就等\n"
        ),
        ["锁", "乐观锁和悲观锁区别", "死锁怎么避免？", "信号量"],
        [
            "一次只让一个进去。",
            "1.悲观锁\n先锁再做。\n2.乐观锁\n先做再比版本。",
            "按同样的顺序拿锁。",
            "1.减一\n2.为零就等",
        ],
    ),
    "numbers of right options": (
        "quiz.json",
        (
            '[{"q": "Which port is HTTPS?", "options": ["443", "80"], "correct": 0}, '
            '{"q": "Which are trees?", "options": ["heap", "stack", "trie"], "correct": [0, 2], "explanation": "Nodes have children."}, '
            '{"q": "How many bits has a byte?", "options": ["7", "8"], "correct": 1}]'
        ),
        [
            "Which port is HTTPS?\nA. 443\nB. 80",
            "Which are trees?\nA. heap\nB. stack\nC. trie",
            "How many bits has a byte?\nA. 7\nB. 8",
        ],
        ["443", "heap\ntrie\n\nNodes have children.", "8"],
    ),
    "numbers of right options from one": (
        "quiz.csv",
        "question,option1,option2,answer\nWhich port is HTTPS?,443,80,1\nWhich is a tree?,stack,heap,2\nWhich is lossy?,JPEG,PNG,a\n",
        [
            "Which port is HTTPS?\nA. 443\nB. 80",
            "Which is a tree?\nA. stack\nB. heap",
            "Which is lossy?\nA. JPEG\nB. PNG",
        ],
        ["443", "heap", "JPEG"],
    ),
    "an index of the right option": (
        "quiz.json",
        '[{"question": "Which is a tree?", "choices": {"a": "stack", "b": "heap", "c": "queue"}, "correctIndex": 1, "id": 1}]',
        ["Which is a tree?\nA. stack\nB. heap\nC. queue"],
        ["heap"],
    ),
    "cards of which many lack their backs": (
        "deck.txt",
        (
            '# my cards, exported\nWhat is a <b>lease</b>?\nWhat is a lock?</div></div>\t"One holder, ""at a time"".</div>"\n'
            "Why do leases end?\nHow long do they last?\t<b>seconds</b>\nother word for lock\tmutex\nWho holds it?\n"
        ),
        ["What is a lock?", "How long do they last?", "other word for lock"],
        ['One holder, "at a time".', "seconds", "mutex"],
    ),
    "a deck whose fields have names": (
        "deck.json",
        json.dumps(
            {
                "note_models": [
                    {"crowdanki_uuid": "m", "flds": [{"name": one} for one in ("来源", "正面", "拓展", "背面")]}
                ],
                "notes": [
                    {"note_model_uuid": "m", "fields": ["书", "什么是锁？", "还有读锁。", "一次一个。"], "tags": []},
                    {"note_model_uuid": "x", "fields": ["什么是管道？", "进程之间的通道。", "", ""], "tags": []},
                ],
            }
        ),
        ["什么是锁？", "什么是管道？"],
        ["一次一个。\n\n加分项：\n还有读锁。", "进程之间的通道。"],
    ),
    "chapters with pictures and lines that ask": (
        "list.md",
        (
            "# 笔记\n\n## 锁\n\n![alt text](./lock.png)\n\n### 练习\n\nQ1: 什么是锁？\nA1: 一次只让一个进去。\n\nQ2: 为什么要锁？\nA2:\n"
            "![alt text](./why.png)\n\nQ2_续: 不锁会怎样？\nA2: 写会丢。\n\n## 信号量\n\n![alt text](./sem.png)\n\n"
            "Q3-1: 它和锁差在哪？\nA3: 它有计数器。\n\n## 管道\n\n![alt text](./pipe.png)\n"
        ),
        ["什么是锁？", "不锁会怎样？", "它和锁差在哪？"],
        ["一次只让一个进去。", "写会丢。", "它有计数器。"],
    ),
    "a page with folds": (
        "page.html",
        (
            "<!DOCTYPE html><html><head><title>Q</title><style>p{}</style></head>\n<body><nav><ul><li><a href='#a'>What is ARP?</a></li></ul></nav>\n"
            "<header><h2>Ready?</h2></header><main><h1>Networks</h1>\n<details><summary><span>What is <code>ARP</code>?</span><span>Easy</span>"
            "<span>▶</span></summary>\n<div><p>It finds\n   <b>hardware</b> addresses:</p><ul><li><p>asks &lt;all&gt;</p><ol><li>once</li><li>or twice</li></ol></li>"
            "<li>keeps_the_reply</li></ul>\n<table><tr><th></th><th>ARP</th></tr><tr><td>layer</td><td>2</td></tr></table><!-- no --></div></details>\n"
            "<details><summary>Why a <em>cache</em>?</summary><pre><code>arp -a\n  # shows it</code></pre><p>1 * 2 * 3</p></details></main>\n"
            "<footer><p>Any questions?</p></footer><script>if (a < b) {}</script></body></html>\n"
        ),
        ["What is ARP?", "Why a cache?"],
        [
            "It finds hardware addresses:\n- asks <all>\n  1. once\n  2. or twice\n- keeps_the_reply\n\n | ARP\nlayer | 2",
            "```\narp -a\n  # shows it\n```\n\n1 * 2 * 3",
        ],
    ),
    "a page with headings": (
        "page.htm",
        (
            "<article><header><h1>锁</h1></header><h2 id=a><a class='anchor' href='#a'>#</a> 什么是锁</h2><p>一次只让一个<a href='/x'>线程</a>进去。<br>先到先得。</p>"
            "<h2><a href='#b'>#</a>为什么要锁</h2><blockquote>不锁就会丢。</blockquote></article><aside><p>怎么订阅？</p></aside>"
        ),
        ["什么是锁", "为什么要锁"],
        ["一次只让一个线程进去。\n先到先得。", "不锁就会丢。"],
    ),
    "a page with terms": (
        "page.html",
        "<h1>FAQ</h1><dl><dt>What is a lock?<dd>One holder at a time.<dt>Why are leases short?<dd><p>Holders die.</p><p>Others wait.</p></dl>",
        ["What is a lock?", "Why are leases short?"],
        ["One holder at a time.", "Holders die.\n\nOthers wait."],
    ),
    "tables that file questions away": (
        "list.md",
        (
            "## 1. What is a lease?\n\n| Level | Easy |\n|---|---|\n\n> A lock that ends.\n\n## 2. What is a lock?\n\n"
            "| Level | Hard |\n|---|---|\n| Topic | Locks |\n\n## 3. Which modes are there?\n\n| Mode | Easy |\n|---|---|\n| shared | yes |\n"
        ),
        ["What is a lease?", "Which modes are there?"],
        ["A lock that ends.", "Mode | Easy\nshared | yes"],
    ),
    "a column of examples": (
        "list.md",
        (
            "| # | Question | Answer | Example (if any) |\n|---|---|---|---|\n| 1 | What is boxing? | A value in an object. | `Integer.valueOf(1)` |\n"
            "| 2 | What is a class? | A plan of objects. | - |\n"
        ),
        ["What is boxing?", "What is a class?"],
        ["A value in an object.\nInteger.valueOf(1)", "A plan of objects."],
    ),
    "programs below numbers, typed at a prompt": (
        "tasks.txt",
        (
            "4. How to turn a list round.\n\n>>> a = [1, 2]\n>>> a[::-1]\n[2, 1]\n\n5. Sort it.\n\na = [2, 1]\n# in its place\na.sort()\n\n"
            "6. Write a program that counts.\n\nfrom collections import Counter\n# as a mapping\nn = Counter(a)\n"
        ),
        ["How to turn a list round.", "Sort it.", "Write a program that counts."],
        [
            ">>> a = [1, 2]\n>>> a[::-1]\n[2, 1]",
            "a = [2, 1]\n# in its place",
            "from collections import Counter\n# as a",
        ],
    ),
    "notes above callouts that ask": (
        "notes.md",
        (
            "# Notes\n\n## Locks\n\nThey have one holder.\n\n## Leases\n\nThey end.\n\n# Questions\n\n> [!question]- What is a lock\n> One holder.\n\n"
            "> [!question]- Why do leases end\n> Holders die.\n"
        ),
        ["What is a lock", "Why do leases end"],
        ["One holder.", "Holders die."],
    ),
    "numbers above lines that say they ask": (
        "list.md",
        (
            "Questions\n1. What is a pipe?\n2. How is it closed?\n\n=====\n\n1. What is a signal? Who sends it?\nAnswer:\nA short note.\n\n"
            "2. Describe a socket\nAns: An end of a line.\n\nQ : What is a lock?\nA : One holder.\n\nQ: Why do leases end?\nA : Holders die.\n"
        ),
        ["What is a signal? Who sends it?", "Describe a socket", "What is a lock?", "Why do leases end?"],
        ["A short note.", "An end of a line.", "One holder.", "Holders die."],
    ),
    "options that say themselves whether they are right": (
        "quiz.json",
        (
            '{"quiz": [{"question": "Which are trees?", "answers": [{"text": "heap", "correct": true}, {"text": "stack", "correct": false}, '
            '{"text": "trie", "correct": true}], "explanation": "Nodes have children."}, '
            '{"question": "Which is lossy?", "answerOptions": [{"id": 1, "body": "PNG", "isCorrect": false}, '
            '{"id": 2, "body": "JPEG", "isCorrect": true}]}]}'
        ),
        ["Which are trees?\nA. heap\nB. stack\nC. trie", "Which is lossy?\nA. PNG\nB. JPEG"],
        ["heap\ntrie\n\nNodes have children.", "JPEG"],
    ),
}
