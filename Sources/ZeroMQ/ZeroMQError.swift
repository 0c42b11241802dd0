import CZeroMQ

/// What libzmq said, to which operation.
public struct ZeroMQError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The cause, for programs.
    public enum Code: Equatable, Sendable {
        /// It would block.
        case again
        /// A ROUTER does not know the peer.
        case hostUnreachable
        /// The context was shut down.
        case terminated
        /// The address is in use.
        case addressInUse
        /// The message has more parts than the caller allows.
        case tooManyParts
        /// Any other number of errno.
        case other(Int32)
    }

    /// The cause, for programs.
    public let code: Code
    /// What was tried, such as “bind tcp://127.0.0.1:7520”.
    public let operation: String

    /// An error.
    public init(_ code: Code, _ operation: String) {
        self.code = code
        self.operation = operation
    }

    /// The error of the call that just failed in this thread.
    static func last(_ operation: String) -> ZeroMQError {
        let number = zmq_errno()
        return switch number {
        case EAGAIN: ZeroMQError(.again, operation)
        case EHOSTUNREACH: ZeroMQError(.hostUnreachable, operation)
        case ETERM: ZeroMQError(.terminated, operation)
        case EADDRINUSE: ZeroMQError(.addressInUse, operation)
        default: ZeroMQError(.other(number), operation)
        }
    }

    /// What was tried and what libzmq said.
    public var description: String {
        let text =
            switch code {
            case .again: "it would block"
            case .hostUnreachable: "the peer is not connected"
            case .terminated: "the context was shut down"
            case .addressInUse: "the address is in use"
            case .tooManyParts: "the message has too many parts"
            case .other(let number): String(cString: zmq_strerror(number))
            }
        return "\(operation): \(text)"
    }

    /// ETERM of zmq.h, which is an expression that Swift does not import.
    private static let base: Int32 = 156_384_712
    private static let ETERM: Int32 = base + 53
}
