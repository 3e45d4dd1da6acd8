"""Fits trust: gradient boosting by LightGBM (Ke et al. 2017), put into the arrays that the product evaluates."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import lightgbm
import numpy as np

from rowcall_sqlgen.builtin.evidence import Evidence
from rowcall_sqlgen.builtin.trust import Trust

TREES = 300
LEAVES = 15
PARAMETERS: Mapping[str, object] = {
    "objective": "binary",
    "learning_rate": 0.04,
    "num_leaves": LEAVES,
    "min_data_in_leaf": 40,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "feature_fraction": 0.5,
    "deterministic": True,
    "force_row_wise": True,
    "num_threads": 1,
    "seed": 0,
    "verbose": -1,
}
"""Chosen by three-fold cross-validation over databases trained on."""

Node = Mapping[str, Any]


def fit_trust(evidence: Sequence[Evidence], right: Sequence[bool]) -> Trust:
    """Returns the trust that tells right proposals from wrong ones. Equal input gives equal trees."""
    names = tuple(sorted(set().union(*evidence)))
    known = np.array([[each.get(name, 0.0) for name in names] for each in evidence])
    data = lightgbm.Dataset(known, np.array(right, float))
    booster = lightgbm.train(dict(PARAMETERS), data, num_boost_round=TREES)
    return _as_arrays(names, [tree["tree_structure"] for tree in booster.dump_model()["tree_info"]])


def _as_arrays(names: tuple[str, ...], trees: Sequence[Node]) -> Trust:
    shape = (len(trees), LEAVES - 1)
    tested, below, above = (np.zeros(shape, np.int16) for _ in range(3))
    bounds, leaves = np.zeros(shape), np.zeros((len(trees), LEAVES))
    for tree, root in enumerate(trees):
        below[tree, 0] = above[tree, 0] = -1  # a tree that is one leaf
        for node in _nodes(root):
            if "leaf_value" in node:
                leaves[tree, node.get("leaf_index", 0)] = node["leaf_value"]
                continue
            split = node["split_index"]
            tested[tree, split], bounds[tree, split] = node["split_feature"], node["threshold"]
            below[tree, split], above[tree, split] = _number(node["left_child"]), _number(node["right_child"])
    return Trust(names=names, tested=tested, bounds=bounds, below=below, above=above, leaves=leaves)


def _nodes(root: Node) -> Iterator[Node]:
    yield root
    for side in ("left_child", "right_child"):
        if side in root:
            yield from _nodes(root[side])


def _number(node: Node) -> int:
    return int(node["split_index"]) if "split_index" in node else -1 - int(node["leaf_index"])
