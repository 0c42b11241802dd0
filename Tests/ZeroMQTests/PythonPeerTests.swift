import Foundation
import Testing
import ZeroMQ

/// pyzmq speaks to the wrapper as a script of an office would.
@Suite("A script in Python", .enabled(if: Python.hasZeroMQ, "/usr/bin/python3 has no pyzmq (apt install python3-zmq)"))
struct PythonPeerTests {
    @Test("a REQ socket of pyzmq asks a ROUTER and reads its answer", .timeLimit(.minutes(15)))
    func request() throws {
        let context = try Context()
        let server = try boundedSocket(.router, in: context)
        let endpoint = try bindAnywhere(server)
        let script = try Python.start(
            """
            import sys, zmq
            socket = zmq.Context().socket(zmq.REQ)
            socket.linger, socket.rcvtimeo = 0, 10000
            socket.connect(sys.argv[1])
            socket.send_multipart([b"KIP/1+json", "Ủy ban".encode()])
            sys.exit(0 if socket.recv_multipart() == ["nhận".encode(), b""] else 1)
            """, endpoint)
        let question = try #require(try server.receiveFrames())
        #expect(Array(question.dropFirst()) == [[], Array("KIP/1+json".utf8), Array("Ủy ban".utf8)])
        try server.send(frames: [question[0], [], Array("nhận".utf8), []])
        script.waitUntilExit()
        #expect(script.terminationStatus == 0)
    }
}

enum Python {
    static let hasZeroMQ: Bool = {
        guard let process = try? start("import zmq") else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }()

    static func start(_ script: String, _ arguments: String...) throws -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
        process.arguments = ["-c", script] + arguments
        try process.run()
        return process
    }
}
