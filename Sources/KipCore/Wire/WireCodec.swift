import SwiftProtobuf

/// Why a message is not KIP/1. Its text goes back to the sender.
public enum WireError: Error, Equatable, CustomStringConvertible {
    /// Fewer frames than protocol and header.
    case tooFewFrames(Int)
    /// The first frame is neither `KIP/1` nor `KIP/1+json`.
    case unknownProtocol
    /// The header does not decode.
    case malformedHeader(WireEncoding)
    /// The JSON header has a field, a name or a number that KIP/1 does not know; or it is not even JSON.
    case rejectedJSON(String, request: UInt64, isJSON: Bool)
    /// The header has more than one body.
    case severalBodies
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
        case .rejectedJSON(let reason, _, _): reason
        case .severalBodies: "the header has more than one body; send a message for each"
        case .notEncodable:
            "the header could not be encoded; it holds text that is not valid Unicode"
        }
    }
}

/// Turns frames into messages and back. No I/O.
public enum WireCodec {
    /// Reads `[protocol] [header] [payload]*`. In protobuf unknown fields are ignored, so that old and new sides work
    /// together; in JSON, which people write, they are refused by name.
    /// - Throws: `WireError` if the frames are not KIP/1.
    public static func decode(_ frames: [[UInt8]]) throws(WireError) -> (WireMessage, WireEncoding) {
        guard frames.count >= 2 else { throw .tooFewFrames(frames.count) }
        guard let encoding = WireEncoding(frame: frames[0]) else { throw .unknownProtocol }
        if encoding == .protobuf, let (body, request) = HotDecoding.body(frames[1]) {
            return (WireMessage(body, request: request, payloads: Array(frames[2...])), encoding)
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
        switch encoding {
        case .protobuf:
            if HeaderElements.hasSeveralBodies(bytes) { throw .severalBodies }
            guard let header = try? WireHeader(serializedBytes: bytes) else { throw .malformedHeader(encoding) }
            return header
        case .json:
            let fault = JSONHeaderFault.find(in: bytes)
            var options = JSONDecodingOptions()
            options.messageDepthLimit = 20
            if fault?.isRepetition != true, let header = try? WireHeader(jsonUTF8Bytes: bytes, options: options) {
                return header
            }
            guard let fault else { throw .malformedHeader(encoding) }
            throw .rejectedJSON(fault.reason, request: fault.request, isJSON: fault.isJSON)
        }
    }

    private static func encodeHeader(of message: WireMessage, _ encoding: WireEncoding) throws(WireError) -> [UInt8] {
        if encoding == .protobuf, let hot = message.hot,
            let bytes = HotEncoding.bytes(of: hot, request: message.request)
        {
            return bytes
        }
        do {
            switch encoding {
            case .protobuf: return try message.header.serializedBytes()
            case .json: return try message.header.jsonUTF8Bytes()
            }
        } catch {
            throw .notEncodable
        }
    }
}
