"""Ridge regression on the units of texts, such as their words: what a text is, learnt from examples of it."""

import math
import zlib
from collections import Counter
from collections.abc import Collection, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from interviewer.grading.trained_models import Arrays

_RIDGE = 0.4
# Units of so many examples are frequent.
_FREQUENT = 64

_Array = NDArray[np.float32]


ARRAYS = ("codes", "rarity", "prior", "unknown", "weights")


class TextRegression:
    """Scores a text near 1 that is like the examples whose target is 1, and near -1 like those of -1; for each target."""

    def __init__(self, arrays: Arrays) -> None:
        """From what `train` gave."""
        self._codes, self._rarity = arrays["codes"], arrays["rarity"]
        self._prior, self._weights = arrays["prior"], arrays["weights"]
        self._unknown = float(arrays["unknown"])

    @classmethod
    def train(
        cls,
        examples: Sequence[Collection[str]],
        targets: _Array,
        prior: _Array,
        weights: _Array | None = None,
        *,
        by_rarity: bool = True,
    ) -> Arrays:
        """The arrays of one that has learnt from examples.

        `targets` has a row for each example and a column for each thing that is told; `prior` is what a text scores of
        which nothing is known, for each thing; `weights`: one for each example. Without `by_rarity` all units weigh the
        same, and those that no example has weigh nothing.
        """
        frequency = Counter(_code(unit) for units in examples for unit in set(units))
        # Units are known by their codes, sorted: a hundredth of the memory that their texts would take.
        codes = np.array(sorted(frequency), np.uint32)
        often = np.array([frequency[code] for code in codes.tolist()], np.float32)
        rarity = np.log((len(examples) + 1) / (often + 0.5)) if by_rarity else np.ones_like(often)
        weights = np.ones(len(examples), np.float32) if weights is None else weights
        nothing = np.zeros((len(codes), len(prior)), np.float32)
        arrays: Arrays = {
            "codes": codes, "rarity": rarity, "prior": prior.astype(np.float32), "unknown": np.array(float(by_rarity)), "weights": nothing,
        }  # fmt: skip
        vectors = [cls(arrays).vector(units) for units in examples]
        places = np.repeat(np.arange(len(examples)), [len(columns) for columns, _ in vectors])
        columns = np.concatenate([columns for columns, _ in vectors])
        values = np.concatenate([values for _, values in vectors])
        # Its dual form: there are fewer examples than different units.
        kernel = _kernel(places, columns, values, len(examples))
        kernel[np.diag_indices_from(kernel)] += _RIDGE / weights
        duals = np.linalg.solve(kernel, (targets - prior).astype(np.float32))
        learnt = [np.bincount(columns, values * dual[places], len(codes)) for dual in duals.T]
        return {**arrays, "weights": np.stack(learnt, axis=1).astype(np.float32)}

    def scores(self, units: Collection[str], least_known: float = 0) -> list[float] | None:
        """A score for each target; None for no units, and where less than a share of the different ones is in any example."""
        columns, values = self.vector(units)
        if not units or len(columns) < least_known * len(set(units)):
            return None
        found: list[float] = (values @ self._weights[columns] + self._prior).tolist()
        return found

    def vector(self, units: Iterable[str]) -> tuple[NDArray[np.intp], _Array]:
        """Units as a vector of length 1, by its columns: tf-idf, in which an unknown unit makes all others weigh less."""
        counts = Counter(map(_code, units))
        codes = np.fromiter(counts, np.uint32, len(counts))
        places = np.minimum(np.searchsorted(self._codes, codes), len(self._codes) - 1)
        is_known = self._codes[places] == codes
        columns, often = places[is_known], np.fromiter(counts.values(), np.float32, len(counts))[is_known]
        values: _Array = (1 + np.log(often)) * self._rarity[columns]
        length = math.sqrt(float(values @ values) + self._unknown * (len(counts) - len(columns)))
        return columns, values / np.float32(length) if length else values


def _kernel(places: NDArray[np.intp], columns: NDArray[np.intp], values: _Array, size: int) -> _Array:
    """The inner products of examples, given by their non-zero entries.

    Most units stand in few examples, so only those that stand in many are multiplied as a matrix.
    """
    often = np.bincount(columns)
    is_frequent = often >= _FREQUENT
    entries = is_frequent[columns]
    matrix = np.zeros((size, int(is_frequent.sum())), np.float32)
    matrix[places[entries], (np.cumsum(is_frequent) - 1)[columns[entries]]] = values[entries]
    kernel: _Array = matrix @ matrix.T
    order = np.argsort(columns, kind="stable")
    for some in np.split(order, np.cumsum(often)[:-1]):
        if 1 < len(some) < _FREQUENT:
            at, there = places[some], values[some]
            kernel[at[:, None], at] += there[:, None] * there
    kernel[np.diag_indices(size)] = np.bincount(places, values * values, size)
    return kernel


def _code(unit: str) -> int:
    return zlib.crc32(unit.encode("utf-8", "surrogatepass"))
