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
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.folder.mkdir(parents=True, exist_ok=True)

    @property
    def folder(self) -> Path:
        return Path(self.data_folder_in)

    def _put(self, queue: str, payload: dict[str, Any], **kwargs: Any) -> None:  # type: ignore[override]
        tag = payload["properties"]["delivery_tag"]
        draft = self.folder / f"{tag}.draft"
        draft.write_text(json.dumps(payload))
        # Sorted by name is sorted by time; the rename is what publishes it.
        draft.rename(self.folder / f"{time.time_ns():020}_{tag}.{queue}.msg")

    def _get(self, queue: str, timeout: float | None = None) -> dict[str, Any]:
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

    def drain_events(self, connection: Any, timeout: Any = None, **kwargs: Any) -> Any:
        # The worker looks only between two waits whether it is asked to stop.
        return super().drain_events(connection, timeout=timeout and min(timeout, 0.2))
