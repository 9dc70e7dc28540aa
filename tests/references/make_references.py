"""Writes one small safetensors file per network: what PyTorch computes from given parameters and one given batch.

    python make_references.py FOLDER [NETWORK]...      (needs torch and numpy; the files of this folder's data/ were made so)

A file holds, under Tenon's names and PyTorch's shapes:
    x, target                 the batch (class numbers as floats)
    sample_weight             what each sample counts, with a mean of 1, where the loss is weighted
    eval_outputs              logits in evaluation mode, from the initial parameters and running statistics
    train_outputs, loss       of the same in training mode
    NAME                      initial parameters and buffers, such as conv2d_1.weight
    gradient/NAME             of the loss
    renewed/NAME              running statistics after that one step in training mode
    RECIPE_STEPS/NAME         parameters after so many steps of a recipe on the same batch (see RECIPES)

All is computed in float64 from numbers that float32 holds exactly, then rounded once. Each network is seeded by the first
number for which PyTorch's own float32 agrees with its float64: so no pre-activation lies so close to a kink, and no
gradient so close to zero (where Adam's first step is a sign), that rounding decides.
"""
import itertools
import json
import pathlib
import struct
import sys

import torch
from torch import nn

from reference_networks import MeanOnlyBatchNorm, SoftTargets, StandardizedConv2d, StandardizedLinear, WeightedError, networks


def sample_weights(loss, target):
    """What each sample counts, with a mean of 1; None where all count alike."""
    weights = loss.of_samples if isinstance(loss, WeightedError) else getattr(loss, "weight", None)
    if weights is None:
        return None
    if not isinstance(loss, WeightedError):
        weights = weights[target]
    return weights * len(weights) / weights.sum()


# prefix -> optimizer over two groups: decay reaches weights, never biases and norms
RECIPES = {
    "sgd": lambda groups: torch.optim.SGD(groups, lr=0.1, momentum=0.9),
    "nesterov": lambda groups: torch.optim.SGD(groups, lr=0.1, momentum=0.9, nesterov=True),
    "adam": lambda groups: torch.optim.Adam(groups, lr=0.01),
    "adamw": lambda groups: torch.optim.AdamW(groups, lr=0.01),
}
WEIGHT_DECAY = 0.01
KINDS = {nn.Linear: "linear", nn.Conv1d: "conv1d", nn.Conv2d: "conv2d", nn.BatchNorm1d: "batch_norm", nn.BatchNorm2d: "batch_norm",
         nn.GroupNorm: "group_norm", nn.InstanceNorm2d: "instance_norm", nn.LayerNorm: "layer_norm",
         MeanOnlyBatchNorm: "mean_only_batch_norm", nn.PReLU: "prelu", nn.ConvTranspose1d: "conv1d_transpose", nn.ConvTranspose2d: "conv2d_transpose", StandardizedLinear: "linear",
         StandardizedConv2d: "conv2d"}
ORDER = {"weight_v": 0, "weight_g": 1, "weight": 2}


def tenon_names(model):
    """{Tenon's name: tensor} of parameters and buffers: layers count per kind in order of declaration."""
    count, names = {}, {}
    for module in model.modules():
        kind = KINDS.get(type(module))
        if kind is None:
            continue
        count[kind] = count.get(kind, 0) + 1
        tensors = itertools.chain(module.named_parameters(), module.named_buffers())
        for name, tensor in sorted(tensors, key=lambda named: ORDER.get(named[0], 3)):
            if name != "num_batches_tracked":
                names[f"{kind}_{count[kind]}.{name}"] = tensor
    return names


def redundant_biases(model):
    """Biases that the batch norm right behind them takes out: their gradient is zero but for rounding."""
    found = set()
    for chain in model.modules():
        if isinstance(chain, nn.Sequential):
            for layer, next_layer in itertools.pairwise(chain):
                if KINDS.get(type(next_layer), "").endswith("batch_norm") and getattr(layer, "bias", None) is not None:
                    found.add(id(layer.bias))
    return found


def fill(model, generator):
    """Parameters and running statistics that leave nothing at a value which hides mistakes, such as 0 or 1."""
    def uniform(low, high, shape):
        return torch.empty(shape).uniform_(low, high, generator=generator)
    with torch.no_grad():
        for name, tensor in tenon_names(model).items():
            if name.endswith("weight_g") or name.startswith("batch_norm") and name.endswith(("weight", "running_var")):
                tensor.copy_(uniform(0.5, 1.5, tensor.shape))
            else:
                bound = tensor[0].numel() ** -0.5 if tensor.dim() > 1 else 0.3
                tensor.copy_(uniform(-bound, bound, tensor.shape))


def gradients(model, loss, x, target):
    """One forward and backward pass; returns the logits and the loss."""
    model.zero_grad()
    y = model(x)
    value = loss(y, target)
    value.backward()
    redundant = redundant_biases(model)
    for p in model.parameters():
        if id(p) in redundant:
            assert p.grad.abs().max() < 1e-5
            p.grad.zero_()
    return y.detach(), value.detach()


def witness(name, seed, dtype):
    """All tensors of one file, computed in the given type."""
    def model_of():
        shape, n, model, loss = networks()[name]
        generator = torch.Generator().manual_seed(seed)
        fill(model, generator)
        x = torch.randn([n, *shape], generator=generator)
        outputs = model.eval()(x)
        if isinstance(loss, SoftTargets):  # rows that need not sum to 1
            target = torch.rand(outputs.shape, generator=generator).to(dtype)
        elif isinstance(loss, nn.CrossEntropyLoss):
            target = torch.randint(outputs.shape[1], [n], generator=generator)
        else:
            target = torch.randn(outputs.shape, generator=generator).to(dtype)
            if isinstance(loss, nn.BCEWithLogitsLoss):
                target = target.to(torch.float32).sigmoid().to(dtype)
        return model.to(dtype), loss.to(dtype), x.to(dtype), target

    model, loss, x, target = model_of()
    out = {"x": x, "target": target.to(dtype)}
    if (weights := sample_weights(loss, target)) is not None:
        out["sample_weight"] = weights
    out |= {key: t.detach().clone() for key, t in tenon_names(model).items()}
    with torch.no_grad():
        out["eval_outputs"] = model.eval()(x)
    out["train_outputs"], out["loss"] = gradients(model.train(), loss, x, target)
    for key, t in tenon_names(model).items():
        if isinstance(t, nn.Parameter):
            out["gradient/" + key] = t.grad.clone()
        else:
            out["renewed/" + key] = t.clone()

    for recipe, make in RECIPES.items():
        model, loss, x, target = model_of()
        parameters = list(model.train().parameters())
        lengths = {id(t) for key, t in tenon_names(model).items() if key.endswith("weight_g")}
        weights = [p for p in parameters if p.dim() > 1 and id(p) not in lengths]
        others = [p for p in parameters if p.dim() == 1 or id(p) in lengths]
        norms = {id(p) for m in model.modules() if isinstance(m, nn.LayerNorm) for p in m.parameters()}
        others += [p for p in weights if id(p) in norms]
        weights = [p for p in weights if id(p) not in norms]
        optimizer = make([{"params": weights, "weight_decay": WEIGHT_DECAY}, {"params": others, "weight_decay": 0}])
        for step in (1, 2):
            gradients(model, loss, x, target)
            optimizer.step()
            if recipe == "nesterov" and step == 1:
                continue
            out |= {f"{recipe}_{step}/{key}": t.detach().clone() for key, t in tenon_names(model).items() if isinstance(t, nn.Parameter)}
    return out


def difference(a, b):
    """Largest difference, relative to the largest element."""
    largest = b.abs().max()
    return ((a.to(b.dtype) - b).abs().max() / largest).item() if largest > 0 else a.abs().max().item()


def well_conditioned(name):
    """The witness of the first seed whose float32 twin agrees, and that seed."""
    for seed in range(1, 200):
        double, single = witness(name, seed, torch.float64), witness(name, seed, torch.float32)
        if all(difference(single[key], double[key]) < 2e-6 for key in double):
            return double, seed
    raise SystemExit(f"{name}: no seed is well-conditioned")


def save(path, tensors, about):
    """safetensors: length of the header, header in JSON padded to a multiple of 64 bytes, little-endian data."""
    header, data = {"__metadata__": about}, b""
    for key, t in tensors.items():
        part = t.to(torch.float32).contiguous().numpy().astype("<f4").tobytes()
        header[key] = {"dtype": "F32", "shape": list(t.shape), "data_offsets": [len(data), len(data) + len(part)]}
        data += part
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-(len(text) + 8) % 64)
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    torch.use_deterministic_algorithms(True)
    torch.set_num_threads(1)
    for name in sys.argv[2:] or networks():
        tensors, seed = well_conditioned(name)
        path = folder / f"{name}.safetensors"
        save(path, tensors, {"network": name, "seed": str(seed), "torch": torch.__version__.split("+")[0]})
        print(f"{path.name}: seed {seed}, {path.stat().st_size} bytes")


if __name__ == "__main__":
    if len(sys.argv) < 2:
        raise SystemExit(__doc__)
    main()
