import Foundation
import GRDB

extension Register {
    /// Writes down what somebody says about milestones, all or nothing. Nothing that was said before is changed.
    /// - Throws: `OfficeError.register`.
    public func record(_ records: [MilestoneRecord]) throws(OfficeError) {
        try write { db in
            for record in records {
                try db.execute(
                    sql: """
                        INSERT INTO milestone_records
                            (plan, milestone, unit, state, on_day, by_whom, note, due, recorded_at)
                        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                        """,
                    arguments: [
                        record.plan, record.milestone, record.unit, record.state.rawValue, record.on.description,
                        record.by, record.note, record.due?.description, ISO8601DateFormatter().string(from: Date()),
                    ])
            }
        }
    }

    /// All that was said about milestones, in the order in which it was said.
    public func milestoneRecords() throws(OfficeError) -> [MilestoneRecord] {
        try read { db in
            try Row.fetchAll(db, sql: "SELECT * FROM milestone_records ORDER BY number").map { row in
                MilestoneRecord(
                    plan: row["plan"], milestone: row["milestone"], unit: row["unit"],
                    state: MilestoneRecord.State(rawValue: row["state"]) ?? .open,
                    on: LocalDate(row["on_day"] as String) ?? LocalDate(number: 0), by: row["by_whom"],
                    note: row["note"], due: (row["due"] as String?).flatMap { LocalDate($0) })
            }
        }
    }

    /// Writes down that a day was swept for reminders, so that the next sweep knows what was missed since.
    public func noteReminderSweep(of date: LocalDate) throws(OfficeError) {
        try write { db in
            try db.execute(
                sql: "INSERT OR IGNORE INTO reminder_sweeps (as_of) VALUES (?)", arguments: [date.description])
        }
    }

    /// The last day before a day that was swept for reminders; nil = there is none.
    public func lastReminderSweep(before date: LocalDate) throws(OfficeError) -> LocalDate? {
        try read { db in
            try String.fetchOne(
                db, sql: "SELECT max(as_of) FROM reminder_sweeps WHERE as_of < ?", arguments: [date.description]
            ).flatMap { LocalDate($0) }
        }
    }

    static let milestoneTables = """
        CREATE TABLE milestone_records (
            number INTEGER NOT NULL PRIMARY KEY,
            plan TEXT NOT NULL,
            milestone TEXT NOT NULL,
            unit TEXT,
            state TEXT NOT NULL CHECK (state IN ('done', 'open')),
            on_day TEXT NOT NULL,
            by_whom TEXT NOT NULL CHECK (by_whom <> ''),
            note TEXT NOT NULL,
            due TEXT,
            recorded_at TEXT NOT NULL
        ) STRICT;
        CREATE TRIGGER milestone_records_stay BEFORE UPDATE ON milestone_records
            BEGIN SELECT RAISE(ABORT, 'what was said stays'); END;
        CREATE TRIGGER milestone_records_keep BEFORE DELETE ON milestone_records
            BEGIN SELECT RAISE(ABORT, 'what was said stays'); END;
        CREATE TABLE reminder_sweeps (as_of TEXT NOT NULL PRIMARY KEY) STRICT;
        """
}
