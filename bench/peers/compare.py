#!/usr/bin/env python3
"""Tenon's emitted networks beside other engines: same weights, same inputs, results compared, timed in turns.

    compare.py --tenon build/bench/bin/tenon --output build/bench/peers [--networks a,b] [--batches 1,64]
               [--threads 1,2] [--modes eval,train] [--engines torch,…] [--rounds 5] [--seconds 0.4] [--against OLD.json]
               [--device cuda]

Prints a row per work: our median, the best peer's, their ratio with the goal, the share of our roofline (the least time
that the machine's peak and bandwidth, measured in the same run, allow), and the errors of our results and of the worst
peer's against PyTorch in double; then the bars of kernels, steps and threads. Writes peers.json and peers.svg to the
output folder. Needs NumPy and PyTorch; other engines that cannot be imported are named as skipped. Exit code 1 if our
results are wrong.

With --device cuda ours runs on a GPU beside PyTorch: eager, compiled with max-autotune, and as one CUDA graph. Samples lie
there, 20 calls are launched in a row; the share is that of cuBLAS' largest product of matrices in the same run.
"""
import argparse
import json
import pathlib
import statistics
import struct
import subprocess
import sys

import bars
import chart
import engines

HERE = pathlib.Path(__file__).resolve().parent
ALL = ("torch", "torch.compile", "onnxruntime", "openvino", "ncnn")
OF_GPUS = ("torch", "torch.compile", "torch.graph")
LEARNING_RATE = 0.01
# Largest error allowed, relative to the largest value of an array: float32 sums of up to 4608 products, Winograd's
# transforms. Gradients that cancel, such as those of shifts between two norms, are less exact in every engine: there
# ours may have this many times the error of PyTorch in float32.
TOLERANCE, AS_USUAL = 2e-4, 2
# Our speed over the best peer's, one thread: what we mean to reach.
GOALS = {
    ("eval", 1): {"mnist1d_cnn": 6, "lenet5": 2.9, "resnet20": 1.45, "separable": 1.05, "resnet18": 1.5,
                  "mnist1d_mlp": 10, "mlp": 1.3},
    ("eval", 64): {"mnist1d_mlp": 1.6, "mnist1d_cnn": 2.7, "mlp": 1.0, "lenet5": 2.8, "resnet20": 1.7, "separable": 1.1},
    ("train", 64): {"mnist1d_mlp": 6.5, "mnist1d_cnn": 13, "mlp": 2.5, "lenet5": 5.8, "resnet20": 1.6, "separable": 2},
}


GPU_GOALS = {(mode, batch): {"mnist1d_mlp": 3, "mnist1d_cnn": 3, "lenet5": 3, "mlp": 1.5, "resnet20": 1, "separable": 1}
             for mode in ("eval", "train") for batch in (64, 1024)}


class Unable(Exception):
    pass


def save_safetensors(path, tensors):
    header, at = {}, 0
    for name, value in tensors.items():
        header[name] = {"dtype": "F32", "shape": list(value.shape), "data_offsets": [at, at + value.nbytes]}
        at += value.nbytes
    text = json.dumps(header).encode()
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for value in tensors.values():
            file.write(value.tobytes())


def load_safetensors(path):
    import numpy
    content = pathlib.Path(path).read_bytes()
    size, = struct.unpack("<Q", content[:8])
    data = content[8 + size:]
    return {name: numpy.frombuffer(data[slice(*about["data_offsets"])], numpy.float32).reshape(about["shape"])
            for name, about in json.loads(content[8:8 + size]).items() if name != "__metadata__"}


def prepare(network, batch, folder):
    """Random weights, inputs and targets, for everybody. Running statistics as after some training."""
    import numpy
    import torch
    from networks import NETWORKS, tenon_tensors
    folder.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(42)
    make, shape, classes = NETWORKS[network]
    model = make()
    for module in model.modules():
        if hasattr(module, "running_var"):
            module.running_mean.normal_(0, 0.1)
            module.running_var.uniform_(0.5, 2)
    torch.save(model.state_dict(), folder / "state.pt")
    save_safetensors(folder / "weights.safetensors", tenon_tensors(model))
    numpy.save(folder / "x.npy", torch.randn(batch, *shape).numpy())
    numpy.save(folder / "target.npy", torch.randint(classes, (batch,)).numpy().astype(numpy.int32))


class Peer:
    """An engine in its own process, which sleeps while others are timed."""

    def __init__(self, config):
        self.name = config["engine"]
        self.process = subprocess.Popen([sys.executable, str(HERE / "engines.py"), json.dumps(config)],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        said = self.listen()
        if "skipped" in said:
            self.close()
            raise Unable(said["skipped"])
        self.version = said["version"]

    def listen(self):
        line = self.process.stdout.readline()
        if not line:
            raise Unable("its process ended")
        return json.loads(line)

    def measure(self, seconds):
        self.process.stdin.write(f"{seconds}\n")
        self.process.stdin.flush()
        return self.listen()

    def close(self):
        self.process.stdin.close()
        self.process.wait()

    @staticmethod
    def result(folder, name):
        import numpy
        return dict(numpy.load(folder / f"{name}.npz"))


class Tenon:
    name = "tenon"

    def __init__(self, program, config):
        self.program, self.config = program, config
        self.last = None

    def call(self, command, *arguments):
        device = [] if command == "info" else ["--device", self.config["device"]]
        done = subprocess.run([str(self.program), command, *map(str, arguments), *device], capture_output=True, text=True)
        if done.returncode != 0:
            raise RuntimeError(done.stderr.strip())
        return done.stdout

    def bench(self, seconds, *flags):
        c = self.config
        return json.loads(self.call("bench", "--json", "--mode", c["mode"], "--batch", c["batch"], "--threads",
                                    c["threads"], "--seconds", seconds, *flags))

    def measure(self, seconds):
        self.last = self.bench(seconds, "--no-kernels")
        return self.last

    def kernels(self, seconds):
        """Each one alone, and the shapes of the weights by layer."""
        info = json.loads(self.call("info", "--json"))
        return {"kernels": self.bench(seconds)["kernels"], "weights": bars.weight_shapes(info)}

    def result(self, folder):
        import numpy
        data = f"npy:{folder}/x.npy,{folder}/target.npy,{folder}/x.npy,{folder}/target.npy"
        if self.config["mode"] == "eval":
            self.call("predict", "--weights", folder / "weights.safetensors", "--input", folder / "x.npy", "--logits",
                      "--output", folder / "tenon.npy")
            return {"y": numpy.load(folder / "tenon.npy")}
        self.call("train", "--init", folder / "weights.safetensors", "--data", data, "--epochs", 1, "-b",
                  self.config["batch"], "--lr", LEARNING_RATE, "--output", folder / "tenon", "--overwrite",
                  "--no-progress")
        return load_safetensors(folder / "tenon" / "last.safetensors")


def errors(result, truth):
    """The largest of each array, relative to its largest value."""
    import numpy
    return {name: float(numpy.abs(result[name].reshape(value.shape) - value).max() / max(numpy.abs(value).max(), 1e-6))
            for name, value in truth.items()}


def build(tenon, network, batch, output, device):
    program = output / "programs" / f"{network}-{batch}-{device}"
    program.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run([str(tenon), "build", str(HERE / "networks.hpp"), "--network", network, "--batch", str(batch), "-o",
                    str(program), "--device", device.split(":")[0]], check=True, stdout=subprocess.DEVNULL)
    return program


def require_gpu(a):
    """The least program for one says what is missing, before anything is measured."""
    if a.device == "cpu":
        return
    program = build(a.tenon.resolve(), "mnist1d_mlp", 64, a.output.resolve(), a.device)
    asked = subprocess.run([str(program), "bench", "--device", a.device, "--seconds", "0.01"], capture_output=True, text=True)
    if asked.returncode != 0:
        print(asked.stderr.strip(), file=sys.stderr)
        raise SystemExit(asked.returncode)


def peak_of_gpu(a):
    """FLOP/s of cuBLAS; none without PyTorch for GPUs."""
    if a.device == "cpu":
        return None
    folder = a.output.resolve() / "work" / "roof"
    folder.mkdir(parents=True, exist_ok=True)
    try:
        roof = Peer({"engine": "roof", "device": a.device, "threads": 1, "folder": str(folder)})
    except Unable as why:
        print(f"skipped: the peak of the GPU: {why}")
        return None
    median = roof.measure(1)["median_us"]
    roof.close()
    peak = 2 * engines.ROOF**3 / median * 1e6
    print(f"cuBLAS, product of two {engines.ROOF} x {engines.ROOF} matrices in float32: {peak / 1e12:.1f} TFLOP/s")
    return peak


def judge(row, config, ours):
    """Our errors and the peers'; row["wrong"]: what exceeds both tolerances."""
    truth = engines.reference(config, "float64")
    mine = errors(ours, truth)
    theirs = {name: errors(Peer.result(pathlib.Path(config["folder"]), name), truth) for name in row["peers"]}
    row["error"] = max(mine.values())
    for name, of in theirs.items():
        row["peers"][name]["error"] = max(of.values())
    usual = errors(engines.reference(config, "float32"), truth)
    allowed = {array: max(TOLERANCE, AS_USUAL * usual[array]) for array in truth}
    row["wrong"] = [f"{array} is wrong by {mine[array]:.1e} of its largest value, {allowed[array]:.1e} is allowed"
                    for array in truth if not mine[array] <= allowed[array]]


def measure_row(config, tenon, a):
    """Everybody who can, in turns; the median of a participant's medians."""
    folder = pathlib.Path(config["folder"])
    prepare(config["network"], config["batch"], folder)
    row = {key: config[key] for key in ("network", "batch", "threads", "mode", "device")} | {"peers": {}, "skipped": {}}
    peers = []
    for engine in a.engines:
        if config["mode"] == "train" and engine not in engines.TRAINING:
            continue
        try:
            peers.append(Peer(config | {"engine": engine}))
        except Unable as why:
            row["skipped"][engine] = str(why)
    row["peers"] = {peer.name: {"version": peer.version} for peer in peers}
    if config["mode"] == "eval" or config["network"] != "mlp":  # dropout: everybody draws masks of his own
        judge(row, config, tenon.result(folder))
    everybody, times = [tenon, *peers], {}
    for round_ in range(a.rounds):
        turn = round_ % len(everybody)
        for who in everybody[turn:] + everybody[:turn]:
            times.setdefault(who.name, []).append(who.measure(a.seconds)["median_us"])
    for peer in peers:
        peer.close()
        row["peers"][peer.name]["median_us"] = statistics.median(times[peer.name])
    last = tenon.last
    row["median_us"] = statistics.median(times["tenon"])
    if a.device == "cpu":
        row |= {"peak_gflops": last["peak_gflops"], "target": last["target"]}
        if row["threads"] == 1 and row["batch"] > 1:
            row |= tenon.kernels(a.seconds)
        row["roofline"] = last["roofline"] * last["median_us"] / row["median_us"]
    else:
        row |= {"gflops": last["flops"] / row["median_us"] / 1e3, "from_cpu_median_us": last["from_cpu_median_us"]}
        row["roofline"] = last["flops"] / row["median_us"] * 1e6 / a.peak if a.peak else None
    if peers:
        best = min(row["peers"], key=lambda name: row["peers"][name]["median_us"])
        row |= {"best": best, "ratio": row["peers"][best]["median_us"] / row["median_us"]}
        goals = GOALS if a.device == "cpu" else GPU_GOALS
        row["goal"] = goals.get((row["mode"], row["batch"]), {}).get(row["network"]) if row["threads"] == 1 else None
    return row


HEADER = (f"{'work':28} {'ours, us':>10} {'best peer, us':>13}  {'':14} {'ratio':>6} {'goal':>6}       "
          f"{'% of bound':>10} {'error':>8} {'theirs':>8}")


def share_of(row):
    return "" if row["roofline"] is None else f"{100 * row['roofline']:.0f}"


def text_of(row, old):
    line = f"{chart.label(row):28} {row['median_us']:>10.1f}"
    if "best" in row:
        goal, met = row["goal"], ""
        if goal is not None:
            met = "met" if row["ratio"] >= goal else "missed"
        line += (f" {row['peers'][row['best']]['median_us']:>13.1f}  {row['best']:14} {row['ratio']:>6.2f} "
                 f"{'' if goal is None else goal:>6} {met:6} {share_of(row):>9}")
        if "error" in row:
            line += f" {row['error']:>9.0e} {max(p['error'] for p in row['peers'].values()):>8.0e}"
    if old is not None:
        line += f"   was {old['median_us']:.1f}, {old['median_us'] / row['median_us']:.2f} times as fast"
    return line


def works(a):
    from networks import NETWORKS
    for name in a.networks or NETWORKS:
        if name not in NETWORKS:
            raise SystemExit(f"compare.py: error: --networks {name}: there are {', '.join(NETWORKS)}")
        for mode in a.modes:
            for batch in a.batches:
                if name == "resnet18" and (mode == "train" or batch > 1):
                    continue  # pictures of 224 x 224: served one at a time here
                if mode == "train" and batch == 1:
                    continue
                if batch > 1024 and not name.endswith("mlp"):
                    continue  # only these leave a GPU idle with fewer
                for threads in a.threads:
                    yield name, mode, batch, threads


def options():
    def comma(kind):
        return lambda text: [kind(part) for part in text.split(",")]

    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--tenon", required=True, type=pathlib.Path)
    p.add_argument("--output", required=True, type=pathlib.Path)
    p.add_argument("--networks", type=comma(str))
    p.add_argument("--batches", type=comma(int))
    p.add_argument("--threads", type=comma(int))
    p.add_argument("--modes", type=comma(str), default=["eval", "train"])
    p.add_argument("--engines", type=comma(str))
    p.add_argument("--device", default="cpu")
    p.add_argument("--rounds", type=int, default=5)
    p.add_argument("--seconds", type=float, default=0.4)
    p.add_argument("--against", type=pathlib.Path)
    a = p.parse_args()
    on_cpu = a.device == "cpu"
    a.batches = a.batches or ([1, 64] if on_cpu else [1, 64, 1024, 16384])
    a.threads = a.threads or ([1, 2] if on_cpu else [1])
    a.engines = a.engines or list(ALL if on_cpu else OF_GPUS)
    return a


def main():
    a = options()
    output = a.output.resolve()
    output.mkdir(parents=True, exist_ok=True)
    old = {chart.label(r): r for r in json.loads(a.against.read_text())} if a.against else {}
    rows, wrong = [], []
    require_gpu(a)
    a.peak = peak_of_gpu(a)
    print(HEADER, flush=True)
    for network, mode, batch, threads in works(a):
        program = build(a.tenon.resolve(), network, batch, output, a.device)
        config = {"network": network, "mode": mode, "batch": batch, "threads": threads, "learning_rate": LEARNING_RATE,
                  "device": a.device, "folder": str(output / "work" / f"{network}-{mode}-{batch}-{threads}-{a.device}")}
        rows.append(measure_row(config, Tenon(program, config), a))
        print(text_of(rows[-1], old.get(chart.label(rows[-1]))), flush=True)
        wrong += [f"{chart.label(rows[-1])}: {what}" for what in rows[-1].get("wrong", [])]
        (output / "peers.json").write_text(json.dumps(rows, indent=1))
    (output / "peers.svg").write_text(chart.svg(rows))
    if a.device == "cpu":
        print("\n".join(bars.lines(rows)))
    for engine, why in sorted({(e, w) for r in rows for e, w in r["skipped"].items()}):
        print(f"skipped: {engine}: {why}")
    print(f"written: {output / 'peers.json'}, {output / 'peers.svg'}")
    for what in wrong:
        print(f"compare.py: error: {what}", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
