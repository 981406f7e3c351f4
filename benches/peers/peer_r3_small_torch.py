"""PyTorch, eager, the preset `r3-small`: see torch_pairing.py."""

import sys

import torch
from torch import nn

from torch_device import DEVICE, pixels, wait
from torch_pairing import Trainer
from work import EMA, GAMMA, R3_SMALL, R3_SMALL_ADAMS, Batches, images, serve

torch.set_num_threads(int(sys.argv[2]))

WIDTH, SIDE = R3_SMALL["width"], 28 // R3_SMALL["patch"]
leaky = lambda x: nn.functional.leaky_relu(x, R3_SMALL["leak"])


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        inner = WIDTH * R3_SMALL["expansion"]
        self.expand = nn.Conv2d(WIDTH, inner, 1)
        self.grouped = nn.Conv2d(inner, inner, 3, padding=1, groups=inner // R3_SMALL["group_width"])
        self.project = nn.Conv2d(inner, WIDTH, 1, bias=False)

    def forward(self, x):
        return x + self.project(leaky(self.grouped(leaky(self.expand(x)))))

    def ordered(self):
        layers = [p for layer in (self.expand, self.grouped) for p in (layer.weight, layer.bias)]
        return [*layers, self.project.weight]


def blocks():
    return nn.Sequential(*(Block() for _ in range(R3_SMALL["blocks"])))


def ordered(blocks):
    return [parameter for block in blocks for parameter in block.ordered()]


class Generator(nn.Module):
    def __init__(self):
        super().__init__()
        self.modulate = nn.Linear(R3_SMALL["latents"], WIDTH, bias=False)
        self.basis = nn.Parameter(torch.randn(WIDTH, SIDE, SIDE))
        self.blocks = blocks()
        self.image = nn.ConvTranspose2d(WIDTH, 1, R3_SMALL["patch"], R3_SMALL["patch"])

    def forward(self, latents):
        x = self.modulate(latents)[:, :, None, None] * self.basis
        return torch.sigmoid(self.image(self.blocks(x)))

    def ordered(self):
        return [self.modulate.weight, self.basis, *ordered(self.blocks), self.image.weight,
                self.image.bias]


class Discriminator(nn.Module):
    def __init__(self):
        super().__init__()
        self.patches = nn.Conv2d(1, WIDTH, R3_SMALL["patch"], R3_SMALL["patch"])
        self.blocks = blocks()
        self.basis = nn.Parameter(torch.randn(WIDTH, SIDE, SIDE) / SIDE)
        self.output = nn.Linear(WIDTH, 1)

    def forward(self, x):
        x = self.blocks(self.patches(2 * x - 1))
        return self.output((x * self.basis).sum((2, 3)))

    def ordered(self):
        return [self.patches.weight, self.patches.bias, *ordered(self.blocks), self.basis,
                self.output.weight, self.output.bias]


def shaped(parameter, array):
    """Linear layers are `[inputs, outputs]` in ours, and 1 × 1 convolutions matrices."""
    if parameter.ndim == 2:
        array = array.T
    return torch.tensor(array, device=DEVICE).reshape(parameter.shape).contiguous()


def check_step(g, d, reals, d_latents, g_latents):
    modules = Generator().to(DEVICE), Discriminator().to(DEVICE)
    for module, arrays in zip(modules, (g, d)):
        for parameter, array in zip(module.ordered(), arrays, strict=True):
            parameter.data = shaped(parameter, array)
    trainer = Trainer(*modules, R3_SMALL_ADAMS, GAMMA, EMA)
    reals, *latents = (torch.tensor(a, device=DEVICE) for a in (reals, d_latents, g_latents))
    losses = trainer.step(reals.reshape(-1, 1, 28, 28), *latents)
    back = lambda p, old: (p.T if p.ndim == 2 else p).detach().cpu().numpy().reshape(old.shape).copy()
    arrays = lambda module, old: [back(p, o) for p, o in zip(module.ordered(), old)]
    return *(loss.item() for loss in losses), arrays(modules[0], g), arrays(modules[1], d)


def prepare(batch_size):
    torch.manual_seed(0)
    networks = Generator().to(DEVICE), Discriminator().to(DEVICE)
    trainer, data = Trainer(*networks, R3_SMALL_ADAMS, GAMMA, EMA), images()
    batches = Batches(len(data), batch_size)

    def one():
        reals = pixels(data[batches.next()])
        latents = (torch.randn(batch_size, R3_SMALL["latents"], device=DEVICE) for _ in range(2))
        trainer.step(reals.reshape(-1, 1, 28, 28), *latents)

    return one


if __name__ == "__main__":
    serve(check_step, prepare, wait)
