import Foundation
import GRDB
import Testing

@testable import Office

@Suite struct RegisterTests {
    private struct Broken: Error {}

    private func document(_ key: String, _ number: Int?) -> IssuedDocument {
        IssuedDocument(
            key: key, kind: "letter", subject: "s", dated: Example.day("2024-03-29"), fileName: "\(key).pdf",
            bytes: Array("\(key) \(number ?? 0)".utf8))
    }

    private func issue(_ register: Register, _ key: String, year: Int = 2024) throws -> (IssuedDocument, Bool) {
        try register.issue(key: key, book: "PXL", year: year) { document(key, $0) }
    }

    @Test("numbers of a book and a year have no gap, also where a letter could not be made")
    func gapless() throws {
        try Example.withRegister { (register: Register, _: String) throws -> Void in
            #expect(try issue(register, "a").0.number == 1)
            #expect(throws: OfficeError.self) {
                try register.issue(key: "broken", book: "PXL", year: 2024) { _ in throw Broken() }
            }
            #expect(try issue(register, "b").0.number == 2)
            #expect(try issue(register, "c", year: 2025).0.number == 1)
            #expect(try register.document(key: "broken") == nil)
        }
    }

    @Test("a key has one document: the second asking gives the first back, number and bytes")
    func once() throws {
        try Example.withRegister { (register: Register, _: String) throws -> Void in
            let first = try issue(register, "a")
            let second = try issue(register, "a")
            #expect(first.1)
            #expect(!second.1)
            #expect(second.0.number == 1)
            #expect(second.0.bytes == first.0.bytes)
            #expect(try register.documents(kind: "letter").count == 1)
        }
    }

    @Test("many connections to one register give each number once")
    func concurrent() async throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("office-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let registers = try (0..<4).map { _ in try Register(directory: path) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (index, register) in registers.enumerated() {
                group.addTask {
                    for count in 0..<25 {
                        // Every key is asked for by two of them.
                        let key = "\(index / 2)-\(count)"
                        _ = try register.issue(key: key, book: "PXL", year: 2024) { document(key, $0) }
                    }
                }
            }
            try await group.waitForAll()
        }
        let numbers = try registers[0].documents(kind: "letter").compactMap(\.number)
        #expect(numbers == Array(1...50))
    }

    @Test("many that open a new register at once all get it")
    func opening() async throws {
        for _ in 0..<20 {
            let path = FileManager.default.temporaryDirectory.appendingPathComponent("office-\(UUID().uuidString)").path
            defer { try? FileManager.default.removeItem(atPath: path) }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<4 { group.addTask { _ = try Register(directory: path).cases() } }
                try await group.waitForAll()
            }
        }
    }

    @Test("an import counts what is new, changed and as it was, and the first promise stays")
    func imports() throws {
        try Example.withRegister { (register: Register, _: String) throws -> Void in
            var file = Example.caseFile()
            #expect(try register.importCases([file], calendar: Example.calendar()) == Register.ImportCount(inserted: 1))
            #expect(
                try register.importCases([file], calendar: Example.calendar()) == Register.ImportCount(unchanged: 1))
            file.promisedOn = Example.day("2024-03-20")
            #expect(try register.importCases([file], calendar: Example.calendar()) == Register.ImportCount(updated: 1))
            let kept = try #require(try register.caseFile(file.code))
            #expect(kept.promisedOn == Example.day("2024-03-08"))
            #expect(kept.newPromise == Example.day("2024-03-20"))
        }
    }

    @Test("every commit is fsynced, and the register is its owner's alone")
    func durable() throws {
        try Example.withRegister { (register: Register, path: String) throws -> Void in
            let synchronous = try register.pool.writeWithoutTransaction { db in
                try #require(try Int.fetchOne(db, sql: "PRAGMA synchronous"))
            }
            #expect(synchronous == 2)
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            #expect(mode == 0o700)
        }
    }

    @Test("the list of letters that wait for data is kept by case code")
    func needsData() throws {
        try Example.withRegister { (register: Register, _: String) throws -> Void in
            try register.note(missing: ["lý do trễ hạn"], for: "A-1", asOf: Example.day("2024-03-29"))
            try register.note(missing: ["ngày hẹn lại"], for: "A-1", asOf: Example.day("2024-03-30"))
            #expect(try register.needsData().map(\.what) == ["ngày hẹn lại"])
            try register.note(missing: [], for: "A-1", asOf: Example.day("2024-03-31"))
            #expect(try register.needsData().isEmpty)
        }
    }
}
