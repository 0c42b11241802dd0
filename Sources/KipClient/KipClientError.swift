import KipCore

/// Why a request of a client did not succeed.
public enum KipClientError: Error, Sendable, Equatable, CustomStringConvertible {
    /// No broker answered in time.
    case unreachable(endpoint: String, seconds: Double)
    /// The broker lets no connection of this client in: nothing was sent.
    case notAuthenticated(endpoint: String, reason: String)
    /// The broker refused; nothing was changed.
    case refused(code: String, message: String)
    /// The broker's answer was not one to this question: its version may be another.
    case unexpectedAnswer
    /// The payload could not be written as JSON.
    case payload(String)
    /// A middleware of this client kept a job from being enqueued, or could not open what came back.
    case middleware(String)
    /// The client was closed while it waited.
    case closed
    /// The endpoint or a socket is not usable.
    case transport(String)
    /// The file of the client's key cannot be used.
    case credentials(String)
    /// Of many jobs the first are stored, others are not.
    case partlyEnqueued(PartlyEnqueued)
    /// Waiting for jobs took longer than allowed.
    case stillRunning(open: Int, seconds: Double)

    /// What happened and what to do next.
    public var description: String {
        switch self {
        case .unreachable(let endpoint, let seconds):
            "no broker answered at \(endpoint) within \(seconds.formattedSeconds); start one with “kip broker”, or name "
                + "another with --broker or KIP_BROKER; one that wants keys answers only those who have one that is not "
                + "revoked (KIP_CREDENTIALS)"
        case .notAuthenticated(let endpoint, let reason): "\(endpoint): \(reason)"
        case .refused(_, let message): message
        case .unexpectedAnswer: "the broker's answer does not fit the question; are both of the same version?"
        case .payload(let reason): "the payload cannot be written as JSON: \(reason)"
        case .middleware(let reason): "a middleware of this client: \(reason)"
        case .partlyEnqueued(let jobs): jobs.words
        case .closed: "the client was closed before the answer came"
        case .transport(let reason), .credentials(let reason): reason
        case .stillRunning(let open, let seconds):
            "\(open == 1 ? "1 job has" : "\(open) jobs have") not ended after \(seconds.formattedSeconds), and "
                + "may yet: “kip jobs explain ID” tells what each waits for"
        }
    }
}

extension Double {
    var formattedSeconds: String {
        self == rounded() ? "\(Int(self)) s" : "\(self) s"
    }
}
