import KipBroker
import KipCore
import KipWorker

/// Messages as they leave the broker.
struct Outgoing {
    private var messages: [[UInt8]: [[[UInt8]]]] = [:]

    init(_ effects: [Effect]) throws {
        for case .send(let message, let peer) in effects {
            messages[peer.routingID, default: []].append(try WireCodec.encode(message, as: peer.encoding))
        }
    }

    func to(_ peer: [UInt8]) -> [[[UInt8]]] { messages[peer] ?? [] }

    static func frames(of actions: [WorkerMachine.Action]) throws -> [[[UInt8]]] {
        try actions.compactMap { action in
            guard case .send(let message) = action else { return nil }
            return try WireCodec.encode(message, as: .protobuf)
        }
    }
}
