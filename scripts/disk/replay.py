"""What a disk may hold after a power cut, out of the records of preload.c.

A write or a truncate is on disk for sure when a sync of its file that began after it has ended; before that it may be
there, or not, or in part, in any order. A name (a file made, renamed, linked, taken away) is there for sure when its
directory was synced after it; before that the last changes of a directory may be missing. Directories themselves are taken
to be there. A sync that failed makes nothing sure, for ever: a kernel may have dropped what it should have written.
"""
import collections, os, struct

HEADER = struct.Struct("<QQQIIHHBBBB")
OPEN, WRITE, TRUNCATE, SYNC_BEGINS, SYNC_ENDS, SYNC_FAILED, RENAME, LINK, UNLINK = range(1, 10)
Record = collections.namedtuple("Record", "time inode offset kind path other data created truncated directory process")


def records(folder):
    """All records of all processes, in their order in time."""
    found = []
    for name in sorted(os.listdir(folder)):
        content = open(os.path.join(folder, name), "rb").read()
        at = 0
        while at + HEADER.size <= len(content):
            (time, inode, offset, kind, count, path, other, created, truncated, directory, _) = HEADER.unpack_from(content, at)
            at += HEADER.size
            texts = content[at:at + path].decode(), content[at + path:at + path + other].decode()
            at += path + other
            # A process that was killed has not finished its last record.
            if at + count > len(content):
                break
            found.append(Record(time, inode, offset, kind, *texts, content[at:at + count], created, truncated, directory, name))
            at += count
    return sorted(found, key=lambda record: record.time)


class File:
    """A file's content: what is sure, and then the changes in their order, each sure or not."""

    def __init__(self):
        self.sure, self.changes = bytearray(), []  # a change: [kind, offset, data, isSure, isDoomed]

    def change(self, kind, offset, data=b""):
        self.changes.append([kind, offset, data, False, False])

    def sync(self, changes, failed):
        for change in changes:
            if failed:
                change[4] = not change[3]
            elif not change[4]:
                change[3] = True
        while self.changes and self.changes[0][3]:
            self.apply(self.sure, *self.changes.pop(0)[:3])

    @staticmethod
    def apply(content, kind, offset, data):
        if kind == TRUNCATE:
            del content[offset:]
            content.extend(bytes(offset - len(content)))
        else:
            if len(content) < offset:
                content.extend(bytes(offset - len(content)))
            content[offset:offset + len(data)] = data

    def image(self, random, how):
        """The content as it may be found: how is kept, dropped, some (whole changes), pages or sectors."""
        if not self.changes:
            return self.sure
        content = bytearray(self.sure)
        for kind, offset, data, is_sure, _ in self.changes:
            if is_sure or how == "kept":
                self.apply(content, kind, offset, data)
            elif how == "dropped":
                continue
            elif how == "some" or kind == TRUNCATE:
                if random.random() < 0.5:
                    self.apply(content, kind, offset, data)
            else:
                self.tear(random, content, offset, data, 4096 if how == "pages" else 512)
        return content

    def tear(self, random, content, offset, data, unit):
        """Some units of a write are there. One beyond the old end of the file that is not there reads as zeros."""
        at = offset
        while at < offset + len(data):
            end = min(offset + len(data), at - at % unit + unit)
            if random.random() < 0.5:
                self.apply(content, WRITE, at, data[at - offset:end - offset])
            at = end


class Disk:
    """Takes in records one by one, and gives images at any time."""

    def __init__(self):
        self.files, self.names, self.changes, self.begun = {}, {}, collections.defaultdict(list), {}

    def take(self, record):
        if record.kind == OPEN:
            if record.directory:
                return
            if record.created:
                self.files[record.inode] = File()
                self.changes[os.path.dirname(record.path)].append((None, record.path, self.files[record.inode]))
            elif record.truncated and record.inode in self.files:
                self.files[record.inode].change(TRUNCATE, 0)
        elif record.kind in (RENAME, LINK, UNLINK):
            file = self.files.get(record.inode)
            folder = os.path.dirname(record.other)
            if record.kind == UNLINK:
                self.changes[folder].append((record.other, None, None))
            elif file:
                self.changes[folder].append((record.path if record.kind == RENAME else None, record.other, file))
        elif record.kind in (SYNC_BEGINS, SYNC_ENDS, SYNC_FAILED) and record.directory:
            key = record.process, record.offset
            if record.kind == SYNC_BEGINS:
                self.begun[key] = list(self.changes[record.path])
            elif record.kind == SYNC_ENDS:
                sure = {id(change) for change in self.begun.pop(key, [])}
                for change in [change for change in self.changes[record.path] if id(change) in sure]:
                    self.rename(self.names, change)
                self.changes[record.path] = [change for change in self.changes[record.path] if id(change) not in sure]
        elif record.inode in self.files:
            file = self.files[record.inode]
            if record.kind == WRITE:
                file.change(WRITE, record.offset, record.data)
            elif record.kind == TRUNCATE:
                file.change(TRUNCATE, record.offset)
            elif record.kind == SYNC_BEGINS:
                self.begun[record.process, record.offset] = list(file.changes)
            else:
                file.sync(self.begun.pop((record.process, record.offset), []), record.kind == SYNC_FAILED)

    @staticmethod
    def rename(names, change):
        old, new, file = change
        if old:
            names.pop(old, None)
        if new:
            names[new] = file

    def image(self, random, how):
        """Paths and contents, as a start after the cut finds them."""
        names = dict(self.names)
        for changes in self.changes.values():
            count = {"kept": len(changes), "dropped": 0}.get(how, random.randint(0, len(changes)))
            for change in changes[:count]:
                self.rename(names, change)
        return {path: file.image(random, how) for path, file in names.items()}
