import Foundation
import KipCore
import Testing

@testable import KipClient
@testable import kip

/// Queues with what operators have said of them.
@Suite struct QueueStandingTests {
    private func control(_ name: String, edit: (inout Control) -> Void) -> ControlRecord {
        var control = Control(.queue, name)
        edit(&control)
        return ControlRecord(control.wire)
    }

    @Test("a queue without jobs is listed where it is paused or limited, and not where that was taken back")
    func all() {
        let controls = [
            control("paused") { $0.isPaused = true }, control("as always") { _ in },
            control("mail") { $0.rate = 30 },
        ]
        let all = QueueStanding.all([QueueRecord(empty: "mail"), QueueRecord(empty: "default")], controls)
        #expect(all.map(\.queue.name) == ["default", "mail", "paused"])
        #expect(all.map { $0.control?.rate } == [nil, 30, 0])
    }

    @Test("JSON has counts and controls in one object, with their defaults where nothing was said")
    func json() throws {
        let standing = [
            QueueStanding(queue: QueueRecord(empty: "mail"), control: control("mail") { $0.concurrency = 2 }),
            QueueStanding(queue: QueueRecord(empty: "default"), control: nil),
        ]
        let objects = try standing.map {
            try #require(JSONSerialization.jsonObject(with: JSONEncoder().encode($0)) as? [String: Any])
        }
        #expect(objects.map { $0["name"] as? String } == ["mail", "default"])
        #expect(objects.map { $0["available"] as? Int } == [0, 0])
        #expect(objects.map { $0["paused"] as? Bool } == [false, false])
        #expect(objects.map { $0["concurrency"] as? Int } == [2, 0])
        #expect(objects.map { $0["weight"] as? Int } == [1, 1])
        #expect(objects.map { $0["mostWaiting"] as? Int } == [0, 0])
    }
}
