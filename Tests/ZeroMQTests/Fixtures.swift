import CZeroMQ
import Testing
import ZeroMQ

/// A socket with bounded waits, so that a broken test fails and does not hang.
func boundedSocket(_ kind: Socket.Kind, in context: Context, _ options: Socket.Option...) throws -> Socket {
    let socket = try Socket(kind, in: context)
    try socket.set(.linger(0))
    try socket.set(.sendTimeout(10_000))
    try socket.set(.receiveTimeout(10_000))
    for option in options { try socket.set(option) }
    return socket
}

/// Binds a socket to a free TCP port of this machine.
func bindAnywhere(_ socket: borrowing Socket) throws -> String {
    try socket.bind("tcp://127.0.0.1:*")
    return socket.lastEndpoint
}

/// Runs a call that must fail with a `ZeroMQError` and gives that back.
func failure(_ body: () throws -> Void) throws -> ZeroMQError {
    do { try body() } catch let error as ZeroMQError { return error }
    throw Unexpected(description: "the call did not fail")
}

struct Unexpected: Error, CustomStringConvertible {
    let description: String
}

/// A peer on bare libzmq, without the wrapper.
final class BarePeer {
    private let context: UnsafeMutableRawPointer
    private let socket: UnsafeMutableRawPointer

    init(_ type: Int32, connectedTo endpoint: String) throws {
        context = try #require(zmq_ctx_new())
        socket = try #require(zmq_socket(context, type))
        for (option, value) in [(ZMQ_LINGER, 0), (ZMQ_RCVTIMEO, 10_000), (ZMQ_SNDTIMEO, 10_000)] as [(Int32, Int32)] {
            var value = value
            zmq_setsockopt(socket, option, &value, 4)
        }
        try #require(zmq_connect(socket, endpoint) == 0)
    }

    deinit {
        zmq_close(socket)
        zmq_ctx_term(context)
    }

    func send(_ frames: [[UInt8]]) throws {
        for (index, frame) in frames.enumerated() {
            let sent = zmq_send(socket, frame, frame.count, index < frames.count - 1 ? ZMQ_SNDMORE : 0)
            try #require(sent == Int32(frame.count))
        }
    }

    func receive() throws -> [[UInt8]] {
        var frames: [[UInt8]] = []
        var more: Int32 = 1
        var size = 4
        while more != 0 {
            var buffer = [UInt8](repeating: 0, count: 65_536)
            let count = zmq_recv(socket, &buffer, buffer.count, 0)
            try #require(count >= 0)
            frames.append(Array(buffer[..<Int(count)]))
            zmq_getsockopt(socket, ZMQ_RCVMORE, &more, &size)
        }
        return frames
    }
}
