import Testing
import ZeroMQ

@Suite("Single frames", .timeLimit(.minutes(15)))
struct MessageTests {
    @Test(
        "a frame keeps its bytes and its text",
        arguments: ["", "a", "Ủy ban nhân dân", String(repeating: "x", count: 5_000)])
    func content(text: String) {
        let message = Message(string: text)
        #expect(message.count == text.utf8.count)
        #expect(message.bytes == Array(text.utf8))
        #expect(message.string == text)
        #expect(message.hasMore == false)
    }

    @Test("one message's memory serves for many receives")
    func reuse() throws {
        let context = try Context()
        let server = try boundedSocket(.pair, in: context)
        let client = try boundedSocket(.pair, in: context)
        try server.bind("inproc://reuse")
        try client.connect("inproc://reuse")
        try client.send(Message(string: "first"), more: true)
        try client.send(Array("second".utf8))
        var message = Message()
        #expect(try server.receive(into: &message) == true)
        #expect(message.string == "first")
        #expect(message.hasMore == true)
        #expect(server.hasMore == true)
        #expect(try server.receive(into: &message) == true)
        #expect(message.string == "second")
        #expect(message.hasMore == false)
        #expect(server.hasMore == false)
        #expect(try server.receive(into: &message, wait: false) == false)
    }

    @Test("a received message can be sent on without a copy")
    func forward() throws {
        let context = try Context()
        let first = try boundedSocket(.pair, in: context)
        let second = try boundedSocket(.pair, in: context)
        try first.bind("inproc://forward")
        try second.connect("inproc://forward")
        try first.send([UInt8](repeating: 7, count: 100_000))
        if let message = try second.receive() { try second.send(message) }
        #expect(try first.receiveFrames() == [[UInt8](repeating: 7, count: 100_000)])
    }
}
