"""Images from a snapshot of the tutorial's generator, with NumPy alone: read_snapshot.py SNAPSHOT OUT.npy"""

import json
import sys

import numpy as np
from safetensors import safe_open

with safe_open(sys.argv[1], "numpy") as file:
    about = json.loads(file.metadata()["gan-snapshot"])
    weights = {name: file.get_tensor(name) for name in file.keys()}

latents = np.random.default_rng(0).uniform(-1, 1, (16, about["generator"]["latents"]["dim"])).astype("f4")
hidden = np.maximum(latents @ weights["hidden.0.weight"] + weights["hidden.0.bias"], 0)
images = 1 / (1 + np.exp(-(hidden @ weights["output.weight"] + weights["output.bias"])))
np.save(sys.argv[2], images.reshape(-1, *about["generator"]["image_shape"]))
