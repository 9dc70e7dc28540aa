#!/usr/bin/env python3
"""Derives the coefficients of math-inl.h. Needs mpmath; takes about ten seconds; prints coefficients rounded to float.

Each function is brought to the form P(u) / Q(u) on an interval (Q = 1 for exp and log) and fitted for the least largest
relative error: weighted linear least squares for P - f Q, divided by the Q of the round before (Sanathanan and Koerner,
1963), with weights that grow where the error is largest (Lawson, 1961). Both converge slowly but from any start; a rational
Remez exchange needs a good one.
"""
import struct

from mpmath import cos, erf, exp, log, lu_solve, matrix, mp, mpf, pi, sqrt, tanh

mp.dps = 30


def to_float(c):
    return mpf(struct.unpack("f", struct.pack("f", float(c)))[0])


def chebyshev_points(low, high, n):
    return [(low + high) / 2 - (high - low) / 2 * cos(pi * (i + mpf("0.5")) / n) for i in range(n)]


def evaluate(coefficients, u):
    return sum(c * u**k for k, c in enumerate(coefficients))


def solve(f, scale, points, p, q, first, weights, denominators):
    """P and Q (Q[0] = 1, P[0] = first where given) of the weighted least-squares problem, in powers of the points."""
    free = list(range(0 if first is None else 1, p + 1))
    n = len(free) + q
    normal, right = matrix(n, n), matrix(n, 1)
    for u, value, size, weight, denominator in zip(points, f, scale, weights, denominators):
        factor = weight / (size * denominator) ** 2
        row = [u**k for k in free] + [-value * u**k for k in range(1, q + 1)]
        target = value - (first or 0)
        for a in range(n):
            right[a] += factor * row[a] * target
            for b in range(n):
                normal[a, b] += factor * row[a] * row[b]
    solution = lu_solve(normal, right)
    numerator = ([] if first is None else [first]) + [solution[i] for i in range(len(free))]
    return numerator, [mpf(1)] + [solution[len(free) + k] for k in range(q)]


def fit(f, scale, points, p, q=0, first=None, rounds=60):
    """Degrees p and q; scale: the size that errors are relative to, at the same points. Returns (largest error, P, Q)."""
    largest = max(abs(u) for u in points)
    unit = [u / largest for u in points]
    values, sizes = [f(u) for u in points], [abs(scale(u)) for u in points]
    weights, denominators = [mpf(1) / len(points)] * len(points), [mpf(1)] * len(points)
    best = None
    for i in range(rounds):
        numerator, denominator = solve(values, sizes, unit, p, q, first, weights, denominators)
        denominators = [evaluate(denominator, u) for u in unit]
        errors = [
            abs(evaluate(numerator, u) / d - value) / size
            for u, d, value, size in zip(unit, denominators, values, sizes)
        ]
        worst = max(errors)
        if best is None or worst < best[0]:
            rescaled = [[c / largest**k for k, c in enumerate(side)] for side in (numerator, denominator)]
            best = (worst, *rescaled)
        if i >= 6:  # weights only once Q has settled
            weights = [w * (e / worst + mpf("1e-3")) for w, e in zip(weights, errors)]
            total = sum(weights)
            weights = [w / total for w in weights]
    return best


def show(name, f, scale, points, result):
    worst, numerator, denominator = result
    rounded = [[to_float(c) for c in side] for side in (numerator, denominator)]
    after = max(abs(evaluate(rounded[0], u) / evaluate(rounded[1], u) - f(u)) / abs(scale(u)) for u in points)
    print(f"{name}: largest relative error 2^{float(log(worst, 2)):.2f}, with rounded coefficients 2^{float(log(after, 2)):.2f}")
    for side, coefficients in zip("PQ", rounded):
        print(f"  {side}:", ", ".join(f"{float(c):.9g}" for c in coefficients))


def main():
    half = log(2) / 2 * mpf("1.002")  # rounding of x / ln 2 may go a little beyond the half
    points = chebyshev_points(-half, half, 60)
    f, scale = lambda r: (exp(r) - 1 - r) / r**2, lambda r: exp(r) / r**2
    show("exp, q(r)", f, scale, points, fit(f, scale, points, 4, first=mpf("0.5")))

    points = chebyshev_points(sqrt(mpf("0.5")) * mpf("0.9999") - 1, sqrt(mpf(2)) * mpf("1.0001") - 1, 80)
    f, scale = lambda z: (log(1 + z) - z + z * z / 2) / z**3, lambda z: log(1 + z) / z**3
    show("log, p(z)", f, scale, points, fit(f, scale, points, 7))

    points = [x * x for x in chebyshev_points(mpf(0), mpf(9), 110)]
    f = lambda t: tanh(sqrt(t)) / sqrt(t)
    show("tanh, P and Q of x^2", f, f, points, fit(f, f, points, 4, 4, first=mpf(1)))

    # Scaled so that P[0] = 1: then x P(x^2) = x + x^3 (...) rounds once for small x. Q[0] = sqrt(pi) / 2 has a float nearby.
    points = [x * x for x in chebyshev_points(mpf(0), mpf("3.93"), 110)]
    f = lambda t: erf(sqrt(t)) / sqrt(t)
    first = to_float(sqrt(pi) / 2)
    worst, numerator, denominator = fit(f, f, points, 5, 5, first=1 / first)
    scaled = [[c * first for c in side] for side in (numerator, denominator)]
    show("erf, P and Q of x^2", f, f, points, (worst, *scaled))


if __name__ == "__main__":
    main()
