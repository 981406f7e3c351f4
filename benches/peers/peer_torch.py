"""PyTorch, eager, or compiled when called with `compile`; Adam fused in both."""

import sys

import torch
from torch import nn
from torch.nn.functional import softplus

from torch_device import DEVICE, pixels, wait
from work import ADAM, Batches, images, serve

torch.set_num_threads(int(sys.argv[2]))
COMPILED = sys.argv[3:] == ["compile"]


def networks():
    g = nn.Sequential(nn.Linear(100, 128), nn.ReLU(), nn.Linear(128, 784), nn.Sigmoid())
    d = nn.Sequential(nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 1))
    return g.to(DEVICE), d.to(DEVICE)


class Trainer:
    def __init__(self, g, d):
        self.g, self.d = g, d
        adam = lambda module: torch.optim.Adam(
            module.parameters(),
            lr=ADAM["learning_rate"],
            betas=(ADAM["beta_1"], ADAM["beta_2"]),
            eps=ADAM["epsilon"],
            fused=True,
        )
        self.g_adam, self.d_adam = adam(g), adam(d)
        compiled = torch.compile if COMPILED else lambda function: function
        self.d_loss, self.g_loss = compiled(self.d_loss), compiled(self.g_loss)

    def d_loss(self, reals, latents):
        with torch.no_grad():
            fakes = self.g(latents)
        # -log sigmoid(x) = softplus(-x)
        return softplus(-self.d(reals)).mean() + softplus(self.d(fakes)).mean()

    def g_loss(self, latents):
        return softplus(-self.d(self.g(latents))).mean()

    def step(self, reals, d_latents, g_latents):
        d_loss = self.d_loss(reals, d_latents)
        self.d_adam.zero_grad(set_to_none=True)
        d_loss.backward()
        self.d_adam.step()
        # No gradients of the discriminator's weights in the generator's half, as in ours.
        self.d.requires_grad_(False)
        g_loss = self.g_loss(g_latents)
        self.g_adam.zero_grad(set_to_none=True)
        g_loss.backward()
        self.g_adam.step()
        self.d.requires_grad_(True)
        return d_loss, g_loss


def check_step(g, d, reals, d_latents, g_latents):
    modules = networks()
    for module, arrays in zip(modules, (g, d)):
        for parameter, array in zip(module.parameters(), arrays):
            parameter.data = torch.tensor(array.T.copy(), device=DEVICE)
    trainer = Trainer(*modules)
    losses = trainer.step(*(torch.tensor(a, device=DEVICE) for a in (reals, d_latents, g_latents)))
    arrays = lambda module: [p.detach().cpu().numpy().T.copy() for p in module.parameters()]
    return *(loss.item() for loss in losses), arrays(modules[0]), arrays(modules[1])


def prepare(batch_size):
    torch.manual_seed(0)
    trainer, data = Trainer(*networks()), images()
    batches = Batches(len(data), batch_size)

    def one():
        reals = pixels(data[batches.next()])
        latents = [torch.rand(batch_size, 100, device=DEVICE) * 2 - 1 for _ in range(2)]
        trainer.step(reals, *latents)

    return one


if __name__ == "__main__":
    serve(check_step, prepare, wait)
