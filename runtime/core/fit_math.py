#!/usr/bin/env python3
"""Derives the coefficients of math-inl.h. Needs mpmath; takes about ten seconds; prints coefficients rounded to float.

Polynomials with the least largest weighted error, by weighted linear least squares with weights that grow where the error
is largest (Lawson, 1961): it converges slowly but from any start. Coefficients are rounded one after the other, from the
lowest on, and the others fitted anew each time, which makes up for the rounding.
"""
import struct

from mpmath import cos, erf, erfc, exp, atanh, log, lu_solve, matrix, mp, mpf, pi, sqrt, tanh

mp.dps = 34
ROUNDS = 30


def to_float(c):
    return mpf(struct.unpack("f", struct.pack("f", float(c)))[0])


def chebyshev_points(low, high, n):
    return [(low + high) / 2 - (high - low) / 2 * cos(pi * (i + mpf("0.5")) / n) for i in range(n)]


def evaluate(coefficients, u):
    return sum(c * u**k for k, c in enumerate(coefficients))


def fit(values, scales, points, degree, fixed):
    """The coefficients above those that are fixed, for the least largest |P - value| * scale; and that error."""
    largest = max(abs(u) for u in points)
    powers = range(len(fixed), degree + 1)
    targets = [value - evaluate(fixed, u) for value, u in zip(values, points)]
    rows = [[(u / largest) ** k for k in powers] for u in points]
    weights = [mpf(1)] * len(points)
    best = None
    for _ in range(ROUNDS):
        n = len(powers)
        normal, right = matrix(n, n), matrix(n, 1)
        for row, target, scale, weight in zip(rows, targets, scales, weights):
            for a in range(n):
                factor = weight * scale * scale * row[a]
                right[a] += factor * target
                for b in range(n):
                    normal[a, b] += factor * row[b]
        solution = lu_solve(normal, right)
        errors = [
            abs(sum(solution[a] * row[a] for a in range(n)) - target) * scale
            for row, target, scale in zip(rows, targets, scales)
        ]
        worst = max(errors)
        if best is None or worst < best[0]:
            best = (worst, [solution[a] / largest**k for a, k in enumerate(powers)])
        weights = [w * (e / worst + mpf("1e-3")) for w, e in zip(weights, errors)]
        total = sum(weights)
        weights = [w / total for w in weights]
    return best


def show(name, f, scale, low, high, degree, fixed=()):
    """Fits f on [low, high]; scale(u) turns an error of the polynomial into one of the function, in its own size."""
    points = chebyshev_points(mpf(low), mpf(high), 50)
    values, scales = [f(u) for u in points], [scale(u) for u in points]
    coefficients, unrounded = [mpf(c) for c in fixed], None
    while len(coefficients) <= degree:
        worst, rest = fit(values, scales, points, degree, coefficients)
        unrounded = unrounded or worst
        coefficients.append(to_float(rest[0]))
    after = max(abs(evaluate(coefficients, u) - value) * s for u, value, s in zip(points, values, scales))
    print(f"{name}: largest error 2^{float(log(unrounded, 2)):.2f}, with rounded coefficients 2^{float(log(after, 2)):.2f}")
    print("  ", ", ".join(f"{float(c):.9g}F" for c in coefficients))


def main():
    half = log(2) / 2 * mpf("1.002")  # rounding of x / ln 2 may go a little beyond the half
    show("exp_q(r)", lambda r: (exp(r) - 1 - r) / r**2, lambda r: r**2 / exp(r), -half, half, 4, fixed=["0.5"])

    widest = (sqrt(mpf(2)) * mpf("1.0001") - 1) / (sqrt(mpf(2)) * mpf("1.0001") + 1)
    show("log_p(s^2)", lambda w: (2 * atanh(sqrt(w)) / sqrt(w) - 2) / w, lambda w: w / 2, 0, widest**2, 2)

    show("tanh_p(r^2)", lambda w: (tanh(sqrt(w)) / sqrt(w) - 1) / w, lambda w: w, 0, mpf("0.2562") ** 2, 2)

    # Of tanh(r / 2) the absolute error counts: it is added to 1.
    show("sigmoid_p(r^2)", lambda w: tanh(sqrt(w) / 2) / sqrt(w), sqrt, 0, half**2, 2, fixed=["0.5"])

    split, end = mpf("1.1875"), mpf("3.93")
    centre = to_float((split + end) / 2)
    print(f"erf: centre {float(centre):.9g}")
    show("erf_p(x^2)", lambda t: erf(sqrt(t)) / sqrt(t) - 1, lambda t: sqrt(t) / erf(sqrt(t)), 0, split**2, 6)
    root = lambda v: erfc(v + centre) ** (mpf(1) / 8)
    show("erf_q(x - centre)", root, lambda v: 8 * root(v) ** 7, split - centre, end - centre, 6)


if __name__ == "__main__":
    main()
