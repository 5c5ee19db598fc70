"""Every exercise of the courses can be answered by some problem of the bank: what covers each, and the numbers the courses give."""

from __future__ import annotations

from typing import Any

import pytest

from exam_tool.bank import Bank, Problem, load_bank
from exam_tool.calculators import calculate
from exam_tool.check.structure import agrees
from exam_tool.marking import grade
from exam_tool.marking.laws import key_of
from exam_tool.variant import draw

# The kind of each exercise and the rows of the syllabus that cover it, in the order of the courses.
EXERCISES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("fill", ("f_bias_name",)),
    (
        "true_false",
        (
            "m_linear_stack",
            "linear_collapse",
        ),
    ),
    ("calc", ("linear_layer_params",)),
    ("fill", ("m_residual_form",)),
    ("true_false", ("m_residual_purpose",)),
    ("true_false", ("c_strided_conv_downsample",)),
    ("true_false", ("c_conv_pool_merge",)),
    (
        "fill",
        (
            "c_1x1_channels",
            "conv1x1",
        ),
    ),
    (
        "calc",
        (
            "conv_output_shape",
            "conv_output_size",
        ),
    ),
    ("calc", ("conv_params",)),
    ("true_false", ("r_text_variable",)),
    ("fill", ("r_tokenization",)),
    ("fill", ("r_s_prev",)),
    ("true_false", ("r_sharing",)),
    ("choice", ("r_forget_gate",)),
    ("calc", ("rnn_params",)),
    ("true_false", ("t_models_relations",)),
    ("fill", ("t_position_fill",)),
    ("choice", ("t_v_content",)),
    ("true_false", ("t_qk_same_last",)),
    ("true_false", ("t_ln_token",)),
    ("fill", ("t_formula_v",)),
    ("true_false", ("tr_freq_principle",)),
    ("fill", ("tr_freq_two_blanks",)),
    ("choice", ("tr_edges_high",)),
    ("true_false", ("tr_overparam_generalizes",)),
    ("true_false", ("tr_early_stop",)),
    (
        "true_false",
        (
            "tr_freq_object",
            "tr_two_frequencies",
        ),
    ),
    ("calc", ("relu_kink",)),
    ("true_false", ("tr_zero_init",)),
    ("fill", ("tr_condensation",)),
    (
        "true_false",
        (
            "tr_condensed_small",
            "tr_why_not_small",
        ),
    ),
    ("choice", ("tr_flat_sharp",)),
    ("true_false", ("tr_large_lr_limit",)),
    ("true_false", ("l_foundation",)),
    ("choice", ("l_mainstream",)),
    ("true_false", ("l_encoder_only_ntp",)),
    (
        "fill",
        (
            "l_teacher_student",
            "l_teacher_name",
        ),
    ),
    ("true_false", ("l_icl",)),
    ("true_false", ("l_hallucination",)),
    ("true_false", ("rl_trial_error",)),
    ("fill", ("rl_goal",)),
    ("calc", ("discounted_return",)),
    ("choice", ("rl_try_new",)),
    ("true_false", ("rl_markov",)),
    ("fill", ("rl_q_return",)),
    ("true_false", ("rl_dqn",)),
    ("calc", ("l1_update",)),
    ("calc", ("l2_update",)),
    ("calc", ("mlp_backprop_l1_l2",)),
    (
        "calc",
        (
            "adjacency_matrix",
            "self_loop_adjacency",
            "degree_matrix",
            "gcn_normalized_adjacency",
            "gcn_layer",
        ),
    ),
    (
        "calc",
        (
            "mlp_backprop_l1_l2",
            "scalar_chain_backprop",
            "mlp_backprop_matrix",
        ),
    ),
    (
        "recall",
        (
            "a_methods",
            "a_defences",
            "fgsm",
            "iterative_fgsm",
        ),
    ),
    (
        "recall",
        (
            "gan_value",
            "g_gan_training",
            "g_gan_objective",
        ),
    ),
    (
        "recall",
        (
            "t_seq2seq_attention",
            "t_needs_position",
            "alignment_attention",
        ),
    ),
    ("calc", ("mlp_forward",)),
    (
        "calc",
        (
            "conv2d_forward",
            "conv2d_multichannel_forward",
            "conv_output_size",
        ),
    ),
    (
        "recall",
        (
            "rl_fib",
            "fibonacci_dp",
        ),
    ),
    (
        "recall",
        (
            "t_sin_cos_parity",
            "sinusoidal_positional_encoding",
        ),
    ),
    ("recall", ("l_chatgpt_stages",)),
)
# Exercises that calculate: the row, its inputs, and the numbers the courses give.
CALCULATED: tuple[tuple[str, dict[str, Any], dict[str, str]], ...] = (
    ("linear_layer_params", {"d_in": 5, "d_out": 2}, {"total": "12"}),
    ("conv_output_shape", {"H": 32, "W": 32, "C_in": 3, "K": 3, "P": 1, "S": 1, "C_out": 16}, {"shape": "32x32x16"}),
    ("conv_params", {"K": 5, "C_in": 3, "C_out": 6}, {"total": "456"}),
    ("rnn_params", {"d_x": 4, "d_h": 3, "d_y": 2}, {"U": "12", "W": "9", "V": "6", "b": "3", "b_y": "2", "total": "32"}),
    ("relu_kink", {"w": 2, "b": -4}, {"kink": "2"}),
    ("discounted_return", {"rewards": [1, 0, 2], "gamma": "0.5"}, {"terms": "[1, 0, 0.5]", "G": "1.5"}),
    ("l1_update", {"w": "0.5", "grad": "0.2", "eta": "0.1", "lam": "0.1"}, {"w_new": "0.47"}),
    ("l2_update", {"w": "0.5", "grad": "0.2", "eta": "0.1", "lam": "0.1"}, {"w_new": "0.475"}),
    (
        "mlp_backprop_l1_l2",
        {"x": 1, "y": 0, "w1": "0.5", "w2": "-0.4", "eta": "0.1", "lam": "0.1", "reg_w1": "L1", "reg_w2": "L2"},
        {"w2_new_L2": "-0.3805", "w1_new_L1": "0.4877"},
    ),
    ("adjacency_matrix", {"nodes": 3, "edges": [[1, 2], [2, 3]]}, {"A": "[[0, 1, 0], [1, 0, 1], [0, 1, 0]]"}),
    ("degree_matrix", {"nodes": 3, "edges": [[1, 2], [2, 3]]}, {"D_hat": "[[2, 0, 0], [0, 3, 0], [0, 0, 2]]"}),
)


@pytest.fixture(scope="module")
def practising() -> dict[str, list[Problem]]:
    """The problems of the bank by the rows they practise."""
    bank: Bank = load_bank()
    found: dict[str, list[Problem]] = {}
    for problem in bank:
        for row in problem.syllabus:
            found.setdefault(row, []).append(problem)
    return found


def test_there_are_sixty_exercises() -> None:
    """As many as the courses set or announce."""
    assert len(EXERCISES) == 60


@pytest.mark.parametrize(("kind", "rows"), EXERCISES)
def test_every_exercise_is_answerable(practising: dict[str, list[Problem]], kind: str, rows: tuple[str, ...]) -> None:
    """Each row that covers it is practised; one of the problems is of its kind, and its key earns full marks."""
    for row in rows:
        assert row in practising, row
    problems = [problem for row in rows for problem in practising[row]]
    fitting = [problem for problem in problems if (problem.fact is None) == (kind == "calc")]
    assert fitting or kind == "recall", rows
    for problem in (fitting or problems)[:2]:
        variant = draw(problem, 1)
        marked = grade(variant, key_of(variant))
        assert marked.total == marked.maximum, problem.id


@pytest.mark.parametrize(("row", "given", "answers"), CALCULATED)
def test_the_numbers_of_the_courses_come_out(row: str, given: dict[str, Any], answers: dict[str, str]) -> None:
    """The calculator behind each exercise gives the answer of the course, to the digits it prints."""
    trace = calculate(row, **given)
    for name, printed in answers.items():
        assert agrees(printed, trace[name].value), name
