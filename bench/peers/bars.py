"""The bars that need no peer: kernels against the machine's peak and bandwidth, whole steps, threads.

Each is a line "bar, how many meet it, the lowest", from the rows of compare.py, which hold our kernels' times.
"""
import re

L2 = 1 << 20  # bytes; a kernel that moves more is bound by what lies behind
LARGE = ("resnet20", "separable", "resnet18")


def layer_of(kernel):
    return re.match(r"[a-z0-9_]*?_\d+(?=_|$)", kernel).group()


def kind_of(kernel, shapes):
    """contract | narrow | depthwise | map, by the weights of the kernel's layer; None: none of the bars' business."""
    if kernel["flops"] == 0:
        return "map" if kernel["bytes"] > L2 else None
    shape = shapes.get(layer_of(kernel["name"]))
    if shape is None:
        return None
    first = next(iter(shapes.values()))
    if len(shape) > 2 and shape[1] == 1 and shape is not first:
        return "depthwise"
    return "contract" if min(shape[:2]) >= 16 else "narrow"


def weight_shapes(info):
    return {p["layer"]: p["shape"] for p in info["parameters"] if p["kind"] == "weight" and len(p["shape"]) > 1}


def kernel_bars(rows):
    """kind -> [(share, where)]"""
    found = {}
    for row in rows:
        for kernel in row.get("kernels", []):
            kind = kind_of(kernel, row["weights"])
            if kind is None:
                continue
            share = kernel["roofline"] if kind == "map" else kernel["gflops"] / row["peak_gflops"]
            found.setdefault(kind, []).append((share, f"{kernel['name']}, {row['network']}, {row['mode']}"))
    return found


def step_shares(rows):
    return [(row["roofline"], row["network"]) for row in rows if row["mode"] == "train" and row["threads"] == 1]


def gains_of_threads(rows, batch):
    times = {(r["network"], r["mode"], r["batch"], r["threads"]): r["median_us"] for r in rows}
    return [(one / times[name, mode, n, 2], f"{name}, {mode}") for (name, mode, n, threads), one in times.items()
            if threads == 1 and n == batch and (name, mode, n, 2) in times and (batch > 1 or name in LARGE)]


def line(what, bar, shares, unit):
    """Nothing where nothing was measured."""
    if not shares:
        return []
    met = sum(share >= bar for share, _ in shares)
    share, where = min(shares)
    shown = f"{share:.0%}" if unit == "%" else f"{share:.2f}"
    need = f"{bar:.0%}" if unit == "%" else f"{bar}"
    word = "met" if met == len(shares) else "missed"
    return [f"{what:68} {need:>5} {word:7} {met:>3} of {len(shares):<3} lowest {shown:>5}: {where}"]


def lines(rows):
    kernels = kernel_bars(rows)
    return ["", "bars without peers"] + [text for what, bar, shares, unit in (
        ("contractions, 16 and more channels on both sides, of the FMA peak", 0.9, kernels.get("contract"), "%"),
        ("first layers and narrow heads, of the FMA peak", 0.6, kernels.get("narrow"), "%"),
        ("depthwise convolutions, of the FMA peak", 0.75, kernels.get("depthwise"), "%"),
        ("maps and reductions beyond L2, of the bandwidth of copying", 0.8, kernels.get("map"), "%"),
        ("whole training steps, of their bound", 0.75, step_shares(rows), "%"),
        ("2 threads over 1, batch 64", 1.85, gains_of_threads(rows, 64), ""),
        ("2 threads over 1, batch 1, the larger networks", 1.6, gains_of_threads(rows, 1), ""),
    ) for text in line(what, bar, shares, unit)]
