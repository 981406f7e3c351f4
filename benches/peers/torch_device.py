"""What PyTorch computes on: the CPU, or the CUDA device where PEER_DEVICE is `cuda`."""

import os

import torch

DEVICE = torch.device(os.environ.get("PEER_DEVICE", "cpu"))
# The fastest convolutions that compute in 32 bits, as ours do: TF32 has 10 bits where floats have 23.
torch.backends.cudnn.benchmark = True
torch.backends.cudnn.allow_tf32 = False


def wait():
    """Until the device has done what it was given."""
    if DEVICE.type == "cuda":
        torch.cuda.synchronize()


def pixels(rows):
    """Bytes of images, `[batch, 784]`, as floats on the device: bytes travel, floats are made there."""
    return torch.from_numpy(rows).to(DEVICE).float() / 255
