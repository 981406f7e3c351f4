"""Makes the files in tests/fixtures with PyTorch 2.15: `python make_fixtures.py ../fixtures`.

dcgan.pth     a generator in the layout of pytorch/examples/dcgan, with few channels, after some steps of
              training on noise, so that batch norm has running statistics
dcgan.npz     a latent, and the image that PyTorch makes of it
mlp.pth       linear layers with leaky ReLU and a sigmoid; mlp.npz as above
hostile.pth   a pickle that would run a command
"""

import sys
from pathlib import Path

import numpy as np
import torch
from torch import nn


class Dcgan(nn.Module):
    """Names and layers as in pytorch/examples/dcgan."""

    def __init__(self, latents=6, width=2, channels=3):
        super().__init__()
        layers, before = [], latents
        for i, outputs in enumerate([8 * width, 4 * width, 2 * width, width]):
            stride, padding = (1, 0) if i == 0 else (2, 1)
            layers.append(nn.ConvTranspose2d(before, outputs, 4, stride, padding, bias=False))
            layers += [nn.BatchNorm2d(outputs), nn.ReLU(True)]
            before = outputs
        layers += [nn.ConvTranspose2d(before, channels, 4, 2, 1, bias=False), nn.Tanh()]
        self.main = nn.Sequential(*layers)

    def forward(self, latents):
        return self.main(latents)


class RunsCommand:
    def __reduce__(self):
        return __import__("os").system, ("echo executed > executed",)


def train(network, shape):
    optimizer = torch.optim.SGD(network.parameters(), 0.5)
    for _ in range(20):
        images = network(torch.randn(8, *shape))
        (images - torch.rand_like(images)).square().mean().backward()
        optimizer.step()
        optimizer.zero_grad()
    return network.eval()


def main(folder):
    torch.manual_seed(0)
    dcgan = train(Dcgan(), (6, 1, 1))
    mlp = nn.Sequential(
        nn.Linear(5, 12), nn.LeakyReLU(0.2), nn.Linear(12, 7), nn.LeakyReLU(0.2), nn.Linear(7, 48), nn.Sigmoid()
    )
    mlp = train(mlp, (5,))
    for name, network, shape in [("dcgan", dcgan, (6, 1, 1)), ("mlp", mlp, (5,))]:
        torch.save(network.state_dict(), folder / f"{name}.pth")
        latents = torch.randn(1, *shape)
        with torch.no_grad():
            images = network(latents)
        np.savez_compressed(folder / f"{name}.npz", latents=latents.flatten(1).numpy(), images=images.numpy())
    torch.save({"main.0.weight": torch.zeros(1), "innocent": RunsCommand()}, folder / "hostile.pth")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
