import Foundation
import GRDB

/// A mail of the office that did not arrive. It names no address.
public struct BouncedMail: Sendable, Equatable, Codable {
    /// What the mail was about: a letter's key, or `reminder/UNIT/DAY`.
    public var key: String
    /// The mail server's status, such as `5.1.1` (RFC 3463).
    public var status: String
    /// The day on which the office took note of it.
    public var notedOn: LocalDate

    /// A mail that did not arrive.
    public init(key: String, status: String, notedOn: LocalDate) {
        self.key = key
        self.status = status
        self.notedOn = notedOn
    }
}

extension Register {
    /// Takes note of a mail that came back, once for the report's file. Where a letter went by that mail and nothing is known
    /// of it since, it has come back: it goes out on paper.
    /// - Parameter file: the file that the report came in.
    /// - Returns: whether it is new.
    /// - Throws: `OfficeError.register`.
    public func note(_ bounce: BouncedMail, from file: String, at moment: Date = Date()) throws(OfficeError) -> Bool {
        let at = ISO8601DateFormatter().string(from: moment)
        return try write { db in
            try db.execute(
                sql: "INSERT OR IGNORE INTO bounces (file, key, status, noted_on) VALUES (?, ?, ?, ?)",
                arguments: [file, bounce.key, bounce.status, bounce.notedOn.description])
            guard db.changesCount > 0 else { return false }
            let last = try Row.fetchOne(
                db, sql: "SELECT state, note FROM letter_steps WHERE key = ? ORDER BY number DESC LIMIT 1",
                arguments: [bounce.key])
            if let last, last["state"] == LetterState.sent.rawValue, last["note"] == "mail" {
                let step = LetterStep(state: .returned, at: at, by: "kip", note: "mail: \(bounce.status)")
                try Self.note(letter: bounce.key, step, db)
            }
            return true
        }
    }

    /// The mails that came back, in the order in which they did.
    /// - Parameter date: of those that were noted up to that day.
    public func bounces(upTo date: LocalDate? = nil) throws(OfficeError) -> [BouncedMail] {
        try read { db in
            try Row.fetchAll(
                db, sql: "SELECT key, status, noted_on FROM bounces WHERE noted_on <= ? ORDER BY number",
                arguments: [date?.description ?? "9999-12-31"]
            ).map {
                BouncedMail(
                    key: $0["key"], status: $0["status"],
                    notedOn: LocalDate($0["noted_on"] as String) ?? LocalDate(number: 0))
            }
        }
    }

    static let bouncesTable = """
        CREATE TABLE bounces (
            number INTEGER NOT NULL PRIMARY KEY, file TEXT NOT NULL UNIQUE, key TEXT NOT NULL, status TEXT NOT NULL,
            noted_on TEXT NOT NULL
        ) STRICT;
        """
}
