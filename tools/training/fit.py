"""Fits the network by maximum likelihood of the gold actions, with JAX on whatever it finds to run on."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax

from rowcall_sqlgen.parser.arrays import Array, History, NodeInputs, Shape, Weights
from tools.training.batches import Batch, Prepared, batches
from tools.training.network import HIDDEN, Network, initial_weights

BATCH = 32
AVERAGING = 0.998
"""Share of the running mean of the weights that a step keeps (Polyak averaging)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How to train."""

    epochs: int
    rate: float = 9e-4
    dropout: float = 0.15
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Progress:
    """After an epoch: mean loss, and the share of validation examples whose every action is the likeliest one."""

    epoch: int
    loss: float
    validated: float | None


def fit(
    shape: Shape,
    fitted: Sequence[Prepared],
    validated: Sequence[Prepared],
    *,
    plan: Plan,
    report: Callable[[Progress, Weights], None],
) -> Weights:
    """Returns the averaged weights. Equal seeds on equal machines give equal weights."""
    random = np.random.default_rng(plan.seed)
    weights = {name: jnp.asarray(value) for name, value in initial_weights(shape, random).items()}
    steps = plan.epochs * sum(1 for _ in batches(fitted, BATCH))
    rates = optax.warmup_cosine_decay_schedule(0.0, plan.rate, min(600, steps // 8), steps, plan.rate * 0.02)
    optimizer = optax.chain(optax.clip_by_global_norm(1.0), optax.adamw(rates, b2=0.98, weight_decay=1e-4))
    learner = _Learner(shape, optimizer, plan.dropout)
    state, mean = optimizer.init(weights), weights
    key = jax.random.PRNGKey(plan.seed)
    for epoch in range(plan.epochs):
        losses = []
        for _, batch in batches(fitted, BATCH, random):
            key, used = jax.random.split(key)
            weights, state, mean, loss = learner.step(weights, state, mean, batch, used)
            losses.append(float(loss))
        share = _exact(learner, mean, validated) if epoch % 5 == 4 or epoch + 1 == plan.epochs else None
        report(Progress(epoch, sum(losses) / len(losses), share), mean)
    return {name: np.asarray(value) for name, value in mean.items()}


class _Learner:
    """The compiled functions."""

    def __init__(self, shape: Shape, optimizer: optax.GradientTransformation, dropout: float) -> None:
        self._shape = shape
        self._optimizer = optimizer
        self._dropout = dropout
        self.step = jax.jit(self._step)
        self.exact = jax.jit(jax.vmap(lambda weights, row: self._forward(weights, row, None)[1], (None, 0)))

    def _step(self, weights: Any, state: Any, mean: Any, batch: Batch, key: Any) -> tuple[Any, Any, Any, Any]:
        loss, gradient = jax.value_and_grad(self._loss)(weights, batch, key)
        updates, state = self._optimizer.update(gradient, state, weights)
        weights = optax.apply_updates(weights, updates)
        mean = jax.tree.map(lambda old, new: AVERAGING * old + (1 - AVERAGING) * new, mean, weights)
        return weights, state, mean, loss

    def _loss(self, weights: Any, batch: Batch, key: Any) -> Any:
        keys = jax.random.split(key, len(batch["present"]))
        return jax.vmap(lambda row, used: self._forward(weights, row, used)[0], (0, 0))(batch, keys).mean()

    def _forward(self, weights: Any, row: Batch, key: Any) -> tuple[Any, Any]:
        network = Network(self._shape, weights, jnp, self._dropping(key))
        names = ("vectors", "features", "positions", "relations", "present")
        nodes = network.encode(NodeInputs(*(row[name] for name in names)))
        late = History(row["keywords"], row["pointers"], row["places"])
        scores = network.decode(nodes, row["present"], late)
        targets = (row["allowed_targets"].astype(jnp.float32) @ row["targets"].astype(jnp.float32).T) > 0
        allowed = jnp.concatenate([row["allowed_keywords"], targets], 1)
        scores = jnp.where(allowed, scores, -HIDDEN)
        logs = jax.nn.log_softmax(scores)
        likelihood = jnp.take_along_axis(logs, row["wanted"][:, None], 1)[:, 0]
        right = (scores.argmax(1) == row["wanted"]) | (row["counts"] == 0)
        return -(likelihood * row["counts"]).sum(), right.all()

    def _dropping(self, key: Any) -> Callable[[Array], Array]:
        used = 0

        def drop(x: Any) -> Any:
            nonlocal used
            if key is None:
                return x
            used += 1
            kept = jax.random.bernoulli(jax.random.fold_in(key, used), 1 - self._dropout, x.shape)
            return jnp.where(kept, x / (1 - self._dropout), 0)

        return drop


def _exact(learner: _Learner, weights: Any, validated: Sequence[Prepared]) -> float:
    right = total = 0
    for count, batch in batches(validated, BATCH):
        right += int(learner.exact(weights, batch)[:count].sum())
        total += count
    return right / total if total else 0.0
