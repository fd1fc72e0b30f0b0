"""MLPClassifier and MLPRegressor: scikit-learn estimators that train an MLP and predict with it.

They need the extra ``data``. Without it this module can still be imported, and using a class raises MissingExtraError.
With it, importing this module loads scikit-learn, which ``import nn`` does not.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Self

from autograd.errors import MissingExtraError
from autograd.util.arrays import Array, require_plain
from autograd.util.lazy_numpy import np
from autograd.util.suggestions import Advised, missing, refuse_habits
from nn.layers import MLP
from nn.optim.optimizer import Optimizer
from nn.running.evaluation import predict
from nn.running.row_function import Engine
from nn.training.fit import fit

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

__all__ = ["MLPClassifier", "MLPRegressor"]

_base: Any
try:
    _base, _utils, _multiclass, _validation = (
        importlib.import_module(f"sklearn.{name}") for name in ("base", "utils", "utils.multiclass", "utils.validation")
    )
except ImportError as _error:
    _base, _missing = None, _error


class _Estimator(Advised):
    """An estimator that explains names from scikit-learn's own classes. (The signature is in ``_MLP.__init__``.)"""

    _advised_as = "estimator"

    def __new__(cls, *args: object, **options: object) -> Self:
        """Refuse arguments that only scikit-learn's class of the same name has, and say what to write instead."""
        refuse_habits(cls, options, "MLPClassifier()")
        return super().__new__(cls)


class _MLP(_Estimator):
    """The code that both estimators share: parameters, sample weights, training and outputs."""

    n_features_in_: int

    def __init__(
        self,
        hidden: Sequence[int] = (32,),
        *,
        activation: str | Callable[..., Any] | None = "relu",
        optimizer: str | Callable[..., Optimizer] = "adam",
        lr: float | None = 1e-2,
        epochs: int = 200,
        batch_size: int | None = 200,
        l2: float = 0.0,
        engine: Engine = "compiled",
        dtype: str = "float64",
        random_state: int | np.random.RandomState | None = None,
        verbose: bool = False,
    ) -> None:
        self.hidden = hidden
        self.activation = activation
        self.optimizer = optimizer
        self.lr = lr
        self.epochs = epochs
        self.batch_size = batch_size
        self.l2 = l2
        self.engine = engine
        self.dtype = dtype
        self.random_state = random_state
        self.verbose = verbose

    def _samples(
        self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None, **checks: bool
    ) -> tuple[Array, Array, Array | None]:
        """Return (X, y, weight) as arrays, without samples of weight 0; no weight if all are equal."""
        for given, name in ((X, "X"), (y, "y"), (sample_weight, "sample_weight")):
            require_plain(given, name)
        samples, targets = _validation.validate_data(self, X, y, dtype=self.dtype, **checks)
        if sample_weight is None:
            return samples, targets, None
        weight = _validation._check_sample_weight(sample_weight, samples, dtype=np.float64, ensure_non_negative=True)
        counts = weight > 0
        if not counts.any():
            raise ValueError("sample_weight is zero for every sample, so there is nothing to learn from")
        weight = weight[counts]
        return samples[counts], targets[counts], None if (weight == weight[0]).all() else weight

    def _train(self, X: Array, y: Array, weight: Array | None, outputs: int, loss: str) -> None:
        if not isinstance(self.hidden, (Sequence, np.ndarray)) or isinstance(self.hidden, str):
            raise TypeError(f"hidden must list the width of each hidden layer, for example (32,), not {self.hidden!r}")
        seed = int(_utils.check_random_state(self.random_state).randint(2**31 - 1))
        init = "he_uniform" if self.activation == "relu" else "xavier_uniform"
        model = MLP(X.shape[1], [*self.hidden, outputs], self.activation, seed=seed, init=init)
        self.history_ = fit(
            model, X, y, loss=loss, optimizer=self.optimizer, epochs=self.epochs, batch_size=self.batch_size,
            lr=self.lr, l2=self.l2, sample_weight=weight, seed=seed, engine=self.engine, dtype=self.dtype,
            progress=bool(self.verbose),
        )  # fmt: skip
        self.model_, self.n_iter_ = model, self.history_.epochs
        if self.history_.stopped == "interrupted":
            raise KeyboardInterrupt  # fit only noted it: a search over many trainings has to end too

    def _outputs(self, X: ArrayLike) -> Array:
        """Return the network's outputs: (samples,) for one output, else (samples, outputs)."""
        _validation.check_is_fitted(self)
        require_plain(X, "X")
        X = _validation.validate_data(self, X, dtype=self.dtype, reset=False)
        return predict(self.model_, X, self.engine, self.dtype)


class _Classifier(_MLP):
    classes_: Array

    def fit(self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None) -> Self:
        """Train a new network on samples and their labels. Return the estimator.

        X: (samples, features).
        y: (samples,), labels of any type, from two or more classes.
        sample_weight: (samples,), 0 or more each.

        Raises ValueError for data that do not fit, and NonFiniteError if the training diverges.
        """
        X, y, weight = self._samples(X, y, sample_weight)
        _multiclass.check_classification_targets(y)
        self.classes_, labels = np.unique(y, return_inverse=True)
        if len(self.classes_) < 2:
            raise ValueError(f"y has only 1 class, {y[0]}; a classifier needs two or more")
        self._train(X, labels, weight, len(self.classes_), "cross_entropy")
        return self

    def predict_proba(self, X: ArrayLike) -> Array:
        """Return each class's probability, softmax(logits): (samples, classes), in the order of ``classes_``."""
        logits = self._outputs(X).astype(np.float64)
        odds = np.exp(logits - logits.max(axis=1, keepdims=True))
        return np.asarray(odds / odds.sum(axis=1, keepdims=True))

    def predict(self, X: ArrayLike) -> Array:
        """Return the most probable class of each sample: (samples,)."""
        likeliest = self._outputs(X).argmax(axis=1)
        return np.asarray(self.classes_[likeliest])


class _Regressor(_MLP):
    y_mean_: Array
    y_scale_: Array

    def fit(self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None) -> Self:
        """Train a new network on samples and their targets. Return the estimator.

        X: (samples, features).
        y: (samples,) or (samples, outputs).
        sample_weight: (samples,), 0 or more each.

        Raises ValueError for data that do not fit, and NonFiniteError if the training diverges.
        """
        X, y, weight = self._samples(X, y, sample_weight, multi_output=True, y_numeric=True)
        y = y.astype(np.float64)
        self.y_mean_ = np.asarray(np.average(y, axis=0, weights=weight))
        spread = np.sqrt(np.average((y - self.y_mean_) ** 2, axis=0, weights=weight))
        self.y_scale_ = np.where(spread > 0, spread, 1.0)
        targets, outputs = (y - self.y_mean_) / self.y_scale_, self.y_mean_.size
        self._train(X, targets.ravel() if outputs == 1 else targets, weight, outputs, "mse")
        return self

    def predict(self, X: ArrayLike) -> Array:
        """Return the predicted targets: (samples,) or (samples, outputs), like y in ``fit``."""
        outputs = self._outputs(X)
        return np.asarray(outputs.reshape(-1, *self.y_mean_.shape) * self.y_scale_ + self.y_mean_)


if _base is not None:

    class MLPClassifier(_base.ClassifierMixin, _Classifier, _base.BaseEstimator):  # type: ignore[misc]
        """A multilayer perceptron for classification, as a scikit-learn estimator with softmax and cross entropy.

        hidden: the width of each hidden layer, () for none.
        activation: the hidden layers' activation, as for ``nn.MLP``. The weights start as "he_uniform" for "relu", else
        as "xavier_uniform".
        optimizer: a name, or a function that is called with parameters and lr.
        lr, epochs, batch_size, l2, engine, dtype: the same as for ``nn.fit``.
        random_state: an int, a RandomState or None, for the weights and the order of the samples.
        verbose: whether to show a progress bar.

        After ``fit`` there are ``classes_`` (sorted), ``n_features_in_``, ``feature_names_in_`` for a DataFrame,
        ``model_`` (the MLP, whose outputs are logits), ``history_``, and ``n_iter_``, the number of epochs. A sample of
        weight 0 counts as absent, and one of weight 2 as two samples (exactly if one batch holds all samples, else on
        average). X is not scaled: a StandardScaler before the estimator nearly always helps. Ctrl-C stops the training,
        leaves a fitted estimator and raises KeyboardInterrupt.

        >>> import nn
        >>> X, y = nn.data.moons(200, noise=0.1, seed=0)
        >>> classifier = MLPClassifier(random_state=0).fit(X, y)
        >>> classifier.classes_, classifier.predict_proba(X[:3]).shape
        (array([-1.,  1.]), (3, 2))
        >>> classifier.score(X, y) > 0.95
        True
        """

    class MLPRegressor(_base.RegressorMixin, _Regressor, _base.BaseEstimator):  # type: ignore[misc]
        """A multilayer perceptron for one or more targets, as a scikit-learn estimator with mean squared error.

        Parameters and attributes are MLPClassifier's, without ``classes_``. Targets are standardised by their
        (weighted) means and standard deviations, ``y_mean_`` and ``y_scale_``, so ``history_`` and ``l2`` refer to that
        scale; predictions are on the scale of y.

        >>> X = np.linspace(-1.0, 1.0, 50)[:, None]
        >>> regressor = MLPRegressor(hidden=(16,), activation="tanh", random_state=0).fit(X, 1000 * X[:, 0] ** 2)
        >>> regressor.predict([[0.5]]).shape, regressor.score(X, 1000 * X[:, 0] ** 2) > 0.95
        ((1,), True)
        """

        def __sklearn_tags__(self) -> Any:
            tags = super().__sklearn_tags__()
            tags.target_tags.multi_output = True
            return tags

else:

    def __getattr__(name: str) -> Any:
        if name in __all__:
            raise MissingExtraError(f"{name} needs scikit-learn: pip install 'scalar-autograd[data]'") from _missing
        raise missing(f"module {__name__!r}", name, [], __all__)
