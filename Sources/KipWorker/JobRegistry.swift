import Foundation
import KipCore

/// The kinds that a worker runs.
public struct JobRegistry: Sendable {
    typealias Handler = @Sendable (_ payload: [UInt8], _ context: JobContext) async throws -> Outcome

    private(set) var handlers: [String: Handler] = [:]

    /// An empty registry.
    public init() {}

    /// A registry of these kinds.
    public init(_ kinds: any Job.Type...) {
        for kind in kinds { register(kind) }
    }

    /// Adds a kind. A kind of the same name that was added before is replaced.
    public mutating func register(_ kind: any Job.Type) {
        add(kind)
    }

    private mutating func add<J: Job>(_ kind: J.Type) {
        handlers[J.kind] = { payload, context in
            let job: J
            do {
                job = try JSONDecoder().decode(J.self, from: Data(payload.isEmpty ? Array("{}".utf8) : payload))
            } catch {
                throw UnreadablePayload(kind: J.kind, error)
            }
            return try await job.run(in: context)
        }
    }

    /// The names of the kinds.
    public var kinds: [String] { handlers.keys.sorted() }
}

/// A payload that its kind cannot read: no further attempt can help. Its text names the key, never a value, which may
/// be about a person.
struct UnreadablePayload: Error, CustomStringConvertible {
    let description: String

    init(kind: String, _ error: any Error) {
        func path(_ context: DecodingError.Context) -> String {
            context.codingPath.isEmpty ? "the payload" : context.codingPath.map(\.stringValue).joined(separator: ".")
        }
        let reason =
            switch error {
            case DecodingError.keyNotFound(let key, _): "“\(key.stringValue)” is missing"
            case DecodingError.typeMismatch(let type, let context): "“\(path(context))” is not of type \(type)"
            case DecodingError.valueNotFound(_, let context): "“\(path(context))” is null"
            case DecodingError.dataCorrupted(let context) where !context.codingPath.isEmpty:
                "“\(path(context))” has a value that is not allowed"
            default: "it is not JSON"
            }
        description = "the payload does not fit the kind “\(kind)”: \(reason); mend the script that enqueues it"
    }
}
