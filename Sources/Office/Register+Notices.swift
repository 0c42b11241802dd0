import Foundation
import GRDB

/// What became of a notice: one recipient's digest of one day.
public enum NoticeState: String, Sendable, Codable {
    /// It has not gone.
    case waiting
    /// The mail server has it, or it lies in the outbox.
    case sent
    /// Mail did not take it for a day; it lies in the print tray.
    case printed
}

/// Notices, and what became of them: what did not go is told again by the recipient's next digest.
extension Register {
    /// A notice as the register has it.
    public struct Notice: Sendable, Equatable {
        /// What became of it.
        public var state: NoticeState
        /// When mail was first tried; nil = it was not.
        public var triedSince: Date?
        /// The notice that tells its items as well, and has gone; nil = none has.
        public var toldBy: String?
    }

    /// Keeps the digest of a notice, once: what was told in the morning is told.
    /// - Returns: what became of the notice that is kept.
    /// - Throws: `OfficeError.register`.
    public func keep(notice key: String, _ digest: ReminderDigest) throws(OfficeError) -> NoticeState {
        try write { db in
            try db.execute(
                sql: """
                    INSERT OR IGNORE INTO notices (key, recipient, dated, digest, state) VALUES (?, ?, ?, ?, 'waiting')
                    """,
                arguments: [key, digest.recipient, digest.date.description, try Self.encode(digest)])
            return try Self.notice(key, db)?.state ?? .waiting
        }
    }

    /// The digests that did not go before a day and that no later one tells, as far as that day's sweep has not told them.
    /// - Throws: `OfficeError.register`.
    public func unsentNotices(before date: LocalDate) throws(OfficeError) -> [ReminderDigest] {
        try read { db in
            try String.fetchAll(
                db,
                sql: """
                    SELECT digest FROM notices
                    WHERE state <> 'sent' AND dated < ?1 AND coalesce(carried_on, ?1) = ?1 ORDER BY dated, key
                    """, arguments: [date.description]
            ).map(Self.decode)
        }
    }

    /// The digests of a day tell those again that did not go before, whose recipients they have.
    /// - Throws: `OfficeError.register`.
    public func carry(noticesBefore date: LocalDate, for recipients: [String]) throws(OfficeError) {
        try write { db in
            for recipient in recipients {
                try db.execute(
                    sql: """
                        UPDATE notices SET carried_on = ?1
                        WHERE recipient = ?2 AND state <> 'sent' AND dated < ?1 AND carried_on IS NULL
                        """, arguments: [date.description, recipient])
            }
        }
    }

    /// A notice; nil = it was never kept.
    /// - Throws: `OfficeError.register`.
    public func notice(_ key: String) throws(OfficeError) -> Notice? {
        try read { try Self.notice(key, $0) }
    }

    /// Notes that mail is tried for a notice; the first time counts.
    /// - Throws: `OfficeError.register`.
    public func noteTried(notice key: String, at moment: Date = Date()) throws(OfficeError) {
        let at = ISO8601DateFormatter().string(from: moment)
        try write { db in
            try db.execute(
                sql: "UPDATE notices SET tried_at = ? WHERE key = ? AND tried_at IS NULL", arguments: [at, key])
        }
    }

    /// Notes what became of a notice. One that was sent stays so.
    /// - Throws: `OfficeError.register`.
    public func note(notice key: String, _ state: NoticeState) throws(OfficeError) {
        try write { db in
            try db.execute(
                sql: "UPDATE notices SET state = ? WHERE key = ? AND state <> 'sent'",
                arguments: [state.rawValue, key])
            try Self.endRequest(key, db)
        }
    }

    private static func notice(_ key: String, _ db: Database) throws -> Notice? {
        let row = try Row.fetchOne(
            db,
            sql: """
                SELECT state, tried_at, (
                    SELECT later.key FROM notices AS later
                    WHERE later.recipient = notices.recipient AND later.dated = notices.carried_on
                        AND later.state = 'sent'
                ) AS told_by FROM notices WHERE key = ?
                """, arguments: [key])
        guard let row, let state = NoticeState(rawValue: row["state"]) else { return nil }
        return Notice(
            state: state, triedSince: (row["tried_at"] as String?).flatMap { ISO8601DateFormatter().date(from: $0) },
            toldBy: row["told_by"])
    }

    static let noticesTable = """
        CREATE TABLE notices (
            key TEXT NOT NULL PRIMARY KEY, recipient TEXT NOT NULL, dated TEXT NOT NULL, digest TEXT NOT NULL,
            tried_at TEXT, carried_on TEXT, state TEXT NOT NULL CHECK (state IN ('waiting', 'sent', 'printed'))
        ) STRICT;
        CREATE INDEX notices_by_recipient ON notices (recipient, dated);
        """
}
