/// A thing that a world does to the queue and could leave undone: a fault, or a request of a client.
enum Move: Hashable, Sendable {
    /// The so-manieth fault.
    case fault(Int)
    /// The so-manieth request of a client.
    case request(client: Int, Int)
    /// The so-manieth word of the hostile peer.
    case hostile(Int)

    var isFault: Bool {
        switch self {
        case .fault, .hostile: true
        case .request: false
        }
    }
}
