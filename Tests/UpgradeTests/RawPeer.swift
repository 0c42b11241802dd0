import KipCore
import Testing
import ZeroMQ

/// A connection that says bytes as they were recorded, and keeps what it hears until it is asked for.
final class RawPeer {
    private let socket: Socket
    private let reader: EarlierReader
    private var inbox: [(frames: [[UInt8]], reading: EarlierReader.Reading)] = []

    /// Recorded session, and the one that it stands for now.
    var session: (recorded: UInt64, now: UInt64)?

    init(to endpoint: String, _ reader: EarlierReader) throws {
        socket = try Socket.dealer(connectedTo: endpoint, linger: 0, credentials: nil, in: Context())
        self.reader = reader
    }

    func say(_ line: Corpus.Line) throws {
        var frames = line.frames
        if let session { frames[1] = try Self.replace(session.recorded, by: session.now, in: frames[1]) }
        try socket.send(frames: frames)
    }

    /// The first message with this body for which the test is true.
    func hear(
        _ body: String, within: Duration = .seconds(200), whileWaiting: () throws -> Void = {},
        where isIt: (EarlierReader.Reading) -> Bool = { _ in true }
    ) async throws -> EarlierReader.Reading {
        let end = ContinuousClock.now + within
        var nextSign = ContinuousClock.now + .milliseconds(500)
        while ContinuousClock.now < end {
            while let frames = try socket.receiveFrames(wait: false, limit: 1_000) {
                inbox.append((frames, try Self.read(frames, reader)))
            }
            if let place = inbox.firstIndex(where: { $0.reading.body == body && isIt($0.reading) }) {
                return inbox.remove(at: place).reading
            }
            if ContinuousClock.now > nextSign {
                try whileWaiting()
                nextSign = ContinuousClock.now + .milliseconds(500)
            }
            try await Task.sleep(for: .milliseconds(5))
        }
        throw Silence(awaited: body, heard: inbox.map { "\($0.reading.body ?? "?") \($0.reading.fields)" })
    }

    struct Silence: Error {
        var awaited: String
        var heard: [String]
    }

    /// As the earlier version reads it; JSON goes through today's codec first.
    static func read(_ frames: [[UInt8]], _ reader: EarlierReader) throws -> EarlierReader.Reading {
        let (message, encoding) = try WireCodec.decode(frames)
        return try reader.read(encoding == .protobuf ? frames[1] : try WireCodec.encode(message, as: .protobuf)[1])
    }

    private static func replace(_ old: UInt64, by new: UInt64, in header: [UInt8]) throws -> [UInt8] {
        if header.first == UInt8(ascii: "{") {
            let text = String(decoding: header, as: UTF8.self)
            return Array(text.replacing("\"\(old)\"", with: "\"\(new)\"").utf8)
        }
        let length = (64 - old.leadingZeroBitCount + 6) / 7
        return header.replacing(varint(old, length), with: varint(new, length))
    }

    /// So long that what lies around it keeps its lengths.
    private static func varint(_ number: UInt64, _ length: Int) -> [UInt8] {
        (0..<length).map { index in
            UInt8(truncatingIfNeeded: number >> UInt64(7 * index)) & 0x7F | (index == length - 1 ? 0 : 0x80)
        }
    }
}
