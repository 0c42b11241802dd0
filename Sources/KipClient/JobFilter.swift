import KipCore

/// Which jobs a list shows. What is empty or nil does not narrow it.
public struct JobFilter: Sendable, Equatable {
    /// Only this state.
    public var state: JobState?
    /// Only this kind.
    public var kind: String
    /// Only this queue.
    public var queue: String
    /// Only jobs that asked for this unique key.
    public var uniqueKey = ""
    /// Hexadecimal digits with which the id begins, with dashes or without.
    public var idPrefix = ""
    /// With which the id of the worker begins that has the job, or had it last.
    public var workerPrefix = ""
    /// Created at this time or later.
    public var createdFrom: Timestamp?
    /// Created before this time.
    public var createdBefore: Timestamp?
    /// Part of the error; the case of ASCII letters does not count.
    public var errorPart = ""

    /// A filter.
    public init(state: JobState? = nil, kind: String = "", queue: String = "") {
        self.state = state
        self.kind = kind
        self.queue = queue
    }

    var wire: WireListJobs {
        var list = WireListJobs()
        list.state = state?.wire ?? .unspecified
        list.kind = kind
        list.queue = queue
        list.uniqueKey = uniqueKey
        list.idPrefix = idPrefix
        list.workerPrefix = workerPrefix
        list.createdFromMs = createdFrom?.milliseconds ?? 0
        list.createdBeforeMs = createdBefore?.milliseconds ?? 0
        list.errorPart = errorPart
        return list
    }

    /// A broker of an earlier release does not know the newer fields and lists what it likes: a decision about all that match
    /// must not reach others.
    func matches(_ job: JobRecord) -> Bool {
        if !uniqueKey.isEmpty, job.uniqueKey != uniqueKey { return false }
        if !idPrefix.isEmpty {
            let digits = job.id.description.filter { $0 != "-" }
            if !digits.hasPrefix(idPrefix.filter { $0 != "-" }.lowercased()) { return false }
        }
        if !workerPrefix.isEmpty, job.worker?.hasPrefix(workerPrefix) != true { return false }
        if let createdFrom, job.createdAt < createdFrom.milliseconds { return false }
        if let createdBefore, job.createdAt >= createdBefore.milliseconds { return false }
        return errorPart.isEmpty || job.error?.lowercased().contains(errorPart.lowercased()) == true
    }
}

extension KipClient {
    /// Jobs by filter, the newest first, and whether the limit cut the list.
    /// - Parameter before: only those older than this id: the next page.
    /// - Throws: `KipClientError`.
    public func jobs(
        matching filter: JobFilter, limit: Int = Limits.listRowsByDefault, before: JobID? = nil
    ) async throws(KipClientError) -> (jobs: [JobRecord], more: Bool) {
        var list = filter.wire
        list.limit = Int32(clamping: limit)
        list.before = before?.description ?? ""
        guard case .jobList(let answer) = try await ask(.listJobs(list)).header.body else { throw .unexpectedAnswer }
        return (answer.jobs.compactMap(JobRecord.init).filter(filter.matches), answer.more)
    }
}
