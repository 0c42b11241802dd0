import KipCore

/// Results that share a message: as many as the broker takes in one.
struct ResultGroup {
    private static let results = 500
    private(set) var works: [FinishedWork] = []
    private var frames = 0
    private var bytes = 0

    func hasRoom(for work: FinishedWork) -> Bool {
        works.isEmpty
            || works.count < Self.results && frames + work.payloads.count <= Limits.jobsPerMessage
                && bytes + work.payloadBytes <= Limits.messageBytes / 2
    }

    mutating func add(_ work: FinishedWork) {
        works.append(work)
        frames += work.payloads.count
        bytes += work.payloadBytes
    }
}

extension FinishedWork {
    fileprivate var payloadBytes: Int { payloads.reduce(0) { $0 + $1.count } }
}
