import CZeroMQ

/// What libzmq said, to which operation.
public struct ZeroMQError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The cause, for programs.
    public enum Code: Equatable, Sendable {
        /// It would block: `EAGAIN`.
        case again
        /// A ROUTER does not know the peer: `EHOSTUNREACH`.
        case hostUnreachable
        /// The context was shut down: `ETERM`.
        case terminated
        /// A signal came: `EINTR`. The wrapper tries again by itself, so that callers do not meet it.
        case interrupted
        /// The address is in use: `EADDRINUSE`.
        case addressInUse
        /// An argument is out of its range or not an endpoint: `EINVAL`.
        case invalid
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
        ZeroMQError(Code(errno: zmq_errno()), operation)
    }

    /// libzmq's own words for the cause (zmq_strerror(3)).
    public var reason: String {
        switch code {
        case .tooManyParts: "The message has more parts than are allowed"
        default: String(cString: zmq_strerror(code.errno))
        }
    }

    /// What was tried, what libzmq said, and what to do about it.
    public var description: String {
        guard let advice = code.advice else { return "\(operation): \(reason)" }
        return "\(operation): \(reason); \(advice)"
    }
}

extension ZeroMQError.Code {
    init(errno number: Int32) {
        self =
            switch number {
            case EAGAIN: .again
            case EHOSTUNREACH: .hostUnreachable
            case Self.ETERM: .terminated
            case EINTR: .interrupted
            case EADDRINUSE: .addressInUse
            case EINVAL: .invalid
            default: .other(number)
            }
    }

    var errno: Int32 {
        switch self {
        case .again: EAGAIN
        case .hostUnreachable: EHOSTUNREACH
        case .terminated: Self.ETERM
        case .interrupted: EINTR
        case .addressInUse: EADDRINUSE
        case .invalid: EINVAL
        case .tooManyParts: EMSGSIZE
        case .other(let number): number
        }
    }

    fileprivate var advice: String? {
        switch self {
        case .again: "try again when the other side has caught up"
        case .hostUnreachable: "the peer is not connected; send when it has come back"
        case .terminated: "the context was shut down; close the socket"
        case .addressInUse: "another program listens there; stop it or choose another port"
        case .invalid: "check the value, or the endpoint, which looks like tcp://127.0.0.1:7520 or ipc:///run/kip.sock"
        case .interrupted, .tooManyParts, .other: nil
        }
    }

    /// `ETERM` of zmq.h: `ZMQ_HAUSNUMERO + 53`, an expression that Swift does not import.
    private static let ETERM: Int32 = 156_384_712 + 53
}
