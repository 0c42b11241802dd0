import Foundation
import GRDB
import Testing

@testable import Office

/// Every official number stands in a record that cannot be bent.
@Suite struct NumberRecordTests {
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("rec-\(UUID().uuidString)").path

    private func issue(_ register: Register, _ key: String) throws {
        _ = try register.issue(key: key, book: "van-thu", year: 2024) { number in
            IssuedDocument(
                key: key, kind: "letter", number: number, subject: "s", dated: Example.day("2024-03-29"), fileName: "f",
                bytes: [1])
        }
    }

    @Test("a number and its line are one transaction; a render that fails leaves neither")
    func together() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let register = try Register(directory: folder)
        for key in ["a", "b", "a"] { try issue(register, key) }
        struct Trouble: Error {}
        #expect(throws: OfficeError.self) {
            try register.issue(key: "c", book: "van-thu", year: 2024) { _ in throw Trouble() }
        }
        let lines = try register.journal()
        #expect(lines.map(\.number) == [1, 2])
        #expect(lines[1].content.hasPrefix(#"{"book":"van-thu","dated":"2024-03-29","key":"b","number":2,"sha256":""#))
        #expect(try register.look().disagreements == [])
    }

    @Test("a register that was put back from an older copy gives no number a second time, and says what to do")
    func putBack() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let copy = folder + "-copy"
        defer { try? FileManager.default.removeItem(atPath: copy) }
        do {
            let register = try Register(directory: folder)
            try issue(register, "a")
            try register.pool.backup(to: try DatabaseQueue(path: copy))
            for key in ["b", "c"] { try issue(register, key) }
            try register.pool.close()
        }
        for file in ["office.db", "office.db-wal", "office.db-shm"] {
            try? FileManager.default.removeItem(atPath: "\(folder)/\(file)")
        }
        try FileManager.default.copyItem(atPath: copy, toPath: folder + "/office.db")
        let older = try Register(directory: folder)
        let error = #expect(throws: OfficeError.self) { try issue(older, "d") }
        #expect(error?.description.contains("its chain ends before line 3") == true)
        // What bears no number is issued, and what is there is given back.
        try issue(older, "a")
        try FileManager.default.removeItem(atPath: folder + "/office.last")
        try issue(older, "d")
        #expect(try older.look().disagreements == [])
    }

    @Test("an office.last that cannot be written stops no number, and is told until it can")
    func unwrittenMark() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let register = try Register(directory: folder)
        try issue(register, "a")
        #expect(register.unwrittenMark == nil)
        let mark = folder + "/office.last"
        let lock = mark + ".lock"
        try? FileManager.default.removeItem(atPath: lock)
        try FileManager.default.createDirectory(atPath: lock + "/x", withIntermediateDirectories: true)
        try issue(register, "b")
        #expect(register.unwrittenMark?.contains(mark) == true)
        #expect(try register.journal().count == 2)
        try FileManager.default.removeItem(atPath: lock)
        try issue(register, "c")
        #expect(register.unwrittenMark == nil)
    }

    @Test(
        "an office.last that is there and tells nothing stops each number, stands in the audit, and is not written over",
        arguments: ["", "garbage", "7", "1 hash more", "0 hash"])
    func damagedMark(text: String) throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try issue(try Register(directory: folder), "a")
        let mark = folder + "/office.last"
        try text.write(toFile: mark, atomically: true, encoding: .utf8)
        let register = try Register(directory: folder)
        let error = #expect(throws: OfficeError.self) { try issue(register, "b") }
        #expect(error?.description.contains("does not say where the chain ended") == true)
        #expect(try register.look().disagreements.contains { $0.contains(mark) })
        #expect(try String(contentsOfFile: mark, encoding: .utf8) == text)
        try FileManager.default.removeItem(atPath: mark)
        try issue(register, "b")
        #expect(try register.look().disagreements == [])
    }

    @Test("a line cannot be changed, and a document without its line, or with another number, is named")
    func bent() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let register = try Register(directory: folder)
        for key in ["a", "b"] { try issue(register, key) }
        #expect(throws: DatabaseError.self) {
            try register.pool.write { try $0.execute(sql: "DELETE FROM journal WHERE number = 2") }
        }
        try register.pool.write { try $0.execute(sql: "UPDATE documents SET number = 7 WHERE key = 'b'") }
        #expect(
            try register.look().disagreements.sorted() == [
                "van-thu 2/2024: no document bears it", "van-thu 3/2024: it was never given",
                "van-thu 4/2024: it was never given", "van-thu 5/2024: it was never given",
                "van-thu 6/2024: it was never given", "van-thu 7/2024: the chain does not know it",
                "van-thu of 2024 stands at 2, its last number is 7",
            ])
        try register.pool.write { try $0.execute(sql: "UPDATE documents SET number = 2 WHERE key = 'b'") }
        try register.pool.write { try $0.execute(sql: "UPDATE documents SET bytes = x'00' WHERE key = 'a'") }
        try register.pool.write { try $0.execute(sql: "UPDATE documents SET dated = '2024-03-01' WHERE key = 'b'") }
        #expect(
            try register.look().disagreements == [
                "a: it is not the document that was issued", "b: it was issued with the day 2024-03-29",
            ])
        try register.pool.write { db in
            try db.execute(sql: "DROP TRIGGER journal_stays")
            try db.execute(sql: "UPDATE journal SET line = replace(line, '\"key\":\"a\"', '\"key\":\"x\"')")
        }
        #expect(throws: OfficeError.self) { try register.journal() }
    }
}
