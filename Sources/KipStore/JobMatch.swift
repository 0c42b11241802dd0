import KipCore

/// What else a list of jobs is narrowed by. Empty and nil = anything.
public struct JobMatch: Sendable, Equatable {
    /// The job's own key, also when it is another job's by now.
    public var uniqueKey = ""
    /// The least and the greatest id.
    public var ids: ClosedRange<JobID>?
    /// With which the id of the worker begins that has it, or had it last.
    public var workerPrefix = ""
    /// Created at this time or later.
    public var createdFrom: Timestamp?
    /// Created before this time.
    public var createdBefore: Timestamp?
    /// Part of the error; the case of ASCII letters does not count.
    public var errorPart = ""

    /// Anything.
    public init() {}
}

extension JobID {
    /// The ids that begin with hexadecimal digits, with dashes or without.
    /// - Returns: nil if they are none, or more than an id has.
    public static func range(ofPrefix text: String) -> ClosedRange<JobID>? {
        var least: [UInt8] = []
        for byte in text.utf8 where byte != UInt8(ascii: "-") {
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else { return nil }
            least.append(UInt8(digit))
        }
        guard (1...32).contains(least.count) else { return nil }
        let greatest = least + [UInt8](repeating: 0xF, count: 32 - least.count)
        least += [UInt8](repeating: 0, count: 32 - least.count)
        func id(_ digits: [UInt8]) -> JobID {
            let halves = [digits[..<16], digits[16...]].map { $0.reduce(UInt64(0)) { $0 << 4 | UInt64($1) } }
            return JobID(high: halves[0], low: halves[1])
        }
        return id(least)...id(greatest)
    }
}
