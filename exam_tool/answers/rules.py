"""The rules of reading and judging answers as a table, for the help and the documentation. A test judges every example in it."""

from __future__ import annotations

from typing import NamedTuple

from exam_tool.language import Language, Text


class Example(NamedTuple):
    """An answer, what it answers, and what becomes of it: a verdict, with the settings of ``judge`` it needs."""

    typed: str
    kind: str
    key: str
    verdict: str
    settings: tuple[tuple[str, object], ...] = ()


class Rule(NamedTuple):
    """One rule with the answers that show it."""

    topic: Text
    says: Text
    examples: tuple[Example, ...]


ROUNDING = Text(
    "A question that asks for p decimals accepts every number within half a unit of the p-th decimal of the true value, ends included, "
    "and the exact value in any form. Further digits do no harm, missing final zeros neither. A right rounding to fewer decimals than "
    "asked is imprecise: in practice you may type it again, in an exam it keeps the method mark and loses the accuracy mark. Significant "
    "figures count from the first digit that is not 0. Where neither is stated a decimal answer needs 3 significant figures, and a "
    "whole number, fraction, root or matrix must be exact.",
    "题目要求 p 位小数时，凡与真值之差不超过第 p 位小数的半个单位（含端点）的数都算对，写成任何形式的精确值也算对。"
    "多写的位数没有影响，省略末尾的零也没有影响。"
    "位数少于要求但舍入正确的算“不够精确”：练习时可以重新输入，考试时保留方法分、扣去准确分。有效数字从第一个非零数字算起。"
    "题目没有说明时，小数答案取 3 位有效数字，整数、分数、根式与矩阵必须精确。",
)

TWO_PLACES = (("places", 2),)
FOUR_PLACES = (("places", 4),)

RULES: tuple[Rule, ...] = (
    Rule(
        Text("Characters", "字符"),
        Text(
            "Full-width digits, brackets and commas, × ÷ − · √ π ² ½ and a Chinese full stop between digits are read as what they mean. "
            "Invisible characters, digits of other scripts and Chinese numerals are refused by name.",
            "全角数字、括号、逗号，× ÷ − · √ π ² ½，以及数字之间的句号，都按其含义读取。不可见字符、"
            "其他文字的数字和中文数字会被指出并拒绝。",
        ),
        (
            Example("０。２７", "decimal", "0.268941", "correct", TWO_PLACES),
            Example("10⁻³", "rational", "1/1000", "correct"),
            Example("√6÷6", "exact", "1/sqrt(6)", "correct"),
            Example("三", "integer", "3", "unreadable"),
        ),
    ),
    Rule(
        Text("Around the answer", "答案前后"),
        Text(
            "A label before =, dollar signs, \\boxed{}, quotes, ≈, “Answer:” and a final stop are taken off. Of a = b the first "
            "counts, and the "
            "second must equal it or be its rounding. A unit may follow only if the question accepts it.",
            "等号前的标签、美元符号、\\boxed{}、引号、≈、“答案：”和末尾的句号都会去掉。写成 a = b 时以 a 为准，b 必须等于 a 或是 a "
            "的舍入。单位只能用题目接受的。",
        ),
        (
            Example("p = 2/3 = 0.667", "rational", "2/3", "correct"),
            Example("2/3 = 0.66", "rational", "2/3", "unreadable"),
            Example("20000 个", "integer", "20000", "correct", (("units", ("个",)),)),
            Example("20000 MB", "integer", "20000", "unreadable"),
        ),
    ),
    Rule(
        Text("Numbers", "数"),
        Text(
            "Decimals take a point, never a comma. 1,234,567, 1 234 567 and 1_234_567 are whole numbers; 万 and 亿 multiply; K, M "
            "and B are "
            "refused. 2e2 is 200, 2e^2 is twice e squared. 1 1/2 and 1½ are three halves. A percentage is its hundredth.",
            "小数点用“.”，不用逗号。1,234,567、1 234 567、1_234_567 都是整数；“万”“亿”按倍数读取；K、M、B 会被拒绝。2e2 是 200，"
            "2e^2 是 2 乘以 e 的平方。"
            "1 1/2 和 1½ 都是二分之三。百分数按百分之一计算。",
        ),
        (
            Example("0,27", "decimal", "0.27", "unreadable"),
            Example("4,457,472", "integer", "4457472", "correct"),
            Example("1.2万", "integer", "12000", "correct"),
            Example("2e2", "integer", "200", "correct"),
            Example("2e^2", "exact", "2*exp(2)", "correct"),
            Example("1 1/2", "rational", "3/2", "correct"),
            Example("26.9%", "decimal", "0.269", "correct"),
        ),
    ),
    Rule(
        Text("Formulas", "算式"),
        Text(
            "+ - * / ^ and brackets; pi e sqrt exp ln log log2 log10 sin cos tan asin acos atan sinh cosh tanh sigmoid erf "
            "relu abs max min; log is the natural logarithm. The sign * may be left out before a name or bracket, but not behind /. "
            "LaTeX is read too. What could mean two things is refused, and both are shown.",
            "可用 + - * / ^ 与括号，以及 pi e sqrt exp ln log log2 log10 sin cos tan asin acos atan sinh cosh tanh sigmoid erf relu "
            "abs max min；log 指自然对数。"
            "在名称或括号之前可以省略乘号，但除号之后不可以。也能读取 LaTeX。凡有两种含义的写法都会被拒绝，并列出两种读法。",
        ),
        (
            Example("2pi/3", "exact", "(2/3)*pi", "correct"),
            Example("\\frac{e^2}{1+e^2}", "exact", "sigmoid(2)", "correct"),
            Example("1/2pi", "exact", "pi/2", "unreadable"),
            Example("ln 2^3", "exact", "ln(8)", "unreadable"),
            Example("-2^2", "integer", "-4", "correct"),
        ),
    ),
    Rule(
        Text("Rounding", "舍入"),
        ROUNDING,
        (
            Example("0.27", "decimal", "0.268941", "correct", TWO_PLACES),
            Example("0.2689", "decimal", "0.268941", "correct", TWO_PLACES),
            Example("0.26", "decimal", "0.268941", "incorrect", TWO_PLACES),
            Example("0.27", "decimal", "0.268941", "imprecise", FOUR_PLACES),
            Example("0.12", "decimal", "1/8", "correct", TWO_PLACES),
            Example("0.13", "decimal", "1/8", "correct", TWO_PLACES),
            Example("10.0", "decimal", "9.996", "correct", (("sig", 3),)),
            Example("9.8", "decimal", "10", "incorrect", (("sig", 2),)),
            Example("0.667", "rational", "2/3", "imprecise"),
        ),
    ),
    Rule(
        Text("Vectors and matrices", "向量与矩阵"),
        Text(
            "[[1,2],[3,4]], [1 2; 3 4], np.array(...), LaTeX matrices, or one row a line. Between blanks every entry holds "
            "together by itself. "
            "^T transposes. A flat list is a row or a vector, never a column.",
            "可写 [[1,2],[3,4]]、[1 2; 3 4]、np.array(...)、LaTeX 矩阵，或每行一行。用空格分隔时，每个分量内部不能有空格。^T "
            "表示转置。平铺的一列数是行或向量，不是列。",
        ),
        (
            Example("[1 2; 3 4]", "matrix", "[[1,2],[3,4]]", "correct"),
            Example("[[1,3],[2,4]]", "matrix", "[[1,2],[3,4]]", "incorrect"),
            Example("[1 - 2 3]", "vector", "[1,-2,3]", "unreadable"),
            Example("[1, 2]", "matrix", "[[1],[2]]", "unreadable"),
        ),
    ),
    Rule(
        Text("Shapes", "形状"),
        Text(
            "32x32x16, (32, 32, 16) or 32 32 16; N, None, -1 for an open axis. A product is no shape, and another layout is wrong.",
            "可写 32x32x16、(32, 32, 16) 或 32 32 16；未定的轴写 N、None 或 -1。乘积不是形状，轴的顺序不同算错。",
        ),
        (
            Example("32*32*16", "shape", "32x32x16", "correct"),
            Example("16384", "shape", "32x32x16", "unreadable"),
            Example("16x32x32", "shape", "32x32x16", "incorrect"),
            Example("32*32*16", "integer", "16384", "correct"),
        ),
    ),
    Rule(
        Text("Sets and intervals", "集合与区间"),
        Text(
            "{-2, 2}, ±2 or x = 2 or x = -2, in any order. [0, 1), 0 <= x < 1, with ∪ between pieces; infinity takes a round bracket.",
            "可写 {-2, 2}、±2 或 x = 2 或 x = -2，顺序不限。区间可写 [0, 1)、0 <= x < 1，多段用 ∪ 连接；无穷一端用圆括号。",
        ),
        (
            Example("±2", "set", "{-2,2}", "correct"),
            Example("0≤x<1", "interval", "[0,1)", "correct"),
            Example("[0,1]", "interval", "[0,1)", "incorrect"),
            Example("[3,∞]", "interval", "[3,oo)", "unreadable"),
        ),
    ),
    Rule(
        Text("Symbols", "符号表达式"),
        Text(
            "Two expressions are different if they differ at some rational point, equal if that is proved, and otherwise "
            "undecided: accepted "
            "in practice, left to a person in an exam.",
            "两个表达式若在某个有理点取值不同就判为不等；能证明恒等才判为相等；否则为“未定”：练习时算对，考试时交由人工判断。",
        ),
        (
            Example("a*w - a^2*w", "expression", "a*(1-a)*w", "correct"),
            Example("a*(1-a)", "expression", "a*(1-a)*w", "incorrect"),
        ),
    ),
    Rule(
        Text("Choices and words", "选择与词语"),
        Text(
            "A letter in any brackets; several only where several may be right. T F, 对 错, √ ×, yes no. A word must be one of the "
            "accepted "
            "names; case and width do not count.",
            "选项字母可带任意括号；只有多选题才能写几个。判断题可写 T F、对 错、√ ×、yes no。填空的词必须是认可的名称之一，"
            "大小写与全半角不计。",
        ),
        (
            Example("（b）", "choice", "B", "correct"),
            Example("A、C", "choice", "A,C", "correct", (("multi", True),)),
            Example("错", "true_false", "F", "correct"),
            Example("Ｓｏｆｔｍａｘ", "text", "softmax|归一化指数函数", "correct"),
            Example("BAC", "order", "B,A,C", "correct"),
            Example("1B 2A", "match", "1-B,2-A", "correct"),
        ),
    ),
    Rule(
        Text("Limits", "限度"),
        Text(
            "2000 characters, 600 symbols, 40 nested brackets, 200 digits, exponents up to a million. Beyond, give the final value.",
            "最多 2000 个字符、600 个符号、40 层括号、200 位数字，指数不超过一百万。超出时请写最终结果。",
        ),
        (Example("9^9^9^9", "integer", "9", "unreadable"),),
    ),
)

VERDICTS = {
    "correct": Text("correct", "正确"),
    "incorrect": Text("incorrect", "错误"),
    "imprecise": Text("imprecise", "不够精确"),
    "unreadable": Text("not readable: type it again", "无法读取，请重新输入"),
    "undecided": Text("undecided", "未定"),
}


def rules_text(language: Language) -> str:
    """The whole table as plain text for the terminal."""
    parts = []
    for rule in RULES:
        shown = "\n".join(f"    {example_text(example, language)}" for example in rule.examples)
        parts.append(f"{rule.topic(language)}\n  {rule.says(language)}\n{shown}")
    return "\n\n".join(parts)


def example_text(example: Example, language: Language) -> str:
    """``0.27  (key 0.268941, places 2): correct``."""
    names = {
        "places": Text("decimals", "小数位数"),
        "sig": Text("significant figures", "有效数字"),
        "units": Text("units", "单位"),
        "multi": Text("several", "多选"),
    }
    extra = "".join(f", {names[name](language)} {_plain(value)}".rstrip() for name, value in example.settings)
    key = Text("key", "答案")(language)
    return f"{example.typed}   ({key} {example.key}{extra}): {VERDICTS[example.verdict](language)}"


def _plain(value: object) -> str:
    return "" if value is True else " ".join(value) if isinstance(value, tuple) else str(value)


def rules_markdown() -> str:
    """The table of both languages, as the documentation prints it."""
    lines = ["# Answers: how they are read and judged · 答案的读法与评判", ""]
    for rule in RULES:
        lines += [f"## {rule.topic.en} · {rule.topic.zh}", "", rule.says.en, "", rule.says.zh, ""]
        lines += ["| typed · 输入 | expected · 答案 | | verdict · 判定 |", "|---|---|---|---|"]
        for example in rule.examples:
            settings = ", ".join(f"{name} = {_plain(value) or 'yes'}" for name, value in example.settings)
            verdict = VERDICTS[example.verdict]
            cells = (
                f"`{example.typed}`",
                f"`{example.key}`",
                ", ".join(part for part in (example.kind, settings) if part),
                f"{verdict.en} · {verdict.zh}",
            )
            lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
        lines.append("")
    return "\n".join(lines)
