import Foundation
import GRDB

/// A mail server's report that the office's programs could not make out: somebody must open it. It names no address.
public struct UnreadReport: Sendable, Equatable, Codable {
    /// Why it could not be made out.
    public enum Reason: String, Sendable, Codable, CaseIterable {
        /// It does not say what became of the message.
        case noStatus
        /// It does not say which message it is about.
        case noMessage
        /// It is about a message of this program that is not in this register.
        case unknownMessage

        /// In Vietnamese, within a sentence.
        public var vietnamese: String {
            switch self {
            case .noStatus: "không nêu rõ thư có bị trả lại hay không"
            case .noMessage: "không nêu là thư nào"
            case .unknownMessage: "nói về một thư không có trong sổ của hệ thống"
            }
        }
    }

    /// The name of its file in the folder of bounces, without a Maildir's flags.
    public var file: String
    /// What it is about, where that is known: a letter's key, or `reminder/UNIT/DAY`.
    public var key: String?
    /// Why it could not be made out.
    public var reason: Reason
    /// The day on which the office took note of it.
    public var notedOn: LocalDate

    /// A report.
    public init(file: String, key: String?, reason: Reason, notedOn: LocalDate) {
        self.file = file
        self.key = key
        self.reason = reason
        self.notedOn = notedOn
    }
}

extension Register {
    /// Takes note of a report that a person must open, once for its file.
    /// - Returns: whether it is new.
    /// - Throws: `OfficeError.register`.
    public func note(_ report: UnreadReport) throws(OfficeError) -> Bool {
        try write { db in
            try db.execute(
                sql: "INSERT OR IGNORE INTO unread_reports (file, key, reason, noted_on) VALUES (?, ?, ?, ?)",
                arguments: [report.file, report.key, report.reason.rawValue, report.notedOn.description])
            return db.changesCount > 0
        }
    }

    /// The reports that wait for a person, in the order in which they came.
    /// - Parameter date: of those that were noted up to that day; nil = all.
    public func unreadReports(upTo date: LocalDate? = nil) throws(OfficeError) -> [UnreadReport] {
        try read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT file, key, reason, noted_on FROM unread_reports WHERE handled_by IS NULL AND noted_on <= ?
                    ORDER BY number
                    """, arguments: [date?.description ?? "9999-12-31"]
            ).compactMap { row in
                guard let reason = UnreadReport.Reason(rawValue: row["reason"]),
                    let day = LocalDate(row["noted_on"] as String)
                else { return nil }
                return UnreadReport(file: row["file"], key: row["key"], reason: reason, notedOn: day)
            }
        }
    }

    /// Writes down that a person has seen to a report; it leaves the list.
    /// - Throws: `OfficeError.register` where no such report waits.
    public func noteHandled(report file: String, by person: String, on date: LocalDate) throws(OfficeError) {
        try write { db in
            try db.execute(
                sql: "UPDATE unread_reports SET handled_by = ?, handled_on = ? WHERE file = ? AND handled_by IS NULL",
                arguments: [person, date.description, file])
            guard db.changesCount > 0 else {
                throw OfficeError.register(
                    "no report “\(file)” waits for a person; “kip mail bounces” lists those that do")
            }
        }
    }

    static let unreadReportsTable = """
        CREATE TABLE unread_reports (
            number INTEGER NOT NULL PRIMARY KEY, file TEXT NOT NULL UNIQUE, key TEXT, reason TEXT NOT NULL,
            noted_on TEXT NOT NULL, handled_by TEXT, handled_on TEXT
        ) STRICT;
        """
}
