"""PyTorch, eager, the preset `dcgan`: see torch_pairing.py."""

import sys

import torch
from torch import nn

from torch_device import DEVICE, pixels, wait
from torch_pairing import Trainer
from work import DCGAN, DCGAN_ADAMS, EMA, GAMMA, Batches, images, serve

torch.set_num_threads(int(sys.argv[2]))


def dense_layers(inputs):
    widths = [inputs, *DCGAN["dense"]]
    return nn.ModuleList([nn.Linear(*sizes) for sizes in zip(widths, widths[1:])])


class Generator(nn.Module):
    def __init__(self):
        super().__init__()
        width = DCGAN["width"]
        self.dense = dense_layers(DCGAN["latents"])
        self.project = nn.Linear(DCGAN["dense"][-1], 2 * width * 49, bias=False)
        self.norms = nn.ModuleList([nn.BatchNorm2d(2 * width), nn.BatchNorm2d(width)])
        up = lambda inputs, outputs, bias: nn.ConvTranspose2d(inputs, outputs, 4, 2, 1, bias=bias)
        self.upsample = nn.ModuleList([up(2 * width, width, False), up(width, 1, True)])

    def forward(self, latents):
        x = latents
        for dense in self.dense:
            x = torch.relu(dense(x))
        x = self.project(x).reshape(len(latents), -1, 7, 7)
        for norm, upsample in zip(self.norms, self.upsample):
            x = upsample(torch.relu(norm(x)))
        return torch.clamp(x / 4 + 0.5, 0, 1)

    def ordered(self):
        norms = [p for norm in self.norms for p in (norm.weight, norm.bias)]
        dense = [p for dense in self.dense for p in (dense.weight, dense.bias)]
        kernels = [upsample.weight for upsample in self.upsample]
        return [*dense, self.project.weight, *norms, *kernels, self.upsample[1].bias]


class Discriminator(nn.Module):
    def __init__(self):
        super().__init__()
        width = DCGAN["width"]
        down = lambda inputs, outputs: nn.Conv2d(inputs, outputs, 4, 2, 1)
        self.downsample = nn.ModuleList([down(1, width), down(width, 2 * width)])
        self.dense = dense_layers(2 * width * 49)
        self.output = nn.Linear(DCGAN["dense"][-1], 1)

    def forward(self, x):
        x = 2 * x - 1
        for downsample in self.downsample:
            x = nn.functional.leaky_relu(downsample(x), DCGAN["leak"])
        x = x.flatten(1)
        for dense in self.dense:
            x = nn.functional.leaky_relu(dense(x), DCGAN["leak"])
        return self.output(x)

    def ordered(self):
        layers = (*self.downsample, *self.dense, self.output)
        return [p for layer in layers for p in (layer.weight, layer.bias)]


def flipped(parameter):
    """Linear layers are `[inputs, outputs]` in ours."""
    return parameter.T if parameter.ndim == 2 else parameter


def check_step(g, d, reals, d_latents, g_latents):
    modules = Generator().to(DEVICE), Discriminator().to(DEVICE)
    for module, arrays in zip(modules, (g, d)):
        for parameter, array in zip(module.ordered(), arrays, strict=True):
            parameter.data = flipped(torch.tensor(array, device=DEVICE)).contiguous()
    trainer = Trainer(*modules, DCGAN_ADAMS, GAMMA, EMA)
    reals, *latents = (torch.tensor(a, device=DEVICE) for a in (reals, d_latents, g_latents))
    losses = trainer.step(reals.reshape(-1, 1, 28, 28), *latents)
    arrays = lambda module: [flipped(p.detach()).cpu().numpy().copy() for p in module.ordered()]
    return *(loss.item() for loss in losses), arrays(modules[0]), arrays(modules[1])


def prepare(batch_size):
    torch.manual_seed(0)
    networks = Generator().to(DEVICE), Discriminator().to(DEVICE)
    trainer, data = Trainer(*networks, DCGAN_ADAMS, GAMMA, EMA), images()
    batches = Batches(len(data), batch_size)

    def one():
        reals = pixels(data[batches.next()])
        latents = (torch.randn(batch_size, DCGAN["latents"], device=DEVICE) for _ in range(2))
        trainer.step(reals.reshape(-1, 1, 28, 28), *latents)

    return one


if __name__ == "__main__":
    serve(check_step, prepare, wait)
