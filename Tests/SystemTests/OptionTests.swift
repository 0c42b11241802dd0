import Foundation
import KipClient
import KipCore
import Testing

@testable import kip

/// Options that are refused before anybody is asked.
@Suite struct OptionTests {
    private func refusal(_ body: () throws -> Void) throws -> Failure? {
        do {
            try body()
            return nil
        } catch let failure as Failure {
            return failure
        }
    }

    @Test(
        "an endpoint is one, or the command says what one looks like",
        arguments: [
            "foo", "", "tcp://", "tcp://7520", "tcp://:7520", "tcp://host", "tcp://host:port", "tcp://host:70000",
            "ipc://", "inproc://x", "nonsense://x",
        ])
    func noEndpoint(text: String) throws {
        for side in [EndpointText.Side.bind, .broker] {
            let refusal = try #require(try refusal { _ = try EndpointText.checked(text, side) })
            #expect(refusal.code == 64)
            #expect(refusal.message.contains("one looks like tcp://127.0.0.1:7520 or ipc://"), "\(refusal.message)")
            #expect(refusal.message.hasPrefix("\(side.rawValue) is “\(text)”"))
        }
    }

    @Test(
        "endpoints of this machine and of others are taken",
        arguments: ["tcp://127.0.0.1:7520", "tcp://[::1]:7520", "tcp://queue.example:7520", "ipc:///run/kip/broker"])
    func endpoint(text: String) throws {
        for side in [EndpointText.Side.bind, .broker] { #expect(try EndpointText.checked(text, side) == text) }
    }

    @Test("only a broker may leave the port to the system")
    func freePort() throws {
        for text in ["tcp://127.0.0.1:*", "tcp://*:0"] {
            #expect(try EndpointText.checked(text, .bind) == text)
            #expect(throws: Failure.self) { try EndpointText.checked(text, .broker) }
        }
    }

    @Test("a list shows a row or more")
    func limits() throws {
        #expect(try ListLimit.checked(1) == 1)
        #expect(try ListLimit.checked(20_000, most: nil) == 20_000)
        for limit in [0, -1, Limits.listRows + 1] {
            #expect(
                try refusal { _ = try ListLimit.checked(limit) }?.message.contains("--limit must be from 1") == true)
        }
        #expect(try refusal { _ = try ListLimit.checked(0, most: nil) }?.code == 64)
    }

    @Test("the limits of a queue are in their ranges, and told by their options")
    func queueLimits() throws {
        try QueuesLimit.check(QueueLimits(weight: 1, concurrency: 0, mostWaiting: 0))
        #expect(try refusal { try QueuesLimit.check(QueueLimits()) }?.message.hasPrefix("name a limit") == true)
        let wrong: [(QueueLimits, String)] = [
            (QueueLimits(weight: 0), "--weight must be from 1 to 1000, not 0"),
            (QueueLimits(weight: 1_001), "--weight must be from 1 to 1000"),
            (QueueLimits(concurrency: -1), "--concurrency must be from 0"),
            (QueueLimits(mostWaiting: -1), "--most-waiting must be 0 or more"),
        ]
        for (limits, message) in wrong {
            let refusal = try #require(try refusal { try QueuesLimit.check(limits) })
            #expect(refusal.code == 64 && refusal.message.hasPrefix(message), "\(refusal.message)")
        }
        for rate in ["1/0s", "1/2d", "0/1m", "x", "3"] {
            #expect(throws: Failure.self) { try QueuesLimit.rate(rate) }
        }
    }

    @Test("what is waited for is said in one way")
    func waits() throws {
        func refusal(ids: [String] = [], idle: Bool = false, queue: String? = nil, tells: Bool = false) throws
            -> String?
        {
            try self.refusal { try JobsWait.check(ids: ids, idle: idle, queue: queue, tells: tells) }?.message
        }
        #expect(try refusal(ids: ["a"], idle: true)?.contains("give ids or --idle, not both") == true)
        #expect(try refusal(idle: true, tells: true)?.contains("--idle names none") == true)
        #expect(try refusal(ids: ["a"], queue: "mail")?.contains("--queue says nothing without --idle") == true)
        #expect(try refusal()?.contains("name the jobs") == true)
        #expect(try refusal(ids: ["a"], tells: true) == nil)
        #expect(try refusal(idle: true, queue: "mail") == nil)
    }

    @Test("a job that nobody knows is bad data, one that did not succeed a failure of the work")
    func ends() throws {
        let ids = [JobID(), JobID(), JobID()]
        try JobsWait.judge(ids, [.succeeded, .succeeded, .succeeded])
        let unknown = try #require(try refusal { try JobsWait.judge(ids, [nil, .dead, nil]) })
        #expect(unknown.code == 65)
        #expect(unknown.message.hasPrefix("there is no job \(ids[0]), nor 1 other of these"))
        #expect(try refusal { try JobsWait.judge(ids, [.succeeded, .dead, .cancelled]) }?.code == 70)
    }

    @Test("how long a broker keeps jobs is a time, or 0 for ever; 0s is neither")
    func retention() throws {
        #expect(try BrokerCommand.retention(nil, "--keep", 5) == 5)
        #expect(try BrokerCommand.retention("0", "--keep", 5) == 0)
        #expect(try BrokerCommand.retention("1m", "--keep", 5) == 60_000)
        #expect(
            try refusal { _ = try BrokerCommand.retention("0s", "--keep", 5) }?.message.hasPrefix("--keep is “0s”")
                == true)
    }

    @Test("a data directory is no file")
    func data() throws {
        let place = FileManager.default.temporaryDirectory.appendingPathComponent("kip-\(UUID().uuidString)").path
        #expect(try DataOption.checked(place) == place)
        #expect(FileManager.default.createFile(atPath: place, contents: nil))
        defer { try? FileManager.default.removeItem(atPath: place) }
        let refusal = try #require(try refusal { _ = try DataOption.checked(place) })
        #expect(refusal.code == 64 && refusal.message.contains("give the directory"))
    }
}
