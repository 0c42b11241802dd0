import Foundation
import GRDB
import HashChain

/// Whether the register tells what its chain tells: numbers without a gap, where each book stands, the bytes and the day of
/// each document, the steps of each letter, the signed letters; whether the chain ends where `office.last` saw it end; and
/// whether what went out, by its receipt, is the letter that the register has.
extension Register {
    /// The chain, every link checked, and what the register says otherwise at the same moment, in words; empty = nothing.
    /// Documents of before the chain are those that bear lower numbers than its first of the book and year.
    /// - Throws: `OfficeError.register`, as where the chain is broken.
    /// - Returns: and the day, in Viet Nam, of each line that gave a number to a document's key.
    public func look() throws(OfficeError) -> (
        chain: [ChainLine], disagreements: [String], numberedOn: [String: [LocalDate]]
    ) {
        // Read before the chain: it is never ahead of what the chain has by then.
        let seen = mirror.content
        return try read { db in
            let lines = try Self.journal(db)
            let told = Self.told(lines)
            let older = try mirror.disagreement(with: seen) { try Self.chainLine($0, db) }
            var disagreements = older.map { [$0] } ?? []
            let given = Self.given(told)
            disagreements += try Self.numbers(given, db)
            disagreements += try Self.books(given, db)
            disagreements += try Self.documents(told, db)
            disagreements += try Self.steps(told, db)
            disagreements += try Self.signatures(told, db)
            disagreements += try Self.receipts(db)
            return (
                lines, disagreements,
                Self.numberedOn(lines, told)
            )
        }
    }

    private static func numberedOn(_ lines: [ChainLine], _ told: [Told?]) -> [String: [LocalDate]] {
        var days: [String: [LocalDate]] = [:]
        for case let (line, told?) in zip(lines, told) where told.what == .number {
            days[told.key, default: []].append(LocalDate(milliseconds: line.at))
        }
        return days
    }

    /// What a line of the chain tells.
    private struct Told: Decodable {
        enum What: String, Decodable {
            case number, letter, wiped
        }

        var what: What
        var key: String
        var book: String?
        var number: Int?
        var year: Int?
        var dated: String?
        var sha256: String?
        var state: String?
        var by: String?
        var note: String?

        var step: [String] { [state ?? "", by ?? "", note ?? ""] }
    }

    private static func told(_ lines: [ChainLine]) -> [Told?] {
        let decoder = JSONDecoder()
        return lines.map { try? decoder.decode(Told.self, from: Data($0.content.utf8)) }
    }

    private struct Book: Hashable {
        var name: String
        var year: Int
    }

    /// The numbers that the chain has given.
    private static func given(_ told: [Told?]) -> [Book: Set<Int>] {
        var given: [Book: Set<Int>] = [:]
        for case let line? in told where line.what == .number {
            guard let book = line.book, let year = line.year, let number = line.number else { continue }
            given[Book(name: book, year: year), default: []].insert(number)
        }
        return given
    }

    private static func numbers(_ given: [Book: Set<Int>], _ db: Database) throws -> [String] {
        var borne: [Book: Set<Int>] = [:]
        var before: [Book: Set<Int>] = [:]
        let rows = try Row.fetchAll(db, sql: "SELECT book, year, number, chained FROM documents WHERE book IS NOT NULL")
        for row in rows {
            let book = Book(name: row["book"], year: row["year"])
            if row["chained"] == true {
                borne[book, default: []].insert(row["number"])
            } else {
                before[book, default: []].insert(row["number"])
            }
        }
        let books = Set(given.keys).union(borne.keys).sorted { ($0.name, $0.year) < ($1.name, $1.year) }
        return books.flatMap { book in
            let (given, borne) = (given[book] ?? [], borne[book] ?? [])
            let all = given.union(borne).union(before[book] ?? [])
            func each(_ numbers: some Sequence<Int>, _ what: String) -> [String] {
                numbers.sorted().map { "\(book.name) \($0)/\(book.year): \(what)" }
            }
            let first = given.min() ?? .max
            let unknown = borne.subtracting(given).union((before[book] ?? []).filter { $0 > first })
            return each(given.subtracting(borne), "no document bears it")
                + each(unknown, "the chain does not know it")
                + each(Set(1...max(1, all.max() ?? 1)).subtracting(all), "it was never given")
        }
    }

    /// Books whose counter is not their last number: the next letter would repeat a number, or leave some out.
    private static func books(_ given: [Book: Set<Int>], _ db: Database) throws -> [String] {
        var last = given.compactMapValues { $0.max() }
        // Documents of before the chain.
        for row in try Row.fetchAll(
            db,
            sql: "SELECT book, year, max(number) AS number FROM documents WHERE book IS NOT NULL GROUP BY book, year")
        {
            let book = Book(name: row["book"], year: row["year"])
            last[book] = max(row["number"] as Int, last[book] ?? 0)
        }
        var stands: [Book: Int] = [:]
        for row in try Row.fetchAll(db, sql: "SELECT book, year, last FROM number_books") {
            stands[Book(name: row["book"], year: row["year"])] = row["last"] as Int
        }
        return Set(last.keys).union(stands.keys).sorted { ($0.name, $0.year) < ($1.name, $1.year) }
            .filter { last[$0] ?? 0 != stands[$0] ?? 0 }
            .map { "\($0.name) of \($0.year) stands at \(stands[$0] ?? 0), its last number is \(last[$0] ?? 0)" }
    }

    /// Letters of which another paper went out than the register has, and numbers that are on two papers.
    private static func receipts(_ db: Database) throws -> [String] {
        var words: [String] = []
        for row in try Row.fetchAll(
            db,
            sql: "SELECT key, book, year, number FROM documents WHERE kind = 'letter' AND book IS NOT NULL ORDER BY key"
        ) {
            let key: String = row["key"]
            guard let paper = try lastStep(of: key, db)?.strangeReceipt else { continue }
            let own: Int = row["number"]
            let borne = paper.number == 0 ? "another number, or none that is known" : "number \(paper.number)"
            words.append("\(key): the letter that went out bears \(borne), the register has \(own)")
            guard paper.number != 0, paper.number != own else { continue }
            let twin = try String.fetchOne(
                db, sql: "SELECT key FROM documents WHERE book = ? AND year = ? AND number = ?",
                arguments: [row["book"] as String, row["year"] as Int, paper.number])
            if let twin {
                words.append(
                    "\(row["book"] as String) \(paper.number)/\(row["year"] as Int): it is on two letters, \(key) and \(twin)"
                )
            }
        }
        return words
    }

    private static func documents(_ told: [Told?], _ db: Database) throws -> [String] {
        var known: [String: Told] = [:]
        var wiped: Set<String> = []
        for case let line? in told {
            if line.what == .number { known[line.key] = line }
            if line.what == .wiped { wiped.insert(line.key) }
        }
        let rows = try Row.fetchCursor(
            db, sql: "SELECT key, bytes, dated FROM documents WHERE chained = 1 AND book IS NOT NULL ORDER BY key")
        var changed: [String] = []
        while let row = try rows.next() {
            let key: String = row["key"]
            guard let line = known[key] else { continue }
            let bytes: Data = row["bytes"]
            let isWiped = bytes.isEmpty && wiped.contains(key)
            if let digest = line.sha256, !isWiped, digest != Digest.sha256(bytes) {
                changed.append("\(key): it is not the document that was issued")
            }
            if let day = line.dated, day != row["dated"] { changed.append("\(key): it was issued with the day \(day)") }
        }
        let strangers = try String.fetchAll(
            db, sql: "SELECT key FROM documents WHERE kind = 'letter' AND book IS NULL ORDER BY key")
        return changed + strangers.map { "\($0): a letter without a number" }
    }

    /// A letter's first step comes with its number, whose line stands for it. So does the one that letters of before there
    /// were steps were given; their lines have no day.
    private static func steps(_ told: [Told?], _ db: Database) throws -> [String] {
        var chained: [String: [[String]]] = [:]
        var dated: Set<String> = []
        for case let line? in told {
            if line.what == .letter { chained[line.key, default: []].append(line.step) }
            if line.dated != nil { dated.insert(line.key) }
        }
        var noted: [String: [[String]]] = [:]
        for row in try Row.fetchAll(db, sql: "SELECT key, state, by, note FROM letter_steps ORDER BY number") {
            noted[row["key"], default: []].append([row["state"], row["by"], row["note"]])
        }
        return Set(chained.keys).union(noted.keys).sorted().filter { key in
            let steps = noted[key] ?? []
            let comesWithNumber = steps.first?.first == LetterState.drafted.rawValue || !dated.contains(key)
            return Array(steps.dropFirst(comesWithNumber ? 1 : 0)) != chained[key] ?? []
        }.map { "\($0): its steps are not those of the chain" }
    }

    private static func signatures(_ told: [Told?], _ db: Database) throws -> [String] {
        var digests: [String: String] = [:]
        for case let line? in told {
            if line.state == LetterState.signed.rawValue { digests[line.key] = line.note }
            if line.what == .wiped { digests[line.key] = nil }
        }
        let rows = try Row.fetchCursor(db, sql: "SELECT key, bytes FROM signed_documents ORDER BY key")
        var changed: [String] = []
        while let row = try rows.next() {
            let key: String = row["key"]
            if digests.removeValue(forKey: key) != Self.signatureNote(row["bytes"] as Data) {
                changed.append("\(key): it is not the letter that was signed")
            }
        }
        return changed + digests.keys.sorted().map { "\($0): the signed letter is gone" }
    }
}
