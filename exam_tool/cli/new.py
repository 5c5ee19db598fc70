"""``exam-tool new``: a problem file to start from, which already passes the check."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from exam_tool.language import ExamToolError, Language, Text

from .app import Say

TEMPLATE = """\
# {what}
id: {id}
version: 1
title: {{en: {title_en}, zh: {title_zh}}}
level: 1
syllabus: []
{body}"""

OWN_STEPS = """\
steps:
  - name: weights
    formula: d_in * d_out
    label: {en: number of weights, zh: 权重个数}
    because: {en: every input is joined to every output, zh: 每个输入与每个输出相连}
    is: integer, >= 1
    mistakes:
      - id: added
        formula: d_in + d_out
        kind: method
        en: "the two widths are added; every pair has its own weight."
        zh: "把两个宽度相加了；每一对都有自己的权重。"
  - name: total
    formula: weights + d_out
    label: {en: number of parameters, zh: 参数总数}
    because: {en: one bias for each output, zh: 每个输出一个偏置}
    is: integer, >= 1
    mistakes:
      - id: no_bias
        formula: weights
        kind: method
        en: "the biases are left out: one for each output."
        zh: "漏了偏置：每个输出一个。"
given:
  d_in: {range: [3, 9]}
  d_out: {range: [2, 6]}
where:
  - d_in != d_out
ask:
  - {find: weights, marks: 1}
  - {find: total, marks: 1}
text:
  en: A dense layer maps {d_in} inputs to {d_out} outputs, with biases.
  zh: 一个全连接层把 {d_in} 维输入映射为 {d_out} 维输出，含偏置。
examples:
  - {given: {d_in: 4, d_out: 3}, answers: {weights: 12, total: 15}, source: "replace this by a case worked elsewhere"}
"""


def add(app: typer.Typer, say: Say, language: Language) -> None:
    @app.command("new", help=say("Start a problem file of your own.", "新建一个题目文件。"))
    def new(
        file: Annotated[
            Path, typer.Argument(help=say("CHAPTER/NAME.yaml; the folder must be a chapter.", "章节/名称.yaml；文件夹名必须是章节。"))
        ],
        force: Annotated[bool, typer.Option("--force", help=say("Overwrite the file.", "覆盖已有文件。"))] = False,
    ) -> None:
        from exam_tool.calculators.work import CHAPTERS

        chapter = file.resolve().parent.name
        if chapter not in CHAPTERS:
            listed = ", ".join(CHAPTERS)
            raise ExamToolError(
                Text(
                    f'"{chapter}" is not a chapter. Write CHAPTER/NAME.yaml with one of: {listed}.',
                    f"“{chapter}”不是章节。请写 章节/名称.yaml，章节为：{listed}。",
                )
            )
        if (
            file.suffix not in (".yaml", ".yml")
            or not file.stem.replace("-", "").isalnum()
            or not file.stem.isascii()
            or file.stem != file.stem.lower()
        ):
            raise ExamToolError(
                Text("The file is called NAME.yaml, in lower-case letters, digits and -.", "文件名应为 名称.yaml，只用小写字母、数字和 -。")
            )
        if file.exists() and not force:
            raise ExamToolError(Text(f"{file} exists already. Add --force to overwrite it.", f"{file} 已存在。加 --force 可覆盖。"))
        what = say(
            "A problem with steps of its own. `exam-tool check --bank FILE` proves it; `calculator: NAME` may replace `steps:`.",
            "自带步骤的题目。用 exam-tool check --bank 文件 检验；也可用 calculator: 名称 代替 steps:。",
        )
        words = TEMPLATE.format(
            what=what, id=f"{chapter}.{file.stem}", title_en="Parameters of a dense layer", title_zh="全连接层的参数量", body=OWN_STEPS
        )
        file.parent.mkdir(parents=True, exist_ok=True)
        draft = file.with_name(f".{file.name}.new")
        draft.write_text(words, encoding="utf-8")
        draft.replace(file)
        sys.stderr.write(
            say(f"wrote {file}; now: exam-tool check --bank {file}", f"已写入 {file}；下一步：exam-tool check --bank {file}") + "\n"
        )
