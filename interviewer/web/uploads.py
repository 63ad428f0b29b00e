"""Files that visitors have sent to be imported: in memory, the last one of each window, never on disk."""

import threading
from collections import OrderedDict
from dataclasses import dataclass, field

_MOST_WINDOWS = 64
_MOST_BYTES = 40_000_000


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as a browser sent it; `name` has no folder."""

    name: str
    data: bytes = field(repr=False)


class Uploads:
    """Safe to share between threads. Beyond so many windows or bytes, the file that came longest ago is dropped."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[str, str], Upload] = OrderedDict()

    def keep(self, owner: str, name: str, data: bytes, window: str = "") -> None:
        """Keep a file in place of the one that this window of this visitor sent before."""
        bare = name.replace("\\", "/").rpartition("/")[2].strip() or "file.md"
        with self._lock:
            self._kept[owner, window] = Upload(bare, data)
            self._kept.move_to_end((owner, window))
            while len(self._kept) > _MOST_WINDOWS or sum(len(one.data) for one in self._kept.values()) > _MOST_BYTES:
                self._kept.popitem(last=False)

    def of(self, owner: str, window: str = "") -> Upload | None:
        with self._lock:
            return self._kept.get((owner, window))

    def take(self, owner: str, window: str) -> Upload | None:
        """The file, which is not kept any longer."""
        with self._lock:
            return self._kept.pop((owner, window), None)
