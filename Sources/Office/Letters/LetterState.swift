/// What became of an apology letter, in the order in which it goes.
public enum LetterState: String, Sendable, Codable, CaseIterable {
    /// It has its number and its page.
    case drafted
    /// It bears the office's electronic signature.
    case signed
    /// It is on its way out, and nobody has said yet that it went.
    case sending
    /// It lies in the print tray, or the mail server has taken it.
    case sent
    /// The citizen has it.
    case delivered
    /// It came back: no such mailbox, no such address.
    case returned
    /// Nobody knows whether it went, until a person decides.
    case uncertain

    /// In Vietnamese, for the certificate.
    public var vietnamese: String {
        switch self {
        case .drafted: "đã soạn"
        case .signed: "đã ký số"
        case .sending: "đang gửi"
        case .sent: "đã gửi"
        case .delivered: "đã giao"
        case .returned: "bị trả lại"
        case .uncertain: "chưa rõ"
        }
    }

    /// Whether nobody can say that it went.
    public var isInDoubt: Bool { self == .sending || self == .uncertain }

    /// Whether it is known not to be with the citizen, nor on its way.
    public var isUnsent: Bool { self == .drafted || self == .signed || self == .returned }
}

/// A line of a letter's history. Lines stand in the register's chain and stay.
public struct LetterStep: Sendable, Equatable, Codable {
    /// What became of it.
    public var state: LetterState
    /// When: ISO 8601, UTC.
    public var at: String
    /// Who says so: a person, or `kip` for a job.
    public var by: String
    /// How it went, or why not: `print`, `mail`, the server's words.
    public var note: String

    /// It has its number and is to go out: it did not, or its mail came back and paper is left.
    public var waitsToGo: Bool { state == .drafted || state == .signed || isReturnedMail }

    /// It is with the citizen, as far as anybody knows.
    public var isOut: Bool { state == .sent || state == .delivered }

    /// A mail server reported that its mail did not arrive.
    public var isReturnedMail: Bool { state == .returned && note.hasPrefix("mail") }

    /// A line.
    public init(state: LetterState, at: String, by: String, note: String) {
        self.state = state
        self.at = at
        self.by = by
        self.note = note
    }
}
