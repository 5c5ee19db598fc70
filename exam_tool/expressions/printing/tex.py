"""Words as LaTeX prints them, whatever signs they hold: no engine needs a font for γ, ² or ≤ within a sentence. No formulas."""

from __future__ import annotations

import re
from unicodedata import normalize

GREEK = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "eps": "ε", "zeta": "ζ", "eta": "η",
    "theta": "θ", "iota": "ι", "kappa": "κ", "lambda": "λ", "lam": "λ", "mu": "μ", "nu": "ν", "xi": "ξ", "pi": "π",
    "rho": "ρ", "sigma": "σ", "tau": "τ", "upsilon": "υ", "phi": "φ", "chi": "χ", "psi": "ψ", "omega": "ω",
    "Gamma": "Γ", "Delta": "Δ", "Theta": "Θ", "Lambda": "Λ", "Xi": "Ξ", "Pi": "Π", "Sigma": "Σ", "Phi": "Φ",
    "Psi": "Ψ", "Omega": "Ω", "ell": "ℓ", "infinity": "∞",
}  # fmt: skip
LATEX_GREEK = {"epsilon": r"\varepsilon", "eps": r"\varepsilon", "phi": r"\varphi", "lam": r"\lambda", "infinity": r"\infty"}
SPECIAL = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "%": r"\%", "_": r"\_",
    "^": r"\textasciicircum{}", "~": r"\textasciitilde{}", "<": r"\textless{}", ">": r"\textgreater{}", "|": r"\textbar{}",
    '"': r"\textquotedbl{}", "`": r"\textasciigrave{}", "'": r"\textquotesingle{}", "…": r"\ldots{}", "°": r"\textdegree{}",
    "•": r"\textbullet{}", "\u2010": "-", "\u2011": "-", "\u2012": "--", "\u2015": "---",
}  # fmt: skip
IN_MATHEMATICS = {
    "−": "-", "×": r"\times ", "·": r"\cdot ", "÷": r"\div ", "±": r"\pm ", "→": r"\to ", "←": r"\gets ", "⇒": r"\Rightarrow ",
    "↑": r"\uparrow ", "↓": r"\downarrow ", "≤": r"\le ", "≥": r"\ge ", "≈": r"\approx ", "≠": r"\ne ", "∈": r"\in ", "∉": r"\notin ",
    "∪": r"\cup ", "∩": r"\cap ", "∅": r"\emptyset ", "√": r"\surd ", "∂": r"\partial ", "∇": r"\nabla ", "∞": r"\infty ", "∗": r"\ast ",
    "⊙": r"\odot ", "⊗": r"\otimes ", "∧": r"\land ", "∨": r"\lor ", "¬": r"\lnot ", "⊤": r"\top ", "⌊": r"\lfloor ", "⌋": r"\rfloor ",
    "⌈": r"\lceil ", "⌉": r"\rceil ", "‖": r"\Vert ", "′": "'", "½": r"\tfrac12 ", "¼": r"\tfrac14 ", "¾": r"\tfrac34 ", "ℝ": r"\mathbb{R}",
    "𝟙": r"\mathbf{1}", "✓": r"\checkmark ", "∑": r"\sum ", "∏": r"\prod ", "⟨": r"\langle ", "⟩": r"\rangle ", "✗": r"\times ",
    **{letter: LATEX_GREEK.get(name, "\\" + name) + " " for name, letter in GREEK.items() if name not in ("eps", "lam", "infinity")},
    "ϵ": r"\epsilon ", "ϕ": r"\phi ", "ϑ": r"\vartheta ",
}  # fmt: skip
RAISED = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾ⁿᵀᵏᵗᴸ", "0123456789+-()nTktL", strict=True))
LOWERED = dict(zip("₀₁₂₃₄₅₆₇₈₉₊₋ᵢⱼₖₘₙₜ", "0123456789+-ijkmnt", strict=True))
ACCENTS = {"\u0302": r"\hat", "\u0304": r"\bar", "\u0303": r"\tilde", "\u0307": r"\dot"}
FOREIGN = re.compile(
    rf"(?P<accent>\w[{''.join(ACCENTS)}])|(?P<raised>[{''.join(RAISED)}]+)|(?P<lowered>[{''.join(LOWERED)}]+)"
    rf"|(?P<sign>[{''.join(map(re.escape, IN_MATHEMATICS))}]+)"
)
COMPOSED = re.compile(r"[\u0177\u0176\u00c2\u1e91\u0175]")  # ŷ Ŷ Â ẑ ŵ: letters with a hat, which are symbols here


def latex_escape(text: str) -> str:
    """Text as LaTeX prints it, character for character."""
    apart = COMPOSED.sub(lambda found: normalize("NFD", found[0]), text)
    shown, position = "", 0
    for found in FOREIGN.finditer(apart):
        shown += _plain(apart[position : found.start()]) + _mathematics(found)
        position = found.end()
    return shown + _plain(apart[position:])


def _plain(text: str) -> str:
    return "".join(SPECIAL.get(character, character) for character in text).replace("--", "-{}-").replace("--", "-{}-")


def _mathematics(found: re.Match[str]) -> str:
    """Signs that only mathematics has, between dollar signs."""
    piece = found[0]
    match found.lastgroup:
        case "accent":
            return f"${ACCENTS[piece[1]]}{{{piece[0]}}}$"
        case "raised":
            return f"$^{{{''.join(RAISED[character] for character in piece)}}}$"
        case "lowered":
            return f"$_{{{''.join(LOWERED[character] for character in piece)}}}$"
    return f"${''.join(IN_MATHEMATICS[character] for character in piece).rstrip()}$"
