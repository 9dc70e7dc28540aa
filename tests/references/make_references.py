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

import numpy as np
import torch
from torch import nn
from torch.nn.utils import weight_norm


# ---- structure that torch has no module for

class Residual(nn.Module):
    def __init__(self, main, shortcut=None):
        super().__init__()
        self.main, self.shortcut = main, shortcut or nn.Identity()

    def forward(self, x):
        return self.main(x) + self.shortcut(x)


class Branches(nn.Module):
    def __init__(self, join, *paths):
        super().__init__()
        self.join, self.paths = join, nn.ModuleList(paths)

    def forward(self, x):
        outputs = [path(x) for path in self.paths]
        return torch.cat(outputs, 1) if self.join == "concat" else sum(outputs)


class Skip(nn.Module):
    """save | between | concat_with (or add_with)."""

    def __init__(self, join, between):
        super().__init__()
        self.join, self.between = join, between

    def forward(self, x):
        y = self.between(x)
        return torch.cat([y, x], 1) if self.join == "concat_with" else y + x


class GlobalAvgPool(nn.Module):
    def forward(self, x):
        return x.flatten(2).mean(2)


class GlobalMaxPool(nn.Module):
    def forward(self, x):
        return x.flatten(2).max(2).values


class MeanOnlyBatchNorm(nn.Module):
    """Takes away each channel's mean (Salimans and Kingma, 2016)."""

    def __init__(self, channels, momentum=0.1):
        super().__init__()
        self.momentum = momentum
        self.bias = nn.Parameter(torch.zeros(channels))
        self.register_buffer("running_mean", torch.zeros(channels))

    def forward(self, x):
        mean = self.running_mean
        if self.training:
            mean = x.transpose(0, 1).flatten(1).mean(1)
            self.running_mean += self.momentum * (mean.detach() - self.running_mean)
        shape = [1, -1] + [1] * (x.dim() - 2)
        return x - mean.view(shape) + self.bias.view(shape)


class Standardized:
    """The weight minus its mean, over its deviation, per output (Qiao et al., 2019)."""

    def standardized(self):
        w = self.weight.flatten(1)
        var, mean = torch.var_mean(w, 1, unbiased=False, keepdim=True)
        return ((w - mean) / (var + 1e-5).sqrt()).view_as(self.weight)


class StandardizedLinear(Standardized, nn.Linear):
    def forward(self, x):
        return nn.functional.linear(x, self.standardized(), self.bias)


class StandardizedConv2d(Standardized, nn.Conv2d):
    def forward(self, x):
        return self._conv_forward(x, self.standardized(), self.bias)


def same(conv, before, after):
    """Zeros before and after both dimensions, for kernels whose `same` is lopsided."""
    return nn.Sequential(nn.ZeroPad2d((before, after, before, after)), conv)


# ---- the networks, as in networks.hpp: name -> (input shape, samples, modules, loss)

def networks():
    seq = nn.Sequential
    smooth = nn.CrossEntropyLoss(label_smoothing=0.1)
    classes, values = nn.CrossEntropyLoss(), nn.MSELoss()
    return {
        "mlp": ([12], 5, seq(
            nn.Linear(12, 13), nn.ReLU(), Residual(seq(nn.Linear(13, 13), nn.ReLU())), nn.Linear(13, 5)), classes),
        "mlp_norm": ([10], 37, seq(
            nn.Linear(10, 11), nn.BatchNorm1d(11), nn.Tanh(),
            nn.Linear(11, 7), nn.BatchNorm1d(7, eps=1e-3, momentum=0.3), nn.ReLU(), nn.Linear(7, 3)), smooth),
        "activations": ([9], 5, seq(
            nn.Linear(9, 8), nn.ReLU(), nn.Linear(8, 7), nn.LeakyReLU(0.01), nn.Linear(7, 8), nn.LeakyReLU(0.2),
            nn.Linear(8, 9), nn.Tanh(), nn.Linear(9, 7), nn.Sigmoid(), nn.Linear(7, 8), nn.GELU(),
            nn.Linear(8, 6), nn.SiLU(), nn.Linear(6, 4)), classes),
        "squared_error": ([3, 11], 5, seq(
            nn.Conv1d(3, 4, 3, padding=1), nn.Tanh(), nn.Conv1d(4, 2, 3)), values),
        "conv2d_strided": ([2, 9, 11], 5, seq(
            nn.Conv2d(2, 5, 3, stride=2, padding=1), nn.ReLU(),
            nn.Conv2d(5, 4, (3, 2), stride=(1, 2), padding=(0, 1)), nn.Tanh(), nn.Flatten(), nn.Linear(48, 4)), classes),
        "conv2d_grouped": ([4, 7, 6], 5, seq(
            nn.Conv2d(4, 6, 3, groups=2, padding=1, bias=False), nn.ReLU(),
            nn.Conv2d(6, 9, (2, 3), groups=3), nn.Tanh(), nn.Conv2d(9, 2, 1, stride=2), nn.Flatten(), nn.Linear(12, 3)), classes),
        "conv2d_dilated": ([2, 9, 11], 5, seq(
            nn.Conv2d(2, 3, (2, 3), dilation=(2, 3), stride=(1, 2), padding=(0, 2)), nn.ReLU(),
            nn.Conv2d(3, 4, 3, dilation=2, padding=2, stride=(3, 2)), nn.Tanh(), nn.Flatten(), nn.Linear(36, 3)), classes),
        "conv2d_depthwise": ([3, 7, 5], 5, seq(
            nn.Conv2d(3, 6, 3, groups=3, padding=1), nn.SiLU(), nn.Conv2d(6, 6, 3, groups=6, stride=2, padding=1),
            nn.Tanh(), nn.Conv2d(6, 5, 1), nn.ReLU(), GlobalAvgPool(), nn.Linear(5, 3)), classes),
        "conv2d_even_same": ([2, 6, 7], 5, seq(
            same(nn.Conv2d(2, 4, 4), 1, 2), nn.ReLU(), same(nn.Conv2d(4, 3, 2, stride=2), 0, 1), nn.Tanh(),
            nn.Flatten(), nn.Linear(36, 3)), classes),
        "conv1d_strided": ([1, 40], 37, seq(
            nn.Conv1d(1, 6, 5, stride=2, padding=1), nn.ReLU(), nn.Conv1d(6, 5, 3, stride=2, padding=1), nn.ReLU(),
            nn.Conv1d(5, 4, 3, stride=2, padding=1), nn.ReLU(), nn.Flatten(), nn.Linear(20, 10)), classes),
        "conv1d_grouped": ([4, 13], 5, seq(
            nn.Conv1d(4, 6, 3, groups=2, dilation=2), nn.GELU(), nn.Conv1d(6, 6, 5, groups=6, padding=2), nn.Tanh(),
            nn.Conv1d(6, 3, 2, stride=3), nn.Flatten(), nn.Linear(9, 3)), classes),
        "max_pool": ([2, 9, 8], 5, seq(  # ties after relu: the gradient goes to the first
            nn.Conv2d(2, 4, 3, padding=1), nn.ReLU(), nn.MaxPool2d(3, stride=2, padding=1),
            nn.Conv2d(4, 3, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(12, 3)), classes),
        "max_pool_1d": ([3, 17], 5, seq(
            nn.Conv1d(3, 4, 3, padding=1), nn.ReLU(), nn.MaxPool1d(3, stride=2, padding=1), nn.Flatten(), nn.Linear(36, 3)), classes),
        "avg_pool": ([2, 7, 9], 5, seq(
            nn.Conv2d(2, 4, 3, padding=1), nn.Tanh(), nn.AvgPool2d(3, stride=2, padding=1),
            nn.Conv2d(4, 5, 2), nn.Sigmoid(), nn.AvgPool2d((3, 2), stride=(1, 2)), GlobalAvgPool(), nn.Linear(5, 3)), classes),
        "batch_norm_1d": ([2, 12], 5, seq(
            nn.Conv1d(2, 4, 3), nn.BatchNorm1d(4), nn.ReLU(), nn.Conv1d(4, 3, 3, stride=2), nn.BatchNorm1d(3, momentum=0.05),
            nn.Tanh(), nn.Flatten(), nn.Linear(12, 3)), classes),
        "batch_norm_2d": ([2, 5, 7], 5, seq(  # the last two norms stand where folding would not be exact
            nn.Conv2d(2, 4, 3, padding=1, bias=False), nn.BatchNorm2d(4, eps=1e-3, momentum=0.25), nn.ReLU(),
            nn.BatchNorm2d(4), nn.Conv2d(4, 3, 3, padding=1), nn.Tanh(), nn.BatchNorm2d(3), nn.Flatten(), nn.Linear(105, 3)), classes),
        "residual_down": ([3, 7, 8], 5, seq(
            nn.Conv2d(3, 4, 3, padding=1), nn.BatchNorm2d(4), nn.ReLU(),
            Residual(seq(nn.Conv2d(4, 4, 3, padding=1, bias=False), nn.BatchNorm2d(4), nn.ReLU())),
            Residual(seq(nn.Conv2d(4, 6, 3, stride=2, padding=1), nn.BatchNorm2d(6), nn.ReLU(),
                         nn.Conv2d(6, 6, 3, padding=1), nn.BatchNorm2d(6)),
                     seq(nn.Conv2d(4, 6, 1, stride=2), nn.BatchNorm2d(6))), nn.ReLU(),
            GlobalAvgPool(), nn.Linear(6, 4)), classes),
        "branches": ([3, 6, 5], 5, seq(
            Branches("concat", seq(nn.Conv2d(3, 4, 1), nn.ReLU()), seq(nn.Conv2d(3, 2, 3, padding=1), nn.Tanh()),
                     seq(nn.AvgPool2d(3, stride=1, padding=1))),
            Branches("add", nn.Conv2d(9, 3, 3), seq(nn.Conv2d(9, 3, 3), nn.Sigmoid())), nn.Flatten(), nn.Linear(36, 3)), classes),
        "skips": ([2, 6, 7], 37, seq(
            nn.Conv2d(2, 3, 3, padding=1), nn.ReLU(),
            Skip("concat_with", seq(nn.Conv2d(3, 4, 3, padding=1), nn.ReLU(),
                                    Skip("add_with", seq(nn.Conv2d(4, 4, 3, padding=1), nn.Tanh())))),
            nn.Conv2d(7, 2, 3), nn.Flatten(), nn.Linear(40, 3)), classes),
        "more_activations": ([9], 5, seq(
            nn.Linear(9, 8), nn.ELU(0.5), nn.Linear(8, 7), nn.SELU(), nn.Linear(7, 8), nn.Mish(),
            nn.Linear(8, 9), nn.Softplus(), nn.Linear(9, 7), nn.Hardswish(), nn.Linear(7, 8), nn.GELU(approximate="tanh"),
            nn.Linear(8, 6), nn.PReLU(6), nn.Linear(6, 4)), classes),
        "softmax_inside": ([2, 5, 6], 5, seq(
            nn.Conv2d(2, 4, 3, padding=1), nn.Softmax(dim=1), nn.Conv2d(4, 3, 3), nn.PReLU(3), GlobalMaxPool(),
            nn.Linear(3, 3)), classes),
        "transposed_1d": ([4, 7], 5, seq(
            nn.ConvTranspose1d(4, 6, 3, stride=2, padding=1, output_padding=1, groups=2), nn.Tanh(),
            nn.ConvTranspose1d(6, 3, 2, stride=3, bias=False), nn.BatchNorm1d(3), nn.Tanh(), nn.Flatten(),
            nn.Linear(123, 3)), classes),
        "transposed_2d": ([3, 4, 3], 5, seq(
            nn.ConvTranspose2d(3, 4, (3, 2), stride=(2, 1), padding=(1, 0), dilation=(1, 2)), nn.BatchNorm2d(4), nn.ReLU(),
            nn.Upsample(scale_factor=2), nn.ZeroPad2d(1), nn.Conv2d(4, 3, 3, stride=2), nn.Tanh(),
            nn.ConvTranspose2d(3, 2, 3, stride=2, padding=1), nn.Tanh(), nn.Flatten(), nn.Linear(234, 3)), classes),
        "sample_norms": ([4, 5, 6], 5, seq(
            nn.Conv2d(4, 6, 3), nn.GroupNorm(3, 6, eps=1e-3), nn.ReLU(), nn.Conv2d(6, 4, 2, bias=False), nn.InstanceNorm2d(4, affine=True), nn.Tanh(),
            nn.LayerNorm([4, 2, 3]), nn.Flatten(), nn.Linear(24, 5), nn.LayerNorm(5, elementwise_affine=False), nn.Sigmoid(),
            nn.Linear(5, 3)), classes),
        "batch_norms": ([3, 8], 5, seq(
            nn.Conv1d(3, 4, 3), nn.BatchNorm1d(4, affine=False, momentum=0.3), nn.Tanh(), nn.Conv1d(4, 3, 3),
            MeanOnlyBatchNorm(3), nn.Sigmoid(), nn.Flatten(), nn.Linear(12, 3)), classes),
        "weight_norms": ([2, 6, 5], 5, seq(
            weight_norm(nn.Conv2d(2, 4, 3, padding=1)), nn.ReLU(),  # no batch norm behind it: g would have no gradient
            weight_norm(nn.Conv2d(4, 6, 3, groups=2, bias=False)), nn.Tanh(), nn.Flatten(), weight_norm(nn.Linear(72, 3))), classes),
        "standardized_weights": ([2, 6, 5], 5, seq(
            StandardizedConv2d(2, 4, 3, padding=1), nn.ReLU(), StandardizedConv2d(4, 6, 3, groups=2), nn.Tanh(),
            nn.Flatten(), StandardizedLinear(72, 3)), classes),
        "binary": ([7], 5, seq(nn.Linear(7, 6), nn.Tanh(), nn.Linear(6, 4)), nn.BCEWithLogitsLoss()),
        "absolute_error": ([2, 8], 5, seq(nn.Conv1d(2, 3, 3, padding=1), nn.Tanh(), nn.Conv1d(3, 2, 3)), nn.L1Loss()),
        "huber_error": ([6], 37, seq(nn.Linear(6, 5), nn.ELU(), nn.Linear(5, 4)), nn.HuberLoss(delta=0.75)),
        "soft_classes": ([6], 37, seq(nn.Linear(6, 7), nn.Tanh(), nn.Linear(7, 5)), SoftTargets(label_smoothing=0.1)),
        "weighted_classes": ([6], 37, seq(nn.Linear(6, 7), nn.Tanh(), nn.Linear(7, 5)),
                             nn.CrossEntropyLoss(weight=torch.tensor([0.5, 1.0, 4.0, 0.25, 2.0]))),
        "weighted_error": ([6], 5, seq(nn.Linear(6, 7), nn.Tanh(), nn.Linear(7, 5)), WeightedError([0.5, 3.0, 1.0, 0.0, 2.0])),
    }


# ---- losses whose samples count differently, and targets that are shares of classes

class SoftTargets(nn.CrossEntropyLoss):
    """Cross-entropy with a share per class instead of a class number."""


class WeightedError(nn.Module):
    """sum(w * squared error of the sample) / sum(w)."""
    def __init__(self, weights):
        super().__init__()
        self.register_buffer("of_samples", torch.tensor(weights))

    def forward(self, y, target):
        return (self.of_samples * (y - target).square().mean(dim=1)).sum() / self.of_samples.sum()


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
