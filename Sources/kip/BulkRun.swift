import KipCore

/// One run of “kip enqueue --from”. The ids of its jobs come from its token and the number of the line, so that what was
/// sent before is known again when a run goes on (`--resume`), and grow from line to line.
struct BulkRun: Sendable, Equatable {
    /// Bits of an id that hold the number of the line.
    private static let lineBits: UInt64 = 0xFFFF_FFFF

    private let base: JobID

    /// A new run.
    init() {
        let id = JobID()
        base = JobID(high: id.high, low: id.low & ~Self.lineBits)
    }

    /// A run that goes on.
    /// - Parameter token: what it said on stderr.
    /// - Throws: `Failure` if it is none.
    init(token: String) throws {
        guard let id = JobID(token), id.low & Self.lineBits == 0, id.high >> 12 & 0xF == 7 else {
            throw Failure.usage("--resume is “\(token)”, which is no token of a run; the run printed it on stderr")
        }
        base = id
    }

    var token: String { base.description }

    /// The id of the job of a line, from 1.
    func id(line: Int) -> JobID { JobID(high: base.high, low: base.low | UInt64(line) & Self.lineBits) }
}

/// Numbers of lines as a person reads them: `line 3`, `lines 1 to 20 and 31 to 40`.
enum LineRanges {
    /// nil = there are none.
    static func words(_ lines: [Int]) -> String? {
        guard let first = lines.first else { return nil }
        if lines.count == 1 { return "line \(first)" }
        var ranges: [ClosedRange<Int>] = []
        for line in lines.sorted() {
            if let last = ranges.last, line <= last.upperBound + 1 {
                ranges[ranges.count - 1] = last.lowerBound...max(last.upperBound, line)
            } else {
                ranges.append(line...line)
            }
        }
        let words = ranges.prefix(20).map { range in
            range.count == 1 ? "\(range.lowerBound)" : "\(range.lowerBound) to \(range.upperBound)"
        }
        let rest = ranges.count > 20 ? " and others" : ""
        guard words.count > 1, let last = words.last else { return "lines \(words[0])\(rest)" }
        return "lines \(words.dropLast().joined(separator: ", "))\(rest.isEmpty ? " and " : ", ")\(last)\(rest)"
    }
}
