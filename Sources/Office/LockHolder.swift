import Foundation

#if canImport(Glibc)
    import Glibc
#endif

/// Which process holds a lock, as the kernel lists it (`/proc/locks`, proc_locks(5)). The file is not opened: to close it
/// would drop the locks that this process has on it.
struct LockHolder: Sendable, Equatable, CustomStringConvertible {
    /// The process.
    let process: Int32
    /// Its command line, at most 120 characters; empty = it cannot be read.
    let command: String

    /// `process 4711 (kip worker --processes 4)`.
    var description: String { command.isEmpty ? "process \(process)" : "process \(process) (\(command))" }

    /// Who writes to an SQLite database in WAL mode: byte 120 of its shared memory is locked (sqlite.org/walformat.html,
    /// section 2.3.1); nil = nobody, or it cannot be told.
    static func writer(of database: String) -> LockHolder? {
        find(database + "-shm") { $0.isWrite && $0.isPOSIX && $0.covers(120) }
    }

    /// Who holds a file by `flock`; nil = nobody, or it cannot be told.
    static func holder(of path: String) -> LockHolder? { find(path) { !$0.isPOSIX } }

    /// How often the list is read if the lock is not in it: the kernel hands it out in pieces, and a lock that another process
    /// takes or gives back in between moves lines from one piece to another.
    private static let readings = 8

    private static func find(_ path: String, _ isWanted: (Line) -> Bool) -> LockHolder? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        let inode = UInt64(status.st_ino)
        for _ in 0..<readings {
            guard let text = try? String(contentsOfFile: "/proc/locks", encoding: .utf8) else { return nil }
            let lines = text.split(separator: "\n").lazy.compactMap { Line($0) }
            if let line = lines.first(where: { $0.inode == inode && $0.process > 0 && isWanted($0) }) {
                return LockHolder(process: line.process, command: command(of: line.process))
            }
        }
        return nil
    }

    private static func command(of process: Int32) -> String {
        let bytes = FileManager.default.contents(atPath: "/proc/\(process)/cmdline") ?? Data()
        let words = bytes.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
        return String(words.joined(separator: " ").filter { !$0.isNewline }.prefix(120))
    }

    /// `1: POSIX  ADVISORY  WRITE 3548 fd:00:1311027 120 120`.
    private struct Line {
        let isPOSIX: Bool
        let isWrite: Bool
        let process: Int32
        let inode: UInt64
        let start: UInt64
        let end: UInt64

        init?(_ text: Substring) {
            let words = text.split(whereSeparator: \.isWhitespace)
            // One that waits has an arrow before its kind.
            guard words.count == 8, let process = Int32(words[4]),
                let inode = words[5].split(separator: ":").last.flatMap({ UInt64($0) }), let start = UInt64(words[6])
            else { return nil }
            isPOSIX = words[1] == "POSIX"
            isWrite = words[3] == "WRITE"
            self.process = process
            self.inode = inode
            self.start = start
            end = UInt64(words[7]) ?? .max
        }

        func covers(_ byte: UInt64) -> Bool { (start...max(start, end)).contains(byte) }
    }
}
