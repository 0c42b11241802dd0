/// Waits until something holds, for at most 30 s.
func until(_ condition: () throws -> Bool) async throws -> Bool {
    let end = ContinuousClock.now + .seconds(30)
    while ContinuousClock.now < end {
        if try condition() { return true }
        // The thread is free for the handlers of other tests.
        try await Task.sleep(for: .milliseconds(200))
    }
    return false
}
