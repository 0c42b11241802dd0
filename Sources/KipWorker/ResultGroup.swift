import KipCore

/// Results that share a message: as many as the broker takes in one.
struct ResultGroup {
    private static let results = 500
    private(set) var works: [FinishedWork] = []
    private var frames = 0
    private var bytes = 0

    func hasRoom(for work: FinishedWork) -> Bool {
        works.isEmpty
            || works.count < Self.results && frames + work.frames <= Limits.jobsPerMessage
                && bytes + work.bytes <= Limits.messageBytes / 2
    }

    mutating func add(_ work: FinishedWork) {
        works.append(work)
        frames += work.frames
        bytes += work.bytes
    }
}
