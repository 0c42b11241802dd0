/// Waits until something holds, for at most 240 s: all tests of this machine run at once, and it may be a slow one.
func until(_ condition: () throws -> Bool) async throws -> Bool {
    let end = ContinuousClock.now + .seconds(240)
    while ContinuousClock.now < end {
        if try condition() { return true }
        // The thread is free for the handlers of other tests.
        try await Task.sleep(for: .milliseconds(200))
    }
    return false
}
