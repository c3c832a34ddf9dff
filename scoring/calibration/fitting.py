"""One joint model of many indicators: which rules, and how many points each.

An L1-penalised logistic regression chooses (Tibshirani 1996), a logistic regression with a slight
L2 penalty is fitted again on the chosen, and points double the odds by so many (Siddiqi 2006,
"points to double the odds"), so that rules which say the same are not paid twice.
"""

import warnings
from dataclasses import dataclass

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression

from scoring.measures import Z

MOST = 30  # rules
PDO = 10  # points that double the odds
FOLDS, _PATH, _SHORTEST = 5, 16, 0.01
_RIDGE = 1.0


@dataclass(frozen=True)
class Fit:
    """`chosen`: columns; one element each in `weights` (log-odds), `errors` (their standard
    errors) and `points` (whole numbers)."""

    chosen: np.ndarray
    weights: np.ndarray
    errors: np.ndarray
    points: np.ndarray

    def interval(self):
        """95 % of each weight, in points: weight ± 1.96 standard errors (Wald)."""
        return to_points(self.weights - Z * self.errors), to_points(self.weights + Z * self.errors)

    def score(self, found):
        return found[:, self.chosen] @ self.points


def learn(found, won):
    """Fit at most MOST rules; None when none is worth a point.

    `found`: a row for each decision, a column for each candidate; `won`: booleans.
    """
    width = _widths(found)
    chosen = np.flatnonzero(_choose(found / width, won))
    weights, errors = _refit(found[:, chosen], won)
    while len(chosen):
        strength = np.abs(weights) / errors
        worthless = (strength < Z) | (np.rint(to_points(weights)) == 0)
        if not worthless.any() and len(chosen) <= MOST:
            break
        weakest = np.where(worthless | ~worthless.any(), strength, np.inf).argmin()
        chosen = np.delete(chosen, weakest)
        weights, errors = _refit(found[:, chosen], won)
    if not len(chosen):
        return None
    return Fit(chosen, weights, errors, np.rint(to_points(weights)).astype(int))


def to_points(weights):
    return weights * PDO / np.log(2)


def constant(score, won):
    """The log-odds of a lead with score 0, when PDO points double the odds: by Newton's method."""
    slope, found = np.log(2) / PDO, 0.0
    for _ in range(100):
        expected = odds_to_share(found + slope * score)
        step = (won.sum() - expected.sum()) / max((expected * (1 - expected)).sum(), 1e-9)
        found += np.clip(step, -5, 5)
        if abs(step) < 1e-9:
            break
    return found


def folds(won):
    """A number from 0 to FOLDS − 1 for each, by lot, with as many of each outcome in every fold."""
    random, found = np.random.default_rng(7), np.zeros(len(won), int)
    for outcome in (True, False):
        places = random.permutation(np.flatnonzero(won == outcome))
        found[places] = np.arange(len(places)) % FOLDS
    return found


def odds_to_share(log_odds):
    return 1 / (1 + np.exp(-np.clip(log_odds, -500, 500)))


def _widths(found):
    """Counts are as wide as a balanced yes or no (Gelman 2008), so that no column is favoured."""
    is_count = (found > 1).any(axis=0)
    spread = 2 * found.std(axis=0)
    return np.where(is_count & (spread > 0), spread, 1.0)


def _choose(found, won):
    """The weights of the sparsest model whose error, cross-validated, lies within one standard
    error of the best (Breiman et al. 1984)."""
    centred = found - found.mean(axis=0)
    largest = np.abs(centred.T @ (won - won.mean())).max(initial=0)
    if largest <= 0:
        return np.zeros(found.shape[1])
    path = largest * np.geomspace(1, _SHORTEST, _PATH)[1:]
    fold, losses = folds(won), []
    for penalty in path:
        loss, rules = _tested(centred, won, fold, penalty)
        losses.append(loss)
        if rules > 2 * MOST:  # more than ever could be used, and slow
            break
    means = np.array([loss.mean() for loss in losses])
    best = means.argmin()
    error = losses[best].std() / np.sqrt(len(won))
    sparsest = np.flatnonzero(means <= means[best] + error)[0]
    return _sparse(centred, won, path[sparsest]).coef_[0]


def _tested(found, won, fold, penalty):
    """(log loss of each decision under the model of the other folds, rules on average)."""
    loss, rules = np.zeros(len(won)), 0
    for k in range(FOLDS):
        out = fold == k
        model = _sparse(found[~out], won[~out], penalty * (1 - 1 / FOLDS))
        odds = model.decision_function(found[out])
        loss[out] = np.logaddexp(0, odds) - won[out] * odds
        rules += np.count_nonzero(model.coef_) / FOLDS
    return loss, rules


def _sparse(found, won, penalty):
    # The solver shrinks the constant, too: the scaling keeps that small.
    model = LogisticRegression(
        l1_ratio=1, solver="liblinear", C=1 / penalty, max_iter=300, intercept_scaling=10
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # rough is good enough to choose
        return model.fit(found, won)


def _refit(found, won):
    """Weights and standard errors: Newton's method on the penalised likelihood; the errors come
    from its curvature (the inverse of the information matrix)."""
    ones = np.ones((len(won), 1))
    columns = np.hstack([ones, found])
    ridge = np.full(columns.shape[1], _RIDGE)
    ridge[0] = 0
    weights = np.zeros(columns.shape[1])
    for _ in range(50):
        expected = odds_to_share(columns @ weights)
        bend = (columns * (expected * (1 - expected))[:, None]).T @ columns + np.diag(ridge)
        bend[0, 0] += 1e-9
        step = np.linalg.solve(bend, columns.T @ (won - expected) - ridge * weights)
        weights = weights + np.clip(step, -5, 5)
        if np.abs(step).max() < 1e-8:
            break
    errors = np.sqrt(np.diag(np.linalg.inv(bend)))
    return weights[1:], errors[1:]
