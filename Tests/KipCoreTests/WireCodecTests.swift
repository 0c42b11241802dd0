import KipCore
import Testing

@Suite struct WireCodecTests {
    private func enqueue(_ kind: String) -> WireMessage {
        var job = WireNewJob()
        job.kind = kind
        job.uniqueKey = "khóa/1"
        var enqueue = WireEnqueue()
        enqueue.jobs = [job]
        return WireMessage(.enqueue(enqueue), request: 7, payloads: [Array("{}".utf8)])
    }

    @Test("a message comes back the same in both encodings", arguments: [WireEncoding.protobuf, .json])
    func roundTrip(encoding: WireEncoding) throws {
        let frames = try WireCodec.encode(enqueue("nhắc-việc"), as: encoding)
        let (message, read) = try WireCodec.decode(frames)
        #expect(read == encoding)
        #expect(message.header == enqueue("nhắc-việc").header)
        #expect(message.payloads == [Array("{}".utf8)])
    }

    @Test("the JSON of the design page is understood")
    func designPage() throws {
        let header = #"{"enqueue": {"jobs": [{"kind": "reminder-notice", "uniqueKey": "demo-1"}]}}"#
        let (message, _) = try WireCodec.decode([Array("KIP/1+json".utf8), Array(header.utf8), []])
        guard case .enqueue(let enqueue) = message.header.body else {
            Issue.record("not an enqueue")
            return
        }
        #expect(enqueue.jobs.first?.uniqueKey == "demo-1")
    }

    @Test("garbage is refused with a reason, never a crash", arguments: 0..<500)
    func garbage(seed: Int) {
        var state = UInt64(seed) &+ 1
        func next() -> UInt8 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt8(truncatingIfNeeded: state >> 33)
        }
        let bytes = (0..<Int(next())).map { _ in next() }
        for first in ["KIP/1", "KIP/1+json", "KIP/2", ""] {
            _ = try? WireCodec.decode([Array(first.utf8), bytes])
        }
        #expect(throws: WireError.unknownProtocol) { try WireCodec.decode([[1, 2], bytes]) }
        #expect(throws: WireError.tooFewFrames(1)) { try WireCodec.decode([bytes]) }
    }

    @Test("a job out of its limits is refused by name")
    func limits() {
        var wire = WireNewJob()
        wire.kind = "k"
        wire.delayMs = 1
        wire.runAtMs = 1
        let now = Timestamp(milliseconds: 0)
        #expect(throws: Refusal.self) { try JobDraft(wire: wire, payload: [], position: 1, now: now) }
        wire.runAtMs = 0
        wire.priority = 1_001
        #expect(throws: Refusal.self) { try JobDraft(wire: wire, payload: [], position: 1, now: now) }
        wire.priority = 0
        #expect(throws: Refusal.self) {
            try JobDraft(
                wire: wire, payload: [UInt8](repeating: 0, count: Limits.payloadBytes + 1), position: 1, now: now)
        }
        #expect(throws: Never.self) { try JobDraft(wire: wire, payload: [], position: 1, now: now) }
    }
}
