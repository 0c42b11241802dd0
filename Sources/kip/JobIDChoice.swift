import KipClient
import KipCore
import KipStore

/// Which jobs a person means: by id, or by the beginning of one that fits one job only.
enum JobIDChoice {
    /// How many jobs are named if a beginning fits several.
    private static let mostNamed = 5

    /// - Returns: an id for each text, in order.
    /// - Throws: `Failure` where a text is neither an id nor the beginning of one, or fits no job, or several.
    static func resolve(_ texts: [String], _ client: KipClient) async throws -> [JobID] {
        var ids: [JobID] = []
        for text in texts { ids.append(try await resolve(text, client)) }
        return ids
    }

    private static func resolve(_ text: String, _ client: KipClient) async throws -> JobID {
        if let id = JobID(text) { return id }
        guard JobID.range(ofPrefix: text) != nil else {
            throw Failure.usage("“\(text)” is not a job id, nor the beginning of one; kip enqueue prints them")
        }
        var filter = JobFilter()
        filter.idPrefix = text
        let (jobs, more) = try await client.jobs(matching: filter, limit: mostNamed + 1)
        guard let first = jobs.first else {
            throw Failure.data(
                "there is no job whose id begins with “\(text)”; “kip jobs list” shows those that there are")
        }
        if jobs.count == 1, !more { return first.id }
        let named = jobs.prefix(mostNamed).map { "\n\($0.id) \($0.kind) \($0.state)" }.joined()
        let rest = jobs.count > mostNamed || more ? "\n…" : ""
        throw Failure.data("the ids of several jobs begin with “\(text)”; give more of it:\(named)\(rest)")
    }
}
