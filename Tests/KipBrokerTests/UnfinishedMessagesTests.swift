import KipCore
import OwnThread
import Synchronization
import Testing
import ZeroMQ

#if canImport(Glibc)
    import Glibc
#endif

@testable import KipBroker

/// A message without an end, on a real socket.
@Suite(.serialized, .ownThread) struct UnfinishedMessagesTests {
    private static let budget = UnfinishedMessages.Budget(
        watched: 1, unfinished: 24 << 20, unread: 1 << 30, total: 40 << 20)

    /// Reads for a while as the router thread does.
    private func read(
        _ router: borrowing Socket, _ unfinished: UnfinishedMessages, for duration: Duration,
        until isDone: () -> Bool = { false }, _ body: ([[UInt8]]) -> Void = { _ in }
    ) throws {
        var poller = Poller()
        _ = poller.add(router)
        let end = ContinuousClock.now + duration
        while ContinuousClock.now < end, !isDone() {
            _ = try poller.wait(milliseconds: 20)
            while true {
                var source = MessageSource(descriptor: unfinished.isCounting)
                guard let frames = try router.receiveFrames(wait: false, limit: 10_000, source: &source) else {
                    unfinished.noteDrained()
                    break
                }
                if let descriptor = source.descriptor { unfinished.note(frames, of: descriptor) }
                body(frames)
            }
        }
    }

    @Test("a connection that sends a message without an end is ended; one that sends as much in whole messages is not")
    func withoutEnd() throws {
        let context = try Context()
        let router = try Socket(.router, in: context)
        try router.bind("tcp://127.0.0.1:0")
        let endpoint = router.lastEndpoint
        let unfinished = UnfinishedMessages(Self.budget)
        let hasEnded = StopFlag()
        defer { hasEnded.set() }
        unfinished.watch(TCPConnections([endpoint]), until: hasEnded) { _ in }
        let honest = try Socket(.dealer, in: context)
        try honest.connect(endpoint)
        let part = [UInt8](repeating: 7, count: 1 << 20)
        // Small ones, of which most is overhead, and large ones.
        try honest.send(frames: [[1]])
        try read(router, unfinished, for: .seconds(10), until: { unfinished.isCounting })
        #expect(unfinished.isCounting)
        var messages = 0
        for _ in 0..<3_000 { try honest.send(frames: [[1], [2, 3], []]) }
        for _ in 0..<10 { try honest.send(frames: Array(repeating: part, count: 8)) }
        try read(router, unfinished, for: .seconds(30), until: { messages == 3_010 }) { _ in messages += 1 }
        try read(router, unfinished, for: .milliseconds(400))
        #expect(messages == 3_010)
        #expect(unfinished.ended == 0)
        let hostile = try RawPeer(endpoint)
        try read(router, unfinished, for: .milliseconds(500))
        // As fast as it is taken, which is until the connection is ended.
        let sent = hostile.sendParts(count: 400)
        try read(router, unfinished, for: .seconds(20), until: { unfinished.ended > 0 })
        #expect(unfinished.ended == 1)
        #expect(sent.value < 400)
        try honest.send(frames: [[9]])
        var isHeard = false
        try read(router, unfinished, for: .seconds(10), until: { isHeard }) { isHeard = $0.last == [9] || isHeard }
        #expect(isHeard)
    }

    @Test("several connections with unfinished messages have a budget together: the largest are ended")
    func together() throws {
        let context = try Context()
        let router = try Socket(.router, in: context)
        try router.bind("tcp://127.0.0.1:0")
        let endpoint = router.lastEndpoint
        let unfinished = UnfinishedMessages(Self.budget)
        let hasEnded = StopFlag()
        defer { hasEnded.set() }
        unfinished.watch(TCPConnections([endpoint]), until: hasEnded) { _ in }
        let peers = try (0..<3).map { _ in try RawPeer(endpoint) }
        try read(router, unfinished, for: .milliseconds(500))
        #expect(unfinished.isCounting)
        for (peer, count) in zip(peers, [20, 18, 16]) { _ = peer.sendParts(count: count) }
        try read(router, unfinished, for: .seconds(20), until: { unfinished.ended > 0 })
        try read(router, unfinished, for: .milliseconds(500))
        // 54 MiB: without the largest 34 are left.
        #expect(unfinished.ended == 1)
    }
}

/// A peer that speaks ZMTP 3.0 (rfc.zeromq.org/spec/23) by itself, without a mechanism: libzmq sends a message whole or not at all.
private final class RawPeer: Sendable {
    private let descriptor: Int32

    /// Connects, and shakes hands.
    init(_ endpoint: String) throws {
        let port = try #require(UInt16(endpoint.split(separator: ":").last ?? ""))
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let connected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        #expect(connected == 0)
        let mechanism = Array("NULL".utf8) + [UInt8](repeating: 0, count: 16)
        let greeting: [UInt8] =
            [0xFF, 0, 0, 0, 0, 0, 0, 0, 1, 0x7F, 3, 0] + mechanism + [UInt8](repeating: 0, count: 32)
        let type = Array("Socket-Type".utf8)
        let ready = [5] + Array("READY".utf8) + [UInt8(type.count)] + type + [0, 0, 0, 6] + Array("DEALER".utf8)
        #expect(write(greeting) && write([4, UInt8(ready.count)] + ready))
    }

    deinit { close(descriptor) }

    private func write(_ bytes: [UInt8]) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    /// Sends frames of 1 MiB, each of which says that another follows, on a thread of its own.
    /// - Returns: how many have been taken so far.
    func sendParts(count: Int) -> Counter {
        let sent = Counter()
        let part: [UInt8] = [3, 0, 0, 0, 0, 0, 0x10, 0, 0] + [UInt8](repeating: 7, count: 1 << 20)
        SocketThread.start(name: "raw-peer") { [self] in
            for _ in 0..<count {
                guard write(part) else { return }
                sent.add()
                usleep(10_000)
            }
        }
        return sent
    }
}

private final class Counter: Sendable {
    private let count = Atomic(0)
    var value: Int { count.load(ordering: .relaxed) }
    func add() { count.add(1, ordering: .relaxed) }
}
