"""A folder as message broker (`folder://`), for machines without a broker.

kombu's filesystem transport, made safe: a message appears whole or not at all, and one process
only takes it. A killed worker loses what it had taken; the sweeps start that work again.
"""

import json
import os
import time
from pathlib import Path
from queue import Empty
from typing import Any

from kombu.transport import filesystem


class Channel(filesystem.Channel):
    @property
    def folder(self) -> Path:
        return Path(self.data_folder_in)

    def _put(self, queue: str, message: dict[str, Any], **kwargs: Any) -> None:
        tag = message["properties"]["delivery_tag"]
        draft = self.folder / f"{tag}.draft"
        draft.write_text(json.dumps(message))
        # Sorted by name is sorted by time; the rename is what publishes it.
        draft.rename(self.folder / f"{time.time_ns():020}_{tag}.{queue}.msg")

    def _get(self, queue: str) -> dict[str, Any]:
        waiting = (name for name in os.listdir(self.folder) if name.endswith(f".{queue}.msg"))
        for name in sorted(waiting):
            taken = self.folder / f"{name}.taken"
            try:
                (self.folder / name).rename(taken)
            except FileNotFoundError:
                continue  # Another process was faster.
            message: dict[str, Any] = json.loads(taken.read_text())
            taken.unlink()
            return message
        raise Empty


class Transport(filesystem.Transport):
    Channel = Channel
    # Seconds between two looks into the folder.
    polling_interval = 0.1
