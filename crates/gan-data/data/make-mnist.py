"""Packs the four original MNIST files into mnist.zst, and prints the hash that mnist.rs checks.

    python3 make-mnist.py FOLDER_OF_THE_FOUR_IDX_GZ_FILES     (needs the zstd program)

Layout before compression: 70,000 images of 28 x 28 bytes (60,000 training, 10,000 test), then
their 70,000 labels, one byte each.
"""
import gzip
import hashlib
import pathlib
import subprocess
import sys

folder, here = pathlib.Path(sys.argv[1]), pathlib.Path(__file__).parent


def read(name, header):
    return gzip.decompress((folder / f"{name}.gz").read_bytes())[header:]


raw = b"".join(read(f"{part}-images-idx3-ubyte", 16) for part in ("train", "t10k"))
raw += b"".join(read(f"{part}-labels-idx1-ubyte", 8) for part in ("train", "t10k"))
assert len(raw) == 70_000 * (28 * 28 + 1)

packed = subprocess.run(
    ["zstd", "--ultra", "-22", "--long=27", "--no-check"], input=raw, stdout=subprocess.PIPE, check=True
)
(here / "mnist.zst").write_bytes(packed.stdout)
print(len(packed.stdout), "bytes, sha256 of the unpacked", hashlib.sha256(raw).hexdigest())
