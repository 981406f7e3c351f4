"""Reads the event files of a run with TensorBoard's own reader and compares them with stats.jsonl.

    python read_tensorboard.py RUN
"""

import json
import pathlib
import struct
import sys

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

run = pathlib.Path(sys.argv[1])
events = EventAccumulator(str(run), size_guidance={"scalars": 0, "images": 0}).Reload()
tags = events.Tags()
lines = [json.loads(line) for line in (run / "stats.jsonl").read_text().splitlines()]


def as_f32(value):
    return struct.unpack("f", struct.pack("f", value))[0]


expected = {}
for line in lines:
    for name, value in line.items():
        if isinstance(value, (int, float)) and not name.startswith(("progress/", "timing/")):
            expected.setdefault(name, []).append((line["progress/step"], as_f32(value)))
found = {
    name: [(event.step, event.value) for event in events.Scalars(name)]
    for name in tags["scalars"]
    if not name.startswith("timing/")
}
assert found == expected, f"scalars differ:\n{found}\n{expected}"

pictures = sorted(run.glob("fakes-*.png"))
samples = events.Images("samples")
assert [image.step for image in samples] == [int(path.stem[6:]) for path in pictures]
for image in samples + events.Images("reals"):
    assert image.encoded_image_string.startswith(b"\x89PNG"), image.step
    assert struct.unpack(">II", image.encoded_image_string[16:24]) == (image.width, image.height)
print(f"{len(found)} curves and {len(samples)} grids, the same as in {run / 'stats.jsonl'}")
