#!/usr/bin/env python3
"""What a network costs before it computes: to compile, to hold, to start. Each figure beside its bar.

    cost.py --tenon build/bench/bin/tenon --output build/bench/cost [--compiler c++] [--parts serving,…]

Times to compile are seconds of one core (user and system, all processes together), memory is that of the largest process.
Prints a table, writes cost.json to the output folder. Exit code 1 if something does not compile or answer; a bar that is
not met is a line in the table.
"""
import argparse
import array
import json
import os
import pathlib
import random
import re
import shlex
import statistics
import struct
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
NETWORKS = ROOT / "bench/peers/networks.hpp"
INCLUDES = [f"-I{ROOT / folder}" for folder in ("", "dsl", "runtime")]
STARTS = 200
PARTS = ("declare", "serving", "build", "growth")
# Layers of one shape are one kernel, so widths differ here: 8 -> 9 -> 10 ...
DISTINCT = (8, 16, 32)


class Failed(Exception):
    pass


def cost_of(command, folder, environment=None):
    """Seconds of CPU and MiB of the largest process of a command and its children."""
    log = open(folder / "log.txt", "w+b")
    process = subprocess.Popen([str(word) for word in command], cwd=folder, stdout=log, stderr=subprocess.STDOUT,
                               env={**os.environ, **(environment or {})})
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        log.seek(0)
        raise Failed(f"{shlex.join(map(str, command))} ended with {process.returncode}:\n{log.read().decode()[-2000:]}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


class Bench:
    def __init__(self, tenon, compiler, output):
        self.tenon, self.compiler, self.output, self.rows = tenon, compiler, output, []

    def row(self, what, value, unit, bar=None, note=""):
        self.rows.append({"what": what, "value": value, "unit": unit, "bar": bar, "met": None if bar is None else value < bar,
                          "note": note})
        met = "" if bar is None else "met" if value < bar else "**not met**"
        print(f"| {what} | {value:.3g} {unit} | {'' if bar is None else f'< {bar:g} {unit}'} | {met} | {note} |", flush=True)

    def folder(self, name):
        path = self.output / name
        path.mkdir(parents=True, exist_ok=True)
        return path

    def emit(self, header, network, folder):
        cost_of([self.tenon, "emit", header, "--network", network, "-o", folder, "-q"], folder)
        words = shlex.split(json.loads((folder / "manifest.json").read_text())["compile"])
        options = [w for w in words if w.startswith("-") and w not in ("-c", "-I.") and "<" not in w]
        return [self.compiler, *options, f"-I{folder}", *INCLUDES]

    def build(self):
        folder = self.folder("resnet20")
        # A cache of its own: the tool keeps what it has compiled of a header.
        seconds, mib = cost_of([self.tenon, "build", NETWORKS, "--network", "resnet20", "-o", folder / "exe"], folder,
                               {"XDG_CACHE_HOME": str(folder / "cache"), "CCACHE_DISABLE": "1"})
        self.row("ResNet-20, header to executable, both modes", seconds, "s", 30)
        self.row("the same, memory", mib, "MiB", 1500)

    def serving(self):
        folder = self.folder("serving")
        compile_ = self.emit(NETWORKS, "resnet20", folder)
        program, blob = folder / "serve", folder / "weights.blob"
        here = pathlib.Path(__file__).resolve().parent
        cost_of([*compile_, "-c", folder / "resnet20_eval.cc", "-o", folder / "eval.o"], folder)
        cost_of([*compile_, here / "serve.cpp", folder / "eval.o", ROOT / "runtime/core/emitted.cpp",
                 ROOT / "runtime/core/pool.cpp", "-pthread", "-o", program], folder)
        self.row("ResNet-20, serving program without weights", program.stat().st_size / 1e6, "MB", 1)
        write_blob((folder / "emitted/resnet20.hpp").read_text(), blob)
        self.start(program, blob)

    def start(self, program, blob):
        wall, opened, answered, nothing = [], [], [], []
        for _ in range(STARTS):
            seconds, text = started([program, blob])
            _, open_us, run_us = text.split()
            wall.append(seconds)
            opened.append(float(open_us))
            answered.append(float(run_us))
            nothing.append(started(["/bin/true"])[0])
        # The least: what else the machine does is no part of it.
        self.row("ResNet-20, start to first answer and exit", 1e3 * min(wall), "ms", 2,
                 f"least of {STARTS}; median {1e3 * statistics.median(wall):.2f} ms; of it opening {min(opened) / 1e3:.2f} ms, "
                 f"first answer {min(answered) / 1e3:.2f} ms; a program that does nothing: {1e3 * min(nothing):.2f} ms")

    def declare(self):
        folder = self.folder("layers")
        for layers in (0, 200):
            path = folder / f"layers_{layers}.cpp"
            path.write_text(deep_network(layers))
            costs = [cost_of([self.compiler, "-std=c++20", *INCLUDES, "-fsyntax-only", path], folder) for _ in range(5)]
            seconds, mib = min(c[0] for c in costs), max(c[1] for c in costs)
            if layers == 0:
                alone = seconds
                continue
            self.row(f"declaring and checking {layers} layers", seconds, "s", 0.5, f"the language's headers alone: {alone:.2f} s")
            self.row("the same, memory", mib, "MiB", 300)

    def growth(self):
        folder = self.folder("growth")
        header = folder / "growing.hpp"
        header.write_text(growing_networks())
        seconds, kernels = {}, {}
        for name in [f"distinct_{n}" for n in DISTINCT] + [f"equal_{DISTINCT[-1]}"]:
            path = self.folder(f"growth/{name}")
            compile_ = self.emit(header, name, path)
            seconds[name], _ = cost_of([*compile_, "-c", path / f"{name}_train.cc", "-o", path / "train.o"], path)
            kernels[name] = len(re.findall(r"^void \w+\(const", (path / f"{name}_train.cc").read_text(), re.MULTILINE))
        names = [f"distinct_{n}" for n in DISTINCT]
        # Linear, with an offset for headers: a kernel that is added costs what one cost that was added before.
        early, late = ((seconds[b] - seconds[a]) / (kernels[b] - kernels[a]) for a, b in zip(names, names[1:]))
        self.row("training source, one more distinct kernel of many over one of few", late / early, "", 1.25,
                 ", ".join(f"{kernels[n]} kernels: {seconds[n]:.1f} s" for n in names))
        self.row(f"{DISTINCT[-1]} equal layers over as many distinct ones",
                 seconds[f"equal_{DISTINCT[-1]}"] / seconds[names[-1]], "", 0.5, "equal kernels are printed once")


def started(command):
    """Seconds of a process from start to exit, and what it printed."""
    read, write = os.pipe()
    begin = time.perf_counter()
    process = os.posix_spawn(str(command[0]), [str(word) for word in command], os.environ,
                             file_actions=[(os.POSIX_SPAWN_DUP2, write, 1), (os.POSIX_SPAWN_CLOSE, read)])
    _, status = os.waitpid(process, 0)
    seconds = time.perf_counter() - begin
    os.close(write)
    text = os.read(read, 4096).decode()
    os.close(read)
    if status != 0:
        raise Failed(f"{command[0]} ended with {os.waitstatus_to_exitcode(status)}: {text}")
    return seconds, text


def write_blob(header, path):
    """Weights at random as `EXE export --format blob` lays them out (runtime/core/blob.hpp): times do not depend on values."""
    signature = re.search(r'signature\[\] = "([0-9a-f]{32})"', header).group(1)
    floats = int(re.search(r"eval_image_floats = (\d+)", header).group(1))
    draw = random.Random(1)
    values = array.array("f", (draw.uniform(-0.05, 0.05) for _ in range(floats)))
    path.write_bytes(struct.pack("<8sII32sQ8x", b"TENONBLB", 1, 1, signature.encode(), floats) + values.tobytes())


def deep_network(layers):
    unit = "conv2d<16, 3>(same) | batch_norm | relu | dropout<drop(0.1)>"
    body = " | ".join(["input<16, 8, 8>", *[unit] * ((layers - 4) // 4), "conv2d<16, 3>(same)", "relu", "flatten", "linear<10>"])
    network = f"struct deep final : network<{body} | softmax_cross_entropy> {{}};\nstatic_assert(parameters<deep> > 0);\n"
    return "#include <tenon/dsl.hpp>\nusing namespace tenon;\n" + (network if layers else "")


def growing_networks():
    def network(name, widths):
        layers = " | ".join(f"conv2d<{w}, 3>(same) | relu" for w in widths)
        return f"struct {name} final : network<input<{widths[0]}, 8, 8> | {layers} | mean_squared_error> {{}};\n"

    text = "#pragma once\n#include <tenon/dsl.hpp>\nusing namespace tenon;\n"
    for n in DISTINCT:
        text += network(f"distinct_{n}", [8 + i for i in range(n)])
    return text + network(f"equal_{DISTINCT[-1]}", [8 + DISTINCT[-1] // 2] * DISTINCT[-1])


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--tenon", required=True, type=pathlib.Path)
    p.add_argument("--output", required=True, type=pathlib.Path)
    p.add_argument("--compiler", default=os.environ.get("CXX", "c++"))
    p.add_argument("--parts", type=lambda text: text.split(","), default=list(PARTS), help="of " + ", ".join(PARTS))
    a = p.parse_args()
    output = a.output.resolve()
    output.mkdir(parents=True, exist_ok=True)
    bench = Bench(a.tenon.resolve(), a.compiler, output)
    print("| cost | measured | bar | | |\n|---|---|---|---|---|", flush=True)
    try:
        for part in a.parts:
            getattr(bench, part)()
    except Failed as why:
        print(f"cost.py: error: {why}", file=sys.stderr)
        return 1
    (output / "cost.json").write_text(json.dumps(bench.rows, indent=1))
    print(f"written: {output / 'cost.json'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
