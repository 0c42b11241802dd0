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

    package init?(frame: [UInt8]) {
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
    /// Without a body where the message is one that every job passes.
    private var whole: WireHeader
    /// What a message says that every job passes; nil = `header` alone has it.
    package private(set) var hot: HotBody?
    /// One frame for each job or result that the header names, in its order.
    public var payloads: [[UInt8]]

    /// What is said.
    public var header: WireHeader {
        get {
            guard let hot else { return whole }
            var header = whole
            header.body = hot.wire
            return header
        }
        set {
            whole = newValue
            hot = nil
        }
    }

    /// What is said, where it is none of what every job passes: to ask `header` for it would make the library's types of all
    /// that is.
    package var rareBody: WireHeader.OneOf_Body? { whole.body }

    /// Checks what is said, and gives its names and keys their canonical spelling, where it is none of what every job passes: that
    /// has its own door.
    /// - Throws: `Refusal` that names the field.
    package mutating func validateRareBody() throws(Refusal) {
        guard hot == nil else { return }
        try whole.body?.validate()
    }

    /// The number that it asks or answers by; 0 = none.
    public var request: UInt64 {
        get { whole.request }
        set { whole.request = newValue }
    }

    /// A message.
    public init(_ header: WireHeader, payloads: [[UInt8]] = []) {
        whole = header
        self.payloads = payloads
    }

    /// A message of one body, with the request number that it answers or asks by.
    public init(_ body: WireHeader.OneOf_Body, request: UInt64 = 0, payloads: [[UInt8]] = []) {
        whole = WireHeader()
        whole.body = body
        whole.request = request
        self.payloads = payloads
    }

    /// A message that every job passes.
    package init(_ body: HotBody, request: UInt64 = 0, payloads: [[UInt8]] = []) {
        whole = WireHeader()
        whole.request = request
        hot = body
        self.payloads = payloads
    }

    /// An enqueue message.
    package init(enqueuing jobs: [NewJobForm], payloads: [[UInt8]]) {
        let plain = NewJobForm.plain(jobs)
        if plain.isEmpty {
            self.init(.enqueue(.with { $0.jobs = jobs.map(\.wire) }), payloads: payloads)
        } else {
            self.init(.newJobs(plain), payloads: payloads)
        }
    }
}

extension WireMessage {
    /// What became of jobs that were enqueued; nil = it says something else.
    package var enqueued: [EnqueuedWords]? {
        if case .enqueued(let jobs) = hot { return jobs }
        guard case .enqueued(let enqueued) = rareBody else { return nil }
        return try? enqueued.jobs.map { job throws(NotAnID) in try EnqueuedWords(job) }
    }
}
