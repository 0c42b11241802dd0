import CZeroMQ
import Testing
import ZeroMQ

@Suite("Messages of several frames", .timeLimit(.minutes(15)))
struct MultipartTests {
    let context: Context

    init() throws {
        context = try Context()
    }

    @Test("a message of several frames arrives as it was sent, empty frames too")
    func roundTrip() throws {
        let server = try boundedSocket(.pair, in: context)
        let client = try boundedSocket(.pair, in: context)
        try client.connect(try bindAnywhere(server))
        let frames: [[UInt8]] = [Array("KIP/1".utf8), [], [0, 255], []]
        try client.send(frames: frames)
        #expect(try server.receiveFrames() == frames)
    }

    @Test("bare libzmq and the wrapper understand each other")
    func barePeer() throws {
        let server = try boundedSocket(.router, in: context)
        let peer = try BarePeer(ZMQ_DEALER, connectedTo: try bindAnywhere(server))
        try peer.send([[1], [2, 3]])
        let received = try #require(try server.receiveFrames())
        #expect(received.count == 3)
        #expect(Array(received.dropFirst()) == [[1], [2, 3]])
        try server.send(frames: [received[0], [9], []])
        #expect(try peer.receive() == [[9], []])
    }

    @Test("a REQ socket's empty delimiter reaches a ROUTER and goes back")
    func delimiter() throws {
        let server = try boundedSocket(.router, in: context)
        let peer = try BarePeer(ZMQ_REQ, connectedTo: try bindAnywhere(server))
        try peer.send([Array("question".utf8)])
        let received = try #require(try server.receiveFrames())
        try #require(received.count == 3)
        #expect(received[1].isEmpty)
        try server.send(frames: [received[0], [], Array("answer".utf8)])
        #expect(try peer.receive() == [Array("answer".utf8)])
    }

    @Test("a message with too many parts is refused whole, and the next one is read from its beginning")
    func partLimit() throws {
        let server = try boundedSocket(.pair, in: context)
        let client = try boundedSocket(.pair, in: context)
        try client.connect(try bindAnywhere(server))
        try client.send(frames: [[UInt8]](repeating: [1], count: 9))
        try client.send(frames: [[2]])
        let error = try failure { _ = try server.receiveFrames(limit: 8) }
        #expect(error.code == .tooManyParts)
        #expect(error.description.contains("9 parts"))
        #expect(try server.receiveFrames(limit: 8) == [[2]])
    }

    @Test("a message with exactly the allowed parts is taken")
    func atTheLimit() throws {
        let server = try boundedSocket(.pair, in: context)
        let client = try boundedSocket(.pair, in: context)
        try client.connect(try bindAnywhere(server))
        try client.send(frames: [[UInt8]](repeating: [1], count: 8))
        #expect(try server.receiveFrames(limit: 8)?.count == 8)
    }

    @Test("a large frame arrives whole")
    func large() throws {
        let server = try boundedSocket(.pair, in: context)
        let client = try boundedSocket(.pair, in: context)
        try client.connect(try bindAnywhere(server))
        let frame = (0..<20_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        try client.send(frame)
        let received = try #require(try server.receiveFrames())
        #expect(received == [frame])
    }

    @Test("nothing to receive is nil, not an error")
    func nothing() throws {
        let server = try boundedSocket(.pull, in: context)
        _ = try bindAnywhere(server)
        #expect(try server.receiveFrames(wait: false) == nil)
        let message = try server.receive(wait: false)
        let isNothing = message == nil
        #expect(isNothing)
    }

    @Test("a message without frames is refused")
    func noFrames() throws {
        let client = try boundedSocket(.dealer, in: context)
        #expect(try failure { try client.send(frames: []) }.code == .invalid)
    }

    @Test("where the queue is full, nothing of a message is sent")
    func fullQueue() throws {
        let server = try boundedSocket(.pull, in: context, .receiveHighWaterMark(1))
        let client = try boundedSocket(.push, in: context, .sendHighWaterMark(1), .immediate(true))
        try server.bind("inproc://full")
        try client.connect("inproc://full")
        var sent = 0
        var refusal: ZeroMQError?
        while refusal == nil, sent < 100 {
            do throws(ZeroMQError) {
                try client.send(frames: [[1], [2], [3]], wait: false)
                sent += 1
            } catch {
                refusal = error
            }
        }
        #expect(refusal?.code == .again)
        for _ in 0..<sent { #expect(try server.receiveFrames(wait: false) == [[1], [2], [3]]) }
        #expect(try server.receiveFrames(wait: false) == nil)
    }
}
