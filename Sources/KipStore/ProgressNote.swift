import KipCore

/// How far a handler is, and what it logs.
public struct ProgressNote: Sendable, Equatable {
    /// A line of a job's log.
    public struct Line: Sendable, Equatable {
        /// When it was written.
        public var at: Timestamp
        /// What it says.
        public var text: String

        /// A line.
        public init(at: Timestamp, text: String) {
            self.at = at
            self.text = text
        }
    }

    /// Whose handler.
    public var job: JobID
    /// In which attempt.
    public var attempt: Int
    /// From 0 to 1; nil = it did not say.
    public var fraction: Double?
    /// In words; empty = it did not say.
    public var text: String
    /// Further lines.
    public var lines: [Line]

    /// A note.
    public init(job: JobID, attempt: Int, fraction: Double?, text: String, lines: [Line]) {
        self.job = job
        self.attempt = attempt
        self.fraction = fraction
        self.text = text
        self.lines = lines
    }
}
