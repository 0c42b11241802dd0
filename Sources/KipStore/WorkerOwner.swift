import KipCore

/// Whose a worker's id is: its leases, and the effects that it began, belong to the owner of one key.
public struct WorkerOwner: Sendable, Equatable {
    /// The worker's id.
    public var worker: String
    /// The public key, in Z85; empty = the worker came over an endpoint that asks for none.
    public var publicKey: String
    /// When it said hello, to a day.
    public var seenAt: Timestamp

    /// An owner.
    public init(worker: String, publicKey: String, seenAt: Timestamp) {
        self.worker = worker
        self.publicKey = publicKey
        self.seenAt = seenAt
    }
}
