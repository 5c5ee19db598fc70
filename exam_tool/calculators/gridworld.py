"""Gridworlds: reading a layout, slips, sweeps of value iteration, greedy moves. Policies are in ``gridworld_policies``."""

from __future__ import annotations

from dataclasses import dataclass

from flint import fmpq

from exam_tool.expressions.arrays import Value, as_matrix, as_vector
from exam_tool.expressions.exact import ZERO, compare
from exam_tool.expressions.functions import register, whole
from exam_tool.expressions.printing import text
from exam_tool.expressions.reader import read
from exam_tool.expressions.tree import Array, Name, Node, names
from exam_tool.language import Text

from . import foundations  # noqa: F401  # it registers rowmax and onehots
from .rl import DISCOUNT
from .work import CalculatorError, Pair, Work, calculator

FREE, WALL = "o", "x"
WAYS = {"N": (-1, 0), "E": (0, 1), "S": (1, 0), "W": (0, -1)}
ORDERS = {
    "NESW": ("Moves are numbered 1 north, 2 east, 3 south, 4 west; of several best ones the first counts.",
             "动作编号：1 北，2 东，3 南，4 西；有多个最优时取编号最小者。"),
    "NSEW": ("Moves are numbered 1 north, 2 south, 3 east, 4 west; of several best ones the first counts.",
             "动作编号：1 北，2 南，3 东，4 西；有多个最优时取编号最小者。"),
    "WSEN": ("Moves are numbered 1 west, 2 south, 3 east, 4 north; of several best ones the first counts.",
             "动作编号：1 西，2 南，3 东，4 北；有多个最优时取编号最小者。"),
}  # fmt: skip
EXITS: dict[str, Pair] = {
    "own value": ("A cell with a number ends the episode, and its value is that number.", "标有数字的格子结束回合，其价值就是该数字。"),
    "on entering": ("Moving into a cell with a number pays that number instead of the living reward and ends the episode; the value of the cell is 0.",
                    "走进标有数字的格子时得到该数字（代替每步奖励），回合随即结束；该格子的价值为 0。"),
}  # fmt: skip
SLIPS: dict[str, Pair] = {
    "sideways": ("A slip turns the move to the left or to the right by 90°, each with half of its probability.",
                 "打滑时改为向左或向右偏转 90° 移动，各占打滑概率的一半。"),
    "any direction": ("A slip goes in one of the four directions, all equally likely.", "打滑时等可能地向四个方向之一移动。"),
    "stay": ("A slip leaves the agent where it is.", "打滑时停留在原处。"),
}  # fmt: skip
CELLS: Pair = ("numbers of the cells, 0 for a wall", "格子编号，0 表示墙")


def moves(cells: Value, ends: Value, directions: Value, blocked: Value = None) -> Value:
    """For each cell and direction the number of the cell a move leads to; a blocked move stays, ends have none (0).

    ``directions`` holds the positions of the columns in north, east, south, west. ``blocked`` is what a blocked move gives instead.
    """
    table = as_matrix(cells)
    place = {whole(cell): (i, j) for i, row in enumerate(table) for j, cell in enumerate(row) if cell != ZERO}
    found = []
    for number in sorted(place):
        if compare(as_vector(ends)[number - 1], ZERO) != 0:
            found.append((ZERO,) * len(as_vector(directions)))
            continue
        row: list[Value] = []
        for direction in as_vector(directions):
            down, right = list(WAYS.values())[whole(direction, 1) - 1]
            i, j = place[number][0] + down, place[number][1] + right
            inside = 0 <= i < len(table) and 0 <= j < len(table[0]) and table[i][j] != ZERO
            row.append(table[i][j] if inside else fmpq(number) if blocked is None else blocked)
        found.append(tuple(row))
    return tuple(found)


def at(values: Value, positions: Value) -> Value:
    """The entries of a vector at a table of positions; 0 at the position 0."""
    if isinstance(positions, tuple):
        return tuple(at(values, position) for position in positions)
    return values[whole(positions, 1) - 1] if positions != ZERO else ZERO


def on_grid(values: Value, cells: Value) -> Value:
    """A vector over the cells, laid out as the grid is, with 0 in the walls."""
    return at(values, as_matrix(cells))


register("moves", 3, 4, moves)
register("at", 2, 2, at)
register("ongrid", 2, 2, on_grid)


@dataclass(frozen=True)
class Layout:
    """The cells of a grid row by row, walls left out: the formula of the reward of each exit, "" where one walks on."""

    numbers: tuple[tuple[int, ...], ...]
    exits: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.exits)


def read_layout(value: Value) -> Layout:
    """The layout of nested rows, or of their text ``[[o, o, 1], [o, x, -1]]``: ``o`` free, ``x`` a wall, else the reward of an exit.

    Raises:
        CalculatorError: for rows of different length, or a grid without an exit or a free cell.
    """
    rows = _rows(value)
    if len({len(row) for row in rows}) != 1 or not rows[0]:
        raise CalculatorError(Text("The rows of a grid have one length.", "网格各行长度必须相同。"))
    exits: list[str] = []
    numbers = []
    for row in rows:
        line = []
        for cell in row:
            if cell != WALL:
                exits.append("" if cell == FREE else cell)
            line.append(0 if cell == WALL else len(exits))
        numbers.append(tuple(line))
    if all(exits) or not any(exits):
        raise CalculatorError(
            Text("A grid needs a free cell (o) and an exit (a number).", "网格至少要有一个空格（o）和一个出口（数字）。")
        )
    return Layout(tuple(numbers), tuple(exits))


def _rows(value: Value) -> list[list[str]]:
    if isinstance(value, str):
        node = read(value)
        if not isinstance(node, Array) or not all(isinstance(row, Array) for row in node.items):
            raise CalculatorError(Text("Write a grid as rows: [[o, o, 1], [o, x, -1]].", "网格按行书写：[[o, o, 1], [o, x, -1]]。"))
        return [[_cell(cell) for cell in row.items] for row in node.items if isinstance(row, Array)]
    if not isinstance(value, tuple) or not all(isinstance(row, tuple) for row in value):
        raise CalculatorError(Text("Write a grid as rows: [[o, o, 1], [o, x, -1]].", "网格按行书写：[[o, o, 1], [o, x, -1]]。"))
    return [[cell if isinstance(cell, str) else str(cell) for cell in row] for row in value]


def _cell(node: Node) -> str:
    return node.name if isinstance(node, Name) else text(node)


@dataclass(frozen=True)
class World:
    """The names of the formulas a sweep uses, and what the world is like."""

    numbers: tuple[tuple[int, ...], ...]
    cells: int
    entering: bool
    slips: bool
    turns: bool  # a slip changes the direction, by the matrix B; else the agent stays

    def slipped(self, table: str, worth: str) -> str:
        """The values of the moves meant, from what each direction brings."""
        if self.turns:
            return f"{table} @ B"
        return f"(1 - noise) * {table} + noise * outer(free * ({worth}), ones(4))" if self.slips else table

    def worth(self, living: str, before: str) -> str:
        """What it is worth to arrive in a cell, from its value before."""
        plain = f"{living}gamma * {before}"
        return f"exits + free * ({plain})" if self.entering else plain


def read_world(work: Work) -> World:
    """Declares grid, discount, slips and rewards, and writes the steps that read them off the picture."""
    work.given("grid", ("the grid: o free, x a wall, a number an exit", "网格：o 为空格，x 为墙，数字为出口"), shape=None)
    layout = read_layout(work.structure("grid"))
    for name in dict.fromkeys(name for reward in layout.exits if reward for name in sorted(names(read(reward)))):
        work.given(name, ("reward of an exit", "出口的奖励"))
    work.given("gamma", DISCOUNT, is_="probability")
    order = work.option("order", ("numbering of the moves", "动作的编号"), ORDERS, default="NESW")
    entering = work.option("exit", ("reward of an exit", "出口的奖励"), EXITS, default="own value") == "on entering"
    slips = work.optional("noise", ("probability of a slip", "打滑的概率"), is_="probability")
    _picture(work, layout, order)
    return World(layout.numbers, len(layout), entering, slips, slips and _turns(work, order))


def _picture(work: Work, layout: Layout, order: str) -> None:
    numbers = ", ".join("[" + ", ".join(map(str, row)) + "]" for row in layout.numbers)
    work.step("cells", f"[{numbers}]", CELLS, ("counted row by row", "逐行编号"))
    work.step("exits", "[" + ", ".join(reward or "0" for reward in layout.exits) + "]", ("rewards of the exits, 0 elsewhere", "出口的奖励，其余为 0"),
              ("read off the grid row by row", "从网格逐行读出"))  # fmt: skip
    work.step("free", "[" + ", ".join("0" if reward else "1" for reward in layout.exits) + "]", ("1 where the episode goes on, 0 at the exits", "回合继续处为 1，出口为 0"),
              ("only a cell with a reward of its own is an exit", "只有自带奖励的格子是出口"))  # fmt: skip
    ways = "[" + ", ".join(str(list(WAYS).index(letter) + 1) for letter in order) + "]"
    work.step("go", f"moves(cells, 1 - free, {ways})", ("where each move leads, one row per cell", "各动作到达的格子，每行一个格子"),
              ("a move against a wall or the edge stays in its cell; an exit has no move", "撞墙或出界则留在原格；出口没有动作"))  # fmt: skip
    work.mistake("blocked_lost", f"moves(cells, 1 - free, {ways}, 0)", "a blocked move counts as 0; the agent stays in its cell and gets the value of that cell.",
                 "把走不通的移动当作 0；智能体留在原格，应取原格的价值。")  # fmt: skip


def _turns(work: Work, order: str) -> bool:
    """The step ``B``: row = direction moved, column = direction meant; none when a slip is no move. Returns whether there is one."""
    slip = work.option("slip", ("what a slip does", "打滑的结果"), SLIPS, default="sideways")
    if slip == "stay":
        return False
    across = [[int((a in "NS") != (b in "NS")) for b in order] for a in order]
    sides = "[" + ", ".join("[" + ", ".join(map(str, row)) + "]" for row in across) + "]"
    turned = f"noise / 2 * {sides}" if slip == "sideways" else "noise / 4 * ones(4, 4)"
    work.step("B", f"(1 - noise) * identity(4) + {turned}", ("probability of each direction (row) for each move meant (column)", "想走某方向（列）时实际走各方向（行）的概率"), ("the move meant keeps what the slips leave", "想走的方向得到打滑之外的概率"))
    work.mistake("no_slip", "identity(4)", "the slips are left out; the move meant happens only with 1 minus the slip probability.", "没有考虑打滑；想走的方向只有 1 减打滑概率的可能。")
    if slip == "sideways":
        work.mistake("noise_each_side", f"(1 - 2 * noise) * identity(4) + noise * {sides}", "each side gets the whole slip probability; give each side half of it.",
                     "左右两侧各取了全部打滑概率；两侧应各占一半。")  # fmt: skip
    return True


def living_reward(work: Work) -> str:
    """Declares the reward of each step and returns it as the start of a sum, or "" when there is none."""
    return "living + " if work.optional("living", ("reward of each step", "每步奖励"), aliases=["r"]) else ""


def sweep_moves(work: Work, world: World, k: int, living: str, *, from_zero: bool) -> str:
    """The steps from the values before to those of the four moves; returns the name of the last."""
    before = f"V_{k - 1}"
    label = (f"worth of arriving in each cell, sweep {k}", f"第 {k} 轮到达各格的所得")
    work.step(f"T_{k}", world.worth(living, before), label, ("reward of the step plus discounted value of the cell reached", "这一步的奖励加上所到格子的折扣价值"))
    if not from_zero:
        work.mistake("no_gamma", world.worth(living, before).replace("gamma * ", ""), "the value of the cell reached is not discounted; multiply it by γ.", "所到格子的价值没有打折扣；应乘 γ。")
        if living:
            work.mistake("no_living", world.worth("", before), "the reward of the step is left out; add it to every move.", "漏了每步的奖励；每走一步都应加上它。")
    reached = f"at(T_{k}, go)"
    because = ("look up the cell each move leads to", "查出每个动作到达的格子")
    if not world.slips:
        work.step(f"Q_{k}", reached, (f"values of the moves, sweep {k}", f"第 {k} 轮各动作的价值"), because)
        return f"Q_{k}"
    work.step(f"M_{k}", reached, (f"what each direction brings, sweep {k}", f"第 {k} 轮各方向的所得"), because)
    work.step(f"Q_{k}", world.slipped(f"M_{k}", f"T_{k}"), (f"values of the moves, sweep {k}", f"第 {k} 轮各动作的价值"), ("average over where the move may end", "对可能的去向取期望"))
    if not world.turns:  # else it is a mistake of B
        work.mistake("no_slip", f"M_{k}", "the slips are left out; the move meant happens only with 1 minus the slip probability.", "没有考虑打滑；想走的方向只有 1 减打滑概率的可能。")
    return f"Q_{k}"


def start_values(work: Work, world: World) -> bool:
    """Declares values to start from, one for each cell; without them all are 0. Returns whether they were given."""
    if work.optional("V_0", ("values of the cells at the start", "各格的初始价值"), shape=str(world.cells)):
        return True
    work.given("V_0", ("values of the cells at the start", "各格的初始价值"), shape=str(world.cells), default=f"zeros({world.cells})")
    return False


@calculator("gridworld_value_iteration", ("Value iteration in a gridworld", "网格世界的值迭代"), chapter="rl",
            example={"grid": [["o", "o", 1], ["o", "x", -1]], "gamma": "0.9", "noise": "0.2", "living": "-0.1", "sweeps": 2, "cell": [1, 2]})  # fmt: skip
def gridworld_value_iteration(work: Work) -> None:
    """Sweeps ``V_k = max_a sum_s' p(s'|s, a) (r + gamma*V_{k-1}(s'))`` over the cells of a grid with walls, exits and slips.

    ``grid`` is a list of rows: ``o`` free, ``x`` a wall, a number (or a name, then a given) the reward of an exit.
    ``cell`` (row, column) asks for the values of the moves in one cell in the last sweep.
    Source: Sutton and Barto (2018), section 4.4; Russell and Norvig, Artificial Intelligence (2021), section 17.1.
    """
    world = read_world(work)
    living = living_reward(work)
    started = start_values(work, world)
    work.given("sweeps", ("number of sweeps", "迭代轮数"), is_="integer, >= 1, <= 100", default="2")
    last = work.count("sweeps")
    for k in range(1, last + 1):
        values = sweep_moves(work, world, k, living, from_zero=k == 1 and not started)
        best = f"free * rowmax({values})"
        work.step(f"V_{k}", best if world.entering else f"exits + {best}", (f"values after sweep {k}", f"第 {k} 轮后的价值"),
                  ("the best move in each cell; an exit keeps its value", "每格取最优动作；出口的价值不变"))  # fmt: skip
        if k > 1 or started or world.entering:
            mean = f"free * mean({values}, 2)"
            work.mistake("average", mean if world.entering else f"exits + {mean}", "the moves are averaged; take the best one.", "对各动作取了平均；应取最大值。")
    greedy_moves(work, world, last)


def greedy_moves(work: Work, world: World, k: int) -> None:
    """The last values and moves as they stand in the grid, the change of the last sweep, and one cell on request."""
    work.step("V", f"ongrid(V_{k}, cells)", ("values in the grid, 0 for a wall", "网格中的价值（墙为 0）"))
    work.step("greedy", f"ongrid(free * argmax(Q_{k}), cells)", ("best move of each cell, 0 at exits and walls", "各格的最优动作（出口和墙为 0）"))
    work.mistake("min", f"ongrid(free * argmin(Q_{k}), cells)", "the worst move is chosen; the greedy move has the largest value.", "选了最差的动作；贪心动作取价值最大者。")
    work.step("change", f"max(abs(V_{k} - V_{k - 1}))", ("largest change in the last sweep", "最后一轮的最大变化"))
    if work.optional("cell", ("row and column of a cell", "某格的行与列"), is_="integer, >= 1", shape="2"):
        work.step("Q_cell", f"Q_{k}[{_number(work, world)}]", ("values of the moves in this cell", "该格各动作的价值"),
                  ("the row that has the number of this cell", "取该格编号所在的行"))  # fmt: skip


def _number(work: Work, world: World) -> int:
    """The number of the cell asked for, from its row and column."""
    i, j = (whole(entry, 1) for entry in work.structure("cell"))
    number = world.numbers[i - 1][j - 1] if i <= len(world.numbers) and j <= len(world.numbers[0]) else 0
    if not number:
        raise CalculatorError(Text(f"There is no cell in row {i}, column {j}.", f"第 {i} 行第 {j} 列没有格子。"))
    return number
