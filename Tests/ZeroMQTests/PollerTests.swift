import Synchronization
import Testing
import ZeroMQ

@Suite("Waiting and waking", .timeLimit(.minutes(15)))
struct PollerTests {
    let context: Context

    init() throws {
        context = try Context()
    }

    @Test("a waker that another thread rings ends the wait, once it is drained no longer")
    func waker() throws {
        let waker = try Waker()
        var poller = Poller()
        let token = poller.add(fileDescriptor: waker.fileDescriptor)
        SocketThread.start(name: "test-waker") { waker.wake() }
        #expect(try poller.wait(milliseconds: 10_000) == 1)
        #expect(poller.isReadable(token) == true)
        waker.drain()
        #expect(try poller.wait(milliseconds: 0) == 0)
        #expect(poller.isReadable(token) == false)
    }

    @Test("many rings are one, and none is lost")
    func manyRings() throws {
        let waker = try Waker()
        var poller = Poller()
        _ = poller.add(fileDescriptor: waker.fileDescriptor)
        let rung = Shared(Atomic(0))
        let total = 4_000
        for _ in 0..<4 {
            SocketThread.start(name: "test-waker") {
                for _ in 0..<(total / 4) {
                    rung.value.add(1, ordering: .sequentiallyConsistent)
                    waker.wake()
                }
            }
        }
        while rung.value.load(ordering: .sequentiallyConsistent) < total {
            try #require(try poller.wait(milliseconds: 10_000) == 1)
            waker.drain()
        }
    }

    @Test("the poller tells the sockets apart, and a removed one no longer counts")
    func sockets() throws {
        let first = try boundedSocket(.pair, in: context)
        let second = try boundedSocket(.pair, in: context)
        let sender = try boundedSocket(.pair, in: context)
        try first.bind("inproc://first")
        try second.bind("inproc://second")
        try sender.connect("inproc://second")
        var poller = Poller()
        let firstToken = poller.add(first)
        let secondToken = poller.add(second)
        #expect(try poller.wait(milliseconds: 0) == 0)
        try sender.send([1])
        for _ in 0..<3 {
            #expect(try poller.wait(milliseconds: 10_000) == 1)
            #expect(poller.isReadable(firstToken) == false)
            #expect(poller.isReadable(secondToken) == true)
        }
        poller.remove(secondToken)
        #expect(try poller.wait(milliseconds: 0) == 0)
        #expect(poller.add(second) == secondToken)
        #expect(try poller.wait(milliseconds: 10_000) == 1)
    }

    @Test("a socket with a connection can be written to")
    func writable() throws {
        let server = try boundedSocket(.pair, in: context)
        let client = try boundedSocket(.pair, in: context)
        try server.bind("inproc://writable")
        var poller = Poller()
        let token = poller.add(server, .writable)
        #expect(try poller.wait(milliseconds: 0) == 0)
        try client.connect("inproc://writable")
        #expect(try poller.wait(milliseconds: 10_000) == 1)
        #expect(poller.isWritable(token) == true)
        #expect(poller.isReadable(token) == false)
    }

    @Test("a context that is shut down ends a blocked receive in another thread")
    func shutdown() async throws {
        let socket = try Socket(.pull, in: context)
        try socket.bind("inproc://blocked")
        let handed = Shared(Mutex<Socket?>(socket))
        let context = context
        let code = await withCheckedContinuation { (continuation: CheckedContinuation<ZeroMQError.Code?, Never>) in
            SocketThread.start(name: "test-blocked") {
                guard let socket = handed.value.withLock({ $0.take() }) else {
                    return continuation.resume(returning: nil)
                }
                do throws(ZeroMQError) {
                    _ = try socket.receiveFrames()
                    continuation.resume(returning: nil)
                } catch {
                    continuation.resume(returning: error.code)
                }
            }
            context.shutdown()
        }
        #expect(code == .terminated)
    }

    @Test("no socket can be made in a context that is shut down")
    func afterShutdown() throws {
        context.shutdown()
        let context = context
        #expect(try failure { _ = try Socket(.pair, in: context) }.code == .terminated)
    }

    @Test("a context lives as long as its last socket")
    func lifetime() throws {
        var socket: Socket?
        do {
            let context = try Context()
            socket = try boundedSocket(.pair, in: context)
        }
        try socket?.bind("inproc://alive")
        socket = nil
    }
}
