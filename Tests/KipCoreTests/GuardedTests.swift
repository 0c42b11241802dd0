import Foundation
import Testing

@testable import KipCore

/// A value that several threads change.
@Suite struct GuardedTests {
    private struct Refused: Error {}

    @Test("of many threads one changes it at a time, and it is free again after an error")
    func exclusive() throws {
        let value = Guarded((count: 0, inside: 0, most: 0))
        DispatchQueue.concurrentPerform(iterations: 8) { _ in
            for _ in 0..<20_000 {
                value.withLock { value in
                    value.inside += 1
                    value.most = max(value.most, value.inside)
                    value.count += 1
                    value.inside -= 1
                }
            }
        }
        #expect(value.withLock { $0.count } == 160_000)
        #expect(value.withLock { $0.most } == 1)
        #expect(throws: Refused.self) { try value.withLock { _ throws(Refused) in throw Refused() } }
        #expect(value.withLock { $0.inside } == 0)
    }
}
