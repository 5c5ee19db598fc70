"""Mixtures of experts: parameters in total and in use, operations, and routing on numbers."""

from __future__ import annotations

from exam_tool.expressions.arrays import Value, as_vector
from exam_tool.expressions.exact import ONE, ZERO, compare
from exam_tool.expressions.functions import register, whole

from .work import Pair, Work, calculator

WHOLE = "integer, >= 1"
NATURAL = "integer, >= 0"
FORMS: dict[str, Pair] = {
    "two": ("An expert has two matrices, out to the inner width and back, without biases.", "每个专家有两个矩阵（升到中间宽度再降回），没有偏置。"),
    "gated": ("An expert has three matrices without biases: two out to the inner width, one of them a gate, and one back.", "每个专家有三个无偏置的矩阵：两个升到中间宽度（其一为门控），一个降回。"),
}


def _top(scores: Value, count: Value) -> Value:
    """1 at the largest entries of a vector, 0 elsewhere; of equal ones the first."""
    items, k = as_vector(scores), whole(count, 1)
    chosen: list[int] = []
    for _ in range(min(k, len(items))):
        best = next(i for i in range(len(items)) if i not in chosen)
        for i in range(len(items)):
            if i not in chosen and compare(items[i], items[best]) > 0:
                best = i
        chosen.append(best)
    return tuple(ONE if i in chosen else ZERO for i in range(len(items)))


register("top_mask", 2, 2, _top)


@calculator(
    "moe_params",
    ("Mixture of experts: total and active parameters", "混合专家：总参数与激活参数"),
    chapter="llm",
    example={"d_m": 8, "d_ff": 32, "E": 8, "k": 2, "layers": 4, "rest": 2000},
)
def moe_params(work: Work) -> None:
    """Parameters of feed-forward layers with E experts of which a token uses k, of the router, and the share that is active.

    ``rest`` are the parameters outside the experts and routers (attention, embeddings), which every token uses; ``shared`` experts are
    always used. Sources: Fedus et al., arXiv:2101.03961; Jiang et al., arXiv:2401.04088; Dai et al., arXiv:2401.06066 (shared experts).
    """
    work.given("d_m", ("model width", "模型宽度"), is_=WHOLE)
    work.given("d_ff", ("inner width of an expert", "专家的中间宽度"), is_=WHOLE)
    work.given("E", ("experts of a layer", "每层的专家数"), is_=WHOLE, aliases=["experts"])
    work.given("k", ("experts a token uses", "每个词元使用的专家数"), is_=WHOLE)
    work.given("layers", ("layers", "层数"), is_=WHOLE, default="1")
    gated = work.option("expert", ("form of an expert", "专家的形式"), FORMS, default="two", convention=False) == "gated"
    shared = work.optional("shared", ("experts every token uses besides", "每个词元都使用的共享专家数"), is_=WHOLE)
    rest = work.optional("rest", ("parameters outside the experts and routers", "专家与路由器之外的参数量"), is_=NATURAL)
    work.step("expert_params", f"{3 if gated else 2}*d_m*d_ff", ("parameters of one expert", "一个专家的参数量"), (f"{'three' if gated else 'two'} matrices between the two widths", f"两种宽度之间的{'三' if gated else '两'}个矩阵"), is_=WHOLE)
    work.mistake("one_matrix", "d_m*d_ff", f"one matrix is counted; an expert has {'three' if gated else 'two'}.", f"只算了一个矩阵；一个专家有{'三' if gated else '两'}个矩阵。")
    work.step("router", "d_m*E", ("parameters of the router of a layer", "每层路由器的参数量"), ("one score for each expert", "每个专家一个分数"), is_=WHOLE)
    work.mistake("only_used", "d_m*k", "scores are counted for the experts used; the router scores all of them.", "只计入了给被使用的专家打分的参数；路由器要给所有专家打分。")
    always, outside = " + shared" * shared, " + rest" * rest
    work.step("total", f"layers*((E{always})*expert_params + router){outside}", ("all parameters", "总参数量"), ("every expert is stored", "每个专家都要保存"), is_=WHOLE)
    work.mistake("no_router", f"layers*(E{always})*expert_params{outside}", "the routers are left out; every layer has one.", "漏了路由器；每层各有一个。")
    if rest:
        work.mistake("all_times_E", f"E*(layers*expert_params + rest) + layers*router{' + layers*shared*expert_params' * shared}", "everything is multiplied by the number of experts; only the experts are.", "把所有参数都乘了专家数；只有专家部分要乘。")
    work.step("active", f"layers*((k{always})*expert_params + router){outside}", ("parameters a token uses", "每个词元激活的参数量"), ("the chosen experts, the router and the rest", "被选中的专家、路由器与其余部分"), is_=WHOLE)
    work.mistake("one_expert", f"layers*((1{always})*expert_params + router){outside}", "one expert is counted; a token uses several.", "只算了一个专家；每个词元使用多个。")
    if rest:
        work.mistake("share_of_all", "total*k/E", "the total is scaled by the share of experts; router and rest are always active.", "按专家比例缩放了总参数；路由器与其余部分始终激活。")
    work.step("active_share", "active/total", ("active share", "激活比例"))
    work.mistake("experts_share", "k/E", "the share of experts is given; router and the other parameters are always active.", "写成了被选专家所占的比例；路由器与其他参数始终激活。")
    work.step("operations", "2*active", ("operations of a forward pass for one token", "一个词元前向传播的运算次数"), ("a multiplication and an addition for each active parameter", "每个激活参数一次乘法、一次加法"), is_=WHOLE)
    work.mistake("of_total", "2*total", "all parameters are counted; only the active ones work.", "算了全部参数；只有激活的参数参与运算。")


ORDERS: dict[str, Pair] = {
    "topk_softmax": ("The softmax is taken over the chosen experts only.", "只对被选中的专家取 softmax。"),
    "softmax_topk": ("The softmax is taken over all experts; the chosen probabilities are used as they are.", "对所有专家取 softmax，直接使用被选中的概率。"),
    "renormalised": ("The softmax is taken over all experts; the chosen probabilities are divided by their sum.", "对所有专家取 softmax，再把被选中的概率除以它们的和。"),
}


ZEROED: dict[str, Pair] = {
    "logits": ("the other scores are set to 0, which still gives them weight; they count as minus infinity.", "把其余分数置为 0，这样它们仍有权重；应视为负无穷。"),
    "probabilities": ("the other scores are set to 0 before the softmax; their probabilities are set to 0 after it.", "在 softmax 之前把其余分数置为 0；应在 softmax 之后把其余概率置为 0。"),
}


@calculator(
    "moe_routing",
    ("Routing of a token to experts", "词元到专家的路由"),
    chapter="llm",
    example={"logits": [1, 3, 2, 0], "k": 2, "outputs": [[1, 0], [2, 1], [0, 4], [1, 1]]},
)
def moe_routing(work: Work) -> None:
    """The experts of the k largest scores, their weights, and the mixture of their outputs (Shazeer et al., arXiv:1701.06538; arXiv:2401.04088)."""
    work.given("logits", ("scores of the experts", "各专家的分数"), shape="E")
    work.given("k", ("experts to use", "使用的专家数"), is_=WHOLE)
    order = work.option("weights", ("weights of the experts", "专家的权重"), ORDERS, default="topk_softmax")
    work.step("chosen", "top_mask(logits, k)", ("chosen experts (1, the others 0)", "被选中的专家（选中记 1，其余记 0）"), ("the k largest scores", "分数最大的 k 个"))
    if order == "topk_softmax":
        work.step("p", "hadamard(exp(logits), chosen)/sum(hadamard(exp(logits), chosen))", ("weights", "权重"), ("the others count as minus infinity", "其余专家视为负无穷"), is_="probability")
        work.mistake("over_all", "hadamard(softmax(logits), chosen)", "the softmax runs over all experts; it runs over the chosen ones.", "对所有专家取了 softmax；应只对被选中的取。")
    else:
        work.step("probabilities", "softmax(logits)", ("probabilities of all experts", "所有专家的概率"), is_="probability")
        kept = "hadamard(probabilities, chosen)"
        why = ("the others become 0", "其余专家置为 0") if order == "softmax_topk" else ("divided by their sum, so that they add up to 1", "除以它们的和，使总和为 1")
        work.step("p", kept if order == "softmax_topk" else f"{kept}/sum({kept})", ("weights", "权重"), why, is_="probability")
    work.mistake("equal", "chosen/k", "the chosen experts are weighted equally; their scores decide.", "被选中的专家平均加权了；应由分数决定权重。")
    work.mistake("zeroed", "softmax(hadamard(logits, chosen))", *ZEROED["logits" if order == "topk_softmax" else "probabilities"])
    if work.optional("outputs", ("outputs of the experts, one in each row", "各专家的输出，每行一个"), shape="E d"):
        work.step("y", "p @ outputs", ("output of the layer", "该层的输出"), ("outputs of the chosen experts, weighted", "被选中的专家的输出加权求和"))
        work.mistake("unweighted", "chosen @ outputs", "the outputs are added without weights; each is multiplied by the weight of its expert.", "没有加权就把输出相加了；每个输出要先乘以该专家的权重。")
