import KipCore
import Testing

@Suite struct JobIDTests {
    @Test("ids grow, also within a millisecond, and are of version 7")
    func grow() {
        var last = JobID()
        for _ in 0..<10_000 {
            let next = JobID()
            #expect(last < next)
            #expect(next.high >> 12 & 0xF == 7)
            #expect(next.low >> 62 == 2)
            last = next
        }
    }

    @Test("text and bytes come back as the same id")
    func roundTrip() throws {
        let id = JobID()
        #expect(JobID(id.description) == id)
        #expect(JobID(id.description.uppercased()) == id)
        #expect(JobID(bytes: id.bytes) == id)
        #expect(id.description.utf8.count == 36)
    }

    @Test(
        "what is not a UUID is no id",
        arguments: [
            "", "x", "01890a5d-ac96-774b-bcce-b302099a805", "01890a5d-ac96-774b-bcce-b302099a80577",
            "01890a5dac96-774b-bcce-b302099a8057-", "01890a5d-ac96-774b-bcce-b302099a805g",
            "{1890a5d-ac96-774b-bcce-b302099a8057",
        ])
    func refuses(text: String) {
        #expect(JobID(text) == nil)
    }
}

@Suite struct RetryPolicyTests {
    @Test("the wait grows by its factor up to the cap, within the jitter", arguments: 0..<50)
    func grows(seed: Int) {
        let policy = RetryPolicy(baseMilliseconds: 1_000, factor: 2, capMilliseconds: 60_000, jitter: 0.2)
        var random = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15
        for failures in 1...12 {
            random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let ideal = min(60_000.0, 1_000 * Double(1 << (failures - 1)))
            let wait = Double(policy.delay(afterFailures: failures, random: random))
            #expect(wait >= ideal * 0.8 - 1 && wait <= ideal * 1.2 + 1)
        }
    }

    @Test("a policy of nonsense is refused when a job has it, and one on disk waits at most 30 days")
    func nonsense() {
        let policies = [
            RetryPolicy(baseMilliseconds: -5), RetryPolicy(factor: .nan), RetryPolicy(capMilliseconds: .max),
            RetryPolicy(jitter: .infinity), RetryPolicy(factor: 0.5), RetryPolicy(delaysMilliseconds: [-1]),
            RetryPolicy(delaysMilliseconds: Array(repeating: 1, count: 101)),
        ]
        for policy in policies {
            for random in [0, UInt64.max] {
                #expect(
                    (0...Limits.longestBackoffMilliseconds).contains(
                        policy.delay(afterFailures: 1_000_000, random: random)))
            }
            var job = WireNewJob()
            job.kind = "k"
            job.backoff = policy.wire
            #expect(throws: Refusal.self) {
                try JobDraft(wire: job, payload: [], position: 1, now: Timestamp(milliseconds: 0))
            }
        }
    }

    @Test(
        "a policy without a wait is sent as one, not as the default",
        arguments: [
            RetryPolicy(baseMilliseconds: 0), RetryPolicy(capMilliseconds: 0),
        ])
    func noWait(policy: RetryPolicy) {
        #expect(RetryPolicy(wire: policy.wire).delay(afterFailures: 3, random: 1) == 0)
    }

    @Test("each byte of a text is a digit or it is not: nothing beside 0-9, a-f and A-F is taken, wherever it stands")
    func digits() throws {
        let id = JobID(high: 0x0189_0A5D_AC96_774B, low: 0xBCCE_B302_099A_8057)
        let text = Array("01890a5d-ac96-774b-bcce-b302099a8057".utf8)
        #expect(id.description.utf8.elementsEqual(text))
        for place in text.indices {
            for byte in UInt8.min...UInt8.max {
                var other = text
                other[place] = byte
                let isDash = text[place] == UInt8(ascii: "-")
                let digit = Int(String(UnicodeScalar(byte)), radix: 16)
                let isTaken = isDash ? byte == text[place] : digit != nil && byte < 0x80
                guard let string = String(validating: other, as: UTF8.self) else { continue }
                let read = JobID(string)
                #expect((read != nil) == isTaken, "byte \(byte) at \(place)")
                if let read { #expect(read.description == string.lowercased()) }
            }
        }
    }
}
