/// The name of the protocol, and which of its two encodings a message is in.
public enum WireEncoding: Sendable, Hashable {
    /// `KIP/1`: the header is protobuf.
    case protobuf
    /// `KIP/1+json`: the header is protobuf's JSON mapping, for scripts.
    case json

    /// The first frame.
    public var frame: [UInt8] {
        switch self {
        case .protobuf: Self.protobufFrame
        case .json: Self.jsonFrame
        }
    }

    private static let protobufFrame = Array("KIP/1".utf8)
    private static let jsonFrame = Array("KIP/1+json".utf8)

    init?(frame: [UInt8]) {
        if frame == Self.protobufFrame {
            self = .protobuf
        } else if frame == Self.jsonFrame {
            self = .json
        } else {
            return nil
        }
    }
}

/// A KIP/1 message without its routing: a header and the payload frames that belong to it.
public struct WireMessage: Sendable {
    /// What is said.
    public var header: WireHeader
    /// One frame for each job or result that the header names, in its order.
    public var payloads: [[UInt8]]
    /// The jobs of an enqueue message that was read plainly, or whose jobs are all plain; its header has none then.
    package var plainJobs: [PlainNewJob] = []

    /// A message.
    public init(_ header: WireHeader, payloads: [[UInt8]] = []) {
        self.header = header
        self.payloads = payloads
    }

    /// A message of one body, with the request number that it answers or asks by.
    public init(_ body: WireHeader.OneOf_Body, request: UInt64 = 0, payloads: [[UInt8]] = []) {
        var header = WireHeader()
        header.request = request
        header.body = body
        self.init(header, payloads: payloads)
    }
}
