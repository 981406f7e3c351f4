"""PyTorch, eager, the preset `mlp`: see torch_pairing.py."""

import sys

import torch
from torch import nn

from torch_device import DEVICE, pixels, wait
from torch_pairing import Trainer
from work import EMA, GAMMA, LEAK, MLP_ADAM, MLP_D, MLP_G, Batches, images, serve

torch.set_num_threads(int(sys.argv[2]))


def network(widths, *last):
    layers = []
    for inputs, outputs in zip(widths, widths[1:]):
        layers += [nn.Linear(inputs, outputs), nn.LeakyReLU(LEAK)]
    return nn.Sequential(*layers[:-1], *last)


def networks():
    return network(MLP_G, nn.Sigmoid()).to(DEVICE), network(MLP_D).to(DEVICE)


def check_step(g, d, reals, d_latents, g_latents):
    modules = networks()
    for module, arrays in zip(modules, (g, d)):
        for parameter, array in zip(module.parameters(), arrays):
            parameter.data = torch.tensor(array.T.copy(), device=DEVICE)
    trainer = Trainer(*modules, (MLP_ADAM, MLP_ADAM), GAMMA, EMA)
    losses = trainer.step(*(torch.tensor(a, device=DEVICE) for a in (reals, d_latents, g_latents)))
    arrays = lambda module: [p.detach().cpu().numpy().T.copy() for p in module.parameters()]
    return *(loss.item() for loss in losses), arrays(modules[0]), arrays(modules[1])


def prepare(batch_size):
    torch.manual_seed(0)
    trainer, data = Trainer(*networks(), (MLP_ADAM, MLP_ADAM), GAMMA, EMA), images()
    batches = Batches(len(data), batch_size)

    def one():
        reals = pixels(data[batches.next()])
        trainer.step(reals, *(torch.randn(batch_size, MLP_G[0], device=DEVICE) for _ in range(2)))

    return one


serve(check_step, prepare, wait)
