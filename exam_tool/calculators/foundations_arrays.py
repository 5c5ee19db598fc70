"""Vectors, matrices and tensors: shapes, products, norms, similarity. Decompositions are elsewhere."""

from __future__ import annotations

from .work import Pair, Work, calculator

AXES: dict[str, tuple[tuple[str, str, str], ...]] = {
    "vector": (("d", "length", "长度"),),
    "matrix": (("m", "rows", "行数"), ("n", "columns", "列数")),
    "image": (("H", "height", "高度"), ("W", "width", "宽度"), ("C", "channels", "通道数")),
    "batch": (("B", "batch size", "批量大小"), ("H", "height", "高度"), ("W", "width", "宽度"), ("C", "channels", "通道数")),
    "tokens": (("n", "tokens", "词元数"), ("d_m", "width of each token", "每个词元的维数")),
}
ORDERS: dict[str, tuple[str, str, str]] = {  # the number of axes as one counts it, and why
    "vector": ("1", "its length", "即长度"),
    "matrix": ("2", "rows and columns", "行与列"),
    "image": ("3", "height, width and channels", "高、宽与通道"),
    "batch": ("1 + 3", "one axis for the batch, three for each image", "批次占一轴，每幅图像占三轴"),
    "tokens": ("2", "the tokens, and the features of each", "词元一轴，每个词元的特征一轴"),
}
KINDS = dict.fromkeys(AXES, ("", ""))
SPELLINGS = {"RGB image": "image", "batch of images": "batch", "token sequence": "tokens", "sequence": "tokens"}
LAYOUTS: dict[str, Pair] = {
    "NHWC": ("Channels come last.", "通道排在最后。"),
    "NCHW": ("Channels come before height and width.", "通道排在高和宽之前。"),
}


@calculator("tensor_shape", ("Shape and size of a tensor", "张量的形状与元素个数"), chapter="foundations", example={"kind": "batch", "B": 16, "H": 32, "W": 28, "C": 3})
def tensor_shape(work: Work) -> None:
    """Number of axes, shape and number of elements of a vector, matrix, image, batch of images or token sequence.

    Source: PyTorch documentation, torch.Tensor.shape and torch.numel.
    """
    kind = work.option("kind", ("kind of tensor", "张量的种类"), KINDS, default="image", convention=False, spellings=SPELLINGS)
    layout = work.option("layout", ("order of the axes", "各轴的顺序"), LAYOUTS, default="NHWC")
    for name, en, zh in AXES[kind]:
        work.given(name, (en, zh), is_="integer, >= 1")
    axes = [name for name, _, _ in AXES[kind]]
    if layout == "NCHW" and "C" in axes:
        axes = [*axes[:-3], "C", "H", "W"]
    counted, en, zh = ORDERS[kind]
    work.step("order", counted, ("number of axes", "轴数"), (en, zh))
    work.step("shape", f"shape({', '.join(axes)})", ("shape", "形状"))
    if kind == "tokens":
        work.mistake("swapped_tokens", "shape(d_m, n)", "the feature axis is put first; each token is a row.", "把特征轴放在了前面；每个词元占一行。")
    if kind == "batch":
        work.mistake("forgot_batch", f"shape({', '.join(axes[1:])})", "the batch axis is left out; the images of a batch are stacked along an axis of their own.", "漏掉了批量轴；一批图像要沿单独的一轴堆叠。")
    work.step("elements", " * ".join(axes), ("number of elements", "元素个数"), ("the sizes of all axes multiplied", "各轴长度相乘"), is_="integer, >= 1")
    if len(axes) > 1:
        work.mistake("summed_axes", " + ".join(axes), "the sizes are added; multiply them.", "把各轴长度相加了；应相乘。")
    if kind == "batch":
        work.mistake("forgot_batch", " * ".join(axes[1:]), "only one image is counted; multiply by the batch size.", "只算了一张图像；还要乘批量大小。")


@calculator("dot_product", ("Dot product", "向量点积"), chapter="foundations", example={"a": [1, 2, 3], "b": [4, 5, 6]})
def dot_product(work: Work) -> None:
    """Sum of the products of matching entries of two vectors. Source: Strang, Introduction to Linear Algebra (2016), section 1.2."""
    work.given("a", ("first vector", "第一个向量"), shape="n")
    work.given("b", ("second vector", "第二个向量"), shape="n")
    work.step("products", "a * b", ("products entry by entry", "逐元素乘积"))
    work.mistake("added", "a + b", "the entries are added; multiply them.", "把对应元素相加了；应相乘。", kind="slip")
    work.step("dot", "sum(products)", ("dot product", "点积"), ("the products are added", "把各乘积相加"))
    work.mistake("elementwise", "products", "the products are left as a vector; they are added up to one number.", "停在了逐元素乘积；还要相加成一个数。")
    work.mistake("outer", "outer(a, b)", "the matrix of all products is formed; only matching entries are multiplied, and the products added.", "求成了外积矩阵；点积只把对应元素相乘再相加。")


@calculator("hadamard_product", ("Entry-by-entry product", "逐元素乘积"), chapter="foundations", example={"A": [[1, 2], [3, 4]], "B": [[5, 6], [7, 8]]})
def hadamard_product(work: Work) -> None:
    """Product of matching entries of two arrays of one shape. Source: Goodfellow et al., Deep Learning (2016), section 2.2."""
    work.given("A", ("first array", "第一个数组"), shape=None, aliases=["a"])
    work.given("B", ("second array", "第二个数组"), shape=None, aliases=["b"])
    sizes = work.shape("A")
    work.fits("B", " ".join(map(str, sizes)))
    work.step("product", "hadamard(A, B)", ("product entry by entry", "逐元素乘积"))
    work.mistake("dot_instead", "sum(hadamard(A, B))", "the products are added up; each stays in its place.", "把各乘积相加了；应保留在各自的位置。")
    if len(sizes) == 2 and sizes[0] == sizes[1]:
        work.mistake("matmul_instead", "A @ B", "rows are multiplied by columns; multiply matching entries.", "用了矩阵乘法；应对应元素相乘。")


@calculator("matrix_product", ("Matrix product", "矩阵乘法"), chapter="foundations", example={"A": [[1, 2], [3, 4]], "B": [[5, 6], [7, 8]]})
def matrix_product(work: Work) -> None:
    """Product of an m x k and a k x n matrix. Source: Goodfellow et al., Deep Learning (2016), section 2.2."""
    work.given("A", ("first matrix, m x k", "第一个矩阵，m×k"), shape="m k")
    work.given("B", ("second matrix, k x n", "第二个矩阵，k×n"), shape="k n")
    (rows, inner), (_, columns) = work.shape("A"), work.shape("B")
    work.step("out_shape", f"shape({rows}, {columns})", ("shape of the product", "乘积的形状"), ("rows of the first, columns of the second", "前者的行数 × 后者的列数"))
    work.step("product", "A @ B", ("product", "乘积"), ("each entry is a row of the first times a column of the second", "每个元素为前者的一行乘后者的一列"))
    if rows == inner == columns:
        work.mistake("reversed", "B @ A", "the factors are exchanged; matrix products do not commute, so keep their order.", "两个矩阵的次序反了；矩阵乘法不可交换，应按给出的次序相乘。")
    if (rows, inner) == (inner, columns):
        work.mistake("elementwise", "hadamard(A, B)", "matching entries are multiplied; take rows times columns.", "做了逐元素乘法；应以行乘列。")
    if columns == inner:
        work.mistake("transposed", "A @ B.T", "the rows of B are used; take its columns.", "用了 B 的行；应取 B 的列。")


@calculator("vector_norms", ("Norms of a vector or matrix", "向量与矩阵的范数"), chapter="foundations", example={"w": [3, -4, 12]})
def vector_norms(work: Work) -> None:
    """L1 norm and L2 norm of a vector, or Frobenius norm of a matrix. Source: Goodfellow et al., Deep Learning (2016), section 2.5."""
    work.given("w", ("vector or matrix", "向量或矩阵"), shape=None)
    squared = work.option("frobenius", ("Frobenius norm", "Frobenius 范数"), {
        "squared norm": ("The Frobenius norm is given squared, as in penalties.", "Frobenius 范数取平方，如惩罚项中所用。"),
        "norm": ("The Frobenius norm is the root of the sum of squares.", "Frobenius 范数取平方和的平方根。"),
    }, default="squared norm") == "squared norm"  # fmt: skip
    work.step("absolute", "abs(w)", ("absolute values", "绝对值"))
    work.step("l1", "sum(absolute)", ("L1 norm, the sum of absolute values", "L1 范数，即绝对值之和"))
    work.mistake("abs_missing", "sum(w)", "the entries are added with their signs; take absolute values first.", "带着符号相加了；应先取绝对值。")
    work.step("squares", "w^2", ("squares", "平方"))
    work.step("sum_squares", "sum(squares)", ("sum of squares", "平方和"))
    if len(work.shape("w")) < 2:
        work.step("l2", "sqrt(sum_squares)", ("L2 norm, the root of the sum of squares", "L2 范数，即平方和的平方根"))
        work.mistake("no_root", "sum_squares", "the root is left out; the norm is the root of the sum of squares.", "没有开方；范数是平方和的平方根。")
    else:
        work.step("frobenius_norm", "sum_squares" if squared else "sqrt(sum_squares)", ("Frobenius norm", "Frobenius 范数"))


@calculator("cosine_similarity", ("Cosine similarity", "余弦相似度"), chapter="foundations", example={"u": [1, 2, 2], "v": [2, 0, 0]})
def cosine_similarity(work: Work) -> None:
    """Cosine of the angle between two vectors, or between ``u`` and each row of ``items``, and the nearest row.

    Source: Manning, Raghavan and Schuetze, Introduction to Information Retrieval (2008), section 6.3.
    """
    work.given("u", ("vector", "向量"), shape="d")
    if work.offered("items"):
        work.given("items", ("vectors to search, one per row", "待检索的向量（每行一个）"), shape="n d")
        work.step("dots", "items @ u", ("dot products", "点积"))
        work.step("norm_u", "norm(u)", ("length of u", "u 的长度"))
        work.step("norms", "sqrt(sum(items^2, 2))", ("lengths of the rows", "各行的长度"))
        work.step("cos", "dots / (norm_u * norms)", ("cosine similarities", "余弦相似度"))
        work.mistake("dot_only", "dots", "the dot products are not divided by the lengths.", "点积没有除以两个向量的长度。")
        work.mistake("squared_norms", "dots / (norm_u^2 * norms^2)", "the squared lengths are used; take their roots.", "用了长度的平方；应开方。")
        work.step("nearest", "argmax(cos)", ("nearest row", "最接近的行"))
        work.mistake("largest_dot", "argmax(dots)", "the largest dot product is chosen; a long vector wins unfairly without division.", "选了点积最大的；不除以长度会偏向长向量。")
        return
    work.given("v", ("other vector", "另一个向量"), shape="d")
    work.step("dot", "u @ v", ("dot product", "点积"))
    work.step("norm_u", "norm(u)", ("length of u", "u 的长度"), is_="> 0")
    work.step("norm_v", "norm(v)", ("length of v", "v 的长度"), is_="> 0")
    work.step("cos", "dot / (norm_u * norm_v)", ("cosine similarity", "余弦相似度"), is_=">= -1, <= 1")
    work.mistake("dot_only", "dot", "the dot product is left as it is; it is divided by both lengths.", "点积没有除以长度；应除以两个长度的乘积。")
    work.mistake("one_norm", "dot / norm_u", "the dot product is divided by one length only; divide by both.", "点积只除以一个长度；应除以两个长度的乘积。")
    work.mistake("squared_norms", "dot / (norm_u^2 * norm_v^2)", "the squared lengths are used; take their roots.", "用了长度的平方；应开方。")
