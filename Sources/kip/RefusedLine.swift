import KipClient

/// A broker's refusal of jobs, in the words of who asked for them: the broker counts the jobs of a message, a person lines.
enum RefusedLine {
    /// The refusal of jobs that came from these lines.
    static func located(_ error: KipClientError, _ lines: [Int]) -> KipClientError {
        guard case .refused(let code, let message) = error, let first = lines.first, let last = lines.last else {
            return error
        }
        if let job = RefusedJob(message), lines.indices.contains(job.position - 1) {
            return .refused(code: code, message: "line \(lines[job.position - 1])\(job.rest)")
        }
        let place = first == last ? "line \(first)" : "lines \(first) to \(last)"
        return .refused(code: code, message: "\(place): \(message)")
    }

    /// The refusal of the only job.
    static func alone(_ error: KipClientError) -> KipClientError {
        guard case .refused(let code, let message) = error, let job = RefusedJob(message) else { return error }
        let text = job.rest.hasPrefix(": ") ? String(job.rest.dropFirst(2)) : "the job" + job.rest
        return .refused(code: code, message: text)
    }
}
