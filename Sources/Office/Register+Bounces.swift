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
    /// Takes note of a mail that came back, once for its report. Where a letter went by that mail and nothing is known of it
    /// since, it has come back: it goes out on paper. What is no key of a document is a stranger's word, and not noted.
    /// - Parameter report: what the report is known by.
    /// - Returns: whether it is new.
    /// - Throws: `OfficeError.register`.
    public func note(
        _ bounce: BouncedMail, from report: String, at moment: Date = Date()
    ) throws(OfficeError) -> Bool {
        let at = ISO8601DateFormatter().string(from: moment)
        return try write { db in
            let isKnown =
                try Bool.fetchOne(db, sql: "SELECT 1 FROM documents WHERE key = ?", arguments: [bounce.key]) ?? false
            guard isKnown else { return false }
            // What the day's reminders did not tell, those of the next day tell.
            let told = try String.fetchOne(db, sql: "SELECT max(as_of) FROM reminder_sweeps").flatMap { LocalDate($0) }
            let day = max(bounce.notedOn, told.map { $0.adding(days: 1) } ?? bounce.notedOn)
            try db.execute(
                sql: "INSERT OR IGNORE INTO bounces (file, key, status, noted_on) VALUES (?, ?, ?, ?)",
                arguments: [report, bounce.key, bounce.status, day.description])
            guard db.changesCount > 0 else { return false }
            if try Self.lastStep(of: bounce.key, db)?.state == .sent,
                let status = try Self.bouncedStatus(of: bounce.key, db)
            {
                let step = LetterStep(state: .returned, at: at, by: "kip", note: "mail: \(status)")
                try Self.note(letter: bounce.key, step, db)
            }
            return true
        }
    }

    /// What the server said of a letter that went by mail, came back, and did not go out on paper since; nil = that is not so.
    static func bouncedStatus(of key: String, _ db: Database) throws -> String? {
        let way = try String.fetchOne(
            db, sql: "SELECT note FROM letter_steps WHERE key = ? AND state = 'sending' ORDER BY number DESC LIMIT 1",
            arguments: [key])
        let pages = try Int.fetchOne(db, sql: "SELECT length(bytes) FROM documents WHERE key = ?", arguments: [key])
        guard way == "mail", pages ?? 0 > 0 else { return nil }
        return try String.fetchOne(
            db, sql: "SELECT status FROM bounces WHERE key = ? ORDER BY number DESC LIMIT 1", arguments: [key])
    }

    /// What the reports are known by that were noted.
    public func notedReports() throws(OfficeError) -> Set<String> {
        try read { try String.fetchSet($0, sql: "SELECT file FROM bounces") }
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
