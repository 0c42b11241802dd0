import KipCore

/// What became of jobs of which the first are stored and others are not.
public struct PartlyEnqueued: Sendable, Equatable {
    /// What became of the first ones, in the order of the requests.
    public let stored: [EnqueuedJob]
    /// The places, from 0, of requests that may be stored or not: no answer came. nil = there are none.
    public let unknown: Range<Int>?
    /// How many there were.
    public let count: Int
    /// Why it did not go on, boxed as an error cannot hold another of its type.
    private let boxedReason: [KipClientError]
    /// Why it did not go on.
    public var reason: KipClientError { boxedReason.first ?? .unexpectedAnswer }

    init(stored: [EnqueuedJob], unknown: Range<Int>?, of count: Int, _ reason: KipClientError) {
        self.stored = stored
        self.unknown = unknown
        self.count = count
        boxedReason = [reason]
    }

    var words: String {
        let open = unknown.map { "; of jobs \($0.lowerBound + 1) to \($0.upperBound) it is not known" } ?? ""
        return
            "\(reason). Jobs 1 to \(stored.count) of \(count) are stored\(open); to enqueue all of them again does no harm"
    }
}

extension KipClientError {
    /// Whether what was asked may have happened all the same.
    package var leavesOpen: Bool {
        switch self {
        case .unreachable, .unexpectedAnswer, .closed: true
        case .refused(let code, _): code == Refusal.Code.unknown.rawValue
        case .payload, .middleware, .transport, .credentials, .notAuthenticated, .stillRunning, .partlyEnqueued: false
        }
    }
}
