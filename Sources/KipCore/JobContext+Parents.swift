import Foundation

/// A job that another came after (`JobOptions.after`), as that one's handler sees it.
public struct ParentResult: Sendable, Equatable {
    /// Which job.
    public let id: JobID
    /// How it ended; nil = it is not known any more.
    public let state: JobState?
    /// What it gave back; empty where it gave nothing or did not succeed.
    public let result: [UInt8]
    /// Why its last attempt failed; empty where none did.
    public let error: String

    /// A parent, as the worker or a test makes it.
    public init(id: JobID, state: JobState?, result: [UInt8] = [], error: String = "") {
        self.id = id
        self.state = state
        self.result = result
        self.error = error
    }

    /// What it gave back, as a value.
    /// - Throws: `DecodingError` where it is not of that type, or empty.
    public func value<Value: Decodable>(as type: Value.Type = Value.self) throws -> Value {
        try JSONDecoder().decode(type, from: Data(result))
    }
}

/// Where a handler reads what came before, and says how far it is. Workers have one; tests make their own.
public protocol JobDesk: Sendable {
    /// The jobs that a job came after, from a position on, and whether there are others.
    /// - Throws: `ParentsError`.
    func parents(from: Int) async throws(ParentsError) -> (parents: [ParentResult], more: Bool)
    /// Says how far the handler is; nil = it does not say.
    func report(fraction: Double?, text: String)
    /// Writes a line into the job's log.
    func log(_ line: String)
}

/// Why what came before cannot be read.
public enum ParentsError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The job is in other hands by now, or the worker leaves: what this attempt does counts no more.
    case void
    /// The result of one of them is encrypted, and this worker cannot open it.
    case unreadable(job: JobID, String)

    /// What happened.
    public var description: String {
        switch self {
        case .void: "the job is in other hands; what it came after is not read for it any more"
        case .unreadable(let job, let reason): "the result of job \(job) cannot be read: \(reason)"
        }
    }
}

/// Nobody listens, and nothing came before.
public struct SilentDesk: JobDesk {
    /// A desk for tests of handlers.
    public init() {}
    /// None.
    public func parents(from: Int) -> (parents: [ParentResult], more: Bool) { ([], false) }
    /// Ignored.
    public func report(fraction: Double?, text: String) {}
    /// Ignored.
    public func log(_ line: String) {}
}

extension JobContext {
    /// The jobs that this one came after, in the order in which it named them, with what they gave back. They are kept until
    /// this job has ended.
    /// - Throws: `ParentsError`.
    public func parents() async throws(ParentsError) -> [ParentResult] {
        var all: [ParentResult] = []
        while true {
            let (parents, more) = try await desk.parents(from: all.count)
            all += parents
            if !more || parents.isEmpty { return all }
        }
    }

    /// Says how far the handler is: `kip jobs show --follow` and lists show it. As often as it likes: what comes thick and
    /// fast is sent a few times a second.
    /// - Parameters:
    ///   - fraction: from 0 to 1; nil = it cannot tell.
    ///   - text: in words, at most 1,024 bytes.
    public func report(_ fraction: Double?, _ text: String = "") {
        desk.report(fraction: fraction, text: text)
    }

    /// Writes a line into the job's log, which is kept with the job: the newest 1,000 lines, each of at most 1,024 bytes. For
    /// what the operator of a machine should know there is `logger`.
    public func log(_ line: String) {
        desk.log(line)
    }
}
