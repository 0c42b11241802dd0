import Foundation
import GRDB

/// What becomes of letters, each step in a line of the chain.
extension Register {
    /// Notes a step of a letter. The same state as the last one is no step.
    /// - Parameters:
    ///   - key: the letter's key.
    ///   - state: what became of it.
    ///   - by: who says so.
    ///   - note: how, or why; without names of citizens.
    ///   - moment: when.
    /// - Returns: whether it is new.
    /// - Throws: `OfficeError.register` where there is no such letter.
    @discardableResult
    public func note(
        letter key: String, _ state: LetterState, by: String, note: String = "", at moment: Date = Date()
    ) throws(OfficeError) -> Bool {
        let step = LetterStep(state: state, at: ISO8601DateFormatter().string(from: moment), by: by, note: note)
        return try write { try Self.note(letter: key, step, $0) }
    }

    /// Notes a step of a letter, unless another one was noted since a step was read: a worker that was stopped in between
    /// must not undo what others have done.
    /// - Parameter read: the last step, as it was read.
    /// - Returns: the last step from now on; nil = another one was noted meanwhile, and nothing was written.
    /// - Throws: `OfficeError.register`.
    public func note(
        letter key: String, _ state: LetterState, after read: LetterStep, by: String, note: String = "",
        at moment: Date = Date()
    ) throws(OfficeError) -> LetterStep? {
        let step = LetterStep(state: state, at: ISO8601DateFormatter().string(from: moment), by: by, note: note)
        return try write { db in
            guard try Self.lastStep(of: key, db)?.number == read.number else { return nil }
            try Self.note(letter: key, step, db)
            return try Self.lastStep(of: key, db)
        }
    }

    @discardableResult
    static func note(letter key: String, _ step: LetterStep, _ db: Database) throws -> Bool {
        guard
            try Bool.fetchOne(db, sql: "SELECT 1 FROM documents WHERE key = ? AND kind = 'letter'", arguments: [key])
                != nil
        else {
            throw OfficeError.register("there is no letter “\(key)”; “kip letters list” shows those that there are")
        }
        if try lastStep(of: key, db)?.state == step.state { return false }
        try db.execute(
            sql: "INSERT INTO letter_steps (key, state, at, by, note) VALUES (?, ?, ?, ?, ?)",
            arguments: [key, step.state.rawValue, step.at, step.by, step.note])
        try chain(StepEntry(by: step.by, key: key, note: step.note, state: step.state.rawValue), db)
        if step.isOut || step.state == .uncertain { try endRequest(key, db) }
        // Its report may have come before anybody knew that the mail had gone.
        if step.state == .sent, let status = try bouncedStatus(of: key, db) {
            try note(
                letter: key, LetterStep(state: .returned, at: step.at, by: "kip", note: "mail: \(status)"), db)
        }
        return true
    }

    /// The steps of all letters by their keys, the latest last. Nobody knows of a letter of before there were steps.
    public func letterSteps() throws(OfficeError) -> [String: [LetterStep]] {
        try read { db in
            var steps: [String: [LetterStep]] = [:]
            for row in try Row.fetchAll(
                db, sql: "SELECT number, key, state, at, by, note FROM letter_steps ORDER BY number")
            {
                if let step = Self.step(row) { steps[row["key"], default: []].append(step) }
            }
            return steps
        }
    }

    /// The letters of which nobody has known since before a day whether they went, and their last steps, by key: one that has
    /// been on its way since that day may be there in a moment.
    /// - Throws: `OfficeError.register`.
    public func uncertainLetters(before date: LocalDate) throws(OfficeError) -> [(letter: LetterKey, step: LetterStep)]
    {
        try letterSteps().compactMap { key, steps in
            guard let letter = LetterKey(key), let step = steps.last, step.state.isInDoubt,
                step.state == .uncertain || step.day.map({ $0 < date }) ?? true
            else { return nil }
            return (letter, step)
        }.sorted { ($0.letter.code, $0.letter.promise) < ($1.letter.code, $1.letter.promise) }
    }

    /// The steps of one letter, the latest last.
    public func letterSteps(of key: String) throws(OfficeError) -> [LetterStep] {
        try read { db in
            try Row.fetchAll(
                db, sql: "SELECT number, state, at, by, note FROM letter_steps WHERE key = ? ORDER BY number",
                arguments: [key]
            ).compactMap(Self.step)
        }
    }

    /// The day that the letter about the first promise of each case file bears, whatever became of it.
    public func firstLetterDays() throws(OfficeError) -> [String: LocalDate] {
        try read { db in
            var days: [String: LocalDate] = [:]
            for row in try Row.fetchAll(db, sql: "SELECT key, dated FROM documents WHERE kind = 'letter'") {
                guard let key = LetterKey(row["key"] as String), key.promise == 1 else { continue }
                days[key.code] = LocalDate(row["dated"] as String)
            }
            return days
        }
    }

    static func lastStep(of key: String, _ db: Database) throws -> LetterStep? {
        try Row.fetchOne(
            db, sql: "SELECT number, state, at, by, note FROM letter_steps WHERE key = ? ORDER BY number DESC LIMIT 1",
            arguments: [key]
        ).flatMap(step)
    }

    private static func step(_ row: Row) -> LetterStep? {
        guard let state = LetterState(rawValue: row["state"]) else { return nil }
        var step = LetterStep(state: state, at: row["at"], by: row["by"], note: row["note"])
        step.number = row["number"]
        return step
    }

    private struct StepEntry: Codable {
        var what = "letter"
        var by: String
        var key: String
        var note: String
        var state: String
    }

    static let letterStepsTable = """
        CREATE TABLE letter_steps (
            number INTEGER NOT NULL PRIMARY KEY, key TEXT NOT NULL, state TEXT NOT NULL, at TEXT NOT NULL, by TEXT NOT NULL,
            note TEXT NOT NULL
        ) STRICT;
        CREATE INDEX letter_steps_by_key ON letter_steps (key);
        CREATE TRIGGER letter_steps_stay BEFORE UPDATE ON letter_steps
            BEGIN SELECT RAISE(ABORT, 'the steps of letters stay'); END;
        CREATE TRIGGER letter_steps_keep BEFORE DELETE ON letter_steps
            BEGIN SELECT RAISE(ABORT, 'the steps of letters stay'); END;
        INSERT INTO letter_steps (key, state, at, by, note)
            SELECT key, 'uncertain', created_at, 'kip', 'of before there were steps' FROM documents WHERE kind = 'letter';
        """
}
