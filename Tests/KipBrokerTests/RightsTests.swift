import KipCore
import Testing

@testable import KipBroker

/// What a producer's key lets through, however its jobs are carried.
@Suite struct RightsTests {
    private let desk = Rights(name: "desk", key: "k", role: .producer, kinds: ["letter"], queues: ["default"])

    private func message(kind: String, queue: String = "default", asPlainJobs: Bool) -> WireMessage {
        let form = JobOptions(queue: queue).form(id: JobID(), kind: kind)
        if asPlainJobs { return WireMessage(enqueuing: [form], payloads: [[]]) }
        return WireMessage(.enqueue(.with { $0.jobs = [form.wire] }), payloads: [[]])
    }

    @Test(
        "a refusal repeats no more than a few bytes of what was sent, however few letters that is",
        arguments: [false, true])
    func truncated(asPlainJobs: Bool) {
        let marks = "e" + String(repeating: "\u{301}", count: 500_000)
        let refusal = #expect(throws: Refusal.self) {
            try desk.check(message(kind: marks, asPlainJobs: asPlainJobs))
        }
        #expect((refusal?.message.utf8.count ?? 0) < 300)
        #expect(Refusal(.invalid, marks).message.utf8.count <= Limits.errorBytes)
    }

    @Test("jobs of other kinds and queues are refused, however the message is read", arguments: [false, true])
    func kinds(asPlainJobs: Bool) {
        #expect(throws: Never.self) { try desk.check(message(kind: "letter", asPlainJobs: asPlainJobs)) }
        #expect(throws: Refusal.self) { try desk.check(message(kind: "payment", asPlainJobs: asPlainJobs)) }
        #expect(throws: Refusal.self) {
            try desk.check(message(kind: "letter", queue: "mail", asPlainJobs: asPlainJobs))
        }
    }
}
