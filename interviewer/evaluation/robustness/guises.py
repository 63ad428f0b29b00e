"""Honest writing in other guises: slips of the pen, other widths, other characters."""

import random
import re
from functools import cache

import opencc

_SLIP = 0.25
_SLIP_ZH = 0.04
_LONG = 7

# Characters that are typed for one another, because they sound or look alike; the right one first.
_ALIKE = (
    "的地 地的 得的 在再 再在 做作 作做 像象 以已 已以 和合 度渡 型形 形型 练炼 数树 值直 层曾 权全 网往 络洛 输书 训驯 率律 样洋 误务 差叉 损捐 "
    "失矢 函涵 初出 始使 化画 机几 噪燥 池迟 卷券 积集 归规 规归 矩距 距矩 阵振 向像 传转 播拨 偏编 步部 收受 敛脸 激击 活话 线现 现线 性姓 优忧 标表 "
    "签鉴 特持 征证 入人 小少 过国 拟似 参叁 被背 更梗 新心 常长 进近 近进 即既 须需 需须 坐座 座坐 带代 代带 分份 份分 象像"
).split()  # fmt: skip


def typos(text: str, chance: random.Random) -> str:
    """A slip in every fourth long word, and one Chinese character in twenty-five mistaken for a like one.

    Of the slips, two letters are exchanged, one is left out, or one is typed twice.
    """
    alike = {pair[0]: pair[1] for pair in _ALIKE}

    def slip(match: re.Match[str]) -> str:
        word = match[0]
        if len(word) < _LONG or chance.random() > _SLIP:
            return word
        at = chance.randrange(1, len(word) - 2)
        typed = chance.choice((word[at + 1] + word[at], word[at + 1], word[at] + word[at : at + 2]))
        return word[:at] + typed + word[at + 2 :]

    slipped = re.sub(r"[A-Za-z]+", slip, text)
    wanted = sum("\u3400" <= character <= "\u9fff" for character in slipped) * _SLIP_ZH
    places = [place for place, character in enumerate(slipped) if character in alike]
    chosen = set(chance.sample(places, min(len(places), round(wanted))))
    return "".join(alike[character] if place in chosen else character for place, character in enumerate(slipped))


def full_width(text: str) -> str:
    return "".join(chr(ord(character) + 0xFEE0) if "!" <= character <= "~" else character for character in text)


def traditional(text: str) -> str:
    return _traditional().convert(text)  # type: ignore[no-any-return]


def broken_lines(text: str) -> str:
    """A new line after every comma."""
    return text.replace("，", "，\n").replace(", ", ",\n")


@cache
def _traditional() -> opencc.OpenCC:
    return opencc.OpenCC("s2t")
