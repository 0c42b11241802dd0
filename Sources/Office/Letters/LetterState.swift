import Foundation

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
///
/// The whole life of a letter, and the fence at each step:
///
/// | state | who notes it | fence |
/// |---|---|---|
/// | – | `late-case-sweep` asks for a job | the job's unique key: one that has not ended |
/// | `drafted` | the job, with number and page, in one transaction | one document for the letter's key; `office.last` |
/// | `signed` | the job | one signed letter for the key |
/// | `sending` | the job, before the effect | the step that it read is still the last one |
/// | effect begun | the broker | the lease; the effect's key, which names the register |
/// | laid into the tray, handed to the server | the job | `NAME.begun`, made anew and locked; a second look at `NAME` |
/// | effect done | the broker | its receipt names number and digest of what went out |
/// | `sent` | the job | `sending` is still the last step, and the receipt is about this letter |
/// | `uncertain` | the job, where the receipt is about another letter | as `sent` |
/// | `drafted` again | the job, where nothing can have gone | as `sent` |
/// | `returned` | a report of a mail server, or a person | a mail went, and nothing is known since |
/// | `delivered`, `returned`, `sent`, `uncertain` | a person | none: a person's word counts |
///
/// A job that finds `sending` goes on as that step says: the effect's key decides whether it went. A job that finds any
/// later step does nothing. Mail that the server has not taken for a day goes on paper; a mail that came back does, too.
public struct LetterStep: Sendable, Equatable, Codable {
    /// Which line of the register's steps it is, by which it is fenced; 0 = it stands in no register.
    public internal(set) var number = 0
    /// What became of it.
    public var state: LetterState
    /// When: ISO 8601, UTC.
    public var at: String
    /// Who says so: a person, or `kip` for a job.
    public var by: String
    /// How it went, or why not: `print`, `mail`, the server's words.
    public var note: String

    private enum CodingKeys: String, CodingKey {
        case state, at, by, note
    }

    /// When it was noted; nil = that cannot be read.
    public var moment: Date? { ISO8601DateFormatter().date(from: at) }

    /// The day on which it was noted, in Viet Nam; nil = that cannot be read.
    public var day: LocalDate? {
        moment.map { LocalDate(milliseconds: Int64($0.timeIntervalSince1970 * 1_000)) }
    }

    /// It has its number and is to go out: it did not, or its mail came back and paper is left.
    public var waitsToGo: Bool { state == .drafted || state == .signed || isReturnedMail }

    /// It is with the citizen, as far as anybody knows.
    public var isOut: Bool { state == .sent || state == .delivered }

    /// What went out is another letter than the register has, by its receipt: its number and digest; nil = that is not so.
    public var strangeReceipt: (number: Int, digest: String)? {
        guard state == .uncertain, note.hasPrefix(Self.receiptMark) else { return nil }
        let words = note.dropFirst(Self.receiptMark.count).split(separator: " ")
        guard words.count > 1, let number = Int(words[0]) else { return (0, "") }
        return (number, String(words[1]))
    }

    /// The note of a letter whose receipt is about another one.
    /// - Parameters:
    ///   - number: what the paper bears; nil = nobody knows.
    ///   - digest: SHA-256 of what went out; nil = nobody knows.
    public static func noteOfStrangeReceipt(number: Int?, digest: String?) -> String {
        "\(receiptMark)\(number ?? 0) \(digest.flatMap { $0.isEmpty ? nil : $0 } ?? "-")"
    }

    /// The mail server will never take the letter, which is known not to have gone: it goes on paper.
    public var isRefusedMail: Bool { state == .drafted && note.hasPrefix(Self.refusalMark) }

    /// The note of a letter that the mail server will never take.
    public static func noteOfRefusedMail(_ reason: String) -> String { refusalMark + reason }

    private static let refusalMark = "mail refused: "
    private static let receiptMark = "receipt of another letter: "

    /// A mail server reported that its mail did not arrive. A person may write anything into a note.
    public var isReturnedMail: Bool { state == .returned && by == "kip" && note.hasPrefix("mail") }

    /// A line.
    public init(state: LetterState, at: String, by: String, note: String) {
        self.state = state
        self.at = at
        self.by = by
        self.note = note
    }
}
