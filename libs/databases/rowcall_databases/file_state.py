"""Whether a file is still the one that was opened."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class FileState:
    """What changes when a file is written or another one takes its place; times are nanoseconds."""

    device: int
    inode: int
    size: int
    modified_ns: int

    @classmethod
    def of(cls, path: Path) -> "FileState | None":
        """Looks at the file; `None` where there is none."""
        try:
            found = path.stat()
        except FileNotFoundError:
            return None
        return cls(device=found.st_dev, inode=found.st_ino, size=found.st_size, modified_ns=found.st_mtime_ns)
