"""Sizes of training: compute-optimal parameters and tokens, operations, time, memory of weights and optimiser. Power laws are in ``llm_costs``."""

from __future__ import annotations

from .work import Pair, Work, calculator

OPERATIONS: dict[str, Pair] = {
    "6": ("Training takes 6 operations for each parameter and token.", "训练时每个参数对每个词元需要 6 次运算。"),
    "8": ("With recomputed activations training takes 8 operations for each parameter and token.", "若重新计算激活值，训练时每个参数对每个词元需要 8 次运算。"),
}


PEAK: Pair = ("peak operations per second of one device", "单个设备的峰值（每秒运算次数）")


def _ask_operations(work: Work) -> str:
    return work.option("per_weight", ("operations for each parameter and token", "每个参数每个词元的运算次数"), OPERATIONS, default="6")


def _ask_large(work: Work, name: str, label: Pair) -> None:
    """A number as it is, or as ``name_m`` times the power ``name_e`` of 10."""
    if not work.offered(f"{name}_e"):
        work.given(name, label, is_="> 0")
        return
    work.given(f"{name}_m", (f"{label[0]}: factor", f"{label[1]}：系数"), is_="> 0")
    work.given(f"{name}_e", (f"{label[0]}: power of 10", f"{label[1]}：10 的次数"), is_="integer, >= 0, <= 40")
    work.step(name, f"{name}_m*10^{name}_e", label, is_="> 0")


@calculator(
    "compute_optimal",
    ("Compute-optimal model and data", "计算最优的模型与数据规模"),
    chapter="llm",
    example={"C": "1.2*10^12", "ratio": 20, "k": 4},
)
def compute_optimal(work: Work) -> None:
    """The N and D that spend a budget C = 6*N*D with D = ratio*N tokens, about 20 for each parameter (Hoffmann et al., arXiv:2203.15556).

    With a factor ``k`` also what a budget k times as large buys: both grow with its root.
    """
    _ask_large(work, "C", ("budget in operations", "总运算次数"))
    work.given("ratio", ("tokens for each parameter", "每个参数对应的词元数"), is_="> 0", default="20")
    each = _ask_operations(work)
    work.step("square", f"C/({each}*ratio)", ("square of the number of parameters", "参数量的平方"), (f"`C = {each}*N*D` and `D = ratio*N`", f"`C = {each}*N*D`，且 `D = ratio*N`"), is_="> 0")
    work.mistake("no_ratio", f"C/{each}", "the tokens are taken to be as many as the parameters; there are more of them by the ratio.", "把词元数当成与参数量相同；词元数是参数量的若干倍。")
    work.mistake("forward_only", "C/(2*ratio)", "only the forward pass is counted; the backward pass takes twice as many operations on top of it.", "只算了前向传播；反向传播另需两倍于前向的运算。")
    work.step("N", "sqrt(square)", ("parameters", "参数量"), is_="> 0")
    work.mistake("no_root", "square", "the root is left out; the parameters enter twice, as such and through the tokens, so take it.", "漏了开方；参数量出现两次，一次是本身，一次通过词元数，所以要开方。")
    work.step("D", "ratio*N", ("training tokens", "训练词元数"), ("tokens in proportion to the parameters", "词元数与参数量成正比"), is_="> 0")
    work.mistake("inverted", "N/ratio", "the ratio is upside down; there are more tokens than parameters.", "比例用反了；词元数多于参数量。")
    if work.optional("k", ("factor of the budget", "预算的倍数"), is_="> 0"):
        work.step("N_new", "sqrt(k)*N", ("parameters at the larger budget", "预算增大后的参数量"), ("both sizes grow with the root of the budget", "两者都随预算的平方根增长"))
        work.mistake("linear", "k*N", "all of the growth goes into the parameters; they share it with the tokens.", "把增长全部给了参数；参数量与词元数要分担，各按预算的平方根增长。")
        work.step("D_new", "ratio*N_new", ("tokens at the larger budget", "预算增大后的词元数"))
        work.mistake("unchanged", "D", "the tokens are left as they are; they grow with the parameters.", "词元数没有变；它应与参数量同步增长。")


@calculator(
    "training_compute",
    ("Operations and time of training", "训练的运算量与时间"),
    chapter="llm",
    example={"N": "10^9", "D": "2*10^10", "devices": 8, "peak": "10^14", "use": "2/5"},
)
def training_compute(work: Work) -> None:
    """C = 6*N*D operations, split into forward and backward pass, and the time on devices of a given peak rate of which a share is used.

    A multiply-add counts as two operations. Sources: Kaplan et al., arXiv:2001.08361, section 2.1; Chowdhery et al., arXiv:2204.02311,
    section 4.1 (share of the peak).
    """
    _ask_large(work, "N", ("parameters", "参数量"))
    _ask_large(work, "D", ("training tokens", "训练词元数"))
    each = _ask_operations(work)
    work.step("forward", "2*N*D", ("operations of the forward passes", "前向传播的运算次数"), ("a multiplication and an addition for each parameter and token", "每个参数对每个词元做一次乘法和一次加法"), is_="> 0")
    work.mistake("mult_only", "N*D", "only the multiplication is counted; an addition goes with it.", "只算了乘法；还有一次加法。")
    back = int(each) - 2
    why = ("twice the forward pass: gradients of the activations and of the weights", "是前向的两倍：对激活值和对权重各求一遍梯度") if back == 4 else ("twice the forward pass, and the forward pass once more", "前向的两倍，再加重算的一遍前向")
    work.step("backward", f"{back}*N*D", ("operations of the backward passes", "反向传播的运算次数"), why, is_="> 0")
    work.mistake("as_forward", "2*N*D", "the backward pass is counted like the forward pass; it takes twice as much.", "反向传播按前向计算了；它的运算量是前向的两倍。")
    work.step("C", "forward + backward", ("operations of the training", "训练的总运算次数"), is_="> 0")
    if not (work.offered("peak") or work.offered("peak_e")):
        work.optional("peak", PEAK)
        return
    _ask_large(work, "peak", PEAK)
    work.given("devices", ("devices", "设备数"), is_="integer, >= 1", default="1")
    work.given("use", ("share of the peak that is used", "峰值利用率"), is_="> 0, <= 1", default="1")
    work.step("rate", "devices*peak*use", ("operations per second", "每秒的运算次数"), ("every device reaches this share of its peak", "每个设备都只达到峰值的这一比例") if work.offered("use") else None, is_="> 0")
    if work.offered("use"):
        work.mistake("at_peak", "devices*peak", "the peak is used; only a share of it is reached.", "用了峰值；实际只能达到其中一部分。")
        work.mistake("use_divided", "devices*peak/use", "the rate is divided by the share; it is multiplied.", "除以了利用率；应当相乘。")
    if work.offered("devices"):
        work.mistake("one_device", "peak*use", "one device is counted; all of them work.", "只算了一个设备；所有设备都在工作。")
    work.step("seconds", "C/rate", ("time in seconds", "时间（秒）"), is_="> 0")
    work.step("days", "seconds/86400", ("time in days", "时间（天）"), ("a day has 86400 seconds", "一天有 86400 秒"), is_="> 0")
    work.mistake("hours", "seconds/3600", "the time is turned into hours; a day has 86400 seconds.", "换算成了小时；一天有 86400 秒。", kind="slip")


STATES: dict[str, tuple[int, Pair]] = {
    "adam": (2, ("The optimiser is Adam, with two moments for each parameter.", "优化器为 Adam，每个参数有两个矩。")),
    "momentum": (1, ("The optimiser keeps one momentum for each parameter.", "优化器为每个参数保存一个动量。")),
    "sgd": (0, ("The optimiser keeps no state.", "优化器不保存状态。")),
}


@calculator(
    "training_memory",
    ("Memory of training", "训练所需的显存"),
    chapter="llm",
    example={"N": "10^9", "devices": 4},
)
def training_memory(work: Work) -> None:
    """Bytes of weights, gradients and optimiser states in mixed precision, alone or shared among devices (Rajbhandari et al., arXiv:1910.02054, section 3).

    Weights and gradients have ``bits`` (16); the optimiser keeps a copy of the weights and its moments in ``bits_state`` (32).
    """
    _ask_large(work, "N", ("parameters", "参数量"))
    work.given("bits", ("bits of a weight and of a gradient", "权重与梯度的位数"), is_="integer, >= 1", default="16")
    work.given("bits_state", ("bits of each state of the optimiser", "优化器状态的位数"), is_="integer, >= 1", default="32")
    kind = work.option("optimiser", ("optimiser", "优化器"), {name: says for name, (_, says) in STATES.items()}, default="adam", convention=False)
    copies: dict[str, Pair] = {
        "with": ("The optimiser keeps its own copy of the weights.", "优化器另外保存一份权重。"),
        "without": ("The optimiser keeps no copy of the weights.", "优化器不另外保存权重。"),
    }
    copy = work.option("master", ("copy of the weights", "权重副本"), copies, default="with") == "with"
    work.step("weights", "N*bits/8", ("bytes of the weights", "权重的字节数"), ("a byte has 8 bits", "一个字节有 8 位"), is_="> 0")
    work.mistake("bits_as_bytes", "N*bits", "bits are taken for bytes; a byte has 8 bits.", "把位当成了字节；一个字节有 8 位。", kind="slip")
    work.step("gradients", "N*bits/8", ("bytes of the gradients", "梯度的字节数"), ("one for each weight, with as many bits", "每个权重一个，位数相同"), is_="> 0")
    states = STATES[kind][0] + copy
    work.step("states", f"{states}*N*bits_state/8", ("bytes of the optimiser states", "优化器状态的字节数"), _kept(kind, copy), is_=">= 0")
    if states > 1:
        work.mistake("one_state", "N*bits_state/8", "one state for each parameter is counted; the optimiser keeps several.", "每个参数只算了一个状态；优化器要保存多个。")
        work.mistake("low_precision", f"{states}*N*bits/8", "the states are counted with the bits of the weights; they have their own.", "优化器状态按权重的位数计算了；它有自己的位数。")
    work.step("bytes", "weights + gradients + states", ("bytes in total", "总字节数"), is_="> 0")
    work.mistake("weights_only", "weights", "only the weights are counted; gradients and optimiser states are needed too.", "只算了权重；还需要梯度与优化器状态。")
    if work.optional("devices", ("devices that share everything", "均摊全部状态的设备数"), is_="integer, >= 1"):
        work.step("each", "bytes/devices", ("bytes on each device", "每个设备的字节数"), ("every device keeps an equal share", "每个设备各存相等的一份"))
        work.mistake("states_only", "weights + gradients + states/devices", "only the optimiser states are shared; here weights and gradients are too.", "只均摊了优化器状态；这里权重与梯度也均摊。")


def _kept(kind: str, copy: bool) -> Pair | None:
    """What the optimiser keeps of each parameter, in words."""
    own = {"adam": ("two moments", "两个矩"), "momentum": ("one momentum", "一个动量")}.get(kind)
    parts = [*([("a copy of the weight", "一份权重副本")] if copy else []), *([own] if own else [])]
    if not parts:
        return None
    return f"for each parameter {' and '.join(en for en, _ in parts)}", f"每个参数有{'和'.join(zh for _, zh in parts)}"
