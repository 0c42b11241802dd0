import Foundation
import GRDB
import HashChain
import Testing

@testable import Office

/// A register knows which one it is, and its effects and keys belong to it.
@Suite struct RegisterIdentityTests {
    @Test("the id is made once, stays, and is another register's own")
    func once() throws {
        try Example.withRegister { (register: Register, folder: String) throws -> Void in
            #expect(register.identity.id.count == 16)
            #expect(register.identity.lastStepBefore == 0)
            #expect(try Register(directory: folder).identity == register.identity)
            try Example.withRegister { (other: Register, _: String) throws -> Void in
                #expect(other.identity.id != register.identity.id)
            }
        }
    }

    @Test("a register of an earlier release gets the same id from its chain, however often such a copy is put back")
    func migrated() throws {
        try Example.withRegister { (register: Register, folder: String) throws -> Void in
            _ = try register.issue(key: "apology/A/1", book: "PXL", year: 2024) { _ in
                IssuedDocument(
                    key: "", kind: "letter", subject: "", dated: Example.day("2024-03-08"), fileName: "a", bytes: [1])
            }
            try register.note(letter: "apology/A/1", .sending, by: "kip", note: "print")
            try register.pool.write { db in
                try db.execute(sql: "DROP TABLE register_identity")
                try db.execute(sql: "DELETE FROM grdb_migrations WHERE identifier = 'register identity'")
            }
            let migrated = try Register(directory: folder)
            let first = try #require(try register.journal().first)
            #expect(migrated.identity == RegisterIdentity(id: String(first.hash.prefix(16)), lastStepBefore: 2))
        }
    }

    @Test("a key is told from the register that it belongs to, also a key of before with the same sign in it")
    func parts() {
        let identity = RegisterIdentity(id: "0123456789abcdef")
        let owned = identity.owned("print/apology/A@B/1")
        #expect(owned == "print/apology/A@B/1@0123456789abcdef")
        #expect(RegisterIdentity.parts(of: owned).key == "print/apology/A@B/1")
        #expect(RegisterIdentity.parts(of: owned).id == "0123456789abcdef")
        #expect(RegisterIdentity.parts(of: "print/apology/A@B/1").id == nil)
        #expect(RegisterIdentity.parts(of: "print/apology/A/1").key == "print/apology/A/1")
    }
}

/// Who may write to a register, and who waits.
@Suite struct RegisterHoldersTests {
    @Test("a register that another one holds says so, who it is, and that it may be tried again")
    func busy() throws {
        try Example.withRegister { (_: Register, folder: String) throws -> Void in
            let register = try Register(directory: folder, patience: 0.2)
            let other = try DatabaseQueue(path: folder + "/office.db")
            try other.inDatabase { db in
                try db.execute(sql: "BEGIN IMMEDIATE")
                let error = #expect(throws: OfficeError.self) {
                    try register.importCases([Example.caseFile()], calendar: try Example.calendar())
                }
                guard case .busy(let text)? = error else {
                    Issue.record("\(String(describing: error))")
                    return
                }
                #expect(text.contains("process \(getpid()) ("), "\(text)")
                #expect(text.contains("try again"))
                try db.execute(sql: "ROLLBACK")
            }
            #expect(
                try register.importCases([Example.caseFile()], calendar: try Example.calendar()).inserted == 1)
        }
    }

    @Test("a process that was stopped while it opened the register is named, and waited for no longer than the others")
    func opening() throws {
        try Example.withRegister { (_: Register, folder: String) throws -> Void in
            try FileLock.holding(folder + "/office.lock") {
                let error = #expect(throws: OfficeError.self) { try Register(directory: folder, patience: 0.1) }
                guard case .busy(let text)? = error else {
                    Issue.record("\(String(describing: error))")
                    return
                }
                #expect(text.contains("process \(getpid()) ("), "\(text)")
            }
        }
    }

    private func profile(_ folder: String, _ name: String, _ text: String) throws -> String {
        let path = "\(folder)/\(name)"
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        return path
    }

    @Test("workers with different profiles on one register are refused, as long as one of them runs")
    func profiles() throws {
        try Example.withRegister { (_: Register, folder: String) throws -> Void in
            let (one, two) = (try profile(folder, "a.yaml", "a"), try profile(folder, "b.yaml", "b"))
            let same = try profile(folder, "c.yaml", "a")
            func serve(_ path: String) throws -> ServedProfile {
                try ServedProfile(directory: folder, profile: path, daysOff: folder + "/none.yaml")
            }
            var first: ServedProfile? = try serve(one)
            let error = #expect(throws: OfficeError.self) { try serve(two) }
            #expect(error?.description.contains(two) == true && error?.description.contains(one) == true)
            // The same words elsewhere are the same profile.
            _ = try serve(same)
            // One that was edited where it lies is taken up by the processes that replace the others.
            _ = try profile(folder, "a.yaml", "a, edited")
            _ = try serve(one)
            withExtendedLifetime(first) {}
            first = nil
            _ = try serve(two)
        }
    }
}
