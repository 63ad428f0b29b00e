"""Ridge regression on the units of texts, such as their words: what a text is, learnt from examples of it."""

import math
import zlib
from collections import Counter
from collections.abc import Collection, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

_RIDGE = 0.4

_Array = NDArray[np.float32]


class TextRegression:
    """Scores a text near 1 that is like the examples whose target is 1, and near -1 like those of -1; for each target.

    `targets` has a row for each example and a column for each thing that is told; of `weights` each example has one.
    Without `by_rarity` all units weigh the same, and those that no example has nothing.
    """

    def __init__(
        self,
        examples: Sequence[Collection[str]],
        targets: _Array,
        weights: _Array | None = None,
        *,
        by_rarity: bool = True,
    ) -> None:
        frequency = Counter(_code(unit) for units in examples for unit in set(units))
        # Units are known by their codes, sorted: a hundredth of the memory that their texts would take.
        self._codes = np.array(sorted(frequency), np.uint32)
        often = np.array([frequency[code] for code in self._codes.tolist()], np.float32)
        self._rarity: _Array = np.log((len(examples) + 1) / (often + 0.5)) if by_rarity else np.ones_like(often)
        self._counts_unknown = by_rarity
        rows = np.zeros((len(examples), len(self._codes)), np.float32)
        for row, units in zip(rows, examples, strict=True):
            columns, values = self._vector(units)
            row[columns] = values
        weights = np.ones(len(examples), np.float32) if weights is None else weights
        self._mean = np.average(targets, axis=0, weights=weights)
        # Its dual form: there are fewer examples than different units. A unit of one example makes it like no other.
        common = rows[:, often > 1]
        kernel = common @ common.T
        np.fill_diagonal(kernel, (rows * rows).sum(axis=1) + _RIDGE / weights)
        self._weights: _Array = rows.T @ np.linalg.solve(kernel, (targets - self._mean).astype(np.float32))

    def scores(self, units: Collection[str], least_known: float = 0) -> list[float] | None:
        """A score for each target; None where no more than a share of the different units stands in any example."""
        columns, values = self._vector(units)
        if len(columns) < least_known * len(set(units)):
            return None
        found: list[float] = (values @ self._weights[columns] + self._mean).tolist()
        return found

    def _vector(self, units: Iterable[str]) -> tuple[NDArray[np.intp], _Array]:
        """Units as a vector of length 1, by its columns: tf-idf, in which an unknown unit makes all others weigh less."""
        counts = Counter(map(_code, units))
        codes = np.fromiter(counts, np.uint32, len(counts))
        places = np.minimum(np.searchsorted(self._codes, codes), len(self._codes) - 1)
        is_known = self._codes[places] == codes
        columns, often = places[is_known], np.fromiter(counts.values(), np.float32, len(counts))[is_known]
        values: _Array = (1 + np.log(often)) * self._rarity[columns]
        unknown = len(counts) - len(columns) if self._counts_unknown else 0
        length = math.sqrt(float(values @ values) + unknown)
        return columns, values / np.float32(length) if length else values


def _code(unit: str) -> int:
    return zlib.crc32(unit.encode())
