import Foundation
import HashChain
import KipCore
import Testing

@testable import KipBroker

/// Keys on a real folder, and the gate before the core.
@Suite struct SecurityTests {
    private let folder: String
    private let ring: KeyRing
    private let peer = CoreHarness.peer("p")

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("keys-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        ring = KeyRing(directory: folder)
    }

    private func make(_ name: String, _ role: Rights.Role, queues: [String] = [], effects: [String]? = nil) throws
        -> String
    {
        try ring.add(name: name, role: role, kinds: [], queues: queues, effects: effects, by: "test").keys.publicKey
    }

    private func passes(_ gate: inout Gate, _ key: String) -> Bool {
        var message = WireMessage(.listJobs(WireListJobs()))
        var peer = peer
        return (try? gate.check(&message, from: &peer, user: key)) != nil
    }

    @Test("a name that is given anew does not let the old key in again")
    func nameAnew() throws {
        let old = try make("desk", .operator)
        let book = GuardBook(ring)
        var gate = Gate(book)
        #expect(passes(&gate, old))
        try ring.revoke(name: "desk", by: "test")
        let new = try make("desk", .operator)
        book.read()
        _ = gate.renew()
        #expect(!passes(&gate, old))
        #expect(passes(&gate, new))
        #expect(!book.knows(old))
    }

    @Test("keys that cannot be read are not revoked")
    func unreadable() throws {
        let key = try make("desk", .operator)
        let book = GuardBook(ring)
        // A folder in a file's place cannot be read as one.
        try FileManager.default.createDirectory(
            atPath: ring.folder + "/broken.json", withIntermediateDirectories: false)
        #expect(throws: KeyRingError.self) { try ring.rights() }
        #expect(book.knows(key))
    }

    @Test("a key is revoked also where its record cannot be written, and that is said")
    func recordBroken() throws {
        _ = try make("desk", .operator)
        try Data("no chain\n".utf8).write(to: URL(fileURLWithPath: ring.journal.path))
        let error = #expect(throws: KeyRingError.self) { try ring.revoke(name: "desk", by: "test") }
        #expect(error?.description.contains("is revoked, but") == true)
        #expect(try ring.rights().isEmpty)
    }

    @Test("two who write the record of keys at once do not break its chain")
    func concurrent() async throws {
        let journal = ring.journal
        _ = try make("first", .operator)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for task in 0..<4 {
                group.addTask { for number in 0..<25 { try journal.append(content: "\(task) \(number)", at: 1) } }
            }
            try await group.waitForAll()
        }
        #expect(try journal.read().count == 101)
    }

    @Test("a worker with limits is asked of no effects but those that its key names; it works all the same")
    func effects() throws {
        let limited = try make("pool", .worker, queues: ["mail"])
        let named = try make("mailer", .worker, queues: ["mail"], effects: ["mail/"])
        let free = try make("all", .worker)
        var gate = Gate(GuardBook(ring))
        for (key, expected) in [(limited, []), (named, ["mail/x"]), (free, ["mail/x", ""])] {
            var hello = WireHello()
            hello.workerID = JobID().description
            hello.queues = ["mail"]
            hello.reconciles = ["mail/x", ""]
            var message = WireMessage(.hello(hello))
            var peer = peer
            try gate.check(&message, from: &peer, user: key)
            guard case .hello(let passed) = message.header.body else { return }
            #expect(passed.reconciles == expected)
        }
    }

    @Test("a worker with limits begins only the effects that its key names; an unlimited one all")
    func beginsEffects() throws {
        let limited = try make("pool", .worker, queues: ["mail"])
        let named = try make("mailer", .worker, queues: ["mail"], effects: ["mail/"])
        let free = try make("all", .worker)
        var gate = Gate(GuardBook(ring))
        for (key, effect, isAllowed) in [
            (limited, "mail/1", false), (named, "mail/1", true), (named, "print/1", false), (free, "print/1", true),
        ] {
            var begin = WireBeginEffect()
            begin.key = effect
            var message = WireMessage(.beginEffect(begin))
            var peer = peer
            do throws(Refusal) {
                try gate.check(&message, from: &peer, user: key)
                #expect(isAllowed, "\(effect)")
            } catch {
                #expect(!isAllowed && error.message.contains("--effects"), "\(error)")
            }
        }
    }

    @Test("rights on effects are held against the one spelling of their keys")
    func spelling() throws {
        let named = try make("mailer", .worker, queues: ["mail"], effects: ["mail-e"])
        var gate = Gate(GuardBook(ring))
        // Decomposed, “é” begins with “e”.
        var begin = WireBeginEffect()
        begin.key = "mail-e\u{301}x"
        begin.workerID = JobID().description
        begin.jobID = JobID().description
        begin.attempt = 1
        var message = WireMessage(.beginEffect(begin))
        var peer = peer
        #expect(throws: Refusal.self) {
            try message.validateRareBody()
            try gate.check(&message, from: &peer, user: named)
        }
        guard case .beginEffect(let canonical)? = message.header.body else { return }
        #expect(canonical.key == "mail-\u{e9}x")
    }

    @Test("an abstract ipc name is refused: it has no file whose mode keeps others out")
    func abstract() {
        #expect(throws: BindError.self) { try Endpoint("ipc://@kip") }
    }
}
