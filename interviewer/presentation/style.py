"""The style sheet of chat, card and report, on the page and in the HTML files that are written."""

DARK = """--good: #4ade80; --part: #facc15; --bad: #f87171; --quiet: #9ca3af; --line: #374151; --mine: #1e1b4b;
  --theirs: #1f2937; --mark: #166534;"""

STYLE = """
.chat, .card, .report { --good: #15803d; --part: #a16207; --bad: #b91c1c; --quiet: #4b5563; --line: #d1d5db; --mine: #eef2ff;
  --theirs: #f3f4f6; --mark: #bbf7d0; overflow-wrap: anywhere; line-height: 1.6; }
.turn { max-width: 92%; margin: .5rem 0; padding: .5rem .8rem; border-radius: .7rem; background: var(--theirs); }
.turn.mine { margin-left: auto; background: var(--mine); }
.turn .who { margin: 0; font-size: .8rem; color: var(--quiet); }
.turn.question .said { font-weight: 600; }
.said, .answer, .reference { white-space: pre-wrap; unicode-bidi: isolate; }
.note, .quiet { color: var(--quiet); font-size: .9rem; }
.note { text-align: center; }
.card, .report { padding: .2rem .1rem; }
.card blockquote { margin: .4rem 0; padding: .4rem .8rem; border-left: 3px solid var(--line); }
.card mark { background: var(--mark); color: inherit; border-radius: .2rem; padding: 0 .1rem; }
.ledger { list-style: none; padding: 0; }
.ledger li { border-left: 3px solid var(--line); padding: .1rem .7rem; margin: .5rem 0; }
.ledger li p { margin: .15rem 0; }
.ledger .sign { display: inline-block; width: 1.3em; font-weight: 700; }
.ledger .met { border-color: var(--good); } .ledger .met .sign { color: var(--good); }
.ledger .partial { border-color: var(--part); } .ledger .partial .sign { color: var(--part); }
.ledger .contradicted, .ledger .mistake { border-color: var(--bad); }
.ledger .contradicted .sign, .ledger .mistake .sign, .failure { color: var(--bad); }
.quote { font-style: italic; }
.tag { font-size: .8rem; font-style: normal; border: 1px solid var(--line); border-radius: .4rem; padding: 0 .35rem; }
.flag { border: 1px solid var(--part); border-radius: .5rem; padding: .3rem .6rem; }
.badge { font-size: .9rem; border-left: 3px solid var(--part); padding-left: .6rem; }
.score { font-size: 1.15rem; }
.unseen { color: var(--bad); }
details { margin: .6rem 0; } summary { cursor: pointer; }
.report details.question { border-top: 1px solid var(--line); padding-top: .5rem; }
.outcome { color: var(--quiet); font-weight: 400; }
.topics { border-collapse: collapse; width: 100%; } .topics th, .topics td { text-align: left; padding: .3rem .5rem; border-bottom: 1px solid var(--line); font-weight: 400; }
.topics th { overflow-wrap: normal; hyphens: auto; } .topics .bar { width: 35%; } .topics svg { width: 100%; height: .8rem; display: block; }
.topics .track { fill: var(--theirs); } .topics .maybe { fill: var(--mark); } .topics .sure { fill: var(--good); }
.second pre { white-space: pre-wrap; border: 1px solid var(--line); border-radius: .5rem; padding: .6rem; font-size: .85rem; }
@media (max-width: 40rem) { .topics tr > :nth-child(4) { display: none; } .topics .bar { width: 22%; } .turn { max-width: 100%; } }
"""

# For a file of its own, where no page around it has said anything about fonts and colours.
PAGE = (
    """
body { font-family: system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif; margin: 0 auto; max-width: 52rem;
  padding: 1rem; line-height: 1.6; color: #1f2937; background: #fff; }
footer { margin-top: 3rem; border-top: 1px solid #d1d5db; color: #4b5563; font-size: .85rem; }
@media screen and (prefers-color-scheme: dark) { body { color: #e5e7eb; background: #111827; } footer { color: #9ca3af; }
  .chat, .card, .report { """
    + DARK
    + " } }\n"
)

# For the mark sheet, beside the two above.
SHEET = """
.sheet { max-width: 60rem; } .sheet h1 { line-height: 1.25; } .sheet h2 { margin: 2.4rem 0 .6rem; }
.sheet table { border-collapse: collapse; width: 100%; }
.sheet th, .sheet td { overflow-wrap: break-word; text-align: left; vertical-align: top; padding: .35rem .5rem; border-bottom: 1px solid var(--line); }
.sheet thead th { font-size: .85rem; color: var(--quiet); } .sheet tbody th { font-weight: 600; }
.sheet a { color: inherit; text-underline-offset: .2em; }
.tally ul { margin: 0; padding-left: 1.1rem; } .tally .bar { display: block; width: 7rem; max-width: 100%; }
.beside { display: block; } .tally td:has(.bar) { min-width: 13rem; }
.bar svg { width: 100%; height: .6rem; display: block; margin: .35rem 0 .2rem; }
.bar .track { fill: var(--theirs); } .bar .maybe { fill: var(--mark); } .bar .sure { fill: var(--good); }
.legend span { display: inline-block; margin-right: 1.1rem; }
.wide { overflow-x: auto; } .map { margin: 1.6rem 0 2.2rem; } .map h3 { margin: 0 0 .3rem; }
.map th, .map td { padding: .3rem .4rem; } .map .point, .map thead th:not(:first-child):not(:last-child) { text-align: center; width: 2.2rem; }
.map .point { padding: 2px; } .map .point a { display: block; text-decoration: none; border-radius: .3rem; min-height: 1.8rem; line-height: 1.8rem; }
.map ol { padding-left: 1.4rem; font-size: .92rem; } .map td:last-child { white-space: nowrap; }
.sheet .tag { font-weight: 400; display: inline-block; line-height: 1.4; }
.sheet { --met: #bbf7d0; --half: #fef08a; --none: #f3f4f6; --wrong: #fecaca; }
.met a { background: var(--met); } .partial a { background: var(--half); } .missing a { background: var(--none); }
.contradicted a { background: var(--wrong); } .point.unknown a { border: 1px dashed var(--quiet); }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.answered { border-top: 3px solid var(--line); margin-top: 2rem; padding-top: .4rem; } .answered .who { margin: 0; }
.answered h3 { margin: .3rem 0; } .answered h4 { margin: .9rem 0 .2rem; }
.answer:empty::before { content: "–"; }
@media screen and (prefers-color-scheme: dark) { .sheet { --met: #14532d; --half: #713f12; --none: #1f2937; --wrong: #7f1d1d; } }
@media screen and (max-width: 40rem) { .sheet { padding: .7rem; } .sheet th, .sheet td { padding: .3rem .25rem; }
  .tally thead { display: none; } .tally, .tally tbody, .tally tr, .tally th, .tally td { display: block; }
  .beside { display: inline; margin-left: .5rem; } .sheet .tally th, .sheet .tally td { border: 0; padding: .1rem 0; } .tally tr { border-bottom: 1px solid var(--line); padding: .5rem 0; }
  .tally td::before { content: attr(data-label) " "; font-size: .85rem; color: var(--quiet); }
  .map { font-size: .93rem; } .map tbody th { overflow-wrap: anywhere; min-width: 4.5rem; } .map .point { padding: 1px; } .map .point, .map thead th:not(:first-child):not(:last-child) { width: 1.6rem; }
  .map thead th { padding: .2rem 0; } .map .point a { min-width: 1.5rem; } .map td:last-child a { text-decoration: none; } }
@media print { body { max-width: none; } .sheet a { text-decoration: none; } details { display: none; }
  .map, tr, .ledger li { break-inside: avoid; } * { print-color-adjust: exact; } }
"""
