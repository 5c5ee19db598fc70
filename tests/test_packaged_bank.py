"""The packaged bank: every file is sound and obeys every law; a new YAML file gets its tests here, for free."""

from functools import cache
from pathlib import Path

import pytest
import yaml

from exam_tool.bank import Bank, load_bank
from exam_tool.calculators.work import find
from exam_tool.check import check_problem

SEEDS = 12

# The rows of the seven topics the product is named for.
TOPICS = {
    "softmax": "softmax softmax_jacobian softmax_cross_entropy_gradient temperature_softmax top_k_sampling",
    "parameter_count": """
        linear_layer_params mlp_total_params conv_params conv1x1 depthwise_separable_conv
        stacked_small_kernels connection_counts_1d conv_vs_fc_params flatten_to_fc cnn_shape_chain
        inception_concat bottleneck_params factorized_conv embedding_lookup rnn_params deep_rnn
        bidirectional_rnn lstm_params gru_params qkv_projection multi_head_attention_shapes ffn_params
        transformer_block_params output_projection batch_norm_params gcn_params lora_params
    """,
    "hand_backprop_l1_l2": """
        scalar_chain_backprop mlp_backprop_l1_l2 mlp_backprop_matrix linear_regression_gradient_step
        bptt_gradient minibatch_update l1_update l2_update regularized_loss
    """,
    "conv_output_size": "conv_output_size conv_output_shape same_padding pooling_output_size",
    "gcn_matrices": "adjacency_matrix degree_matrix self_loop_adjacency graph_laplacian gcn_normalized_adjacency gcn_layer",
    "discounted_return": "discounted_return",
    "bellman_solve": """
        markov_chain_distribution expected_reward_vector bellman_mrp_solve policy_induced_mrp
        state_action_values iterative_policy_evaluation policy_improvement_step
    """,
}
MUST = [row for rows in TOPICS.values() for row in rows.split()]


@cache
def bank() -> Bank:
    return load_bank()


def test_every_file_can_be_used() -> None:
    """No file of the bank has a fault."""
    assert [f"{fault.mark}: {fault.message.en}" for fault in bank().faults] == []


@pytest.mark.parametrize("file", sorted(bank().root.rglob("*.yaml")), ids=lambda file: file.name)
def test_every_file_is_yaml_to_the_plain_parser_too(file: Path) -> None:
    """Where the C library of PyYAML is missing, its own parser reads the same file: it is stricter on unquoted signs."""
    assert list(yaml.parse(file.read_text(encoding="utf-8"), Loader=yaml.BaseLoader))


@pytest.mark.parametrize("name", sorted(bank().problems))
def test_the_laws_hold(name: str) -> None:
    """The laws hold over many seeds, and the worked examples of outside sources agree."""
    report = check_problem(bank()[name], SEEDS)
    assert [f"{fault.mark}: {fault.message.en}" for fault in report.faults] == []
    if bank()[name].fact is None:
        assert report.distinct > 3, "the draws of this problem are nearly all the same"


@pytest.mark.parametrize("name", sorted(bank().problems))
def test_a_problem_names_the_rows_it_practises(name: str) -> None:
    """A problem stands in the folder of its id's chapter and lists syllabus rows that exist."""
    problem = bank()[name]
    assert name.partition(".")[0] == problem.chapter
    if problem.fact is None:
        for row in problem.syllabus:
            find(row)


@pytest.mark.parametrize("row", MUST)
def test_every_required_row_is_practised(row: str) -> None:
    """At least one problem practises each row of the seven named topics."""
    assert any(row in problem.syllabus for problem in bank())


@pytest.mark.parametrize("topic", TOPICS)
def test_each_named_topic_has_three_rising_levels(topic: str) -> None:
    """The seven topics the product is named for can be practised at levels 1, 2 and 3."""
    assert {problem.level for problem in bank() if set(TOPICS[topic].split()) & set(problem.syllabus)} == {1, 2, 3}


def test_some_problems_state_their_own_steps() -> None:
    """At least three problems need no calculator written in Python."""
    assert sum("steps" in problem.source.entries for problem in bank()) >= 3
