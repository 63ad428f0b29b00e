"""A question whose criteria must not be given away, and what a model might say that does: `planted_leaks.toml`."""

import tomllib
from pathlib import Path

from fakes import both

from interviewer.domain.language import Language
from interviewer.domain.rubric import Bank, Criterion, Kind, Question

QUESTION = Question(
    id="overfit",
    topic="training",
    text=both("验证损失先降后升，你会怎么办？", "The validation loss falls, then rises. What do you do?"),
    reference=both("早停、权重衰减、数据增强。", "Early stopping, weight decay, data augmentation."),
    criteria=(
        Criterion(
            "stop",
            both("保留验证最好那一刻的模型", "Keep the model of the moment when validation was best"),
            weight=3,
            aliases=(("early stopping", "stop training early", "早停"),),
            probe=both("哪一轮的模型最好？", "Which epoch is the one you want?"),
        ),
        Criterion(
            "decay",
            both("在损失里惩罚大的权重", "Large weights are punished in the loss"),
            weight=2,
            aliases=(("weight decay", "L2 penalty", "small weights", "L2 惩罚", "权重变小"),),
        ),
        Criterion("augment", both("数据增强", "Data augmentation"), aliases=(("data augmentation", "数据增强"),)),
        Criterion("longer", both("训练更久", "Train longer"), Kind.MISTAKE, aliases=(("train longer", "训练更久"),)),
    ),
)
BANK = Bank("overfitting", both("过拟合", "Overfitting"), (QUESTION,))

# An answer that makes one point, and a question that asks for no more than what is meant.
SAID = {Language.EN: "I would use data augmentation such as flips", Language.ZH: "我会做数据增强，比如翻转图片"}
QUOTE = {Language.EN: "such as flips", Language.ZH: "比如翻转图片"}

PLANTED = [
    (Language(language), form, text)
    for language, forms in tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8")).items()
    for form, texts in forms.items()
    for text in texts
]
