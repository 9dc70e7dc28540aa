#!/usr/bin/env python3
"""Lesson 8's networks in PyTorch and in Tenon: same tables, same parts, same recipe.

    tabular.py --housing-table california_housing.csv --iris-table iris.csv --housing EXE --iris EXE

EXE are the programs that `tenon build` makes of examples/08_tabular.hpp. Prints R2 (housing) and
accuracy (iris) on the test part, and fails where the means over the seeds differ by more than 0.01:
means, because a single flower of 75 weighs 0.013 in a median. Needs PyTorch and NumPy.
"""
import argparse
import csv
import json
import math
import pathlib
import random
import statistics
import subprocess
import sys
import tempfile

import numpy as np
import torch
from torch import nn

# test: the test part. Half of the 150 flowers, so that each of them weighs as little as may be.
TASKS = {
    "housing": dict(test=0.25, epochs=40, batch=128, rate=0.003, seeds=5),
    "iris": dict(test=0.5, epochs=60, batch=16, rate=0.01, seeds=15),
}


def split(table, fraction, folder):
    """Two files with the rows in a fixed random order; returns their paths and the header."""
    rows = list(csv.reader(open(table, newline="")))
    rows = [row for row in rows if row]
    is_header = not any(c.isdigit() for c in rows[0][0])
    header = rows.pop(0) if is_header else [f"c{i}" for i in range(len(rows[0]))]
    random.Random(0).shuffle(rows)
    at = round(len(rows) * fraction)
    paths = []
    for name, part in (("train", rows[at:]), ("test", rows[:at])):
        paths.append(folder / f"{pathlib.Path(table).stem}_{name}.csv")
        with open(paths[-1], "w", newline="") as file:
            csv.writer(file).writerows([header] + part)
    return paths


def load(paths, classes):
    parts = [list(csv.reader(open(path, newline="")))[1:] for path in paths]
    names = sorted({row[-1] for row in parts[0]}) if classes else None
    loaded = []
    for rows in parts:
        x = np.array([[float(v) for v in row[:-1]] for row in rows])
        y = np.array([names.index(row[-1]) if classes else float(row[-1]) for row in rows])
        loaded.append((x, y))
    mean, deviation = loaded[0][0].mean(0), loaded[0][0].std(0)
    tensors = []
    for x, y in loaded:
        if not classes:
            y = (y - loaded[0][1].mean()) / loaded[0][1].std()
        tensors.append(torch.tensor((x - mean) / deviation).float())
        tensors.append(torch.tensor(y).long() if classes else torch.tensor(y).float()[:, None])
    return tensors


def network(name):
    if name == "iris":
        return nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 3))
    return nn.Sequential(
        nn.Linear(8, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 1))


def train_pytorch(name, task, data, seed):
    x, y, test_x, test_y = data
    torch.manual_seed(seed)
    model = network(name)
    loss = nn.CrossEntropyLoss() if name == "iris" else nn.MSELoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=task["rate"])
    steps = task["epochs"] * math.ceil(len(x) / task["batch"])
    cosine = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: (1 + math.cos(math.pi * min(1, step / steps))) / 2)
    for _ in range(task["epochs"]):
        order = torch.randperm(len(x))
        for part in order.split(task["batch"]):
            optimizer.zero_grad()
            loss(model(x[part]), y[part]).backward()
            optimizer.step()
            cosine.step()
    with torch.no_grad():
        out = model(test_x)
    if name == "iris":
        return (out.argmax(1) == test_y).float().mean().item()
    return 1 - (((out - test_y) ** 2).sum() / ((test_y - test_y.mean()) ** 2).sum()).item()


def train_tenon(name, task, program, paths, seed, folder):
    command = [program, "train", "--data", f"csv:{paths[0]},{paths[1]}", "--epochs", task["epochs"],
               "-b", task["batch"], "--opt", "adam", "--lr", task["rate"], "--sched", "cosine",
               "--seed", seed, "--output", folder / f"{name}-{seed}", "--json"]
    if name == "housing":
        command.append("--standardize-target")
    out = subprocess.run([str(word) for word in command], check=True, capture_output=True, text=True)
    last = json.loads(out.stdout.splitlines()[-1])
    return last["test_top1" if name == "iris" else "test_r2"]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    for name in TASKS:
        parser.add_argument(f"--{name}-table", required=True)
        parser.add_argument(f"--{name}", required=True, metavar="EXE")
    arguments = vars(parser.parse_args())
    torch.set_num_threads(1)
    failed = False
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        for name, task in TASKS.items():
            paths = split(arguments[f"{name}_table"], task["test"], folder)
            data = load(paths, name == "iris")
            seeds = range(1, task["seeds"] + 1)
            theirs = [train_pytorch(name, task, data, seed) for seed in seeds]
            program = pathlib.Path(arguments[name]).resolve()
            ours = [train_tenon(name, task, program, paths, seed, folder) for seed in seeds]
            difference = statistics.fmean(ours) - statistics.fmean(theirs)
            failed = failed or abs(difference) > 0.01
            print(f"{name:8} {task['seeds']} seeds ", *(
                f"{who} mean {statistics.fmean(v):.4f}, median {statistics.median(v):.4f}, "
                f"{min(v):.4f} to {max(v):.4f}  "
                for who, v in (("PyTorch", theirs), ("Tenon", ours))),
                f"difference {difference:+.4f}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
