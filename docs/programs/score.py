"""Scores an exported generator with torch-fidelity: score.py GENERATOR.onnx FOLDER_OF_PNG [--pixels]

FID by torch-fidelity's Inception network, which it downloads once; with --pixels the Fréchet distance of
small grey pictures, which needs no network and no download, and compares with nothing but itself.
"""

import sys
from pathlib import Path

import numpy as np
import onnxruntime
import torch
import torch_fidelity
from PIL import Image
from torch.nn.functional import adaptive_avg_pool2d
from torch_fidelity.feature_extractor_base import FeatureExtractorBase


class Fakes(torch.utils.data.Dataset):
    """What the generator draws, as torch-fidelity wants it: uint8 [3, height, width]."""

    def __init__(self, file, count):
        session = onnxruntime.InferenceSession(file, providers=["CPUExecutionProvider"])
        about = session.get_modelmeta().custom_metadata_map
        rng = np.random.default_rng(0)
        feed = {}
        for tensor in session.get_inputs():
            if tensor.name == "classes":
                feed["classes"] = np.arange(count) % int(about["classes"])
            elif about["latents"].endswith("uniform in [-1, 1)"):
                feed["latents"] = rng.uniform(-1, 1, (count, tensor.shape[1])).astype(np.float32)
            else:
                feed["latents"] = rng.standard_normal((count, tensor.shape[1]), dtype=np.float32)
        self.images = session.run(["images"], feed)[0]

    def __len__(self):
        return len(self.images)

    def __getitem__(self, index):
        image = torch.from_numpy(self.images[index]).clamp(0, 1)
        return (image * 255).round().to(torch.uint8).expand(3, -1, -1)


class Reals(torch.utils.data.Dataset):
    def __init__(self, folder):
        self.files = sorted(Path(folder).glob("*.png"))

    def __len__(self):
        return len(self.files)

    def __getitem__(self, index):
        image = np.array(Image.open(self.files[index]).convert("RGB"))
        return torch.from_numpy(image).permute(2, 0, 1)


class Pixels(FeatureExtractorBase):
    def __init__(self, name, features_list, **_):
        super().__init__(name, features_list)

    @staticmethod
    def get_provided_features_list():
        return ("pixels",)

    @staticmethod
    def get_default_feature_layer_for_metric(metric):
        return "pixels"

    @staticmethod
    def can_be_compiled():
        return False

    def forward(self, images):
        grey = images.float().mean(1, keepdim=True) / 255
        return (adaptive_avg_pool2d(grey, 7).flatten(1),)


def main(generator, folder, *options):
    reals = Reals(folder)
    settings = {}
    if "--pixels" in options:
        torch_fidelity.register_feature_extractor("pixels", Pixels)
        settings = {"feature_extractor": "pixels"}
    fakes = Fakes(generator, len(reals))
    metrics = torch_fidelity.calculate_metrics(
        input1=fakes, input2=reals, fid=True, cuda=False, cache=False, verbose=False, **settings
    )
    print(f"{len(reals)} real and {len(fakes)} generated images: {metrics}")


if __name__ == "__main__":
    main(*sys.argv[1:])
