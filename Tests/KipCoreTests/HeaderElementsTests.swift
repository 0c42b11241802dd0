import Testing

@testable import KipCore

/// What a header may hold is counted before it is decoded.
@Suite struct HeaderElementsTests {
    /// A field that has a length, in protobuf.
    private func field(_ number: UInt8, _ content: [UInt8]) -> [UInt8] {
        var length = content.count
        var bytes = [number << 3 | 2]
        repeat {
            bytes.append(UInt8(length & 0x7F) | (length > 0x7F ? 0x80 : 0))
            length >>= 7
        } while length > 0
        return bytes + content
    }

    private func empties(_ count: Int, _ number: UInt8) -> [UInt8] {
        Array(repeatElement([number << 3 | 2, 0], count: count).joined())
    }

    private func isRefused(_ header: [UInt8], _ encoding: WireEncoding = .protobuf) -> Bool {
        do throws(Refusal) {
            if HeaderElements.mayBeTooMany(header) { try HeaderElements.check(header, encoding) }
            return false
        } catch {
            return error.code == .tooLarge
        }
    }

    @Test("millions of empty messages, wherever they stand, are refused undecoded")
    func empty() {
        let many = 1_000_000
        #expect(isRefused(field(3, empties(many, 1))), "jobs")
        #expect(isRefused(field(9, empties(many, 3))), "results")
        #expect(isRefused(field(9, field(3, empties(many, 7)))), "children of one result")
        #expect(isRefused(field(5, empties(many, 9))), "options of kinds")
        // One of another wire type before them hides nothing.
        #expect(isRefused([15 << 3 | 1] + [UInt8](repeating: 0, count: 8) + field(3, empties(many, 1))))
        #expect(isRefused(Array(repeatElement([8, 1] as [UInt8], count: many).joined())), "one number again and again")
        let json = "{\"enqueue\":{\"jobs\":[" + String(repeating: "{},", count: many) + "{}]}}"
        #expect(isRefused(Array(json.utf8), .json))
    }

    @Test("a second body is refused undecoded, of the same sort or another, whatever is between them")
    func severalBodies() throws {
        let (enqueue, ping) = (field(3, field(1, field(2, Array("k".utf8)))), empties(1, 5))
        let one = try WireCodec.decode([Array("KIP/1".utf8), enqueue, []])
        #expect(one.0.header.enqueue.jobs.count == 1)
        // Unknown fields are no bodies.
        #expect(throws: Never.self) { try WireCodec.decode([Array("KIP/1".utf8), [0xC2, 0x3E, 0] + enqueue, []]) }
        for header in [enqueue + enqueue, enqueue + [8, 1] + ping, empties(100_000, 3)] {
            #expect(throws: WireError.severalBodies) { try WireCodec.decode([Array("KIP/1".utf8), header, []]) }
        }
    }

    @Test("the largest messages that are allowed pass: ten thousand jobs with conditions and headers, ten thousand ids")
    func largest() throws {
        let jobs = (0..<Limits.jobsPerMessage).map { _ in
            WireNewJob.with {
                $0.id = JobID().description
                $0.kind = "kind"
                $0.queue = "queue"
                $0.uniqueKey = "key, with {commas} and [brackets], \"quoted\""
                $0.backoff.baseMs = 1
                $0.conditions.concurrencyKey = "c"
                $0.conditions.headers.values = ["a": "1", "b": "2", "c": "3"]
            }
        }
        let message = WireMessage(.enqueue(.with { $0.jobs = jobs }))
        for encoding in [WireEncoding.protobuf, .json] {
            #expect(!isRefused(try WireCodec.encode(message, as: encoding)[1], encoding))
        }
        let states = WireMessage(.states(.with { $0.ids = jobs.map { job in job.id } }))
        #expect(!isRefused(try WireCodec.encode(states, as: .protobuf)[1]))
    }

    @Test("what is no message at all is left to the decoder")
    func garbage() {
        for length in [0, 1, 70_000] {
            var random = SplitMix64(seed: UInt64(length))
            _ = isRefused((0..<length).map { _ in UInt8.random(in: 0...255, using: &random) })
        }
        #expect(!isRefused([UInt8](repeating: 0xFF, count: 100_000)))
    }
}
