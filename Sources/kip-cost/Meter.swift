import CCost

/// Whose cost it is.
enum Part: String, CaseIterable {
    case client, router, storage, worker

    /// Its function in C, under whose name instructions are counted.
    fileprivate var function:
        (@convention(c) (@convention(c) (UnsafeMutableRawPointer?) -> Void, UnsafeMutableRawPointer?) -> Void)
    {
        switch self {
        case .client: { cost_part_client($0, $1) }
        case .router: { cost_part_router($0, $1) }
        case .storage: { cost_part_storage($0, $1) }
        case .worker: { cost_part_worker($0, $1) }
        }
    }
}

/// Sees to it that what runs is counted for its part.
struct Meter {
    private(set) var allocations: [Part: UInt64] = [:]

    mutating func measure<T>(_ part: Part, _ body: () throws -> T) throws -> T {
        var result: Result<T, any Error>?
        var count: UInt64 = 0
        withoutActuallyEscaping(body) { body in
            var work = {
                let before = cost_allocations()
                result = Result(catching: body)
                count = cost_allocations() - before
            }
            withUnsafeMutablePointer(to: &work) { work in
                part.function({ $0?.assumingMemoryBound(to: (() -> Void).self).pointee() }, work)
            }
        }
        allocations[part, default: 0] += count
        guard let result else { throw Broken.at("\(part)") }
        return try result.get()
    }
}
