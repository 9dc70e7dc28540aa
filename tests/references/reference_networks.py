"""The networks whose references make_references.py writes, in PyTorch: one for one those of networks.hpp."""
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
