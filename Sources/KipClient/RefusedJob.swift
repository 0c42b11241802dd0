/// The job that a refusal of an enqueue message blames: “job 3 of the message: the kind is missing”.
package struct RefusedJob: Sendable, Equatable {
    /// Which of the jobs, from 1.
    package let position: Int
    /// What is said of it, with the sign before it: “: the kind is missing”, “ would come after itself”.
    package let rest: String

    /// Reads a refusal; nil = it begins with no job of the message.
    package init?(_ message: String) {
        let start = "job "
        guard message.hasPrefix(start), let mark = message.firstRange(of: " of the message"),
            let position = Int(message[..<mark.lowerBound].dropFirst(start.count))
        else { return nil }
        self.position = position
        rest = String(message[mark.upperBound...])
    }

    /// The refusal of one of several messages, the job counted among the jobs of all of them.
    /// - Parameter before: jobs of the messages before it.
    static func counted(_ error: KipClientError, before: Int) -> KipClientError {
        guard before > 0, case .refused(let code, let message) = error, let job = RefusedJob(message) else {
            return error
        }
        return .refused(code: code, message: "job \(job.position + before) of the message\(job.rest)")
    }
}
