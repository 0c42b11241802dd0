/// An id on the wire that is not a UUID.
package struct NotAnID: Error, Equatable {}

extension JobID {
    /// The id that a message gives.
    init(wire text: String) throws(NotAnID) {
        guard let id = JobID(text) else { throw NotAnID() }
        self = id
    }
}
