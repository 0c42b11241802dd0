import Foundation
import Testing

@testable import KipCore

/// People write JSON headers by hand: what they get wrong is refused by name.
@Suite struct JSONHeaderTests {
    private func refusal(_ header: String) -> (reason: String, request: UInt64)? {
        do throws(WireError) {
            _ = try WireCodec.decode([Array("KIP/1+json".utf8), Array(header.utf8)])
            return nil
        } catch {
            guard case .rejectedJSON(let reason, let request, _) = error else { return ("\(error)", 0) }
            return (reason, request)
        }
    }

    @Test(
        "an unknown field is named, and the nearest known one",
        arguments: [
            ("key", "uniqueKey"), ("delay", "delayMs"), ("timeout", "timeoutMs"), ("runAt", "runAtMs"),
            ("Priority", "priority"), ("maxAttempt", "maxAttempts"), ("uniquekey", "uniqueKey"), ("payload", nil),
        ] as [(String, String?)])
    func unknownField(written: String, meant: String?) {
        let header = #"{"request":"7","enqueue":{"jobs":[{"kind":"a"},{"kind":"b","\#(written)":"1"}]}}"#
        let found = refusal(header)
        let start = "“enqueue.jobs[1]” has a field “\(written)”, which NewJob does not know"
        #expect(found?.reason == start + (meant.map { "; did you mean “\($0)”?" } ?? ""))
        #expect(found?.request == 7)
    }

    @Test(
        "a name is read as a decoder reads it: a second spelling of it is a repetition",
        arguments: [
            #"{"enqueue":{"jobs":[{"kind":"a","uniqueKey":"3","unique\u004bey":"4"}]}}"#,
            #"{"enqueue":{"jobs":[{"kind":"a","delayMs":"3","delay_\u006ds":"4"}]}}"#,
            #"{"enqueue":{"jobs":[{"kind":"a","conditions":{"headers":{"values":{"a/b":"1","a\/b":"2"}}}}]}}"#,
            #"{"enqueue":{"jobs":[{"kind":"a","conditions":{"headers":{"values":{"😀":"1","\ud83d\ude00":"2"}}}}]}}"#,
        ])
    func escapes(header: String) {
        #expect(refusal(header)?.reason.contains("twice") == true, "\(String(describing: refusal(header)))")
    }

    @Test("an escaped name that stands once is known")
    func escapedOnce() {
        #expect(refusal(#"{"enqueue":{"jobs":[{"kind":"a","unique\u004bey":"4"}]}}"#) == nil)
    }

    @Test(
        "what does not fit a field is named by its path",
        arguments: [
            (#"{"enqeue":{}}"#, "the header has a field “enqeue”, which Header does not know; did you mean “enqueue”?"),
            (
                #"{"enqueue":{"jobs":[{"kind":"a","priority":99999999999}]}}"#,
                "“enqueue.jobs[0].priority” is 99999999999, not a whole number from -2147483648 to 2147483647"
            ),
            (
                #"{"enqueue":{"jobs":[{"kind":"a","delayMs":"soon"}]}}"#,
                "“enqueue.jobs[0].delayMs” is soon, not a whole number from -9223372036854775808 to 9223372036854775807"
            ),
            (
                #"{"enqueue":{"jobs":[{"kind":"a","keyConflict":"KEEP"}]}}"#,
                "“enqueue.jobs[0].keyConflict” is “KEEP”, not one of REFUSE, KEEP_EXISTING, REPLACE_PENDING, REJECT; did you "
                    + "mean “KEEP_EXISTING”?"
            ),
            (#"{"enqueue":{"jobs":{"kind":"a"}}}"#, "“enqueue.jobs” is not a list […]"),
            (#"{"enqueue":{"jobs":[{"kind":5}]}}"#, "“enqueue.jobs[0].kind” is not a text in quotation marks"),
            (
                #"{"enqueue":{"jobs":[{"kind":"a","conditions":{"hold":"yes"}}]}}"#,
                "“enqueue.jobs[0].conditions.hold” is not true or false"
            ),
            (#"{"enqueue":{"jobs":[{"kind":"a"}]}"#, "the header is not JSON at byte 35"),
            (#"[]"#, "the header is not an object {…}"),
        ])
    func misfits(header: String, reason: String) {
        #expect(refusal(header)?.reason == reason)
    }

    @Test(
        "what is said twice is refused, also where a decoder would take one of the two",
        arguments: [
            (#"{"ping":{},"request":7,"request":8}"#, "the header has the field “request” twice"),
            (
                #"{"enqueue":{"jobs":[{"kind":"a","uniqueKey":"x","uniqueKey":"y"}]},"request":7}"#,
                "“enqueue.jobs[0]” has the field “uniqueKey” twice"
            ),
            (
                #"{"request":7,"enqueue":{"jobs":[{"kind":"a","uniqueKey":"x","unique_key":"y"}]}}"#,
                "“enqueue.jobs[0]” has the field “unique_key” twice"
            ),
            (
                #"{"enqueue":{"jobs":[{"kind":"a","conditions":{"headers":{"values":{"a":"1","a":"2"}}}}]},"request":"7"}"#,
                "“enqueue.jobs[0].conditions.headers.values” has the field “a” twice"
            ),
            (
                #"{"ping":{},"enqueue":{"jobs":[{"kind":"a"}]},"request":7}"#,
                "the header has “ping” and “enqueue”; send a message for each"
            ),
        ])
    func repetitions(header: String, reason: String) {
        let found = refusal(header)
        #expect(found?.reason == reason)
        #expect(found?.request == 7)
    }

    @Test("the answer has the request's number also if that stands after the fault")
    func requestAfterFault() {
        let header = #"{"enqueue":{"jobs":[{"kind":"a","delay":"}],\"","x":[{}]}]},"request":41}"#
        #expect(refusal(header)?.request == 41)
        #expect(refusal(#"{"enqueue":"#)?.request == 0)
    }

    @Test("the names of the .proto file are understood as well, and every kind of value")
    func understood() throws {
        let header = """
            {"request": 3, "enqueue": {"jobs": [{"kind": "a", "unique_key": "k", "run_at_ms": "5", "delayMs": 0,
             "backoff": {"factor": 1.5, "delaysMs": ["1", 2], "exact": true}, "conditions": {"hold": false, "after": [],
             "headers": {"values": {"a b": "c"}}, "uniqueScope": 1}, "keyConflict": "REJECT"}, {"kind": null}]}}
            """
        #expect(refusal(header) == nil)
        #expect(JSONHeaderFault.find(in: Array(header.utf8)) == nil)
    }

    @Test("in protobuf an unknown field is ignored, so that a newer client can talk to this broker")
    func tolerantProtobuf() throws {
        var bytes: [UInt8] = try WireHeader.with { $0.ping = WirePing() }.serializedBytes()
        // Field 2000 of the header, a varint.
        bytes += [0x80, 0x7D, 0x01]
        let (message, _) = try WireCodec.decode([Array("KIP/1".utf8), bytes])
        guard case .ping = message.header.body else { return #expect(Bool(false), "not a ping") }
    }

    @Test(
        "whatever the library refuses or takes in, the search for the fault ends and says the same", arguments: 0..<400)
    func mutated(seed: Int) throws {
        var random = SplitMix64(seed: UInt64(seed))
        var bytes = Array(
            #"{"request":"7","enqueue":{"jobs":[{"kind":"a","uniqueKey":"k","priority":3,"backoff":{"delaysMs":["1"]}}]}}"#
                .utf8)
        for _ in 0...Int(random.next() % 4) {
            let place = Int(random.next() % UInt64(bytes.count))
            switch random.next() % 3 {
            case 0: bytes.remove(at: place)
            case 1: bytes[place] = UInt8(truncatingIfNeeded: random.next())
            default: bytes.insert(contentsOf: [UInt8](#"{["\,:9"#.utf8).prefix(Int(random.next() % 5)), at: place)
            }
            if bytes.isEmpty { return }
        }
        _ = JSONHeaderFault.find(in: bytes)
        _ = try? WireCodec.decode([Array("KIP/1+json".utf8), bytes])
    }

    @Test("the table of fields is that of kip.proto")
    func schema() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [
            "python3", root.appendingPathComponent("scripts/wire_schema.py").path,
            root.appendingPathComponent("Sources/KipCore/Wire/kip.proto").path,
        ]
        process.standardOutput = output
        try process.run()
        let made = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        let kept = try Data(contentsOf: root.appendingPathComponent("Sources/KipCore/Wire/WireSchema.swift"))
        #expect(made == kept, "run scripts/generate-protocol")
    }
}
