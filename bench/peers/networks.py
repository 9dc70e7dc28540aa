"""The networks of networks.hpp in PyTorch, with parameters in the same order, and their names in Tenon."""
from torch import nn


class Residual(nn.Module):
    def __init__(self, main, shortcut=None):
        super().__init__()
        self.main, self.shortcut = main, shortcut

    def forward(self, x):
        return self.main(x) + (x if self.shortcut is None else self.shortcut(x))


def mnist1d_mlp():
    return nn.Sequential(nn.Linear(40, 100), nn.ReLU(), Residual(nn.Sequential(nn.Linear(100, 100), nn.ReLU())),
                         nn.Linear(100, 10))


def mnist1d_cnn():
    layers = []
    for channels, kernel in ((1, 5), (25, 3), (25, 3)):
        layers += [nn.Conv1d(channels, 25, kernel, stride=2, padding=1), nn.ReLU()]
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(125, 10))


def mlp():
    layers = []
    for units_in, units in ((784, 512), (512, 256)):
        layers += [nn.Linear(units_in, units), nn.BatchNorm1d(units), nn.ReLU(), nn.Dropout(0.5)]
    return nn.Sequential(*layers, nn.Linear(256, 10))


def lenet5():
    return nn.Sequential(nn.Conv2d(1, 6, 5, padding=2), nn.Tanh(), nn.AvgPool2d(2), nn.Conv2d(6, 16, 5), nn.Tanh(),
                         nn.AvgPool2d(2), nn.Flatten(), nn.Linear(400, 120), nn.Tanh(), nn.Linear(120, 84), nn.Tanh(),
                         nn.Linear(84, 10))


def conv_norm(channels_in, channels, kernel=3, stride=1, groups=1):
    return [nn.Conv2d(channels_in, channels, kernel, stride, kernel // 2, groups=groups, bias=False),
            nn.BatchNorm2d(channels)]


def block(channels_in, channels, stride):
    main = nn.Sequential(*conv_norm(channels_in, channels, stride=stride), nn.ReLU(), *conv_norm(channels, channels))
    shortcut = nn.Sequential(*conv_norm(channels_in, channels, 1, stride)) if stride != 1 else None
    return [Residual(main, shortcut), nn.ReLU()]


def stages(widths, blocks):
    layers, channels = [], widths[0]
    for width in widths:
        for i in range(blocks):
            layers += block(channels, width, 2 if i == 0 and width != widths[0] else 1)
            channels = width
    return layers


def head(channels, classes):
    return [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, classes)]


def resnet20():
    return nn.Sequential(*conv_norm(3, 16), nn.ReLU(), *stages((16, 32, 64), 3), *head(64, 10))


def resnet18():
    return nn.Sequential(*conv_norm(3, 64, 7, 2), nn.ReLU(), nn.MaxPool2d(3, 2, 1), *stages((64, 128, 256, 512), 2),
                         *head(512, 1000))


def separable():
    layers, channels = [*conv_norm(3, 32), nn.ReLU()], 32
    for width, stride in ((64, 1), (128, 2), (128, 1), (256, 2), (256, 1)):
        layers += [*conv_norm(channels, channels, 3, stride, channels), nn.ReLU(), *conv_norm(channels, width, 1), nn.ReLU()]
        channels = width
    return nn.Sequential(*layers, *head(256, 10))


# name: constructor, shape of a sample, classes
NETWORKS = {
    "mnist1d_mlp": (mnist1d_mlp, (40,), 10),
    "mnist1d_cnn": (mnist1d_cnn, (1, 40), 10),
    "mlp": (mlp, (784,), 10),
    "lenet5": (lenet5, (1, 28, 28), 10),
    "resnet20": (resnet20, (3, 32, 32), 10),
    "separable": (separable, (3, 32, 32), 10),
    "resnet18": (resnet18, (3, 224, 224), 1000),
}

KINDS = {nn.Linear: "linear", nn.Conv1d: "conv1d", nn.Conv2d: "conv2d", nn.BatchNorm1d: "batch_norm",
         nn.BatchNorm2d: "batch_norm"}


def tenon_tensors(model):
    """name -> float32 array: Tenon counts layers per kind, main paths before shortcuts."""
    counts, tensors = {}, {}
    for module in model.modules():
        kind = KINDS.get(type(module))
        if kind is None:
            continue
        counts[kind] = counts.get(kind, 0) + 1
        for name, value in module.state_dict().items():
            if name != "num_batches_tracked":
                tensors[f"{kind}_{counts[kind]}.{name}"] = value.detach().numpy().copy()
    return tensors
