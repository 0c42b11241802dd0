import KipCore

/// How many rows a list shall have at the most.
enum ListLimit {
    /// A number of rows that is one.
    /// - Parameter most: nil = as many as there are.
    /// - Throws: `Failure` that says what would be right.
    static func checked(_ limit: Int, most: Int? = Limits.listRows) throws -> Int {
        guard limit >= 1, limit <= most ?? .max else {
            throw Failure.usage("--limit must be \(most.map { "from 1 to \($0)" } ?? "1 or more"), not \(limit)")
        }
        return limit
    }
}
