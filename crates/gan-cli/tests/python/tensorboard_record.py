"""The record of one scalar, as TensorBoard's own writer makes it, in hexadecimal."""

import io

from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.summary.writer.record_writer import RecordWriter

event = Event(wall_time=1.5, step=3)
event.summary.value.add(tag="loss/d", simple_value=0.25)
file = io.BytesIO()
writer = RecordWriter(file)
writer.write(event.SerializeToString())
writer.flush()
print(file.getvalue().hex())
