import KipCore

/// A job is its id, kind and payload. One that is sent again has all three; another one with its id is a mistake of its
/// producer, which must not lose it without an error.
extension SQLiteJobStore {
    /// How the job of an id that is about to be written stands to a job of that id that is there.
    enum Identity {
        case new
        case same
        case other
    }

    func identity(of draft: JobDraft) throws -> Identity {
        if let present = recent.draft(draft.id) { return draft.isSameJob(as: present) ? .same : .other }
        // Ids grow: most are above all that were ever written.
        guard draft.id <= newestWritten else { return .new }
        hot.identity.bind(draft.id, at: 1)
        defer { hot.identity.reset() }
        guard try hot.identity.step() else { return .new }
        // The payload of a job that is redacted is gone: its kind alone can tell.
        let isWiped = hot.identity.integer(2) == 2
        let kind = hot.identity.text(0) ?? ""
        let payload = isWiped ? draft.payload : hot.identity.bytes(1)
        return draft.isSameJob(kind: kind, payload: payload) ? .same : .other
    }
}
