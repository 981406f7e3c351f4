"""Compares the files that the Rust tests wrote with what other programs make of them.

    GAN_INTEROP_CASES=/tmp/cases cargo test -p gan-interop every_network_is_written
    pip install -r crates/gan-interop/tests/python/requirements.txt
    python crates/gan-interop/tests/python/check.py /tmp/cases

For every network: onnxruntime runs the ONNX file, as it is and after onnxsim, within 1e-4 of our own
code; the generated PyTorch module with the .pth file, read with weights_only=True, within 1e-5; the
.npz file holds the tensors of the state dict. Exits with 1 if anything differs.
"""

import importlib.util
import json
import sys
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import onnxsim
import torch

ONNX_TOLERANCE = 1e-4
PYTORCH_TOLERANCE = 1e-5


def main(folder):
    torch.set_grad_enabled(False)
    files = sorted(Path(folder).glob("*.onnx"))
    problems = [line for file in files for line in check(file)]
    print("\n".join(problems) or f"{len(files)} networks agree in onnxruntime, onnxsim, PyTorch and NumPy")
    return 1 if problems or not files else 0


def check(file):
    arrays = dict(np.load(file.with_suffix(".cases.npz")))
    expected = arrays.pop("output")
    model = onnx.load(file)
    onnx.checker.check_model(model, full_check=True)
    problems = []

    def compare(tool, output, tolerance):
        difference = float(np.abs(np.asarray(output) - expected).max())
        if output.shape != expected.shape or not difference < tolerance:
            problems.append(f"{file.stem}: {tool} is off by {difference}")

    compare("onnxruntime", run_onnx(model, arrays), ONNX_TOLERANCE)
    simplified, is_valid = onnxsim.simplify(model)
    if not is_valid:
        problems.append(f"{file.stem}: onnxsim calls its own result wrong")
    compare("onnxsim", run_onnx(simplified, arrays), ONNX_TOLERANCE)

    network = load_module(file.with_suffix(".py")).load(file.with_suffix(".pth"))
    inputs = [torch.from_numpy(arrays[name]) for name in ("input", "classes") if name in arrays]
    compare("PyTorch", network(*inputs).numpy(), PYTORCH_TOLERANCE)

    state = torch.load(file.with_suffix(".pth"), weights_only=True)
    stored = dict(np.load(file.with_suffix(".npz")))
    metadata = json.loads(stored.pop("metadata").tobytes())
    if metadata != {entry.key: entry.value for entry in model.metadata_props}:
        problems.append(f"{file.stem}: .npz and .onnx disagree about the network")
    if stored.keys() != state.keys() or any(
        not np.array_equal(stored[name], tensor.numpy()) for name, tensor in state.items()
    ):
        problems.append(f"{file.stem}: .npz and .pth disagree")
    return problems


def run_onnx(model, arrays):
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    first = session.get_inputs()[0].name
    feed = {first if name == "input" else name: array for name, array in arrays.items()}
    (output,) = session.run(None, feed)
    # A batch of one must do as well.
    alone = session.run(None, {name: array[:1] for name, array in feed.items()})[0]
    assert alone.shape[0] == 1
    return output


def load_module(file):
    spec = importlib.util.spec_from_file_location(file.stem.replace("-", "_"), file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
