"""What the courses' exams lean on: the weight of each chapter, the topics that are sure to come, and what is not examined. Data only."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic that every exam has: one problem that practises one of these rows of the syllabus."""

    name: str
    rows: frozenset[str]


# Of a hundred marks. Backpropagation, convolution and graph layers by hand carry most; sequence models and regularisation are light.
WEIGHTS = {
    "foundations": 8, "mlp": 18, "cnn": 14, "rnn": 6, "transformer": 9, "optimization": 4, "regularization": 4,
    "graph": 11, "llm": 6, "rl": 9, "generative": 5, "adversarial": 4, "training": 2,
}  # fmt: skip

CERTAIN = (
    Topic("backpropagation by hand with L1 or L2", frozenset(("mlp_backprop_l1_l2",))),
    Topic("forward pass with its loss", frozenset(("mlp_forward",))),
    Topic("convolution by hand", frozenset(("conv2d_forward", "conv2d_multichannel_forward"))),
    Topic("A, D and the graph convolution layer", frozenset(("gcn_layer", "gcn_normalized_adjacency"))),
    Topic("introduction to reinforcement learning", frozenset((
        "rl_vs_sl", "rl_goal", "rl_trial_error", "rl_elements", "rl_loop", "rl_four_diffs", "rl_sequential", "rl_return_vs_reward",
        "rl_reward_design",
    ))),
    Topic("decades of models", frozenset((
        "f_history_years", "f_history_order", "c_lenet5", "c_alexnet_facts", "c_vgg_facts", "c_googlenet_facts", "c_resnet_facts",
        "r_lstm_year", "t_paper_year", "g_gan_year",
    ))),
    Topic("attacks and defences", frozenset(("a_methods", "a_defences"))),
    Topic("GAN objective and training", frozenset(("g_gan_objective", "g_gan_training", "gan_value"))),
    Topic("stages of ChatGPT", frozenset(("l_chatgpt_stages",))),
)  # fmt: skip

# Named as not examined: formulas of gated cells, rotary positions, batch normalisation, Fourier features.
OUT = frozenset((
    "lstm_step", "gru_step", "rotary_position_embedding", "batch_norm", "batch_norm_running_stats", "batch_norm_params",
    "fourier_components",
))  # fmt: skip
