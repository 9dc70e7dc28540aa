"""Writes data/optimizers.txt: weights after 1, 2, 5 and 20 steps of each optimizer on one small problem.

    python make_optimizers.py FILE        (needs torch and numpy)

A line is: recipe, step, the 16 weights. The gradient is a (w - c) + w^3 / 8 for each weight, with curvatures a from 1/8
to 4; all numbers of the problem are exact in float32, all arithmetic is float64. updates.hpp has the same problem
and optimizers_test.cpp the same recipes. What PyTorch has comes from torch.optim; the rest is written out below, from the papers.
"""
import sys

import numpy as np
import torch

torch.set_default_dtype(torch.float64)  # NAdam keeps the product of its momenta in it

index = np.arange(16)
curvature = 2.0 ** (index % 6 - 3)
centre = (index - 7) / 4
begin = ((5 * index) % 16 - 8) / 8 + 1 / 16
checkpoints = (1, 2, 5, 20)


def gradient(w):
    return curvature * (w - centre) + w**3 / 8


def of_torch(optimizer, **how):
    def run():
        w = torch.nn.Parameter(torch.tensor(begin))
        steps = optimizer([w], **how)
        for step in range(1, 21):
            w.grad = torch.tensor(gradient(w.detach().numpy()))
            steps.step()
            yield step, w.detach().numpy()
    return run


def written_out(rule):
    def run():
        w, state = begin.copy(), {}
        for step in range(1, 21):
            w = rule(w, gradient(w), state, step)
            yield step, w
    return run


def ema_momentum(w, g, state, step):
    state["v"] = 0.9 * state.get("v", 0) + 0.1 * g
    return w - 0.2 * state["v"]


def sgd_decoupled(w, g, state, step):
    state["v"] = 0.9 * state.get("v", 0) + g
    return (1 - 0.05 * 0.1) * w - 0.05 * state["v"]


def rmsprop_tensorflow(w, g, state, step):
    state["v"] = 0.9 * state.get("v", 1.0) + 0.1 * g * g
    state["u"] = 0.9 * state.get("u", 0) + g / np.sqrt(state["v"] + 1e-3)
    return w - 0.01 * state["u"]


def lamb(w, g, state, step):
    state["m"] = 0.9 * state.get("m", 0) + 0.1 * g
    state["v"] = 0.999 * state.get("v", 0) + 0.001 * g * g
    m, v = state["m"] / (1 - 0.9**step), state["v"] / (1 - 0.999**step)
    direction = m / (np.sqrt(v) + 1e-6) + 0.1 * w
    return w - 0.05 * np.linalg.norm(w) / np.linalg.norm(direction) * direction


def lasso(w, g, state, step):
    return w - 0.05 * (g + 0.3 * np.sign(w))


def proximal(w, g, state, step):
    w = w - 0.05 * g
    return np.sign(w) * np.maximum(np.abs(w) - 0.05 * 0.3, 0)


recipes = {
    "sgd": of_torch(torch.optim.SGD, lr=0.05),
    "momentum": of_torch(torch.optim.SGD, lr=0.05, momentum=0.9, weight_decay=0.1),
    "nesterov": of_torch(torch.optim.SGD, lr=0.05, momentum=0.9, nesterov=True, weight_decay=0.1),
    "ema_momentum": written_out(ema_momentum),
    "sgd_decoupled": written_out(sgd_decoupled),
    "adagrad": of_torch(torch.optim.Adagrad, lr=0.1, weight_decay=0.1),
    "adadelta": of_torch(torch.optim.Adadelta, weight_decay=0.1),
    "rmsprop": of_torch(torch.optim.RMSprop, lr=0.01),
    "rmsprop_momentum": of_torch(torch.optim.RMSprop, lr=0.01, alpha=0.9, momentum=0.9, weight_decay=0.1),
    "rmsprop_tensorflow": written_out(rmsprop_tensorflow),
    "adam": of_torch(torch.optim.Adam, lr=0.05),
    "adam_decay": of_torch(torch.optim.Adam, lr=0.05, weight_decay=0.1, betas=(0.8, 0.99)),
    "adamw": of_torch(torch.optim.AdamW, lr=0.05, weight_decay=0.1),
    "adamax": of_torch(torch.optim.Adamax, lr=0.05, weight_decay=0.1),
    "nadam": of_torch(torch.optim.NAdam, lr=0.05, weight_decay=0.1),
    "nadam_decoupled": of_torch(torch.optim.NAdam, lr=0.05, weight_decay=0.1, decoupled_weight_decay=True),
    "lamb": written_out(lamb),
    "lasso": written_out(lasso),
    "proximal": written_out(proximal),
}

with open(sys.argv[1], "w", newline="\n") as file:
    for name, run in recipes.items():
        for step, w in run():
            if step in checkpoints:
                file.write(f"{name} {step} " + " ".join(f"{x:.17g}" for x in w) + "\n")
