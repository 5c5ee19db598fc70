"""What is known of the calculations of the core: the mistakes people make in each, with a sentence that mends it."""

from __future__ import annotations

from typing import Any

import pytest

from exam_tool.calculators.calling import calculate
from exam_tool.calculators.work import find
from exam_tool.trace import Plan

# Each calculation with its mistakes; ``option=choice`` is what another course would do, recognised as its convention.
KNOWN = """
softmax: linear_normalise max_normalise sigmoid_each excluded_self base_2
softmax_jacobian: diag_only sign
softmax_cross_entropy_gradient: reversed times_sigmoid minus_inverse
linear_layer_params: forgot_bias bias_per_input sum_dims bias_scaled
mlp_total_params: forgot_biases product_all bias_first_layer
scalar_chain_backprop: forgot_local wrong_input w_in_own_gradient updated_weight_reused
mlp_backprop_l1_l2: forgot_one_minus_a dropped_sign l1_as_l2 l2_as_l1 l2_decay_missing_eta reg_not_scaled ascent used_new_w2 missing_w2 \
two_factor
mlp_backprop_matrix: no_transpose no_hadamard outer_reversed
linear_regression_gradient_step: no_x sign
conv_output_size: no_plus_one single_padding ceil plus_one_inside no_padding divide_first
conv_output_shape: kept_c_in c_in_times_c_out
conv_params: times_output_map forgot_c_in forgot_bias bias_per_slice k_not_squared
same_padding: k_half k_minus_one
pooling_output_size: channels_changed has_params
conv1x1: spatial_change no_c_in
depthwise_separable_conv: depthwise_full no_pointwise product
stacked_small_kernels: one_layer c_not_squared
connection_counts_1d: shared_times_n dense_nk
conv_vs_fc_params: no_flatten channels_missing
flatten_to_fc: forgot_c input_size
cnn_shape_chain: pool_params channels_not_updated conv_times_map
inception_concat: added_maps no_reduction
bottleneck_params: no_restore full_3x3
factorized_conv: n_only product
embedding_lookup: wrong_axis n_times_n bias
rnn_params: times_steps forgot_w forgot_biases forgot_output_bias
deep_rnn: input_everywhere wrong_time
bidirectional_rnn: backward_forwards shared_weights double_by
bptt_gradient: last_step_only power_off sum_factors
lstm_params: three_sets rnn_count
gru_params: two_sets four_sets
qkv_projection: left_multiply shared
multi_head_attention_shapes: times_h not_divided forgot_wo sum_heads
ffn_params: times_tokens one_matrix
transformer_block_params: heads_multiply no_norm
output_projection: hidden_out no_bias
temperature_softmax: multiply after
top_k_sampling: no_renorm bottom_k
minibatch_update: reduction=sum last_only
l1_update: dropped_sign times_w no_eta minus abs
l2_update: no_eta sign_rule grow decay_all half=full
regularized_loss: norm_not_squared half=full abs_missing
batch_norm_params: four per_sample
adjacency_matrix: one_direction self_loops
degree_matrix: no_self_loop loop_twice full
self_loop_adjacency: times two_i d
graph_laplacian: reversed with_loops plus
gcn_normalized_adjacency: forgot_self_loops d_without_loops product_no_root column positive_power
gcn_layer: forgot_self_loops no_relu order h_transposed no_norm
gcn_params: times_nodes adjacency
lora_params: product one_factor plus_full
discounted_return: first_exponent=1 undiscounted linear same_gamma reversed
markov_chain_distribution: transposed elementwise
expected_reward_vector: row_sum column
bellman_mrp_solve: p_transposed no_gamma plus one_step gamma_r
policy_induced_mrp: uniform max
state_action_values: no_gamma max_for_policy unweighted
iterative_policy_evaluation: update=in_place no_reward p_transposed
policy_improvement_step: min average
"""
TABLE = dict(line.split(": ") for line in KNOWN.split("\n") if line)

# Where the worked example is too small for a mistake to be made, or has no number for it.
SQUARE = {"nodes": 2, "edges": [[1, 2]], "H": [[1, 2], [3, -1]], "W": [[1, 0], [-1, 2]]}
MORE: dict[str, list[dict[str, Any]]] = {
    "rnn_params": [{"d_x": 4, "d_h": 3, "d_y": 2, "T": 5}],
    "ffn_params": [{"d_m": 4, "d_ff": 16, "n": 3}],
    "gcn_layer": [SQUARE],
    "regularized_loss": [{"L": 1, "W": [1, -2], "lam": 1, "reg": "L1"}],
}


def plans(row: str) -> list[Plan]:
    found, _ = find(row)
    return [calculate(row, **given).plan for given in (dict(found.example), *MORE.get(row, []))]


@pytest.mark.parametrize("row", TABLE)
def test_its_mistakes_are_known(row: str) -> None:
    """Every mistake is one of a step, or another choice of an option that is a convention."""
    known = {mistake.id for plan in plans(row) for step in plan.steps for mistake in step.mistakes}
    for plan in plans(row):
        known |= {f"{option.name}={choice}".replace(" ", "_") for option in plan.declared if option.convention for choice in option.choices}
    assert set(TABLE[row].split()) <= known, set(TABLE[row].split()) - known


@pytest.mark.parametrize("row", TABLE)
def test_its_sentences_can_follow_the_opening(row: str) -> None:
    """In English a sentence goes on after "if", in Chinese after its colon; both end, and neither blames."""
    for plan in plans(row):
        for step in plan.steps:
            for mistake in step.mistakes:
                en, zh = mistake.message.en, mistake.message.zh
                assert en[0] in "`γ" or en[0].islower() or en.startswith("P "), en
                assert en.endswith("."), en
                assert zh.endswith(("。", "……")), zh
                assert "you " not in en, en
                assert "你" not in zh, zh
