"""Shares of simulated variations, with the error that comes of their number."""

from __future__ import annotations


def wilson(successes: int, n: int, z: float = 1.96) -> tuple[float, float]:
    """Return the interval of a share seen in `n` trials: Wilson's, 95% unless ``z`` says else.

    Raises
    ------
    ValueError
        There are no trials, or more successes than trials.

    References
    ----------
    Wilson 1927, J. Am. Stat. Assoc. 22, 209-212, doi:10.1080/01621459.1927.10502953.

    Examples
    --------
    >>> [round(share, 3) for share in wilson(96, 100)]
    [0.902, 0.984]
    """
    if not 0 <= successes <= n or n < 1:
        raise ValueError(f"{successes} of {n} is no share")
    share, square = successes / n, z * z / n
    middle = share + square / 2
    reach = z * ((share * (1 - share) + square / 4) / n) ** 0.5
    return max((middle - reach) / (1 + square), 0.0), min((middle + reach) / (1 + square), 1.0)
