/// How many jobs go into one message: few enough that a broker takes it and that a lost one is soon sent again.
enum MessageSize {
    /// Bytes of payload of one message, and one job more.
    static let bytes = 8 << 20

    /// Runs of jobs, in order, that each fit in a message.
    /// - Parameters:
    ///   - sizes: of the payloads.
    ///   - most: jobs of one message.
    static func groups(_ sizes: [Int], most: Int) -> [Range<Int>] {
        var groups: [Range<Int>] = []
        var start = 0
        var sum = 0
        for (index, size) in sizes.enumerated() {
            if index > start, index - start >= most || sum + size > bytes {
                groups.append(start..<index)
                start = index
                sum = 0
            }
            sum += size
        }
        if start < sizes.count { groups.append(start..<sizes.count) }
        return groups
    }
}
