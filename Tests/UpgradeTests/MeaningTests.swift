import KipCore
import SwiftProtobuf
import Testing

/// What earlier versions say means today what it meant to them.
@Suite struct MeaningTests {
    @Test("every message of an earlier version says what it said", arguments: try Corpus.all())
    func meaning(_ line: Corpus.Line) throws {
        let (message, encoding) = try WireCodec.decode(line.frames)
        #expect(Array(message.payloads) == Array(line.frames.dropFirst(2)))
        if encoding == .protobuf {
            #expect(try WireHeader(textFormatString: line.meaning) == message.header)
            // Nothing of it fell into the fields that nobody knows.
            #expect(message.header.unknownFields.data.isEmpty)
            let again = try EarlierReader().read(try WireCodec.encode(message, as: .protobuf)[1])
            let said = try EarlierReader().read(line.frames[1])
            #expect(again.fields == said.fields)
            #expect(said.unknown.isEmpty)
        } else {
            // In JSON a misread field would be missing when it is written again.
            let again = try WireCodec.decode(try WireCodec.encode(message, as: .json)).0
            #expect(again.header == message.header)
            let named = try EarlierReader().read(try WireCodec.encode(message, as: .protobuf)[1])
            #expect(named.unknown.isEmpty)
            #expect(named.body.map(Self.camel) == line.what.replacingSuffix("-json"))
        }
    }

    @Test("the talks are whole: each body that a worker and a broker of then had is in them")
    func whole() throws {
        let said = Set(try Corpus.all().map { $0.what.replacingSuffix("-json") }.map(Self.camel))
        for body in [
            "enqueue", "enqueued", "hello", "welcome", "work", "heartbeat", "alive", "results", "recorded", "goodbye",
            "revoked", "beginEffect", "effectStanding", "settleEffect", "reconcileEffect", "error",
        ] {
            #expect(said.contains(body), "\(body)")
        }
    }

    private static func camel(_ name: String) -> String {
        let words = name.split(separator: "_")
        return words.dropFirst().reduce(words.first.map(String.init) ?? "") { $0 + $1.capitalized }
    }
}

extension String {
    func replacingSuffix(_ suffix: String) -> String { hasSuffix(suffix) ? String(dropLast(suffix.count)) : self }
}
