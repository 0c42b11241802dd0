import Testing
import ZeroMQ

@Suite("Sockets", .timeLimit(.minutes(15)))
struct SocketTests {
    let context: Context

    init() throws {
        context = try Context()
    }

    @Test("a ROUTER that must deliver says that it does not know the peer")
    func unreachable() throws {
        let server = try boundedSocket(.router, in: context, .routerMandatory(true))
        _ = try bindAnywhere(server)
        let error = try failure { try server.send(frames: [[1, 2, 3], [4]], wait: false) }
        #expect(error.code == .hostUnreachable)
        #expect(error.description.hasPrefix("send: "))
    }

    @Test("after a refused peer the ROUTER still serves the others")
    func afterUnreachable() throws {
        let server = try boundedSocket(.router, in: context, .routerMandatory(true))
        let client = try boundedSocket(.dealer, in: context, .routingID(Array("here".utf8)))
        try client.connect(try bindAnywhere(server))
        try client.send([1])
        #expect(try server.receiveFrames() == [Array("here".utf8), [1]])
        #expect(try failure { try server.send(frames: [[9], [4], [5]], wait: false) }.code == .hostUnreachable)
        try server.send(frames: [Array("here".utf8), [6]], wait: false)
        #expect(try client.receiveFrames() == [[6]])
    }

    @Test("a ROUTER answers each DEALER by its routing id")
    func routing() throws {
        let server = try boundedSocket(.router, in: context)
        let endpoint = try bindAnywhere(server)
        let first = try boundedSocket(.dealer, in: context, .routingID(Array("first".utf8)))
        let second = try boundedSocket(.dealer, in: context, .routingID(Array("second".utf8)))
        try first.connect(endpoint)
        try second.connect(endpoint)
        try first.send([1])
        try second.send([2])
        for _ in 0..<2 {
            let frames = try #require(try server.receiveFrames())
            try server.send(frames: [frames[0], frames[0], frames[1]])
        }
        #expect(try first.receiveFrames() == [Array("first".utf8), [1]])
        #expect(try second.receiveFrames() == [Array("second".utf8), [2]])
    }

    @Test("a second bind of one address says that it is in use, and where")
    func conflict() throws {
        let first = try boundedSocket(.router, in: context)
        let second = try boundedSocket(.router, in: context)
        let endpoint = try bindAnywhere(first)
        let error = try failure { try second.bind(endpoint) }
        #expect(error.code == .addressInUse)
        #expect(error.operation == "bind \(endpoint)")
        #expect(error.description.contains("Address already in use"))
    }

    @Test("what is no endpoint is refused", arguments: ["", "7520", "tcp://", "tcp://127.0.0.1:x"])
    func noEndpoint(text: String) throws {
        let socket = try boundedSocket(.router, in: context)
        #expect(try failure { try socket.bind(text) }.code == .invalid)
    }

    @Test("an option out of its range is refused, and the error names it")
    func badOption() throws {
        let socket = try boundedSocket(.dealer, in: context)
        let error = try failure { try socket.set(.routingID([])) }
        #expect(error.code == .invalid)
        #expect(error.description.contains("routingID"))
    }

    @Test("libzmq takes every option")
    func options() throws {
        let socket = try boundedSocket(
            .dealer, in: context, .sendHighWaterMark(10), .receiveHighWaterMark(10), .immediate(true), .ipv6(true),
            .maxMessageSize(1_000), .heartbeatInterval(5_000), .heartbeatTimeout(15_000), .heartbeatTTL(20_000),
            .reconnectInterval(50), .reconnectIntervalMaximum(2_000), .handshakeInterval(1_000), .backlog(10),
            .tcpKeepalive(true), .routingID([1]))
        try boundedSocket(.router, in: context, .routerMandatory(true), .routerHandover(true)).close()
        try boundedSocket(.sub, in: context, .subscribe([])).close()
        socket.close()
    }

    @Test("every kind of socket can be made", arguments: Socket.Kind.allCases)
    func kinds(kind: Socket.Kind) throws {
        try boundedSocket(kind, in: context).close()
    }

    @Test("a frame over the limit ends its sender's connection; others are still served")
    func maximumSize() throws {
        let server = try boundedSocket(.router, in: context, .maxMessageSize(1_000))
        let endpoint = try bindAnywhere(server)
        let large = try boundedSocket(.dealer, in: context)
        let small = try boundedSocket(.dealer, in: context)
        try large.connect(endpoint)
        try small.connect(endpoint)
        try large.send([UInt8](repeating: 1, count: 1_001))
        try small.send([UInt8](repeating: 2, count: 1_000))
        let received = try #require(try server.receiveFrames())
        #expect(received.last == [UInt8](repeating: 2, count: 1_000))
        #expect(try server.receiveFrames(wait: false) == nil)
    }

    @Test("a subscriber receives what it subscribed to")
    func publish() throws {
        let publisher = try boundedSocket(.pub, in: context)
        let subscriber = try boundedSocket(.sub, in: context, .subscribe(Array("b".utf8)))
        try publisher.bind("inproc://publish")
        try subscriber.connect("inproc://publish")
        // A subscription needs a moment to arrive: send until one is received.
        var received: [[UInt8]]?
        var rounds = 0
        while received == nil, rounds < 1_000_000 {
            try publisher.send(Array("a".utf8))
            try publisher.send(Array("b1".utf8))
            received = try subscriber.receiveFrames(wait: false)
            rounds += 1
        }
        #expect(received == [Array("b1".utf8)])
    }

    @Test("the version is that of libzmq 4.3 or later")
    func version() {
        let numbers = zeroMQVersion.split(separator: ".").compactMap { Int($0) }
        #expect(numbers.count == 3)
        #expect(numbers.lexicographicallyPrecedes([4, 3, 0]) == false)
    }
}
