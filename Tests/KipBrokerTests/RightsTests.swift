import KipCore
import Testing

@testable import KipBroker

/// What a producer's key lets through, however its jobs are carried.
@Suite struct RightsTests {
    private let desk = Rights(name: "desk", key: "k", role: .producer, kinds: ["letter"], queues: ["default"])

    private func message(kind: String, queue: String = "default", plainly: Bool) -> WireMessage {
        let form = JobOptions(queue: queue).form(id: JobID(), kind: kind)
        var enqueue = WireEnqueue()
        if !plainly { enqueue.jobs = [form.wire] }
        var message = WireMessage(.enqueue(enqueue), payloads: [[]])
        if plainly { message.plainJobs = NewJobForm.plain([form]) }
        return message
    }

    @Test("jobs of other kinds and queues are refused, also where they are read plainly", arguments: [false, true])
    func kinds(plainly: Bool) {
        #expect(throws: Never.self) { try desk.check(message(kind: "letter", plainly: plainly)) }
        #expect(throws: Refusal.self) { try desk.check(message(kind: "payment", plainly: plainly)) }
        #expect(throws: Refusal.self) { try desk.check(message(kind: "letter", queue: "mail", plainly: plainly)) }
    }
}
