import SwiftProtobuf

/// Why a message is not KIP/1. Its text goes back to the sender.
public enum WireError: Error, Equatable, CustomStringConvertible {
    /// Fewer frames than protocol and header.
    case tooFewFrames(Int)
    /// The first frame is neither `KIP/1` nor `KIP/1+json`.
    case unknownProtocol
    /// The header does not decode.
    case malformedHeader(WireEncoding)
    /// The header could not be encoded.
    case notEncodable

    /// What is wrong and what would be right.
    public var description: String {
        switch self {
        case .tooFewFrames(let count):
            "a KIP/1 message has at least two frames, protocol and header; this one has \(count)"
        case .unknownProtocol:
            "the first frame must be “KIP/1” (protobuf header) or “KIP/1+json” (JSON header)"
        case .malformedHeader(.protobuf):
            "the header is not a protobuf Header of kip.proto; for JSON, send “KIP/1+json” as the first frame"
        case .malformedHeader(.json):
            "the header is not JSON of kip.proto's Header, such as {\"enqueue\": {\"jobs\": [{\"kind\": \"hello\"}]}}"
        case .notEncodable:
            "the header could not be encoded; it holds text that is not valid Unicode"
        }
    }
}

/// Turns frames into messages and back. No I/O.
public enum WireCodec {
    /// Reads `[protocol] [header] [payload]*`. Unknown fields are ignored.
    /// - Throws: `WireError` where the frames are not KIP/1.
    public static func decode(_ frames: [[UInt8]]) throws(WireError) -> (WireMessage, WireEncoding) {
        try decode(frames, plainly: false)
    }

    /// As `decode(_:)`.
    /// - Parameter plainly: plain jobs come apart from the header (`WireMessage.plainJobs`), at half the price.
    package static func decode(_ frames: [[UInt8]], plainly: Bool) throws(WireError) -> (WireMessage, WireEncoding) {
        guard frames.count >= 2 else { throw .tooFewFrames(frames.count) }
        guard let encoding = WireEncoding(frame: frames[0]) else { throw .unknownProtocol }
        if plainly, encoding == .protobuf, let (header, jobs) = HotDecoding.parts(frames[1]) {
            var message = WireMessage(header, payloads: Array(frames[2...]))
            message.plainJobs = jobs
            return (message, encoding)
        }
        let header = try decodeHeader(frames[1], encoding)
        return (WireMessage(header, payloads: Array(frames[2...])), encoding)
    }

    /// Writes `[protocol] [header] [payload]*`.
    /// - Throws: `WireError.notEncodable`.
    public static func encode(_ message: WireMessage, as encoding: WireEncoding) throws(WireError) -> [[UInt8]] {
        var frames: [[UInt8]] = []
        frames.reserveCapacity(2 + message.payloads.count)
        frames.append(encoding.frame)
        frames.append(try encodeHeader(of: message, encoding))
        frames.append(contentsOf: message.payloads)
        return frames
    }

    private static func decodeHeader(_ bytes: [UInt8], _ encoding: WireEncoding) throws(WireError) -> WireHeader {
        do {
            switch encoding {
            case .protobuf:
                if let header = HotDecoding.header(bytes) { return header }
                return try WireHeader(serializedBytes: bytes)
            case .json:
                var options = JSONDecodingOptions()
                options.ignoreUnknownFields = true
                options.messageDepthLimit = 20
                return try WireHeader(jsonUTF8Bytes: bytes, options: options)
            }
        } catch {
            throw .malformedHeader(encoding)
        }
    }

    private static func encodeHeader(of message: WireMessage, _ encoding: WireEncoding) throws(WireError) -> [UInt8] {
        if message.plainJobs.isEmpty { return try encodeHeader(message.header, encoding) }
        if encoding == .protobuf { return HotEncoding.bytes(of: message.plainJobs, request: message.header.request) }
        var header = message.header
        header.enqueue.jobs = message.plainJobs.map(\.wire)
        return try encodeHeader(header, encoding)
    }

    private static func encodeHeader(_ header: WireHeader, _ encoding: WireEncoding) throws(WireError) -> [UInt8] {
        do {
            switch encoding {
            case .protobuf: return try HotEncoding.bytes(of: header) ?? header.serializedBytes()
            case .json: return try header.jsonUTF8Bytes()
            }
        } catch {
            throw .notEncodable
        }
    }
}
